"""times -- the texts and numbers that are timestamps, and how they are written.

A moment is a datetime without zone, in UTC, to the microsecond.
Source: transform.md 6.3 and section 8.
"""

import re
from datetime import datetime, timedelta

from reference import numerals

_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)
_EPOCH = datetime(1970, 1, 1)
_ZERO_TIME = datetime(1, 1, 1)
_SECONDS_DIGITS = 11


def parse(text):
    """Return the moment that `text` names, or None when it is not a timestamp (6.3)."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(part) if part else 0 for part in found.groups()[:6]
    )
    fraction = (found[7] or "")[:6].ljust(6, "0")
    offset_hours, offset_minutes = int(found[9] or 0), int(found[10] or 0)
    if offset_hours > 23 or offset_minutes > 59:
        return None
    offset = timedelta(hours=offset_hours, minutes=offset_minutes)
    try:
        local = datetime(year, month, day, hour, minute, second, int(fraction))
        return local + offset if found[8] == "-" else local - offset
    except (ValueError, OverflowError):
        return None


def write(moment):
    """Return `moment` as `YYYY-MM-DD HH:MM:SS[.ffffff]` without closing zeros (6.3)."""
    text = (
        f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    )
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return text


def from_epoch(number):
    """Return the moment of a JSON number's text: seconds below 1e11, else milliseconds.

    What is finer than a microsecond is cut.  None when the year leaves 1 to 9999.
    """
    in_seconds = numerals.is_below(number, _SECONDS_DIGITS)
    count_us = numerals.scaled(number, 10**6 if in_seconds else 10**3)
    if count_us is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=count_us)
    except OverflowError:
        return None


def is_zero_time(moment):
    """Tell whether `moment` is the zero time of Go, which stands for no time (6.3)."""
    return moment == _ZERO_TIME


def skew_corrected(received, sent, original):
    """Return received - (sent - original), or None when no year can hold it (8)."""
    try:
        return received - (sent - original)
    except OverflowError:
        return None
