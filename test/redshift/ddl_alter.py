"""ddl_alter -- the gate for ALTER TABLE: one action, of a short list.

Sources: Redshift Database Developer Guide, `r_ALTER_TABLE`, `r_ALTER_TABLE_APPEND`.
"""

from .coltypes import parse_type
from .ddl import Table, check_column_name, column
from .errors import RsError, command_unsupported, strict, syntax
from .names import quote
from .plan import Plan


def plan_alter(cursor, session):
    """Return the Plan of ALTER TABLE: one action, of a short list."""
    cursor.expect("alter")
    if not cursor.accept("table"):
        raise command_unsupported(cursor.text)
    if cursor.peek() is not None and cursor.peek().is_word("only"):
        cursor.fail()
    relation = cursor.relation()
    session.check_relation(relation)
    if cursor.accept("add"):
        plan = _add_column(cursor, session, relation)
    elif cursor.accept("alter"):
        plan = _alter_column(cursor, session, relation)
    elif cursor.accept("append"):
        plan = _append(cursor, session, relation)
    else:
        plan = _simple_alter(cursor, session, relation)
    cursor.end()
    return plan


def _add_column(cursor, session, relation):
    """ADD [COLUMN] name type [DEFAULT x] [ENCODE e] [NOT NULL | NULL]: one column, no IF NOT EXISTS."""
    if cursor.peek() is not None and cursor.peek().is_word("primary", "unique", "foreign", "constraint", "check"):
        raise strict("ADD of a constraint is refused", "r_ALTER_TABLE")
    cursor.accept("column")
    if cursor.peek() is not None and cursor.peek().is_word("if"):
        cursor.take()
        cursor.fail()
    table = Table(relation.name)
    column(cursor, session, table)
    name, (kind, text) = next(iter(table.columns.items()))
    if table.distkey or table.sortkeys or table.primary or table.unique or " identity " in text:
        raise strict("ADD COLUMN takes no key and no IDENTITY", "r_ALTER_TABLE")
    if name in table.not_null and not table.defaults:
        raise RsError("0A000", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    plan = Plan("ddl", [f"alter table {relation.sql(session.names)} add column {text}"], tag="ALTER TABLE")
    plan.data = {"alters": relation, "checks": True, "column": name, "kind": kind, "adds": True,
                 "encoding": table.encodings.get(name), "has_default": bool(table.defaults)}
    return plan


def _alter_column(cursor, session, relation):
    """ALTER COLUMN c TYPE VARCHAR(n), outside a block; every other form is refused."""
    cursor.accept("column")
    name = cursor.name()
    if cursor.accept("type"):
        kind = parse_type(cursor, f"{relation.name}.{name}")
        if cursor.peek() is not None and cursor.peek().is_word("using"):
            raise RsError("0A000", "ALTER TABLE ALTER COLUMN does not support USING expression")
        if kind.kind != "varchar":
            raise strict("ALTER COLUMN TYPE knows VARCHAR only", "r_ALTER_TABLE")
        column = quote(session.names.short(name))
        plan = Plan("ddl", [f"alter table {relation.sql(session.names)} alter column {column} type {kind.pg}"],
                    tag="ALTER TABLE")
        plan.data = {"alters": relation, "checks": True, "widens": name, "kind": kind}
        return plan
    rest = " ".join(token.text.lower() for token in cursor.tokens[cursor.at:])
    if rest in ("set not null", "drop not null"):
        raise RsError("0A000", f"ALTER COLUMN {rest.upper()} is not supported")
    if rest.startswith(("set default", "drop default")):
        raise RsError("0A000", "ALTER COLUMN SET/DROP DEFAULT is not supported")
    raise strict("this ALTER COLUMN is refused", "r_ALTER_TABLE")


def _append(cursor, session, relation):
    """APPEND FROM source [FILLTARGET | IGNOREEXTRA]: outside a block; moves all rows."""
    cursor.expect("from")
    source = cursor.relation()
    session.check_relation(source)
    option = cursor.word() if not cursor.done() else None
    if option not in (None, "filltarget", "ignoreextra"):
        raise syntax(option, 1)
    plan = Plan("append", tag="ALTER TABLE APPEND", writes=[relation, source], modifies=True)
    plan.data = {"target": relation, "source": source, "option": option}
    return plan


def _simple_alter(cursor, session, relation):
    """DROP COLUMN, RENAME, OWNER TO: as PostgreSQL has them."""
    text = f"alter table {relation.sql(session.names)}"
    if cursor.accept("drop"):
        if not cursor.accept("column") or cursor.peek().is_word("if"):
            cursor.fail()
        text += f" drop column {quote(session.names.short(cursor.name()))}"
        text += " cascade" if cursor.accept("cascade") else " restrict" if cursor.accept("restrict") else ""
    elif cursor.accept("rename", "to"):
        token = cursor.peek()
        text += f" rename to {quote(session.names.short(cursor.name()))}"
        session.check_name(token)
    elif cursor.accept("rename"):
        cursor.expect("column")
        text += f" rename column {quote(session.names.short(cursor.name()))}"
        cursor.expect("to")
        token = cursor.peek()
        text += f" to {quote(session.names.short(cursor.name()))}"
        check_column_name(session, token)
    elif cursor.accept("owner", "to"):
        text += f" owner to {quote(cursor.name())}"
    else:
        cursor.fail()
    plan = Plan("ddl", [text], tag="ALTER TABLE")
    plan.data = {"alters": relation}
    return plan
