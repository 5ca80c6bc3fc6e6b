"""Logical types, joins, exact casts, VARCHAR sizes: section 6."""

import pytest
from reference.values import cut_bytes
from reference_run import discards, event, own, properties, rows, run, types

BIG = "9" * 400


@pytest.mark.parametrize("text,kind,loaded", [
    ("true", "BOOLEAN", "t"), ("false", "BOOLEAN", "f"),
    ("0", "BIGINT", "0"), ("-0", "BIGINT", "0"), ("-7", "BIGINT", "-7"),
    ("9223372036854775807", "BIGINT", "9223372036854775807"),
    ("-9223372036854775808", "BIGINT", "-9223372036854775808"),
    ("9223372036854775808", "VARCHAR(512)", "9223372036854775808"),
    ("-9223372036854775809", "VARCHAR(512)", "-9223372036854775809"),
    (BIG, "VARCHAR(512)", BIG),
    ("1.0", "DOUBLE PRECISION", "1.0"), ("1e3", "DOUBLE PRECISION", "1000.0"),
    ("1E-3", "DOUBLE PRECISION", "0.001"), ("0e5", "DOUBLE PRECISION", "0.0"),
    ("0.0", "DOUBLE PRECISION", "0.0"), ("0E-9999", "DOUBLE PRECISION", "0.0"),
    ("3.14159265358979323846", "DOUBLE PRECISION", "3.141592653589793"),
    ("1.797e308", "DOUBLE PRECISION", "1.797e+308"),
    ("1.7971e308", "VARCHAR(512)", "1.7971e308"), ("1e309", "VARCHAR(512)", "1e309"),
    ("2.3e-308", "DOUBLE PRECISION", "2.3e-308"),
    ("2.29e-308", "VARCHAR(512)", "2.29e-308"), ("-5e-324", "VARCHAR(512)", "-5e-324"),
    ("1e-400", "VARCHAR(512)", "1e-400"),
    ('"123"', "VARCHAR(512)", "123"), ('"true"', "VARCHAR(512)", "true"), ('" "', "VARCHAR(512)", " "),
    ("[ 1, {\"a\": null} ]", "VARCHAR(512)", '[1,{"a":null}]'),
    ("[null]", "VARCHAR(512)", "[null]"), ('[""]', "VARCHAR(512)", '[""]'),
    ("[[]]", "VARCHAR(512)", "[[]]"), ("[{}]", "VARCHAR(512)", "[{}]"),
])
def test_types_of_values(text, kind, loaded):
    result = run([properties(b'{"v":' + text.encode() + b"}")])
    assert types(result)["v"] == kind
    assert own(result) == [{"v": loaded}]


@pytest.mark.parametrize("text", ["null", "{}", "[]", '""', "[ ]", "{ }", '"\\u0000"',
                                  '{"b":null}', '{"b":{"c":[]}}'])
def test_nothing(text):
    result = run([properties(b'{"v":' + text.encode() + b"}")])
    assert own(result) == [{}]
    assert not [name for name in types(result) if name.startswith("v")]


def test_empty_string_can_be_kept():
    result = run([event(properties={"v": ""})], empty_string="keep")
    assert own(result) == [{"v": ""}]


@pytest.mark.parametrize("texts,kind,loaded", [
    (["1", "2.5"], "DOUBLE PRECISION", ["1.0", "2.5"]),
    (["9007199254740992", "2.5"], "DOUBLE PRECISION", ["9007199254740992.0", "2.5"]),
    (["9007199254740993", "2.50"], "VARCHAR(512)", ["9007199254740993", "2.50"]),
    (["9007199254740993", "1"], "BIGINT", ["9007199254740993", "1"]),
    (["1", "true"], "VARCHAR(512)", ["1", "true"]),
    (["-0", '"x"'], "VARCHAR(512)", ["-0", "x"]),
    (['"2024-01-02T00:00Z"', "1"], "VARCHAR(512)", ["2024-01-02T00:00Z", "1"]),
    (['"2024-01-02T00:00Z"', '"2024-01-03"'], "TIMESTAMP",
     ["2024-01-02 00:00:00", "2024-01-03 00:00:00"]),
    (["true", "false"], "BOOLEAN", ["t", "f"]),
    (["1", "1e400"], "VARCHAR(512)", ["1", "1e400"]),
])
def test_joined_types(texts, kind, loaded):
    for order in (1, -1):
        lines = [properties(b'{"v":' + text.encode() + b"}") for text in texts[::order]]
        result = run(lines)
        assert types(result)["v"] == kind
        assert own(result) == [{"v": text} for text in loaded[::order]]


@pytest.mark.parametrize("there,text,loaded", [
    ("bigint", "1", "1"), ("bigint", "1.0", "1"), ("bigint", "1.5", None), ("bigint", "1e3", "1000"),
    ("bigint", '"10"', "10"), ("bigint", '"-0"', "0"), ("bigint", '"010"', None),
    ("bigint", '" 1"', None), ("bigint", '"x"', None), ("bigint", "true", None),
    ("bigint", "9223372036854775808", None), ("bigint", "9007199254740993.0", "9007199254740993"),
    ("bigint", "1e999999999999", None), ("bigint", "0e999999999999", "0"),
    ("bigint", "1e-999999999999", None), ("bigint", '"2024-01-02"', None), ("bigint", "[1]", None),
    ("integer", "2147483647", "2147483647"), ("integer", "2147483648", None),
    ("int2", "-32768", "-32768"), ("int2", "32768", None),
    ("double precision", "1", "1.0"), ("float8", "9007199254740992", "9007199254740992.0"),
    ("float8", "9007199254740993", None), ("float8", "-9007199254740993", None),
    ("float8", "1.25", "1.25"), ("float8", '"1.25"', "1.25"), ("float8", "1e400", None),
    ("float8", '"NaN"', None), ("float8", "true", None), ("float8", "12345678901234567890", None),
    ("real", "0.5", "0.5"), ("real", "0.1", None), ("real", "1e300", None),
    ("boolean", "true", "t"), ("bool", '"false"', "f"), ("bool", '"TRUE"', None), ("bool", "1", None),
    ("timestamp without time zone", '"2024-01-02T01:00+01"', "2024-01-02 00:00:00"),
    ("timestamp", '"garbage"', None), ("timestamp", "1704164645", None),
    ("timestamptz", '"2024-01-02"', "2024-01-02 00:00:00+00"),
    ("date", '"2024-01-02"', "2024-01-02"), ("date", '"2024-01-02T00:00"', None),
    ("varchar(9)", "1.50", "1.50"), ("varchar(9)", "true", "true"),
    ("varchar(30)", '"2024-01-02T01:00+01"', "2024-01-02T01:00+01"),
    ("super", "1", None), ("numeric(18,2)", "1", None),
])
def test_existing_columns(there, text, loaded):
    for rule in ("infer", "varchar"):
        result = run([properties(b'{"v":' + text.encode() + b"}")],
                     catalog={"bought": {"v": there}}, types=rule)
        assert own(result) == [{"v": loaded} if loaded is not None else {}]
        column = [one for one in result["tables"]["bought"]["columns"] if one["name"] == "v"]
        assert column[0]["existing"]
        reasons = [one["reason"] for one in result["discards"]]
        assert reasons == ([] if loaded is not None else ["type_conflict"])


def test_conflict_row():
    result = run([event(properties={"v": "ten"})], catalog={"Bought": {"V": "BIGINT"}})
    assert discards(result) == [("bought", "m1", "v", "ten", "type_conflict")]
    assert result["counts"]["type_conflict"] == 1


def test_existing_standard_column_of_another_type():
    there = {"tracks": {"user_id": "bigint", "received_at": "varchar(64)"}}
    result = run([event(userId=42), event(userId="x")], catalog=there)
    first, second = rows(result, "tracks")
    assert first["user_id"] == "42" and "user_id" not in second
    assert first["received_at"] == "2024-01-02 03:30:00"
    assert discards(result) == [("tracks", "m1", "user_id", "x", "type_conflict")]


@pytest.mark.parametrize("size,column", [
    (1, 512), (512, 512), (513, 1024), (1025, 2048), (4097, 8192), (32768, 32768),
    (32769, 65535), (65535, 65535),
])
def test_ladder(size, column):
    assert types(run([event(properties={"v": "x" * size})]))["v"] == f"VARCHAR({column})"


def test_ladder_counts_bytes():
    assert types(run([event(properties={"v": "购" * 171})]))["v"] == "VARCHAR(1024)"


def test_presets_of_varchar():
    for layout in ("rudder", "metarouter"):
        result = run([event(properties={"v": "x"})], layout=layout)
        assert types(result)["v"] == "VARCHAR(65535)"
    result = run([event(properties={"v": 1, "w": True, "x": 1.50})], layout="metarouter")
    assert own(result) == [{"v": "1", "w": "true", "x": "1.5"}]
    assert types(result)["w"] == "VARCHAR(65535)"


def test_existing_varchar_grows_and_never_shrinks():
    there = {"bought": {"v": "varchar(100)", "w": "character varying(5120)"}}
    result = run([event(properties={"v": "x" * 100, "w": "x" * 600})], catalog=there)
    assert (types(result)["v"], types(result)["w"]) == ("VARCHAR(100)", "VARCHAR(5120)")
    result = run([event(properties={"v": "x" * 101, "w": "x" * 5121})], catalog=there)
    assert (types(result)["v"], types(result)["w"]) == ("VARCHAR(512)", "VARCHAR(8192)")


def test_too_long_text_is_cut_at_a_character():
    text = "x" + "购" * 22000
    result = run([event(properties={"v": text})])
    kept = own(result)[0]["v"]
    assert len(kept.encode()) == 65533 and text.startswith(kept)
    assert [one[4] for one in discards(result)] == ["truncated"]
    assert result["counts"]["truncated"] == 1


def test_cut_bytes():
    assert cut_bytes("aé", 2) == "a"
    assert cut_bytes("aé", 3) == "aé"
    assert cut_bytes("a😀b", 4) == "a"


def test_repairs_reach_the_cells():
    result = run([properties(b'{"v":"a\xff\\ud800\\u0000b"}')])
    assert own(result) == [{"v": "a\ufffd\ufffdb"}]
    assert (result["counts"]["replaced_utf8"], result["counts"]["stripped_nul"]) == (2, 1)
