"""numerals -- exact arithmetic on the text of JSON numbers.

The texts come from strangers: mantissas and exponents may have a million digits.  Every
function bounds the magnitude before it computes.
Source: transform.md 6.1, 6.2 (exact casts), 6.3 (epoch numbers).
"""

import re
import sys
from fractions import Fraction

_PARTS = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]+))?")
_SPELLING = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INT64_DIGITS = 19
_FAR = 10**18

# Python refuses to read integers of more than 4300 digits unless told otherwise.
sys.set_int_max_str_digits(0)


def is_number(text):
    """Tell whether `text` is spelled as a JSON number."""
    return _SPELLING.fullmatch(text) is not None


def has_integer_form(text):
    """Tell whether a JSON number is spelled without `.`, `e` and `E`."""
    return not any(mark in text for mark in ".eE")


def is_zero(text):
    """Tell whether the number is exactly zero, however it is spelled."""
    return re.search("[1-9]", re.split("[eE]", text)[0]) is None


def magnitude(text):
    """Return the power of ten of the first digit that is not 0; None for zero."""
    if is_zero(text):
        return None
    whole, fraction, sign, digits = _PARTS.fullmatch(text).groups()
    fraction = fraction or ""
    if whole.strip("0"):
        place = len(whole) - 1
    else:
        place = -1 - (len(fraction) - len(fraction.lstrip("0")))
    digits = (digits or "0").lstrip("0") or "0"
    exponent = int(digits) if len(digits) <= 18 else _FAR
    return place - exponent if sign == "-" else place + exponent


def small_integer(text):
    """Return the integer that the number equals exactly, or None.

    None too for all that has more digits than an int64 has.
    """
    place = magnitude(text)
    if place is None:
        return 0
    if not 0 <= place < _INT64_DIGITS:
        return None
    value = Fraction(text)
    return int(value) if value.denominator == 1 else None


def scaled(text, scale):
    """Return the number times `scale`, its fraction cut off; None from 1e20 on."""
    place = magnitude(text)
    if place is None or place < -20:
        return 0
    return int(Fraction(text) * scale) if place < 20 else None


def is_below(text, limit_digits):
    """Tell whether the number's magnitude is under ten to `limit_digits`."""
    place = magnitude(text)
    return place is None or place < limit_digits
