"""names -- from keys of a JSON path to the name of a column or table.

All names that come out are lower-case ASCII, so a byte is a character.
Source: transform.md section 4.
"""

import hashlib
import re

NAME_LIMIT = 127
"""Bytes of a Redshift identifier."""

_KEPT_BYTES = 118
_HASH_DIGITS = 8

_LOWER = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGIT = frozenset(b"0123456789")
_UNDERSCORE = ord("_")

# One word of RudderStack's splitting (4.2 step 2): digits before, letters, digits after.
_RUDDER_WORD = re.compile(
    r"[0-9]*(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)[0-9]*|[0-9]+", re.ASCII
)
_RUDDER_RUN = re.compile(r"[A-Za-z0-9]+", re.ASCII)

RESERVED = frozenset(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization
    az64 backup between binary blanksasnull both bytedict bzip2 case cast check collate
    column connect constraint create credentials cross current_date current_time
    current_timestamp current_user current_user_id default deferrable deflate defrag
    delta delta32k desc disable distinct do else emptyasnull enable encode encrypt
    encryption end except explicit false for foreign freeze from full globaldict256
    globaldict64k grant group gzip having identity ignore ilike in initially inner
    intersect interval into is isnull join language leading left like limit localtime
    localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not
    notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary raw readratio recover
    references rejectlog resort respect restore right select session_user similar
    snapshot some start sysdate system table tag tdes text255 text32k then timestamp to
    top trailing true truncatecolumns union unique unnest unpivot user using verbose
    wallet when where with without
    """.split()
)
"""Amazon Redshift's reserved words, every word that AWS has listed (4.4)."""


def snakecase(text):
    """Return the `segment` name of one key (4.1); empty when no byte is usable."""
    name = text.encode("utf-8")
    start = _first_unfit(name)
    if start == len(name):
        return text
    out = bytearray(name[:start])
    at = start
    if name[at] in _UPPER and _word_is_open(name[:at]):
        at = _run(name, at, out)
    while at < len(name):
        if name[at] not in _LOWER | _UPPER | _DIGIT:
            at += 1
            continue
        if out:
            out.append(_UNDERSCORE)
        at = _run(name, at, out)
    return out.decode("ascii")


def _first_unfit(name):
    """Return where `name` stops being a snake-case name already, else its length."""
    for at, byte in enumerate(name):
        if byte in _LOWER or byte in _DIGIT:
            continue
        after = name[at + 1 : at + 2]
        if byte == _UNDERSCORE and at > 0 and after and after[0] in _LOWER | _DIGIT:
            continue
        return at
    return len(name)


def _word_is_open(before):
    """Tell whether a capital after `before` joins its last word: it has no a-z yet."""
    word = before[before.rfind(b"_") + 1 :]
    return not any(byte in _LOWER for byte in word)


def _run(name, at, out):
    """Append a run of capitals and digits, then one of small letters and digits."""
    while at < len(name) and name[at] in _UPPER | _DIGIT:
        out.extend(name[at : at + 1].lower())
        at += 1
    while at < len(name) and name[at] in _LOWER | _DIGIT:
        out.append(name[at])
        at += 1
    return at


def rudder_words(text):
    """Return `text` by steps 1 to 3 of the `rudder` naming (4.2)."""
    words = []
    for run in _RUDDER_RUN.findall(text):
        words.extend(_RUDDER_WORD.findall(run))
    return "_".join(words).lower()


def leading_underscores(text):
    """Return the underscores that `text` begins with (4.2 step 4)."""
    return text[: len(text) - len(text.lstrip("_"))]


def join_path(path, naming):
    """Return the keys of `path` named and joined (4.3); empty when none is usable."""
    if naming == "rudder":
        words = [word for word in map(rudder_words, path) if word]
        return leading_underscores(path[0]) + "_".join(words)
    return "_".join(name for name in map(snakecase, path) if name)


def slug(text, naming):
    """Return the name of an event before any prefix and before cutting (2.2)."""
    return join_path((text,), naming)


def unnamed(path):
    """Return the name of a path in which no key is usable (4.8)."""
    return "u_" + ".".join(path).encode("utf-8").hex()


def guarded(name):
    """Return `name` with `_` before a leading digit (4.5) or a reserved word (4.4)."""
    if name[:1].isdigit() or name in RESERVED:
        return "_" + name
    return name


def cut(name):
    """Return `name` within 127 bytes: longer ones end in a hash of the whole (4.7)."""
    if len(name) <= NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode("ascii")).hexdigest()
    return name[:_KEPT_BYTES] + "_" + digest[:_HASH_DIGITS]


BUILT_IN_TABLES = frozenset(
    "tracks pages screens aliases groups accounts users identifies".split()
)


def is_blank(text):
    """Tell whether `text` holds nothing but ASCII white space."""
    return not text.strip(" \t\r\n")


def event_table(text, naming):
    """Return the table of a track event called `text`, which is not empty (2.1)."""
    name = slug(text, naming)
    if not name:
        bare = text if is_blank(text) else text.strip(" \t\r\n")
        name = unnamed((bare,))
    name = guarded(name)
    if name in BUILT_IN_TABLES or name.startswith("rsload_"):
        name = "_" + name
    return cut(name)
