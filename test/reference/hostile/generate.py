"""generate -- lines of hostile events from a seed.

The same seed gives the same bytes on every machine and Python 3 version in use here.
"""

import random

from reference.hostile import pools

KEY_POOLS = (
    (6, pools.COLLIDING_KEYS), (3, pools.STANDARD_KEYS), (3, pools.CASED_KEYS),
    (2, pools.RESERVED_KEYS), (2, pools.ODD_KEYS), (1, pools.LONG_KEYS),
)
PLANES = 17
DEEPEST = (2, 3, 5, 62, 63, 64, 65, 66, 505, 508, 509, 510, 511, 512, 513)


class Generator:
    """Lines by seed.  `gentle` leaves out what makes a line a reject or over-long."""

    def __init__(self, seed, gentle=False):
        self.random = random.Random(seed)
        self.gentle = gentle
        self.earlier = []

    def data(self, count):
        """Return `count` lines as the bytes of one object, line ends varied."""
        pieces = []
        for _ in range(count):
            pieces.append(self.line())
            pieces.append(b"\r\n" if self.chance(0.05) else b"\n")
        if pieces and self.chance(0.3):
            pieces.pop()
        mark = b"\xef\xbb\xbf" if self.chance(0.05) else b""
        return mark + b"".join(pieces)

    def line(self):
        """Return one line without its end: an event, or something that is none."""
        if not self.gentle and self.chance(0.04):
            return self.pick(pools.BROKEN_LINES)
        if self.chance(0.02):
            return self.pick(pools.BLANK_LINES)
        if self.earlier and self.chance(0.03):
            return self.pick(self.earlier)
        line = self.event()
        self.earlier = self.earlier[-20:] + [line]
        return line

    def chance(self, share):
        """Return True in `share` of all calls."""
        return self.random.random() < share

    def pick(self, items):
        """Return one of `items`."""
        return items[self.random.randrange(len(items))]

    def event(self):
        """Return an event: some of the fields that are read, in any order."""
        bad_type = not self.gentle and self.chance(0.02)
        fields = [(b"type", self.pick(pools.BAD_TYPES if bad_type else pools.TYPES))]
        for key, share, make in (
            (b"messageId", 0.9, self.identifier), (b"anonymousId", 0.6, self.identifier),
            (b"userId", 0.6, self.user), (b"groupId", 0.2, self.identifier),
            (b"previousId", 0.2, self.identifier), (b"event", 0.8, self.event_name),
            (b"name", 0.2, self.label), (b"category", 0.2, self.label),
            (b"channel", 0.1, self.label), (b"request_ip", 0.1, self.label),
            (b"receivedAt", 0.9, self.moment), (b"sentAt", 0.7, self.moment),
            (b"originalTimestamp", 0.7, self.moment), (b"timestamp", 0.4, self.moment),
            (b"properties", 0.8, self.tree), (b"traits", 0.5, self.tree),
            (b"context", 0.6, self.context), (b"userProperties", 0.1, self.tree),
            (b"integrations", 0.1, self.integrations), (b"version", 0.1, self.value),
        ):
            if self.chance(share):
                fields.append((key, make()))
        if self.chance(0.5):
            self.random.shuffle(fields)
        if self.chance(0.03):
            fields.append((self.pick(fields)[0], self.value()))
        return self.spaced(self.object(fields))

    def spaced(self, line):
        """Return the line, now and then with white space around it."""
        return b" \t" + line + b" " if self.chance(0.02) else line

    def object(self, fields):
        """Return the object of (key, value) fragments; keys are spelled in JSON."""
        colon = b" : " if self.chance(0.05) else b":"
        comma = b" ,\t" if self.chance(0.05) else b","
        pairs = (b'"' + key + b'"' + colon + value for key, value in fields)
        return b"{" + comma.join(pairs) + b"}"

    def key(self):
        """Return a key, most often one that others have too."""
        at = self.random.randrange(sum(weight for weight, _ in KEY_POOLS))
        for weight, pool in KEY_POOLS:
            if at < weight:
                return self.pick(pool)
            at -= weight
        raise AssertionError("weights changed while they were added up")

    def identifier(self):
        """Return an id: mostly few strings, so that some repeat."""
        if self.chance(0.85):
            return b'"id-%d"' % self.random.randrange(1000)
        return self.pick([b'""', b"null", b"42", b"4.20", b"true", b"{}", b"[]", b'"\xff"',
                          b'{"$oid":"x"}', b'["x"]', b'"\\u0000"', b'" "', b"-0"])

    def user(self):
        """Return a userId: few of them."""
        return b'"u%d"' % self.random.randrange(8) if self.chance(0.8) else self.identifier()

    def event_name(self):
        """Return the name of a track event."""
        return self.pick(pools.EVENT_NAMES[:6] if self.chance(0.6) else pools.EVENT_NAMES)

    def label(self):
        """Return a name or category that a property often repeats."""
        return self.pick([b'"x"', b'"B"', b'"10"', b"10", b"true", b"null", b'""', b"[1]",
                          b'{"a":1}', self.text()])

    def integrations(self):
        """Return destinations, with the warehouses' off switch among them."""
        return self.pick([b'{"All":true}', b'{"Warehouses":{"all":false}}', b"[]", b"null",
                          b'{"Warehouses":false}', b'{"Warehouses":{"all":true}}'])

    def moment(self):
        """Return a top-level time: good, numeric, or none at all."""
        if self.chance(0.75):
            return b'"' + self.pick(pools.TIMES) + b'"'
        if self.chance(0.4):
            return self.pick(pools.EPOCHS)
        if self.chance(0.5):
            return b'"' + self.pick(pools.NOT_TIMES) + b'"'
        return self.pick([b"null", b'""', b"{}", b"[]", b"true", b'"garbage"'])

    def context(self):
        """Return a context with the usual members beside anything."""
        fields = []
        for key, value in (
            (b"ip", b'"1.2.3.4"'), (b"page", b'{"url":"https://x/?a=1","search":""}'),
            (b"page_url", b'"other"'), (b"traits", self.tree(1)), (b"ip", self.value(1)),
        ):
            if self.chance(0.4):
                fields.append((key, value))
        for _ in range(self.random.randrange(3)):
            fields.append((self.key(), self.value(1)))
        return self.object(fields) if self.chance(0.95) else self.value()

    def tree(self, depth=0):
        """Return an object of properties; rarely something that is no object."""
        if self.chance(0.03):
            return self.pick([b"null", b'"text"', b"[1]", b"5", b"true", b"{}"])
        if self.chance(0.01):
            return self.deep()
        fields = [
            (self.key(), self.value(depth + 1)) for _ in range(self.random.randrange(8))
        ]
        return self.object(fields)

    def deep(self):
        """Return objects and arrays nested to one of the depths that matter."""
        levels = self.pick(DEEPEST[:9] if self.gentle else DEEPEST)
        if self.chance(0.3):
            return b'{"arr":' + b"[" * levels + b"]" * levels + b"}"
        return b'{"a":' * levels + self.value(9) + b"}" * levels

    def value(self, depth=0):
        """Return any JSON value."""
        makers = (
            self.text, self.text, lambda: self.pick(pools.INTEGERS),
            lambda: self.pick(pools.DOUBLES), lambda: self.pick([b"true", b"false"]),
            lambda: b'"' + self.pick(pools.TIMES) + b'"',
            lambda: b'"' + self.pick(pools.NOT_TIMES) + b'"',
            lambda: self.pick([b"null", b'""', b"[]", b"{}"]),
            lambda: self.pick(pools.ARRAYS), lambda: self.pick(pools.OBJECTS),
            lambda: self.tree(depth + 1) if depth < 4 else b"1",
        )
        return self.pick(makers)()

    def text(self):
        """Return a string."""
        if self.chance(0.01):
            return self.edge_text()
        if self.chance(0.1):
            return b'"' + self.any_plane() + b'"'
        parts = [self.pick(pools.TEXTS) for _ in range(self.pick([1, 1, 1, 2, 3]))]
        return b'"' + b"".join(parts) + b'"'

    def any_plane(self):
        """Return a character of any of Unicode's planes, raw or escaped."""
        code = self.random.randrange(PLANES) * 0x10000 + self.random.randrange(0x80, 0xFFFE)
        if 0xD800 <= code <= 0xDFFF:
            return b"\\u%04X" % code
        units = chr(code).encode("utf-16-be")
        if self.chance(0.5):
            return chr(code).encode("utf-8")
        return b"".join(
            b"\\u%04x" % int.from_bytes(units[at : at + 2], "big")
            for at in range(0, len(units), 2)
        )

    def edge_text(self):
        """Return a string whose bytes end near a VARCHAR size, often inside a character."""
        size = self.pick(pools.SIZE_EDGES)
        unit = self.pick([b"x", "é".encode(), "购".encode(), "😀".encode(), b'\\"'])
        lead = b"x" * self.random.randrange(4)
        width = 1 if unit == b'\\"' else len(unit)
        return b'"' + lead + unit * (size // width) + b'"'


def hostile(seed, count, gentle=False):
    """Return `count` hostile lines of `seed` as the bytes of one object."""
    return Generator(seed, gentle).data(count)
