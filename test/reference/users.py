"""users -- the rows that the load's SQL is to leave in `users`, and which rows dedupe keeps.

The transformer writes no users rows: they are a fold over the staged identifies rows and
the rows already there.  Rows are dicts of column to text, NULL is None or a missing key.
Source: transform.md 3.1 (columns of users), section 7, and section 8 (dedupe key).
"""

NOT_IN_USERS = ("id", "anonymous_id", "user_id")
TIMES_NOT_IN_USERS = ("original_timestamp", "sent_at", "timestamp")


def rows_as_dicts(table):
    """Return the rows of one table of a transform result as dicts."""
    names = [column["name"] for column in table["columns"]]
    return [dict(zip(names, row)) for row in table["rows"]]


def newest_rows(rows):
    """Return one row an id, that of the greatest received_at (8).

    On a tie the specification allows any of them; the first is kept here.
    """
    kept = {}
    for row in rows:
        there = kept.get(row["id"])
        if there is None or row["received_at"] > there["received_at"]:
            kept[row["id"]] = row
    return list(kept.values())


def fold(identifies, existing=(), with_times=False):
    """Return the users rows after a load, by id, for the users that the load touches.

    For each column the newest non-null value by (received_at, message id) over the row
    there and the identifies rows; a row there sorts before an identify of the same
    received_at (7.3; README, decision 50).  `with_times` is the rudder profile, whose
    users keep the three event times.
    Shape: received_at is the newest of all; users without identifies are not returned.
    """
    left_out = NOT_IN_USERS + (() if with_times else TIMES_NOT_IN_USERS)
    history = {}
    for row in identifies:
        if row.get("user_id"):
            traits = {name: text for name, text in row.items() if name not in left_out}
            key = (_sortable(row["received_at"]), 1, row["id"].encode("utf-8"))
            history.setdefault(row["user_id"], []).append((key, traits))
    for row in existing:
        if row["id"] in history:
            traits = {name: text for name, text in row.items() if name != "id"}
            key = (_sortable(row.get("received_at")), 0, b"")
            history[row["id"]].append((key, traits))
    return {user: _merged(user, rows) for user, rows in history.items()}


def _merged(user, rows):
    """Return one users row from (sort key, values) pairs."""
    merged = {"id": user}
    for _, traits in sorted(rows, key=lambda row: row[0]):
        for name, text in traits.items():
            if text is not None:
                merged[name] = text
            else:
                merged.setdefault(name, None)
    return merged


def _sortable(moment):
    """Return a written time so that text order is time order, no time before all.

    Written times drop closing zeros of the fraction, so 05 sorts before 05.25 already.
    """
    return moment or ""
