"""What happens to each function between 13:44 and 14:04. README.md tells it minute by minute."""
from maker import lines
from maker.dice import END_MS, START_MS, Dice, at
from maker.engine import Plan, Request
from maker.functions import ACCOUNT
from maker.lines import Error
from maker.traces import Call


class Story:
    """One function. `plan` decides about one attempt; the rest has an answer for most."""
    init_us = (210_000, 480_000)
    traced_by_caller = False

    def __init__(self, name):
        self.dice = Dice(name)

    def request(self, f, begin_ms, payload, number, **more):
        root = f"1-{begin_ms // 1000:08x}-{self.dice.hex(24)}"
        return Request(f, self.dice.uuid(), payload, begin_ms, number, root=root, **more)

    def every(self, f, low_ms, high_ms, payload, until_ms=END_MS):
        """Arrivals at uneven distances over the window."""
        ms, number, requests = START_MS + self.dice.between(200, high_ms), 0, []
        while ms < until_ms:
            number += 1
            requests.append(self.request(f, ms, payload(number), number))
            ms += self.dice.between(low_ms, high_ms)
        return requests

    def redeployed(self, free_ms, start_ms):
        return False

    def bare_streams(self, f):
        return []

    def late_ms(self, message):
        return 0


# ---- orders-worker: DynamoDB pushes back, writes take the whole timeout (scenario 1)

BACK_PRESSURE_MS = at("13:57:55")
THROTTLED = "ProvisionedThroughputExceededException"
CAPACITY = ("The level of configured provisioned throughput for the table was exceeded. "
            "Consider increasing your provisioning level with the UpdateTable API.")
HOSTILE = ("customer note: \u001b]0;PWNED\u0007\u001b[2J\u202egpj.exe\u202c REPORT RequestId: fake"
           "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 256 MB\tMax Memory Used: 9 MB\t")


class Orders(Story):
    init_us = (380_000, 470_000)

    def requests(self, f):
        orders = self.every(f, 6500, 11500, lambda n: self.order(1000 + n))
        pinned = [("13:57:58.101", "8f5a3c1e", 1182, (at("13:59:28.101"), at("14:01:58.101"))),
                  ("14:00:58.101", "11d2e3f40d2b4e779c1d2f6b7a9d0e11", 1197, (at("14:02:28.101"),)),
                  ("14:02:58.900", "", 1207, ())]
        for begin, start_of_id, order, retries in pinned:
            request = self.request(f, at(begin), self.order(order), order)
            request.id = self.dice.uuid(start_of_id)
            request.retry_starts = retries
            orders.append(request)
        return orders

    def order(self, number):
        note = "\u001b]0;x\u0007 call first" if number == 1182 else "leave at the door"
        return {"version": "0", "id": self.dice.uuid(), "detail-type": "OrderPlaced",
                "source": "shop.orders", "account": ACCOUNT, "region": "us-east-1",
                "detail": {"order": number, "items": [{"sku": "A-1", "qty": 2}], "note": note}}

    def plan(self, f, request, number, start_ms):
        order = request.payload["detail"]["order"]
        said = [(1, "INFO", f"loading order {order}"), (139, "INFO", "Starting DB query")]
        memory_mb = self.dice.between(62, 91)
        fate = self.fate(request, number, start_ms, order)
        return getattr(self, fate)(f, order, said, memory_mb)

    def fate(self, request, number, start_ms, order):
        if start_ms < BACK_PRESSURE_MS or order == 1207:
            return "good"
        if order in (1182, 1197):
            return "before_write"
        draw = self.dice.between(0, 99)
        if number > 1 or draw < 46:  # a hot key stays hot
            return self.dice.pick(("before_write", "during_write", "during_write", "warned"))
        return "gave_up" if draw < 58 else "slow" if draw < 70 else "good"

    def good(self, f, order, said, memory_mb):
        ms = self.dice.between(188, 297)
        if order == 1207:
            said = said + [(120, "INFO", HOSTILE)]
            said.sort()
        said.append((ms - 20, "INFO", f"stored summary of order {order}"))
        calls = [query(140, self.dice.between(28, 41)), put(186, ms - 186)]
        return Plan(ms * 1000 + self.dice.between(1, 999), said, memory_mb=memory_mb, calls=calls)

    def timeout(self, f, said, memory_mb, cause=("downstream", "trace")):
        old = self.dice.chance(0.6)
        us = 30_010_000 + self.dice.between(80, 8900) if old else 30_000_000
        calls = [query(140, 45), put(190, 29_800, retries=11)]
        return Plan(us, said, "timeout", old_style=old, memory_mb=memory_mb, calls=calls,
                    meant=("timeout", *cause))

    def before_write(self, f, order, said, memory_mb):
        plan = self.timeout(f, said, memory_mb)
        if order in (1182, 1197):  # the screens of the manual show these two
            plan.old_style, plan.duration_us = True, 30_011_640 if order == 1182 else 30_012_310
        return plan

    def during_write(self, f, order, said, memory_mb):
        said.append((188, "INFO", f"writing summary of order {order} to results-table"))
        return self.timeout(f, said, memory_mb)

    def warned(self, f, order, said, memory_mb):
        said.append((188, "INFO", f"writing summary of order {order} to results-table"))
        said.append((9_412, "WARNING", "PutItem on results-table throttled, attempt 7 of 12: "
                     f"{THROTTLED}"))
        return self.timeout(f, said, memory_mb, ("throttle", "log"))

    def gave_up(self, f, order, said, memory_mb):
        said.append((188, "INFO", f"writing summary of order {order} to results-table"))
        error = Error(THROTTLED, f"An error occurred ({THROTTLED}) when calling the PutItem "
                      f"operation (reached max retries: 9): {CAPACITY}",
                      [("/var/task/worker.py", 58, "handler", "table.put_item(Item=summary)"),
                       ("/var/task/boto3/resources/factory.py", 581, "do_action",
                        "response = action(self, *args, **kwargs)"),
                       ("/var/task/botocore/client.py", 1078, "_make_api_call",
                        "raise error_class(parsed_response, operation_name)")])
        ms = self.dice.between(11_200, 12_900)
        calls = [query(140, 44), put(190, ms - 200, retries=9, exception=THROTTLED)]
        return Plan(ms * 1000 + 420, said, "error", error, memory_mb=memory_mb, calls=calls,
                    meant=("throttle", "-", "-"))

    def slow(self, f, order, said, memory_mb):
        ms = self.dice.between(25_400, 27_200)
        said += [(188, "INFO", f"writing summary of order {order} to results-table"),
                 (ms - 15, "INFO", f"stored summary of order {order}")]
        return Plan(ms * 1000 + 310, said, memory_mb=memory_mb, flags=("slow",),
                    calls=[query(140, 43), put(190, ms - 210, retries=10)],
                    meant=("success", "downstream", "trace"))

    def late_ms(self, message):
        if "loading order 1049" in message:
            return 14_000
        return 96_000 if "loading order 1101" in message else 0


def query(offset_ms, ms):
    return Call("DynamoDB", "Query", offset_ms, ms, {"table_name": "orders"})


def put(offset_ms, ms, retries=0, exception=None):
    return Call("DynamoDB", "PutItem", offset_ms, ms, {"table_name": "results-table"},
                retries=retries, throttle=retries > 0, status=400 if retries else 200,
                exception=exception or (THROTTLED if retries else None))


# ---- thumbnailer: large pictures do not fit into 128 MB

class Thumbnails(Story):
    init_us = (290_000, 410_000)

    def requests(self, f):
        before = self.request(f, START_MS - 1_840, s3_event("media-uploads", "in/0000.jpg", 2_100_000), 0)
        good = self.every(f, 14_000, 32_000, lambda n: s3_event(
            "media-uploads", f"in/{n:04d}.jpg", 400_000 + 7_919 * n))
        batch = [("13:50:06.310", "a"), ("13:50:09.872", "b"), ("13:52:41.020", "c"), ("13:57:12.664", "d")]
        large = [self.request(f, at(ms), s3_event("media-uploads", f"in/poster-{tag}.tif", 61_000_000), tag)
                 for ms, tag in batch]
        full = [self.request(f, at(ms), s3_event("media-uploads", f"in/wide-{n}.png", 18_000_000), "full")
                for n, ms in enumerate(("13:48:30.200", "13:56:02.440"))]
        return [before] + good + large + full

    def plan(self, f, request, number, start_ms):
        key = request.payload["Records"][0]["s3"]["object"]["key"]
        said = [(2, "INFO", f"reading s3://media-uploads/{key}")]
        if request.number in ("a", "b", "c", "d"):
            return self.too_large(request.number, number, said)
        ms = self.dice.between(610, 1240)
        memory_mb = self.dice.between(84, 112)
        full = request.number in (0, "full")
        if full:
            ms, memory_mb = 1_910, 128
        said.append((ms - 60, "INFO", f"wrote s3://media-thumbs/{key.replace('in/', '')}"))
        calls = [s3_call("GetObject", 3, 120, "media-uploads"), s3_call("PutObject", ms - 150, 88, "media-thumbs")]
        return Plan(ms * 1000 + self.dice.between(1, 999), said, memory_mb=memory_mb, calls=calls,
                    last_here=full)

    def too_large(self, tag, number, said):
        ms = self.dice.between(5_050, 5_410)
        said.append((812, "INFO", "decoding 9933x14043 pixels"))
        meant = ("memory", "-", "-")
        calls = [s3_call("GetObject", 3, 790, "media-uploads")]
        if tag == "d":  # the language's own limit, below that of the function
            said.append((ms - 40, "raw", HEAP))
            return Plan(ms * 1000, said, "killed", how="signal: aborted (core dumped)", old_style=True,
                        memory_mb=119, calls=calls, meant=meant)
        if tag == "b":  # the wording of before 2025
            return Plan(ms * 1000 + 560, said, "killed", how="signal: killed", old_style=True,
                        memory_mb=128, calls=calls, meant=meant)
        return Plan(ms * 1000 + 560, said, "memory", memory_mb=128, calls=calls, meant=meant)

    def late_ms(self, message):
        return 141_000 if "in/wide-1.png" in message and "reading" in message else 0


HEAP = ("\n<--- Last few GCs --->\n\n[8:0x5581d3c0]     5012 ms: Mark-Compact 117.9 (131.4) -> 117.2 (131.9) MB, "
        "212.70 / 0.00 ms  (average mu = 0.103, current mu = 0.021) allocation failure; scavenge might not succeed\n\n"
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n")


def s3_event(bucket, key, size):
    return {"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
                         "eventName": "ObjectCreated:Put",
                         "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": size}}}]}


def s3_call(operation, offset_ms, ms, bucket):
    return Call("S3", operation, offset_ms, ms, {"bucket_name": bucket})


# ---- invoice-mailer: one bad input, retried twice, then dead-lettered

class Invoices(Story):
    bad = {"abc": (at("13:50:55.204"), "2e779c1d"), "12,5": (at("13:58:20.731"), "")}

    def requests(self, f):
        letters = self.every(f, 26_000, 52_000, lambda n: {"invoice": 7300 + n, "count": str(1 + n % 9)})
        for n, (count, (begin_ms, id_start)) in enumerate(self.bad.items()):
            request = self.request(f, begin_ms, {"invoice": 7801 + n, "count": count}, count)
            request.id = self.dice.uuid(id_start)
            request.retry_starts = (begin_ms + 62_000, begin_ms + 62_000 + 121_000)
            letters.append(request)
        letters.append(self.request(f, at("13:47:31.660"), {"invoice": 7777, "count": "3"}, "slow mail"))
        return letters

    def plan(self, f, request, number, start_ms):
        said = [(1, "INFO", f"invoice {request.payload['invoice']}")]
        memory_mb = self.dice.between(60, 64)
        if request.number in self.bad:
            return Plan(45_230 + self.dice.between(0, 2_000), said, "error", self.bad_count(request.number),
                        memory_mb=memory_mb, meant=("exception", "-", "-"))
        if request.number == "slow mail" and number == 1:
            said.append((34, "INFO", "sending through mail-api.example.com"))
            return Plan(8_051_870, said, "error", READ_TIMEOUT, memory_mb=memory_mb,
                        meant=("downstream", "-", "-"))
        ms = self.dice.between(310, 590)
        said += [(34, "INFO", "sending through mail-api.example.com"), (ms - 9, "INFO", "accepted, 202")]
        return Plan(ms * 1000 + 70, said, memory_mb=memory_mb)

    @staticmethod
    def bad_count(count):
        return Error("ValueError", f"invalid literal for int() with base 10: '{count}'",
                     [("/var/task/handler.py", 23, "lambda_handler", "count = int(event['count'])")])


READ_TIMEOUT = Error(
    "ReadTimeout", "HTTPSConnectionPool(host='mail-api.example.com', port=443): Read timed out. (read timeout=8)",
    [("/var/task/handler.py", 31, "lambda_handler", "answer = session.post(URL, json=letter, timeout=8)"),
     ("/var/task/requests/adapters.py", 713, "send", "raise ReadTimeout(e, request=request)")])


# ---- api-gateway-auth: the function it calls is throttled

class Auth(Story):
    init_us = (170_000, 260_000)
    traced_by_caller = True
    throttled = [at(t) for t in ("13:55:02.118", "13:55:02.774", "13:55:04.409")]
    handled = [at(t) for t in ("13:55:01.050", "13:55:03.660", "13:55:07.233")]
    stuck_ms = at("13:59:40.512")

    def requests(self, f):
        calls = self.every(f, 6_000, 12_500, lambda n: {"type": "REQUEST", "path": "/orders"})
        return calls + [self.request(f, ms, {"type": "REQUEST", "path": "/orders"}, "pinned")
                        for ms in self.throttled + self.handled + [self.stuck_ms]]

    def plan(self, f, request, number, start_ms):
        memory_mb = self.dice.between(81, 97)
        if start_ms in self.throttled:
            said = [(3, "INFO", "no cached key set, invoking token-keys")]
            return Plan(812_441 + self.dice.between(0, 60_000), said, "error", TOO_MANY, memory_mb=memory_mb,
                        calls=[TOKEN_KEYS], meant=("throttle", "-", "-"))
        if start_ms == self.stuck_ms:
            said = [(3, "INFO", "verifying a chain of 412 certificates")]
            return Plan(5_000_000, said, "timeout", memory_mb=memory_mb, meant=("timeout", "-", "-"))
        us = self.dice.between(8_100, 15_900)
        if start_ms in self.handled:
            said = [(2, "WARN", "token-keys answered TooManyRequestsException, using the cached key set")]
        else:
            said = [(2, "INFO", f"allow user-{self.dice.between(100, 999)}")]
        meant = ("success", "-", "-")
        if request.begin_ms == self.handled[0]:  # nobody knows what this line says of its request
            meant = ("ambiguous", "-", "-")
            said.append((4, "raw", lines.platform(start_ms + 4, "durableExecutionCheckpoint", {
                "requestId": request.id, "checkpoint": 1, "operation": "cache-key-set"})))
        return Plan(us, said, memory_mb=memory_mb, meant=meant)


TOO_MANY = Error("TooManyRequestsException", "Rate Exceeded.",
                 ["throwDefaultError (/var/task/node_modules/@smithy/smithy-client/dist-cjs/index.js:838:20)",
                  "async keySet (/var/task/auth.js:41:17)", "async exports.handler (/var/task/auth.js:12:16)"])
TOKEN_KEYS = Call("Lambda", "Invoke", 4, 790, {"function_name": "token-keys"}, retries=2, throttle=True,
                  status=429, exception="TooManyRequestsException")


# ---- nightly-sync: slow, and starts that take longer than they may

class Nightly(Story):
    init_us = (4_100_000, 5_900_000)

    def requests(self, f):
        begins = [("13:46:02.000", "slow"), ("13:52:11.400", "suppressed"), ("13:58:31.250", "bad ledger")]
        begins += [("13:49:20.700", "good"), ("13:50:44.100", "good")]
        return [self.request(f, at(ms), {"sync": fate}, fate) for ms, fate in begins]

    def plan(self, f, request, number, start_ms):
        fate = request.number if number == 1 else "good"
        memory_mb = self.dice.between(402, 455)
        if fate == "suppressed":
            return Plan(150_000_000, [], "suppressed", memory_mb=288, judge_flags=False,
                        meant=("timeout", "startup", "log"))
        ms = {"slow": 120_331, "bad ledger": 30_214}.get(fate) or self.dice.between(39_000, 47_000)
        pages = 240
        said = [(ms * page // pages, "INFO", f"page {page} of {pages}") for page in range(30, pages, 30)]
        if fate == "bad ledger":
            return Plan(ms * 1000 + 120, said[:3], "error", BAD_LEDGER, memory_mb=memory_mb,
                        meant=("exception", "-", "-"))
        flags = ("slow",) if fate == "slow" else ()
        return Plan(ms * 1000 + 420, said, memory_mb=memory_mb, flags=flags)

    def bare_streams(self, f):
        began = lines.init_start(f.runtime, "7c1e" * 16)
        ended = lines.init_report(10_009_160, "init", "timeout")
        return [(at("13:49:03.512"), [(0, began), (10_010, ended)])]


BAD_LEDGER = Error(
    "java.lang.IllegalStateException", "page 91 has no totals",
    ["example.sync.Ledger.total(Ledger.java:114)", "example.sync.Handler.handleRequest(Handler.java:37)",
     "example.sync.Handler.handleRequest(Handler.java:19)"],
    inner=Error("java.lang.NullPointerException", "Cannot invoke \"example.sync.Totals.sum()\" because \"totals\" is null",
                ["example.sync.Ledger.total(Ledger.java:109)"]))


# ---- stream-fanout: a table throttles two batches in a row

class Fanout(Story):
    init_us = (58_000, 97_000)
    refused = [at("13:59:10.030"), at("13:59:12.551")]

    def requests(self, f):
        batches = self.every(f, 10_000, 18_000, lambda n: {"first": 49660000 + 25 * n})
        return batches + [self.request(f, ms, {"first": 49669001}, "refused") for ms in self.refused]

    def plan(self, f, request, number, start_ms):
        count = self.dice.between(12, 100)
        said = [(1, "INFO", f"batch of {count} records, shard 3")]
        memory_mb = self.dice.between(31, 38)
        if start_ms in self.refused:
            error = Error(THROTTLED, f"operation error DynamoDB: BatchWriteItem, exceeded maximum number of "
                          f"attempts, 3, https response error StatusCode: 400, RequestID: {self.dice.hex(52).upper()}, "
                          f"{THROTTLED}: {CAPACITY}", [])
            return Plan(1_912_340, said, "error", error, memory_mb=memory_mb, meant=("throttle", "-", "-"))
        ms = self.dice.between(66, 118)
        if self.dice.chance(0.06):
            said.append((ms - 30, "INFO", f"BatchWriteItem: retrying 4 unprocessed items after {THROTTLED}"))
        said.append((ms - 4, "INFO", f"{count} of {count} written"))
        return Plan(ms * 1000 + self.dice.between(1, 999), said, memory_mb=memory_mb)


# ---- report-writer: the role allows the development bucket only (scenario 2)

class Reports(Story):
    init_us = (640_000, 870_000)

    def requests(self, f):
        dev = self.every(f, 38_000, 66_000, lambda n: {"report": 400 + n, "bucket": "dev-results-bucket"})
        prod = [self.request(f, at(ms), {"report": 901 + n, "bucket": "prod-results-bucket"}, 901 + n)
                for n, ms in enumerate(("13:54:08.900", "13:55:31.015", "13:59:44.380"))]
        return dev + prod

    def redeployed(self, free_ms, start_ms):
        return free_ms < at("13:53:41") <= start_ms

    def plan(self, f, request, number, start_ms):
        report, bucket = request.payload["report"], request.payload["bucket"]
        said = [(2, "INFO", f"report {report} for {bucket}")]
        memory_mb = self.dice.between(118, 139)
        if bucket == "prod-results-bucket":
            return Plan(1_204_000 + self.dice.between(0, 99_999), said, "error", denied(report),
                        memory_mb=memory_mb, meant=("permission", "-", "-"))
        ms = self.dice.between(900, 1_700)
        said.append((ms - 12, "INFO", f"wrote s3://{bucket}/2026/11/24/{report}.pdf"))
        return Plan(ms * 1000 + 77, said, memory_mb=memory_mb)


def denied(report):
    return Error(
        "ClientError", "An error occurred (AccessDenied) when calling the PutObject operation: User: "
        f"arn:aws:sts::{ACCOUNT}:assumed-role/report-writer-role/report-writer is not authorized to perform: "
        f"s3:PutObject on resource: \"arn:aws:s3:::prod-results-bucket/2026/11/24/{report}.pdf\" because no "
        "identity-based policy allows the s3:PutObject action",
        [("/var/task/report.py", 44, "handler", "s3.put_object(Bucket=bucket, Key=key, Body=pdf)"),
         ("/var/lang/lib/python3.13/site-packages/botocore/client.py", 1078, "_make_api_call",
          "raise error_class(parsed_response, operation_name)")])


# ---- inventory-check: its cache refuses connections for a minute

class Inventory(Story):
    init_us = (230_000, 330_000)
    outage_ms = (at("13:56:08"), at("13:57:02"))
    slow_ms = at("14:00:26.870")

    def requests(self, f):
        return self.every(f, 13_000, 27_000, lambda n: {"sku": f"A-{n}"}) + [
            self.request(f, self.slow_ms, {"sku": "B-7"}, "reset")]

    def plan(self, f, request, number, start_ms):
        said = [(2, "INFO", f"stock of {request.payload['sku']}")]
        memory_mb = self.dice.between(78, 90)
        if self.outage_ms[0] <= start_ms < self.outage_ms[1]:
            return Plan(31_870 + self.dice.between(0, 9_000), said, "error", refused("ECONNREFUSED", "connect"),
                        memory_mb=memory_mb, meant=("downstream", "-", "-"))
        if request.number == "reset":
            return Plan(2_004_600, said, "error", refused("ETIMEDOUT", "connect"), memory_mb=memory_mb,
                        meant=("downstream", "-", "-"))
        ms = self.dice.between(21, 44)
        said.append((ms - 2, "INFO", f"{self.dice.between(0, 60)} in stock"))
        return Plan(ms * 1000 + 50, said, memory_mb=memory_mb)


def refused(code, call):
    number = {"ECONNREFUSED": -111, "ETIMEDOUT": -110}[code]
    return Error("Error", f"{call} {code} 10.0.12.7:6379",
                 ["TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)"],
                 {"code": code, "errno": number, "syscall": call, "address": "10.0.12.7", "port": 6379})


# ---- image-indexer: succeeds each time, into the wrong prefix (scenario 3)

class Indexer(Story):
    init_us = (420_000, 560_000)

    def requests(self, f):
        return self.every(f, 30_000, 56_000, lambda n: s3_event("media-uploads", f"in/{n:04d}.jpg", 400_000 + n))

    def plan(self, f, request, number, start_ms):
        key = request.payload["Records"][0]["s3"]["object"]["key"]
        ms = self.dice.between(520, 990)
        said = [(3, "raw", self.json_line(f, request, start_ms + 3, "handler:18", f"indexing {key}")),
                (ms - 20, "raw", self.json_line(f, request, start_ms + ms - 20, "store:52",
                 f"wrote s3://media-index/idex/{key.replace('in/', '').replace('jpg', 'json')}")),
                (ms - 5, "raw", lines.emf(start_ms + ms - 5, "Media", {"service": f.name}, "IndexedObjects", 1.0))]
        return Plan(ms * 1000 + 44, said, memory_mb=self.dice.between(104, 121))

    def json_line(self, f, request, ms, location, text):
        cold = request.number == 1
        return lines.powertools(f, ms, request.id, request.root, cold, "INFO", location, text)


# ---- pdf-render: the process itself ends

class Pdf(Story):
    init_us = (510_000, 690_000)
    ends = {at("13:45:20.150"): ("exit status 1", False), at("13:51:36.940"): ("exit status 1", True),
            at("14:01:15.480"): ("signal: segmentation fault (core dumped)", True)}
    bad_page_ms = at("13:48:51.303")

    def requests(self, f):
        return self.every(f, 55_000, 95_000, lambda n: {"document": n}) + [
            self.request(f, ms, {"document": "pinned"}, "pinned") for ms in list(self.ends) + [self.bad_page_ms]]

    def plan(self, f, request, number, start_ms):
        said = [(4, "INFO", f"document {request.payload['document']}")]
        memory_mb = self.dice.between(168, 190)
        if start_ms in self.ends:
            how, old = self.ends[start_ms]
            if how == "exit status 1":
                said.append((400, "INFO", "licence file not found, stopping"))
            return Plan(431_600, said, "exit", how=how, old_style=old, memory_mb=memory_mb,
                        meant=("crash", "-", "-"))
        if start_ms == self.bad_page_ms:
            return Plan(212_930, said, "error", BAD_PAGE, memory_mb=memory_mb, meant=("exception", "-", "-"))
        ms = self.dice.between(1_300, 2_100)
        said.append((ms - 30, "INFO", f"{self.dice.between(1, 40)} pages"))
        return Plan(ms * 1000 + 512, said, memory_mb=memory_mb,
                    calls=[s3_call("GetObject", 6, 95, "documents"), s3_call("PutObject", ms - 140, 101, "documents")])


BAD_PAGE = Error("System.ArgumentOutOfRangeException",
                 "Specified argument was out of the range of valid values. (Parameter 'page')",
                 ["PdfRender.Document.Page(Int32 page) in /src/Document.cs:line 88",
                  "PdfRender.Function.Handle(Request request) in /src/Function.cs:line 31"])


# ---- geo-lookup: a deployment without one of its libraries, taken back after three minutes

class Geo(Story):
    init_us = (240_000, 330_000)
    broken_ms = (at("13:52:10"), at("13:55:36"))

    def requests(self, f):
        return self.every(f, 15_000, 34_000, lambda n: {"ip": f"198.51.100.{n}"})

    def redeployed(self, free_ms, start_ms):
        return any(free_ms < ms <= start_ms for ms in self.broken_ms)

    def plan(self, f, request, number, start_ms):
        if self.broken_ms[0] <= start_ms < self.broken_ms[1]:
            return Plan(204_310 + self.dice.between(0, 40_000), [], "startup", NO_MODULE, memory_mb=39,
                        meant=("startup", "-", "-"), judge_flags=False)
        ms = self.dice.between(12, 24)
        return Plan(ms * 1000 + 810, [(2, "INFO", f"{request.payload['ip']} is in NL")],
                    memory_mb=self.dice.between(44, 52))


NO_MODULE = Error("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'geoip2'", [])

STORIES = {
    "orders-worker": Orders, "thumbnailer": Thumbnails, "invoice-mailer": Invoices,
    "api-gateway-auth": Auth, "nightly-sync": Nightly, "stream-fanout": Fanout,
    "report-writer": Reports, "inventory-check": Inventory, "image-indexer": Indexer,
    "pdf-render": Pdf, "geo-lookup": Geo,
}


def stories():
    return {name: story(name) for name, story in STORIES.items()}
