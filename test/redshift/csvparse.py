"""csvparse -- COPY's CSV, record by record, by the rules of redshift.md (RFC 4180, made strict).

Two ways lead through a chunk. The fast one is a single regular expression over the whole chunk, taken
only when every record has the right number of fields and nothing is out of the ordinary. The slow one
is a scanner that knows where it is, and tells which rule a record breaks.
"""

import re
from typing import NamedTuple

MAX_RECORD_BYTES = 4194304


class Flaw(Exception):
    """A record breaks a rule. code and reason: of the load-error tables; field: 0-based, -1 unknown;
    position: byte in the record's line; start: offset of the record; resume: where to go on."""

    def __init__(self, code, reason, field, position, start, resume):
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.field = field
        self.position = position
        self.start = start
        self.resume = resume


class Field(NamedTuple):
    """value: bytes without quotes; quoted: whether it stood in quotes."""

    value: bytes
    quoted: bool


class Incomplete(Exception):
    """The chunk ends inside a record."""


class Dialect:
    """quote and delimiter as bytes, with the patterns made of them."""

    def __init__(self, quote='"', delimiter=","):
        self.quote, self.delimiter = quote.encode(), delimiter.encode()
        q, d = re.escape(self.quote), re.escape(self.delimiter)
        self.field = re.compile(
            q + b"([^" + q + b"]*(?:" + q + q + b"[^" + q + b"]*)*)" + q + b"()(" + d + b"|\r?\n)|"
            b"()([^" + q + d + b"\r\n]*)(" + d + b"|\r?\n)")
        self.plain = re.compile(b"[^" + q + d + b"\r\n]*")
        self.inside = re.compile(b"[^" + q + b"]*(?:" + q + q + b"[^" + q + b"]*)*")


def cut(buffer, dialect, final):
    """Return the length of the longest front of `buffer` that ends with a record, at most 4 MB; 0 if none.

    A line feed ends a record when an even number of quotes stands before it. With `final` the whole
    buffer counts as ended.
    """
    if final and len(buffer) <= MAX_RECORD_BYTES:
        return len(buffer)
    at = buffer.rfind(b"\n", 0, MAX_RECORD_BYTES)
    if at < 0:
        return 0
    quotes = buffer.count(dialect.quote, 0, at)
    while quotes % 2:
        before = buffer.rfind(b"\n", 0, at)
        if before < 0:
            return 0
        quotes -= buffer.count(dialect.quote, before, at)
        at = before
    return at + 1


def fast(chunk, width, dialect):
    """Return (columns, quoted) of a chunk without a flaw, else None.

    columns: `width` sequences of bytes, quotes taken off and doubled ones halved; quoted: `width`
    sequences of bytes that are empty for a field without quotes.
    """
    if not chunk.endswith(b"\n"):
        if chunk.endswith(b"\r"):
            return None
        chunk += b"\n"
    found = dialect.field.findall(chunk)
    if len(found) % width:
        return None
    inside, _, end_quoted, _, bare, end_bare = zip(*found)
    ends = [a or b for a, b in zip(end_quoted, end_bare)]
    return _split(chunk, width, dialect, inside, end_quoted, bare, ends)


def _split(chunk, width, dialect, inside, end_quoted, bare, ends):
    """Check that the fields cover the chunk in rows of `width`, and cut them into columns."""
    delimiter = dialect.delimiter
    for column in range(width - 1):
        if any(end != delimiter for end in ends[column::width]):
            return None
    if delimiter in ends[width - 1::width]:
        return None
    quoted_count = sum(1 for end in end_quoted if end)
    covered = sum(map(len, inside)) + sum(map(len, bare)) + sum(map(len, ends)) + 2 * quoted_count
    if covered != len(chunk):
        return None
    doubled = dialect.quote * 2
    if doubled in chunk:
        inside = [value.replace(doubled, dialect.quote) if doubled in value else value for value in inside]
    values = [a or b for a, b in zip(inside, bare)]
    return ([values[column::width] for column in range(width)],
            [end_quoted[column::width] for column in range(width)])


def slow(chunk, start, dialect, final):
    """Return (fields, offset after the record) of the record at `start`.

    Errors: Flaw; Incomplete when the chunk ends inside the record and `final` is false.
    """
    fields, at, size = [], start, len(chunk)
    while True:
        field, at = _slow_field(chunk, start, at, len(fields), dialect, final)
        fields.append(field)
        if at >= size:
            if not final:
                raise Incomplete
            return fields, at
        if chunk.startswith(dialect.delimiter, at):
            at += 1
            continue
        if chunk.startswith(b"\n", at):
            return fields, at + 1
        if chunk.startswith(b"\r\n", at):
            return fields, at + 2
        if chunk[at:] == b"\r" and not final:
            raise Incomplete
        raise Flaw(*_what_follows(chunk, at, field), len(fields) - 1, at - start, start, _next_line(chunk, at))


def _what_follows(chunk, at, field):
    """Return code and reason for what stands behind a field and is no end of one."""
    if chunk[at:at + 1] == b"\r":
        return 1214, "standin: carriage return outside quotes"
    return 1214, "Invalid quote formatting for CSV"


def _slow_field(chunk, start, at, number, dialect, final):
    """Return (Field, offset after it)."""
    here = at
    while chunk[here:here + 1] in (b" ", b"\t") and not chunk.startswith(dialect.delimiter, here):
        here += 1
    if not chunk.startswith(dialect.quote, here):
        match = dialect.plain.match(chunk, at)
        return Field(match.group(), False), match.end()
    match = dialect.inside.match(chunk, here + 1)
    end = match.end()
    if not chunk.startswith(dialect.quote, end):
        if not final:
            raise Incomplete
        raise Flaw(1214, "Invalid quote formatting for CSV", number, here - start, start, len(chunk))
    end += 1
    if end >= len(chunk) and not final:
        raise Incomplete
    while chunk[end:end + 1] in (b" ", b"\t") and not chunk.startswith(dialect.delimiter, end):
        end += 1
    return Field(match.group().replace(dialect.quote * 2, dialect.quote), True), end


def _next_line(chunk, at):
    """Return the offset of the line after the one with `at`."""
    end = chunk.find(b"\n", at)
    return len(chunk) if end < 0 else end + 1
