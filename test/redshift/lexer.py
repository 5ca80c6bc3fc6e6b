"""lexer -- one SQL statement into tokens, by the rules of Redshift (PostgreSQL 8.0 plus `#name`).

Backslashes escape inside '...'; comments nest; `E'...'`, `U&'...'`, `B'...'` and `X'...'` do not exist.
"""

import re
from typing import NamedTuple

from .errors import RsError, strict, syntax


class Token(NamedTuple):
    """kind: word, quoted, string, number, op, param; text: as written; value: folded or unquoted;
    start: character offset in the statement."""

    kind: str
    text: str
    value: str
    start: int

    def is_word(self, *words):
        """Return whether this is one of the unquoted `words` (lower case)."""
        return self.kind == "word" and self.value in words

    def is_op(self, *ops):
        """Return whether this is one of the operators or marks `ops`."""
        return self.kind == "op" and self.text in ops


OPERATORS = frozenset("+ - * / % = < > <= >= <> != || :: ( ) , . ; ~ !~".split())
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_WORD = re.compile(r"[A-Za-z_\u0080-\U0010ffff#][A-Za-z0-9_$\u0080-\U0010ffff]*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_STRING = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.S)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_OPERATOR = re.compile(r"::|<=|>=|<>|!=|!~\*?|\|\||[-+*/<>=~!@#%^&|`?:]+|[(),.;\[\]{}$\\]")
_PARAM = re.compile(r"\$[0-9]+")
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'"}
_FOLD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(name):
    """Return `name` with A-Z in lower case and everything else untouched."""
    return name.translate(_FOLD)


def tokens(sql, case_sensitive=False):
    """Return the tokens of `sql`; quoted names are folded too unless `case_sensitive`.

    Errors: RsError for what Redshift's lexer does not know.
    """
    found = []
    at = 0
    while at < len(sql):
        after = _skip_blank(sql, at)
        if after > at:
            at = after
            continue
        token, at = _next(sql, at, case_sensitive)
        _check_glued(found, token)
        found.append(token)
    return found


def _skip_blank(sql, at):
    """Return the offset after the blanks or the comment at `at`."""
    blank = _SPACE.match(sql, at)
    if blank:
        return blank.end()
    if sql.startswith("--", at):
        end = sql.find("\n", at)
        return len(sql) if end < 0 else end + 1
    return _skip_comment(sql, at) if sql.startswith("/*", at) else at


def _skip_comment(sql, at):
    """Return the offset after the comment that starts at `at`; comments nest."""
    depth, here = 1, at + 2
    while depth:
        close, begin = sql.find("*/", here), sql.find("/*", here)
        if close < 0:
            raise RsError("42601", "unterminated /* comment", position=at + 1)
        if 0 <= begin < close:
            depth, here = depth + 1, begin + 2
        else:
            depth, here = depth - 1, close + 2
    return here


def _next(sql, at, case_sensitive):
    """Return the token at `at`, which is no blank, and the offset after it."""
    here = sql[at]
    if here == "'":
        return _string(sql, at)
    if here == '"':
        return _quoted(sql, at, case_sensitive)
    for kind, pattern in (("word", _WORD), ("number", _NUMBER), ("param", _PARAM)):
        match = pattern.match(sql, at)
        if match and match.group() != "#":
            value = fold(match.group()) if kind == "word" else match.group()
            return Token(kind, match.group(), value, at), match.end()
    if here == "&" and sql[at - 1:at] in ("u", "U") and sql[at + 1:at + 2] in ("'", '"'):
        raise RsError("42704", 'type "u" does not exist')
    match = _OPERATOR.match(sql, at)
    if not match:
        raise syntax(here, at + 1)
    text = match.group()
    if text not in OPERATORS:
        text = _longest_known(text, at)
    return Token("op", text, text, at), at + len(text)


def _longest_known(text, at):
    """Return the known operator at the front of `text` when a sign follows it, else refuse."""
    for length in (2, 1):
        if text[:length] in OPERATORS and text[length:] and set(text[length:]) <= set("-+"):
            return text[:length]
    if text == "$":
        raise strict("dollar-quoted text is refused", "r_CREATE_FUNCTION", "42601", at + 1)
    raise strict(f"operator {text} is refused", "r_numeric_computations", "42601", at + 1)


def _string(sql, at):
    """Return the string token at `at`; only the escapes that every 8.0 server reads alike."""
    match = _STRING.match(sql, at)
    if not match:
        raise RsError("42601", "unterminated quoted string at or near \"" + sql[at:at + 20] + '"',
                      position=at + 1)
    text = match.group()
    body = text[1:-1].replace("''", "'") if "\\" not in text else _unescape(text[1:-1], at)
    return Token("string", text, body, at), match.end()


def _unescape(body, at):
    """Return the value of a literal's inside that holds backslashes."""
    out, here = [], 0
    while here < len(body):
        if body[here] == "\\":
            if body[here + 1] not in _ESCAPES:
                raise strict(f"escape \\{body[here + 1]} in a string is refused", "r_CREATE_USER", "42601", at + 1)
            out.append(_ESCAPES[body[here + 1]])
            here += 2
        else:
            out.append(body[here])
            here += 2 if body.startswith("''", here) else 1
    return "".join(out)


def _quoted(sql, at, case_sensitive):
    """Return the quoted name at `at`."""
    match = _QUOTED.match(sql, at)
    if not match:
        raise RsError("42601", "unterminated quoted identifier", position=at + 1)
    name = match.group()[1:-1].replace('""', '"')
    if not name:
        raise RsError("42601", 'zero-length delimited identifier at or near """"', position=at + 1)
    if not name.isprintable():
        raise strict("a name holds an unprintable character", "r_names", "42601", at + 1)
    return Token("quoted", match.group(), name if case_sensitive else fold(name), at), match.end()


def _check_glued(found, token):
    """Refuse a prefix letter glued to a string: 8.0 has no such literals, `E` is taken for a type."""
    if token.kind != "string" or not found:
        return
    last = found[-1]
    if last.kind == "word" and last.start + len(last.text) == token.start:
        if last.value in ("e", "u", "b", "x", "n"):
            raise RsError("42704", f'type "{last.value}" does not exist')
    if last.kind == "string":
        raise strict("two string literals in a row are refused", "r_Examples_with_character_types", "42601")


def split_statements(found):
    """Return the statements among the tokens: lists without the semicolons, empty ones left out."""
    statements, current = [], []
    for token in found:
        if token.is_op(";"):
            statements.append(current)
            current = []
        else:
            current.append(token)
    statements.append(current)
    return [statement for statement in statements if statement]
