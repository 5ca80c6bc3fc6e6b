"""jsontext -- read one JSON text from bytes and write it back, keeping what was sent.

Python's own json module is not used: it turns numbers into floats and ints, accepts
NaN and trailing oddities, and refuses bytes that are not UTF-8.  Here a number keeps its
text, an object keeps every pair, and damage inside strings is repaired and counted.

Shapes: null is None, booleans are bool, a string is str, a number is Number, an array is
list, an object is Object.
Source: RFC 8259; transform.md 1.7 (duplicate keys), 5.2 (compact text), 6.4 (repairs).
"""

import re
import sys

DEPTH_LIMIT = 512
"""Arrays and objects open at the same time, the outermost included."""

WHITE_SPACE = b" \t\n\r"

# Each level of nesting takes two Python frames; the default limit is 1000.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 6 * DEPTH_LIMIT + 2000))

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_HEX4 = re.compile(rb"[0-9a-fA-F]{4}")
_ESCAPES = {
    b'"': '"', b"\\": "\\", b"/": "/", b"b": "\b",
    b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t",
}
_WRITTEN = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f",
    "\n": "\\n", "\r": "\\r", "\t": "\\t",
}


class NotJson(ValueError):
    """The bytes are not exactly one JSON text."""


class Number:
    """A JSON number; `text` is its spelling, digit for digit as it was sent."""

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return isinstance(other, Number) and self.text == other.text

    def __hash__(self):
        return hash(self.text)

    def __repr__(self):
        return f"Number({self.text!r})"


class Object:
    """A JSON object; `pairs` is every (key, value) in the order it was sent."""

    def __init__(self, pairs):
        self.pairs = pairs

    def fields(self):
        """Return a dict: the last of equal keys wins, at the place of the first (1.7)."""
        return dict(self.pairs)

    def __eq__(self, other):
        return isinstance(other, Object) and self.pairs == other.pairs

    def __repr__(self):
        return f"Object({self.pairs!r})"


class Repairs:
    """What had to be changed in strings so that a warehouse can hold them (6.4)."""

    def __init__(self):
        self.replaced = 0
        """U+FFFD put in for bytes that are not UTF-8 and for lone surrogates."""
        self.stripped = 0
        """U+0000 left out."""


def parse(data, repairs=None):
    """Return the value of the JSON text `data` (bytes), adding to `repairs`.

    Errors: NotJson for anything RFC 8259 does not allow, for bytes outside strings that
    are not ASCII, and for nesting deeper than DEPTH_LIMIT.
    """
    reader = Reader(data, repairs if repairs is not None else Repairs())
    value = reader.value(0)
    reader.skip_space()
    if reader.at != len(data):
        raise NotJson(f"something follows the value at byte {reader.at}")
    return value


class Reader:
    """A recursive descent over `data`; `at` is the next byte to look at.

    A subclass may watch single members go by in item and pair.
    """

    def __init__(self, data, repairs):
        self.data = data
        self.repairs = repairs
        self.at = 0

    def peek(self):
        """Return the next byte as bytes of length one, empty at the end."""
        return self.data[self.at : self.at + 1]

    def skip_space(self):
        """Step over the four characters that JSON calls white space."""
        while self.peek() and self.peek() in WHITE_SPACE:
            self.at += 1

    def expect(self, wanted):
        """Step over the bytes `wanted` or refuse the text."""
        if not self.data.startswith(wanted, self.at):
            raise NotJson(f"expected {wanted!r} at byte {self.at}")
        self.at += len(wanted)

    def value(self, depth):
        """Read one value; `depth` counts the arrays and objects around it."""
        self.skip_space()
        first = self.peek()
        if first in (b"{", b"[") and depth >= DEPTH_LIMIT:
            raise NotJson(f"nested deeper than {DEPTH_LIMIT} at byte {self.at}")
        if first == b"{":
            return self.object(depth + 1)
        if first == b"[":
            return self.array(depth + 1)
        if first == b'"':
            return self.string()
        for word, meaning in ((b"true", True), (b"false", False), (b"null", None)):
            if self.data.startswith(word, self.at):
                self.at += len(word)
                return meaning
        return self.number()

    def number(self):
        """Read a number and keep its text."""
        found = _NUMBER.match(self.data, self.at)
        if not found:
            raise NotJson(f"no value at byte {self.at}")
        self.at = found.end()
        return Number(found.group().decode("ascii"))

    def array(self, depth):
        """Read `[ value, value ]`."""
        self.expect(b"[")
        values = []
        self.skip_space()
        if self.peek() == b"]":
            self.at += 1
            return values
        while True:
            values.append(self.item(depth))
            self.skip_space()
            if self.peek() == b"]":
                self.at += 1
                return values
            self.expect(b",")

    def object(self, depth):
        """Read `{ "key": value, ... }`, every pair kept."""
        self.expect(b"{")
        pairs = []
        self.skip_space()
        if self.peek() == b"}":
            self.at += 1
            return Object(pairs)
        while True:
            self.skip_space()
            pairs.append(self.pair(depth))
            self.skip_space()
            if self.peek() == b"}":
                self.at += 1
                return Object(pairs)
            self.expect(b",")

    def item(self, depth):
        """Read one value of an array."""
        return self.value(depth)

    def pair(self, depth):
        """Read one key and its value."""
        key = self.string()
        self.skip_space()
        self.expect(b":")
        return key, self.value(depth)

    def string(self):
        """Read a string, repairing it as 6.4 asks."""
        self.expect(b'"')
        pieces = []
        while True:
            run = _PLAIN.match(self.data, self.at)
            self.at = run.end()
            pieces.append(self.decoded(run.group()))
            mark = self.peek()
            if mark == b'"':
                self.at += 1
                return "".join(pieces)
            if mark != b"\\":
                raise NotJson(f"string broken at byte {self.at}")
            pieces.append(self.escape())

    def decoded(self, run):
        """Return `run` as text, one U+FFFD for each maximal broken piece."""
        text = run.decode("utf-8", "replace")
        sent = run.count("\ufffd".encode())
        self.repairs.replaced += text.count("\ufffd") - sent
        return text

    def escape(self):
        """Read one escape, or the two of a surrogate pair."""
        self.expect(b"\\")
        mark = self.peek()
        self.at += 1
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        if mark != b"u":
            raise NotJson(f"unknown escape at byte {self.at}")
        unit = self.hex4()
        if unit == 0:
            self.repairs.stripped += 1
            return ""
        if 0xD800 <= unit <= 0xDBFF and self.data.startswith(b"\\u", self.at):
            return self.surrogate(unit)
        return self.character(unit)

    def surrogate(self, high):
        """Read the second half after `high`, or leave it to be read on its own."""
        before = self.at
        self.at += 2
        low = self.hex4()
        if 0xDC00 <= low <= 0xDFFF:
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        self.at = before
        return self.character(high)

    def character(self, unit):
        """Return the character of one UTF-16 unit; half a pair becomes U+FFFD."""
        if 0xD800 <= unit <= 0xDFFF:
            self.repairs.replaced += 1
            return "\ufffd"
        return chr(unit)

    def hex4(self):
        """Read four hexadecimal digits."""
        digits = _HEX4.match(self.data, self.at)
        if not digits:
            raise NotJson(f"broken \\u escape at byte {self.at}")
        self.at = digits.end()
        return int(digits.group(), 16)


def compact(value):
    """Return `value` as JSON text without white space.

    Shape: numbers as sent, every pair of an object kept in order, and in strings only
    what must be escaped is escaped, in the shortest way (5.2; README, decision 9).
    """
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Number):
        return value.text
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(compact(item) for item in value) + "]"
    pairs = (_quoted(key) + ":" + compact(item) for key, item in value.pairs)
    return "{" + ",".join(pairs) + "}"


def _quoted(text):
    """Return `text` as a JSON string."""
    written = []
    for character in text:
        if character in _WRITTEN:
            written.append(_WRITTEN[character])
        elif character < " ":
            written.append(f"\\u{ord(character):04x}")
        else:
            written.append(character)
    return '"' + "".join(written) + '"'
