"""answer -- what goes back to the client: results, notices and errors as an 8.0 server words them."""

import re
import time

from . import wire
from .errors import Gone, RsError

_NOTICE_FIELDS = ("S", "C", "M", "D", "H", "P")
_BYTES = re.compile(r'"standin_bytes_[0-9]+_([0-9]+)"')
_SKIPPED = re.compile(r'(relation|schema) "(.*)" already exists, skipping', re.S)


class Writer:
    """Collects messages for the client and sends them. pace of the next flush: None, bytes or messages (faults)."""

    def __init__(self, sock):
        self.sock = sock
        self.waiting = []
        self.pace = None

    def put(self, message):
        """Add one message."""
        self.waiting.append(message)

    def flush(self):
        """Send what waits. Errors: Gone."""
        parts, self.waiting = self.waiting, []
        pace, self.pace = self.pace, None
        try:
            if pace is None:
                self.sock.sendall(b"".join(parts))
            elif pace == "messages":
                for part in parts:
                    self.sock.sendall(part)
                    time.sleep(0.002)
            else:
                for byte in b"".join(parts):
                    self.sock.sendall(bytes([byte]))
        except OSError as error:
            raise Gone(str(error)) from error


class Sink:
    """A Writer for sessions without a client (the fault other_writer); keeps the errors."""

    sock = None
    pace = None

    def __init__(self):
        self.errors = []

    def put(self, message):
        """Keep an ErrorResponse, drop the rest."""
        if message[:1] == b"E":
            self.errors.append(wire.parse_fields(message[5:]))

    def flush(self):
        """Nothing waits."""


def put_error(out, error, names):
    """Add the ErrorResponse for `error` (an RsError)."""
    fields = {key: names.long(value) for key, value in error.fields().items()}
    out.put(wire.message(b"E", wire.fields_body(fields)))


def put_notice(out, severity, text, code="00000", detail=None):
    """Add a NoticeResponse."""
    fields = {"S": severity, "C": code, "M": text}
    if detail:
        fields["D"] = detail
    out.put(wire.message(b"N", wire.fields_body(fields)))


def put_notices(out, notices, names):
    """Add the backend's notices, those about skipped objects worded as Redshift does."""
    for fields in notices:
        kept = {key: names.long(fields[key]) for key in _NOTICE_FIELDS if key in fields}
        skipped = _SKIPPED.fullmatch(kept.get("M", ""))
        if skipped:
            kept["S"] = "INFO"
            kept["M"] = f'{skipped.group(1).capitalize()} "{skipped.group(2)}" already exists and will be skipped'
        out.put(wire.message(b"N", wire.fields_body(kept)))


def put_result(out, result, session, tag=None):
    """Add a Result: description, rows, CommandComplete."""
    put_notices(out, result.notices, session.names)
    if result.description is not None:
        body = wire.rewrite_description(result.description, session.names.long, session.server.redshift_oid)
        out.put(wire.message(b"T", body))
    for row in result.rows:
        out.put(wire.message(b"D", row))
    put_tag(out, tag or plain_tag(result.tag))


def plain_tag(tag):
    """Return the tag of an 8.0 server: SELECT without a count."""
    return "SELECT" if tag and tag.startswith("SELECT") else tag


def put_tag(out, tag):
    """Add CommandComplete."""
    out.put(wire.message(b"C", wire.text(tag)))


def as_redshift(error, session, plan):
    """Return the RsError that the client gets for a BackendError."""
    fields = error.backend_fields
    message = error.message
    if error.code == "57014":
        return session.cancel_error()
    if error.code == "23514":
        length = _BYTES.search(message)
        if length:
            return RsError("22001", f"value too long for type character varying({length.group(1)})")
    if error.code == "40001":
        return _serialization(session)
    position = _source_position(int(fields["P"]), plan) if "P" in fields and plan is not None else None
    return RsError(error.code, message, detail=error.detail, hint=None, position=position, fatal=error.fatal)


def _serialization(session):
    """Return the error for a row that another transaction changed meanwhile."""
    if session.server.conflicts.serializable and session.txn is not None:
        return session.server.conflicts.violation((session.database, 0), session.txn, session.txn.number - 1)
    return RsError("XX000", "could not complete because of conflict with concurrent transaction")


def _source_position(position, plan):
    """Return the client's character position for a position in the rewritten statement."""
    source = None
    for written, start in plan.positions:
        if written <= position - 1:
            source = start + 1
    return source
