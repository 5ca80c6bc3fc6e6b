"""What becomes of events: names, values, and the events that Segment's documentation prints."""

import hashlib
import json
import os
from collections import Counter

import pytest

from events import page, track


def leaves(value):
    """The non-empty texts in a JSON value, those inside of arrays left out."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    return [value] if isinstance(value, str) and value else []


@pytest.mark.skipif("RSLOAD_TESTDATA" not in os.environ, reason="RSLOAD_TESTDATA is not set")
def test_the_documented_segment_events_lose_nothing(pipe):
    path = os.path.join(os.environ["RSLOAD_TESTDATA"], "segment/segment_docs_examples.ndjson")
    with open(path, encoding="utf-8") as text:
        made = [json.loads(line) for line in text]
    pipe.put("docs.json.gz", made)
    counts = pipe.load_json("--dedupe", "none")["counts"]
    assert (counts["lines"], counts["events"], counts["rejected"], counts["filtered"]) == (87, 87, 0, 0)
    assert counts["values"] == counts["cells"] + counts["discards"] + counts["nulls"] + counts.get("merged", 0)
    tables = pipe.tables()
    kinds = Counter({"track": "tracks", "identify": "identifies", "page": "pages", "screen": "screens",
                     "group": "groups", "alias": "aliases"}[e["type"]] for e in made)
    assert {name: tables[name] for name in kinds} == kinds
    named = sum(e["type"] == "track" and bool(e.get("event")) for e in made)
    fixed = {*kinds, "users", *(name for name in tables if name.startswith("rsload_"))}
    assert sum(count for name, count in tables.items() if name not in fixed) == named
    read = pipe.read({name: () for name in tables if name not in ("rsload_loads", "users")})
    cells = Counter(value for rows in read.values() for row in rows for value in row.values())
    trees = {"track": ("properties", "context"), "page": ("properties", "context"),
             "screen": ("properties", "context")}
    wanted = Counter(leaf for e in made for tree in trees.get(e["type"], ("traits", "context"))
                     for leaf in leaves(e.get(tree)))
    assert {leaf: count for leaf, count in wanted.items() if cells[leaf] < count} == {}


def test_names_of_tables_and_columns(pipe):
    pipe.put("a.json.gz", [
        track("m1", "Order  Completed!"), track("m2", "HTTPServer Started", properties={"myURLPath": "/", "iOS": 1}),
        track("m3", "\u8d2d\u4e70", properties={"\u8d2d\u4e70": "x"}), track("m4", "3 doctors", properties={"2x": 1}),
        track("m5", "select", properties={"group": "g", "user.name": "n", "_private": 1}), track("m6", None)])
    pipe.load().expect(0)
    assert pipe.loaded() == {"tracks": 6, "order_completed": 1, "httpserver_started": 1, "u_e8b4ade4b9b0": 1,
                             "_3_doctors": 1, "_select": 1}
    assert pipe.rows("httpserver_started", "my_urlpath", "i_os") == [{"my_urlpath": "/", "i_os": "1"}]
    assert pipe.rows("u_e8b4ade4b9b0", "u_e8b4ade4b9b0", "event") == [{"u_e8b4ade4b9b0": "x", "event": None}]
    assert pipe.rows("_3_doctors", "_2x") == [{"_2x": "1"}]
    assert pipe.rows("_select", "_group", "user_name", "private") == [
        {"_group": "g", "user_name": "n", "private": "1"}]
    assert pipe.rows("tracks", "id", "event", "event_text")[2] == {
        "id": "m3", "event": None, "event_text": "\u8d2d\u4e70"}


def test_names_that_are_too_long_get_a_hash(redshift):
    """127 bytes are Redshift's limit; the backend of the stand-in, which has 63, knows them by other names."""
    def short(name):
        return name[:118] + "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    redshift.put("a.json.gz", [track("m1", "Table " + "x" * 130, properties={"k" * 130: "v", "l" * 127: "w"})])
    redshift.load().expect(0)
    report = redshift.load_json("--rerun", "replace")
    table = short("table_" + "x" * 130)
    assert table in [t["name"] for t in report["tables"]]
    (copy, *_) = [s for s in redshift.standin.statements(redshift.database, "ok")
                  if s.startswith("COPY") and f'"{short("k" * 130)}"' in s]
    assert f'"{"l" * 127}"' in copy


def test_a_value_of_every_kind(pipe):
    """In this order: what a text column holds of each kind of JSON value."""
    pipe.put("a.json.gz", [page("p1", properties={
        "yes": True, "no": False, "whole": -0, "big": 9223372036854775808, "tenth": 0.1, "nothing": None,
        "empty": "", "blank": " ", "object": {}, "list": [], "lists": [[], {}, None], "deep": {"a": {"b": [1]}},
        "quote": 'a"b', "comma": ",", "lines": "a\r\nb\tc", "null_text": "NULL", "nul": "a\0b",
        "date": "2026-11-21", "wide": "\U0001f600"})])
    pipe.load().expect(0)
    (row,) = pipe.rows("pages")
    standard = {"id", "received_at", "anonymous_id", "user_id", "name", "category", "original_timestamp", "sent_at",
                "timestamp"}
    assert {name: value for name, value in row.items() if name not in standard} == {
        "yes": "true", "no": "false", "whole": "0", "big": "9223372036854775808", "tenth": "0.1", "blank": " ",
        "lists": "[[],{},null]", "deep_a_b": "[1]", "quote": 'a"b', "comma": ",", "lines": "a\r\nb\tc",
        "null_text": "NULL", "nul": "ab", "date": "2026-11-21", "wide": "\U0001f600"}


ODD = ["\\\\N", "\\", "@NULL@", "\\.", "''", "\x01", "\x7f", "a\rb", '"', '""', ",", "\n", " x ", "\\n", "NULL", "null"]


@pytest.mark.parametrize("texts", [ODD, ["\\N"]], ids=["odd", "the default NULL string"])
def test_texts_that_mean_something_to_copy(pipe, texts):
    """Marks of COPY's formats, quotes and control characters: all come through as they are."""
    pipe.put("a.json.gz", [page(f"p{n:02d}", properties={"text": text, "next": "x"}) for n, text in enumerate(texts)])
    pipe.load().expect(0)
    assert pipe.rows("pages", "id", "text", "next") == [
        {"id": f"p{n:02d}", "text": text, "next": "x"} for n, text in enumerate(texts)]
