"""What goes wrong while the hour is loaded: the warehouse holds it once, whole, or not at all."""

import contextlib
import os

import pytest

from events import page, track
from pipe import wait_until
from servers import SqlError, holding

EVENTS = [track(f"m{n}", properties={"total": n}) for n in range(5)] + [page(f"p{n}") for n in range(3)]
LOADED = {"tracks": 5, "order_completed": 5, "pages": 3}


@pytest.fixture
def hour(redshift):
    """A Pipe into Redshift with an hour waiting."""
    redshift.put("a.json.gz", EVENTS)
    return redshift


def assert_loaded_once(pipe):
    """The hour is there, once, with one ledger row; running it again changes nothing."""
    assert pipe.loaded() == LOADED
    assert pipe.values("tracks") == [f"m{n}" for n in range(5)]
    assert len(pipe.ledger()) == 1
    pipe.standin.clear_faults()
    assert pipe.load_json()["outcome"] == "already"
    assert pipe.loaded() == LOADED


def commits(pipe):
    """The results of the COMMITs that were sent."""
    return [e["result"] for e in pipe.standin.journal(pipe.database)
            if e.get("statement", "").upper().startswith("COMMIT")]


# ---- the connection is lost

def test_killed_at_commit_which_never_happened(hour):
    hour.standin.fault("commit_lost")
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert commits(hour) == ["dropped", "ok"]
    assert_loaded_once(hour)


def test_killed_at_commit_which_happened(hour):
    hour.standin.fault("commit_unknown")
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert commits(hour) == ["dropped"]
    assert_loaded_once(hour)


@pytest.mark.parametrize("unit, after", [("parts", 1), ("bytes", 1)])
def test_connection_lost_in_the_middle_of_copy(hour, unit, after):
    hour.standin.fault("drop_mid_copy", unit=unit, after=after, finish="no")
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert_loaded_once(hour)


@pytest.mark.parametrize("statement", ["begin", "lock", "copy .*tracks", "insert into .*rsload_loads", "create table"])
@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_connection_lost_at_a_statement(hour, action, statement):
    hour.standin.fault(action, match=r"^\s*" + statement)
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert_loaded_once(hour)


@pytest.mark.skipif(os.environ.get("RSLOAD_LONG") != "1", reason="takes a minute: RSLOAD_LONG is not 1")
def test_connection_lost_for_good(hour):
    """Every session ends at its COPY: the attempts are spent, nothing is loaded."""
    hour.standin.fault("drop_before", match=r"^\s*copy", times=0)
    result = hour.load()
    assert result.code in (69, 75), result
    assert hour.loaded() == {}


def test_the_server_is_shut_down_meanwhile(hour):
    hour.standin.fault("terminate", match=r"^\s*copy")
    hour.load().expect(0)
    assert_loaded_once(hour)


# ---- the transaction met another one

@pytest.mark.parametrize("code", ["1023", "40P01", "40001", "1018"])
def test_a_serialization_failure_is_retried(hour, code):
    hour.standin.fault("error", match=r"^\s*copy .*tracks", code=code)
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert_loaded_once(hour)


def test_a_serialization_failure_at_commit_is_retried(hour):
    hour.standin.fault("error_at_commit")
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert_loaded_once(hour)


def test_a_conflict_of_snapshots_is_retried(hour):
    hour.standin.fault("error", match=r"^\s*copy .*tracks", code="XX000",
                       message="could not complete because of conflict with concurrent transaction")
    hour.load().expect(0)
    assert_loaded_once(hour)


def test_the_lock_is_the_first_statement_of_the_transaction(hour):
    hour.load().expect(0)
    sent = [text.split(None, 2) for text in hour.standin.statements(hour.database)]
    begins = [n for n, words in enumerate(sent) if words[0].upper() in ("BEGIN", "START")]
    assert len(begins) == 1
    after = sent[begins[0] + 1]
    assert after[0].upper() == "LOCK" and "rsload_lock" in " ".join(after)


# ---- the warehouse refuses

def test_a_bad_part_is_explained(hour):
    hour.standin.fault("load_error", match=r'^copy .*order_completed', file="order_completed/", line=3,
                       column="total", code=1207, value="abc" * 100,
                       reason="Invalid digit, Value 'a', Pos 0, Type: Integer")
    result = hour.load().expect(76)
    error = result.error()
    assert "order_completed" in error and "total" in error and "line 3" in error
    assert "order_completed/0001.csv.gz" in error
    assert ("abc" * 100)[:100] in error and ("abc" * 100)[:101] not in error
    assert "Invalid digit" in error
    assert hour.loaded() == {}
    assert hour.tables().get("rsload_loads", 0) == 0
    hour.standin.clear_faults()
    hour.load().expect(0)
    assert_loaded_once(hour)


def test_a_refused_statement_is_named(hour):
    hour.standin.fault("error", match=r"^\s*copy .*tracks", code="53100", message="Disk Full", times=0)
    result = hour.load().expect(76)
    assert "Disk Full" in result.error() and "tracks" in result.error()
    assert hour.loaded() == {}
    assert [s for s in hour.standin.statements(hour.database) if s.upper().startswith("COMMIT")] == []


def test_a_statement_refused_while_tables_are_made(hour):
    hour.standin.fault("error", match=r"^\s*create table .*tracks", code="53400", message="quota is used up", times=0)
    result = hour.load().expect(76)
    assert "quota is used up" in result.error()
    assert hour.loaded() == {}


@pytest.mark.parametrize("what", ["403", "404", "503"])
def test_copy_cannot_read_a_part(hour, what):
    hour.standin.fault("s3", match="part .*tracks/", what=what, times=0)
    result = hour.load()
    assert result.code in (66, 69, 75, 76, 77), result
    assert "tracks" in result.error()
    assert hour.loaded() == {}


def test_an_error_text_of_64_kilobytes(hour):
    hour.standin.fault("huge_error", match=r"^\s*copy", times=0)
    result = hour.load().expect(76)
    assert len(result.error()) < 4096
    assert hour.loaded() == {}


# ---- odd, but no failure

@pytest.mark.parametrize("fault", [
    {"action": "notice_flood", "match": "^\\s*copy", "count": 2000}, {"action": "byte_at_a_time", "match": "select"},
    {"action": "split_messages", "match": "^\\s*copy"}, {"action": "parameter_change", "match": "."}])
def test_odd_answers_do_no_harm(hour, fault):
    hour.standin.fault(**fault)
    hour.load().expect(0)
    assert hour.standin.fired() == [1]
    assert_loaded_once(hour)


def test_someone_else_adds_the_same_column_meanwhile(hour):
    """The other's statement comes between our look into the catalog and our ALTER TABLE."""
    hour.load().expect(0)
    hour.put("b.json.gz", [page("p9", properties={"fresh": "x"})], hour="2026-11-21T15")
    hour.standin.fault("other_writer", match=r'^\s*alter table .*"fresh"',
                       sql='alter table "web"."pages" add column "fresh" varchar(512)')
    hour.load(hour="2026-11-21T15").expect(0)
    assert hour.standin.fired() == [1]
    assert [r["fresh"] for r in hour.rows("pages", "fresh") if r["fresh"]] == ["x"]


# ---- two at once

def waiting(pipe):
    """How many sessions of the test's database wait for a lock."""
    return int(pipe.sql("select count(*) from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) "
                        f"where not l.granted and a.datname = '{pipe.database}'"))


def test_two_runs_of_one_hour_at_once(pipe):
    pipe.put("0.json.gz", [page("early")], hour="2026-11-21T13")
    pipe.load(hour="2026-11-21T13").expect(0)
    pipe.put("a.json.gz", EVENTS)
    words = [*pipe.options(), "--report", "json"]
    with contextlib.ExitStack() as stack:
        with holding(pipe.backend, pipe.database, "lock table web.rsload_lock in access exclusive mode"):
            runs = [stack.enter_context(pipe.start(*words)) for _ in range(2)]
            wait_until(lambda: waiting(pipe) == 2, "both runs wait for the lock")
        results = [run.finish() for run in runs]
    assert sorted(r.expect(0).report["outcome"] for r in results) == ["already", "loaded"]
    assert pipe.loaded() == {**LOADED, "pages": 4}
    assert len(pipe.ledger()) == 2


def test_the_lock_is_not_waited_for_longer_than_asked(pipe):
    pipe.put("a.json.gz", EVENTS)
    pipe.put("b.json.gz", [page("p9")], hour="2026-11-21T15")
    pipe.load().expect(0)
    with holding(pipe.backend, pipe.database, "lock table web.rsload_lock in access exclusive mode"):
        result = pipe.load("--lock-timeout", "1s", hour="2026-11-21T15").expect(75)
    assert 1 <= result.seconds < 15
    assert pipe.loaded() == LOADED
    pipe.load(hour="2026-11-21T15").expect(0)
    assert pipe.loaded() == {**LOADED, "pages": 4}


def test_readers_of_the_ledger_do_not_wait_for_a_load(pipe):
    """Nor do those of the tables: what a load holds is the lock table."""
    pipe.put("a.json.gz", EVENTS)
    pipe.load().expect(0)
    with holding(pipe.backend, pipe.database, "lock table web.rsload_lock in access exclusive mode"):
        assert pipe.load_json()["outcome"] == "already"
        assert pipe.values("pages") == ["p0", "p1", "p2"]


def test_postgres_refuses_a_row(postgres):
    """A constraint that someone put on the table: the error names table and part, and nothing is loaded."""
    postgres.put("a.json.gz", EVENTS)
    postgres.load().expect(0)
    postgres.sql("alter table web.pages add constraint small check (length(id) < 4)")
    postgres.put("b.json.gz", [page("p1000"), track("m9")], hour="2026-11-21T15")
    result = postgres.load(hour="2026-11-21T15").expect(76)
    assert "pages" in result.error() and "small" in result.error()
    assert postgres.loaded() == LOADED
    with pytest.raises(SqlError):
        postgres.sql("select * from web.no_such_table")
