"""A terminal's screen out of what the program wrote: the few sequences that it uses, no others."""
import re

SEQUENCE = re.compile(rb"\x1b\[([?>]?)([0-9;]*)([@-~])|\x1b[()][0-9A-B]|\x1b[=>]|\x1b[78M]")


class Screen:
    def __init__(self, rows, cols):
        self.rows, self.cols = rows, cols
        self.lines = [[" "] * cols for _ in range(rows)]
        self.row = self.col = self.top = 0
        self.bottom, self.rest, self.unknown = rows - 1, b"", set()

    def feed(self, data):
        data, at = self.rest + data, 0
        while at < len(data):
            step = self.take(data, at)
            if not step:
                break
            at += step
        self.rest = data[at:]

    def take(self, data, at):
        """One character or sequence; 0: it is not whole yet."""
        byte = data[at]
        if byte == 0x1B:
            found = SEQUENCE.match(data, at)
            if not found:
                return 0 if len(data) - at < 32 else 1
            if found.group(3):
                self.sequence(found.group(1), found.group(2), found.group(3).decode())
            return found.end() - at
        if byte < 0x20:
            self.control(byte)
            return 1
        length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        if len(data) - at < length:
            return 0
        self.put(data[at:at + length].decode("utf-8", "replace"))
        return length

    def put(self, text):
        if self.col < self.cols:
            self.lines[self.row][self.col] = text
        self.col += 1

    def control(self, byte):
        if byte == 0x0D:
            self.col = 0
        elif byte == 0x0A:
            self.row = min(self.row + 1, self.rows - 1)
        elif byte == 0x08:
            self.col = max(0, self.col - 1)

    def sequence(self, mark, numbers, final):
        args = [int(n or 0) for n in numbers.decode().split(";")]
        first = max(1, args[0])
        if mark or final in "mhlntc":
            return
        if final == "H":
            self.row, self.col = first - 1, (max(1, args[1]) if len(args) > 1 else 1) - 1
        elif final == "G":
            self.col = first - 1
        elif final == "d":
            self.row = first - 1
        elif final in "ABCD":
            self.row += {"A": -first, "B": first}.get(final, 0)
            self.col += {"C": first, "D": -first}.get(final, 0)
        elif final == "K":
            self.lines[self.row][self.col:] = [" "] * (self.cols - self.col)
        elif final == "J":
            self.lines = [[" "] * self.cols for _ in range(self.rows)]
        elif final == "r":
            self.top, self.bottom = (first - 1, args[1] - 1) if len(args) > 1 else (0, self.rows - 1)
            self.row = self.col = 0
        elif final in "LM":
            for _ in range(first):
                self.move(final)
        else:
            self.unknown.add(final)

    def move(self, final):
        blank = [" "] * self.cols
        if final == "M":
            del self.lines[self.row]
            self.lines.insert(self.bottom, blank)
        else:
            del self.lines[self.bottom]
            self.lines.insert(self.row, blank)

    @property
    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.lines)
