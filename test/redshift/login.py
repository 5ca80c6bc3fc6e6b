"""login -- start-up of a connection: TLS, the start-up packet, the password.

Sources: PostgreSQL documentation, "Frontend/Backend Protocol"; Redshift Management Guide,
`connecting-ssl-support`; Developer Guide, `r_CREATE_USER`, `max_failed_login_attempts`.
"""

import hashlib
import os
import ssl
import struct

from . import wire
from .errors import Gone, RsError
from .gate import SETTINGS

_SSL, _GSS, _CANCEL, _V3 = 80877103, 80877104, 80877102, 196608
_KEYS = frozenset("user database client_encoding datestyle timezone extra_float_digits application_name "
                  "search_path options client_protocol_version".split())


class Cancel(Exception):
    """The connection was a CancelRequest: pid and key."""

    def __init__(self, pid, key):
        super().__init__()
        self.pid = pid
        self.key = key


def _fatal(code, message):
    return RsError(code, message, fatal=True)


def tls_context(config):
    """Return the server's TLS context, or None without a certificate."""
    if not config.tls_cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(config.tls_cert, config.tls_key or None)
    if config.tls_max == "1.1":
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    else:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def startup(sock, server):
    """Return (stream, encrypted, parameters) of a connection. Errors: Cancel, Gone, RsError."""
    stream, encrypted = wire.Stream(sock), False
    while True:
        length, code = struct.unpack("!II", stream.exactly(8))
        if not 8 <= length <= 10000:
            raise Gone("no start-up packet")
        if code == _SSL and not encrypted and server.tls is not None:
            if stream.buffer:
                raise Gone("bytes behind SSLRequest")
            stream.sock.sendall(b"S")
            try:
                stream = wire.Stream(server.tls.wrap_socket(stream.sock, server_side=True))
            except (ssl.SSLError, OSError) as error:
                raise Gone(f"TLS: {error}") from error
            encrypted = True
        elif code in (_SSL, _GSS):
            stream.sock.sendall(b"N")
        elif code == _CANCEL:
            raise Cancel(*struct.unpack("!II", stream.exactly(8)))
        else:
            if code != _V3:
                error = _fatal("0A000", f"unsupported frontend protocol {code >> 16}.{code & 65535}")
                error.stream = stream
                raise error
            return stream, encrypted, _parameters(stream.exactly(length - 8))


def _parameters(body):
    """Return the start-up packet's pairs."""
    parts = body.split(b"\0")
    texts = [part.decode("utf-8", "replace") for part in parts]
    return dict(zip(texts[0:-2:2], texts[1:-1:2]))


def check_parameters(parameters):
    """Return the settings that a start-up packet makes. Errors: RsError for a key Redshift does not know."""
    settings = {}
    for key, value in parameters.items():
        name = key.lower()
        if name not in _KEYS:
            raise _fatal("42704", f"standin: start-up parameter {key} is refused (see mgmt/connecting-drivers)")
        if name in SETTINGS:
            settings[name] = value
    words = parameters.get("options", "").split()
    while words:
        word = words.pop(0)
        pair = (words.pop(0) if words else "") if word == "-c" else word[2:] if word.startswith("-c") else ""
        name, equals, value = pair.partition("=")
        if not equals or name.lower() not in SETTINGS:
            raise _fatal("42704", f"standin: option {word} {pair} is refused (see dg/r_SET)")
        settings[name.lower()] = value
    if settings.get("client_encoding", "UTF8").upper().replace("'", "") not in ("UTF8", "UTF-8", "UNICODE"):
        raise _fatal("22023", "standin: client_encoding must be UTF8")
    return settings


def authenticate(stream, server, parameters, encrypted, address):
    """Check user and password. Errors: RsError 28000."""
    user = parameters.get("user", "")
    database = parameters.get("database", user)
    faults = server.faults.take("login", user)
    outcome = str(faults[0].get("outcome", "fail")) if faults else ""
    if server.config.require_ssl and not encrypted:
        raise _fatal("28000", f'no pg_hba.conf entry for host "{address}", user "{user}", database "{database}", '
                              "SSL off")
    known = server.config.users.get(user)
    method = known.get("auth", "md5") if known else "md5"
    if outcome == "13" or method == "sha256":
        stream.sock.sendall(wire.message(b"R", struct.pack("!I", 13) + os.urandom(12)))
        raise Gone("the client knows no method 13" if _reply(stream) is None else "method 13 is not spoken here")
    given_ok = _password(stream, known, user, "cleartext" if outcome == "3-on-plain" else method)
    if outcome == "lock":
        server.locks[user] = server.config.lock_after
    if server.locks.get(user, 0) >= server.config.lock_after:
        raise _fatal("28000", f'password authentication failed for user "{user}"')
    if outcome == "expire" or outcome == "fail" or not given_ok:
        server.locks[user] = server.locks.get(user, 0) + 1
        raise _fatal("28000", f'password authentication failed for user "{user}"')
    server.locks[user] = 0


def _reply(stream):
    """Return the password that the client sends, or None when it leaves."""
    try:
        kind, body = stream.receive()
    except Gone:
        return None
    return body.rstrip(b"\0") if kind == b"p" else None


def _password(stream, known, user, method):
    """Ask for the password; return whether it is right. Errors: Gone."""
    salt = os.urandom(4)
    code = struct.pack("!I", 3) if method == "cleartext" else struct.pack("!I", 5) + salt
    stream.sock.sendall(wire.message(b"R", code))
    given = _reply(stream)
    if given is None:
        raise Gone("no password")
    if known is None:
        return False
    password = known.get("password", "").encode()
    if method == "cleartext":
        return given == password
    inner = hashlib.md5(password + user.encode()).hexdigest().encode()
    return given == b"md5" + hashlib.md5(inner + salt).hexdigest().encode()


def welcome(session, parameters):
    """Return the messages after a good login: AuthenticationOk, parameters, BackendKeyData."""
    values = {"server_version": "8.0.2", "server_encoding": "UNICODE", "client_encoding": "UNICODE",
              "DateStyle": "ISO, MDY", "TimeZone": session.settings["timezone"], "integer_datetimes": "on",
              "is_superuser": "on" if session.config.users.get(session.user, {}).get("superuser") else "off",
              "session_authorization": parameters.get("user", "")}
    out = [wire.message(b"R", struct.pack("!I", 0))]
    out += [wire.message(b"S", wire.text(key) + wire.text(value)) for key, value in values.items()]
    out.append(wire.message(b"K", struct.pack("!II", session.pid, session.key)))
    return b"".join(out)
