"""alter -- the rules of ALTER TABLE that need the catalog, and what follows a change of a table."""

import json

from .errors import RsError, strict
from .names import literal, quote
from .coltypes import from_backend


def columns(session, oid):
    """Return a table's columns in order: dicts of name (long), short, type (ColumnType), not_null, default."""
    rows = session.lookup().execute(
        "select standin.long(a.attname), a.attname, case when a.atttypid = 'standin.super'::regtype then 'super' "
        "else t.typname end, a.atttypmod, a.attnotnull, a.atthasdef, a.attidentity from pg_catalog.pg_attribute a "
        f"join pg_catalog.pg_type t on t.oid = a.atttypid where a.attrelid = {oid} and a.attnum > 0 "
        "and not a.attisdropped order by a.attnum").values()
    return [{"name": name, "short": short, "type": from_backend(kind, int(modifier)), "not_null": null == "t",
             "default": default == "t", "identity": identity != ""}
            for name, short, kind, modifier, null, default, identity in rows]


def attributes(session, oid):
    """Return what CREATE TABLE said beyond columns, as a dict (empty for unknown)."""
    rows = session.main.execute(f"select attributes from standin.attrs where relid = {oid}").values()
    return json.loads(rows[0][0]) if rows else {}


def before(session, plan):
    """Check an ALTER TABLE against the table before it runs."""
    relation = plan.data.get("alters")
    if relation is None or not (plan.data.get("widens") or plan.data.get("adds")):
        return
    oid = session.oid(relation)
    if oid is None:
        return
    if plan.data.get("widens"):
        _check_widening(session, plan, relation, oid)
    elif len(columns(session, oid)) >= session.column_limit:
        raise RsError("54011", f"tables can have at most {session.column_limit} columns")


def _check_widening(session, plan, relation, oid):
    """ALTER COLUMN TYPE: VARCHAR only, no default, no key, no small-dictionary encoding, no cut data."""
    name, wanted = plan.data["widens"], plan.data["kind"].length
    column = next((c for c in columns(session, oid) if c["name"] == name), None)
    if column is None:
        return
    known = attributes(session, oid)
    if column["type"].kind != "varchar":
        raise strict("ALTER COLUMN TYPE of a column that is no VARCHAR", "r_ALTER_TABLE")
    if column["type"].length == wanted:
        raise RsError("0A000", f'cannot alter column "{name}" of relation "{relation.name}", target column size '
                               "should be different")
    if column["default"] or name in known.get("primary", []) + known.get("unique", []):
        raise strict("ALTER COLUMN TYPE of a column with a default or a key", "r_ALTER_TABLE")
    if known.get("encodings", {}).get(name) in ("bytedict", "runlength", "text255", "text32k"):
        raise strict("ALTER COLUMN TYPE of a column with this encoding", "r_ALTER_TABLE")
    longest = session.main.execute(f"select coalesce(max(octet_length({quote(column['short'])})), 0) from "
                                   f"{relation.sql(session.names)}").values()[0][0]
    if int(longest) > wanted:
        raise strict(f"stored values of {longest} bytes are longer than {wanted}", "r_ALTER_TABLE")


def after(session, plan):
    """Renew byte limits and attributes after an ALTER TABLE; forget dropped temporary tables."""
    for relation in plan.data.get("drops", []):
        if relation.schema is None:
            session.temp_tables.discard(relation.name)
    relation = plan.data.get("alters")
    if relation is None or not plan.data.get("checks"):
        return
    name = literal(relation.sql(session.names))
    session.main.execute(f"select standin.add_checks({name}::regclass)")
    if plan.data.get("encoding"):
        oid = session.oid(relation)
        known = attributes(session, oid)
        known.setdefault("encodings", {})[plan.data["column"]] = plan.data["encoding"]
        session.main.execute(f"select standin.keep_attrs({oid}::regclass, {literal(json.dumps(known))})")


def append_columns(session, plan):
    """Return the column list of ALTER TABLE APPEND, by its rules on extra columns."""
    target, source = (columns(session, session.oid(plan.data[side])) for side in ("target", "source"))
    there, here = [c["name"] for c in target], [c["name"] for c in source]
    missing = [name for name in there if name not in here]
    extra = [name for name in here if name not in there]
    if (missing and plan.data["option"] != "filltarget") or (extra and plan.data["option"] != "ignoreextra"):
        raise strict("ALTER TABLE APPEND: the columns differ", "r_ALTER_TABLE_APPEND")
    return ", ".join(quote(session.names.short(name)) for name in there if name in here)
