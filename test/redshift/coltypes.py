"""coltypes -- Redshift's column types, read strictly, and what they are on PostgreSQL.

Sources: Redshift Database Developer Guide, `c_Supported_data_types`, `r_Character_types`,
`r_Numeric_types201`, `c_unsupported-postgresql-datatypes`, `r_SUPER_type`.
"""

from dataclasses import dataclass

from .errors import RsError, strict, syntax


@dataclass(frozen=True)
class ColumnType:
    """kind: int2 int4 int8 numeric float4 float8 bool char varchar date timestamp timestamptz super;
    length: bytes of char and varchar; precision and scale: of numeric; pg: the backend's spelling."""

    kind: str
    pg: str
    length: int = 0
    precision: int = 0
    scale: int = 0


_SIMPLE = {
    "smallint": "int2", "int2": "int2", "integer": "int4", "int": "int4", "int4": "int4", "bigint": "int8",
    "int8": "int8", "real": "float4", "float4": "float4", "float8": "float8", "float": "float8",
    "boolean": "bool", "bool": "bool", "date": "date", "timestamptz": "timestamptz"}
_PG = {"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
       "bool": "boolean", "date": "date", "timestamptz": "timestamp with time zone"}
_UNSUPPORTED = frozenset("""
serial bigserial smallserial serial4 serial8 json jsonb uuid xml inet cidr macaddr money bit varbit bytea
point line lseg box path polygon circle tsvector tsquery hstore name oid regclass array interval
""".split())
_VARCHAR_MAX = 65535
_CHAR_MAX = 4096


def parse_type(cursor, column="column"):
    """Step over a type and return its ColumnType; `column` ("t.c") goes into the error text."""
    token = cursor.peek()
    if token is None or token.kind != "word":
        cursor.fail()
    word = cursor.take().value
    if word in _UNSUPPORTED:
        raise RsError("0A000", f'Column "{column}" has unsupported type "{word}".')
    if word in _SIMPLE:
        kind = _SIMPLE[word]
        found = ColumnType(kind, _PG[kind])
    elif word == "double":
        cursor.expect("precision")
        found = ColumnType("float8", "double precision")
    elif word in ("timestamp",):
        found = _timestamp(cursor)
    elif word in ("numeric", "decimal"):
        found = _numeric(cursor)
    elif word in ("varchar", "nvarchar", "text", "char", "character", "nchar", "bpchar"):
        found = _text(cursor, word)
    elif word == "super":
        found = ColumnType("super", "standin.super")
    elif word in ("time", "timetz", "varbyte", "varbinary", "geometry", "geography", "hllsketch"):
        raise strict(f"type {word} is refused: rsload has no use for it", "c_Supported_data_types", "0A000")
    else:
        raise RsError("42704", f'type "{word}" does not exist', position=token.start + 1)
    _no_suffix(cursor, column, word)
    return found


def _no_suffix(cursor, column, word):
    """Refuse `int[]`, `timestamp(3)` and their like."""
    following = cursor.peek()
    if following is not None and following.is_op("("):
        raise syntax("(", following.start + 1)
    if following is not None and following.is_word("array"):
        raise RsError("0A000", f'Column "{column}" has unsupported type "{word}[]".')


def _timestamp(cursor):
    """Return the type of `timestamp [with|without time zone]`."""
    if cursor.accept("with"):
        cursor.expect("time", "zone")
        return ColumnType("timestamptz", _PG["timestamptz"])
    if cursor.accept("without"):
        cursor.expect("time", "zone")
    return ColumnType("timestamp", "timestamp without time zone")


def _numeric(cursor):
    """Return the type of `numeric[(p[,s])]`; without arguments (18,0)."""
    precision, scale = 18, 0
    if cursor.accept_op("("):
        precision = cursor.integer()
        if cursor.accept_op(","):
            scale = cursor.integer()
        cursor.expect_op(")")
    if not 1 <= precision <= 38 or scale > min(37, precision):
        raise strict(f"numeric({precision},{scale}) is out of range", "r_Numeric_types201", "22023")
    return ColumnType("numeric", f"numeric({precision},{scale})", precision=precision, scale=scale)


def _text(cursor, word):
    """Return the type of one of the character types; without a length 256 (char: 1)."""
    fixed = word in ("char", "nchar", "bpchar", "character")
    if word == "character" and cursor.accept("varying"):
        fixed = False
    length = {"bpchar": 256}.get(word, 1) if fixed else 256
    if word not in ("text", "bpchar") and cursor.accept_op("("):
        if not fixed and cursor.accept("max"):
            length = _VARCHAR_MAX
        else:
            length = cursor.integer()
        cursor.expect_op(")")
    limit = _CHAR_MAX if fixed else _VARCHAR_MAX
    if not 1 <= length <= limit:
        raise strict(f"length {length} of a character type is out of 1 to {limit}", "r_Character_types", "22023")
    if fixed:
        return ColumnType("char", f"character({length})", length=length)
    return ColumnType("varchar", f"character varying({length})", length=length)


_ANY = frozenset(["raw", "zstd", "runlength"])
ENCODINGS = {
    "int2": _ANY | {"az64", "bytedict", "delta", "lzo", "mostly8"},
    "int4": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16"},
    "int8": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16", "mostly32"},
    "numeric": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16", "mostly32"},
    "float4": _ANY | {"bytedict"}, "float8": _ANY | {"bytedict"}, "bool": _ANY,
    "date": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo"},
    "timestamp": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo"},
    "timestamptz": _ANY | {"az64", "bytedict", "delta", "delta32k", "lzo"},
    "char": _ANY | {"bytedict", "lzo"}, "varchar": _ANY | {"bytedict", "lzo", "text255", "text32k"},
    "super": frozenset(["raw", "zstd"])}


def check_encoding(encoding, column_type, column):
    """Refuse an ENCODE that the type cannot have (`c_Compression_encodings`)."""
    if encoding == "auto" or encoding in ENCODINGS[column_type.kind]:
        return
    raise strict(f'encoding {encoding} does not fit column "{column}"', "c_Compression_encodings", "0A000")


def from_backend(name, typmod):
    """Return the ColumnType of a backend column: pg_type.typname and atttypmod."""
    if name in ("varchar", "bpchar"):
        kind = "varchar" if name == "varchar" else "char"
        return ColumnType(kind, name, length=typmod - 4 if typmod > 0 else _VARCHAR_MAX)
    if name == "text":
        return ColumnType("varchar", name, length=_VARCHAR_MAX)
    if name == "numeric":
        packed = typmod - 4
        return ColumnType("numeric", name, precision=(packed >> 16) & 0xffff, scale=packed & 0x7ff)
    return ColumnType(name, name)
