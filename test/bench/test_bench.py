"""Tests of the benchmark's own parts: what is measured, counted and explained, not how fast it is."""

import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare  # noqa: E402
import measure  # noqa: E402
import schema  # noqa: E402
import sides  # noqa: E402
import table  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


class FakeData:
    """Two GB of events that nobody made."""

    raw_gb, gzip_mb, events, objects = 2.0, 380.0, 1000, ["a"]
    source, schema, input = "file:///e/%H/", "/e/schema.json", "/e"


def test_a_child_of_the_command_counts(tmp_path):
    spin = "x = 0\nfor i in range(3000000): x += i"
    cost = measure.run(["sh", "-c", f"{sys.executable} -c '{spin}'; :"], str(tmp_path / "log"))
    assert cost.cpu_s > 0.02
    assert cost.wall_s > 0
    assert cost.peak_mb > 1


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(measure.Failed, match="ended with 3: no luck"):
        measure.run(["sh", "-c", "echo no luck >&2; exit 3"], str(tmp_path / "log"))


def test_middle_is_median_least_most():
    assert measure.middle([3, 1, 9]) == (3, 1, 9)
    assert measure.middle([]) is None


@pytest.mark.parametrize("ours, theirs, reason", [
    ("a", "a", ""),
    (None, "", ""),
    ("t", "true", "booleans"),
    ("2026-11-21 14:00:00.5", "2026-11-21T14:00:00.500Z", "times"),
    ("19.9", "19.90", "numbers"),
    ("9007199254740993", "9007199254740992", "LOST"),
    ('[{"a": 1}]', '[{"a":1}]', "arrays"),
    ("[9007199254740993]", "[9007199254740992]", "LOST"),
    (None, "[]", "rsload writes NULL"),
])
def test_a_difference_is_explained(ours, theirs, reason):
    found = compare.explain(ours, theirs)
    assert found.startswith(reason) if reason else found == ""


@pytest.mark.parametrize("ours, theirs", [("a", "b"), ("a", None), (None, "a"), ("1", "2"), ("[1]", "[2]"),
                                          ("2026-11-21 14:00:00", "2026-11-21T14:00:01Z")])
def test_another_value_is_not_explained(ours, theirs):
    assert compare.explain(ours, theirs) is None


def test_a_missing_row_is_counted():
    ours = {"orders": [{"id": "1", "x": "a"}, {"id": "2", "x": "b"}], "tracks": [{"id": "9"}]}
    counts, strange, missing = compare.compare(ours, {"orders": {"1": {"id": "1", "x": "c"}}})
    assert missing == 1
    assert strange == [("orders", "1", "x", "a", "c")]
    assert counts["equal as text"] == 1


def test_ratios_are_taken_from_the_medians(capsys):
    data = FakeData()
    seconds = {"rsload gzip, 1 job": 6, "rsload gzip, 2 jobs": 6, "igzip -dc": 2, "igzip -1": 2, "DuckDB narrow, gzip": 60}
    chosen = [sides.Side(name, [], data) for name in (*seconds, "Miller wide, gzip, one object")]
    chosen[-1].missing = "mlr"
    costs = {name: [measure.Cost(cpu_s, middle, 20) for cpu_s in (middle, middle * 2, middle / 2)]
             for name, middle in seconds.items()}
    costs["rsload gzip, 2 jobs"] = [measure.Cost(6, 3, 40)] * 3
    table.show(chosen, costs, {"chdb": "1"}, data, [1, 2])
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "rsload gzip, 1 job 3.00 1.50-6.00 1.50 3.00 333 20 -" in lines
    assert "rsload gzip, 1 job: CPU over floor 1.50" in lines
    assert "rsload gzip: wall of 2 jobs over wall of 1 0.50" in lines
    assert "DuckDB narrow, gzip: CPU over rsload's (2 jobs) 10.00" in lines
    assert "not measured: Miller wide, gzip, one object: mlr" in lines


def test_the_schema_has_every_table_and_both_paths_of_a_collision(tmp_path):
    subprocess.run([HERE + "/../events/generate", "--seed", "3", "--events", "3000", "--objects", "2", "--jobs", "1",
                    "--hour", "2026-11-21T14", "--out", str(tmp_path)], check=True, stdout=subprocess.DEVNULL)
    found = schema.find_schema([str(path) for path in tmp_path.glob("*.gz")])
    tables = {one["name"]: {column["name"]: column["paths"] for column in one["columns"]} for one in found["tables"]}
    assert len(tables) == 45
    paths = tables["campaign_link_clicked"]["campaign_name"]
    assert paths == [["properties", "campaign_name"], ["properties", "campaign", "name"]]
    assert tables["pages"]["name"] == [["name"], ["properties", "name"]]
    assert "_name" not in tables["pages"]
    assert tables["groups"]["employees"] == [["traits", "employees"]]
    assert found["shape"]["context"]["os"] == {"name": None, "version": None}
    assert ("properties", "products") in found["arrays"]
