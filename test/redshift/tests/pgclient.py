"""pgclient -- a client of the wire protocol for the tests: TLS, md5, simple and extended protocol."""

import hashlib
import socket
import ssl
import struct

from redshift import wire


class ServerError(Exception):
    """An ErrorResponse: its fields by letter."""

    def __init__(self, fields):
        super().__init__(f"{fields.get('C')} {fields.get('M')}")
        self.fields = fields
        self.code = fields.get("C")
        self.message = fields.get("M")
        self.detail = fields.get("D")


class Answer:
    """What a statement brought: names, oids, rows, tag, notices, status."""

    def __init__(self):
        self.names, self.oids, self.rows, self.notices = [], [], [], []
        self.tag = self.status = None


class Client:
    """One connection."""

    def __init__(self, port, user, password, database, tls=None, **startup):
        sock = socket.create_connection(("127.0.0.1", port), timeout=60)
        if tls:
            sock.sendall(struct.pack("!II", 8, 80877103))
            assert sock.recv(1) == b"S"
            context = ssl.create_default_context(cafile=tls)
            sock = context.wrap_socket(sock, server_hostname="localhost")
        self.sock = sock
        self.stream = wire.Stream(sock)
        self.parameters = {}
        self.pid = self.key = 0
        self.user, self.password, self.database = user, password, database
        body = struct.pack("!I", 196608)
        for key, value in dict(startup, user=user, database=database).items():
            body += wire.text(key) + wire.text(value)
        sock.sendall(wire.message(b"", body + b"\0"))
        self._read(Answer())

    def _password(self, body):
        method = struct.unpack("!I", body[:4])[0]
        if method == 0:
            return
        if method == 3:
            self.sock.sendall(wire.message(b"p", wire.text(self.password)))
            return
        assert method == 5, method
        inner = hashlib.md5((self.password + self.user).encode()).hexdigest().encode()
        self.sock.sendall(wire.message(b"p", b"md5" + hashlib.md5(inner + body[4:8]).hexdigest().encode() + b"\0"))

    def _read(self, answer):
        """Read up to ReadyForQuery. Errors: ServerError (at once when FATAL), Gone."""
        error = None
        while True:
            kind, body = self.stream.receive()
            if kind == b"Z":
                answer.status = body.decode()
                if error:
                    error.status = answer.status
                    raise error
                return answer
            if kind == b"R":
                self._password(body)
            elif kind == b"S":
                key, value = body.split(b"\0")[:2]
                self.parameters[key.decode()] = value.decode()
            elif kind == b"K":
                self.pid, self.key = struct.unpack("!II", body)
            elif kind == b"E":
                error = error or ServerError(wire.parse_fields(body))
                if error.fields["S"] == "FATAL":
                    raise error
            elif kind == b"T":
                self._columns(body, answer)
            elif kind == b"D":
                answer.rows.append(tuple(wire.parse_row(body)))
            elif kind == b"N":
                answer.notices.append(wire.parse_fields(body))
            elif kind == b"C":
                answer.tag = body[:-1].decode()

    @staticmethod
    def _columns(body, answer):
        at = 2
        for _ in range(struct.unpack_from("!H", body)[0]):
            end = body.index(b"\0", at)
            answer.names.append(body[at:end].decode())
            answer.oids.append(struct.unpack_from("!IhI", body, end + 1)[2])
            at = end + 19

    def run(self, sql):
        """Run one statement by the simple protocol and return its Answer."""
        self.sock.sendall(wire.message(b"Q", wire.text(sql)))
        return self._read(Answer())

    def rows(self, sql):
        """Return a query's rows as tuples of texts."""
        return self.run(sql).rows

    def execute(self, sql, *values):
        """Run one statement by the extended protocol with text parameters."""
        bind = b"\0\0" + struct.pack("!HH", 0, len(values))
        for value in values:
            raw = str(value).encode()
            bind += struct.pack("!i", len(raw)) + raw
        self.sock.sendall(wire.message(b"P", b"\0" + wire.text(sql) + struct.pack("!H", 0))
                          + wire.message(b"B", bind + struct.pack("!H", 0)) + wire.message(b"D", b"P\0")
                          + wire.message(b"E", b"\0" + struct.pack("!I", 0)) + wire.message(b"S"))
        return self._read(Answer())

    def raw(self, data):
        """Send bytes and read one answer."""
        self.sock.sendall(data)
        return self._read(Answer())

    def close(self):
        """Terminate."""
        try:
            self.sock.sendall(wire.message(b"X"))
        except OSError:
            pass
        self.sock.close()
