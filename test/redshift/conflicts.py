"""conflicts -- who read and wrote which table: Redshift's serializable isolation, error 1023.

Redshift decides by table, PostgreSQL's REPEATABLE READ by row, so the front keeps count itself. It
reports somewhat more conflicts than Redshift would, never fewer that matter. Sources: Redshift Database
Developer Guide, `c_serial_isolation`, `c_serial_isolation-serializable-isolation-troubleshooting`.
"""

import itertools
import threading

from .errors import RsError

_numbers = itertools.count(1000)


class Transaction:
    """One transaction. snapshot: commit count at its first read or write, None before it.
    reads, writes, modified, created: sets of table keys (database, oid)."""

    def __init__(self, pid):
        self.number = next(_numbers)
        self.pid = pid
        self.snapshot = None
        self.reads, self.writes, self.modified, self.created = set(), set(), set(), set()


class Conflicts:
    """The state of all databases. `mutex` is also held over taking a snapshot and over COMMIT, so that
    the backend's order and this order agree; it is never held while waiting for a lock of the backend."""

    def __init__(self, serializable):
        self.serializable = serializable
        self.mutex = threading.RLock()
        self._count = 0
        self._written = {}      # key -> (commit count, transaction number) of the last writer
        self._created = {}      # key -> commit count
        self._open = set()
        self._past = []         # (commit count, Transaction), for cycles over two tables

    def touch(self, txn):
        """Give `txn` its snapshot unless it has one; return whether this call did."""
        with self.mutex:
            if txn.snapshot is not None:
                return False
            txn.snapshot = self._count
            self._open.add(txn)
            return True

    def visible(self, txn, key):
        """Refuse a table that was made after the snapshot of `txn`: error 1018."""
        with self.mutex:
            if txn.snapshot is not None and self._created.get(key, 0) > txn.snapshot and key not in txn.created:
                raise RsError("XX000", "1018", detail="Relation does not exist.")

    def read(self, txn, keys):
        """Note that `txn` reads the tables."""
        with self.mutex:
            txn.reads |= set(keys)

    def write(self, txn, key, modifies):
        """Note that `txn` writes a table, whose write lock it holds. Errors: RsError 1023."""
        with self.mutex:
            if self.serializable and txn.snapshot is not None:
                last = self._written.get(key)
                if last and last[0] > txn.snapshot and last[1] != txn.number and (modifies or key in txn.reads):
                    raise self.violation(key, txn, last[1])
                other = self._cycle(txn, key)
                if other is not None:
                    raise self.violation(key, txn, other)
            txn.writes.add(key)
            if modifies:
                txn.modified.add(key)

    def _cycle(self, txn, key):
        """Return the number of a transaction that wrote what `txn` read and read what it writes."""
        mine = txn.writes | {key}
        past = [other for count, other in self._past if count > txn.snapshot]
        for other in [t for t in self._open if t is not txn] + past:
            if other.writes & txn.reads and other.reads & mine:
                return other.number
        return None

    @staticmethod
    def violation(key, txn, other):
        """Return error 1023 in the form that Redshift sends it."""
        return RsError("XX000", "1023", detail=f"Serializable isolation violation on table - {key[1]}, transactions "
                       f"forming the cycle are: {other}, {txn.number} (pid:{txn.pid})")

    def commit(self, txn):
        """Note that `txn` commits (called under the mutex, just before the backend does)."""
        with self.mutex:
            self._open.discard(txn)
            if not (txn.writes or txn.created):
                return
            self._count += 1
            for key in txn.writes:
                self._written[key] = (self._count, txn.number)
            for key in txn.created:
                self._created[key] = self._count
            self._past.append((self._count, txn))
            oldest = min((t.snapshot for t in self._open), default=self._count)
            self._past = [(count, other) for count, other in self._past if count > oldest]

    def forget(self, txn):
        """Note that `txn` was rolled back."""
        with self.mutex:
            self._open.discard(txn)
