"""gate -- the allow-list: the first word of a statement chooses its grammar; anything else is refused."""

from . import copystmt, ddl, ddl_alter, ddl_small, query
from .errors import RsError, command_unsupported, strict, syntax
from .names import quote
from .plan import Cursor, Plan

# Settings that SET, RESET and SHOW know (r_SET, cm_chap_ConfigurationRef) with their default values.
SETTINGS = {
    "query_group": "unset", "statement_timeout": "0", "search_path": '"$user", public', "timezone": "UTC",
    "wlm_query_slot_count": "1", "json_parse_truncate_strings": "off",
    "enable_case_sensitive_identifier": "off", "extra_float_digits": "0", "datestyle": "ISO, MDY",
    "application_name": "", "client_encoding": "UTF8"}

_UNSUPPORTED = frozenset("""
savepoint release do listen notify unlisten reindex cluster checkpoint load create_index security reassign
import refresh discard
""".split())


def plan_statement(tokens, text, session):
    """Return the Plan of one statement. Errors: RsError when Redshift does not take it, or may not."""
    cursor = Cursor(tokens, text)
    head = tokens[0]
    if head.is_op("("):
        return query.plan_query(cursor, session, "select")
    if head.kind != "word":
        raise syntax(head.text, head.start + 1)
    grammar = _GRAMMARS.get(head.value)
    if grammar is None:
        if head.value in _UNSUPPORTED:
            raise command_unsupported(text)
        raise strict(f"command {head.value} is not on the list", "c_SQL_commands", "0A000", head.start + 1)
    return grammar(cursor, session)


def _select(cursor, session):
    return query.plan_query(cursor, session, cursor.peek().value)


def _begin(cursor, session):
    """BEGIN | START TRANSACTION with isolation level and access mode, all of which mean the same."""
    if cursor.word() == "start":
        cursor.expect("transaction")
    else:
        _ = cursor.accept("work") or cursor.accept("transaction")
    if cursor.accept("isolation", "level"):
        if not any(cursor.accept(*words) for words in (
                ("serializable",), ("read", "committed"), ("read", "uncommitted"), ("repeatable", "read"),
                ("snapshot",))):
            cursor.fail()
    cursor.accept_op(",")
    _ = cursor.accept("read", "only") or cursor.accept("read", "write")
    cursor.end()
    return Plan("begin", ["begin isolation level repeatable read"], tag="BEGIN")


def _commit(cursor, session):
    cursor.take()
    _ = cursor.accept("work") or cursor.accept("transaction")
    if cursor.peek() is not None and cursor.peek().is_word("prepared"):
        raise command_unsupported(cursor.text)
    cursor.end()
    return Plan("commit", ["commit"])


def _rollback(cursor, session):
    cursor.take()
    _ = cursor.accept("work") or cursor.accept("transaction")
    if cursor.peek() is not None and cursor.peek().is_word("to", "prepared"):
        raise command_unsupported(cursor.text)
    cursor.end()
    return Plan("rollback", ["rollback"])


def _prepare(cursor, session):
    raise command_unsupported(cursor.text)


def _lock(cursor, session):
    """LOCK [TABLE] t [, ...]: always exclusive, no mode, no NOWAIT (r_LOCK)."""
    cursor.expect("lock")
    cursor.accept("table")
    relations = [cursor.relation()]
    while cursor.accept_op(","):
        relations.append(cursor.relation())
    for relation in relations:
        session.check_relation(relation)
    if not cursor.done():
        raise strict("LOCK takes no mode", "r_LOCK", "42601", cursor.peek().start + 1)
    listed = ", ".join(relation.sql(session.names) for relation in relations)
    return Plan("lock", [f"lock table {listed} in access exclusive mode"], tag="LOCK TABLE",
                data={"locks": relations})


def _truncate(cursor, session):
    """TRUNCATE [TABLE] t: one table, outside a block only (inside it would commit)."""
    cursor.expect("truncate")
    cursor.accept("table")
    relation = cursor.relation()
    session.check_relation(relation)
    cursor.end()
    plan = Plan("write", [f"truncate {relation.sql(session.names)}"], writes=[relation], modifies=True)
    plan.data = {"no_block": "standin: TRUNCATE in a transaction block would commit it (see dg/r_TRUNCATE)"}
    return plan


def _vacuum(cursor, session):
    """VACUUM [FULL | SORT ONLY | DELETE ONLY | REINDEX] [t [TO n PERCENT]]: does nothing here."""
    cursor.expect("vacuum")
    _ = cursor.accept("full") or cursor.accept("sort", "only") or cursor.accept("delete", "only")
    if not cursor.done():
        session.check_relation(cursor.relation())
    cursor.end()
    return Plan("none", tag="VACUUM", data={"no_block": "VACUUM cannot run inside a transaction block"})


def _analyze(cursor, session):
    """ANALYZE [t [(columns)]]."""
    cursor.expect("analyze")
    text = "analyze"
    if not cursor.done():
        relation = cursor.relation()
        session.check_relation(relation)
        text += " " + relation.sql(session.names)
        if not cursor.done():
            text += " (" + ", ".join(quote(session.names.short(n)) for n in cursor.name_list()) + ")"
    cursor.end()
    return Plan("ddl", [text], tag="ANALYZE")


def _explain(cursor, session):
    """EXPLAIN [VERBOSE] query."""
    cursor.expect("explain")
    verbose = cursor.accept("verbose")
    if cursor.peek() is None or not cursor.peek().is_word("select", "with"):
        raise strict("EXPLAIN of this is refused", "r_EXPLAIN", "42601")
    plan = query.plan_query(Cursor(cursor.tokens[cursor.at:], cursor.text), session, cursor.peek().value)
    plan.sql = [f"explain {'verbose ' if verbose else ''}{plan.sql[0]}"]
    plan.tag = "EXPLAIN"
    return plan


def _setting(cursor):
    """Step over a setting's name. Errors: RsError when it is not on the list."""
    if cursor.accept("time", "zone"):
        return "timezone"
    token = cursor.peek()
    name = cursor.name()
    if name not in SETTINGS:
        raise RsError("42704", f'unrecognized configuration parameter "{name}"', position=token.start + 1)
    return name


def _set(cursor, session):
    """SET [SESSION | LOCAL] name { TO | = } value [, ...]."""
    cursor.expect("set")
    local = cursor.accept("local")
    if not local:
        if cursor.peek() is not None and cursor.peek().is_word("session") and (
                cursor.peek(1) is not None and cursor.peek(1).is_word("authorization", "characteristics")):
            raise strict("SET SESSION AUTHORIZATION is refused", "r_SET_SESSION_AUTHORIZATION")
        cursor.accept("session")
    name = _setting(cursor)
    if not (cursor.accept("to") or cursor.accept_op("=")):
        if not cursor.tokens[cursor.at - 1].is_word("zone"):
            cursor.fail()
    values = [cursor.take()]
    while cursor.accept_op(","):
        values.append(cursor.take())
    cursor.end()
    return Plan("set", tag="SET", data={"name": name, "local": local, "value": check_setting(name, values)})


def check_setting(name, tokens):
    """Return the value of `SET name TO tokens` as text; None for DEFAULT. Errors: RsError."""
    if any(token.kind not in ("word", "quoted", "string", "number") for token in tokens):
        raise syntax(tokens[0].text, tokens[0].start + 1)
    values = [token.value for token in tokens]
    if len(values) == 1 and tokens[0].is_word("default"):
        return None
    if name == "search_path":
        return ", ".join(quote(value) for value in values)
    value = ", ".join(values)
    switches = ("json_parse_truncate_strings", "enable_case_sensitive_identifier")
    if name in switches and value.lower() not in ("on", "off", "true", "false"):
        raise RsError("22023", f'parameter "{name}" requires a Boolean value')
    if name in ("statement_timeout", "wlm_query_slot_count", "extra_float_digits") and not value.isdigit():
        raise RsError("22023", f'invalid value for parameter "{name}": "{value}"')
    if name == "client_encoding" and value.upper() not in ("UTF8", "UTF-8", "UNICODE"):
        raise RsError("22023", f'invalid value for parameter "client_encoding": "{value}"')
    if name in switches:
        return "on" if value.lower() in ("on", "true") else "off"
    return value


def _reset(cursor, session):
    cursor.expect("reset")
    name = "all" if cursor.accept("all") else _setting(cursor)
    cursor.end()
    return Plan("set", tag="RESET", data={"name": name, "local": False, "value": None})


def _show(cursor, session):
    cursor.expect("show")
    name = _setting(cursor)
    cursor.end()
    return Plan("show", tag="SHOW", data={"name": name})


def _merge(cursor, session):
    """MERGE is refused: rsload deletes and inserts, and MERGE's rules on double matches are its own."""
    raise strict("MERGE is refused", "r_MERGE", "0A000")


_GRAMMARS = {
    "select": _select, "with": _select, "insert": query.plan_insert, "delete": query.plan_delete,
    "update": query.plan_update, "begin": _begin, "start": _begin, "commit": _commit, "end": _commit,
    "rollback": _rollback, "abort": _rollback, "prepare": _prepare, "lock": _lock, "truncate": _truncate,
    "vacuum": _vacuum, "analyze": _analyze, "explain": _explain, "set": _set, "reset": _reset, "show": _show,
    "create": ddl.plan_create, "alter": ddl_alter.plan_alter, "drop": ddl_small.plan_drop,
    "comment": ddl_small.plan_comment, "grant": ddl_small.plan_grant, "revoke": ddl_small.plan_grant,
    "copy": copystmt.plan_copy, "merge": _merge,
}

