"""connection -- one client from its first byte to its last: login, then one message after the other."""

import select
import socket
import struct
import threading
import time

from . import answer, execute, extended, injected, lexer, login, wire
from .backend import BackendError
from .errors import Gone, RsError, strict
from .gate import plan_statement
from .session import Session

MAX_STATEMENT_BYTES = 16777216


def serve(sock, address, server):
    """Talk to one client until it leaves."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    session = None
    stream = None
    try:
        stream, encrypted, parameters = login.startup(sock, server)
        session = _login(stream, encrypted, parameters, server, address)
        if session is not None:
            Connection(stream, session, server).loop()
    except login.Cancel as request:
        server.cancel(request.pid, request.key)
    except RsError as error:
        stream = getattr(error, "stream", None)
        if stream is not None:
            _say_fatal(stream, error)
    except (Gone, OSError):
        pass
    finally:
        if session is not None:
            server.forget(session)
            session.close()
        if stream is not None:
            # behind TLS the socket is another one: the first was given up for it
            server.hang_up(stream.sock)
        server.hang_up(sock)


def _say_fatal(stream, error):
    error.fatal = True
    try:
        stream.sock.sendall(wire.message(b"E", wire.fields_body(error.fields())))
    except OSError:
        pass


def _login(stream, encrypted, parameters, server, address):
    """Return the Session of a login that went well, or None after telling the client why not."""
    user = parameters.get("user", "")
    database = parameters.get("database", user)
    session = None
    try:
        if user and database in ("template0", "template1"):
            raise RsError("3D000", f'database "{database}" does not exist', fatal=True)
        settings = login.check_parameters(parameters)
        login.authenticate(stream, server, parameters, encrypted, address)
        server.admit(user)
        server.databases.role(user)
        server.databases.prepare(database)
        session = Session(server, user, database)
        for name, value in settings.items():
            if name != "client_encoding":
                session.set(name, value)
        server.sessions_add(session)
        stream.sock.sendall(login.welcome(session, parameters) + wire.message(b"Z", b"I"))
        server.journal.add(event="login", session=session.pid, user=user, database=database, result="ok",
                           tls=encrypted)
        return session
    except RsError as error:
        server.journal.add(event="login", user=user, database=database, result=error.code, message=error.message)
        if session is not None:
            server.forget(session)
            session.close()
        _say_fatal(stream, error)
    except Gone as gone:
        server.journal.add(event="login", user=user, database=database, result="dropped", message=str(gone))
    return None


class Connection:
    """The message loop of one session."""

    def __init__(self, stream, session, server):
        self.stream, self.session, self.server = stream, session, server
        self.out = answer.Writer(stream.sock)
        session.out = self.out
        self.extended = extended.Extended(self)

    def loop(self):
        """Serve until Terminate or the end of the stream."""
        session = self.session
        while True:
            kind, body = self._next()
            if kind == b"X":
                return
            if kind == b"Q":
                self.refuse_pipeline()
                self.simple(body[:-1])
                self.out.put(wire.message(b"Z", session.main.status.encode()))
                self.out.flush()
            elif kind in b"PBDECHS":
                self.extended.handle(kind, body)
            elif kind == b"F":
                self._end(strict("FunctionCall is refused", "c_redshift-sql", "0A000"))
            else:
                self._end(RsError("08P01", f"invalid frontend message type {kind[0]}"))

    def _next(self):
        """Return the client's next message; end the session when a `terminate` comes meanwhile."""
        while not self.stream.buffer and not getattr(self.stream.sock, "pending", lambda: 0)():
            if select.select([self.stream.sock], [], [], 0.2)[0]:
                break
            if self.session.terminated:
                self._end(RsError("57P01", "terminating connection due to administrator command"))
        return self.stream.receive()

    def _end(self, error):
        """Send a FATAL error and leave."""
        error.fatal = True
        answer.put_error(self.out, error, self.session.names)
        self.out.flush()
        raise Gone(error.message)

    def refuse_pipeline(self):
        """A message behind a Query that is not answered yet: nobody documents pipelining."""
        if self.stream.buffer:
            self._end(strict("a message came before the answer to the last one", "c_redshift-sql", "0A000"))

    # -- the simple protocol

    def simple(self, raw):
        """Answer one Query message, without its ReadyForQuery."""
        text = raw.decode("utf-8", "replace")
        try:
            if len(raw) > MAX_STATEMENT_BYTES:
                raise RsError("42601", f"Statement is too large. Statement Size: {len(raw)} bytes. Maximum Allowed: "
                                       f"{MAX_STATEMENT_BYTES} bytes")
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise RsError("22021", "invalid byte sequence for encoding \"UTF8\"") from error
            statements = lexer.split_statements(lexer.tokens(text, self.session.case_sensitive))
            if len(statements) > 1:
                raise strict("several statements in one message are refused", "c_SQL_commands", "42601")
        except RsError as error:
            self.note(text, error)
            self.failed(error)
            return
        if not statements:
            self.out.put(wire.message(b"I"))
            return
        self.statement(statements[0], text)

    def note(self, text, error, started=None, plan=None, tag=None):
        """Write the journal's entry of a statement."""
        session = self.session
        self.server.journal.add(
            session=session.pid, user=session.user, database=session.database,
            txn=session.txn.number if session.txn else None, statement=text,
            result=error.code if isinstance(error, RsError) else "dropped" if error else "ok",
            message=error.message if isinstance(error, RsError) else str(error) if error else None, tag=tag,
            ms=round((time.monotonic() - started) * 1000, 2) if started else 0, accepted=plan is not None)

    def failed(self, error):
        """Answer an error; an open block is now a failed one."""
        self.session.spoil()
        answer.put_error(self.out, error, self.session.names)
        if error.fatal:
            self.out.flush()
            raise Gone(error.message)

    def statement(self, tokens, text):
        """Run one statement and answer it."""
        started, plan = time.monotonic(), None
        session = self.session
        self.server.next_query(session)
        session.cancelled.clear()
        session.busy = True
        timer = self._timer()
        faults = injected.Injected(self, text)
        try:
            plan = plan_statement(tokens, text, session)
            faults.before(plan)
            execute.run(session, plan, self.out, text)
            faults.after(plan)
        except BackendError as error:
            mapped = answer.as_redshift(error, session, plan)
            answer.put_notices(self.out, error.notices, session.names)
            self.note(text, mapped, started, plan)
            self.failed(mapped)
        except RsError as error:
            self.note(text, error, started, plan)
            self.failed(error)
        except (Gone, OSError) as error:
            self.note(text, error, started, plan)
            raise Gone(str(error)) from error
        else:
            self.note(text, None, started, plan, plan.tag)
        finally:
            session.busy = False
            if timer:
                timer.cancel()

    def _timer(self):
        """Start statement_timeout's clock."""
        milliseconds = int(self.session.settings["statement_timeout"])
        if not milliseconds:
            return None
        timer = threading.Timer(milliseconds / 1000, self.session.cancel)
        timer.daemon = True
        timer.start()
        return timer

    def reset(self):
        """End the connection with an RST, as a broken network does."""
        sock = self.stream.sock
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.server.hang_up(sock)
        except OSError:
            pass
        raise Gone("connection dropped by a fault")
