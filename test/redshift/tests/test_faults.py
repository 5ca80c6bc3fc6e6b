"""Faults: what each of them does to a client, and what is left in the database."""

import threading
import time

import pytest

from redshift.errors import Gone

from .conftest import copy
from .pgclient import ServerError


@pytest.fixture
def table(client):
    """A client with an empty table t."""
    client.run("create table t (a int)")
    return client


def _count(standin, database):
    client = standin.client(database)
    rows = client.rows("select count(*) from t")
    client.close()
    return int(rows[0][0])


@pytest.mark.parametrize("action,left", [("commit_lost", 0), ("commit_unknown", 1)])
def test_commit_dropped(standin, database, table, action, left):
    """The connection ends at COMMIT: without it, or with it done."""
    standin.fault(action)
    table.run("begin")
    table.run("insert into t values (1)")
    with pytest.raises((Gone, ConnectionError)):
        table.run("COMMIT")
    assert _count(standin, database) == left


@pytest.mark.parametrize("action,left", [("drop_before", 0), ("drop_after", 1)])
def test_statement_dropped(standin, database, table, action, left):
    """The connection ends before or after an autocommitted statement."""
    standin.fault(action, match="^insert", nth=2)
    table.run("insert into t values (1)")
    with pytest.raises((Gone, ConnectionError)):
        table.run("insert into t values (2)")
    assert _count(standin, database) == 1 + left


def test_errors(standin, table):
    """Errors of any kind, once and again; 1023 in Redshift's form."""
    standin.fault("error", match="^insert", code="1023", times=2)
    for _ in range(2):
        with pytest.raises(ServerError) as error:
            table.run("insert into t values (1)")
        assert (error.value.code, error.value.message) == ("XX000", "1023")
        assert error.value.detail.startswith("Serializable isolation violation on table - ")
    table.run("insert into t values (1)")
    standin.fault("error", match="^select", code="XX000", message="Disk Full", detail="box")
    with pytest.raises(ServerError) as error:
        table.run("select 1")
    assert (error.value.message, error.value.detail) == ("Disk Full", "box")


def test_error_at_commit(standin, database, table):
    """COMMIT fails with 1023: everything is rolled back, the session lives."""
    standin.fault("error_at_commit")
    table.run("begin")
    table.run("insert into t values (1)")
    with pytest.raises(ServerError) as error:
        table.run("commit")
    assert (error.value.message, error.value.status) == ("1023", "I")
    assert table.rows("select count(*) from t") == [("0",)]


@pytest.mark.parametrize("block,finish,left", [(True, "yes", 0), (False, "yes", 2), (False, "no", 0)])
def test_drop_mid_copy(standin, database, table, stage, block, finish, left):
    """The connection ends between two parts: a block is rolled back, a COPY alone goes on or not."""
    standin.fault("drop_mid_copy", unit="parts", after=1, finish=finish)
    if block:
        table.run("begin")
    with pytest.raises((Gone, ConnectionError)):
        table.run(copy("t", stage.put("1\n", "2\n")))
    deadline = time.monotonic() + 5
    while _count(standin, database) != left and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _count(standin, database) == left


def test_client_gone_in_a_block(standin, database, table, stage):
    """A client that is killed in a block leaves nothing behind."""
    table.run("begin")
    table.run(copy("t", stage.put("1\n")))
    table.sock.close()
    assert _count(standin, database) == 0


def test_load_error(standin, table, stage):
    """A load error in a named part although its data is good."""
    standin.fault("load_error", file="0001", line=7, column="a", code=1207, reason="Invalid digit", value="zz")
    url = stage.put("1\n", "2\n")
    with pytest.raises(ServerError) as error:
        table.run(copy("t", url))
    assert error.value.message.startswith("Load into table 't' failed.")
    assert table.rows("select trim(filename), line_number, trim(colname), trim(raw_field_value) from stl_load_errors") == [
        (url.replace("/m", "/0001.csv.gz"), "7", "a", "zz")]


def test_s3_faults(standin, table, stage):
    """S3 as Redshift sees it: refusals come through, short troubles are retried."""
    url = stage.put("1\n")
    for what, text in (("403", "S3ServiceException:Access Denied,Status 403"), ("404", "Mandatory url is not present"),
                       ("truncated", "S3ServiceException:the transfer ended early")):
        standin.fault("s3", match="^part", what=what)
        with pytest.raises(ServerError) as error:
            table.run(copy("t", url))
        assert error.value.message.startswith(text)
    standin.fault("s3", match="^manifest", what="404")
    with pytest.raises(ServerError) as error:
        table.run(copy("t", url))
    assert error.value.message.startswith("Problem reading manifest file - S3ServiceException")
    standin.fault("s3", match="^part", what="503", times=2)
    assert table.run(copy("t", url)).tag == "COPY"
    standin.fault("s3", match="^part", what="503", times=0)
    with pytest.raises(ServerError) as error:
        table.run(copy("t", url))
    assert "Status 503,Error SlowDown" in error.value.message


def test_delay_timeout_and_cancel(standin, table):
    """statement_timeout and CancelRequest end a slow statement with 57014."""
    table.run("set statement_timeout to 100")
    standin.fault("delay", match="^select", seconds=30)
    with pytest.raises(ServerError) as error:
        table.run("select 1")
    assert error.value.code == "57014" and error.value.message.endswith("canceled on user's request")
    table.run("set statement_timeout to 0")
    standin.fault("delay", match="^select", seconds=30)
    threading.Timer(0.2, _cancel, [standin.port, table.pid, table.key]).start()
    with pytest.raises(ServerError) as error:
        table.run("select 1")
    assert error.value.code == "57014"
    assert table.rows("select 1") == [("1",)]


def _cancel(port, pid, key):
    import socket
    import struct
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(struct.pack("!IIII", 16, 80877102, pid, key))
        sock.recv(1)


def test_timeout_while_waiting_for_a_lock(standin, database, table):
    """statement_timeout counts the wait for a lock."""
    other = standin.client(database)
    other.run("begin")
    other.run("lock t")
    table.run("set statement_timeout to 200")
    table.run("begin")
    with pytest.raises(ServerError) as error:
        table.run("lock t")
    assert error.value.code == "57014"
    table.run("rollback")
    other.close()


def test_shape_of_replies(standin, table):
    """One byte at a time, a flood of notices, a huge error, a parameter in between."""
    for action, more in (("byte_at_a_time", {}), ("split_messages", {}), ("notice_flood", {"count": 10000}), ("parameter_change", {})):
        standin.fault(action, match="^select", **more)
        answer = table.run("select 1")
        assert answer.rows == [("1",)]
        assert len(answer.notices) == {"notice_flood": 10000, "parameter_change": 1}.get(action, 0)
    standin.fault("huge_error", match="^select")
    with pytest.raises(ServerError) as error:
        table.run("select 1")
    assert len(error.value.message) == 65536


def test_terminate(standin, table):
    """FATAL 57P01 at a statement, or while idle."""
    standin.fault("terminate", match="^select")
    with pytest.raises(ServerError) as error:
        table.run("select 1")
    assert (error.value.code, error.value.fields["S"]) == ("57P01", "FATAL")
    other = standin.client(table_database(table))
    standin.control("terminate")
    with pytest.raises(ServerError) as error:
        other.raw(b"")
    assert error.value.code == "57P01"


def table_database(client):
    """Return the database that a client's session is (was) in."""
    return client.database


def test_other_writer(standin, database, table):
    """A second session commits between two statements."""
    standin.fault("other_writer", match="^select", sql=["insert into t values (5)", "alter table t add column late int"])
    table.run("begin")
    assert table.run("select * from t").names == ["a", "late"]
    table.run("rollback")
    assert _count(standin, database) == 1


def test_clock(standin, table):
    """getdate() follows the tests' clock."""
    standin.control("clock", offset_s=86400 * 365)
    ahead = table.rows("select getdate() > current_date + interval '300 days'")
    standin.control("clock", offset_s=0)
    assert ahead == [("t",)]


def test_limits(standin, database, table):
    """Connection limit and table quota."""
    standin.fault("limit", match="connections")
    with pytest.raises(ServerError) as error:
        standin.client(database)
    assert error.value.code == "53300"
    standin.fault("limit", match="tables")
    with pytest.raises(ServerError) as error:
        table.run("create table more (a int)")
    assert error.value.code == "53400"


def test_journal(standin, table):
    """Every statement, its outcome and its transaction; the accepted ones as SQL text."""
    standin.control("journal")
    before = len(standin.control("journal")["entries"])
    table.run("begin")
    table.run("insert into t values (1)")
    with pytest.raises(ServerError):
        table.run("savepoint x")
    table.run("rollback")
    entries = standin.control("journal", after=before)["entries"]
    assert [(e["statement"], e["result"]) for e in entries] == [
        ("begin", "ok"), ("insert into t values (1)", "ok"), ("savepoint x", "0A000"), ("rollback", "ok")]
    assert entries[1]["txn"] == entries[0]["txn"] is not None
    with open(standin.journal_path, encoding="utf-8") as lines:
        assert '"insert into t values (1)"' in lines.read()
    with open(standin.journal_path.replace(".jsonl", ".sql"), encoding="utf-8") as lines:
        text = lines.read()
    assert "insert into t values (1);\n" in text and "savepoint x" not in text


def test_rules_are_counted(standin, table):
    """nth and times; faults tells how often each acted."""
    standin.fault("error", match="^select 7", code="XX000", nth=2, times=1)
    table.run("select 7")
    with pytest.raises(ServerError):
        table.run("select 7")
    table.run("select 7")
    assert [(f["seen"], f["fired"]) for f in standin.control("faults")["faults"]] == [(3, 1)]


