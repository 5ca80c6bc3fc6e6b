"""rsload -- run the binary with --stage-only and read what it staged.

This is the only module that knows rsload's command line, load.json and parts.  Whatever
changes there is followed here and nowhere else.

load.json, as far as it is read:
  tables: list of {name, columns: list of {name, type, max_bytes}, parts: list of {key, columns}};
          `max_bytes` is the longest value, `columns` of a part how many of the table's columns
          it has, from the first on
  counts: an object of numbers, handed on as it is
Parts are CSV by RFC 4180, gzip or plain by their first bytes; `key` is a path below the folder
of load.json.

Types are not inferred by this version of rsload: the reference is asked for `types=varchar`, and
the option is not handed on.
"""

import gzip
import json
import os
import subprocess

from reference import columns, times, values

RUN_SECONDS = 60
_GZIP_MAGIC = b"\x1f\x8b"


class RunFailed(Exception):
    """The binary did not stage; the text is its exit code and what it said."""


class Column:
    """One staged column; `bytes` is the size of a VARCHAR, else None."""

    def __init__(self, name, type_text, longest):
        self.name = name
        spelled = {"double": "double precision"}.get(type_text, type_text)
        self.type, self.bytes = columns.read_type(spelled)
        if self.type == values.VARCHAR:
            self.bytes = columns.ladder_size(longest, "ladder")


class Staged:
    """What one run staged.

    Shape: tables maps a name to {column: Column}; rows maps it to a list of
    {column: canonical text or None}; rejects is a list of dicts; counts as in load.json.
    """

    def __init__(self):
        self.tables = {}
        self.rows = {}
        self.rejects = []
        self.counts = {}


def arguments_of(options):
    """Return the flags for a dict of the reference's options."""
    flags = []
    for name, value in sorted(options.items()):
        if name == "types":
            continue
        flag = "--" + name.replace("_", "-")
        if value is not False:
            flags += [flag] if value is True else [flag, str(value)]
    return flags


def run(binary, source, staging, hour, options, extra=()):
    """Stage the folder `source` below the folder `staging` and return Staged.

    Errors: RunFailed when the exit code is not 0 or nothing was staged.
    """
    command = [
        binary, "--stage-only", "--hour", hour.strftime("%Y-%m-%dT%H"), "--quiet",
        "--source", f"file://{source}/%Y/%m/%d/%H/", "--staging", f"file://{staging}",
        "--schema", "events", "--max-rejects", "100%",
    ] + arguments_of(options) + list(extra)
    try:
        done = subprocess.run(command, capture_output=True, timeout=RUN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RunFailed(str(error)) from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RunFailed(f"exit {done.returncode}: {said}")
    return read(staging)


def read(staging):
    """Return what the one load below the folder `staging` holds."""
    folder = _load_folder(staging)
    with open(os.path.join(folder, "load.json"), encoding="utf-8") as file:
        load = json.load(file)
    staged = Staged()
    staged.counts = load.get("counts", {})
    for table in load.get("tables", []):
        described = [
            Column(one["name"], one["type"], one["max_bytes"]) for one in table["columns"]
        ]
        staged.tables[table["name"]] = {one.name: one for one in described}
        staged.rows[table["name"]] = []
        for part in table["parts"]:
            _read_part(folder, table["name"], part, staged)
    staged.rejects = _read_rejects(folder)
    return staged


def _load_folder(staging):
    """Return the one folder below `staging` that has a load.json."""
    found = [path for path, _, files in os.walk(staging) if "load.json" in files]
    if len(found) != 1:
        raise RunFailed(f"{len(found)} load.json files below {staging}")
    return found[0]


def _unpacked(path):
    """Return the bytes of a file, unpacked where it is gzip."""
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data.startswith(_GZIP_MAGIC) else data


def _read_part(folder, table, part, staged):
    """Add the rows of one part to `staged`."""
    described = staged.tables[table]
    names = list(described)[: part["columns"]]
    relative = part["key"]
    data = _unpacked(os.path.join(folder, relative))
    for fields in csv_records(data):
        if len(fields) != len(names):
            raise RunFailed(f"{relative}: {len(fields)} fields for {len(names)} columns")
        row = {
            name: canonical(text, described[name].type)
            for name, text in zip(names, fields)
        }
        staged.rows[table].append(row)


def _read_rejects(folder):
    """Return the rejects as {object, line, offset, reason} dicts, [] without a file."""
    path = os.path.join(folder, "rejects.ndjson.gz")
    if not os.path.exists(path):
        return []
    return [json.loads(line) for line in _unpacked(path).split(b"\n") if line]


def csv_records(data):
    """Return the records of RFC 4180 bytes: lists of str, None for an unquoted nothing.

    Python's csv module cannot tell "" from an empty field, which is all the difference
    between an empty string and NULL.
    """
    records, fields, at = [], [], 0
    while at < len(data):
        text, at = _csv_field(data, at)
        fields.append(text)
        mark = data[at : at + 1]
        if mark not in (b",", b"\n", b"\r", b""):
            raise RunFailed(f"CSV: unexpected {mark!r} after a field at byte {at}")
        at += 2 if data[at : at + 2] == b"\r\n" else 1
        if mark == b"," and at < len(data):
            continue
        if mark == b",":
            fields.append(None)
        records.append(fields)
        fields = []
    return records


def _csv_field(data, at):
    """Return (text or None, end) of the field that begins at `at`."""
    if data[at : at + 1] != b'"':
        end = at
        while end < len(data) and data[end] not in b",\r\n":
            end += 1
        return (data[at:end].decode("utf-8") if end > at else None), end
    pieces, at = [], at + 1
    while True:
        end = data.find(b'"', at)
        if end < 0:
            raise RunFailed("CSV: a quoted field does not end")
        pieces.append(data[at:end])
        at = end + 1
        if data[at : at + 1] != b'"':
            return b'"'.join(pieces).decode("utf-8"), at
        at += 1


def canonical(text, column_type):
    """Return the text that a warehouse would hold for a part's field, as the reference
    writes it; a field that the column cannot take is returned in angle brackets."""
    if text is None or column_type == values.VARCHAR:
        return text
    if column_type == values.BOOLEAN and text in ("t", "f"):
        return text
    try:
        if column_type == values.TIMESTAMP:
            return times.write(times.parse(text))
        if column_type == values.DOUBLE:
            return repr(float(text))
        return values.loaded(values.Cell(values.VARCHAR, text), column_type)
    except (values.Conflict, ValueError, AttributeError):
        return f"<not a {column_type}: {text}>"
