"""wire -- messages of PostgreSQL's protocol, version 3, as both ends need them.

Source: PostgreSQL documentation, chapter "Frontend/Backend Protocol".
"""

import struct

from .errors import Gone

MAX_MESSAGE_BYTES = 64 << 20


def message(kind, body=b""):
    """Return one message: its letter (bytes of length 1, or b"" at start-up), its length, its body."""
    return kind + struct.pack("!I", len(body) + 4) + body


def text(value):
    """Return `value` as a C string."""
    return value.encode("utf-8", "replace") + b"\0"


def fields_body(fields):
    """Return the body of ErrorResponse and NoticeResponse for a dict of letter -> text."""
    return b"".join(key.encode() + text(value) for key, value in fields.items()) + b"\0"


def parse_fields(body):
    """Return the dict that fields_body wrote."""
    found = {}
    for part in body.split(b"\0"):
        if part:
            found[chr(part[0])] = part[1:].decode("utf-8", "replace")
    return found


def row_description(columns):
    """Return RowDescription for (name, type oid) pairs, text format."""
    body = struct.pack("!H", len(columns))
    for name, oid in columns:
        body += text(name) + struct.pack("!IhIhih", 0, 0, oid, -1, -1, 0)
    return message(b"T", body)


def data_row(values):
    """Return DataRow for texts (None: NULL)."""
    body = struct.pack("!H", len(values))
    for value in values:
        if value is None:
            body += struct.pack("!i", -1)
        else:
            raw = value.encode()
            body += struct.pack("!i", len(raw)) + raw
    return message(b"D", body)


def parse_row(body):
    """Return the values of a DataRow's body as texts."""
    count, at, values = struct.unpack_from("!H", body)[0], 2, []
    for _ in range(count):
        length = struct.unpack_from("!i", body, at)[0]
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(body[at:at + length].decode("utf-8", "replace"))
            at += length
    return values


def rewrite_description(body, rename, retype):
    """Return a RowDescription's body with names through `rename` and type oids through `retype`."""
    count, at = struct.unpack_from("!H", body)[0], 2
    out = [body[:2]]
    for _ in range(count):
        end = body.index(b"\0", at)
        name = body[at:end].decode("utf-8", "replace")
        table, attribute, oid, size, modifier, form = struct.unpack_from("!IhIhih", body, end + 1)
        out.append(text(rename(name)))
        out.append(struct.pack("!IhIhih", table, attribute, retype(oid), size, modifier, form))
        at = end + 19
    return b"".join(out)


class Stream:
    """A socket read in whole messages. Belongs to one thread."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = bytearray()

    def exactly(self, count):
        """Return the next `count` bytes. Errors: Gone at the end of the stream."""
        while len(self.buffer) < count:
            try:
                chunk = self.sock.recv(1 << 18)
            except OSError as error:
                raise Gone(str(error)) from error
            if not chunk:
                raise Gone("end of stream")
            self.buffer += chunk
        found = bytes(self.buffer[:count])
        del self.buffer[:count]
        return found

    def receive(self):
        """Return the next message as (letter, body). Errors: Gone."""
        head = self.exactly(5)
        length = struct.unpack("!I", head[1:])[0]
        if not 4 <= length <= MAX_MESSAGE_BYTES:
            raise Gone("bad message length")
        return head[:1], self.exactly(length - 4)
