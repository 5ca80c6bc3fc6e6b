"""An hour end to end: what lies in the objects is in the tables, cell by cell, in both dialects and stores."""

import datetime
import os

import pytest

import servers
from events import HOUR, cell, event, packed, page, track

CONTEXT = {"ip": "1.2.3.4", "page": {"url": "https://x/?a=1"}, "library": {"name": "analytics.js"}}

# What a person reading the specification of the transformation would expect of these events is EXPECTED.
FIRST = [
    {"type": "track", "event": "Order Completed", "messageId": "m1", "anonymousId": "a1", "userId": 42,
     "originalTimestamp": "2026-11-21T14:04:05.000Z", "sentAt": "2026-11-21T14:04:06.000Z",
     "receivedAt": "2026-11-21T14:04:09.250Z", "context": CONTEXT,
     "properties": {"id": 7, "orderID": "o-1", "total": 10.0, "couponCode": None, "products": [{"sku": "A"}],
                    "order": "x", "HTTPStatus": 200, "shipping": {"zipCode": "94109", "address1": ""},
                    "firstName": "A", "first_name": "B", "big": 12345678901234567890, "gift": True}},
    b'{"context":{"ip":"::1"},"event":"order_completed","integrations":{"All":true},"messageId":"m2",'
    b'"properties":{"total":1e3,"orderID":9007199254740993,"note":"two\\nlines, \\"quoted\\" \\u00fc \\ud83d\\ude00",'
    b'"2FA Enabled":false},"receivedAt":"2026-11-21T14:05:00+01:00","timestamp":"2026-11-21T13:05:00Z",'
    b'"type":"TRACK","userId":"u2","sentAt":null}',
]
SECOND = [
    event("identify", "m3", "14:10:00", userId="42", anonymousId=None,
          traits={"email": "k@example.com", "plan": "free", "address": {"city": "K\u00f6ln"}}),
    event("identify", "m4", "14:20:00", userId="42", anonymousId=None, traits={"plan": "pro", "email": None}),
    event("identify", "m5", "14:21:00", userId=None, traits={"plan": "trial"}),
    page("m6", "14:22:00", name="Home", category="Start", properties={"name": "Home", "url": "https://x/"}),
]
THIRD = [
    event("screen", "m7", "14:23:00", properties={"name": "Cart", "items": [], "tags": ["a", 1, None]}),
    event("group", "m8", "14:24:00", groupId="g1", traits={"name": "Acme", "employees": 12}),
    event("alias", "m9", "14:25:00", userId="42", previousId="old-42", anonymousId=None),
    track("m10", "users", "14:26:00", {"table": "t"}),
]


def same_times(received):
    """The four times of an event made by events.event, as cells."""
    return dict.fromkeys(("received_at", "sent_at", "original_timestamp", "timestamp"), cell(received))


M1 = {"id": "m1", "received_at": "2026-11-21T14:04:09.25", "anonymous_id": "a1", "user_id": "42",
      "event": "order_completed", "event_text": "Order Completed",
      "original_timestamp": "2026-11-21T14:04:05", "sent_at": "2026-11-21T14:04:06",
      "timestamp": "2026-11-21T14:04:08.25", "context_ip": "1.2.3.4", "context_page_url": "https://x/?a=1",
      "context_library_name": "analytics.js"}
M2 = {"id": "m2", "received_at": "2026-11-21T13:05:00", "user_id": "u2", "event": "order_completed",
      "event_text": "order_completed", "timestamp": "2026-11-21T13:05:00", "context_ip": "::1"}
M10 = {"id": "m10", "anonymous_id": "a-m10", "event": "users", "event_text": "users", **same_times("14:26:00")}
EXPECTED = {
    "tracks": [M1, M10, M2],
    "order_completed": [
        {**M1, "_id": "7", "order_id": "o-1", "total": "10.0", "products": '[{"sku":"A"}]', "_order": "x",
         "httpstatus": "200", "shipping_zip_code": "94109", "first_name": "B", "big": "12345678901234567890",
         "gift": "true"},
        {**M2, "total": "1e3", "order_id": "9007199254740993", "note": 'two\nlines, "quoted" \u00fc \U0001f600',
         "_2fa_enabled": "false"}],
    "_users": [{**M10, "_table": "t"}],
    "identifies": [
        {"id": "m3", "user_id": "42", "email": "k@example.com", "plan": "free", "address_city": "K\u00f6ln",
         **same_times("14:10:00")},
        {"id": "m4", "user_id": "42", "plan": "pro", **same_times("14:20:00")},
        {"id": "m5", "anonymous_id": "a-m5", "plan": "trial", **same_times("14:21:00")}],
    "users": [{"id": "42", "received_at": cell("14:20:00"), "email": "k@example.com", "plan": "pro",
               "address_city": "K\u00f6ln"}],
    "pages": [{"id": "m6", "anonymous_id": "a-m6", "name": "Home", "category": "Start", "url": "https://x/",
               **same_times("14:22:00")}],
    "screens": [{"id": "m7", "anonymous_id": "a-m7", "name": "Cart", "tags": '["a",1,null]',
                 **same_times("14:23:00")}],
    "groups": [{"id": "m8", "anonymous_id": "a-m8", "group_id": "g1", "name": "Acme", "employees": "12",
                **same_times("14:24:00")}],
    "aliases": [{"id": "m9", "user_id": "42", "previous_id": "old-42", **same_times("14:25:00")}],
}


def put_happy(pipe):
    """Store the hour of this file as three objects."""
    pipe.put("a.json.gz", FIRST)
    pipe.put("b.json.gz", SECOND)
    pipe.put("c.json.gz", THIRD)


def filled(rows):
    """The rows without their NULLs."""
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


@pytest.mark.parametrize("dialect, source, staging", [
    ("redshift", "s3", "s3"), ("redshift", "file", "s3"),
    ("postgres", "s3", "s3"), ("postgres", "file", "file"), ("postgres", "s3", "file")])
def test_every_cell_is_loaded(make_pipe, dialect, source, staging):
    pipe = make_pipe(dialect, source=source, staging=staging)
    put_happy(pipe)
    result = pipe.load().expect(0)
    assert {name: filled(rows) for name, rows in pipe.content().items()} == EXPECTED
    assert "2026-11-21T14 is loaded into web" in result.out
    assert filled(pipe.rows("rsload_discards", "table_name", "row_id", "column_name", "column_value", "reason")) == [
        {"table_name": "order_completed", "row_id": "m1", "column_name": "first_name", "column_value": "A",
         "reason": "name_collision"}]


def test_columns_have_the_types_of_the_specification(pipe):
    put_happy(pipe)
    pipe.load().expect(0)
    types = pipe.columns("order_completed")
    times = {"received_at", "uuid_ts", "original_timestamp", "sent_at", "timestamp"}
    assert set(types) == times | {"load_id"} | set().union(*EXPECTED["order_completed"])
    for name, found in types.items():
        if name in times:
            assert found == "timestamp without time zone", name
        else:
            assert found.startswith("character varying"), name
    if pipe.is_redshift:
        assert types["note"] == "character varying(512)"
    assert list(pipe.columns("tracks"))[:4] == ["id", "received_at", "uuid_ts", "load_id"]


def test_one_load_has_one_ledger_row_and_its_id_in_every_row(pipe):
    put_happy(pipe)
    before = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
    report = pipe.load_json()
    (entry,) = pipe.ledger()
    after = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert entry["load_id"] == report["load_id"]
    assert entry["source"] == pipe.source.replace("%Y/%m/%d/%H", "2026/11/21/14")
    assert (entry["window_from"], entry["window_until"]) == ("2026-11-21T14:00:00", "2026-11-21T15:00:00")
    assert (entry["objects"], entry["events"], entry["rejected"]) == (3, 10, 0)
    assert entry["rows"] == sum(len(rows) for name, rows in EXPECTED.items() if name != "users") + 1
    assert entry["staged"].rstrip("/") == report["staged"].rstrip("/")
    for table, rows in pipe.read(dict.fromkeys(EXPECTED, ("load_id", "uuid_ts"))).items():
        for row in rows:
            assert row["load_id"] == report["load_id"], table
            assert before <= datetime.datetime.fromisoformat(row["uuid_ts"]) <= after, table
    assert before <= datetime.datetime.fromisoformat(entry["started"]) <= after


def test_the_same_hour_again_does_nothing(pipe):
    put_happy(pipe)
    first = pipe.load_json()
    tables = pipe.read(dict.fromkeys(EXPECTED, ("id", "load_id", "uuid_ts")))
    staged = pipe.staged()
    again = pipe.load().expect(0)
    assert "nothing to do" in again.out and first["load_id"] in again.out
    assert pipe.load_json()["outcome"] == "already"
    assert pipe.read(dict.fromkeys(EXPECTED, ("id", "load_id", "uuid_ts"))) == tables
    assert pipe.staged() == staged
    assert len(pipe.ledger()) == 1


def test_the_same_hour_again_sends_no_statement_that_changes_anything(redshift):
    put_happy(redshift)
    redshift.load().expect(0)
    before = len(redshift.standin.statements(redshift.database))
    redshift.load().expect(0)
    sent = redshift.standin.statements(redshift.database)[before:]
    assert sent
    changing = ("create", "alter", "copy", "insert", "delete", "update", "drop", "lock", "truncate")
    assert [text for text in sent if text.lower().startswith(changing)] == []


def test_an_empty_hour_says_so(pipe):
    pipe.put("a.json.gz", FIRST, hour="2026-11-21T15")
    result = pipe.load().expect(0)
    assert "no events" in result.out
    assert pipe.load_json()["outcome"] == "empty"
    assert pipe.loaded() == {}
    assert pipe.staged() == {}


def test_an_object_without_events_loads_as_nothing(pipe):
    pipe.put("a.json.gz", b"\n\n")
    report = pipe.load_json()
    assert report["counts"]["objects"] == 1
    assert report["counts"]["events"] == report["counts"]["lines"] == 0
    assert pipe.loaded() == {}


def test_several_hours_in_turn(pipe):
    for hour in (13, 14, 15, 16):
        pipe.put("x.json.gz", [page(f"p{hour}", f"{hour}:30:00")], hour=f"2026-11-21T{hour}")
    done = pipe.load("--from", "2026-11-21T13", "--to", "2026-11-21T16", "--report", "json", hour=None).expect(0)
    assert [(r["from"], r["outcome"]) for r in done.reports] == [
        (f"2026-11-21T{hour}", "loaded") for hour in (13, 14, 15)]
    assert pipe.values("pages") == ["p13", "p14", "p15"]
    assert [row["window_from"] for row in pipe.ledger()] == [f"2026-11-21T{hour}:00:00" for hour in (13, 14, 15)]


def test_several_hours_stop_at_the_first_that_fails(postgres):
    postgres.put("x.json.gz", [page("p13")], hour="2026-11-21T13")
    postgres.put("x.json.gz", [b"no event"], hour="2026-11-21T14")
    postgres.put("x.json.gz", [page("p15")], hour="2026-11-21T15")
    done = postgres.load("--from", "2026-11-21T13", "--to", "2026-11-21T16", "--report", "json", hour=None)
    done.expect(65)
    assert [r["outcome"] for r in done.reports] == ["loaded", "failed"]
    assert postgres.values("pages") == ["p13"]


def test_the_default_hour_ended_before_the_lag(postgres):
    """Of the last three hours exactly one is loaded; which one depends on the minute that the test runs in."""
    def newest(lag_minutes):
        now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=lag_minutes)
        return (now - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H")
    for _ in range(2):      # another time when the clock went over the edge between the two looks
        before = newest(15), newest(15 + 60)
        for back in range(4):
            hour = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=back))
            postgres.put("x.json.gz", [page(hour.strftime("%dT%H"))], hour=hour.strftime("%Y-%m-%dT%H"))
        found = (postgres.load_json(hour=None)["from"], postgres.load_json("--lag", "75m", hour=None)["from"])
        if before == (newest(15), newest(15 + 60)):
            break
    assert found == before
    assert set(postgres.values("pages")) >= {before[0][8:], before[1][8:]}


def test_a_day_folder_is_kept_by_received_at(pipe):
    source = pipe.source.replace("/%H/", "/")
    pipe.put("1.json.gz", [page("p1", "13:59:59.999999"), page("p2", "14:00:00"), page("p3", "14:59:59.999999")],
             hour="2026-11-21")
    pipe.put("2.json.gz", [page("p4", "15:00:00"), page("p5", "14:30:00"), page("p6", "2026-11-20T14:30:00Z")],
             hour="2026-11-21")
    report = pipe.load_json(source=source)
    assert pipe.values("pages") == ["p2", "p3", "p5"]
    assert (report["counts"]["events"], report["counts"]["filtered"], report["counts"]["lines"]) == (3, 3, 6)
    pipe.load_json(source=source, hour="2026-11-21T15")
    assert pipe.values("pages") == ["p2", "p3", "p4", "p5"]


def test_the_last_hour_of_a_day_looks_into_the_next_day(postgres):
    source = postgres.source.replace("/%H/", "/")
    postgres.put("1.json.gz", [page("p1", "23:10:00"), page("p2", "22:10:00")], hour="2026-11-21")
    postgres.put("2.json.gz", [page("p3", "23:59:59"), page("p4", "2026-11-22T00:00:00Z")], hour="2026-11-22")
    postgres.load("--lag", "0m", source=source, hour="2026-11-21T22").expect(0)
    assert postgres.values("pages") == ["p2"]
    postgres.load(source=source, hour="2026-11-21T23").expect(0)
    assert postgres.values("pages") == ["p1", "p2", "p3"]


@pytest.mark.parametrize("how", ["plain", "gzip"])
def test_standard_input(pipe, how):
    content = packed(FIRST + SECOND + THIRD, None if how == "plain" else how)
    result = pipe.load("--report", "json", source="-", stdin=content).expect(0)
    assert result.report["outcome"] == "loaded"
    assert {name: filled(rows) for name, rows in pipe.content().items()} == EXPECTED
    assert [(row["source"], row["window_from"]) for row in pipe.ledger()] == [("-", "2026-11-21T14:00:00")]


def test_the_hour_may_be_written_in_several_ways(postgres):
    postgres.put("a.json.gz", [page("p1")])
    outcomes = [postgres.load_json(hour=text)["outcome"]
                for text in (HOUR, "2026-11-21 14", "2026-11-21T14:00Z", "2026-11-21T14:00:00Z")]
    assert outcomes == ["loaded", "already", "already", "already"]


def test_missing_times_and_ids_are_made_the_same_on_every_run(make_pipe):
    """An event without messageId, receivedAt and timestamp: the id comes from the line, the time from the object."""
    made = []
    for _ in range(2):
        pipe = make_pipe("postgres", source="file", staging="file")
        line = {"type": "page", "userId": "u1", "properties": {"a": 1}}
        pipe.put("a.json.gz", [line, line, {**line, "userId": "u2"}])
        path = next((pipe.folder / servers.EVENTS).rglob("a.json.gz"))
        os.utime(path, (1795270200, 1795270200))
        pipe.load().expect(0)
        made.append(pipe.rows("pages", "id", "user_id", "received_at", "timestamp", "a"))
    assert made[0] == made[1]
    assert len({row["id"] for row in made[0]}) == 3
    assert all(row["id"].startswith("rs-") and len(row["id"]) == 35 for row in made[0])
    assert {row["received_at"] for row in made[0]} == {"2026-11-21T14:10:00"}
