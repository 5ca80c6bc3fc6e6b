"""differ -- the differences between a reference result and what rsload staged.

Rows are compared as multisets of cells by column name, so neither the order of rows nor
that of columns matters.  The run constants uuid_ts and load_id are left out.
"""

from collections import Counter

from reference import columns
from reference.users import rows_as_dicts

DISCARDS_TABLE = "rsload_discards"
SHOWN = 3


class Difference:
    """One difference: `kind` is a fixed word, `where` the table or column, `detail` both
    sides for people."""

    def __init__(self, kind, where, detail):
        self.kind = kind
        self.where = where
        self.detail = detail

    def __str__(self):
        return f"{self.kind}: {self.where}: {self.detail}"


def differences(result, staged):
    """Return the list of differences, empty when both sides agree."""
    found = []
    ours = {name for name in staged.tables if name != DISCARDS_TABLE}
    for name in sorted(set(result["tables"]) - ours):
        found.append(Difference("table missing in rsload", name, ""))
    for name in sorted(ours - set(result["tables"])):
        found.append(Difference("table only in rsload", name, ""))
    for name in sorted(set(result["tables"]) & ours):
        found += _column_differences(name, result["tables"][name], staged.tables[name])
        found += _row_differences(name, result["tables"][name], staged.rows[name])
    found += _discard_differences(result["discards"], staged)
    found += _reject_differences(result["rejects"], staged.rejects)
    return found


def _column_differences(table, wanted_table, staged_columns):
    """Compare names, types and VARCHAR sizes of one table's columns."""
    found = []
    wanted = {column["name"]: column for column in wanted_table["columns"]}
    there = {name: one for name, one in staged_columns.items()
             if name not in columns.RUN_CONSTANTS}
    for name in sorted(set(wanted) | set(there)):
        where = f"{table}.{name}"
        if name not in there:
            found.append(Difference("column missing in rsload", where, ""))
        elif name not in wanted:
            found.append(Difference("column only in rsload", where, ""))
        else:
            pair = (wanted[name]["type"], wanted[name]["bytes"])
            staged_pair = (there[name].type, there[name].bytes)
            if pair != staged_pair:
                detail = f"reference {pair}, rsload {staged_pair}"
                found.append(Difference("column type", where, detail))
    return found


def _frozen(row):
    """Return a row as something countable, without NULLs and run constants."""
    return frozenset(
        (name, text) for name, text in row.items()
        if text is not None and name not in columns.RUN_CONSTANTS
    )


def _row_differences(table, wanted_table, staged_rows):
    """Compare the rows of one table as multisets."""
    wanted = Counter(_frozen(row) for row in rows_as_dicts(wanted_table))
    there = Counter(_frozen(row) for row in staged_rows)
    found = []
    for row in list((wanted - there).elements())[:SHOWN]:
        found.append(Difference("row missing in rsload", table, _nearest(row, there)))
    for row in list((there - wanted).elements())[:SHOWN]:
        found.append(Difference("row only in rsload", table, _nearest(row, wanted)))
    return found


def _nearest(row, others):
    """Describe how `row` differs from the one among `others` that is most like it."""
    nearest = max(others, key=lambda other: len(row & other), default=frozenset())
    return f"cells {sorted(row - nearest)} against {sorted(nearest - row)}"


def _discard_differences(wanted_discards, staged):
    """Compare the discards: table, row id, column, value and reason."""
    wanted = Counter(
        (one["table"], one["row_id"], one["column"], one["value"], one["reason"])
        for one in wanted_discards
    )
    there = Counter(
        tuple(row.get(name) or "" for name in
              ("table_name", "row_id", "column_name", "column_value", "reason"))
        for row in staged.rows.get(DISCARDS_TABLE, [])
    )
    return _multiset_differences("discard", wanted, there)


def _reject_differences(wanted_rejects, staged_rejects):
    """Compare the rejects: line, byte offset and reason."""

    def counted(rejects):
        return Counter((one["line"], one["offset"], one["reason"]) for one in rejects)

    return _multiset_differences("reject", counted(wanted_rejects), counted(staged_rejects))


def _multiset_differences(word, wanted, there):
    """Return what is on one side only."""
    missing = sorted((wanted - there).elements())[:SHOWN]
    added = sorted((there - wanted).elements())[:SHOWN]
    return [Difference(f"{word} missing in rsload", str(one), "") for one in missing] + [
        Difference(f"{word} only in rsload", str(one), "") for one in added
    ]
