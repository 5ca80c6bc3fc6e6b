"""extended -- the extended query protocol: Parse, Bind, Describe, Execute, Close, Sync.

The gate judges at Parse. Statements with parameters go to the backend as its own prepared statements;
those of the front itself (COPY, SET, DDL with after-work ...) take no parameters and run at Execute.
"""

import itertools
import struct

from . import answer, lexer, wire
from .backend import BackendError, Result
from .errors import ABORTED, RsError, strict
from .gate import plan_statement

MAX_PARAMETERS = 32767
_FORWARDED = ("query", "write")


class Prepared:
    """A parsed statement: its plan (None: empty), text, tokens, and its name on the backend."""

    def __init__(self, plan, text, tokens, backend_name):
        self.plan, self.text, self.tokens, self.backend_name = plan, text, tokens, backend_name


class Extended:
    """The extended protocol's state of one connection."""

    def __init__(self, connection):
        self.connection = connection
        self.statements = {}
        self.portals = {}
        self.skipping = False
        self._numbers = itertools.count(1)

    def handle(self, kind, body):
        """Answer one message; after an error everything up to Sync is skipped."""
        connection = self.connection
        if kind == b"S":
            self.skipping = False
            connection.refuse_pipeline()
            connection.out.put(wire.message(b"Z", connection.session.main.status.encode()))
            connection.out.flush()
            return
        if kind == b"H":
            connection.out.flush()
            return
        if self.skipping:
            return
        try:
            {b"P": self._parse, b"B": self._bind, b"D": self._describe, b"E": self._execute,
             b"C": self._close}[kind](body)
        except BackendError as error:
            self._fail(answer.as_redshift(error, connection.session, None))
        except RsError as error:
            self._fail(error)

    def _fail(self, error):
        self.skipping = True
        self.connection.failed(error)

    def _parse(self, body):
        """Parse: gate, then the backend's own Parse for what will be forwarded."""
        name, rest = body.split(b"\0", 1)
        raw, types = rest.split(b"\0", 1)
        session, text = self.connection.session, raw.decode("utf-8")
        statements = lexer.split_statements(lexer.tokens(text, session.case_sensitive))
        if len(statements) > 1:
            raise RsError("42601", "cannot insert multiple commands into a prepared statement")
        plan = None
        if statements:
            session.parameters_allowed = True
            try:
                plan = plan_statement(statements[0], text, session)
            except RsError as error:
                self.connection.note(text, error)
                raise
            finally:
                session.parameters_allowed = False
            used = [int(t.text[1:]) for t in statements[0] if t.kind == "param"]
            if used and (plan.kind not in _FORWARDED or max(used) > MAX_PARAMETERS):
                raise strict("parameters are for SELECT, INSERT, UPDATE and DELETE", "c_SQL_commands", "42601")
        self._drop(name)
        own = b"standin_%d" % next(self._numbers)
        self.statements[name] = Prepared(plan, text, statements[0] if statements else [], own)
        if plan is not None and plan.kind in _FORWARDED:
            if session.main.status == "E":
                raise RsError(*ABORTED)
            self._forward(wire.message(b"P", own + b"\0" + wire.text(plan.sql[0]) + types), plan)
        self.connection.out.put(wire.message(b"1"))

    def _forward(self, messages, plan):
        """Send messages to the backend; return its raw answers. Errors: BackendError."""
        found, failure = [], None
        for kind, body in self.connection.session.main.extended(messages):
            if kind == b"E":
                failure = failure or wire.parse_fields(body)
            else:
                found.append((kind, body))
        if failure:
            raise BackendError(failure)
        return found

    def _bind(self, body):
        """Bind: kept whole, sent to the backend with Execute, since a Sync ends its portals."""
        portal, rest = body.split(b"\0", 1)
        name, rest = rest.split(b"\0", 1)
        if name not in self.statements:
            raise RsError("26000", f'prepared statement "{name.decode()}" does not exist')
        self.portals[portal] = (name, rest)
        self.connection.out.put(wire.message(b"2"))

    def _describe(self, body):
        """Describe of a statement or portal: parameter and row descriptions."""
        kind, name = body[:1], body[1:-1]
        if kind == b"P":
            if name not in self.portals:
                raise RsError("34000", f'portal "{name.decode()}" does not exist')
            name = self.portals[name][0]
        if name not in self.statements:
            raise RsError("26000", f'prepared statement "{name.decode()}" does not exist')
        plan = self.statements[name].plan
        if plan is None or plan.kind not in _FORWARDED:
            if kind == b"S":
                self.connection.out.put(wire.message(b"t", struct.pack("!H", 0)))
            self.connection.out.put(self._own_description(plan))
            return
        own = self.statements[name].backend_name
        for letter, answered in self._forward(wire.message(b"D", b"S" + own + b"\0"), plan):
            if letter == b"t" and kind == b"S":
                self.connection.out.put(wire.message(letter, answered))
            elif letter == b"T":
                session = self.connection.session
                self.connection.out.put(wire.message(b"T", wire.rewrite_description(
                    answered, session.names.long, session.server.redshift_oid)))
            elif letter == b"n":
                self.connection.out.put(wire.message(letter))

    def _own_description(self, plan):
        if plan is not None and plan.kind == "show":
            return wire.row_description([(plan.data["name"], 25)])
        return wire.message(b"n")

    def _execute(self, body):
        """Execute: run the plan; RowDescription is left out."""
        portal = body.split(b"\0", 1)[0]
        if portal not in self.portals:
            raise RsError("34000", f'portal "{portal.decode()}" does not exist')
        if struct.unpack("!I", body[len(portal) + 1:len(portal) + 5])[0]:
            raise strict("Execute with a row limit is refused", "c_redshift-sql")
        name, binding = self.portals[portal]
        prepared = self.statements[name]
        if prepared.plan is None:
            self.connection.out.put(wire.message(b"I"))
            return
        connection = self.connection
        kept, connection.out.waiting = connection.out.waiting, []
        runner = None
        if prepared.plan.kind in _FORWARDED:
            runner = _Bound(connection.session, prepared.backend_name, binding)
        failed = self._run(prepared, runner)
        answered, connection.out.waiting = connection.out.waiting, kept
        connection.out.waiting += [m for m in answered if m[:1] != b"T"]
        self.skipping = failed

    def _run(self, prepared, runner):
        """Run a prepared statement through the connection's own path; return whether it failed."""
        connection = self.connection
        session = connection.session
        before = len(connection.out.waiting)
        session.bound, session.parameters_allowed = runner, runner is not None
        try:
            connection.statement(prepared.tokens, prepared.text)
        finally:
            session.bound, session.parameters_allowed = None, False
        return any(m[:1] == b"E" for m in connection.out.waiting[before:])

    def _close(self, body):
        if body[:1] == b"S":
            self._drop(body[1:-1])
        else:
            self.portals.pop(body[1:-1], None)
        self.connection.out.put(wire.message(b"3"))

    def _drop(self, name):
        """Forget a statement, here and on the backend."""
        prepared = self.statements.pop(name, None)
        if prepared is not None and prepared.plan is not None and prepared.plan.kind in _FORWARDED:
            self._forward(wire.message(b"C", b"S" + prepared.backend_name + b"\0"), prepared.plan)


class _Bound:
    """A bound statement: Session.run_client sends it in place of the plan's text."""

    def __init__(self, session, name, binding):
        self.session, self.name, self.binding = session, name, binding

    def execute(self):
        """Bind and Execute on the backend; return its Result. Errors: BackendError."""
        messages = (wire.message(b"B", b"\0" + self.name + b"\0" + self.binding)
                    + wire.message(b"E", b"\0" + struct.pack("!I", 0)))
        result, failure = Result(), None
        for kind, body in self.session.main.extended(messages):
            if kind == b"E":
                failure = failure or wire.parse_fields(body)
            else:
                self.session.main.note(kind, body, result)
        if failure:
            raise BackendError(failure)
        return result
