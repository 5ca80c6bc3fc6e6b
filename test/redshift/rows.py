"""rows -- COPY's records into lines of PostgreSQL's text format, or the reason why not."""

from typing import NamedTuple

from . import csvparse
from .cells import Bad, checker
from .errors import strict

_NULL = b"\\N"
_PAGE = "copy-parameters-data-conversion"


class Column(NamedTuple):
    """A column that COPY fills. text: VARCHAR or CHAR; shown: its type in the load-error tables."""

    name: str
    check: object
    text: bool
    not_null: bool
    default: bool
    shown: str
    length: int


def column(info, options):
    """Return the Column for one of alter.columns()."""
    kind = info["type"]
    return Column(info["name"], checker(kind, options), kind.kind in ("varchar", "char"), info["not_null"],
                  info["default"], kind.kind, kind.length or kind.precision)


class Wrong(Exception):
    """A record that cannot be loaded: for the load-error tables."""

    def __init__(self, code, reason, number, position, value=b""):
        super().__init__(reason)
        self.code, self.reason, self.number, self.position, self.value = code, reason, number, position, value


def escape(value):
    """Return `value` for the text format of PostgreSQL's COPY."""
    return (value.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\t", b"\\t"))


class Encoder:
    """Turns chunks and records into backend lines by the options of one COPY."""

    def __init__(self, columns, options, refuse_null_inside):
        self.columns = columns
        self.dialect = csvparse.Dialect(options.quote, options.delimiter)
        self.empty_null = "emptyasnull" in options.flags or options.null_as == ""
        self.blanks_null = "blanksasnull" in options.flags
        self.fill = "fillrecord" in options.flags
        self.skip_blank = "ignoreblanklines" in options.flags
        self.null_as = options.null_as.encode()
        self.refuse_null_inside = refuse_null_inside

    # -- a whole chunk at once

    def chunk(self, data):
        """Return (lines, number of records) of a chunk in which all is well, else None."""
        if b"\0" in data or (len(self.columns) == 1 and not self.simple_single(data)):
            return None
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        cut = csvparse.fast(data, len(self.columns), self.dialect)
        if cut is None:
            return None
        values, quoted = cut
        count = len(values[0])
        special = (b"\\" in data or b"\t" in data or b"\r" in data
                   or data.count(b"\n") + (not data.endswith(b"\n")) != count)
        done = []
        for each, texts, marks in zip(self.columns, values, quoted):
            column_done = self._column(each, texts, marks, special)
            if column_done is None:
                return None
            done.append(column_done)
        return b"\n".join(map(b"\t".join, zip(*done))) + b"\n", count

    def simple_single(self, data):
        """Return whether a one-column chunk has no blank lines, which are no records."""
        return b"\n\n" not in data and b"\n\r" not in data and not data.startswith((b"\n", b"\r"))

    def _column(self, each, texts, marks, special):
        """Return one column's texts for the backend, or None when one needs a closer look."""
        empty = b"" in texts
        if empty:
            if each.not_null and (self.empty_null or not each.text):
                return None
            if (self.empty_null or not each.text) and any(m and not t for t, m in zip(texts, marks)):
                return None
        if self.null_as and special and self.null_as in b"\n".join(texts):
            return None
        if self.null_as and not special and self.null_as in texts:
            return None
        if each.text and self.blanks_null and any(t.isspace() for t in texts):
            return None
        if not each.check.bulk(texts):
            try:
                texts = [each.check.one(text) if text else text for text in texts]
            except Bad:
                return None
        if special and (each.text or each.shown == "super"):
            texts = [escape(text) for text in texts]
        if empty and (self.empty_null or not each.text):
            texts = [text or _NULL for text in texts]
        return texts

    # -- one record

    def record(self, fields):
        """Return the backend line of one record's Fields. Errors: Wrong; RsError where Redshift's
        reading of the input is unknown."""
        fields = self._width(fields)
        return b"\t".join(self._field(number, each, field)
                          for number, (each, field) in enumerate(zip(self.columns, fields))) + b"\n"

    def _width(self, fields):
        """Return as many fields as columns."""
        wanted = len(self.columns)
        if len(fields) > wanted:
            raise Wrong(1202, "Extra column(s) found", wanted, 0)
        if len(fields) < wanted:
            if not self.fill:
                raise Wrong(1203, "Input data had fewer columns than were defined in the DDL", len(fields), 0)
            fields = fields + [csvparse.Field(b"", False)] * (wanted - len(fields))
        return fields

    def _field(self, number, each, field):
        value = field.value
        if b"\0" in value:
            raise Wrong(1218, "Invalid null byte - field longer than 1 byte", number, 0, value)
        null = self._is_null(each, field)
        if null:
            if each.not_null:
                if each.default:
                    raise strict(f"NULL for column {each.name}, NOT NULL with a DEFAULT", "r_ALTER_TABLE", "XX000")
                raise Wrong(1213, "Missing data for not-null field", number, 0, value)
            return _NULL
        try:
            return escape(each.check.one(value)) if value else b""
        except Bad as bad:
            raise Wrong(bad.code, bad.reason, number, 0, value) from None

    def _is_null(self, each, field):
        """Return whether a field is NULL; refuse what no page of AWS decides."""
        value = field.value
        if self.null_as and value == self.null_as:
            if field.quoted:
                raise strict("a quoted field equals the NULL string", _PAGE, "XX000")
            return True
        if self.refuse_null_inside and self.null_as and self.null_as in value:
            raise strict("a field holds the NULL string inside", _PAGE, "XX000")
        if not value:
            if field.quoted and (self.empty_null or not each.text):
                raise strict("a quoted field is empty", _PAGE, "XX000")
            return self.empty_null or not each.text
        if not value.strip(b" \t"):
            if not each.text and field.quoted:
                raise strict("a quoted field is blank", _PAGE, "XX000")
            return not each.text or self.blanks_null
        return False
