"""ddl_small -- the gate for DROP, COMMENT, GRANT and REVOKE.

Sources: Redshift Database Developer Guide, `r_DROP_TABLE`, `r_COMMENT`, `r_GRANT`, `r_REVOKE`.
"""

from .errors import command_unsupported, strict
from .names import literal, quote
from .plan import Plan, Relation


def plan_drop(cursor, session):
    """DROP TABLE | VIEW [IF EXISTS] names [CASCADE | RESTRICT]; DROP SCHEMA likewise."""
    cursor.expect("drop")
    kind = cursor.peek().value if cursor.peek() is not None else ""
    if kind not in ("table", "view", "schema"):
        raise command_unsupported(cursor.text)
    cursor.take()
    exists = "if exists " if cursor.accept("if", "exists") else ""
    targets, relations = [], []
    while True:
        relation = Relation(None, cursor.name()) if kind == "schema" else cursor.relation()
        if kind != "schema":
            session.check_relation(relation)
        relations.append(relation)
        targets.append(relation.sql(session.names))
        if not cursor.accept_op(","):
            break
    tail = " cascade" if cursor.accept("cascade") else " restrict" if cursor.accept("restrict") else ""
    cursor.end()
    plan = Plan("ddl", [f"drop {kind} {exists}{', '.join(targets)}{tail}"])
    plan.data = {"drops": relations if kind == "table" else []}
    return plan


def plan_comment(cursor, session):
    """COMMENT ON TABLE | COLUMN | SCHEMA name IS 'text' | NULL."""
    cursor.expect("comment", "on")
    kind = cursor.word()
    if kind not in ("table", "column", "schema", "view"):
        raise strict("COMMENT on this is refused", "r_COMMENT", "42601")
    parts = [cursor.name()]
    while cursor.accept_op("."):
        parts.append(cursor.name())
    cursor.expect("is")
    text = "null" if cursor.accept("null") else literal(cursor.string())
    cursor.end()
    name = ".".join(quote(session.names.short(part)) for part in parts)
    return Plan("ddl", [f"comment on {kind} {name} is {text}"])


_RIGHTS = frozenset("select insert update delete references usage create all temp temporary drop".split())


def plan_grant(cursor, session):
    """GRANT/REVOKE rights ON [TABLE | SCHEMA | DATABASE] names TO/FROM user | GROUP g | PUBLIC."""
    verb = cursor.word()
    rights = []
    while True:
        right = cursor.word()
        if right not in _RIGHTS or right == "drop":
            raise strict(f"right {right} is refused", "r_GRANT", "42601")
        rights.append("all" if right == "all" and (cursor.accept("privileges") or True) else right)
        if not cursor.accept_op(","):
            break
    cursor.expect("on")
    kind = cursor.word() if cursor.peek() is not None and cursor.peek().is_word(
        "table", "schema", "database") else "table"
    everything = ""
    if cursor.accept("all", "tables", "in", "schema"):
        kind, everything = "", "all tables in schema "
    target = cursor.relation().sql(session.names)
    cursor.expect("to" if verb == "grant" else "from")
    who = "public" if cursor.accept("public") else ("group " if cursor.accept("group") else "") + quote(cursor.name())
    cursor.end()
    word = "to" if verb == "grant" else "from"
    return Plan("ddl", [f"{verb} {', '.join(rights)} on {kind} {everything}{target} {word} {who}"])
