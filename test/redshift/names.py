"""names -- identifiers between 64 and 127 bytes, which Redshift keeps and PostgreSQL would cut at 63.

Such a name becomes its first 46 bytes, `~` and 16 hexadecimal digits of its SHA-256; the table
standin.names of each database and the map here lead back.
"""

import hashlib
import threading

from .errors import strict

LIMIT_BYTES = 127
BACKEND_BYTES = 63


class Names:
    """The map of long names, shared by all sessions (its lock is a leaf)."""

    def __init__(self):
        self._lock = threading.Lock()
        self._long = {}

    def short(self, name):
        """Return the backend's spelling of `name`. Errors: RsError for more than 127 bytes."""
        raw = name.encode()
        if len(raw) > LIMIT_BYTES:
            raise strict(f"name of {len(raw)} bytes would be cut to 127", "r_names", "42622")
        if len(raw) <= BACKEND_BYTES:
            return name
        head = raw[:46].decode("utf-8", "ignore")
        short = f"{head}~{hashlib.sha256(raw).hexdigest()[:16]}"
        with self._lock:
            self._long[short] = name
        return short

    def long(self, text):
        """Return `text` (an error, a column's name) with every shortened name put back."""
        if "~" not in text:
            return text
        with self._lock:
            pairs = list(self._long.items())
        for short, name in pairs:
            text = text.replace(short, name)
        return text

    def pairs(self):
        """Return all (short, long) pairs."""
        with self._lock:
            return list(self._long.items())


def quote(name):
    """Return `name` as a quoted identifier for the backend."""
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    """Return `text` as a literal for the backend, whose strings know backslash escapes."""
    return "'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"
