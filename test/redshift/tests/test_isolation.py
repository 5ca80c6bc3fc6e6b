"""Locks, snapshots and error 1023, in both isolation modes; Serverless and TLS come along."""

import threading
import time

import pytest

from .conftest import copy
from .pgclient import ServerError


@pytest.fixture
def pair(serializable, certificate):
    """Two clients of the serializable stand-in on a fresh database, with tables t, u and lock."""
    name = f"s{time.monotonic_ns()}"
    serializable.control("create_database", name=name, owner="tester")
    clients = [serializable.client(name, tls=certificate[0]) for _ in range(2)]
    for sql in ("create table t (a int)", "create table u (a int)", "create table lock_ (a int)", "insert into t values (1)"):
        clients[0].run(sql)
    yield clients
    for client in clients:
        client.close()
    serializable.control("clear_faults")
    serializable.control("drop_database", name=name)


def _conflict(client, sql):
    """Run sql, which must end in 1023 as Redshift words it."""
    with pytest.raises(ServerError) as error:
        client.run(sql)
    assert (error.value.code, error.value.message) == ("XX000", "1023")
    assert error.value.detail.startswith("Serializable isolation violation on table - ")
    assert "transactions forming the cycle are: " in error.value.detail
    client.run("rollback")


@pytest.mark.parametrize("write", ["delete from t where a = 99", "update t set a = 2 where a = 99", "insert into t select a + 1 from t"])
def test_write_after_the_snapshot(pair, write):
    """Another's commit to t after the snapshot: DELETE, UPDATE and read-then-INSERT fail, a row apart or not."""
    one, two = pair
    one.run("begin")
    one.run("select * from t")
    two.run("insert into t values (5)")
    _conflict(one, write)


def test_plain_insert_and_copy_do_not_conflict(pair, stage):
    """INSERT and COPY alone read nothing: no cycle."""
    one, two = pair
    one.run("begin")
    one.run("select * from u")
    two.run("insert into t values (5)")
    one.run("insert into t values (6)")
    one.run(copy("t", stage.put("7\n")))
    one.run("commit")
    assert two.rows("select count(*) from t") == [("4",)]


def test_lock_first_prevents_it(pair):
    """LOCK takes no snapshot: what it waited for is seen, and nothing fails."""
    one, two = pair
    one.run("begin")
    one.run("lock lock_")
    one.run("insert into t values (5)")
    two.run("begin")
    waiting = threading.Thread(target=two.run, args=("lock lock_",))
    waiting.start()
    time.sleep(0.3)
    assert waiting.is_alive()
    one.run("commit")
    waiting.join()
    assert two.rows("select count(*) from t") == [("2",)]
    two.run("delete from t where a = 5")
    two.run("commit")


def test_lock_after_the_snapshot_does_not_help(pair):
    """A lock taken after the first read still ends in 1023."""
    one, two = pair
    one.run("begin")
    one.run("select * from t")
    two.run("insert into t values (5)")
    one.run("lock t")
    _conflict(one, "delete from t")


def test_catalog_reads_take_no_snapshot(pair):
    """Catalog questions in a block see others' commits and fix nothing."""
    one, two = pair
    one.run("begin")
    assert one.rows("select version()")
    assert one.rows("select count(*) from pg_tables where tablename = 'v'") == [("0",)]
    two.run("create table v (a int)")
    two.run("insert into t values (5)")
    assert one.rows("select count(*) from pg_tables where tablename = 'v'") == [("1",)]
    one.run("delete from t")
    one.run("commit")


def test_write_skew(pair):
    """A reads t and writes u, B reads u and writes t: the second to write fails."""
    one, two = pair
    for client, table in ((one, "t"), (two, "u")):
        client.run("begin")
        client.run(f"select * from {table}")
    one.run("insert into u values (1)")
    _conflict(two, "insert into t values (1)")
    one.run("commit")


def test_relation_newer_than_the_snapshot(pair):
    """A table made after the snapshot: 1018."""
    one, two = pair
    one.run("begin")
    one.run("select * from t")
    two.run("create table w (a int)")
    with pytest.raises(ServerError) as error:
        one.run("insert into w values (1)")
    assert (error.value.code, error.value.message, error.value.detail) == ("XX000", "1018", "Relation does not exist.")


def test_writers_queue_readers_pass(pair):
    """One writer a table at a time; readers see the old rows meanwhile."""
    one, two = pair
    one.run("begin")
    one.run("insert into t values (5)")
    assert two.rows("select count(*) from t") == [("1",)]
    waiting = threading.Thread(target=two.run, args=("insert into t values (6)",))
    waiting.start()
    time.sleep(0.3)
    assert waiting.is_alive()
    one.run("commit")
    waiting.join()
    assert one.rows("select count(*) from t") == [("3",)]


def test_other_writer_makes_a_real_conflict(pair, serializable):
    """The fault other_writer goes through the same count."""
    one, _ = pair
    serializable.fault("other_writer", match="^delete", sql="insert into t values (9)")
    one.run("begin")
    one.run("select * from t")
    _conflict(one, "delete from t")


def test_deadlock(pair):
    """Two tables locked crosswise: one of both gets 40P01."""
    one, two = pair
    for client, table in ((one, "t"), (two, "u")):
        client.run("begin")
        client.run(f"lock {table}")
    codes = []

    def other():
        try:
            two.run("lock t")
        except ServerError as error:
            codes.append(error.code)
            two.run("rollback")
    thread = threading.Thread(target=other)
    thread.start()
    try:
        one.run("lock u")
    except ServerError as error:
        codes.append(error.code)
        one.run("rollback")
    thread.join()
    assert codes == ["40P01"]


def test_snapshot_mode(standin, database):
    """Only rows conflict: the text of snapshot isolation; apart rows pass."""
    one, two = standin.client(database), standin.client(database)
    one.run("create table t (a int)")
    one.run("insert into t values (1)")
    one.run("begin")
    one.run("select * from t")
    two.run("insert into t values (2)")
    one.run("delete from t where a = 5")
    one.run("rollback")
    one.run("begin")
    one.run("select * from t")
    two.run("update t set a = 7 where a = 1")
    with pytest.raises(ServerError) as error:
        one.run("delete from t where a = 1")
    assert (error.value.code, error.value.message) == ("XX000", "could not complete because of conflict with concurrent transaction")
    one.close()
    two.close()


def test_serverless_has_no_stl_tables(pair, stage):
    """On Serverless STL_ and STV_ names do not exist; a failed load points to the SYS view."""
    one, _ = pair
    for name in ("stl_load_errors", "stv_recents", "pg_catalog.stl_query"):
        with pytest.raises(ServerError) as error:
            one.run(f"select * from {name}")
        assert error.value.code == "42P01"
    with pytest.raises(ServerError) as error:
        one.run(copy("t", stage.put("x\n")))
    assert error.value.message == "Load into table 't' failed.  Check 'sys_load_error_detail' system table for details."
    assert one.rows("select error_code from sys_load_error_detail") == [("1207",)]


def test_keys_in_copy_where_allowed(pair, stage):
    """Key credentials, both spellings, with allow_key_credentials."""
    one, _ = pair
    for text in ("ACCESS_KEY_ID 'KEY' SECRET_ACCESS_KEY 'SECRET' SESSION_TOKEN 'T'",
                 "CREDENTIALS 'aws_access_key_id=KEY;aws_secret_access_key=SECRET;token=T'"):
        one.run(f"COPY t FROM '{stage.put('3', compress=None)}' {text} MANIFEST CSV")
    assert one.rows("select count(*) from t where a = 3") == [("2",)]
    with pytest.raises(ServerError) as error:
        one.run(f"COPY t FROM '{stage.put('3', compress=None)}' ACCESS_KEY_ID 'NO' SECRET_ACCESS_KEY 'SECRET' MANIFEST CSV")
    assert "S3ServiceException" in error.value.message
