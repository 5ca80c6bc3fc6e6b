"""manifest -- COPY's manifest, read strictly.

Sources: Redshift Database Developer Guide, `loading-data-files-using-manifest`, `r_Load_Error_Reference`.
"""

import json
import re
from typing import NamedTuple

from .errors import strict

_PAGE = "loading-data-files-using-manifest"
_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*[^/])", re.S)
MAX_BYTES = 16 << 20
MAX_URL = 255       # file_name of the log tables is char(256)


class Part(NamedTuple):
    """One entry: bucket, key, url, and the object's size as the manifest tells it (None: it does not)."""

    bucket: str
    key: str
    url: str
    size: int


def _bad(text):
    return strict(f"manifest: {text}", _PAGE, "XX000")


def _no_double(pairs):
    """Refuse an object with the same name twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("a name stands twice in an object")
    return found


def parse(raw, refuse_duplicates=True):
    """Return the Parts of a manifest's bytes. Errors: RsError."""
    if raw[:2] == b"\x1f\x8b":
        raise _bad("it is compressed")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _bad("it begins with a byte order mark")
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_double)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _bad(f"no JSON: {error}") from None
    if not isinstance(document, dict) or set(document) != {"entries"}:
        raise _bad("it must be an object with `entries` alone")
    entries = document["entries"]
    if not isinstance(entries, list) or not entries:
        raise _bad("`entries` must be an array that is not empty")
    parts = [_entry(entry) for entry in entries]
    if refuse_duplicates and len({part.url for part in parts}) != len(parts):
        raise _bad("a url stands twice and would be loaded twice")
    return parts


def _entry(entry):
    """Return the Part of one entry."""
    if not isinstance(entry, dict) or not {"url", "mandatory"} <= set(entry) <= {"url", "mandatory", "meta"}:
        raise _bad("an entry has `url`, `mandatory` and perhaps `meta`, nothing else")
    if entry["mandatory"] is not True:
        raise _bad("`mandatory` must be true, or a missing part is skipped in silence")
    url = entry["url"]
    place = _URL.fullmatch(url) if isinstance(url, str) else None
    if place is None or len(url) > MAX_URL:
        raise _bad(f"url {str(url)[:60]!r} is no s3://bucket/key of at most {MAX_URL} characters")
    meta = entry.get("meta", {})
    if not isinstance(meta, dict) or set(meta) - {"content_length"}:
        raise _bad("`meta` holds `content_length` only")
    size = meta.get("content_length")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise _bad("`content_length` must be a whole number")
    return Part(place.group(1), place.group(2), url, size)
