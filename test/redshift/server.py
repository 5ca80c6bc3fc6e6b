"""server -- what all connections share: configuration, faults, journal, sessions; and the listener."""

import itertools
import socket
import threading

from . import connection
from .conflicts import Conflicts
from .databases import Databases
from .errors import RsError
from .faults import Faults
from .journal import Journal
from .login import tls_context
from .names import Names

_SUPER_OID = 4000


class Server:
    """One stand-in. clock_offset_s: what getdate() is ahead of the real clock; locks: failed logins in a
    row by user (each written by its login's thread only)."""

    def __init__(self, config):
        self.config = config
        self.names = Names()
        self.faults = Faults()
        self.journal = Journal(config.journal)
        self.conflicts = Conflicts(config.isolation == "serializable")
        self.databases = Databases(config)
        self.tls = tls_context(config)
        self.clock_offset_s = 0.0
        self.locks = {}
        self._lock = threading.Lock()
        self._sessions = set()
        self._queries = itertools.count(100)
        self._listener = socket.create_server((config.host, config.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._stopping = False

    # -- connections

    def listen(self):
        """Take connections until stop(); each gets a thread."""
        while not self._stopping:
            try:
                sock, address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=connection.serve, args=(sock, address[0], self), daemon=True).start()

    def stop(self):
        """Take no more connections and end the sessions."""
        self._stopping = True
        self._listener.close()
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()
        self.journal.close()

    @staticmethod
    def hang_up(sock):
        """Close a socket whose thread is done with it."""
        try:
            sock.close()
        except OSError:
            pass

    def admit(self, user):
        """Refuse a login over the connection limit (the backend's 60 connections are three a session)."""
        with self._lock:
            count = len(self._sessions)
        limited = any(rule.get("what", "connections") == "connections"
                      for rule in self.faults.take("limit", f"connections {user}"))
        if limited or count >= self.config.connection_limit:
            raise RsError("53300", f'too many connections for user "{user}"', fatal=True)

    def sessions_add(self, session):
        """Note a session."""
        with self._lock:
            self._sessions.add(session)

    def forget(self, session):
        """Forget a session that ends."""
        with self._lock:
            self._sessions.discard(session)

    def sessions(self):
        """Return the sessions that are open now."""
        with self._lock:
            return list(self._sessions)

    def cancel(self, pid, key):
        """Act on a CancelRequest."""
        for session in self.sessions():
            if session.pid == pid and session.key == key:
                session.cancel()

    # -- small things

    def next_query(self, session):
        """Give a session's next statement its number."""
        session.query_id = next(self._queries)

    @staticmethod
    def redshift_oid(oid):
        """Return the type oid that Redshift reports: SUPER for what the backend keeps as json."""
        return _SUPER_OID if oid == 114 else oid
