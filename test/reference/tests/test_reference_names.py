"""Names of columns and tables, section 4."""

import hashlib
import json
import os

import pytest
from reference import names
from reference_run import event, own, properties, rows, run


def test_snakecase_cases_of_its_authors(testdata):
    with open(os.path.join(testdata, "segment", "go_snakecase_cases.json"),
              encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    assert len(cases) >= 32
    for case in cases:
        assert names.snakecase(case["in"]) == case["out"], case


# Section 4.11: source key, segment column, rudder column (None: no column).
NAME_TABLE = [
    ("userID", "_user_id", None),
    ("HTTPServer", "httpserver", "http_server"),
    ("myURLPath", "my_urlpath", "my_url_path"),
    ("iOS", "i_os", "i_os"),
    ("iOSVersion", "i_osversion", "i_os_version"),
    ("ipV4", "ip_v4", "ip_v4"),
    ("address1Line", "address1_line", "address1_line"),
    ("2FA Enabled", "_2fa_enabled", "_2fa_enabled"),
    ("25dollarpurchase", "_25dollarpurchase", "_25dollarpurchase"),
    ("aMRR_calc", "a_mrr_calc", "a_mrr_calc"),
    ("_private", "private", "_private"),
    ("__timestamp", "_timestamp", "__timestamp"),
    ("trailing_", "_trailing", "_trailing"),
    ("group", "_group", "_group"),
    ("order", "_order", "_order"),
    ("table", "_table", "_table"),
    ("user", "_user", "_user"),
    ("tag", "_tag", "_tag"),
    ("percent", "_percent", "_percent"),
    ("price($)", "price", "price"),
    ("$price", "price", "price"),
    ("Café", "caf", "caf"),
    ("Über User", "ber_user", "ber_user"),
    ("don't", "don_t", "don_t"),
    ("购买", "u_e8b4ade4b9b0", None),
    ("___", "u_5f5f5f", "___"),
    ("OAuth2Token", "oauth2_token", "o_auth2_token"),
    ("samPLE text", "sam_ple_text", "sam_ple_text"),
    ("fooBAR1baz", "foo_bar1baz", "foo_bar1_baz"),
]


@pytest.mark.parametrize("key,segment,rudder", NAME_TABLE)
def test_name_table(key, segment, rudder):
    line = event(properties={key: "v"})
    assert own(run([line])) == [{segment: "v"}]
    expected = {rudder: "v"} if rudder else {}
    assert own(run([line], layout="rudder", unnamed="drop")) == [expected]


@pytest.mark.parametrize("key,name", [
    ("productSKUCode", "product_skucode"), ("UTMSource", "utmsource"),
    ("abc123def", "abc123def"), ("v2", "v2"), ("order__completed", "order_completed"),
    ("naïve", "na_ve"), ("L’Oréal", "l_or_al"), ("a_", "a"), ("_", ""), ("a_B", "a_b"),
    ("ABC_DEF", "abc_def"), ("aB", "a_b"), ("1Ab", "1ab"), ("ab_1C", "ab_1c"), ("", ""),
])
def test_snakecase(key, name):
    assert names.snakecase(key) == name


@pytest.mark.parametrize("key,name", [
    ("ABc", "a_bc"), ("abc123def", "abc123_def"), ("v2", "v2"), ("1st", "1st"),
    ("x86_64", "x86_64"), ("A1b", "a1_b"), ("userId", "user_id"), ("a.b-c", "a_b_c"),
    ("3DModel", "3d_model"), ("", ""), ("购", ""),
])
def test_rudder_words(key, name):
    assert names.rudder_words(key) == name


def test_long_names_end_in_a_hash_of_the_whole():
    assert names.cut("x" * 127) == "x" * 127
    digest = hashlib.sha256(b"x" * 128).hexdigest()[:8]
    assert names.cut("x" * 128) == "x" * 118 + "_" + digest
    digest = hashlib.sha256(b"_" + b"1" * 127).hexdigest()[:8]
    assert own(run([event(properties={"1" * 127: "v"})])) == [
        {"_" + "1" * 117 + "_" + digest: "v"}
    ]


@pytest.mark.parametrize("tree,expected", [
    (b'{"a":{"bC":1}}', {"a_b_c": "1"}),
    (b'{"a":{"":1}}', {"a": "1"}),
    ('{"买":{"b":1}}'.encode(), {"b": "1"}),
    ('{"买":{"购":1}}'.encode(), {"u_e4b9b02ee8b4ad": "1"}),
    (b'{"":1}', {"u_": "1"}),
    (b'{"or":{"der":1}}', {"or_der": "1"}),
    (b'{"order":{"":1}}', {"_order": "1"}),
])
def test_paths(tree, expected):
    assert own(run([properties(tree)])) == [expected]


def test_context_has_its_prefix_before_all_else():
    found = own(run([event(context={"order": 1, "2fa": 2, "购": 3, "user": {"id": 4}})]))
    assert found == [{"context_order": "1", "context_2fa": "2", "context_u_e8b4ad": "3",
                      "context_user_id": "4"}]


def test_unnamed_can_be_dropped():
    result = run([event(properties={"购": 1, "a": 2})], unnamed="drop")
    assert own(result) == [{"a": "2"}]
    assert result["counts"]["unnamed_dropped"] == 1


@pytest.mark.parametrize("name,table", [
    ("Order Completed", "order_completed"), ("  Order Completed ", "order_completed"),
    ("Users", "_users"), ("_tracks", "_tracks"), ("rsload loads", "_rsload_loads"),
    ("Order", "_order"), ("3 Doctors", "_3_doctors"), (123, "_123"), (True, "_true"),
    (1.5, "_1_5"), ("购买", "u_e8b4ade4b9b0"), (" 购买 ", "u_e8b4ade4b9b0"), ("  ", "u_2020"),
    ("101_account_update", "_101_account_update"),
])
def test_event_tables(name, table):
    assert set(run([event(event=name)])["tables"]) == {"tracks", table}


@pytest.mark.parametrize("name", [None, "", {}, [], {"a": 1}, ["x"], "\u0000"])
def test_no_event_table(name):
    result = run([event(event=name)])
    assert set(result["tables"]) == {"tracks"}
    assert "event" not in rows(result, "tracks")[0]


def test_unnamed_event_keeps_its_text():
    result = run([event(event="购买")])
    assert rows(result, "tracks")[0]["event_text"] == "购买"
    assert "event" not in rows(result, "tracks")[0]
    kept = run([event(event="购买")], empty_string="keep")
    assert rows(kept, "tracks")[0]["event"] == ""
    only = run([event(event="购买")], unnamed_events="tracks-only")
    assert set(only["tables"]) == {"tracks"}


def test_event_column_is_the_slug_without_prefix_and_whole():
    long_name = "word " * 40
    result = run([event(event="Users"), event(event=long_name)])
    assert [row["event"] for row in rows(result, "tracks")] == [
        "users", "_".join(["word"] * 40)
    ]


def test_existing_column_without_the_reserved_prefix_is_used():
    line = event(properties={"order": "x", "timestamp": "y"})
    there = {"bought": {"ORDER": "varchar(100)", "timestamp": "timestamp"}}
    assert own(run([line], catalog=there)) == [{"order": "x", "_timestamp": "y"}]
    both = {"bought": {"order": "varchar(100)", "_order": "varchar(100)"}}
    assert own(run([line], catalog=both)) == [{"_order": "x", "_timestamp": "y"}]
