"""Lines to tables: sections 1 to 5, 8 and 10."""

import hashlib
import json
import os

import pytest
from reference import times
from reference.options import Options
from reference.transform import transform
from reference_run import (END, START, discards, event, own, properties, reasons,
                           rows, run, types)

EXAMPLE = b"""{"type":"track","event":"Order Completed","messageId":"m1","anonymousId":"a1",
"userId":42,"originalTimestamp":"2024-01-02T03:04:05.000Z",
"sentAt":"2024-01-02T03:04:06.000Z","receivedAt":"2024-01-02T03:04:09.250Z",
"context":{"ip":"1.2.3.4","page":{"url":"https://x/?a=1"},"library":{"name":"analytics.js"}},
"properties":{"id":7,"orderID":"o-1","total":10.0,"couponCode":null,
"products":[{"sku":"A"}],"order":"x","HTTPStatus":200,
"shipping":{"zipCode":"94109","address1":""},"firstName":"A","first_name":"B",
"big":12345678901234567890}}""".replace(b"\n", b" ")


def test_worked_example():
    """Section 10, cell by cell."""
    result = run([EXAMPLE])
    shared = {
        "id": "m1", "received_at": "2024-01-02 03:04:09.25", "anonymous_id": "a1",
        "user_id": "42", "event": "order_completed", "event_text": "Order Completed",
        "original_timestamp": "2024-01-02 03:04:05", "sent_at": "2024-01-02 03:04:06",
        "timestamp": "2024-01-02 03:04:08.25", "context_ip": "1.2.3.4",
        "context_page_url": "https://x/?a=1", "context_library_name": "analytics.js",
    }
    assert rows(result, "tracks") == [shared]
    assert rows(result, "order_completed") == [{
        **shared, "_id": "7", "order_id": "o-1", "total": "10.0",
        "products": '[{"sku":"A"}]', "_order": "x", "httpstatus": "200",
        "shipping_zip_code": "94109", "first_name": "B", "big": "12345678901234567890",
    }]
    found = types(result, "order_completed")
    assert found["_id"] == found["httpstatus"] == "BIGINT"
    assert found["total"] == "DOUBLE PRECISION"
    assert found["big"] == found["products"] == "VARCHAR(512)"
    assert found["timestamp"] == "TIMESTAMP"
    assert not {"coupon_code", "shipping_address1"} & set(found)
    assert set(result["tables"]) == {"tracks", "order_completed"}
    assert discards(result) == [("order_completed", "m1", "first_name", "A", "name_collision")]
    assert result["counts"]["rows"] == 2


@pytest.mark.parametrize("line,reason", [
    (b"not json", "not JSON"), (b"{", "not JSON"), (b"[1,2", "not JSON"),
    (b'{"type":"track"} {}', "not JSON"), (b'{"type":"track"}\xff', "not JSON"),
    (b"[]", "not an object"), (b"null", "not an object"), (b'"x"', "not an object"),
    (b"{}", "no type"), (b'{"type":null}', "no type"), (b'{"Type":"track"}', "no type"),
    (b'{"type":"tracks"}', "unknown type"), (b'{"type":""}', "unknown type"),
    (b'{"type":5}', "unknown type"), (b'{"type":" track"}', "unknown type"),
    (b'{"type":"track","type":"x"}', "unknown type"),
    (b'{"type":"' + b"x" * 4194304 + b'"}', "too long"),
])
def test_rejects(line, reason):
    result = run([event(), line, event()])
    first = len(json.dumps(event()))
    assert reasons(result) == [(2, first + 1, reason)]
    assert len(rows(result, "tracks")) == 2
    assert (result["counts"]["read"], result["counts"]["events"]) == (3, 2)


def test_line_limit_is_exact():
    def line(size):
        head = json.dumps(event()).encode()[:-1] + b',"pad":"'
        return head + b"x" * (size - len(head) - 2) + b'"}'

    assert run([line(4194304) + b"\r"])["counts"]["events"] == 1
    assert reasons(run([line(4194305)])) == [(1, 0, "too long")]


def test_blank_lines_count_as_lines_only():
    result = run([b"", b" \t\r", b"\r", b"x", b""])
    assert reasons(result) == [(4, 7, "not JSON")]
    assert result["counts"]["read"] == 1


def test_byte_order_mark_only_at_the_start():
    mark = b"\xef\xbb\xbf"
    text = json.dumps(event()).encode()
    result = run([mark + text + b"\r", mark + text])
    assert reasons(result) == [(2, len(mark + text) + 2, "not JSON")]
    assert result["counts"]["events"] == 1


@pytest.mark.parametrize("kind,table", [
    ("track", "tracks"), ("identify", "identifies"), ("page", "pages"),
    ("screen", "screens"), ("group", "groups"), ("alias", "aliases"), ("TRACK", "tracks"),
    ("Identify", "identifies"),
])
def test_tables(kind, table):
    line = event(kind.lower(), groupId="g1", previousId="p1")
    line["type"] = kind
    result = run([line])
    assert table in result["tables"]
    row = rows(result, table)[0]
    assert row.get("group_id") == ("g1" if table == "groups" else None)
    assert row.get("previous_id") == ("p1" if table == "aliases" else None)


def test_which_trees_make_columns():
    trees = {"properties": {"p": 1}, "traits": {"t": 1}, "userProperties": {"u": 1}}
    expected = {
        "track": {"p", "u"}, "identify": {"t", "u"}, "page": {"p"}, "screen": {"p"},
        "group": {"t"}, "alias": {"t"},
    }
    for kind, names in expected.items():
        result = run([event(kind, **trees)])
        table = "bought" if kind == "track" else next(iter(result["tables"]))
        assert set(own(result, table)[0]) == names, kind
        assert kind != "track" or own(result, "tracks") == [{}]


def test_later_tree_wins():
    line = event(properties={"a": "p"}, userProperties={"a": "u"})
    assert own(run([line])) == [{"a": "u"}]
    line = event("identify", traits={"a": "t"}, userProperties={"a": "u"})
    result = run([line])
    assert own(result, "identifies") == [{"a": "t"}]
    assert discards(result) == [("identifies", "m1", "a", "u", "name_collision")]


def test_other_fields_make_no_columns():
    line = event(version=2, projectId="x", _metadata={"a": 1}, rudderId="r", integrations={})
    assert own(run([line])) == own(run([line]), "tracks") == [{}]


@pytest.mark.parametrize("value", ["text", [1], 5, True])
def test_trees_that_are_no_objects(value):
    result = run([event(properties=value, context=value)])
    assert own(result) == [{}]
    assert result["counts"]["bad_container"] == 2


@pytest.mark.parametrize("given,loaded", [
    ("u", "u"), (42, "42"), (True, "true"), ("", None), (None, None), ({"a": 1}, None), ([], None),
])
def test_ids_are_text(given, loaded):
    for empty in ("null", "keep"):
        row = rows(run([event(userId=given)], empty_string=empty), "tracks")[0]
        assert row.get("user_id") == loaded


def test_ids_keep_the_digits():
    line = json.dumps(event()).encode()[:-1] + b',"userId":12345678901234567890.10}'
    assert rows(run([line]), "tracks")[0]["user_id"] == "12345678901234567890.10"


def test_missing_message_id_is_a_hash_of_line_and_occurrence():
    line = b'{"type":"alias", "messageId":""}'
    other = b'{"type":"alias"}'
    result = run([line, other + b"\r", b" " + line, line + b"\r", line])

    def expected(raw, number):
        return "rs-" + hashlib.sha256(raw + b"\n%d" % number).hexdigest()[:32]

    assert [row["id"] for row in rows(result, "aliases")] == [
        expected(line, 0), expected(other, 0), expected(b" " + line, 0), expected(line, 1),
        expected(line, 2),
    ]
    assert result["counts"]["message_id_missing"] == 5


def test_occurrences_are_counted_inside_an_object():
    line = b'{"type":"alias"}'
    result = transform([("a", line, None), ("b", line, None)], (START, END), Options())
    first, second = rows(result, "aliases")
    assert first == second


@pytest.mark.parametrize("fields,name,kept", [
    ({"name": "N", "properties": {"name": "P"}}, "N", {"_name": "P"}),
    ({"name": "N", "properties": {"name": "N"}}, "N", {}),
    ({"properties": {"name": "P"}}, "P", {}),
    ({"name": "", "properties": {"name": "P"}}, "P", {}),
    ({"name": None, "properties": {"name": 5}}, "5", {}),
    ({"name": {"a": 1}, "properties": {"name": "P"}}, "P", {}),
    ({"name": "N", "properties": {"Name": "N"}}, "N", {"_name": "N"}),
    ({"name": "N", "properties": {"name": [1]}}, "N", {"_name": "[1]"}),
    ({"properties": {"name": [1]}}, None, {"_name": "[1]"}),
    ({"properties": {"name": {"a": 1}}}, None, {"name_a": "1"}),
])
def test_page_name_and_category(fields, name, kept):
    for kind in ("page", "screen"):
        found = own(run([event(kind, **fields)]), kind + "s")[0]
        assert found.pop("name", None) == name
        assert found == kept
    renamed = json.loads(json.dumps(fields).replace('name"', 'category"'))
    found = own(run([event("page", **renamed)]), "pages")[0]
    assert found.get("category") == name


@pytest.mark.parametrize("key", [
    "id", "received_at", "uuid", "uuid_ts", "load_id", "loaded_at", "anonymousId", "userId",
    "event", "event_text", "sentAt", "original_timestamp", "timestamp",
])
def test_standard_columns_are_protected(key):
    result = run([event(properties={key: "v"})])
    (found,) = own(result)
    assert list(found.values()) == ["v"] and next(iter(found)).startswith("_")
    dropped = run([event(properties={key: "v"})], layout="rudder")
    assert own(dropped) == [{}]
    assert [one[4] for one in discards(dropped)] == ["standard_column"]


def test_protection_is_by_table():
    assert own(run([event(properties={"group_id": "g", "name": "n"})])) == [
        {"group_id": "g", "name": "n"}
    ]
    found = own(run([event("group", traits={"groupId": "g"})]), "groups")
    assert found == [{"_group_id": "g"}]


@pytest.mark.parametrize("tree,kept,lost", [
    (b'{"firstName":"A","first_name":"B"}', "B", ["A"]),
    (b'{"first_name":"B","firstName":"A"}', "B", ["A"]),
    (b'{"firstName":"A","first name":"B"}', "A", ["B"]),
    (b'{"first":{"name":"A"},"firstName":"B"}', "B", ["A"]),
    (b'{"firstName":"A","first_name":"A"}', "A", []),
    (b'{"firstName":"A","first_name":null}', "A", []),
    (b'{"firstName":"A","first_name":""}', "A", []),
    (b'{"firstName":1,"first_name":"1"}', "1", []),
    (b'{"first name":"1","firstName":"2","first":{"name":"3"},"first_name":"4"}', "4",
     ["1", "2", "3"]),
])
def test_collisions(tree, kept, lost):
    result = run([properties(tree)])
    assert own(result) == [{"first_name": kept}]
    assert sorted(one[3] for one in discards(result)) == lost
    assert len(result["collisions"]) == len(lost)


def test_collision_suffixes():
    tree = b'{"firstName":"A","first name":"B","first_name":"C","first_name_2":"D"}'
    result = run([properties(tree)], on_name_collision="suffix")
    assert own(result) == [{"first_name": "C", "first_name_2": "D", "first_name_3": "B",
                            "first_name_4": "A"}]
    assert discards(result) == []


def test_collision_between_context_and_properties():
    line = event(context={"ip": "1"}, properties={"context_ip": "2"})
    result = run([line])
    assert own(result) == [{"context_ip": "1"}]
    assert own(result, "tracks") == [{"context_ip": "1"}]
    assert [one[3] for one in discards(result)] == ["2"]


def test_depth_limit_keeps_json():
    line = properties(b'{"a":{"b":{"c": [1, {"d":2}]},"e":{}}}')
    assert own(run([line], max_depth=2)) == [{"a_b": '{"c":[1,{"d":2}]}'}]
    assert own(run([line], max_depth=1)) == [{"a": '{"b":{"c":[1,{"d":2}]},"e":{}}'}]
    deep = b'{"a":' * 65 + b"1" + b"}" * 65
    (found,) = own(run([properties(deep)]))
    assert list(found.values()) == ['{"a":1}']


def test_object_and_scalar_under_one_key():
    result = run([event(properties={"a": 1}), event(properties={"a": {"b": 2}})])
    assert own(result) == [{"a": "1"}, {"a_b": "2"}]


def test_array_like_objects_stay_objects():
    line = event("identify", traits={"w": {"0": "a", "1": "b"}})
    assert own(run([line]), "identifies") == [{"w_0": "a", "w_1": "b"}]


def test_column_limit():
    lines = [event(properties={"a": 1, "b": 2}), event(properties={"c": 3, "b": 4})]
    result = run(lines, max_columns=12)
    assert own(result) == [{"a": "1"}, {}]
    assert [one[2:] for one in discards(result)] == [
        ("b", "2", "too_many_columns"), ("c", "3", "too_many_columns"),
        ("b", "4", "too_many_columns"),
    ]
    there = {"bought": {"b": "bigint"}}
    assert own(run(lines, max_columns=12, catalog=there)) == [{"b": "2"}, {"b": "4"}]


def test_window_filter():
    lines = [event(receivedAt=text) for text in (
        "2024-01-02T02:59:59.999999Z", "2024-01-02T03:00:00Z", "2024-01-02T03:59:59.999999Z",
        "2024-01-02T04:00:00Z",
    )]
    assert run(lines)["counts"]["events"] == 4
    counts = run(lines + [b"x"], filter_received=True)["counts"]
    assert (counts["events"], counts["filtered"], counts["rejected"]) == (2, 2, 1)


@pytest.mark.parametrize("value,is_kept", [
    ({"Warehouses": {"all": False}}, False), ({"Warehouses": {"all": True}}, True),
    ({"Warehouses": False}, True), ({"All": False}, True), (None, True), ([], True),
])
def test_integrations(value, is_kept):
    line = event(integrations=value)
    assert run([line])["counts"]["events"] == 1
    assert run([line], integrations="respect")["counts"].get("events", 0) == int(is_kept)


def test_rudder_columns():
    line = event(channel="web", request_ip="9.9.9.9", context={"ip": "1.2.3.4"})
    (found,) = own(run([line], layout="rudder"))
    assert found == {"channel": "web", "context_ip": "1.2.3.4", "context_passed_ip": "1.2.3.4",
                     "context_request_ip": "9.9.9.9"}
    (found,) = own(run([event(request_ip="9.9.9.9")], layout="rudder"))
    assert found == {"context_ip": "9.9.9.9", "context_request_ip": "9.9.9.9"}


def test_missing_both_ids_is_counted():
    result = run([event(anonymousId="", userId=None)])
    assert result["counts"]["no_user"] == 1
    assert len(rows(result, "tracks")) == 1


def test_documentation_examples_lose_no_leaf(testdata):
    """Every string and number below properties, traits and context is in some cell."""
    path = os.path.join(testdata, "segment", "segment_docs_examples.ndjson")
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    for line in lines:
        result = run([line])
        assert result["rejects"] == []
        cells = {text for table in result["tables"].values()
                 for row in table["rows"] for text in row}
        cells |= {one["value"] for one in result["discards"]}
        read = json.loads(line)
        kind = read["type"]
        trees = {"track": ["properties"], "page": ["properties"], "screen": ["properties"]}
        for tree in trees.get(kind, ["traits"]) + ["context"]:
            for leaf in _strings(read.get(tree) or {}):
                moment = times.parse(leaf)
                assert (times.write(moment) if moment else leaf) in cells, leaf


def _strings(value):
    """Return the strings of a JSON value that are not inside arrays."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [value] if isinstance(value, str) and value else []

