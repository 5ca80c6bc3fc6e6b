"""plan -- what the gate makes of one statement, and the cursor that its grammars read tokens with."""

from dataclasses import dataclass, field

from .errors import RsError, strict, syntax
from .words import RESERVED


@dataclass
class Relation:
    """A table as a statement names it: schema (None: by search_path) and name, folded, full length."""

    schema: str
    name: str

    def sql(self, names):
        """Return the name for the backend."""
        from .names import quote
        last = quote(names.short(self.name))
        return last if self.schema is None else f"{quote(names.short(self.schema))}.{last}"

    def shown(self):
        """Return the name as Redshift's texts show it."""
        return self.name


@dataclass
class Plan:
    """kind: query, write, ddl, begin, commit, rollback, lock, set, reset, show, copy, explain, append.

    sql: statements for the backend, in order; the last one's answer goes to the client.
    reads, writes: Relations (user tables only); modifies: a DELETE, UPDATE or MERGE is among them.
    leader: the statement reads the catalog or runs on the leader alone. tag: replaces the backend's.
    after: called with the session when the statement succeeded. block: False refuses it in a block.
    positions: (offset in sql[-1], offset in the client's text) pairs, rising. data: kind's own.
    """

    kind: str
    sql: list = field(default_factory=list)
    reads: list = field(default_factory=list)
    writes: list = field(default_factory=list)
    modifies: bool = False
    leader: bool = False
    tag: str = None
    creates: Relation = None
    positions: list = field(default_factory=list)
    data: dict = field(default_factory=dict)


class Cursor:
    """A position in a list of tokens; the expect_ functions raise RsError 42601 at the token at fault."""

    def __init__(self, tokens, text=""):
        self.tokens = tokens
        self.text = text
        self.at = 0

    def peek(self, ahead=0):
        """Return the token `ahead` of the position, or None behind the end."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def take(self):
        """Return the next token and step over it."""
        token = self.peek()
        if token is None:
            raise RsError("42601", "syntax error at end of input", position=len(self.text) + 1)
        self.at += 1
        return token

    def done(self):
        """Return whether no token is left."""
        return self.at >= len(self.tokens)

    def fail(self):
        """Raise the syntax error at the next token."""
        token = self.take()
        raise syntax(token.text, token.start + 1)

    def end(self):
        """Refuse anything that is left."""
        if not self.done():
            self.fail()

    def accept(self, *words):
        """Step over the unquoted `words` when all of them come next; return whether they did."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or not token.is_word(word):
                return False
        self.at += len(words)
        return True

    def expect(self, *words):
        """Step over the unquoted `words`; each must come next."""
        for word in words:
            if not self.accept(word):
                self.fail()

    def accept_op(self, text):
        """Step over the mark `text` when it comes next; return whether it did."""
        token = self.peek()
        if token is None or not token.is_op(text):
            return False
        self.at += 1
        return True

    def expect_op(self, text):
        """Step over the mark `text`, which must come next."""
        if not self.accept_op(text):
            self.fail()

    def word(self):
        """Step over an unquoted word of any kind and return it."""
        if self.peek() is None or self.peek().kind != "word":
            self.fail()
        return self.take().value

    def name(self):
        """Step over an identifier and return it; an unquoted one may not be a reserved word."""
        token = self.peek()
        if token is None or token.kind not in ("word", "quoted") or (
                token.kind == "word" and token.value in RESERVED):
            self.fail()
        return self.take().value

    def relation(self):
        """Step over a table's name, with or without a schema; three parts are refused."""
        first = self.name()
        if not self.accept_op("."):
            return Relation(None, first)
        second = self.name()
        if self.peek() is not None and self.peek().is_op("."):
            raise strict("a name of three parts is refused", "cross-database_usage", position=self.peek().start + 1)
        return Relation(first, second)

    def name_list(self):
        """Step over `( name, ... )` and return the names."""
        self.expect_op("(")
        found = [self.name()]
        while self.accept_op(","):
            found.append(self.name())
        self.expect_op(")")
        return found

    def string(self):
        """Step over a string literal and return its value."""
        if self.peek() is None or self.peek().kind != "string":
            self.fail()
        return self.take().value

    def integer(self):
        """Step over an unsigned whole number and return it."""
        token = self.peek()
        if token is None or token.kind != "number" or not token.text.isdigit():
            self.fail()
        return int(self.take().text)
