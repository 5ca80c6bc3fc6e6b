"""The statements that rsload sends work, and bring what Redshift brings."""

from .conftest import copy


def test_login_looks_like_redshift(client):
    """Version strings, parameters and the absence of those that an 8.0 server has not."""
    assert client.parameters["server_version"] == "8.0.2"
    assert client.parameters["client_encoding"] == "UNICODE"
    assert "standard_conforming_strings" not in client.parameters
    assert "Redshift 1.0" in client.rows("select version()")[0][0]


def test_whole_load(client, stage):
    """Schema, ledger, lock, temporary stage, COPY, dedupe with IGNORE NULLS, ledger row, commit."""
    for sql in ('CREATE SCHEMA IF NOT EXISTS "s"', 'CREATE SCHEMA IF NOT EXISTS "s"',
                'CREATE TABLE IF NOT EXISTS "s"."t" ("id" VARCHAR(64), "received_at" TIMESTAMP, "n" BIGINT, '
                '"x" DOUBLE PRECISION, "b" BOOLEAN, "v" VARCHAR(5)) DISTKEY("id") COMPOUND SORTKEY("received_at")',
                'CREATE TABLE IF NOT EXISTS "s"."ledger" ("load_id" VARCHAR(64), "rows" BIGINT)',
                'CREATE TABLE IF NOT EXISTS "s"."lock" ("x" INTEGER)',
                'ALTER TABLE "s"."t" ADD COLUMN "late" VARCHAR(10)',
                'ALTER TABLE "s"."t" ALTER COLUMN "late" TYPE VARCHAR(20)',
                "SET statement_timeout TO 60000", "SET query_group TO 'rsload'",
                "SET enable_case_sensitive_identifier TO off"):
        client.run(sql)
    url = stage.put('"a","2026-11-21 14:00:00.5",1,1.5,true,"é","x"\r\n"b",2026-11-21T14:00:01Z,,,,,\r\n',
                    '"a","2026-11-21 14:00:02",3,-2e10,f,"l1\nl2",\r\n')
    client.run("BEGIN")
    client.run('LOCK "s"."lock"')
    assert client.rows('SELECT count(*) FROM "s"."ledger" WHERE "load_id" = \'L\'') == [("0",)]
    client.run('CREATE TEMP TABLE "stage" (LIKE "s"."t")')
    answer = client.run(copy('"stage"', url, columns='("id","received_at","n","x","b","v","late")'))
    assert answer.tag == "COPY"
    assert answer.notices[0]["S"] == "INFO"
    assert answer.notices[0]["M"] == "Load into table 'stage' completed, 3 record(s) loaded successfully."
    assert client.rows("select pg_last_copy_count(), pg_last_copy_id()")[0][0] == "3"
    client.run('DELETE FROM "s"."t" USING "stage" WHERE "s"."t"."id" = "stage"."id"')
    inserted = client.run(
        'INSERT INTO "s"."t" ("id","received_at","n","x","b","v","late") SELECT "id","received_at","n","x","b","v",'
        '"late" FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "received_at" DESC) AS "rn" '
        'FROM "stage") AS "d" WHERE "rn" = 1')
    assert inserted.tag == "INSERT 0 2"
    newest = client.rows('SELECT DISTINCT FIRST_VALUE("late" IGNORE NULLS) OVER (PARTITION BY "id" ORDER BY '
                         '"received_at" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) '
                         'FROM "stage" WHERE "id" = \'a\'')
    assert newest == [("x",)]
    client.run('INSERT INTO "s"."ledger" ("load_id", "rows") VALUES (\'L\', 2)')
    client.run('DROP TABLE "stage"')
    assert client.run("COMMIT").status == "I"
    assert client.rows('SELECT "id", "received_at", "n", "v", "late" FROM "s"."t" ORDER BY "id"') == [
        ("a", "2026-11-21 14:00:02", "3", "l1\nl2", None), ("b", "2026-11-21 14:00:01", None, None, None)]


def test_catalog(client):
    """The catalog questions of redshift.md, section 8."""
    client.run("create schema s")
    client.run('create table s.t (id varchar(64) not null, a varchar, b numeric(10,2), c super, d timestamptz)')
    assert client.rows("SELECT column_name, ordinal_position, data_type, character_maximum_length, numeric_precision, "
                       "numeric_scale, is_nullable FROM information_schema.columns WHERE table_schema='s' AND "
                       "table_name='t' ORDER BY ordinal_position") == [
        ("id", "1", "character varying", "64", None, None, "NO"),
        ("a", "2", "character varying", "256", None, None, "YES"),
        ("b", "3", "numeric", None, "10", "2", "YES"), ("c", "4", "super", None, None, None, "YES"),
        ("d", "5", "timestamp with time zone", None, None, None, "YES")]
    assert client.rows("SELECT a.attname, format_type(a.atttypid,a.atttypmod), a.attnotnull FROM pg_attribute a JOIN "
                       "pg_class c ON a.attrelid=c.oid JOIN pg_namespace n ON c.relnamespace=n.oid WHERE "
                       "n.nspname='s' AND c.relname='t' AND a.attnum>0 AND NOT a.attisdropped ORDER BY a.attnum"
                       )[0] == ("id", "character varying(64)", "t")
    assert client.rows("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname='s'") == [("1",)]
    assert client.rows("SELECT 1 FROM pg_tables WHERE schemaname='s' AND tablename='t'") == [("1",)]
    assert client.rows("SELECT current_database(), current_user, pg_backend_pid()")[0][1:] == ("tester", str(client.pid))
    assert client.rows("SELECT has_schema_privilege('s', 'create'), has_table_privilege('s.t', 'insert')") == [("t", "t")]


def test_long_names(client):
    """Names of 64 to 127 bytes are kept whole."""
    name, other = "c" * 127, "c" * 126 + "d"
    client.run(f'create table t ("{name}" int, "{other}" int)')
    assert client.run("select * from t").names == [name, other]
    assert sorted(client.rows("select column_name from information_schema.columns where table_name = 't'")) == [
        (name,), (other,)]
