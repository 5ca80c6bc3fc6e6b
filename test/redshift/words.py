"""words -- Redshift's reserved words and the words that a query may hold as grammar.

Sources: Redshift Database Developer Guide, `r_pg_keywords`, `r_names`, `c_sql-functions-leader-node`.
"""

RESERVED = frozenset("""
aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between
binary blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross
current_date current_time current_timestamp current_user current_user_id default deferrable deflate defrag
delta delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit
false for foreign freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in
initially inner intersect interval into is isnull join leading left like limit localtime localtimestamp lun luns
lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only
open or order outer overlaps parallel partition percent permissions pivot placing primary raw readratio recover
references rejectlog resort respect restore right select session_user similar snapshot some sysdate system table
tag tdes text255 text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user
using verbose wallet when where with without
""".split())

# Reserved words that are grammar inside SELECT, INSERT, UPDATE and DELETE; any other reserved word that
# stands there without quotes can only be meant as a name.
QUERY_WORDS = frozenset("""
all and any as asc between both case cast cross current_date current_timestamp current_user default desc
distinct else end except false from full group having ilike in inner intersect interval into is isnull join
leading left like limit minus natural not notnull null nulls offset on or order outer partition right select
session_user similar some sysdate then timestamp to trailing true union user using when where with ignore respect
""".split())

# Words that PostgreSQL 15 would take in a query and Redshift would not (or nobody says that it does).
DENIED_WORDS = {
    "returning": "RETURNING", "lateral": "LATERAL", "filter": "FILTER", "array": "ARRAY constructors",
    "window": "the WINDOW clause", "tablesample": "TABLESAMPLE", "fetch": "FETCH", "grouping": "GROUPING",
    "rollup": "ROLLUP", "cube": "CUBE", "ordinality": "ORDINALITY", "within": "WITHIN GROUP",
    "conflict": "ON CONFLICT", "materialized": "MATERIALIZED", "recursive": "recursive WITH",
    "groups": "GROUPS frames", "exclude": "EXCLUDE", "range": "RANGE frames", "search": "SEARCH",
    "overriding": "OVERRIDING", "share": "FOR SHARE", "collate": "COLLATE", "only": "ONLY",
    "insert": "INSERT inside another statement", "delete": "DELETE inside another statement",
    "merge": "MERGE inside another statement", "truncate": "TRUNCATE inside another statement",
    "symmetric": "BETWEEN SYMMETRIC", "row": "ROW constructors", "qualify": "QUALIFY", "pivot": "PIVOT",
    "unpivot": "UNPIVOT", "top": "TOP", "connect": "CONNECT BY", "execute": "EXECUTE", "copy": "COPY inside",
    "ties": "WITH TIES", "normalized": "IS NORMALIZED", "document": "XML", "xmlparse": "XML",
    "operator": "OPERATOR()", "variadic": "VARIADIC", "current_catalog": "CURRENT_CATALOG",
    "current_role": "CURRENT_ROLE", "current_time": "CURRENT_TIME", "localtime": "LOCALTIME",
    "localtimestamp": "LOCALTIMESTAMP", "similar": "SIMILAR TO", "at": "AT TIME ZONE", "grouping_id": "GROUPING_ID",
}

SYSTEM_COLUMNS = frozenset("oid tableoid xmin cmin xmax cmax ctid".split())

# Words before "(" that are grammar, not function calls.
BEFORE_PAREN = frozenset("""
in exists over and or not case when then else any all some on using from join where select as by having union
except intersect minus values set between like ilike is distinct limit offset into end with
""".split())

# Functions of a query that are let through as they stand on PostgreSQL.
PLAIN_FUNCTIONS = frozenset("""
abs avg bool_and bool_or btrim ceil char_length coalesce count current_database current_schema date_part
date_trunc dense_rank extract first_value floor greatest has_database_privilege
has_schema_privilege has_table_privilege lag last_value lead least left length lower ltrim max md5 min mod now
nullif ntile octet_length position rank replace right round row_number rtrim split_part substring sum to_char
trim upper cast
""".split())

# Functions that exist on both sides with a difference: the schema standin has Redshift's.
OWN_FUNCTIONS = frozenset("""
concat convert_timezone dateadd datediff format_type getdate json_parse json_serialize len pg_backend_pid
pg_last_copy_count pg_last_copy_id pg_last_query_id sha2 strtol version
""".split())

# Functions that only the leader node runs: never together with a user or system-log table.
LEADER_FUNCTIONS = frozenset("""
current_schema format_type has_database_privilege has_schema_privilege has_table_privilege now version
pg_backend_pid
""".split())
LEADER_WORDS = frozenset(["current_timestamp"])

RANKING = frozenset("row_number rank dense_rank ntile lag lead".split())
FRAMED = frozenset("sum min max count avg first_value last_value bool_and bool_or".split())
