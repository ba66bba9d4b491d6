"""CloudWatch Logs on a loopback port for the benches.

pages.py FILE PAGE_BYTES: the lines of FILE, one event each, in pages of about that size, made
beforehand and served as they are. pages.py --storm LINES_A_SECOND SECONDS: so many lines become
visible each second, from the first question on. Prints its port (and, of a file, the number of
pages and their bytes) and serves FilterLogEvents until stdin ends."""
import http.server
import json
import sys
import threading
import time


def read_pages(path, page_bytes):
    now, events, size, pages, number = int(time.time() * 1000) - 1800000, [], 0, [], 0
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            stream = "2026/11/24/[$LATEST]" + f"{number // 64 % 40:032x}"
            event = json.dumps({"logStreamName": stream, "timestamp": now + number * 4, "message": line,
                                "ingestionTime": now + number * 4 + 800, "eventId": f"{number:056d}"})
            number, size = number + 1, size + len(event)
            events.append(event)
            if size >= page_bytes:
                pages.append(events)
                events, size = [], 0
    pages.append(events)
    return ["".join(('{"events":[', ",".join(page), '],"searchedLogStreams":[]',
                     f',"nextToken":"{n + 1}"}}' if n + 1 < len(pages) else "}")).encode() for n, page in enumerate(pages)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages = []

    def log_message(self, *_):
        pass

    def page(self, ask):
        return self.pages[int(ask.get("nextToken") or 0)]

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        ask = json.loads(body) if body.startswith(b"{") else {}
        page = self.page(ask)
        if "X-Amz-Target" not in self.headers:
            page = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
        self.send_response(200 if "X-Amz-Target" in self.headers else 403)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


class Storm(Handler):
    """Event n comes at n / rate; a token is the number of the next one. At most 10,000 a page."""
    rate, seconds, began, lock, made = 0, 0, None, threading.Lock(), []

    def make(self, until):
        with self.lock:
            for n in range(len(self.made), until):
                at = self.began + n * 1000 // self.rate
                text = f"2026-11-24T14:00:00.000Z\\t{n // 10:08x}-1111-4222-8333-444455556666\\tINFO\\tline {n} of a storm"
                self.made.append(f'{{"logStreamName":"2026/11/24/[$LATEST]{n % 40:032x}","timestamp":{at},'
                                 f'"message":"{text}","ingestionTime":{at},"eventId":"{n:056d}"}}')

    def page(self, ask):
        now = int(time.time() * 1000)
        if self.began is None:
            type(self).began = now
        there = min((now - self.began) * self.rate // 1000, self.rate * self.seconds)
        self.make(there)
        first = max(0, -((self.began - ask.get("startTime", 0)) * self.rate // 1000)) if ask.get("startTime", 0) > self.began else 0
        at = int(ask.get("nextToken") or first)
        end = min(at + 10000, there)
        token = f',"nextToken":"{end}"' if end < there else ""
        return ('{"events":[' + ",".join(self.made[at:end]) + f"]{token}}}").encode()


def main():
    words = []
    if sys.argv[1] == "--storm":
        handler, Storm.rate, Storm.seconds = Storm, int(sys.argv[2]), int(sys.argv[3])
    else:
        handler, Handler.pages = Handler, read_pages(sys.argv[1], int(sys.argv[2]))
        words = [len(Handler.pages), sum(map(len, Handler.pages))]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], *words, flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
