"""system -- which system tables a statement may name, and where the backend keeps them.

catalog: leader-node tables; logs: what COPY writes. Everything else of that kind is refused.
Sources: Redshift Database Developer Guide, `c_join_PG`, `cm_chap_system-tables`, `serverless-monitoring`.
"""

from typing import NamedTuple

from .errors import RsError, strict

CATALOG = frozenset("""
pg_attribute pg_class pg_database pg_namespace pg_table_def pg_tables pg_type pg_user svv_columns svv_tables
svv_table_info
""".split())
LOGS = frozenset("""
stl_load_errors stl_loaderror_detail stl_load_commits stl_query stv_recents stv_db_isolation_level
sys_load_history sys_load_detail sys_load_error_detail sys_query_history
""".split())
INFORMATION = frozenset(["columns", "tables", "schemata"])
_PREFIXES = ("pg_", "stl_", "stv_", "svv_", "svl_", "svcs_", "sys_", "stcs_", "stll_", "padb_", "systable_")
_HIDDEN_SCHEMAS = frozenset(["standin", "standin_is", "pg_toast", "pg_internal", "pg_catalog", "pg_temp"])


class View(NamedTuple):
    """sql: the backend's name; leader: it lives on the leader node."""

    sql: str
    leader: bool


def place(relation, serverless, token):
    """Return the View behind a system table's name, or None for a user's table.

    Errors: RsError for a system table that the stand-in does not know, or that Serverless has not.
    """
    schema, name = relation.schema, relation.name
    if schema == "information_schema":
        if name not in INFORMATION:
            raise strict(f"information_schema.{name} is refused", "c_join_PG", "42P01", token.start + 1)
        return View(f'"standin_is"."{name}"', True)
    if schema is not None and schema != "pg_catalog":
        if schema in _HIDDEN_SCHEMAS or schema.startswith("pg_"):
            raise RsError("3F000", f'schema "{schema}" does not exist')
        return None
    if serverless and name.startswith(("stl_", "stv_", "stll_", "stcs_")):
        raise RsError("42P01", f'relation "{name}" does not exist')
    if name in CATALOG or name in LOGS:
        return View(f'"standin"."{name}"', name in CATALOG)
    if schema == "pg_catalog" or (name.startswith(_PREFIXES) and name != "pg_"):
        raise strict(f"system table {name} is refused", "cm_chap_system-tables", "42P01", token.start + 1)
    return None
