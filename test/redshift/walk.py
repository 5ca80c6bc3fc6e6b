"""walk -- one pass over the tokens of a query: judges them, notes tables, writes them down for PostgreSQL.

Only words, functions and casts that Redshift has are let through. What is left to judge (is it a query
at all?) PostgreSQL's own parser decides. Source: Redshift Database Developer Guide, `r_SELECT_synopsis`,
`c_redshift-sql-implementated-differently`.
"""

from . import system
from .calls import ENDS_FROM, Calls
from .coltypes import parse_type
from .errors import RsError, strict, syntax
from .names import quote
from .words import DENIED_WORDS, FRAMED, LEADER_WORDS, QUERY_WORDS, RANKING, RESERVED

# Functions whose inside may hold FROM as grammar.
_FROM_INSIDE = frozenset("extract trim substring position".split())


class Walk(Calls):
    """One pass over a statement's tokens. session: for names, GUCs and the values of own functions."""

    def __init__(self, cursor, session, head):
        self.cursor = cursor
        self.session = session
        self.head = head
        self.out = []           # (text, offset in the client's statement)
        self.stack = []         # what stands before each open parenthesis, with its state
        self.from_here = False  # the comma at this depth separates tables
        self.in_with = False    # between WITH and the query's own SELECT
        self.reads = []
        self.ctes = set()
        self.functions = set()
        self.catalog = []
        self.logs = []
        self.users = []
        self.last = None

    # -- the walk

    def run(self):
        """Walk to the end of the statement."""
        while not self.cursor.done():
            self.step()
        if self.stack:
            raise RsError("42601", "syntax error at end of input", position=len(self.cursor.text) + 1)

    def step(self):
        """Judge and write the next token (a relation, cast or call: all of it)."""
        token = self.cursor.peek()
        if token.kind == "word":
            self._word(token)
        elif token.kind == "quoted":
            self._name(token)
        elif token.kind == "op":
            self._op(token)
        elif token.kind == "param":
            if not self.session.parameters_allowed:
                raise RsError("42P02", f"there is no parameter {token.text}", position=token.start + 1)
            self._copy()
        else:
            self._copy()

    def put(self, text, token):
        """Write `text` in place of `token`."""
        self.out.append((text, token.start))
        self.last = token

    def _copy(self):
        token = self.cursor.take()
        self.put(token.text, token)

    # -- words

    def _word(self, token):
        after = self.cursor.peek(1)
        dotted = self.last is not None and self.last.is_op(".")
        if not dotted and after is not None and after.is_op("("):
            if self._call(token):
                return
        elif not dotted and self._keyword(token):
            return
        if token.value == "oid":
            self._name(token)
        elif token.value in RESERVED and (dotted or token.value not in QUERY_WORDS):
            raise syntax(token.text, token.start + 1)
        elif token.value in QUERY_WORDS:
            self._copy()
        else:
            self._name(token)

    def _keyword(self, token):
        """Handle a word that is grammar and not before a parenthesis; return whether it was one."""
        word = token.value
        if not self._grammar_here(token):
            self._deny(token)
        if word in ("from", "join", "into"):
            self._relation_follows(word)
        elif word == "using" and self.head == "delete" and not self.stack:
            self._relation_follows("from")
        elif self._grammar_here(token):
            self._copy()
        elif word == "interval":
            self._interval()
        elif word == "sysdate":
            self.put(f"standin.sysdate({self.session.clock_offset_us()})", self.cursor.take())
        elif word in LEADER_WORDS:
            self.functions.add(word)
            self._copy()
        elif word in ("ignore", "respect"):
            raise syntax(token.text, token.start + 1)
        elif word == "with":
            self.in_with = not self.stack
            self._copy()
        else:
            if word in ENDS_FROM:
                self.from_here = False
            if word == "select" and not self.stack:
                self.in_with = False
            return False
        return True

    def _grammar_here(self, token):
        """Return whether a word that is not reserved is grammar at this place."""
        word, before, after = token.value, self.last, self.cursor.peek(1)
        over = bool(self.stack) and isinstance(self.stack[-1][0], tuple)
        if word in ("rows", "unbounded", "preceding", "following", "current", "row"):
            return over
        if word == "by":
            return before is not None and before.is_word("group", "order", "partition")
        if word in ("first", "last"):
            return before is not None and before.is_word("nulls")
        if word == "set":
            return self.head == "update" and not self.stack
        if word in ("date", "timestamp", "timestamptz", "escape"):
            return after is not None and after.kind == "string"
        return bool(self.stack) and self.stack[-1][0] == "extract" and before.is_op("(")

    def _deny(self, token):
        """Refuse what PostgreSQL would take and Redshift does not."""
        word, before, after = token.value, self.last, self.cursor.peek(1)
        if word in DENIED_WORDS and token is not self.cursor.tokens[0]:
            raise strict(f"{DENIED_WORDS[word]} is refused", "c_redshift-sql", "42601", token.start + 1)
        if word == "on" and before is not None and before.is_word("distinct"):
            raise strict("DISTINCT ON is refused", "r_SELECT_list", "42601", token.start + 1)
        if word == "distinct" and before is not None and before.is_word("is", "not"):
            raise strict("IS DISTINCT FROM is refused", "c_unsupported-postgresql-functions", "42601",
                         token.start + 1)
        if word == "update" and token is not self.cursor.tokens[0]:
            raise strict("UPDATE inside a statement is refused", "r_SELECT_synopsis", "42601", token.start + 1)
        if word == "values" and not (after is not None and self.head == "insert" and after.is_op("(")):
            raise syntax(token.text, token.start + 1)
        if word == "into":
            raise strict("SELECT INTO is refused", "r_SELECT_INTO", "42601", token.start + 1)
        if word == "order" and self.stack and isinstance(self.stack[-1][0], str):
            raise strict("ORDER BY inside a call is refused", "c_Aggregate_Functions", "42601", token.start + 1)
        if word == "from" and before is not None and before.is_word("select"):
            raise syntax(token.text, token.start + 1)
        if word == "for":
            raise strict("FOR UPDATE is refused", "r_SELECT_synopsis", "42601", token.start + 1)

    def _interval(self):
        """`interval '3 days'`: only with a literal behind it."""
        token = self.cursor.take()
        following = self.cursor.peek()
        if following is None or following.kind != "string":
            raise syntax(token.text, token.start + 1)
        self.put(token.text, token)
        self._copy()

    # -- names and tables

    def _name(self, token):
        """Write a column, alias or schema name."""
        self.cursor.take()
        self.session.check_name(token)
        after = self.cursor.peek()
        if after is not None and after.is_op("(") and not self._list_may_follow(token):
            raise RsError("42883", f"function {token.value}() does not exist", position=token.start + 1)
        if (self.in_with and not self.stack and after is not None and after.is_word("as")):
            self.ctes.add(token.value)
        self.put(quote(self.session.names.short(token.value)), token)

    def _list_may_follow(self, token):
        """Return whether `name (` is no call: the column list of a WITH query."""
        return self.in_with and not self.stack and token is not None

    def _relation_follows(self, word):
        """FROM, JOIN, INTO: step over it and the table behind it."""
        inside = self.stack[-1][0] if self.stack else None
        self._copy()
        if word == "from" and inside in _FROM_INSIDE:
            return
        self.from_here = word != "into"
        self._table(writing=word == "into")

    def _table(self, writing=False):
        """Write a table's name (or leave a subquery to the walk)."""
        token = self.cursor.peek()
        if token is None or token.is_op("("):
            return
        if token.kind not in ("word", "quoted"):
            self.cursor.fail()
        relation = self.cursor.relation()
        after = self.cursor.peek()
        if after is not None and after.is_op("(") and not writing:
            raise strict("a function in FROM is refused", "r_FROM_clause30", "42601", token.start + 1)
        self.put(self.placed(relation, token, writing), token)

    def placed(self, relation, token, writing):
        """Note a table that is read or written and return its name for the backend."""
        if relation.schema is None and relation.name in self.ctes and not writing:
            return quote(self.session.names.short(relation.name))
        view = system.place(relation, self.session.serverless, token)
        if view is None:
            self.session.check_relation(relation)
            self.users.append(relation)
            if not writing:
                self.reads.append(relation)
            return relation.sql(self.session.names)
        if writing:
            raise RsError("42501", f"permission denied for relation {relation.name}")
        (self.catalog if view.leader else self.logs).append(relation.name)
        return view.sql

    # -- marks

    def _op(self, token):
        if token.is_op("("):
            self._open(None)
        elif token.is_op(")"):
            self._close(token)
        elif token.is_op("::"):
            self._copy()
            self.put(parse_type(self.cursor).pg, token)
        elif token.is_op(",") and self.from_here:
            self._copy()
            self._table()
        else:
            self._copy()

    def _open(self, before):
        """Step over "(" and remember what stands before it."""
        self.stack.append((before, self.from_here, len(self.out)))
        self.from_here = False
        self._copy()

    def _close(self, token):
        """Step over ")"."""
        if not self.stack:
            raise syntax(")", token.start + 1)
        before, self.from_here, opened = self.stack.pop()
        self._copy()
        if isinstance(before, tuple):       # an OVER clause: (function)
            self._check_frame(before[1], self.out[opened:], token)
        elif before is not None and before in FRAMED | RANKING:
            self._window(before)
