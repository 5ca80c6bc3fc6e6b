"""values -- the logical type of one value, and its text in a column of a given type.

Source: transform.md 6.1, 6.2 and 6.4.
"""

import re
import struct

from reference import numerals, times
from reference.jsontext import Number, Object, compact

BOOLEAN = "BOOLEAN"
BIGINT = "BIGINT"
DOUBLE = "DOUBLE PRECISION"
TIMESTAMP = "TIMESTAMP"
VARCHAR = "VARCHAR"

VARCHAR_LIMIT = 65535
"""Bytes of Redshift's longest VARCHAR."""

EXACT_DOUBLE = 2**53
"""Integers up to this magnitude all have a DOUBLE PRECISION of their own."""

_DOUBLE_MAX = 1.797e308
_DOUBLE_MIN = 2.3e-308
_REAL_EXACT = 2**24
_INTEGER_BITS = {"SMALLINT": 16, "INTEGER": 32, BIGINT: 64}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Cell:
    """One value on its way into a column.

    `kind` is the logical type of 6.1; `text` is the value as it was sent (JSON text of
    numbers, booleans and arrays, the characters of strings).
    """

    def __init__(self, kind, text):
        self.kind = kind
        self.text = text

    @property
    def is_wide_integer(self):
        """Tell whether a DOUBLE PRECISION might round this integer (6.2)."""
        return self.kind == BIGINT and abs(int(self.text)) > EXACT_DOUBLE

    def __repr__(self):
        return f"Cell({self.kind}, {self.text!r})"


class Conflict(Exception):
    """A value has no exact form in the type of its column (6.2)."""


def cell_of(value, types="infer", timestamps=True):
    """Return the Cell of a JSON `value` that is not null, {} or [] (6.1)."""
    if value is True or value is False:
        cell = Cell(BOOLEAN, "true" if value else "false")
    elif isinstance(value, Number):
        cell = Cell(_number_kind(value.text), value.text)
    elif isinstance(value, str):
        is_time = timestamps and times.parse(value) is not None
        cell = Cell(TIMESTAMP if is_time else VARCHAR, value)
    else:
        assert isinstance(value, (list, Object))
        cell = Cell(VARCHAR, compact(value))
    if types == "varchar":
        cell.kind = VARCHAR
    return cell


def _number_kind(text):
    """Return the logical type of a JSON number (6.1)."""
    if numerals.has_integer_form(text):
        value = numerals.small_integer(text)
        return BIGINT if value is not None and _fits(value, 64) else VARCHAR
    return DOUBLE if _is_safe_double(text) else VARCHAR


def _fits(integer, bits):
    """Tell whether `integer` fits a signed type of `bits` bits."""
    return -(1 << (bits - 1)) <= integer < 1 << (bits - 1)


def _is_safe_double(text):
    """Tell whether COPY takes the number for a DOUBLE PRECISION (6.1)."""
    magnitude = abs(float(text))
    if magnitude == 0.0:
        return numerals.is_zero(text)
    return _DOUBLE_MIN <= magnitude <= _DOUBLE_MAX


def join(kinds):
    """Return the least type that holds values of all `kinds` (6.2)."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {BIGINT, DOUBLE}:
        return DOUBLE
    return VARCHAR


def loaded(cell, column_type):
    """Return the canonical text of `cell` in a column of `column_type`, or Conflict.

    Shape: BOOLEAN t or f; integers without sign of zero or leading zeros; DOUBLE
    PRECISION as Python's repr; times normalised; text as sent.  The length of a VARCHAR
    is not looked at.
    Source: transform.md 6.2, the order of exact casts.
    """
    if column_type == VARCHAR:
        return cell.text
    if column_type == BOOLEAN:
        return _boolean(cell)
    if column_type in _INTEGER_BITS:
        return _integer(cell, _INTEGER_BITS[column_type])
    if column_type == DOUBLE:
        return _double(cell)
    if column_type == "REAL":
        return _real(cell)
    if column_type in (TIMESTAMP, "TIMESTAMPTZ", "DATE"):
        return _time(cell, column_type)
    raise Conflict(cell.text)


def _boolean(cell):
    """Return t or f for true, false and the strings spelled so."""
    if cell.text in ("true", "false"):
        return cell.text[0]
    raise Conflict(cell.text)


def _number_text(cell):
    """Return the text of a number or of a string that spells one."""
    if not numerals.is_number(cell.text):
        raise Conflict(cell.text)
    return cell.text


def _integer(cell, bits):
    """Return an integer of `bits` bits that equals the number exactly."""
    value = numerals.small_integer(_number_text(cell))
    if value is None or not _fits(value, bits):
        raise Conflict(cell.text)
    return str(value)


def _double(cell):
    """Return a double that no integer was rounded for."""
    text = _number_text(cell)
    if numerals.has_integer_form(text):
        value = numerals.small_integer(text)
        if value is None or abs(value) > EXACT_DOUBLE:
            raise Conflict(cell.text)
    elif not _is_safe_double(text):
        raise Conflict(cell.text)
    return repr(float(text))


def _real(cell):
    """Return a double that four bytes hold just as well."""
    text = _double(cell)
    try:
        (narrow,) = struct.unpack("f", struct.pack("f", float(text)))
    except OverflowError:
        raise Conflict(cell.text) from None
    if narrow != float(text):
        raise Conflict(cell.text)
    return text


def _time(cell, column_type):
    """Return the normalised time of a string by 6.3."""
    moment = times.parse(cell.text)
    if moment is None:
        raise Conflict(cell.text)
    if column_type == "DATE":
        if not _DATE.fullmatch(cell.text):
            raise Conflict(cell.text)
        return cell.text
    return times.write(moment) + ("+00" if column_type == "TIMESTAMPTZ" else "")


def cut_bytes(text, limit):
    """Return as much of `text` as fits `limit` bytes of UTF-8, whole characters (6.4)."""
    data = text.encode("utf-8")
    if len(data) <= limit:
        return text
    return data[:limit].decode("utf-8", "ignore")
