"""An hour that was loaded before: late objects, changed ones, --rerun; and ids that come twice."""

import pytest

import servers
from events import event, page, track

NEXT = "2026-11-21T15"


def objects_read(pipe):
    """The number of objects of each load in the ledger, oldest first."""
    return [row["objects"] for row in pipe.ledger()]


# ---- late, changed, gone

def test_late_objects_are_loaded_alone(pipe):
    pipe.put("a.json.gz", [page("p1")])
    first = pipe.load_json()["load_id"]
    pipe.put("b.json.gz", [page("p2")])
    report = pipe.load_json()
    assert report["outcome"] == "loaded" and report["counts"]["objects"] == 1
    assert objects_read(pipe) == [1, 1]
    assert pipe.rows("pages", "id", "load_id") == [
        {"id": "p1", "load_id": first}, {"id": "p2", "load_id": report["load_id"]}]
    assert pipe.load_json()["outcome"] == "already"


def test_a_changed_object_replaces_the_hour(pipe):
    pipe.put("a.json.gz", [page("p1"), page("p2")])
    pipe.put("b.json.gz", [page("p3"), track("m1")])
    pipe.load().expect(0)
    pipe.put("a.json.gz", [page("p1", properties={"mended": "yes"})])
    report = pipe.load_json()
    assert report["counts"]["objects"] == 2
    assert pipe.rows("pages", "id", "mended") == [{"id": "p1", "mended": "yes"}, {"id": "p3", "mended": None}]
    assert pipe.values("tracks") == pipe.values("order_completed") == ["m1"]
    assert set(pipe.values("pages", "load_id")) == {report["load_id"]}
    assert pipe.load_json()["outcome"] == "already"


def test_rerun_replace_loads_all_again_once(pipe):
    pipe.put("a.json.gz", [page("p1"), track("m1")])
    pipe.put("x.json.gz", [page("p9")], hour=NEXT)
    first = pipe.load_json()["load_id"]
    other = pipe.load_json(hour=NEXT)["load_id"]
    report = pipe.load_json("--rerun", "replace")
    assert report["outcome"] == "loaded" and report["load_id"] != first
    assert pipe.rows("pages", "id", "load_id") == [
        {"id": "p1", "load_id": report["load_id"]}, {"id": "p9", "load_id": other}]
    assert pipe.values("tracks") == pipe.values("order_completed") == ["m1"]
    assert pipe.load_json()["outcome"] == "already"


def test_replace_also_empties_tables_that_the_hour_has_no_more(pipe):
    pipe.put("a.json.gz", [page("p1"), track("m1", "Old Name")])
    pipe.load().expect(0)
    pipe.put("a.json.gz", [page("p1"), track("m1", "New Name")])
    pipe.load().expect(0)
    assert pipe.loaded() == {"pages": 1, "tracks": 1, "new_name": 1}


def test_a_replacement_that_fails_leaves_the_hour_as_it_was(redshift):
    redshift.put("a.json.gz", [page("p1"), page("p2")])
    redshift.load().expect(0)
    redshift.put("a.json.gz", [page("p7")])
    redshift.standin.fault("error", match=r"^\s*insert into .*rsload_loads", code="53100", message="Disk Full")
    redshift.load().expect(76)
    assert redshift.values("pages") == ["p1", "p2"]
    redshift.standin.clear_faults()
    redshift.load().expect(0)
    assert redshift.values("pages") == ["p7"]


def test_rerun_fail_refuses(pipe):
    pipe.put("a.json.gz", [page("p1")])
    pipe.load("--rerun", "fail").expect(0)
    pipe.load("--rerun", "fail").expect(78)
    pipe.put("b.json.gz", [page("p2")])
    pipe.load("--rerun", "fail").expect(78)
    assert pipe.values("pages") == ["p1"]


def test_an_object_that_is_gone_changes_nothing(pipe):
    pipe.put("a.json.gz", [page("p1")])
    pipe.put("b.json.gz", [page("p2")])
    pipe.load().expect(0)
    pipe.servers.s3.delete(servers.EVENTS, f"{pipe.name}/2026/11/21/14/b.json.gz")
    assert pipe.load_json()["outcome"] == "already"
    assert pipe.values("pages") == ["p1", "p2"]


def test_a_backfill_skips_what_is_there(pipe):
    for hour in (13, 14, 15):
        pipe.put("x.json.gz", [page(f"p{hour}")], hour=f"2026-11-21T{hour}")
    pipe.load(hour="2026-11-21T14").expect(0)
    done = pipe.load("--from", "2026-11-21T13", "--to", "2026-11-21T16", "--report", "json", hour=None).expect(0)
    assert [r["outcome"] for r in done.reports] == ["loaded", "already", "loaded"]
    assert pipe.values("pages") == ["p13", "p14", "p15"]


# ---- one id twice

TWICE = [track("m1", received="14:10:00", properties={"n": "old"}),
         track("m1", received="14:20:00", properties={"n": "new"}),
         track("m2", received="14:15:00", properties={"n": "other"})]
NEWEST = [{"id": "m1", "n": "new"}, {"id": "m2", "n": "other"}]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("mode", ["table", "window"])
def test_an_id_twice_in_an_hour_keeps_its_newest_row(pipe, mode, swapped):
    pipe.put("a.json.gz", TWICE[::-1] if swapped else TWICE)
    report = pipe.load_json("--dedupe", mode)
    assert pipe.rows("order_completed", "id", "n") == NEWEST
    assert pipe.values("tracks") == ["m1", "m2"]
    tables = {t["name"]: (t["rows"], t["duplicates"]) for t in report["tables"]}
    assert tables["tracks"] == tables["order_completed"] == (2, 1)


def test_an_id_twice_in_an_hour_without_dedupe(pipe):
    pipe.put("a.json.gz", TWICE)
    report = pipe.load_json("--dedupe", "none")
    assert pipe.values("order_completed") == ["m1", "m1", "m2"]
    assert {t["duplicates"] for t in report["tables"]} == {0}


def test_ids_in_two_objects_of_an_hour(pipe):
    pipe.put("a.json.gz", TWICE[:1])
    pipe.put("b.json.gz", TWICE[1:])
    pipe.load().expect(0)
    assert pipe.rows("order_completed", "id", "n") == NEWEST


def test_equal_rows_keep_one_whole(pipe):
    """A tie in received_at: either row will do, but not a mixture."""
    pipe.put("a.json.gz", [track("m1", properties={"a": "1", "b": "1"}), track("m1", properties={"a": "2", "b": "2"})])
    pipe.load().expect(0)
    (row,) = pipe.rows("order_completed", "a", "b")
    assert row["a"] == row["b"] and row["a"] in ("1", "2")


@pytest.mark.parametrize("mode, ids", [("table", ["m1"]), ("window", ["m1", "m1"]), ("none", ["m1", "m1"])])
def test_an_id_again_in_a_later_hour(pipe, mode, ids):
    pipe.put("a.json.gz", [track("m1", received="14:10:00", properties={"n": "first"})])
    pipe.put("b.json.gz", [track("m1", received="15:10:00", properties={"n": "second"})], hour=NEXT)
    pipe.load("--dedupe", mode).expect(0)
    pipe.load("--dedupe", mode, hour=NEXT).expect(0)
    assert pipe.values("tracks") == ids
    assert pipe.values("order_completed", "n") == (["second"] if len(ids) == 1 else ["first", "second"])


def test_an_id_again_after_more_than_dedupe_days(pipe):
    pipe.put("a.json.gz", [track("m1", received="2026-11-18T14:10:00Z")])
    pipe.put("b.json.gz", [track("m1", received="2026-11-21T15:10:00Z")], hour=NEXT)
    pipe.load("--dedupe-days", "2").expect(0)
    pipe.load("--dedupe-days", "2", hour=NEXT).expect(0)
    assert pipe.values("tracks") == ["m1", "m1"]


def test_late_objects_are_deduped_against_the_table(pipe):
    pipe.put("a.json.gz", [track("m1", received="14:10:00", properties={"n": "first"})])
    pipe.load().expect(0)
    pipe.put("b.json.gz", [track("m1", received="14:20:00", properties={"n": "again"}), track("m2")])
    pipe.load().expect(0)
    assert pipe.rows("order_completed", "id", "n") == [{"id": "m1", "n": "again"}, {"id": "m2", "n": None}]


# ---- users

def identify(name, received, user="u1", **traits):
    """An identify event."""
    return event("identify", name, received, userId=user, traits=traits)


def test_users_keep_the_newest_value_of_each_trait(pipe):
    pipe.put("a.json.gz", [identify("i2", "14:20:00", plan="pro", city=None), identify("i1", "14:10:00", plan="free",
                           city="K\u00f6ln"), identify("i3", "14:05:00", user="u2", plan="trial")])
    pipe.put("b.json.gz", [identify("i4", "15:10:00", plan="team"), identify("i5", "15:00:00", user="u3", age=3)],
             hour=NEXT)
    pipe.load().expect(0)
    assert pipe.rows("users", "id", "plan", "city", "received_at") == [
        {"id": "u1", "plan": "pro", "city": "K\u00f6ln", "received_at": "2026-11-21T14:20:00"},
        {"id": "u2", "plan": "trial", "city": None, "received_at": "2026-11-21T14:05:00"}]
    pipe.load(hour=NEXT).expect(0)
    assert pipe.rows("users", "id", "plan", "city", "age", "received_at") == [
        {"id": "u1", "plan": "team", "city": "K\u00f6ln", "age": None, "received_at": "2026-11-21T15:10:00"},
        {"id": "u2", "plan": "trial", "city": None, "age": None, "received_at": "2026-11-21T14:05:00"},
        {"id": "u3", "plan": None, "city": None, "age": "3", "received_at": "2026-11-21T15:00:00"}]


def test_a_late_hour_fills_gaps_of_users_only(pipe):
    pipe.put("a.json.gz", [identify("i1", "14:10:00", plan="old", city="Ulm")])
    pipe.put("b.json.gz", [identify("i2", "15:10:00", plan="new")], hour=NEXT)
    pipe.load(hour=NEXT).expect(0)
    pipe.load().expect(0)
    assert pipe.rows("users", "id", "plan", "city", "received_at") == [
        {"id": "u1", "plan": "new", "city": "Ulm", "received_at": "2026-11-21T15:10:00"}]
