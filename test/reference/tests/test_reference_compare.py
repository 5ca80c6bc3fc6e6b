"""The comparison: CSV, the reading of load.json, differences, shrinking."""

import csv
import gzip
import io
import json
import os

import pytest
from reference import columns
from reference.compare import rsload
from reference.compare.check import HOUR, LAST_MODIFIED, Check
from reference.compare.differ import differences
from reference.compare.shrink import shrink
from reference.hostile.generate import hostile
from reference.options import Options
from reference.transform import transform


@pytest.mark.parametrize("data,records", [
    (b'a,"b",\n', [["a", "b", None]]),
    (b'"",\r\n,""\n', [["", None], [None, ""]]),
    (b'"a""b","c\nd\r\n,"\n', [['a"b', "c\nd\r\n,"]]),
    (b'"x"', [["x"]]),
    (b'""""\n\n', [['"'], [None]]),
    (b"a,", [["a", None]]),
    (b"", []),
])
def test_csv(data, records):
    assert rsload.csv_records(data) == records


@pytest.mark.parametrize("data", [b'"a', b'"a"b\n', b'"a""'])
def test_broken_csv(data):
    with pytest.raises(rsload.RunFailed):
        rsload.csv_records(data)


def test_csv_as_python_writes_it():
    rows = [["a\"b", "c,d", "e\r\nf", "", "购"], ["\x01", "\x7f", " ", "'", "\\"]]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    assert rsload.csv_records(text.getvalue().encode()) == rows


@pytest.mark.parametrize("text,kind,loaded", [
    ("true", "BOOLEAN", "t"), ("f", "BOOLEAN", "f"), ("-0", "BIGINT", "0"), ("1e1", "BIGINT", "10"),
    ("1", "DOUBLE PRECISION", "1.0"), ("2024-01-02T03:04Z", "TIMESTAMP", "2024-01-02 03:04:00"),
    ("x", "BIGINT", "<not a BIGINT: x>"), ("x", "TIMESTAMP", "<not a TIMESTAMP: x>"),
    ("x", "DOUBLE PRECISION", "<not a DOUBLE PRECISION: x>"), ("007", "VARCHAR", "007"),
    (None, "BIGINT", None),
])
def test_canonical(text, kind, loaded):
    assert rsload.canonical(text, kind) == loaded


def test_flags():
    assert rsload.arguments_of({"max_depth": 3, "empty_string": "keep", "filter_received": False}
                               ) == ["--empty-string", "keep", "--max-depth", "3"]


def pretend(spoil=None):
    """Return a stand-in for the binary: it stages the reference's own result.

    `spoil` may change the result before it is written.
    """

    def stage(_binary, source, staging, hour, options, _extra):
        (path,) = [one for one in _files(source)]
        with open(path, "rb") as file:
            data = file.read()
        result = transform([("events.json", data, LAST_MODIFIED)], (HOUR, HOUR),
                           Options.from_dict(options))
        if spoil:
            spoil(result)
        assert hour == HOUR
        write_staged(staging, result)
        return rsload.read(staging)

    return stage


def _files(folder):
    """Yield the files below a folder."""
    for path, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(path, name)


def write_staged(staging, result):
    """Write a result in the form that rsload stages."""
    root = os.path.join(staging, "events", HOUR.strftime("%Y-%m-%dT%H"), "load")
    os.makedirs(root)
    tables = []
    tables_to_write = dict(result["tables"])
    if result["discards"]:
        tables_to_write["rsload_discards"] = discards_table(result["discards"])
    for name, table in tables_to_write.items():
        described = [{"name": one["name"], "type": one["type"].lower(), "max_bytes": one["bytes"] or 8}
                     for one in table["columns"]]
        described.append({"name": "load_id", "type": "varchar", "max_bytes": 26})
        os.mkdir(os.path.join(root, name))
        key = f"{name}/0001.csv.gz"
        body = "".join(
            ",".join(_field(cell) for cell in row + ["load-7"]) + "\n" for row in table["rows"]
        )
        with open(os.path.join(root, key), "wb") as file:
            file.write(gzip.compress(body.encode()))
        tables.append({"name": name, "columns": described,
                       "parts": [{"key": key, "columns": len(described)}]})
    with gzip.open(os.path.join(root, "rejects.ndjson.gz"), "wt") as file:
        for one in result["rejects"]:
            file.write(json.dumps(one) + "\n")
    with open(os.path.join(root, "load.json"), "w", encoding="utf-8") as file:
        json.dump({"tables": tables, "counts": result["counts"]}, file)


def discards_table(discards):
    """Return the discards as a table."""
    names = ("table_name", "row_id", "column_name", "column_value", "reason")
    members = ("table", "row_id", "column", "value", "reason")
    return {
        "columns": [{"name": name, "type": "VARCHAR", "bytes": 65535} for name in names],
        "rows": [[one[member] for member in members] for one in discards],
    }


def _field(cell):
    """Return a CSV field: NULL is nothing, all else is quoted."""
    return "" if cell is None else '"' + cell.replace('"', '""') + '"'


@pytest.mark.parametrize("options", [{}, {"layout": "rudder"}, {"empty_string": "keep"}])
def test_agreement(options):
    out = io.StringIO()
    check = Check("rsload", options, stage=pretend())
    assert check.report("seed 3", hostile(3, 150), out=out), out.getvalue()


def drop_bigints(result):
    """Spoil a result: BIGINT columns are said to be DOUBLE PRECISION."""
    for table in result["tables"].values():
        for one in table["columns"]:
            if one["type"] == "BIGINT":
                one["type"] = "DOUBLE PRECISION"


def test_difference_is_found_and_shrunk():
    out = io.StringIO()
    check = Check("rsload", {}, stage=pretend(drop_bigints))
    data = hostile(2, 60, gentle=True)
    assert not check.report("seed 2", data, out=out)
    assert "column type" in out.getvalue()
    small = check.smallest(data, "column type")
    assert len(small) < 80 and b"\n" not in small
    assert check.differences(small)


def lose(where):
    """Return a way to spoil one member of a result."""

    def spoil(result):
        if where == "table":
            result["tables"].popitem()
        elif where == "column":
            table = result["tables"]["tracks"]
            table["columns"].pop()
            for row in table["rows"]:
                row.pop()
        elif where == "row":
            result["tables"]["tracks"]["rows"].pop()
        elif where == "cell":
            result["tables"]["tracks"]["rows"][0][3] = "other"
        elif where == "discard":
            result["discards"].pop()
        else:
            result["rejects"][0]["offset"] += 1

    return spoil


@pytest.mark.parametrize("where", ["table", "column", "row", "cell", "discard", "reject"])
def test_each_kind_of_difference_is_seen(where):
    data = hostile(4, 120)
    assert Check("rsload", {}, stage=pretend(lose(where))).differences(data)


def test_failed_run_is_a_difference():
    found = Check("/nonexistent/rsload", {}).differences(b"{}")
    assert [one.kind for one in found] == ["rsload failed"]


def test_run_constants_are_not_compared(tmp_path):
    result = transform([("o", b'{"type":"alias"}', None)], (HOUR, HOUR), Options())
    write_staged(str(tmp_path), result)
    staged = rsload.read(str(tmp_path))
    assert "load_id" in staged.tables["aliases"] and "load_id" in columns.RUN_CONSTANTS
    assert differences(result, staged) == []


def test_shrink_lines_and_members():
    data = b'{"a":[1,{"b":"xxxx needle yyyy"},2],"c":3}\n{"z":1}\nnoise'
    asked = []

    def fails(candidate):
        asked.append(candidate)
        return b"needle" in candidate

    small = shrink(data, fails)
    assert b"needle" in small and len(small) <= len(b'{"":[{"b":"needle"}]}')
    assert len(asked) < 300


def test_shrink_broken_line():
    assert shrink(b"abc{def", lambda some: b"{" in some) == b"{"


def test_shrink_keeps_to_its_budget():
    asked = []

    def fails(candidate):
        asked.append(candidate)
        return False

    assert shrink(b"a\nb\nc", fails, budget=3) == b"a\nb\nc"
    assert len(asked) == 3
