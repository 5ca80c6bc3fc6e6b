"""execute -- runs plans: transactions, locks, snapshots, DDL with its after-work, settings."""

from . import alter, answer, copyrun, wire
from .errors import ABORTED, RsError, strict
from .names import literal


def run(session, plan, out, text):
    """Run one plan and write its answer to `out`. Errors: RsError (a BackendError unmapped), Gone."""
    if session.main.status == "E" and plan.kind not in ("commit", "rollback"):
        raise RsError(*ABORTED)
    if session.in_block and plan.data.get("no_block"):
        raise RsError("25001", plan.data["no_block"])
    _KINDS[plan.kind](session, plan, out, text)


def _query(session, plan, out, text):
    """A SELECT. What only reads the catalog sees all commits and fixes no snapshot."""
    if (plan.leader and session.main.status == "T" and not session.block_has_ddl and session.bound is None):
        result = session.aux().execute(plan.sql[0])
    else:
        if session.txn is not None:
            keys = _keys(session, plan.reads)
            session.take_snapshot()
            session.server.conflicts.read(session.txn, keys)
        result = session.run_client(plan)
    answer.put_result(out, result, session, plan.tag)


def _keys(session, relations):
    """Return the keys of the tables that exist; 1018 for one that is too new."""
    keys = [key for key in (session.table_key(relation) for relation in relations) if key is not None]
    if session.txn is not None:
        for key in keys:
            session.server.conflicts.visible(session.txn, key)
    return keys


def in_transaction(session, work):
    """Call work() inside the open block, or inside one of its own; return its value."""
    if session.in_block:
        return work()
    session.begin()
    try:
        value = work()
        session.commit()
        return value
    except BaseException:
        if session.in_block:
            session.rollback()
        raise


def claim(session, plan):
    """Snapshot, the tables' write locks and the test for 1023, in Redshift's order."""
    session.take_snapshot()
    reads = _keys(session, plan.reads)
    writes = _keys(session, plan.writes)
    session.server.conflicts.read(session.txn, reads)
    for key in sorted(writes):
        session.main.execute(f"select pg_advisory_xact_lock({key[1]}::bigint)")
        session.server.conflicts.write(session.txn, key, plan.modifies)


def _write(session, plan, out, text):
    """INSERT, DELETE, UPDATE, TRUNCATE: one writer a table at a time, readers pass."""
    def work():
        claim(session, plan)
        return session.run_client(plan)
    answer.put_result(out, in_transaction(session, work), session, plan.tag)


def _begin(session, plan, out, text):
    answer.put_result(out, session.begin(), session)


def _commit(session, plan, out, text):
    answer.put_result(out, session.commit(), session)


def _rollback(session, plan, out, text):
    answer.put_result(out, session.rollback(), session)


def _lock(session, plan, out, text):
    """LOCK: no snapshot is taken, so that the first read after it sees what it waited for."""
    if not session.in_block:
        raise strict("LOCK outside a transaction block holds nothing", "r_LOCK", "25P01")
    answer.put_result(out, session.main.execute(plan.sql[0]), session, plan.tag)


def _ddl(session, plan, out, text):
    """DDL with its after-work, in one transaction."""
    if plan.data.get("widens") and session.in_block:
        raise RsError("25001", "ALTER TABLE ALTER COLUMN cannot run inside a transaction block")
    _table_limit(session, plan)
    session.save_names()
    if plan.tag == "ANALYZE":
        answer.put_result(out, session.main.execute(plan.sql[0]), session, plan.tag)
        return

    def work():
        session.take_snapshot()
        session.block_has_ddl = True
        _keys(session, plan.reads)
        before = session.oid(plan.creates) if plan.creates else None
        alter.before(session, plan)
        result = session.main.execute(plan.sql[0])
        if plan.creates and before is None:
            _created(session, plan)
        alter.after(session, plan)
        return result
    answer.put_result(out, in_transaction(session, work), session, plan.tag)


def _table_limit(session, plan):
    """Refuse a CREATE TABLE over the cluster's quota; temporary tables count."""
    if plan.creates is None:
        return
    limit = session.config.table_limit
    if session.server.faults.take("limit", f"tables {session.user}"):
        limit = 0
    if limit >= 9900:
        return
    count = session.lookup().execute(
        "select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'standin')").values()
    if int(count[0][0]) >= limit:
        raise strict(f"table quota of {limit} is used up", "r_CREATE_TABLE_usage", "53400")


def _created(session, plan):
    """A table was made: its attributes, byte limits, and its place in the transaction."""
    name = literal(plan.creates.sql(session.names))
    session.main.execute(f"select standin.keep_attrs({name}::regclass, {literal(plan.data['attributes'])}), "
                         f"standin.add_checks({name}::regclass)")
    if plan.data["temporary"]:
        session.temp_tables.add(plan.creates.name)
    else:
        session.txn.created.add(session.table_key(plan.creates))


def _none(session, plan, out, text):
    answer.put_tag(out, plan.tag)


def _set(session, plan, out, text):
    name, value = plan.data["name"], plan.data["value"]
    if plan.data["local"] and session.in_block and name not in session.local_settings:
        session.local_settings[name] = session.settings[name]
    if not plan.data["local"] or session.in_block:
        session.set(name, value)
    answer.put_tag(out, plan.tag)


def _show(session, plan, out, text):
    name = plan.data["name"]
    out.put(wire.row_description([(name, 25)]))
    out.put(wire.data_row([session.settings[name]]))
    answer.put_tag(out, "SHOW")


def _copy(session, plan, out, text):
    copyrun.run(session, plan, out, text, in_transaction, claim)


def _append(session, plan, out, text):
    """ALTER TABLE APPEND: moves the rows of one table into another, outside a block."""
    if session.in_block:
        raise RsError("25001", "ALTER TABLE APPEND cannot run inside a transaction block")

    def work():
        claim(session, plan)
        columns = alter.append_columns(session, plan)
        target, source = plan.data["target"].sql(session.names), plan.data["source"].sql(session.names)
        session.main.execute(f"insert into {target} ({columns}) select {columns} from {source}")
        session.main.execute(f"truncate {source}")
    in_transaction(session, work)
    answer.put_tag(out, plan.tag)


_KINDS = {"query": _query, "write": _write, "begin": _begin, "commit": _commit, "rollback": _rollback,
          "lock": _lock, "ddl": _ddl, "none": _none, "set": _set, "show": _show, "copy": _copy,
          "append": _append}

