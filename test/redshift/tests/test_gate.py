"""What Redshift refuses is refused, what it takes is taken: two tables of statements."""

import pytest

from .pgclient import ServerError

STRICT = "standin: "

# (statement, SQLSTATE, the text's beginning)
REFUSED = [
    ("SAVEPOINT a", "0A000", 'SQL command "SAVEPOINT a" not supported.'),
    ("RELEASE a", "0A000", "SQL command"),
    ("ROLLBACK TO SAVEPOINT a", "0A000", 'SQL command "ROLLBACK TO SAVEPOINT a" not supported.'),
    ("CREATE INDEX i ON t (a)", "0A000", 'SQL command "CREATE INDEX i ON t (a)" not supported.'),
    ("CREATE UNIQUE INDEX i ON t (a)", "0A000", "SQL command"),
    ("CREATE SEQUENCE q", "0A000", "SQL command"),
    ("CREATE TRIGGER x BEFORE INSERT ON t EXECUTE PROCEDURE f()", "0A000", "SQL command"),
    ("CREATE EXTENSION hstore", "0A000", "SQL command"),
    ("CREATE TYPE e AS ENUM ('a')", "0A000", "SQL command"),
    ("CREATE DOMAIN d AS int", "0A000", "SQL command"),
    ("CREATE UNLOGGED TABLE u (a int)", "0A000", "SQL command"),
    ("CREATE FUNCTION f() RETURNS int AS 'select 1' LANGUAGE sql", "0A000", "SQL command"),
    ("DO 'begin end'", "0A000", "SQL command"),
    ("LISTEN x", "0A000", "SQL command"),
    ("NOTIFY x", "0A000", "SQL command"),
    ("REINDEX TABLE t", "0A000", "SQL command"),
    ("PREPARE TRANSACTION 'x'", "0A000", "SQL command"),
    ("UNLOAD ('select 1') TO 's3://x/y'", "0A000", STRICT),
    ("CALL p()", "0A000", STRICT), ("DECLARE c CURSOR FOR SELECT 1", "0A000", STRICT), ("FETCH 1 FROM c", "0A000", STRICT),
    ("VALUES (1)", "0A000", STRICT), ("TABLE t", "0A000", STRICT),
    ("MERGE INTO t USING o ON t.a = o.a WHEN MATCHED THEN DELETE", "0A000", STRICT),
    ("SELECT E'a\\\\b'", "42704", 'type "e" does not exist'),
    ("SELECT U&'a'", "42704", ""), ("SELECT B'1'", "42704", ""), ("SELECT $$a$$", "42601", STRICT),
    ("SELECT '\\x41'", "42601", STRICT), ("SELECT 1; SELECT 2", "42601", STRICT),
    ("CREATE TABLE n (id serial)", "0A000", 'Column "n.id" has unsupported type "serial".'),
    ("CREATE TABLE n (id jsonb)", "0A000", 'Column "n.id" has unsupported type "jsonb".'),
    ("CREATE TABLE n (id uuid)", "0A000", "Column"), ("CREATE TABLE n (id bytea)", "0A000", "Column"),
    ("CREATE TABLE n (id int[])", "42601", ""), ("CREATE TABLE n (id timestamp(3))", "42601", ""),
    ("CREATE TABLE n (id citext)", "42704", 'type "citext" does not exist'),
    ("CREATE TABLE n (a varchar(65536))", "22023", STRICT), ("CREATE TABLE n (a char(4097))", "22023", STRICT),
    ("CREATE TABLE n (a numeric(39,0))", "22023", STRICT), ("CREATE TABLE n (a varchar(0))", "22023", STRICT),
    ("CREATE TABLE n (xmin int)", "42701", 'column name "xmin" conflicts with a system column name'),
    ('CREATE TABLE n ("oid" int)', "42701", "column name"),
    ("CREATE TABLE n (tag int)", "42601", 'syntax error at or near "tag"'),
    ("CREATE TABLE n (open int)", "42601", 'syntax error at or near "open"'),
    ("CREATE TABLE n (a int CHECK (a > 0))", "42601", 'syntax error at or near "CHECK"'),
    ("CREATE TABLE n (a int, CHECK (a > 0))", "42601", ""), ("CREATE TABLE n (a int) INHERITS (t)", "42601", ""),
    ("CREATE TABLE n (a int) PARTITION BY RANGE (a)", "42601", ""), ("CREATE TABLE n (a int) TABLESPACE x", "42601", ""),
    ("CREATE TABLE n (a int GENERATED ALWAYS AS IDENTITY)", "42601", ""),
    ("CREATE TEMP TABLE n (a int) ON COMMIT DROP", "42601", ""), ("CREATE TABLE n (LIKE t INCLUDING ALL)", "42601", ""),
    ("CREATE TABLE n (a int DISTKEY, b int DISTKEY)", "42601", STRICT),
    ("CREATE TABLE n (a int) DISTSTYLE KEY", "42P16", STRICT),
    ("CREATE TABLE n (a int DISTKEY) DISTSTYLE EVEN", "42P16", STRICT),
    ("CREATE TABLE n (a int) DISTKEY(b)", "42703", ""), ("CREATE TABLE n (a super) SORTKEY(a)", "0A000", STRICT),
    ("CREATE TABLE n (a super ENCODE lzo)", "0A000", STRICT), ("CREATE TABLE n (a int, A int)", "42701", ""),
    ('CREATE TABLE n ("a" int, "A" int)', "42701", ""),
    ("CREATE TEMP TABLE s.n (a int)", "42P16", STRICT), ("CREATE TABLE t (a int)", "42P07", 'relation "t" already exists'),
    ('CREATE TABLE n ("' + "x" * 128 + '" int)', "42622", STRICT),
    ("ALTER TABLE t ADD COLUMN IF NOT EXISTS x int", "42601", 'syntax error at or near "NOT"'),
    ("ALTER TABLE t ADD COLUMN x int, ADD COLUMN y int", "42601", 'syntax error at or near ","'),
    ("ALTER TABLE t DROP COLUMN IF EXISTS x", "42601", 'syntax error at or near "IF"'),
    ("ALTER TABLE IF EXISTS t ADD COLUMN x int", "42601", ""),
    ("ALTER TABLE t ADD COLUMN a int", "42701", 'column "a" of relation "t" already exists'),
    ("ALTER TABLE t ADD COLUMN x int NOT NULL", "0A000", "ALTER TABLE ADD COLUMN defined as NOT NULL must have"),
    ("ALTER TABLE t ADD COLUMN x int PRIMARY KEY", "0A000", STRICT),
    ("ALTER TABLE t ADD COLUMN x int DISTKEY", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN v TYPE varchar(20) USING v", "0A000", "ALTER TABLE ALTER COLUMN does not support USING"),
    ("ALTER TABLE t ALTER COLUMN v TYPE varchar(10)", "0A000", ""), ("ALTER TABLE t ALTER COLUMN v TYPE int", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN a TYPE varchar(10)", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN v TYPE varchar(2)", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN d TYPE varchar(20)", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN e TYPE varchar(20)", "0A000", STRICT),
    ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "0A000", "ALTER COLUMN SET NOT NULL is not supported"),
    ("ALTER TABLE t ALTER COLUMN a DROP NOT NULL", "0A000", "ALTER COLUMN DROP NOT NULL is not supported"),
    ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1", "0A000", "ALTER COLUMN SET/DROP DEFAULT is not supported"),
    ("INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING", "42601", STRICT),
    ("INSERT INTO t (a) VALUES (1) RETURNING a", "42601", STRICT), ("DELETE FROM t RETURNING a", "42601", STRICT),
    ("SELECT * FROM t FOR UPDATE", "42601", STRICT), ("SELECT DISTINCT ON (a) a FROM t", "42601", STRICT),
    ("SELECT * FROM t, LATERAL (SELECT 1) x", "42601", STRICT),
    ("SELECT count(*) FILTER (WHERE a > 1) FROM t", "42601", STRICT), ("SELECT ARRAY[1]", "42601", STRICT),
    ("SELECT * FROM (VALUES (1)) v", "42601", ""), ("SELECT 1 WHERE 1 IS DISTINCT FROM 2", "42601", STRICT),
    ("WITH d AS (DELETE FROM t) SELECT 1", "42601", STRICT), ("WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "42601", STRICT),
    ("SELECT pg_advisory_lock(1)", "0A000", STRICT), ("SELECT string_agg(v, ',') FROM t", "0A000", STRICT),
    ("SELECT array_agg(a) FROM t", "0A000", STRICT), ("SELECT * FROM generate_series(1, 3)", "42601", STRICT),
    ("SELECT generate_series(1, 3)", "0A000", STRICT), ("SELECT gen_random_uuid()", "0A000", STRICT),
    ("SELECT a::text[] FROM t", "42601", ""), ("SELECT '1'::json", "0A000", ""), ("SELECT a::regclass FROM t", "0A000", ""),
    ("SELECT sum(a) OVER (ORDER BY a) FROM t", "42601", "Aggregate window functions with an ORDER BY"),
    ("SELECT first_value(a IGNORE NULLS) OVER (ORDER BY a) FROM t", "42601", "Aggregate window functions"),
    ("SELECT lag(a) IGNORE NULLS FROM t", "42809", ""), ("SELECT row_number() OVER w FROM t WINDOW w AS (ORDER BY a)", "42601", ""),
    ("SELECT sum(a) OVER (ORDER BY a RANGE UNBOUNDED PRECEDING) FROM t", "42601", STRICT),
    ("SELECT version(), a FROM t", "0A000", "Specified types or functions"),
    ("INSERT INTO t (ts) VALUES (now())", "0A000", "Specified types or functions"),
    ("SELECT * FROM t JOIN pg_class c ON c.relname = t.v", "0A000", "Specified types or functions"),
    ("SELECT * FROM stl_load_errors, information_schema.tables", "0A000", "Specified types or functions"),
    ("SELECT * FROM pg_stat_activity", "42P01", STRICT), ("SELECT * FROM pg_locks", "42P01", STRICT),
    ("SELECT * FROM information_schema.table_constraints", "42P01", STRICT),
    ("SELECT relispartition FROM pg_class", "42703", ""), ("SELECT * FROM standin.attrs", "3F000", ""),
    ("SELECT * FROM db.s.t", "0A000", STRICT), ("SELECT tag FROM t", "42601", 'syntax error at or near "tag"'),
    ("SELECT a FROM t FETCH FIRST 1 ROW ONLY", "42601", STRICT), ("SELECT v ~* 'a' FROM t", "42601", STRICT),
    ("SELECT v -> 'a' FROM t", "42601", STRICT), ("SELECT a FROM t GROUP BY ROLLUP (a)", "42601", STRICT),
    ("SELECT $1", "42P02", "there is no parameter $1"), ("SELECT nosuch FROM t", "42703", 'column "nosuch" does not exist'),
    ("SELECT * FROM nosuch", "42P01", 'relation "nosuch" does not exist'), ("SELECT * FROM no.such", "42P01", ""),
    ("CREATE TABLE no.n (a int)", "3F000", ""), ("SELEC 1", "0A000", STRICT), ("SELECT (1", "42601", "syntax error at end of input"),
    ("LOCK t", "25P01", STRICT), ("LOCK t IN SHARE MODE", "42601", STRICT), ("LOCK TABLE t NOWAIT", "42601", STRICT),
    ("TRUNCATE t, o", "42601", ""), ("TRUNCATE t CASCADE", "42601", ""), ("TRUNCATE t RESTART IDENTITY", "42601", ""),
    ("SHOW server_version_num", "42704", ""), ("SET work_mem TO 1", "42704", ""), ("SET role TO postgres", "42704", ""),
    ("SET SESSION AUTHORIZATION boss", "0A000", STRICT), ("SET client_encoding TO LATIN1", "22023", ""),
    ("SET statement_timeout TO '1min'", "22023", ""), ("DISCARD ALL", "0A000", ""), ("CREATE DATABASE x", "0A000", ""),
    ("COPY t FROM STDIN", "0A000", STRICT), ("COPY t TO STDOUT", "0A000", STRICT), ("COPY t FROM '/etc/passwd'", "0A000", STRICT),
    ("INSERT INTO t (v) VALUES ('ééééé1')", "22001", "value too long for type character varying(10)"),
    ("DROP SCHEMA s", "2BP01", ""), ("GRANT TRUNCATE ON t TO boss", "42601", STRICT),
    ("SELECT a INTO n FROM t", "42601", STRICT), ("SELECT max(a ORDER BY v) FROM t", "42601", STRICT),
    ("SELECT FROM t", "42601", 'syntax error at or near "FROM"'), ("DELETE FROM t AS x WHERE x.a = 1", "42601", STRICT),
    ("DELETE FROM t USING (SELECT 1 AS a) x WHERE t.a = x.a", "42601", STRICT),
    ("CREATE TABLE IF NOT EXISTS n AS SELECT 1", "42601", ""), ("SELECT * FROM t x (b, c)", "0A000", STRICT),
    ("UPDATE t SET a = 1 FROM ONLY o", "42601", "syntax"), ("SELECT a FROM t WHERE v SIMILAR TO 'a'", "42601", STRICT),
]

TAKEN = [
    "SELECT 1", "select getdate(), sysdate", "SELECT current_date", "SELECT 'a\\\\b', 'it''s', 'it\\'s'", "-- only\nSELECT 1 /* a /* b */ c */",
    'SELECT "t"."a" AS "Tag" FROM "s"."x" AS "t" WHERE "t"."a" IN (1, 2) AND NOT EXISTS (SELECT 1 FROM "o") ORDER BY 1 LIMIT 3 OFFSET 1',
    "SELECT a, count(*), max(v) FROM t GROUP BY a HAVING count(*) > 1 ORDER BY a DESC NULLS LAST",
    "WITH d AS (SELECT a FROM t), e AS (SELECT * FROM d) SELECT * FROM e UNION ALL SELECT a FROM t",
    "SELECT CASE WHEN a > 1 THEN 'x' ELSE NULL END, CAST(a AS VARCHAR(10)), a::bigint, nvl(v, 'x'), len(v) FROM t",
    "SELECT extract(year FROM ts), date_trunc('day', ts), dateadd(day, -30, ts), datediff(hour, ts, ts), trim(both ' ' from v) FROM t",
    "SELECT * FROM t WHERE ts > getdate() - interval '30 days' AND ts BETWEEN '2026-01-01' AND timestamp '2026-02-01 00:00:00'",
    "SELECT sum(a) OVER (PARTITION BY v ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
    "SELECT rank() OVER (ORDER BY a), lag(a, 1) OVER (ORDER BY a), row_number() OVER (PARTITION BY a ORDER BY v DESC) FROM t",
    "SELECT last_value(v) IGNORE NULLS OVER (PARTITION BY a ORDER BY ts ROWS UNBOUNDED PRECEDING) FROM t",
    "SELECT trim(file_name), line_number FROM sys_load_error_detail WHERE file_name LIKE 's3://b/%' ESCAPE '^'",
    "SELECT * FROM stl_load_errors WHERE query = pg_last_copy_id()", "SELECT * FROM svv_columns", "SELECT * FROM pg_table_def",
    "SELECT * FROM sys_load_history, sys_load_detail", "SELECT * FROM stv_db_isolation_level", "SELECT * FROM svv_table_info",
    "SELECT datname FROM pg_database", "SELECT usename FROM pg_user", "SELECT schema_name FROM information_schema.schemata",
    "INSERT INTO t (a, v) VALUES (1, 'x'), (2, DEFAULT)", "INSERT INTO t (a) SELECT a FROM o", "INSERT INTO t (a) (SELECT a FROM o)",
    "INSERT INTO t (v) VALUES ('x             ')",
    "UPDATE t SET a = o.a + 1, v = 'y' FROM o WHERE t.a = o.a", "DELETE FROM t USING o, s.x WHERE t.a = o.a AND o.a = x.a", "DELETE t WHERE a = 1",
    "CREATE TABLE n (a int NOT NULL ENCODE az64 PRIMARY KEY, b varchar(max) DEFAULT 'x' ENCODE zstd, c char(4), d decimal(10,2)) DISTSTYLE KEY DISTKEY(a) INTERLEAVED SORTKEY(a, b)",
    "CREATE TABLE n (a int, b int, PRIMARY KEY (a), UNIQUE (b), FOREIGN KEY (b) REFERENCES o (a)) DISTSTYLE ALL",
    "CREATE TABLE n (id bigint IDENTITY(1,1), a int) SORTKEY AUTO ENCODE AUTO", "CREATE TABLE n DISTKEY(a) AS SELECT a FROM t",
    "CREATE TEMP TABLE n (LIKE t INCLUDING DEFAULTS)", "CREATE TABLE #n (a int)", "CREATE TABLE IF NOT EXISTS t (a int)",
    "CREATE TABLE n (\"tag\" int, \"Open\" int, \"a b\" int, \"é\" int)", "CREATE VIEW w AS SELECT a FROM t",
    "ALTER TABLE t ADD x int", "ALTER TABLE t ADD COLUMN x varchar(20) ENCODE zstd DEFAULT 'a'", "ALTER TABLE t ADD COLUMN x int NULL",
    "ALTER TABLE t ALTER COLUMN v TYPE VARCHAR(65535)", "ALTER TABLE t ALTER v TYPE varchar(11)", "ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE t RENAME TO t2",
    "ALTER TABLE t DROP COLUMN a CASCADE", "ALTER TABLE o APPEND FROM s.x", "DROP TABLE IF EXISTS nosuch, t CASCADE", "TRUNCATE t",
    "COMMENT ON TABLE t IS 'it''s'", "COMMENT ON COLUMN t.a IS NULL", "GRANT SELECT, INSERT ON t TO PUBLIC", "GRANT USAGE ON SCHEMA s TO PUBLIC",
    "ANALYZE t", "VACUUM", "VACUUM DELETE ONLY t", "EXPLAIN SELECT * FROM t", "SET search_path TO s, public", "SET LOCAL statement_timeout TO 5",
    "RESET search_path", "SHOW statement_timeout", "SHOW search_path", "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE", "START TRANSACTION", "END", "ABORT", "",
    "SELECT decimal_column FROM (SELECT 1.5::decimal(5,2) AS decimal_column) x", "SELECT sha2('a', 256), md5('a'), strtol('ff', 16), json_parse('{\"a\":1}')",
]


@pytest.fixture
def tables(client):
    """A few tables to speak about."""
    for sql in ("create schema s", "create table o (a int)", "create table s.x (a int)",
                "create table t (a int, v varchar(10), d varchar(10) default 'x', e varchar(10) encode bytedict, "
                "ts timestamp)", "insert into t (a, v, ts) values (1, 'abc', '2026-11-21 14:00:00')"):
        client.run(sql)
    return client


def test_refused(tables):
    """Each statement of the table is refused with its code and text; the session lives on."""
    wrong = []
    for sql, code, text in REFUSED:
        try:
            tables.run(sql)
            wrong.append(f"taken: {sql}")
        except ServerError as error:
            if error.code != code or not error.message.startswith(text):
                wrong.append(f"{sql}: {error.code} {error.message}")
            if set(error.fields) - set("SCMDHPFLR"):
                wrong.append(f"{sql}: fields {error.fields}")
    assert not wrong, "\n".join(wrong)


def test_taken(tables):
    """Each statement of the table runs; DDL is undone by a ROLLBACK where it may stand in a block."""
    wrong = []
    for sql in TAKEN:
        alone = sql.startswith(("VACUUM", "TRUNCATE", "BEGIN", "START", "END", "ABORT")) or " APPEND " in sql or " TYPE " in sql
        try:
            if not alone:
                tables.run("begin")
            tables.run(sql)
        except ServerError as error:
            wrong.append(f"{sql}: {error.code} {error.message} {error.detail or ''}")
        if not alone or sql.startswith(("BEGIN", "START")):
            tables.run("rollback")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("sql,code", [
    ("ALTER TABLE t ALTER COLUMN v TYPE varchar(20)", "25001"), ("VACUUM", "25001"), ("TRUNCATE t", "25001"),
    ("ALTER TABLE o APPEND FROM s.x", "25001")])
def test_not_in_a_block(tables, sql, code):
    """What may not stand in a block fails there, and the block is aborted."""
    tables.run("begin")
    with pytest.raises(ServerError) as error:
        tables.run(sql)
    assert (error.value.code, error.value.status) == (code, "E")
    with pytest.raises(ServerError) as error:
        tables.run("select 1")
    assert error.value.code == "25P02"
    assert tables.run("commit").tag == "ROLLBACK"


def test_front_refusal_aborts_a_block(tables):
    """A refusal of the gate spoils the block as one of the server would."""
    tables.run("begin")
    tables.run("insert into o values (1)")
    with pytest.raises(ServerError) as error:
        tables.run("savepoint a")
    assert error.value.status == "E"
    tables.run("rollback")
    assert tables.rows("select count(*) from o") == [("0",)]


def test_names_fold_inside_quotes(tables):
    """A-Z fold even inside quotes unless enable_case_sensitive_identifier is on."""
    tables.run('create table "Mixed" ("Col" int)')
    assert tables.run("select * from mixed").names == ["col"]
    tables.run("set enable_case_sensitive_identifier to on")
    tables.run('create table "Kept" ("Col" int)')
    assert tables.run('select * from "Kept"').names == ["Col"]


def test_keys_are_not_enforced(tables):
    """PRIMARY KEY and UNIQUE are information only; PRIMARY KEY columns are NOT NULL."""
    tables.run("create table k (a int primary key, b int unique)")
    tables.run("insert into k values (1, 1)")
    tables.run("insert into k values (1, 1)")
    assert tables.rows("select count(*) from k") == [("2",)]
    with pytest.raises(ServerError) as error:
        tables.run("insert into k values (null, 1)")
    assert error.value.code == "23502"


def test_byte_length_survives(tables):
    """VARCHAR counts bytes in tables made by LIKE and AS, after ADD COLUMN and widening too."""
    tables.run("create temp table l (like t)")
    tables.run("create table c as select v from t")
    tables.run("alter table o add column w varchar(3)")
    for sql in ("insert into l (v) values ('éééééé')", "insert into c values ('éééééé')", "insert into o (w) values ('éé')"):
        with pytest.raises(ServerError) as error:
            tables.run(sql)
        assert error.value.code == "22001", sql
    tables.run("alter table o alter column w type varchar(4)")
    tables.run("insert into o (w) values ('éé')")
    with pytest.raises(ServerError):
        tables.run("insert into o (w) values ('ééé')")


def test_notice_and_tags(tables):
    """IF NOT EXISTS says INFO in Redshift's words; SELECT's tag has no count."""
    answer = tables.run("create table if not exists t (a int)")
    assert (answer.notices[0]["S"], answer.notices[0]["M"]) == ("INFO", 'Relation "t" already exists and will be skipped')
    assert tables.run("select 1").tag == "SELECT"
    assert tables.run("insert into o values (1)").tag == "INSERT 0 1"


def test_position_is_the_clients(tables):
    """P points into the client's own text."""
    with pytest.raises(ServerError) as error:
        tables.run('SELECT  getdate(),   "nosuch" FROM t')
    assert error.value.fields["P"] == "22"


def test_column_limit(tables):
    """1,600 columns and no more."""
    tables.run("create table w (" + ", ".join(f"c{i} smallint" for i in range(1600)) + ")")
    with pytest.raises(ServerError) as error:
        tables.run("alter table w add column more int")
    assert (error.value.code, error.value.message) == ("54011", "tables can have at most 1600 columns")


def test_super_keeps_its_text(tables):
    """SUPER is reported with its own type and keeps the order of names."""
    tables.run("create table j (a super)")
    tables.run("insert into j values (json_parse('{\"b\":1,\"a\":2}'))")
    answer = tables.run("select a, json_serialize(a) from j")
    assert (answer.rows, answer.oids[0]) == ([('{"b":1,"a":2}',) * 2], 4000)


def test_statement_size(tables):
    """16 MB and no more."""
    with pytest.raises(ServerError) as error:
        tables.run("select 1 --" + "x" * 16777216)
    assert error.value.message.startswith("Statement is too large. Statement Size: 16777227 bytes.")
