"""reference_run -- short ways for the tests to put events through the reference."""

import json
from datetime import datetime

from reference.options import Options
from reference.transform import transform
from reference.users import rows_as_dicts

START = datetime(2024, 1, 2, 3)
END = datetime(2024, 1, 2, 4)
RECEIVED = "2024-01-02T03:30:00Z"


def run(lines, catalog=None, last_modified=None, **options):
    """Return the result for `lines`: bytes as they are, dicts as JSON."""
    data = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    objects = [("events.json", data, last_modified)]
    return transform(objects, (START, END), Options(**options), catalog)


def event(kind="track", **fields):
    """Return an event that lacks nothing; `fields` replace or add."""
    whole = {"type": kind, "messageId": "m1", "anonymousId": "a1", "receivedAt": RECEIVED}
    if kind == "track":
        whole["event"] = "Bought"
    whole.update(fields)
    return whole


def properties(text, **fields):
    """Return a track line whose properties are the JSON bytes `text`."""
    line = json.dumps(event(**fields)).encode()
    return line[:-1] + b', "properties": ' + text + b"}"


def rows(result, table):
    """Return a table's rows as dicts without NULLs."""
    return [
        {name: text for name, text in row.items() if text is not None}
        for row in rows_as_dicts(result["tables"][table])
    ]


def own(result, table="bought"):
    """Return the rows of a table without its standard columns."""
    standard = {"id", "received_at", "anonymous_id", "user_id", "event", "event_text",
                "original_timestamp", "sent_at", "timestamp"}
    return [
        {name: text for name, text in row.items() if name not in standard}
        for row in rows(result, table)
    ]


def types(result, table="bought"):
    """Return {column: type} of a table, VARCHAR with its size."""
    return {
        one["name"]: f"{one['type']}({one['bytes']})" if one["bytes"] else one["type"]
        for one in result["tables"][table]["columns"]
    }


def discards(result):
    """Return (table, row id, column, value, reason) of every discard."""
    return [
        (one["table"], one["row_id"], one["column"], one["value"], one["reason"])
        for one in result["discards"]
    ]


def reasons(result):
    """Return (line, offset, reason) of every reject."""
    return [(one["line"], one["offset"], one["reason"]) for one in result["rejects"]]
