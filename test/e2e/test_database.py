"""The way to the database: logins, TLS, rights, Serverless, and COPY's authority."""

import pathlib
import re
import socket

import pytest

import servers
from events import page
from pipe import TOKEN

FIRST, SECOND = [page("p1", properties={"a": "1"})], [page("p2", properties={"a": "2"})]
NEXT = "2026-11-21T15"


def logins(pipe):
    """The results of the logins to the test's database: `ok`, an SQLSTATE, or what the server's log says."""
    if pipe.is_redshift:
        return [e["result"] for e in pipe.standin.journal(pipe.database) if e.get("event") == "login"]
    log = pathlib.Path(pipe.servers.state, "plain/log/postgres.log").read_text("utf-8")
    return re.findall(rf"@{re.escape(pipe.database)} FATAL:  (.*)", log)


def test_a_wrong_password_is_tried_once(pipe):
    pipe.put("a.json.gz", FIRST)
    pipe.secrets.add("Wrong-Password-2")
    result = pipe.load(env={"PGPASSWORD": "Wrong-Password-2"}).expect(77)
    assert servers.LOADER in result.error()
    assert len(logins(pipe)) == 1 and logins(pipe) != ["ok"]
    if pipe.is_redshift:
        pipe.standin.ask("unlock", user=servers.LOADER)
    assert pipe.loaded() == {} and pipe.staged() == {}


def test_no_password_at_all(pipe):
    pipe.put("a.json.gz", FIRST)
    pipe.load(env={"PGPASSWORD": None}).expect(77)


def test_a_password_from_pgpass(pipe):
    pipe.put("a.json.gz", FIRST)
    path = pipe.home / ".pgpass"
    path.write_text(f"*:*:{pipe.database}:{servers.LOADER}:{servers.PASSWORD}\n")
    path.chmod(0o600)
    pipe.load(env={"PGPASSWORD": None}).expect(0)
    assert pipe.values("pages") == ["p1"]


def test_a_locked_user_is_not_tried_again(redshift):
    redshift.put("a.json.gz", FIRST)
    redshift.standin.fault("auth", outcome="lock", times=0)
    redshift.load().expect(77)
    assert len(logins(redshift)) == 1
    redshift.standin.ask("unlock", user=servers.LOADER)


def test_an_unknown_database(pipe):
    pipe.put("a.json.gz", FIRST)
    result = pipe.load(connection=pipe.connection(dbname="no_such_database")).expect(78)
    assert "no_such_database" in result.error()


def test_nobody_listens(pipe):
    pipe.put("a.json.gz", FIRST)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = pipe.load(connection=pipe.connection(port=port)).expect(69)
    assert str(port) in result.error()
    assert pipe.staged() == {}


def test_a_host_that_does_not_exist(postgres):
    postgres.put("a.json.gz", FIRST)
    postgres.load(connection=postgres.connection(host="no-such-host.invalid")).expect(69)


def test_a_server_that_never_answers(postgres):
    """It takes connections and says nothing: connect_timeout ends that."""
    postgres.put("a.json.gz", FIRST)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = postgres.load(connection=["-d", f"host=127.0.0.1 port={port} user=x dbname=y connect_timeout=2"])
        result.expect(69)
        assert result.seconds < 10


@pytest.mark.parametrize("form", [
    "host=localhost port={port} user={user} dbname={database}", "postgresql://{user}@localhost:{port}/{database}"])
def test_the_database_as_a_connection_string(redshift, form):
    redshift.put("a.json.gz", FIRST)
    text = form.format(port=redshift.standin.port, user=servers.LOADER, database=redshift.database)
    redshift.load(connection=["-d", text]).expect(0)
    assert redshift.values("pages") == ["p1"]


def test_the_database_from_the_environment(pipe):
    pipe.put("a.json.gz", FIRST)
    words = pipe.connection()
    names = {"--host": "PGHOST", "--port": "PGPORT", "--username": "PGUSER", "--dbname": "PGDATABASE"}
    pipe.load(connection=[], env={names[name]: value for name, value in zip(words[::2], words[1::2])}).expect(0)
    assert pipe.values("pages") == ["p1"]


def test_a_socket_folder_as_host(postgres):
    postgres.put("a.json.gz", FIRST)
    folder = postgres.backend["PG_SOCKET_DIR"]
    postgres.load(connection=postgres.connection(host=folder), env={"PGPASSWORD": None}).expect(0)
    assert postgres.values("pages") == ["p1"]


# ---- TLS

def test_tls_is_used_and_verified(redshift):
    redshift.put("a.json.gz", FIRST)
    redshift.load(env={"PGSSLMODE": "verify-full"}).expect(0)
    assert {e["tls"] for e in redshift.standin.journal(redshift.database) if e.get("event") == "login"} == {True}


def test_the_root_certificate_alone_means_verification(redshift):
    redshift.put("a.json.gz", FIRST)
    redshift.load(env={"PGSSLMODE": None}).expect(0)
    assert redshift.values("pages") == ["p1"]


def test_a_certificate_of_an_unknown_authority_is_refused(redshift):
    redshift.put("a.json.gz", FIRST)
    other = redshift.servers.s3_env["S3_CA"]
    redshift.load(env={"PGSSLROOTCERT": other}).expect(69)
    assert logins(redshift) == []


def test_a_certificate_of_another_host_is_refused(make_pipe, all_servers):
    standin = all_servers.standin("other-host", hosts=("warehouse.example.com",))
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", FIRST)
    result = pipe.load().expect(69)
    assert "warehouse.example.com" in result.error() or "localhost" in result.error()
    assert [e for e in standin.journal(pipe.database) if e.get("event") == "login"] == []


def test_a_plain_connection_is_refused_where_the_server_wants_tls(redshift):
    redshift.put("a.json.gz", FIRST)
    redshift.load(env={"PGSSLMODE": "disable", "PGSSLROOTCERT": None}).expect(77)


# ---- rights

def make_user(pipe, name):
    """Make a login of that name with the loader's password; return the options that connect as it."""
    servers.sql(pipe.backend, "postgres", f"do $$ begin create role {name} login password '{servers.PASSWORD}'; "
                "exception when duplicate_object then null; end $$")
    if pipe.is_redshift:
        pipe.standin.ask("set_user", name=name, password=servers.PASSWORD, auth="md5")
    return pipe.connection(username=name)


def test_a_user_with_least_rights_loads(pipe):
    """USAGE on the schema, SELECT, INSERT, DELETE on its tables and UPDATE on users, as the README has
    it, when nothing has to be made."""
    known = {"type": "identify", "userId": "u1", "receivedAt": "2026-11-21T14:00:01Z"}
    pipe.put("a.json.gz", FIRST + [known | {"messageId": "i1", "traits": {"plan": "free"}}])
    pipe.put("b.json.gz", SECOND + [known | {"messageId": "i2", "traits": {"plan": "pro"}}], hour=NEXT)
    pipe.load().expect(0)
    least = make_user(pipe, "least")
    pipe.sql("grant usage on schema web to least",
             "grant select, insert, delete on all tables in schema web to least",
             "grant update on web.users to least")
    pipe.load(connection=least, hour=NEXT).expect(0)
    assert pipe.values("pages") == ["p1", "p2"]
    assert pipe.values("users", "plan") == ["pro"]
    assert len(pipe.ledger()) == 2


def test_a_user_who_may_not_make_the_schema_is_told_the_grant(pipe):
    pipe.put("a.json.gz", FIRST)
    result = pipe.load(connection=make_user(pipe, "least")).expect(77)
    assert "GRANT" in result.error()
    assert pipe.tables() == {}


def test_a_user_who_may_not_insert_loads_nothing(pipe):
    pipe.put("a.json.gz", FIRST)
    pipe.put("b.json.gz", SECOND, hour=NEXT)
    pipe.load().expect(0)
    reader = make_user(pipe, "reader")
    pipe.sql("grant usage on schema web to reader", "grant select on all tables in schema web to reader",
             "grant insert, delete on web.rsload_loads, web.rsload_lock to reader")
    result = pipe.load(connection=reader, hour=NEXT).expect(77)
    assert "pages" in result.error()
    assert pipe.values("pages") == ["p1"]
    assert len(pipe.ledger()) == 1


def test_ddl_never_names_what_is_missing_and_loads_when_nothing_is(pipe):
    pipe.put("a.json.gz", FIRST)
    result = pipe.load("--ddl", "never")
    assert result.code in (76, 77, 78), result
    assert pipe.tables() == {}
    pipe.load().expect(0)
    pipe.put("b.json.gz", SECOND, hour=NEXT)
    pipe.load("--ddl", "never", hour=NEXT).expect(0)
    pipe.put("c.json.gz", [page("p3", properties={"brand_new": "1"})], hour="2026-11-21T16")
    result = pipe.load("--ddl", "never", hour="2026-11-21T16")
    assert result.code in (76, 77, 78), result
    assert "brand_new" in result.error()
    assert pipe.values("pages") == ["p1", "p2"]


# ---- COPY's authority

def test_a_role_that_the_cluster_does_not_have(redshift):
    redshift.put("a.json.gz", FIRST)
    redshift.standin.ask("set_role", arn=servers.ROLE)
    try:
        result = redshift.load()
    finally:
        redshift.standin.ask("set_role", arn=servers.ROLE, **redshift.servers.role(f"s3://{servers.STAGING}/"))
    assert result.code in (76, 77), result
    assert "not authorized" in result.error()
    assert redshift.loaded() == {}


def test_a_role_that_may_not_read_the_staging(redshift):
    redshift.put("a.json.gz", FIRST)
    arn = "arn:aws:iam::123456789012:role/elsewhere"
    redshift.standin.ask("set_role", arn=arn, **redshift.servers.role("s3://elsewhere/"))
    words = redshift.options()
    words[words.index(servers.ROLE)] = arn
    result = redshift.run(*words)
    assert result.code in (76, 77), result
    assert redshift.loaded() == {}


def test_redshift_wants_an_authority(redshift):
    redshift.put("a.json.gz", FIRST)
    words = redshift.options()
    at = words.index("--iam-role")
    result = redshift.run(*words[:at], *words[at + 2:])
    assert result.code in (64, 78), result
    assert "--iam-role" in result.error()


def test_redshift_cannot_load_from_files(make_pipe):
    pipe = make_pipe("redshift", staging="file")
    pipe.put("a.json.gz", FIRST)
    result = pipe.load()
    assert result.code in (64, 78), result
    assert "s3://" in result.error()
    assert pipe.loaded() == {}


def test_copy_with_the_keys_that_rsload_runs_under(make_pipe, all_servers):
    standin = all_servers.standin("keys", allow_key_credentials=True)
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", FIRST)
    words = pipe.options()
    at = words.index("--iam-role")
    words[at:at + 2] = ["--copy-credentials", "--verbose"]
    pipe.run(*words, env={"AWS_SESSION_TOKEN": TOKEN}).expect(0)
    assert pipe.values("pages") == ["p1"]
    copies = [s for s in standin.statements(pipe.database) if s.startswith("COPY")]
    assert copies and all(TOKEN in text for text in copies)


# ---- kinds of servers

def test_serverless_loads_and_explains_a_load_error(make_pipe, all_servers):
    standin = all_servers.standin("serverless", serverless=True)
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", FIRST)
    standin.fault("load_error", match=r"^\s*copy .*pages/", line=1, column="a", code=1204,
                  reason="String length exceeds DDL length", value="much too long")
    result = pipe.load().expect(76)
    for part in ("pages/0001.csv.gz", "line 1", '"a"', "String length exceeds DDL length"):
        assert part in result.error()       # the value is not among what Serverless tells
    assert not any("stl_" in text.lower() for text in standin.statements(pipe.database, "ok"))
    standin.clear_faults()
    pipe.load().expect(0)
    assert pipe.values("pages") == ["p1"]


def test_serializable_isolation(make_pipe, all_servers):
    standin = all_servers.standin("serializable", isolation="serializable")
    pipe = make_pipe("redshift", standin=standin)
    pipe.put("a.json.gz", FIRST)
    pipe.put("b.json.gz", SECOND, hour=NEXT)
    pipe.load("--from", "2026-11-21T14", "--to", "2026-11-21T16", hour=None).expect(0)
    assert pipe.values("pages") == ["p1", "p2"]


def test_the_dialect_may_be_named(pipe):
    pipe.put("a.json.gz", FIRST)
    pipe.load("--dialect", "redshift" if pipe.is_redshift else "postgres").expect(0)
    assert pipe.values("pages") == ["p1"]
