"""shrink -- make an input that fails as small as can be while it goes on failing.

First whole lines go, half of them at a time, then members of objects and arrays, then
values become plainer and strings shorter.  `fails` is asked about every try: bytes in,
True when the failure is still there.
"""

from reference.jsontext import NotJson, Reader, Repairs

PLAINER = (b"1", b'"x"', b"{}")


class Watcher(Reader):
    """A Reader that notes where every value, member and container stands."""

    def __init__(self, data):
        super().__init__(data, Repairs())
        self.values = []
        self.strings = []
        self.containers = []
        self._members = []

    def value(self, depth):
        """Read a value and note (start, end)."""
        self.skip_space()
        start = self.at
        found = super().value(depth)
        self.values.append((start, self.at))
        return found

    def string(self):
        """Read a string, a key too, and note it."""
        start = self.at
        found = super().string()
        self.strings.append((start, self.at))
        return found

    def _noting(self, read, depth):
        """Read a container and note its place and those of its members."""
        start = self.at
        self._members.append([])
        found = read(depth)
        self.containers.append((start, self.at, self._members.pop()))
        return found

    def object(self, depth):
        """Read an object and note it."""
        return self._noting(super().object, depth)

    def array(self, depth):
        """Read an array and note it."""
        return self._noting(super().array, depth)

    def item(self, depth):
        """Read an item and note it as a member."""
        self.skip_space()
        start = self.at
        found = super().item(depth)
        self._members[-1].append((start, self.at))
        return found

    def pair(self, depth):
        """Read a pair and note it as a member."""
        start = self.at
        found = super().pair(depth)
        self._members[-1].append((start, self.at))
        return found


def shrink(data, fails, budget=2000):
    """Return the smallest input found for which `fails` holds, as it does for `data`.

    `budget` bounds how often `fails` is asked.
    """
    left = [budget]

    def still_fails(candidate):
        left[0] -= 1
        return left[0] >= 0 and fails(candidate)

    lines = _shrink_list(data.split(b"\n"), lambda some: still_fails(b"\n".join(some)))
    for at in range(len(lines)):
        def with_line(line, at=at):
            return still_fails(b"\n".join(lines[:at] + [line] + lines[at + 1 :]))

        lines[at] = _shrink_line(lines[at], with_line)
    return b"\n".join(lines)


def _shrink_list(items, fails):
    """Return a sublist for which `fails` holds, dropping runs of ever smaller size."""
    size = max(1, len(items) // 2)
    while True:
        at, dropped = 0, False
        while at < len(items):
            shorter = items[:at] + items[at + size :]
            if shorter and fails(shorter):
                items, dropped = shorter, True
            else:
                at += size
        if size == 1 and not dropped:
            return items
        size = max(1, size // 2)


def _shrink_line(line, fails):
    """Return the smallest spelling of one line for which `fails` holds."""
    while True:
        for candidate in _candidates(line):
            if len(candidate) < len(line) and fails(candidate):
                line = candidate
                break
        else:
            return line


def _candidates(line):
    """Yield smaller spellings of a line, the boldest first."""
    watcher = Watcher(line)
    try:
        watcher.value(0)
    except NotJson:
        yield from _shorter_bytes(line)
        return
    yield line.strip(b" \t\r")
    for start, end, members in reversed(watcher.containers):
        for skipped in range(len(members)):
            kept = [line[a:b] for i, (a, b) in enumerate(members) if i != skipped]
            inner = line[start : start + 1] + b",".join(kept) + line[end - 1 : end]
            yield line[:start] + inner + line[end:]
    for start, end in watcher.values[:-1]:
        for plain in PLAINER:
            yield line[:start] + plain + line[end:]
    for start, end in watcher.strings:
        for text in _shorter_bytes(line[start + 1 : end - 1]):
            yield line[:start] + b'"' + text + b'"' + line[end:]


def _shorter_bytes(data):
    """Yield `data` with runs cut out, long runs first."""
    size = max(1, len(data) // 2) if data else 0
    while size >= 1:
        for at in range(0, len(data), size):
            yield data[:at] + data[at + size :]
        size //= 2
