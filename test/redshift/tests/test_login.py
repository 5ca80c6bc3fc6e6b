"""Start-up, TLS, passwords, and the two query protocols, with our own client and with libpq's psql."""

import os
import socket
import struct
import subprocess

import pytest

from redshift import wire
from redshift.errors import Gone

from .conftest import copy
from .pgclient import Client, ServerError


def _refused(standin, code, text, *arguments, **more):
    with pytest.raises(ServerError) as error:
        Client(standin.port, *arguments, **more)
    assert (error.value.code, error.value.fields["S"]) == (code, "FATAL")
    assert error.value.message.startswith(text), error.value.message
    assert set(error.value.fields) <= set("SCMDHPFLR")


def test_wrong_logins(standin, database):
    """Password, user, database, start-up keys, options."""
    standin.control("unlock", user="tester")
    bad = 'password authentication failed for user "tester"'
    _refused(standin, "28000", bad, "tester", "wrong", database)
    _refused(standin, "28000", 'password authentication failed for user "nobody"', "nobody", "x", database)
    _refused(standin, "3D000", 'database "nosuch" does not exist', "tester", "Secret-1", "nosuch")
    _refused(standin, "42704", "standin: start-up parameter replication", "tester", "Secret-1", database, replication="1")
    _refused(standin, "42704", "standin: option", "tester", "Secret-1", database, options="-c work_mem=1")
    _refused(standin, "22023", "standin: client_encoding", "tester", "Secret-1", database, client_encoding="LATIN1")
    client = standin.client(database, options="-c statement_timeout=5000", application_name="x", client_encoding="UTF8")
    assert client.rows("show statement_timeout") == [("5000",)]
    client.close()


def test_five_failures_lock_the_user(standin, database):
    """After five wrong passwords in a row the right one is refused too, until the user is unlocked."""
    standin.control("set_user", name="locked", password="Right-1")
    for _ in range(5):
        _refused(standin, "28000", "password", "locked", "wrong", database)
    _refused(standin, "28000", "password", "locked", "Right-1", database)
    standin.control("unlock", user="locked")
    standin.client(database, "locked", "Right-1").close()


def test_tls_is_required(serializable):
    """With require_ssl a plain connection is refused before the password."""
    _refused(serializable, "28000", "no pg_hba.conf entry for host", "tester", "Secret-1", "postgres")


def test_auth_faults(standin, database):
    """Each outcome of a login on demand."""
    for outcome in ("fail", "expire", "lock"):
        standin.fault("auth", match="^tester$", outcome=outcome)
        _refused(standin, "28000", "password", "tester", "Secret-1", database)
        standin.control("unlock", user="tester")
    standin.fault("auth", match="^tester$", outcome="3-on-plain")
    standin.client(database).close()


def _psql(standin, database, *arguments, user="tester", password="Secret-1", mode="verify-full", root=""):
    environment = {"PATH": "/usr/bin:/bin", "PGPASSWORD": password, "PGSSLMODE": mode, "PGSSLROOTCERT": root,
                   "PGHOST": "localhost", "PGPORT": str(standin.port), "HOME": "/nonexistent"}
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-U", user, "-d", database, *arguments], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.skipif(not os.path.exists("/usr/bin/psql"), reason="psql is not installed")
def test_libpq(standin, database, certificate):
    """libpq logs in over verify-full TLS with md5, and sees an 8.0.2 server."""
    done = _psql(standin, database, "-c", "select current_user", "-c", "\\echo :SERVER_VERSION_NAME", root=certificate[0])
    assert (done.returncode, done.stdout) == (0, "tester\n8.0.2\n"), done.stderr
    done = _psql(standin, database, "-c", "select 1", user="hashed", password="x", root=certificate[0])
    assert "authentication method 13 not supported" in done.stderr
    assert _psql(standin, database, "-c", "select 1", root="/dev/null").returncode == 2


def test_protocol_violations(standin, database):
    """FunctionCall, COPY messages out of place and pipelining end the session."""
    for data in (wire.message(b"F", b"\0" * 8), wire.message(b"d", b"x"),
                 wire.message(b"Q", b"select 1\0") + wire.message(b"Q", b"select 2\0")):
        client = standin.client(database)
        with pytest.raises(ServerError) as error:
            client.raw(data)
        assert error.value.fields["S"] == "FATAL"
        with pytest.raises((Gone, OSError)):
            client.run("select 1")


def test_newer_protocol_is_refused(standin):
    """Version 3.2 is unknown to an 8.0 server."""
    with socket.create_connection(("127.0.0.1", standin.port)) as sock:
        sock.sendall(struct.pack("!II", 8, (3 << 16) + 2))
        assert sock.recv(1) == b"E"


def test_extended_protocol(client, stage):
    """Parse, Bind, Execute with parameters; DDL, COPY and SET without; errors skip to Sync."""
    client.execute("create table t (a int, v varchar(5))")
    assert client.execute("insert into t values ($1, $2)", 1, "x").tag == "INSERT 0 1"
    assert client.execute("select a, v from t where a = $1", 1).rows == [("1", "x")]
    assert client.execute("set query_group to 'q'").tag == "SET"
    assert client.execute("show query_group").rows == [("q",)]
    assert client.execute(copy("t", stage.put("2,y\n"))).tag == "COPY"
    for sql, values, code in (("select e'a'", (), "42704"), ("select nosuch from t", (), "42703"),
                              ("insert into t values (1, $1)", ("toolong",), "22001"), ("drop table $1", ("t",), "42601"),
                              ("create table u (a int default $1)", (1,), "42601")):
        with pytest.raises(ServerError) as error:
            client.execute(sql, *values)
        assert error.value.code == code, sql
    assert client.execute("").tag is None
    client.execute("begin")
    client.execute("insert into t values (3, 'z')")
    client.execute("commit")
    assert client.rows("select count(*) from t") == [("3",)]


def test_users_see_their_rights(standin, database):
    """A user without rights is refused by name; the superuser sees all."""
    owner, other = standin.client(database), standin.client(database, "reader", "Reader-1")
    owner.run("create table t (a int)")
    with pytest.raises(ServerError) as error:
        other.run("select * from t")
    assert error.value.code == "42501"
    boss = standin.client(database, "boss", "Boss-1")
    assert boss.rows("select count(*) from t") == [("0",)]
    assert boss.parameters["is_superuser"] == "on"
    for client in (owner, other, boss):
        client.close()


def test_control_refuses_nonsense(standin):
    """Unknown commands, actions and patterns are answered with an error."""
    for command in ({"do": "nothing"}, {"do": "add_fault", "rule": {"action": "x"}},
                    {"do": "add_fault", "rule": {"action": "error", "match": "("}}, {"do": "add_fault"}):
        with pytest.raises(AssertionError):
            standin.control(**command)
