"""ddl -- the gate for CREATE SCHEMA, TABLE and VIEW.

Sources: Redshift Database Developer Guide, `r_CREATE_TABLE_NEW`, `r_CREATE_TABLE_AS`, `r_CREATE_SCHEMA`,
`r_CREATE_VIEW`.
"""

import json

from .coltypes import check_encoding, parse_type
from .errors import RsError, command_unsupported, strict, syntax
from .names import quote
from .plan import Plan
from .query import expression, plan_query
from .words import SYSTEM_COLUMNS

MAX_COLUMNS = 1600
_COLUMN_STOPS = ("encode", "distkey", "sortkey", "not", "null", "unique", "primary", "references", "default",
                 "identity", "collate")


class Table:
    """What a CREATE TABLE says: columns as backend text, and the attributes PostgreSQL has no place for."""

    def __init__(self, shown):
        self.shown = shown
        self.columns = {}       # name -> (ColumnType, backend text)
        self.encodings = {}
        self.distkey = None
        self.diststyle = None
        self.sortkeys = []
        self.primary = []
        self.defaults = []
        self.not_null = set()
        self.unique = []

    def attributes(self):
        """Return the attributes as JSON text for standin.attrs."""
        return json.dumps({"diststyle": self.diststyle, "distkey": self.distkey, "sortkeys": self.sortkeys,
                           "encodings": self.encodings, "primary": self.primary, "unique": self.unique,
                           "defaults": self.defaults})


def plan_create(cursor, session):
    """Return the Plan of a CREATE statement."""
    cursor.expect("create")
    if cursor.accept("schema"):
        return _create_schema(cursor, session)
    cursor.accept("local")
    temporary = cursor.accept("temp") or cursor.accept("temporary")
    if cursor.accept("table"):
        return _create_table(cursor, session, temporary)
    if not temporary and (cursor.accept("view") or cursor.accept("or", "replace", "view")):
        return _create_view(cursor, session)
    raise command_unsupported(cursor.text)


def _create_schema(cursor, session):
    """CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION user]."""
    exists = "if not exists " if cursor.accept("if", "not", "exists") else ""
    token = cursor.peek()
    name = cursor.name()
    session.check_name(token)
    if name.startswith("pg_"):
        raise RsError("42939", f'unacceptable schema name "{name}"',
                      detail='The prefix "pg_" is reserved for system schemas.')
    owner = f" authorization {quote(cursor.name())}" if cursor.accept("authorization") else ""
    cursor.end()
    return Plan("ddl", [f"create schema {exists}{quote(session.names.short(name))}{owner}"])


def _create_view(cursor, session):
    """CREATE [OR REPLACE] VIEW name [(columns)] AS query."""
    replace = cursor.tokens[1].is_word("or")
    relation = cursor.relation()
    session.check_relation(relation)
    columns = ""
    if cursor.peek() is not None and cursor.peek().is_op("("):
        columns = "(" + ", ".join(quote(session.names.short(n)) for n in cursor.name_list()) + ")"
    cursor.expect("as")
    if cursor.peek() is None or not cursor.peek().is_word("select", "with"):
        cursor.fail()
    query = plan_query(cursor, session, cursor.peek().value)
    verb = "create or replace view" if replace else "create view"
    return Plan("ddl", [f"{verb} {relation.sql(session.names)}{columns} as {query.sql[0]}"], reads=query.reads)


def _create_table(cursor, session, temporary):
    """CREATE [TEMP] TABLE [IF NOT EXISTS] name (items | LIKE ...) attributes, or ... AS query."""
    exists = cursor.accept("if", "not", "exists")
    token = cursor.peek()
    relation = cursor.relation()
    session.check_relation(relation)
    temporary = temporary or relation.name.startswith("#")
    if temporary and relation.schema is not None:
        raise strict("a temporary table takes no schema", "r_CREATE_TABLE_NEW", "42P16", token.start + 1)
    table = Table(relation.name)
    body = _body(cursor, session, table)
    _table_attributes(cursor, table, body is None)
    head = f"create {'temp ' if temporary else ''}table {'if not exists ' if exists else ''}" \
           f"{relation.sql(session.names)}"
    if not exists and cursor.accept("as"):
        return _create_as(cursor, session, table, head, relation, temporary, body)
    cursor.end()
    if body is None:
        raise syntax("", len(cursor.text) + 1)
    _check_table(table, body.startswith("(like"))
    plan = Plan("ddl", [f"{head} {body}"], creates=relation, tag="CREATE TABLE")
    plan.data = {"attributes": table.attributes(), "temporary": temporary, "if_not_exists": exists}
    return plan


def _create_as(cursor, session, table, head, relation, temporary, body):
    """... AS query: the columns' byte limits are added after it ran."""
    if body is not None:
        raise strict("column names before AS are refused", "r_CREATE_TABLE_AS", "42601")
    wrapped = cursor.accept_op("(")
    if cursor.peek() is None or not cursor.peek().is_word("select", "with"):
        cursor.fail()
    if wrapped:
        if not cursor.tokens[-1].is_op(")"):
            cursor.fail()
        cursor.tokens = cursor.tokens[:-1]
    query = plan_query(cursor, session, cursor.peek().value)
    plan = Plan("ddl", [f"{head} as {query.sql[0]}"], reads=query.reads, creates=relation, tag="SELECT")
    plan.data = {"attributes": table.attributes(), "temporary": temporary, "if_not_exists": False}
    return plan


def _body(cursor, session, table):
    """Return the parenthesised part of CREATE TABLE for the backend, or None when there is none."""
    if cursor.peek() is None or not cursor.peek().is_op("("):
        return None
    cursor.expect_op("(")
    if cursor.accept("like"):
        parent = cursor.relation()
        session.check_relation(parent)
        defaults = cursor.accept("including", "defaults")
        if not defaults:
            cursor.accept("excluding", "defaults")
        cursor.expect_op(")")
        return f"(like {parent.sql(session.names)} including constraints" \
               f"{' including defaults' if defaults else ''})"
    while True:
        if cursor.peek() is not None and cursor.peek().is_word("primary", "unique", "foreign", "constraint",
                                                               "check", "like", "exclude"):
            _table_constraint(cursor, table)
        else:
            column(cursor, session, table)
        if cursor.accept_op(")"):
            break
        cursor.expect_op(",")
    texts = []
    for name, (_, text) in table.columns.items():
        forced = " not null" if name in table.primary and name not in table.not_null else ""
        texts.append(text + forced)
    return "(" + ", ".join(texts) + ")"


def column(cursor, session, table):
    """One column: name type attributes."""
    token = cursor.peek()
    name = cursor.name()
    check_column_name(session, token)
    if name in table.columns:
        raise RsError("42701", f'column "{name}" specified more than once')
    kind = parse_type(cursor, f"{table.shown}.{name}")
    table.columns[name] = (kind, "")
    if len(table.columns) > session.column_limit:
        raise RsError("54011", f"tables can have at most {session.column_limit} columns")
    text = f"{quote(session.names.short(name))} {kind.pg}" + _column_attributes(cursor, session, table, name, kind)
    table.columns[name] = (kind, text)


def check_column_name(session, token):
    """Refuse the names that no column can have, quoted or not (r_names)."""
    session.check_name(token)
    if token.value in SYSTEM_COLUMNS:
        raise RsError("42701", f'column name "{token.value}" conflicts with a system column name')


def _column_attributes(cursor, session, table, name, kind):
    """Step over a column's attributes; return those that PostgreSQL keeps."""
    text, seen = "", set()
    while cursor.peek() is not None and not cursor.peek().is_op(",", ")"):
        token = cursor.peek()
        word = cursor.word()
        if word in seen:
            raise syntax(token.text, token.start + 1)
        seen.add(word)
        if word == "not":
            cursor.expect("null")
            table.not_null.add(name)
            text += " not null"
        elif word == "default":
            text += " default " + expression(cursor, session, _COLUMN_STOPS)
            table.defaults.append(name)
        elif word == "encode":
            table.encodings[name] = _encoding(cursor, kind, name)
        elif word == "distkey":
            _set_distkey(table, name, token)
        elif word == "sortkey":
            table.sortkeys.append(name)
        elif word == "primary":
            cursor.expect("key")
            table.primary.append(name)
        elif word == "unique":
            table.unique.append(name)
        elif word == "references":
            cursor.relation()
            if cursor.peek() is not None and cursor.peek().is_op("("):
                cursor.name_list()
        elif word == "identity":
            text += _identity(cursor, kind)
        elif word != "null":
            raise syntax(token.text, token.start + 1)
    if "null" in seen and ("not" in seen or "primary" in seen):
        raise RsError("42601", f'conflicting NULL/NOT NULL declarations for column "{name}" of table "{table.shown}"')
    return text


def _encoding(cursor, kind, name):
    encoding = cursor.word()
    check_encoding(encoding, kind, name)
    return encoding


def _identity(cursor, kind):
    """IDENTITY(seed, step): values are unique, not dense; on the backend every other one is left out."""
    if kind.kind not in ("int4", "int8"):
        raise strict("IDENTITY needs INT or BIGINT", "r_CREATE_TABLE_NEW")
    cursor.expect_op("(")
    seed = cursor.integer()
    cursor.expect_op(",")
    step = cursor.integer()
    cursor.expect_op(")")
    return f" generated by default as identity (start {seed} increment {2 * step})"


def _set_distkey(table, name, token):
    if table.distkey is not None:
        raise strict("more than one DISTKEY", "r_CREATE_TABLE_NEW", "42601", token.start + 1)
    table.distkey = name


def _table_constraint(cursor, table):
    """PRIMARY KEY, UNIQUE, FOREIGN KEY: kept as information; the rest Redshift has not."""
    token = cursor.peek()
    word = cursor.word()
    if word == "primary":
        cursor.expect("key")
        if table.primary:
            raise RsError("42P16", f'multiple primary keys for table "{table.shown}" are not allowed')
        table.primary = cursor.name_list()
    elif word == "unique":
        table.unique += cursor.name_list()
    elif word == "foreign":
        cursor.expect("key")
        cursor.name_list()
        cursor.expect("references")
        cursor.relation()
        if cursor.peek() is not None and cursor.peek().is_op("("):
            cursor.name_list()
    else:
        raise syntax(token.text, token.start + 1)


def _table_attributes(cursor, table, before_as):
    """DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO, BACKUP behind the columns."""
    seen = set()
    while cursor.peek() is not None and not cursor.peek().is_word("as"):
        token = cursor.peek()
        word = cursor.word()
        if word in ("compound", "interleaved"):
            cursor.expect("sortkey")
            word = "sortkey"
        if word in seen:
            raise syntax(token.text, token.start + 1)
        seen.add(word)
        if word == "diststyle":
            table.diststyle = cursor.word()
            if table.diststyle not in ("auto", "even", "key", "all"):
                raise syntax(table.diststyle, token.start + 1)
        elif word == "distkey":
            cursor.expect_op("(")
            _set_distkey(table, cursor.name(), token)
            cursor.expect_op(")")
        elif word == "sortkey":
            table.sortkeys += [] if cursor.accept("auto") else cursor.name_list()
        elif word == "backup":
            if cursor.word() not in ("yes", "no"):
                raise syntax(token.text, token.start + 1)
        elif word == "encode" and not before_as:
            cursor.expect("auto")
        else:
            raise syntax(token.text, token.start + 1)


def _check_table(table, like):
    """Rules between the parts of a CREATE TABLE."""
    if like:
        if table.distkey or table.sortkeys or table.diststyle:
            raise strict("LIKE with distribution or sort keys is refused", "r_CREATE_TABLE_NEW", "42601")
        return
    if table.distkey and table.diststyle not in (None, "key", "auto"):
        raise strict("DISTKEY contradicts DISTSTYLE", "r_CREATE_TABLE_NEW", "42P16")
    if table.diststyle == "key" and not table.distkey:
        raise strict("DISTSTYLE KEY needs a DISTKEY", "r_CREATE_TABLE_NEW", "42P16")
    if len(table.sortkeys) > 400 or len(set(table.sortkeys)) != len(table.sortkeys):
        raise strict("sort key columns: at most 400, each once", "r_CREATE_TABLE_NEW", "42P16")
    for name in table.primary + table.sortkeys + table.unique + ([table.distkey] if table.distkey else []):
        if name not in table.columns:
            raise RsError("42703", f'column "{name}" named in key does not exist')
    for name in table.sortkeys + ([table.distkey] if table.distkey else []):
        if table.columns[name][0].kind == "super":
            raise strict("a SUPER column is no key", "r_CREATE_TABLE_NEW", "0A000")
