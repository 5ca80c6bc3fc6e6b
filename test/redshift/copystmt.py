"""copystmt -- the gate for COPY: the documented options, each once, nothing else.

Sources: Redshift Database Developer Guide, `r_COPY`, `copy-parameters-data-source-s3`,
`copy-parameters-authorization`, `copy-parameters-data-format`, `copy-parameters-data-conversion`,
`copy-parameters-data-load`, `copy-parameters-file-compression`.
"""

import re
from dataclasses import dataclass, field

from .errors import RsError, strict, syntax
from .plan import Plan, Relation

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")
_SOURCE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)", re.S)
_COMPRESSIONS = ("gzip", "zstd", "bzip2", "lzop")
_FLAGS = ("emptyasnull", "blanksasnull", "fillrecord", "ignoreblanklines", "truncatecolumns", "roundec",
          "trimblanks", "noload", "explicit_ids", "ignoreallerrors")


@dataclass
class CopyOptions:
    """What a COPY statement says. role: `default`, ARN or None; keys: (id, secret, token or None) or None."""

    relation: Relation
    columns: list
    bucket: str
    key: str
    role: str = None
    keys: tuple = None
    manifest: bool = False
    region: str = None
    csv: bool = False
    quote: str = '"'
    delimiter: str = ","
    compression: str = None
    null_as: str = "\\N"
    maxerror: int = 1
    ignore_header: int = 0
    accept_invalid: str = None
    timeformat: str = None
    dateformat: str = None
    flags: set = field(default_factory=set)
    statupdate: str = None
    seen: set = field(default_factory=set)


def plan_copy(cursor, session):
    """Return the Plan of a COPY; data["copy"] holds its CopyOptions."""
    cursor.expect("copy")
    token = cursor.peek()
    relation = cursor.relation()
    session.check_relation(relation)
    columns = cursor.name_list() if cursor.peek() is not None and cursor.peek().is_op("(") else []
    if len(set(columns)) != len(columns):
        double = next(name for name in columns if columns.count(name) > 1)
        raise RsError("42701", f'column "{double}" specified more than once')
    if cursor.accept("to"):
        raise strict("COPY TO is refused", "r_UNLOAD", "0A000")
    cursor.expect("from")
    source = cursor.peek()
    if source is not None and source.is_word("stdin", "program"):
        raise strict(f"COPY FROM {source.text} is refused", "r_COPY", "0A000")
    place = _SOURCE.fullmatch(cursor.string())
    if not place:
        raise strict("COPY reads from s3://bucket/key only", "copy-parameters-data-source-s3", "0A000",
                     source.start + 1)
    options = CopyOptions(relation, columns, place.group(1), place.group(2))
    while not cursor.done():
        _option(cursor, options)
    _check(options, session)
    return Plan("copy", writes=[relation], tag="COPY", data={"copy": options, "position": token.start + 1})


def _option(cursor, options):
    """Step over one option and note it. Errors: RsError for an unknown or repeated one."""
    token = cursor.peek()
    word = cursor.word()
    if word in ("format", "as") and word not in options.seen:
        _format(cursor, options, word)
        return
    group = {"csv": "csv", "iam_role": "auth", "credentials": "auth", "access_key_id": "auth",
             "gzip": "compression", "zstd": "compression", "bzip2": "compression",
             "lzop": "compression"}.get(word, word)
    if group in options.seen:
        raise RsError("42601", "conflicting or redundant options", position=token.start + 1)
    options.seen.add(group)
    if word in _COMPRESSIONS:
        options.compression = word
    elif word in _FLAGS:
        options.flags.add(word)
    elif word in _READERS:
        _READERS[word](cursor, options)
    else:
        raise syntax(token.text, token.start + 1)


def _format(cursor, options, word):
    """FORMAT [AS] CSV, or AS before a format alone."""
    options.seen.add(word)
    if word == "format":
        options.seen.add("as")
        cursor.accept("as")
    if cursor.peek() is None or not cursor.peek().is_word("csv"):
        if cursor.peek() is not None and cursor.peek().is_word("json", "avro", "parquet", "orc", "shapefile"):
            raise strict("only CSV is loaded here", "copy-parameters-data-format")
        cursor.fail()
    if "csv" in options.seen:
        cursor.fail()
    cursor.take()
    options.seen.add("csv")
    options.csv = True


def _csv(cursor, options):
    options.csv = True


def _manifest(cursor, options):
    options.manifest = True


def _iam_role(cursor, options):
    """IAM_ROLE { default | 'SESSION' | 'arn[,arn]' }."""
    if cursor.accept("default"):
        options.role = "default"
        return
    role = cursor.string()
    if not all(_ROLE.fullmatch(arn) for arn in role.split(",")):
        raise strict("IAM_ROLE is no role ARN", "copy-parameters-authorization", "XX000")
    options.role = role


def _credentials(cursor, options):
    """CREDENTIALS [AS] 'aws_access_key_id=..;aws_secret_access_key=..[;token=..]' | 'aws_iam_role=..'."""
    _ = cursor.accept("as")
    parts = dict(part.partition("=")[::2] for part in cursor.string().split(";"))
    if set(parts) == {"aws_iam_role"}:
        options.role = parts["aws_iam_role"]
    elif {"aws_access_key_id", "aws_secret_access_key"} <= set(parts) <= {
            "aws_access_key_id", "aws_secret_access_key", "token"}:
        options.keys = (parts["aws_access_key_id"], parts["aws_secret_access_key"], parts.get("token"))
    else:
        raise strict("CREDENTIALS text is not understood", "copy-parameters-authorization", "XX000")


def _access_key(cursor, options):
    """ACCESS_KEY_ID '..' SECRET_ACCESS_KEY '..' [SESSION_TOKEN '..']."""
    identity = cursor.string()
    cursor.expect("secret_access_key")
    secret = cursor.string()
    token = cursor.string() if cursor.accept("session_token") else None
    options.keys = (identity, secret, token)


def _region(cursor, options):
    _ = cursor.accept("as")
    options.region = cursor.string()
    if not _REGION.fullmatch(options.region):
        raise strict("REGION is no region's name", "copy-parameters-data-source-s3", "XX000")


def _one_character(name):
    """Return a reader of an option whose value is one printable ASCII character (or a tab)."""
    def read(cursor, options):
        _ = cursor.accept("as")
        token = cursor.peek()
        value = cursor.string()
        if len(value) != 1 or not (value == "\t" or " " <= value <= "~"):
            raise strict(f"{name} must be one ASCII character", "copy-parameters-data-format", "22023",
                         token.start + 1)
        setattr(options, name, value)
    return read


def _null(cursor, options):
    _ = cursor.accept("as")
    options.null_as = cursor.string()
    if "\n" in options.null_as or "\r" in options.null_as or "\0" in options.null_as:
        raise strict("NULL AS holds a line end", "copy-parameters-data-conversion", "22023")


def _maxerror(cursor, options):
    _ = cursor.accept("as")
    options.maxerror = cursor.integer()
    if options.maxerror > 100000:
        raise strict("MAXERROR is over 100000", "copy-parameters-data-load", "22023")
    options.maxerror = max(options.maxerror, 1)


def _ignore_header(cursor, options):
    _ = cursor.accept("as")
    options.ignore_header = cursor.integer()


def _text_format(name):
    """Return a reader of TIMEFORMAT or DATEFORMAT: 'auto' is the only value that is taken."""
    def read(cursor, options):
        _ = cursor.accept("as")
        value = cursor.string()
        if value != "auto":
            raise strict(f"{name} other than 'auto' is refused", "r_DATEFORMAT_and_TIMEFORMAT_strings", "0A000")
        setattr(options, name, value)
    return read


def _accept_invalid(cursor, options):
    _ = cursor.accept("as")
    options.accept_invalid = "?"
    if cursor.peek() is not None and cursor.peek().kind == "string":
        _one_character("accept_invalid")(cursor, options)


def _switch(name, words):
    """Return a reader of COMPUPDATE or STATUPDATE."""
    def read(cursor, options):
        token = cursor.peek()
        value = cursor.word() if token is not None and token.is_word(*words) else "on"
        if name == "statupdate":
            options.statupdate = value
    return read


def _encoding(cursor, options):
    _ = cursor.accept("as")
    if not (cursor.accept("utf8") or cursor.string().lower() == "utf8"):
        raise strict("ENCODING other than UTF8 is refused", "copy-parameters-data-conversion")


_READERS = {
    "csv": _csv, "manifest": _manifest, "iam_role": _iam_role, "credentials": _credentials,
    "access_key_id": _access_key, "region": _region, "quote": _one_character("quote"),
    "delimiter": _one_character("delimiter"), "null": _null, "maxerror": _maxerror,
    "ignoreheader": _ignore_header, "timeformat": _text_format("timeformat"),
    "dateformat": _text_format("dateformat"), "acceptinvchars": _accept_invalid,
    "compupdate": _switch("compupdate", ("on", "off", "true", "false", "preset")),
    "statupdate": _switch("statupdate", ("on", "off", "true", "false")), "encoding": _encoding,
}


def _check(options, session):
    """Rules between the options."""
    if not options.csv:
        raise strict("only CSV is loaded here", "copy-parameters-data-format")
    if options.role is None and options.keys is None:
        raise strict("COPY without IAM_ROLE", "copy-parameters-authorization", "XX000")
    if options.keys is not None and not session.config.allow_key_credentials:
        raise strict("COPY with keys is refused (setting allow_key_credentials)", "copy-parameters-authorization")
    if not options.manifest:
        raise strict("COPY without MANIFEST would read every object below a prefix", "r_COPY", "0A000")
    if options.compression in ("bzip2", "lzop"):
        raise strict(f"{options.compression} is not unpacked here", "copy-parameters-file-compression")
    if options.quote == options.delimiter:
        raise strict("QUOTE and DELIMITER are the same", "copy-parameters-data-format", "22023")
    for flag in ("explicit_ids", "ignoreallerrors", "trimblanks", "roundec"):
        if flag in options.flags:
            raise strict(f"{flag.upper()} is refused", "copy-parameters-data-conversion")
