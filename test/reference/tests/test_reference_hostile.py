"""The generator of hostile events, and what must hold for any input at all."""

import hashlib
from collections import Counter

import pytest
from reference.hostile.generate import hostile
from reference.names import NAME_LIMIT
from reference.options import Options
from reference.transform import transform
from reference_run import END, START

RULES = [
    {}, {"layout": "rudder"}, {"layout": "metarouter"}, {"empty_string": "keep"},
    {"on_name_collision": "suffix"}, {"max_depth": 2, "max_columns": 30},
    {"timestamps": "off", "unnamed": "drop", "unnamed_events": "tracks-only"},
]


def result_of(seed, lines, **options):
    """Return the reference's result on one seed."""
    objects = [("o", hostile(seed, lines), None)]
    return transform(objects, (START, END), Options(**options))


def test_same_seed_same_bytes():
    assert hostile(5, 200) == hostile(5, 200) != hostile(6, 200)


def test_gentle_lines_are_all_events():
    for seed in range(5):
        objects = [("o", hostile(seed, 300, gentle=True), None)]
        result = transform(objects, (START, END), Options())
        # Two "type" keys in one line may leave one that is no type.
        assert {one["reason"] for one in result["rejects"]} <= {"unknown type", "no type"}
        assert result["counts"]["events"] > 250


def test_every_shape_is_reached():
    counts, reasons, kinds = Counter(), Counter(), Counter()
    for seed in range(10):
        result = result_of(seed, 500)
        counts.update(result["counts"])
        reasons.update(one["reason"] for one in result["rejects"])
        kinds.update(one["type"] for table in result["tables"].values()
                     for one in table["columns"])
    assert set(reasons) == {"not JSON", "not an object", "no type", "unknown type"}
    assert set(kinds) == {"VARCHAR", "BIGINT", "DOUBLE PRECISION", "BOOLEAN", "TIMESTAMP"}
    for name in ("truncated", "name_collision", "replaced_utf8", "stripped_nul", "bad_container",
                 "bad_text", "bad_timestamp", "message_id_missing", "received_at_missing"):
        assert counts[name] > 0, name


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_what_always_holds(rules):
    for seed in range(3):
        result = result_of(seed, 200, **rules)
        counts = result["counts"]
        assert counts["read"] == counts["events"] + counts["rejected"]
        for name, table in result["tables"].items():
            assert_plain_name(name)
            described = table["columns"]
            names = [one["name"] for one in described]
            assert len(names) == len(set(names))
            assert len(names) <= rules.get("max_columns", 1500)
            for one in names:
                assert_plain_name(one)
            for row in table["rows"]:
                assert len(row) == len(described)
                assert row[0] is not None and row[1] is not None
                assert all(fits(cell, one) for cell, one in zip(row, described))


def assert_plain_name(name):
    """Check that a name needs no care of any kind."""
    assert 0 < len(name) <= NAME_LIMIT and name.isascii() and name == name.lower()
    assert name.replace("_", "a").isalnum() and not name[0].isdigit()


def fits(cell, column):
    """Tell whether a cell is NULL or text that its column's size holds."""
    if cell is None or column["bytes"] is None:
        return True
    return "\0" not in cell and len(cell.encode()) <= column["bytes"]


def test_bytes_are_the_same_everywhere():
    """A digest of one seed: a change of the generator shows, a change of Python too."""
    assert hashlib.sha256(hostile(1, 100)).hexdigest() == DIGEST


DIGEST = "8068f5b2772053bbc5eee93d3bb2859fb29c3c5464b55c7c4a86004e2b6c4fb6"
