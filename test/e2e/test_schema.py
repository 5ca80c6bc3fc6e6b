"""Tables that grow: new columns, longer values, tables that others made."""

import pytest

from events import page, track

NEXT = "2026-11-21T15"


def test_new_columns_in_a_second_hour(pipe):
    pipe.put("a.json.gz", [track("m1", properties={"total": 1})])
    pipe.put("b.json.gz", [track("m2", properties={"coupon": "X", "total": 2, "tax": 3}),
                           track("m3", "Cart Viewed", properties={"items": 1})], hour=NEXT)
    pipe.load().expect(0)
    report = pipe.load_json(hour=NEXT)
    assert pipe.rows("order_completed", "id", "total", "coupon", "tax") == [
        {"id": "m1", "total": "1", "coupon": None, "tax": None},
        {"id": "m2", "total": "2", "coupon": "X", "tax": "3"}]
    tables = {t["name"]: (t["is_new"], t["new_columns"]) for t in report["tables"]}
    assert tables["order_completed"] == (False, 2)
    assert tables["cart_viewed"][0] is True
    assert tables["tracks"] == (False, 0)
    if pipe.is_redshift:
        sent = pipe.standin.statements(pipe.database, "ok")
        adds = [text for text in sent if "ADD COLUMN" in text.upper()]
        assert len(adds) == 2 and all('"web"."order_completed"' in text for text in adds)


def test_columns_that_a_part_does_not_have_are_null(pipe):
    """The second hour lacks a column of the first; within an hour events of one table differ, too."""
    pipe.put("a.json.gz", [page("p1", properties={"a": 1, "b": 2})])
    pipe.put("b.json.gz", [page("p2", properties={"b": 3}), page("p3", properties={"c": 4}), page("p4")], hour=NEXT)
    pipe.load().expect(0)
    pipe.load(hour=NEXT).expect(0)
    assert pipe.rows("pages", "id", "a", "b", "c") == [
        {"id": "p1", "a": "1", "b": "2", "c": None}, {"id": "p2", "a": None, "b": "3", "c": None},
        {"id": "p3", "a": None, "b": None, "c": "4"}, {"id": "p4", "a": None, "b": None, "c": None}]


@pytest.mark.parametrize("length, size", [(512, 512), (513, 1024), (1025, 2048), (40000, 65535), (65535, 65535)])
def test_longer_values_in_a_second_hour_widen_the_column(redshift, length, size):
    redshift.put("a.json.gz", [page("p1", properties={"text": "short"})])
    redshift.put("b.json.gz", [page("p2", properties={"text": "x" * length})], hour=NEXT)
    redshift.load().expect(0)
    assert redshift.columns("pages")["text"] == "character varying(512)"
    redshift.load(hour=NEXT).expect(0)
    assert redshift.columns("pages")["text"] == f"character varying({size})"
    assert redshift.rows("pages", "text", order="text") == [{"text": "short"}, {"text": "x" * length}]
    alters = [e for e in redshift.standin.journal(redshift.database)
              if "ALTER COLUMN" in e.get("statement", "").upper()]
    assert [(e["txn"], e["result"]) for e in alters] == ([(None, "ok")] if size > 512 else [])


def test_longer_values_in_a_second_hour_on_postgres(postgres):
    postgres.put("a.json.gz", [page("p1", properties={"text": "short"})])
    postgres.put("b.json.gz", [page("p2", properties={"text": "\u20ac" * 5000})], hour=NEXT)
    postgres.load("--from", "2026-11-21T14", "--to", "2026-11-21T16", hour=None).expect(0)
    assert postgres.rows("pages", "text", order="text") == [{"text": "short"}, {"text": "\u20ac" * 5000}]


def test_lengths_are_counted_in_bytes(redshift):
    redshift.put("a.json.gz", [page("p1", properties={"text": "\u20ac" * 171, "name": "\u00e4" * 256})])
    redshift.load().expect(0)
    types = redshift.columns("pages")
    assert types["text"] == "character varying(1024)"
    assert types["name"] == "character varying(512)"
    assert redshift.rows("pages", "text", "name") == [{"text": "\u20ac" * 171, "name": "\u00e4" * 256}]


def test_a_value_over_65535_bytes_is_cut_at_a_character_and_counted(pipe):
    pipe.put("a.json.gz", [page("p1", properties={"text": "x" + "\u20ac" * 30000})])
    report = pipe.load_json()
    (row,) = pipe.rows("pages", "text")
    assert row["text"] == "x" + "\u20ac" * 21844
    assert report["counts"]["truncated"] == 1


def test_a_column_that_a_user_made_wider_stays_so(redshift):
    redshift.put("a.json.gz", [page("p1", properties={"text": "a"})])
    redshift.put("b.json.gz", [page("p2", properties={"text": "b" * 600})], hour=NEXT)
    redshift.load().expect(0)
    redshift.standin.ask("ping")
    redshift.sql("alter table web.pages alter column text type varchar(5120)")
    redshift.sql("do $$ declare c record; begin for c in select conname from pg_constraint where conrelid = "
                 "'web.pages'::regclass and pg_get_constraintdef(oid) like '%(text)%' loop execute "
                 "'alter table web.pages drop constraint ' || quote_ident(c.conname); end loop; end $$")
    redshift.load(hour=NEXT).expect(0)
    assert redshift.columns("pages")["text"] == "character varying(5120)"
    assert redshift.values("pages") == ["p1", "p2"]


def test_a_table_with_columns_of_others_keeps_them(pipe):
    pipe.put("a.json.gz", [page("p1")])
    pipe.put("b.json.gz", [page("p2")], hour=NEXT)
    pipe.load().expect(0)
    pipe.sql("alter table web.pages add column remark varchar(10)", "update web.pages set remark = 'seen'")
    pipe.load(hour=NEXT).expect(0)
    assert pipe.rows("pages", "id", "remark") == [{"id": "p1", "remark": "seen"}, {"id": "p2", "remark": None}]


def test_a_schema_with_a_name_that_needs_quotes(pipe):
    pipe.schema = "my schema; drop"
    pipe.put("a.json.gz", [page("p1")])
    pipe.load().expect(0)
    assert pipe.values("pages") == ["p1"]
    assert pipe.load_json()["outcome"] == "already"


def test_two_schemas_do_not_know_of_each_other(pipe):
    pipe.put("a.json.gz", [page("p1")])
    pipe.load().expect(0)
    pipe.schema = "other"
    assert pipe.load_json()["outcome"] == "loaded"
    assert pipe.values("pages") == ["p1"]


def test_many_tables_in_one_hour(pipe):
    """Thirty kinds of events, tables in name order, all in one transaction."""
    pipe.put("a.json.gz", [track(f"m{n}", f"Event {n:02d}", properties={f"only_{n}": n}) for n in range(30)])
    pipe.load().expect(0)
    assert pipe.loaded() == {"tracks": 30, **{f"event_{n:02d}": 1 for n in range(30)}}
    assert pipe.rows("event_22", "id", "only_22") == [{"id": "m22", "only_22": "22"}]
    if pipe.is_redshift:
        copies = [e for e in pipe.standin.journal(pipe.database) if e.get("statement", "").startswith("COPY")]
        assert len(copies) == 31 and len({e["txn"] for e in copies}) == 1


def test_tables_are_distributed_and_sorted(redshift):
    redshift.put("a.json.gz", [track("m1")])
    redshift.load().expect(0)
    (made,) = [text for text in redshift.standin.statements(redshift.database, "ok")
               if text.upper().startswith("CREATE TABLE") and '"order_completed"' in text]
    assert 'DISTKEY("id")' in made.replace(" (", "(") and 'SORTKEY("received_at")' in made.replace(" (", "(")
