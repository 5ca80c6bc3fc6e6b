"""columns -- the columns of one table while its rows are gathered, and their final types.

Source: transform.md 3.1, 6.2, 6.4, 6.6.
"""

import re

from reference import values
from reference.values import TIMESTAMP, VARCHAR

LADDER = (512, 1024, 2048, 4096, 8192, 16384, 32768, values.VARCHAR_LIMIT)

RUN_CONSTANTS = ("uuid_ts", "load_id")
"""Columns that hold one value a run.  They are in every table and never compared."""

PROTECTED = frozenset(("uuid", "loaded_at") + RUN_CONSTANTS)
"""Names that no user's value may take, besides the table's standard columns (3.3)."""

_ALWAYS = (("id", VARCHAR), ("received_at", TIMESTAMP), ("anonymous_id", VARCHAR),
           ("user_id", VARCHAR))
_OWN = {
    "track": (("event", VARCHAR), ("event_text", VARCHAR)),
    "identify": (),
    "page": (("name", VARCHAR), ("category", VARCHAR)),
    "screen": (("name", VARCHAR), ("category", VARCHAR)),
    "group": (("group_id", VARCHAR),),
    "alias": (("previous_id", VARCHAR),),
}
_TIMES = (("original_timestamp", TIMESTAMP), ("sent_at", TIMESTAMP),
          ("timestamp", TIMESTAMP))
_RUDDER = (("channel", VARCHAR), ("context_ip", VARCHAR),
           ("context_request_ip", VARCHAR), ("context_passed_ip", VARCHAR))

_SPELLINGS = {
    "bigint": values.BIGINT, "int8": values.BIGINT,
    "integer": "INTEGER", "int": "INTEGER", "int4": "INTEGER",
    "smallint": "SMALLINT", "int2": "SMALLINT",
    "double precision": values.DOUBLE, "float8": values.DOUBLE, "float": values.DOUBLE,
    "real": "REAL", "float4": "REAL",
    "boolean": values.BOOLEAN, "bool": values.BOOLEAN,
    "timestamp": TIMESTAMP, "timestamp without time zone": TIMESTAMP,
    "timestamptz": "TIMESTAMPTZ", "timestamp with time zone": "TIMESTAMPTZ",
    "date": "DATE",
}
_VARYING = re.compile(r"(?:character varying|varchar)(?:\s*\(\s*(\d+|max)\s*\))?")


def standard_columns(event_type, rudder_columns):
    """Return (name, type) of the standard columns of the event type's tables (3.1)."""
    extra = _RUDDER if rudder_columns else ()
    return _ALWAYS + _OWN[event_type] + _TIMES + extra


def read_type(text):
    """Return (type, VARCHAR bytes or None) of a type as a catalog spells it.

    A type that no rule names is returned in capitals; no value fits it.
    """
    plain = " ".join(text.lower().split())
    found = _VARYING.fullmatch(plain)
    if found:
        sizes = {None: 256, "max": values.VARCHAR_LIMIT}
        return VARCHAR, sizes[found[1]] if found[1] in sizes else int(found[1])
    return _SPELLINGS.get(plain, plain.upper()), None


def ladder_size(longest, mode):
    """Return the bytes of a VARCHAR whose longest value has `longest` bytes (6.4)."""
    if mode == "max":
        return values.VARCHAR_LIMIT
    return next((size for size in LADDER if longest <= size), values.VARCHAR_LIMIT)


class Column:
    """One column of one table.

    `fixed_type` is the type of a standard or existing column, None where it follows from
    the values; `bytes_there` the size of an existing VARCHAR; `is_new` tells that the
    warehouse does not have the column yet.
    """

    def __init__(self, name, fixed_type=None, bytes_there=None, is_new=True):
        self.name = name
        self.fixed_type = fixed_type
        self.bytes_there = bytes_there
        self.is_new = is_new
        self.kinds = set()
        self.has_wide_integer = False
        self.longest_bytes = 0

    def see(self, cell):
        """Take a value's logical type into account (6.2)."""
        self.kinds.add(cell.kind)
        self.has_wide_integer = self.has_wide_integer or cell.is_wide_integer

    def final_type(self):
        """Return the type that holds every value seen (6.2; README, decision D3)."""
        if self.fixed_type:
            return self.fixed_type
        joined = values.join(self.kinds)
        if joined == values.DOUBLE and self.has_wide_integer:
            return VARCHAR
        return joined

    def final_bytes(self, mode):
        """Return the size of a VARCHAR once all values are loaded, else None (6.4)."""
        if self.final_type() != VARCHAR:
            return None
        if self.bytes_there and self.longest_bytes <= self.bytes_there:
            return self.bytes_there
        return ladder_size(self.longest_bytes, mode)


class Table:
    """One table: its columns in order of appearance and its rows of Cells by name.

    `there` maps the lower-case names of the columns that the warehouse has to their
    types as the catalog spells them.
    """

    def __init__(self, name, standard, there, max_columns):
        self.name = name
        self.there = there
        self.standard = dict(standard)
        self.max_columns = max_columns
        self.columns = {}
        self.rows = []
        for column_name, column_type in standard:
            self.columns[column_name] = self._make(column_name, column_type)
        taken = set(there) | set(self.standard) | set(RUN_CONSTANTS)
        self.column_count = len(taken)

    def _make(self, name, standard_type=None):
        """Return the column, typed by the warehouse where it has one of that name."""
        if name in self.there:
            column_type, size = read_type(self.there[name])
            return Column(name, column_type, size, is_new=False)
        return Column(name, standard_type)

    def is_protected(self, name):
        """Tell whether `name` belongs to rsload in this table (3.3)."""
        return name in self.standard or name in PROTECTED

    def add_column(self, name):
        """Return the column called `name`, new if need be; None when full (6.6)."""
        if name not in self.columns:
            if name not in self.there:
                if self.column_count >= self.max_columns:
                    return None
                self.column_count += 1
            self.columns[name] = self._make(name)
        return self.columns[name]
