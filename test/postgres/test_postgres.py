"""The throw-away PostgreSQL that the tests start."""

import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import setup_daemons  # noqa: E402


def run(*command):
    """Run a command of this folder; return its exit code and output."""
    done = subprocess.run([os.path.join(HERE, command[0]), *command[1:]], check=False, capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode()


def started(state, *options):
    """Start a server in `state`; return its variables."""
    code, text = run("start", str(state), *options)
    assert code == 0, text
    return setup_daemons.read_env(state)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running plain server's variables."""
    state = tmp_path_factory.mktemp("pg")
    yield started(state)
    assert run("stop", str(state)) == (0, "")


def psql(server, sql, **more):
    """Run one statement with the variables of `server`; return (exit code, output)."""
    env = {"PATH": os.environ["PATH"], **server, **more}
    done = subprocess.run(["psql", "-XAtw", "-c", sql], env=env, check=False, capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode().strip()


@pytest.mark.parametrize("user, stored", [("loader", "SCRAM-SHA-256$"), ("loader_md5", "md5")])
def test_password_logins(server, user, stored):
    assert psql(server, "select current_user", PGUSER=user) == (0, user)
    asked = psql(server, f"select left(rolpassword, {len(stored)}) from pg_authid where rolname = '{user}'",
                 PGHOST=server["PG_SOCKET_DIR"], PGUSER=server["PG_SUPERUSER"])
    assert asked == (0, stored)
    code, text = psql(server, "select 1", PGUSER=user, PGPASSWORD="wrong")
    assert code == 2 and "password authentication failed" in text


def test_loader_may_make_a_schema(server):
    assert psql(server, "create schema web") == (0, "CREATE SCHEMA")
    assert psql(server, "create table web.t (a int)") == (0, "CREATE TABLE")


def test_no_tls(server):
    code, text = psql(server, "select 1", PGSSLMODE="require")
    assert code == 2 and "does not support SSL" in text


def test_backend_reads_literals_as_redshift_does(tmp_path):
    server = started(tmp_path / "backend", "--redshift-backend")
    try:
        assert psql(server, r"select 'it\'s a\\b'") == (0, r"it's a\b")
        assert psql(server, "show listen_addresses") == (0, "")
    finally:
        assert run("stop", str(tmp_path / "backend")) == (0, "")
    assert not os.path.exists(server["PG_SOCKET_DIR"])


def test_long_path_takes_a_short_socket(tmp_path):
    state = tmp_path / ("long" * 20)
    server = started(state)
    assert len(server["PG_SOCKET_DIR"]) < 40
    assert psql(server, "select 1", PGHOST=server["PG_SOCKET_DIR"]) == (0, "1")
    assert run("stop", str(state)) == (0, "")
    assert not os.path.exists(server["PG_SOCKET_DIR"])
