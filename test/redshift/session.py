"""session -- one client's session: its backend connections, settings and transaction.

The gate asks it about names and values; execute.py runs plans on it. A session belongs to the thread of
its connection, except cancel(), which any thread may call.
"""

import threading

from .backend import Backend, BackendError
from .conflicts import Transaction
from .errors import RsError
from .gate import SETTINGS
from .names import literal, quote


class Session:
    """main: the backend connection that runs the client's statements; user and database: of the login."""

    def __init__(self, server, user, database):
        self.server = server
        self.config = server.config
        self.names = server.names
        self.user = user
        self.database = database
        self.settings = dict(SETTINGS)
        self.local_settings = {}
        self.serverless = server.config.serverless
        self.column_limit = server.config.column_limit
        self.parameters_allowed = False
        self.txn = None
        self.block_has_ddl = False
        self.copy_count, self.copy_id, self.query_id = 0, -1, 0
        self.temp_tables = set()
        self.cancelled = threading.Event()
        self.busy = False
        self.terminated = False
        self.bound = None       # a bound statement of the extended protocol, see extended.py
        self.out = None
        self._extra = {}
        self._named = 0
        self.main = self._connect()
        self.pid, self.key = self.main.pid, self.main.key

    # -- connections

    def _connect(self):
        """Return a new backend connection with the rights of the session's user."""
        backend = Backend(self.config, self.database)
        backend.execute(f"set session authorization {quote(self.user)}")
        return backend

    def aux(self):
        """Return the second connection as the same user: catalog reads that must not take a snapshot."""
        if "aux" not in self._extra:
            self._extra["aux"] = self._connect()
            self._extra["aux"].execute(f"set search_path to {self.settings['search_path']}")
        return self._extra["aux"]

    def admin(self):
        """Return the third connection, of the backend's superuser: logs that outlive a ROLLBACK."""
        if "admin" not in self._extra:
            self._extra["admin"] = Backend(self.config, self.database)
        return self._extra["admin"]

    def close(self):
        """End all connections; an open transaction is rolled back."""
        if self.txn is not None:
            self.server.conflicts.forget(self.txn)
            self.txn = None
        for backend in [self.main, *self._extra.values()]:
            backend.close()

    def run_client(self, plan):
        """Run the client's own statement: its text, or its bound form. Errors: BackendError."""
        return self.bound.execute() if self.bound is not None else self.main.execute(plan.sql[0])

    def cancel(self):
        """Stop the statement that runs now, if any."""
        if self.busy:
            self.cancelled.set()
            try:
                self.main.cancel()
            except OSError:
                pass

    def check_cancelled(self):
        """Raise the error of a cancelled statement when cancel() was called."""
        if self.cancelled.is_set():
            raise self.cancel_error()

    def cancel_error(self):
        """Return the error of a statement that was cancelled or ran into statement_timeout."""
        return RsError("57014", f"Query ({self.query_id}) canceled on user's request")

    # -- what the gate asks

    @property
    def case_sensitive(self):
        """Whether A-Z keep their case inside double quotes."""
        return self.settings["enable_case_sensitive_identifier"] == "on"

    def check_name(self, token):
        """Refuse a name over 127 bytes."""
        self.names.short(token.value)

    def check_relation(self, relation):
        """Refuse a table's name over 127 bytes or inside a schema of the stand-in's own."""
        self.names.short(relation.name)
        if relation.schema is not None:
            self.names.short(relation.schema)
            if relation.schema in ("standin", "standin_is", "pg_catalog", "information_schema"):
                raise RsError("42501", f"permission denied for schema {relation.schema}")

    def clock_offset_us(self):
        """Return the microseconds that the tests' clock is ahead of the real one."""
        return int(self.server.clock_offset_s * 1e6)

    def function_value(self, name):
        """Return the value of an own function that takes none on Redshift, or None for the others."""
        return {"getdate": self.clock_offset_us(), "pg_backend_pid": self.pid,
                "pg_last_copy_count": self.copy_count, "pg_last_copy_id": self.copy_id,
                "pg_last_query_id": self.query_id}.get(name)

    # -- transaction

    @property
    def in_block(self):
        """Whether a transaction block is open (also a failed one)."""
        return self.main.status != "I"

    def take_snapshot(self):
        """Make the transaction see what is committed now, unless it has a snapshot already."""
        with self.server.conflicts.mutex:
            if self.server.conflicts.touch(self.txn):
                self.main.execute("select 1")

    def begin(self):
        """Open a block on the backend; its snapshot is taken by the first read or write."""
        result = self.main.execute("begin isolation level repeatable read")
        if self.txn is None:
            self.txn = Transaction(self.pid)
            self.block_has_ddl = False
        return result

    def commit(self):
        """Commit; return the backend's Result (whose tag is ROLLBACK for a failed block)."""
        txn, failed = self.txn, self.main.status == "E"
        with self.server.conflicts.mutex:
            if txn is not None and not failed:
                self.server.conflicts.commit(txn)
            elif txn is not None:
                self.server.conflicts.forget(txn)
            try:
                return self.main.execute("commit")
            finally:
                self._ended()

    def rollback(self):
        """Roll back; return the backend's Result."""
        if self.txn is not None:
            self.server.conflicts.forget(self.txn)
        try:
            return self.main.execute("rollback")
        finally:
            self._ended()

    def _ended(self):
        """The block is over: drop its state and the values of SET LOCAL."""
        self.txn = None
        self.block_has_ddl = False
        for name, value in self.local_settings.items():
            self.set(name, value)
        self.local_settings = {}

    def spoil(self):
        """Bring an open block into the failed state, as an error of the front must."""
        if self.main.status == "T":
            try:
                self.main.execute("standin refuses")
            except BackendError:
                pass

    # -- settings

    def set(self, name, value):
        """Apply SET name TO value (None: the default)."""
        if name == "all":
            for each in SETTINGS:
                self.set(each, None)
            return
        value = SETTINGS[name] if value is None else value
        if name in ("search_path", "timezone", "extra_float_digits", "datestyle"):
            shown = value if name == "search_path" else literal(value)
            for backend in [self.main] + ([self._extra["aux"]] if "aux" in self._extra else []):
                if backend.status != "E":
                    backend.execute(f"set {name} to {shown}")
        self.settings[name] = value

    # -- the catalog

    def lookup(self):
        """Return the connection that catalog questions of the front go to: never one whose snapshot they
        would fix too early."""
        if self.main.status == "E":
            return self.aux()
        early = self.main.status == "T" and self.txn is not None and self.txn.snapshot is None
        return self.aux() if early and not self.block_has_ddl else self.main

    def oid(self, relation):
        """Return the oid of a table, or None when it does not exist (or may not be seen)."""
        name = literal(relation.sql(self.names))
        temporary = relation.schema is None and relation.name in self.temp_tables
        backend = self.main if temporary and self.main.status != "E" else self.lookup()
        try:
            found = backend.execute(f"select to_regclass({name})::oid").values()[0][0]
        except BackendError as error:
            if error.code in ("42501", "3F000", "42P01"):
                return None
            raise
        return None if found is None else int(found)

    def table_key(self, relation):
        """Return the key that conflicts.py knows a table by; None for temporary and unknown ones."""
        if relation.schema is None and relation.name in self.temp_tables:
            return None
        oid = self.oid(relation)
        return None if oid is None else (self.database, oid)

    def save_names(self):
        """Write long names that this database has not yet to standin.names, outside the transaction."""
        pairs = self.names.pairs()
        if len(pairs) == self._named:
            return
        rows = ", ".join(f"({literal(short)}, {literal(name)})" for short, name in pairs)
        self.admin().execute(f"insert into standin.names values {rows} on conflict do nothing")
        self._named = len(pairs)
