"""loadlog -- rows for the load-error and load-history tables, written on a connection of their own so
that they outlive a ROLLBACK (as on Redshift)."""

from .names import literal

_CUT = 1024


def _who(session):
    return f"(select oid::int from pg_catalog.pg_roles where rolname = {literal(session.user)}), " \
           f"{literal(session.user)}"


def _number(session):
    return session.txn.number if session.txn is not None else session.query_id


def clean(raw):
    """Return bytes as text that a log column can hold: at most 1,024 characters, no NUL."""
    return raw[:4 * _CUT].decode("utf-8", "replace").replace("\0", "?")[:_CUT]


def error(session, oid, row):
    """Write a load error. row: url, line, column, type, length, position, raw_line, value, code, reason."""
    admin = session.admin()
    admin.execute(
        f"insert into standin.load_error select {_who(session)}, {session.query_id}, {_number(session)}, "
        f"{session.pid}, {oid}, (now() at time zone 'UTC'), {literal(row['url'][:256])}, {row['line']}, "
        f"{literal(row['column'][:127])}, {literal(row['type'][:10])}, {literal(str(row['length'])[:10])}, "
        f"{row['position']}, {literal(row['raw_line'])}, {literal(row['value'])}, {row['code']}, "
        f"{literal(row['reason'][:100])}")


def history(session, status, table, source, load):
    """Write what one COPY did: status completed or aborted, the counts of its Load."""
    session.admin().execute(
        f"insert into standin.load_history select {_who(session)}, {session.query_id}, {_number(session)}, "
        f"{session.pid}, {literal(status)}, {literal(table)}, (now() at time zone 'UTC'), "
        f"(clock_timestamp() at time zone 'UTC'), {literal(source)}, {load.rows}, {load.bytes_plain}, "
        f"{load.parts_read}, {load.bytes_read}, {load.errors}")


def detail(session, url, size, lines, etag):
    """Write that a part was read."""
    session.admin().execute(
        f"insert into standin.load_detail select {_who(session)}, {session.query_id}, {literal(url[:256])}, {size}, "
        f"{lines}, (clock_timestamp() at time zone 'UTC'), {literal(etag)}")
