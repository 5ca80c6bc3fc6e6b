"""schema -- which tables and columns the events at hand make: given to the peers for free.

    test/bench/schema.py FILE.json.gz... >schema.json

rsload finds tables and columns while it reads; an engine of SQL wants to be told. So every line is
read once, untimed, and what it needs is written down by transform.md's names (those of
test/reference):

    {"tables": [{"name": "order_completed", "type": "track",
                 "columns": [{"name": "id", "paths": [["messageId"]]}, ...]}, ...],
     "shape": {"messageId": null, "context": {"ip": null, ...}, ...},
     "arrays": [["properties", "products"], ...]}

A column takes the first of its paths that has a value. `shape` is the union of all events: an object
where an object is met, null where a single value or an array is; `arrays` are the latter. The columns `event` (made of
the table's name), `uuid_ts` and `load_id` (one value a run) are rsload's alone and not asked of the peers;
nor is the table `tracks`.
"""

import gzip
import json
import multiprocessing
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from reference import columns, leaves, names  # noqa: E402

# Where a standard column's value stands, if not below its own name in camelCase.
SOURCES = {
    "id": [["messageId"]], "received_at": [["receivedAt"]], "anonymous_id": [["anonymousId"]],
    "user_id": [["userId"]], "event_text": [["event"]], "group_id": [["groupId"]],
    "previous_id": [["previousId"]], "name": [["name"], ["properties", "name"]],
    "category": [["category"], ["properties", "category"]],
    "original_timestamp": [["originalTimestamp"]], "sent_at": [["sentAt"]], "timestamp": [["timestamp"]],
}
BUILT_IN = {"page": "pages", "screen": "screens", "identify": "identifies", "group": "groups", "alias": "aliases"}
TREE = {"track": "properties", "page": "properties", "screen": "properties", "identify": "traits",
        "group": "traits", "alias": "traits"}


class Options:
    """What test/reference asks for to name a column: the defaults of the command line."""

    naming, unnamed, on_standard_column = "segment", "hex", "prefix"


def values_below(root, tree):
    """Return {path: whether it is an array} of all values below `tree`, in document order."""
    found, waiting = {}, [((root,), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(path + (key,), below) for key, below in reversed(value.items())]
        elif value not in (None, "", []):
            found[path] = isinstance(value, list)
    return found


def paths_of_object(file_name):
    """Return {(type, event text): {path: whether it is an array}} of one gzip object."""
    found = {}
    with gzip.open(file_name, "rb") as lines:
        for line in lines:
            event = json.loads(line)
            paths = found.setdefault((event["type"], event.get("event")), {})
            for root in ("context", TREE[event["type"]]):
                if isinstance(event.get(root), dict):
                    paths.update(values_below(root, event[root]))
    return found


def make_columns(kind, table, paths):
    """Return the columns of `table`: standard ones, then one for each name of its paths."""
    standard = columns.standard_columns(kind, False)
    there = columns.Table(table, standard, {}, 1500)
    made = {name: list(SOURCES[name]) for name, _ in standard if name != "event"}
    taken = [path for sources in made.values() for path in sources]
    for path in map(list, paths):
        if path in taken:
            continue
        leaf = leaves.Leaf(path[0], tuple(path[1:]), None)
        name = leaves.column_name(leaves.bare_name(leaf, Options), there, Options)
        sources = made.setdefault(name, [])
        sources.append(path)
        sources.sort(key=len)           # transform.md 4.10: of two paths the shorter wins
    return [{"name": name, "paths": sources} for name, sources in made.items()]


def make_shape(tables):
    """Return the nested dict of all paths that the tables read."""
    shape = {"type": None}
    for path in [path for table in tables for column in table["columns"] for path in column["paths"]]:
        place = shape
        for key in path[:-1]:
            place[key] = place = place.get(key) or {}
        place.setdefault(path[-1], None)
    return shape


def find_schema(file_names):
    """Return the schema of the gzip objects, read with all cores."""
    merged = {}
    with multiprocessing.Pool() as pool:
        for found in pool.map(paths_of_object, sorted(file_names), chunksize=1):
            for key, paths in found.items():
                merged.setdefault(key, {}).update(paths)
    tables = []
    for (kind, text), paths in sorted(merged.items(), key=str):
        table = names.event_table(text, "segment") if kind == "track" else BUILT_IN[kind]
        tables.append({"name": table, "type": kind, "columns": make_columns(kind, table, paths)})
    tables.sort(key=lambda table: table["name"])
    arrays = {path for paths in merged.values() for path, is_array in paths.items() if is_array}
    return {"tables": tables, "shape": make_shape(tables), "arrays": sorted(arrays)}


if __name__ == "__main__":
    json.dump(find_schema(sys.argv[1:]), sys.stdout, ensure_ascii=False, indent=1)
    print()
