"""cells -- COPY's conversion of a field, checked here since PostgreSQL takes far more than Redshift.

Each Checker has `bulk`, which says yes only when all of a column's texts are surely good, and `one`,
which returns the text for the backend or raises Bad. Sources: Redshift Database Developer Guide,
`r_Load_Error_Reference`, `copy-parameters-data-conversion`, `automatic-recognition`,
`multi-byte-character-load-errors`.
"""

import datetime
import json
import re

_RANGE = {"int2": 15, "int4": 31, "int8": 63}
_DIGITS = {"int2": 4, "int4": 9, "int8": 18}
_TYPE_NAME = {"int2": "Short", "int4": "Integer", "int8": "Long", "numeric": "Decimal", "float4": "Float",
              "float8": "Double"}
_BOOLEANS = frozenset([b"TRUE", b"t", b"true", b"y", b"yes", b"1", b"FALSE", b"f", b"false", b"n", b"no", b"0"])
_TRUE = frozenset([b"TRUE", b"t", b"true", b"y", b"yes", b"1"])
_DATE = re.compile(rb"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = rb"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_STAMP = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2}) " + _TIME)
_STAMP_AUTO = re.compile(rb"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]" + _TIME + rb"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_FLOAT = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL = re.compile(rb"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_INTEGER = re.compile(rb"[+-]?[0-9]+")
MAX_SUPER_BYTES = 1 << 20
MAX_JSON_STRING = 65535


class Bad(Exception):
    """A field cannot be loaded: code and reason as in the load-error tables."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code
        self.reason = reason


def checker(column_type, options):
    """Return the Checker of a column."""
    kind = column_type.kind
    if kind in _RANGE:
        return Integer(kind)
    if kind == "numeric":
        return Decimal(column_type)
    if kind in ("float4", "float8"):
        return Float(kind)
    if kind in ("varchar", "char"):
        return Text(column_type, options)
    return {"bool": Boolean, "date": Date, "timestamp": Stamp, "timestamptz": StampZone,
            "super": Super}[kind](options)


def _all_match(pattern, texts):
    """Return whether each text is empty or matches: one pass over the joined column."""
    return pattern.fullmatch(b"\n".join(texts)) is not None


def _column(inner):
    """Return the pattern of a joined column whose lines are empty or `inner`."""
    line = rb"(?:" + inner + rb")?"
    return re.compile(line + rb"(?:\n" + line + rb")*")


class Integer:
    """SMALLINT, INTEGER, BIGINT."""

    def __init__(self, kind):
        self.kind = kind
        self.limit = 1 << _RANGE[kind]
        self.column = _column(rb"[+-]?[0-9]{1,%d}" % _DIGITS[kind])

    def bulk(self, texts):
        """Return whether all are whole numbers with so few digits that they fit."""
        return _all_match(self.column, texts)

    def one(self, text):
        """Return the text when it is a whole number in range."""
        if not _INTEGER.fullmatch(text):
            place = next((i for i, c in enumerate(text) if not (48 <= c <= 57 or i == 0 and c in b"+-")), 0)
            shown = text[place:place + 1].decode("utf-8", "replace")
            raise Bad(1207, f"Invalid digit, Value '{shown}', Pos {place}, Type: {_TYPE_NAME[self.kind]}")
        if not -self.limit <= int(text) < self.limit:
            raise Bad(1222, f"Overflow, Value out of range for {_TYPE_NAME[self.kind]}")
        return text


class Decimal:
    """NUMERIC(p,s): superfluous digits of the fraction are cut, not rounded."""

    def __init__(self, column_type):
        self.whole = column_type.precision - column_type.scale
        self.scale = column_type.scale
        self.column = _column(rb"[+-]?[0-9]{0,%d}(?:\.[0-9]{1,%d})?" % (self.whole, self.scale)
                              if self.scale else rb"[+-]?[0-9]{1,%d}" % self.whole)

    def bulk(self, texts):
        """Return whether all fit as they stand (one digit at least is asked of each by `one`)."""
        return _all_match(self.column, texts) and all(text[-1:].isdigit() for text in texts if text)

    def one(self, text):
        """Return the text with its fraction cut to the column's scale."""
        match = _DECIMAL.fullmatch(text)
        if not match or not (match.group(2) or match.group(3)):
            raise Bad(1207, "Invalid digit, Value '%s', Pos 0, Type: Decimal" % text[:1].decode("utf-8", "replace"))
        sign, whole, fraction = match.group(1), match.group(2).lstrip(b"0"), match.group(3) or b""
        if len(whole) > self.whole:
            raise Bad(1209, "Numeric overflow, value out of range for the column's precision")
        return sign + (whole or b"0") + (b"." + fraction[:self.scale] if fraction and self.scale else b"")


class Float:
    """REAL and DOUBLE PRECISION: finite numbers, no NaN, no infinity, no hexadecimal."""

    def __init__(self, kind):
        self.biggest = 1.7976931348623157e308 if kind == "float8" else 3.4028234e38
        self.least = 2.2250738585072014e-308 if kind == "float8" else 1.17549435e-38
        self.column = _column(rb"[+-]?[0-9]{1,17}(?:\.[0-9]{1,17})?")

    def bulk(self, texts):
        """Return whether all are plain numbers far from the type's limits."""
        return _all_match(self.column, texts)

    def one(self, text):
        """Return the text when it is a number in range."""
        if not _FLOAT.fullmatch(text):
            raise Bad(1208, f"Invalid value for type float: {text[:40].decode('utf-8', 'replace')}")
        size = abs(float(text))
        if size > self.biggest or (size < self.least and re.search(rb"[1-9]", text.lower().split(b"e")[0])):
            raise Bad(1208, "Float value out of range")
        return text


class Boolean:
    """BOOLEAN: ten literals."""

    def __init__(self, options):
        pass

    def bulk(self, texts):
        """Return whether all are booleans that PostgreSQL reads the same way."""
        return set(texts) <= _BOOLEANS | {b""}

    def one(self, text):
        """Return t or f."""
        if text not in _BOOLEANS:
            raise Bad(1210, "Unknown boolean format")
        return b"t" if text in _TRUE else b"f"


def _day(text):
    """Return whether `YYYY-MM-DD` is a day between 0001-01-01 and 9999-12-31."""
    try:
        datetime.date(int(text[:4]), int(text[5:7]), int(text[8:10]))
        return True
    except ValueError:
        return False


class Date:
    """DATE: YYYY-MM-DD."""

    column = _column(_DATE.pattern)

    def __init__(self, options):
        pass

    def bulk(self, texts):
        """Return whether all are real days."""
        return _all_match(self.column, texts) and all(_day(text) for text in set(texts) if text)

    def one(self, text):
        """Return the text when it is a day."""
        if not _DATE.fullmatch(text) or not _day(text):
            raise Bad(1205, "Invalid Date Format - length must be 10 or more")
        return text


class Stamp:
    """TIMESTAMP: a space and no zone; with TIMEFORMAT 'auto' also ISO 8601, whose zone is ignored."""

    zone = False

    def __init__(self, options):
        self.pattern = _STAMP_AUTO if options.timeformat == "auto" else _STAMP
        self.column = _column(_STAMP.pattern)

    def bulk(self, texts):
        """Return whether all are plain timestamps of real days."""
        return not self.zone and _all_match(self.column, texts) and all(
            _day(day) for day in {text[:10] for text in texts if text})

    def one(self, text):
        """Return the timestamp as PostgreSQL shall read it: without its zone."""
        if not self.pattern.fullmatch(text) or not _day(text):
            raise Bad(1206, f"Invalid timestamp format or value [{text[:40].decode('utf-8', 'replace')}]")
        return re.match(rb"[^ T]*[ T][0-9:.]*", text).group()


class StampZone(Stamp):
    """TIMESTAMPTZ: the zone counts."""

    zone = True

    def one(self, text):
        """Return the text when it is a timestamp."""
        super().one(text)
        return text


class Super:
    """SUPER: JSON text, no name twice, strings of at most 65,535 bytes, at most 1 MB."""

    def __init__(self, options):
        pass

    def bulk(self, texts):
        """Always false: each value is looked at."""
        return not any(texts)

    def one(self, text):
        """Return the text when it is good JSON."""
        if len(text) > MAX_SUPER_BYTES:
            raise Bad(1224, "Invalid value: longer than 1 MB")
        try:
            json.loads(text.decode("utf-8"), object_pairs_hook=_members, parse_constant=_constant)
        except (ValueError, RecursionError) as error:
            raise Bad(1224, f"Invalid JSON format: {error}"[:100]) from None
        if any(len(part) > MAX_JSON_STRING for part in re.findall(rb'"(?:[^"\\]|\\.)*"', text)):
            raise Bad(1224, "String value exceeds the max size of 65535 bytes")
        return text


def _members(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("duplicate attribute")
    return dict(pairs)


def _constant(text):
    raise ValueError(f"{text} is no JSON")


class Text:
    """VARCHAR(n) and CHAR(n): n bytes; blanks too many are cut; CHAR is ASCII."""

    def __init__(self, column_type, options):
        self.length = column_type.length
        self.fixed = column_type.kind == "char"
        self.cutting = "truncatecolumns" in options.flags
        self.replacement = options.accept_invalid.encode() if options.accept_invalid else None

    def bulk(self, texts):
        """Return whether all fit (that the chunk is UTF-8 has been checked before)."""
        if self.fixed and not all(map(bytes.isascii, texts)):
            return False
        return not texts or max(map(len, texts)) <= self.length

    def one(self, text):
        """Return the text, cut where COPY cuts."""
        text = self._utf8(text)
        if self.fixed and not text.isascii():
            raise Bad(1215, "CHAR string contains multibyte UTF8 characters")
        if len(text) <= self.length:
            return text
        bare = text.rstrip(b" ")
        if len(bare) <= self.length:
            return text[:self.length]
        if self.cutting:
            return text[:self.length].decode("utf-8", "ignore").encode()
        raise Bad(1204, "Char length exceeds DDL length" if self.fixed else "String length exceeds DDL length")

    def _utf8(self, text):
        """Return valid UTF-8, or raise the error that names the first bad sequence."""
        while True:
            try:
                text.decode("utf-8")
                return text
            except UnicodeDecodeError as error:
                bad = text[error.start:error.end]
                if self.replacement is None:
                    raise Bad(1220, "String contains invalid or unsupported UTF-8 codepoints. Bad UTF-8 hex "
                              f"sequence: {bad.hex(' ')} (error {_utf8_error(text, error)})") from None
                text = text[:error.start] + self.replacement * len(bad) + text[error.end:]


def _utf8_error(text, error):
    """Return Redshift's number for what is wrong with a byte sequence."""
    lead, rest = text[error.start], text[error.start + 1:error.start + 4]
    if 0x80 <= lead < 0xc2 or lead >= 0xf5:
        return 8 if lead in (0xf5, 0xf6, 0xf7) else 3
    if lead == 0xed and rest[:1] >= b"\xa0":
        return 5
    if error.reason == "unexpected end of data":
        return 2
    return 4
