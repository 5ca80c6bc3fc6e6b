"""errors -- what the stand-in answers when it refuses.

Two kinds: as Redshift (text and SQLSTATE known) and strict (we do not know that Redshift accepts it,
or not with which text it refuses); the text of the second kind starts with `standin: ` and names the
page of the Redshift Database Developer Guide that the rule comes from.
"""

STRICT_PREFIX = "standin: "


class RsError(Exception):
    """An error for the client.

    code: SQLSTATE; message, detail, hint: texts (the last two may be None); position: 1-based
    character of the statement, parse errors only; fatal: the connection ends after it.
    """

    def __init__(self, code, message, detail=None, hint=None, position=None, fatal=False):
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.hint = hint
        self.position = position
        self.fatal = fatal

    def fields(self):
        """Return the ErrorResponse fields of an 8.0 server: no V, s, t, c, d, n."""
        fields = {"S": "FATAL" if self.fatal else "ERROR", "C": self.code, "M": self.message}
        if self.detail is not None:
            fields["D"] = self.detail
        if self.hint is not None:
            fields["H"] = self.hint
        if self.position is not None:
            fields["P"] = str(self.position)
        fields["F"] = "standin.c"
        fields["L"] = "1"
        fields["R"] = "pg_throw"
        return fields


class Gone(Exception):
    """The client's connection has ended, or a fault ends it now."""


def strict(message, page, code="0A000", position=None):
    """Return a refusal of the second kind; `page` is the guide's page, such as `r_COPY`."""
    return RsError(code, f"{STRICT_PREFIX}{message} (see dg/{page})", position=position)


def syntax(word, position):
    """Return PostgreSQL's plain syntax error at `word`."""
    return RsError("42601", f'syntax error at or near "{word}"', position=position)


def command_unsupported(text):
    """Return the refusal of a whole command that Redshift's PostgreSQL 8.0 core knows but turned off."""
    shown = " ".join(text.split())
    return RsError("0A000", f'SQL command "{shown[:100]}{"..." if len(shown) > 100 else ""}" not supported.')


def boxed(code, message, engine_code, context, query, location):
    """Return an engine error: its DETAIL is the box of dashes that Redshift prints for COPY and S3."""
    line = "-" * 47
    detail = "\n".join(["", f"  {line}", f"  error:  {message}", f"  code:      {engine_code}",
                        f"  context:   {context}", f"  query:     {query}", f"  location:  {location}",
                        "  process:   padbmaster [pid=0]", f"  {line}", ""])
    return RsError(code, message, detail=detail)


ABORTED = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")
