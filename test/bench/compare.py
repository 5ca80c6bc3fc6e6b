#!/usr/bin/python3
"""compare -- are the peers' values rsload's? Each difference is counted under its explanation.

    test/bench/compare.py [--raw-mb 100] [--dir build/bench]

Reads what the last `run` of that size left: rsload's parts (gzip, 1 job) against every peer's gzip CSV
of the same events (those of the small set against rsload's run on it). A cell is known by table, id and
column. Prints, for each peer, how many cells are equal as text, how many differ and why, and examples of
what has no explanation; ends with 1 when there is any such or when rows are missing. All is held
in memory: some 20 bytes of it for a byte of raw JSON, so choose 100 MB, not 1000.
"""

import argparse
import collections
import csv
import glob
import gzip
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from reference import times  # noqa: E402
from reference.compare import rsload  # noqa: E402

EXAMPLES = 3        # shown of the differences without an explanation
OURS_ALONE = {"event", "uuid_ts", "load_id"}        # columns that the peers are not asked for
PAIRS = {"rsload-gzip-1": ("duckdb-narrow-gzip", "duckdb-wide-gzip", "clickhouse-narrow-gzip", "clickhouse-wide-gzip"),
         "one-object/rsload-gzip-1": ("plain", "miller")}

csv.field_size_limit(1 << 30)


def as_number(text):
    """Return the number that `text` is, else None."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def as_json(text):
    """Return the array or object that `text` is, whole numbers exact, else None."""
    if not text or text[0] not in "[{":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def as_time(text):
    """Return `text` as rsload writes a time, else None."""
    moment = times.parse(text) if text else None
    return times.write(moment) if moment else None


def as_doubles(value):
    """Return a JSON value whose numbers, and texts that look like one, are doubles."""
    if isinstance(value, list):
        return [as_doubles(one) for one in value]
    if isinstance(value, dict):
        return {key: as_doubles(one) for key, one in value.items()}
    number = as_number(value)
    return value if number is None else number


def explain(ours, theirs):
    """Return why two cells (text or None) are the same value, '' when equal as text, None when they differ."""
    if (ours or None) == (theirs or None):
        return ""
    if ours is None:
        return "rsload writes NULL for an empty array, object or null" if theirs in ("[]", "{}", "null", "-") else None
    if theirs is None:
        return None
    if (ours, theirs) in (("t", "true"), ("f", "false")):
        return "booleans: t and f for true and false"
    if as_time(theirs) == ours or (as_time(theirs) and as_time(theirs) == as_time(ours)):
        return "times: in UTC, without T, Z and closing zeros"
    if as_number(ours) is not None and as_number(ours) == as_number(theirs):
        has_lost = ours.lstrip("-").isdigit() and len(ours) > 15
        return "LOST: a 64-bit id went through a double" if has_lost else "numbers: another text of the same double"
    if as_json(ours) is not None:
        if as_json(ours) == as_json(theirs):
            return "arrays: blanks, escapes, another text of the same number"
        if as_doubles(as_json(ours)) == as_doubles(as_json(theirs)):
            return "LOST: 64-bit ids inside arrays went through doubles, or numbers were quoted"
    return None


def peer_rows(folder):
    """Return {table: {id: {column: text, None for nothing}}} of a peer's CSV below `folder`."""
    tables = {}
    for name in sorted(glob.glob(folder + "/**/*.csv.gz", recursive=True)):
        first = os.path.relpath(name, folder).split(os.sep)[0]
        table = first.split("=")[-1].removesuffix(".csv.gz")
        with gzip.open(name, "rt", encoding="utf-8", newline="") as text:
            rows = tables.setdefault(table, {})
            for row in csv.DictReader(text):
                rows[row["id"]] = {column: value or None for column, value in row.items()}
    return tables


def compare_row(ours, theirs, place, counts, strange):
    """Count the cells of one row by explanation; keep what has none in `strange`."""
    for column, value in ours.items():
        if column in OURS_ALONE:
            continue
        reason = explain(value, theirs.get(column))
        if reason is None:
            reason = "NOT EXPLAINED"
            strange.append((*place, column, value, theirs.get(column)))
        counts[reason or "equal as text"] += 1


def compare(ours, theirs):
    """Return (cells by explanation, examples without one, rows missing) of {table: rows} against a peer's."""
    counts, strange, missing = collections.Counter(), [], 0
    for table, rows in ours.items():
        if table in ("tracks", "users") or table.startswith("rsload_"):
            continue
        known = theirs.get(table, {})
        for row in rows:
            if row["id"] in known:
                compare_row(row, known[row["id"]], (table, row["id"]), counts, strange)
            else:
                missing += 1
    return counts, strange, missing


def report(peer, counts, strange, missing):
    """Print one peer's result; return whether nothing is unexplained."""
    print(f"{peer}: {sum(counts.values())} cells, {missing} rows missing")
    for reason, count in counts.most_common():
        print(f"    {count:>10}  {reason}")
    for table, row, column, ours, theirs in strange[:EXAMPLES]:
        print(f"    {table}.{column} of {row}: rsload {ours!r}, {peer} {theirs!r}")
    return not strange and not missing


def main():
    """Compare all peers whose output is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw-mb", type=int, default=100)
    parser.add_argument("--dir", default=os.path.join(HERE, "..", "..", "build", "bench"))
    options = parser.parse_args()
    out = os.path.join(options.dir, f"{options.raw_mb}mb", "out")
    is_good = True
    for side, peers in PAIRS.items():
        there = [peer for peer in peers if os.path.isdir(os.path.join(out, peer))]
        if not there:
            continue
        ours = rsload.read(os.path.join(out, side)).rows
        for peer in there:
            is_good &= report(peer, *compare(ours, peer_rows(os.path.join(out, peer))))
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
