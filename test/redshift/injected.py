"""injected -- the faults of statements: what happens around one of them, by the rules of faults.py."""

import re
import socket

from . import answer, lexer, wire
from .errors import Gone, RsError
from .gate import plan_statement

_TEXTS = {"40P01": "deadlock detected", "53200": "out of memory", "57014": "Query canceled",
          "1018": "Relation does not exist."}


class Injected:
    """The rules that act on one statement."""

    def __init__(self, connection, text):
        self.connection = connection
        self.session = connection.session
        self.out = connection.out
        self.rules = connection.server.faults.take("statement", text)

    def before(self, plan):
        """Act on the rules before the statement runs. Errors: RsError, Gone."""
        for rule in self.rules:
            act = getattr(self, "_before_" + rule.action, None)
            if act is not None:
                act(rule)

    def after(self, plan):
        """Act on the rules after it ran, its answer not sent yet. Errors: Gone."""
        for rule in self.rules:
            act = getattr(self, "_after_" + rule.action, None)
            if act is not None:
                act(rule)

    # -- before

    def _before_drop_before(self, rule):
        self._drop(rule)

    def _before_commit_lost(self, rule):
        """COMMIT never reaches the server: everything is rolled back."""
        self._drop(rule)

    def _before_error(self, rule):
        """Any error: code, message, detail; code 1023 is the serialization failure as Redshift sends it."""
        code = str(rule.get("code", "XX000"))
        if code in ("1023", "1018"):
            detail = rule.get("detail", "Serializable isolation violation on table - 100167, transactions forming "
                              f"the cycle are: 55705701, 55705754 (pid:{self.session.pid})" if code == "1023"
                              else _TEXTS[code])
            raise RsError("XX000", code, detail=detail)
        raise RsError(code, rule.get("message", _TEXTS.get(code, "injected error")), detail=rule.get("detail"),
                      fatal=bool(rule.get("fatal", False)))

    def _before_error_at_commit(self, rule):
        """COMMIT itself fails: the transaction is rolled back and the block is over."""
        if self.session.in_block:
            self.session.rollback()
        self._before_error(_Default(rule, {"code": "1023"}))

    def _before_delay(self, rule):
        """Wait before the statement runs; a cancel or statement_timeout ends it."""
        if self.session.cancelled.wait(float(rule.get("seconds", 1))):
            raise self.session.cancel_error()

    def _before_terminate(self, rule):
        raise RsError("57P01", "terminating connection due to administrator command", fatal=True)

    def _before_other_writer(self, rule):
        if rule.get("when", "before") == "before":
            self._other(rule)

    def _before_huge_error(self, rule):
        raise RsError(str(rule.get("code", "XX000")), "x" * int(rule.get("size", 65536)))

    def _before_notice_flood(self, rule):
        for number in range(int(rule.get("count", 10000))):
            answer.put_notice(self.out, "NOTICE", f"notice {number}")

    def _before_byte_at_a_time(self, rule):
        self.out.pace = "bytes"

    def _before_split_messages(self, rule):
        self.out.pace = "messages"

    def _before_parameter_change(self, rule):
        """A ParameterStatus and a NOTICE before the result."""
        self.out.put(wire.message(b"S", wire.text("TimeZone") + wire.text(str(rule.get("value", "UTC")))))
        answer.put_notice(self.out, "NOTICE", "parameters changed")

    # -- after

    def _after_drop_after(self, rule):
        self._drop(rule)

    def _after_commit_unknown(self, rule):
        """COMMIT happened, but the client never hears of it."""
        self._drop(rule)

    def _after_stall(self, rule):
        """The statement ran; not a byte comes for a while."""
        self.session.cancelled.wait(float(rule.get("seconds", 1)))

    def _after_other_writer(self, rule):
        if rule.get("when", "before") == "after":
            self._other(rule)

    # -- how

    def _drop(self, rule):
        """End the connection: an RST, or with how=fin an orderly end."""
        if rule.get("how", "rst") == "rst":
            self.connection.reset()
        self.connection.stream.sock.shutdown(socket.SHUT_RDWR)
        raise Gone("connection dropped by a fault")

    def _other(self, rule):
        """Run statements in a session of their own that commits now. Errors: RsError when one fails."""
        texts = rule.get("sql")
        run_apart(self.session, [texts] if isinstance(texts, str) else texts, rule.get("user"))


class _Default:
    """A rule with other defaults."""

    def __init__(self, rule, defaults):
        self.rule = rule
        self.defaults = defaults

    def get(self, name, default=None):
        """Return parameter `name`."""
        return self.rule.get(name, self.defaults.get(name, default))


def run_apart(session, texts, user=None):
    """Run `texts` through the gate in a second session on the same database."""
    from . import execute
    from .session import Session
    other = Session(session.server, user or session.user, session.database)
    sink = answer.Sink()
    try:
        for text in texts:
            tokens = lexer.tokens(re.sub(r";\s*$", "", text), other.case_sensitive)
            execute.run(other, plan_statement(tokens, text, other), sink, text)
    finally:
        other.close()
