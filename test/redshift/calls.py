"""calls -- function calls, casts and window functions inside a query: the part of the walk for `word (`.

Sources: Redshift Database Developer Guide, `c_SQL_functions`, `r_Window_function_synopsis`,
`r_Dateparts_for_datetime_functions`, `r_CAST_function`.
"""

from .coltypes import parse_type
from .errors import RsError, strict, syntax
from .words import BEFORE_PAREN, OWN_FUNCTIONS, PLAIN_FUNCTIONS, RANKING

# Words that end a list of tables.
ENDS_FROM = frozenset("where group order having union except intersect minus limit offset set when".split())
_DATE_PARTS = frozenset("""
year years y yr yrs quarter quarters q month months mon mons week weeks w day days d hour hours h hr hrs
minute minutes m min mins second seconds s sec secs millisecond milliseconds ms microsecond microseconds
""".split())


class Calls:
    """The half of walk.Walk that handles calls; it lives on Walk's attributes."""

    def _call(self, token):
        """Judge `word (`; return whether it was a call (else it is grammar or a name)."""
        word = token.value
        if word in BEFORE_PAREN:
            self._grammar_paren(token)
            return True
        self._deny(token)
        if word == "cast":
            self._cast()
        elif word in PLAIN_FUNCTIONS or word in ("ifnull", "nvl"):
            self._plain_call(token)
        elif word in OWN_FUNCTIONS:
            self._own_call(token)
        elif self._list_may_follow(token):
            return False
        else:
            raise strict(f"function {word} is not on the list", "c_SQL_functions", "0A000", token.start + 1)
        return True

    def _grammar_paren(self, token):
        """A word of grammar before "(": step over both."""
        if token.value == "values" and self.head != "insert":
            raise syntax(token.text, token.start + 1)
        if token.value in ("from", "join"):
            self._copy()
            self.from_here = True
        elif token.value == "using" and self.head == "delete" and not self.stack:
            raise strict("DELETE USING a subquery is refused", "r_DELETE", "42601", token.start + 1)
        else:
            if token.value in ENDS_FROM:
                self.from_here = False
            if token.value == "on" and self.last is not None and self.last.is_word("distinct"):
                raise strict("DISTINCT ON is refused", "r_SELECT_list", "42601", token.start + 1)
            if token.value == "distinct" and self.last is not None and self.last.is_word("is"):
                raise strict("IS DISTINCT FROM is refused", "c_redshift-sql", "42601", token.start + 1)
            self._copy()
        self._open(None)

    def _plain_call(self, token):
        word = token.value
        self.functions.add(word)
        if word in ("first_value", "last_value") and self._ignores_nulls():
            self.put(f"standin.{word}_ignoring_nulls", self.cursor.take())
        else:
            self.put("coalesce" if word in ("ifnull", "nvl") else token.text, self.cursor.take())
        self._open(word)

    def _ignores_nulls(self):
        """Find, and take out, IGNORE NULLS or RESPECT NULLS at the end of or behind the argument."""
        tokens, depth, at = self.cursor.tokens, 0, self.cursor.at + 1
        while at < len(tokens):
            depth += tokens[at].is_op("(") - tokens[at].is_op(")")
            inside = depth == 1 and tokens[at].is_word("ignore", "respect")
            behind = depth == 0 and at + 1 < len(tokens) and tokens[at + 1].is_word("ignore", "respect")
            if inside or behind:
                place = at if inside else at + 1
                if place + 1 >= len(tokens) or not tokens[place + 1].is_word("nulls"):
                    raise syntax(tokens[place].text, tokens[place].start + 1)
                ignoring = tokens[place].value == "ignore"
                self.cursor.tokens = tokens[:place] + tokens[place + 2:]
                return ignoring
            if depth == 0:
                return False
            at += 1
        return False

    def _own_call(self, token):
        """A function of schema standin; some get a value of the session as their only argument."""
        word = token.value
        self.functions.add(word)
        self.put(f"standin.{word}", self.cursor.take())
        value = self.session.function_value(word)
        if value is not None:
            self.cursor.expect_op("(")
            self.cursor.expect_op(")")
            self.put(f"({value})", token)
            return
        self._open(word)
        if word in ("dateadd", "datediff"):
            self._date_part()

    def _date_part(self):
        """The first argument of dateadd and datediff is a bare word or a string."""
        token = self.cursor.take()
        if token.kind not in ("word", "string") or token.value.lower() not in _DATE_PARTS:
            raise syntax(token.text, token.start + 1)
        self.put(f"'{token.value.lower()}'", token)

    def _cast(self):
        """`cast(expression as type)`."""
        self._copy()
        self._open("cast")
        depth = len(self.stack)
        while not (len(self.stack) == depth and self.cursor.peek() is not None
                   and self.cursor.peek().is_word("as")):
            if self.cursor.done() or len(self.stack) < depth:
                self.cursor.fail()
            self.step()
        self._copy()
        self.put(parse_type(self.cursor).pg, self.last)

    # -- window functions: r_Window_function_synopsis

    def _window(self, function):
        """Behind an aggregate's or ranking function's ")": OVER must be followed by "("."""
        if not self.cursor.accept("over"):
            if function in RANKING | {"first_value", "last_value"}:
                raise RsError("42809", "window function call requires an OVER clause")
            return
        token = self.cursor.peek()
        if token is None or not token.is_op("("):
            raise strict("OVER with a name is refused", "r_Window_function_synopsis", "42601")
        self.put("over", token)
        self._open(("over", function))

    def _check_frame(self, function, written, token):
        """Redshift wants a ROWS frame with ORDER BY for aggregates, and none for ranking functions."""
        texts = [text.lower() for text, _ in written]
        ordered, framed = "order" in texts, "rows" in texts or '"rows"' in texts
        if function in RANKING:
            if framed:
                raise strict(f"{function} takes no frame", "r_Window_function_synopsis", "42601", token.start + 1)
            if not ordered and function != "row_number":
                raise strict(f"{function} needs ORDER BY", "r_Window_function_synopsis", "42601", token.start + 1)
        elif ordered and not framed:
            raise RsError("42601", "Aggregate window functions with an ORDER BY clause require a frame clause")
