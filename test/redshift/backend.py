"""backend -- a client of the PostgreSQL behind the stand-in, over its Unix socket, without a driver."""

import os
import socket
import struct

from . import wire
from .errors import RsError

# The backend reads string literals as an 8.0 server does, and speaks as Redshift about time.
_OPTIONS = {"client_encoding": "UTF8", "standard_conforming_strings": "off", "backslash_quote": "on",
            "escape_string_warning": "off", "TimeZone": "UTC", "DateStyle": "ISO, MDY",
            "intervalstyle": "postgres", "extra_float_digits": "0", "jit": "off"}


class Result:
    """What one statement brought. description: RowDescription's body or None; rows: DataRow bodies;
    notices: field dicts; tag: CommandComplete's text; empty: there was no statement."""

    def __init__(self):
        self.description = None
        self.rows = []
        self.notices = []
        self.tag = None

    def values(self):
        """Return the rows as lists of texts."""
        return [wire.parse_row(row) for row in self.rows]


class BackendError(RsError):
    """An ErrorResponse of the backend; `backend_fields` has all its fields."""

    def __init__(self, fields, notices=()):
        super().__init__(fields.get("C", "XX000"), fields.get("M", ""), fields.get("D"), fields.get("H"),
                         int(fields["P"]) if "P" in fields else None, fields.get("S") in ("FATAL", "PANIC"))
        self.backend_fields = fields
        self.notices = list(notices)


class Backend:
    """One connection. status is I, T or E as of the last ReadyForQuery. One thread uses it at a time,
    except cancel(), which any thread may call."""

    def __init__(self, config, database, user=None):
        self.path = os.path.join(config.backend_socket, f".s.PGSQL.{config.backend_port}")
        self.status = "I"
        self.pid = self.key = 0
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(self.path)
        except OSError as error:
            raise RsError("08006", f"standin: no backend at {self.path}: {error}", fatal=True) from error
        self.sock = sock
        self.stream = wire.Stream(sock)
        self._start(user or config.backend_user, database)

    def _start(self, user, database):
        body = struct.pack("!I", 196608)
        for key, value in dict(_OPTIONS, user=user, database=database).items():
            body += wire.text(key) + wire.text(value)
        self.sock.sendall(wire.message(b"", body + b"\0"))
        self._until_ready(Result())

    def _until_ready(self, result, copy=None):
        """Read answers up to ReadyForQuery. Errors: BackendError, raised after ReadyForQuery."""
        failure = None
        while True:
            kind, body = self.stream.receive()
            if kind == b"Z":
                self.status = body.decode()
                if failure:
                    raise BackendError(failure, result.notices)
                return result
            if kind == b"E":
                failure = failure or wire.parse_fields(body)
                if failure.get("S") in ("FATAL", "PANIC"):
                    raise BackendError(failure, result.notices)
            elif kind == b"G" and copy is not None:
                return result
            else:
                self.note(kind, body, result)

    def note(self, kind, body, result):
        """Put one message of an answer where it belongs."""
        if kind == b"T":
            result.description, result.rows = body, []
        elif kind == b"D":
            result.rows.append(body)
        elif kind == b"C":
            result.tag = body[:-1].decode()
        elif kind == b"N":
            result.notices.append(wire.parse_fields(body))
        elif kind == b"K":
            self.pid, self.key = struct.unpack("!II", body)

    def execute(self, sql):
        """Run one statement by the simple protocol and return its Result. Errors: BackendError, Gone."""
        self.sock.sendall(wire.message(b"Q", wire.text(sql)))
        return self._until_ready(Result())

    def copy_begin(self, sql):
        """Start COPY ... FROM STDIN."""
        self.sock.sendall(wire.message(b"Q", wire.text(sql)))
        self._until_ready(Result(), copy=True)

    def copy_data(self, data):
        """Send rows in PostgreSQL's text format."""
        self.sock.sendall(wire.message(b"d", data))

    def copy_end(self, failure=None):
        """End the COPY: keep the rows, or with `failure` (a text) give them up. Errors: BackendError."""
        self.sock.sendall(wire.message(b"c") if failure is None else wire.message(b"f", wire.text(failure)))
        return self._until_ready(Result())

    def extended(self, messages):
        """Send extended-protocol messages with a Sync; yield the raw answers up to ReadyForQuery."""
        self.sock.sendall(messages + wire.message(b"S"))
        while True:
            kind, body = self.stream.receive()
            if kind == b"Z":
                self.status = body.decode()
                return
            yield kind, body

    def cancel(self):
        """Ask the backend to stop what it runs."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(self.path)
            sock.sendall(struct.pack("!IIII", 16, 80877102, self.pid, self.key))
            sock.recv(1)

    def close(self):
        """End the connection; an open transaction is rolled back. Safe to repeat."""
        try:
            self.sock.sendall(wire.message(b"X"))
        except OSError:
            pass
        self.sock.close()
