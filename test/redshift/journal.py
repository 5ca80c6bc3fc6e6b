"""journal -- every statement that arrived, with its outcome: for tests, and as SQL text for other parsers."""

import json
import threading
import time


class Journal:
    """Entries in memory and, with `path`, as JSON lines in PATH and accepted statements in PATH.sql.

    The lock is a leaf. An entry: session, user, database, txn, statement, result (`ok`, an SQLSTATE, or
    `dropped`), message, tag, ms, and `event` for what is no statement (login, s3, warning).
    """

    def __init__(self, path=""):
        self._lock = threading.Lock()
        self._entries = []
        self._lines = open(path, "a", encoding="utf-8") if path else None
        self._sql = open(sql_path(path), "a", encoding="utf-8") if path else None

    def add(self, **entry):
        """Append one entry; `accepted` (not kept) tells whether the gate let its statement through."""
        accepted = entry.pop("accepted", False)
        entry["at"] = round(time.time(), 6)
        with self._lock:
            entry["n"] = len(self._entries) + 1
            self._entries.append(entry)
            if self._lines:
                self._lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._lines.flush()
                if accepted and entry.get("statement"):
                    self._sql.write(entry["statement"].strip().rstrip(";") + ";\n")
                    self._sql.flush()

    def read(self, after=0):
        """Return the entries whose number is over `after`."""
        with self._lock:
            return self._entries[after:]

    def close(self):
        """Close the files."""
        with self._lock:
            for file in (self._lines, self._sql):
                if file:
                    file.close()
            self._lines = self._sql = None


def sql_path(path):
    """Return the path of the SQL text beside the journal `path`."""
    return (path[:-6] if path.endswith(".jsonl") else path) + ".sql"
