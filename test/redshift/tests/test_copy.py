"""COPY: what is loaded, what is refused, and what the log tables say about it."""

import gzip
import json
import subprocess

import pytest

from .conftest import OPTIONS, ROLE, copy
from .pgclient import ServerError

TABLE = ("create table t (i int, b bigint, f double precision, l boolean, d date, ts timestamp, v varchar(5), "
         "n numeric(6,2), s super, c char(3), z timestamptz)")
FAILED = "Load into table 't' failed.  Check 'stl_load_errors' system table for details."


@pytest.fixture
def loaded(client):
    """A client whose database has the table t."""
    client.run(TABLE)
    return client


# column, text of the field, what is stored
GOOD = [
    ("i", "2147483647", "2147483647"), ("i", '"12"', "12"), ("i", "-0", "0"), ("i", "", None), ("i", "  ", None), ("i", "+5", "5"),
    ("i", "\\N", None), ("b", "-9223372036854775808", "-9223372036854775808"), ("f", "1.0E4", "10000"), ("f", "-.5", "-0.5"),
    ("l", "TRUE", "t"), ("l", "no", "f"), ("l", "1", "t"), ("d", "2024-02-29", "2024-02-29"), ("ts", "2026-11-21 14:00:00", "2026-11-21 14:00:00"),
    ("ts", "2026-11-21T14:00:00.123456Z", "2026-11-21 14:00:00.123456"), ("ts", "2026-11-21T14:00:00+02:00", "2026-11-21 14:00:00"),
    ("z", "2026-11-21T14:00:00+02:00", "2026-11-21 12:00:00+00"), ("v", '"a""b"', 'a"b'), ("v", '"a,\r\nb"', "a,\r\nb"), ("v", "é é", "é é"),
    ("v", "abcde   ", "abcde"), ("v", '"a\\b"', "a\\b"), ("v", '"\t"', "\t"), ("v", "", None), ("v", '  "x" ', "x"), ("v", "null", "null"),
    ("n", "12.349", "12.34"), ("n", "-1234.5", "-1234.50"), ("n", ".5", "0.50"), ("s", '"{""b"":1,""a"":[null]}"', '{"b":1,"a":[null]}'),
    ("c", "ab", "ab "), ("v", '"\uffff"', "\uffff"), ("v", '"a\\\\"', "a\\\\"),
]


@pytest.mark.parametrize("column,field,stored", GOOD, ids=[f"{c}-{f!r}" for c, f, _ in GOOD])
def test_good_field(loaded, stage, column, field, stored):
    """A field is stored as Redshift stores it."""
    url = stage.put(f"x,{field}\r\n".encode())
    loaded.run(f'create table one (k varchar(5), "{column}" {_type(column)})')
    loaded.run(copy("one", url))
    assert loaded.rows(f'select "{column}" from one') == [(stored,)]


def _type(column):
    for part in TABLE[TABLE.index("(") + 1:-1].split(", "):
        name, _, kind = part.partition(" ")
        if name == column:
            return kind
    raise KeyError(column)


# column, field, code of the load error
BAD = [
    ("i", "a", 1207), ("i", "1.5", 1207), ("i", " 1", 1207), ("i", "0x1F", 1207), ("i", "2147483648", 1222), ("b", "9223372036854775808", 1222),
    ("f", "NaN", 1208), ("f", "infinity", 1208), ("f", "1e999", 1208), ("f", "0x1p3", 1208), ("f", "1e-400", 1208), ("l", "True", 1210), ("l", "yes ", 1210),
    ("d", "2026-02-30", 1205), ("d", "yesterday", 1205), ("d", "11/21/2026", 1205), ("d", "20261121", 1205), ("d", "0000-01-01", 1205),
    ("ts", "2026-11-21", 1206), ("ts", "now", 1206), ("ts", "2026-11-21 24:00:00", 1206), ("ts", "2026-11-21 14:00:60", 1206),
    ("ts", "2026-11-21 14:00:00.1234567", 1206), ("ts", "infinity", 1206), ("v", "abcdef", 1204), ("v", "ééé", 1204), ("c", "é", 1215), ("c", "abcd", 1204),
    ("n", "12345.1", 1209), ("n", "1e3", 1207), ("s", "{", 1224), ("s", '"{""a"":1,""a"":2}"', 1224), ("s", "NaN", 1224), ("v", "a\0", 1218),
    ("v", 'a"b', 1214), ("v", '"a"b', 1214), ("v", '"a', 1214), ("v", "a\rb", 1214), ("v", "a,b", 1202),
]


@pytest.mark.parametrize("column,field,code", BAD, ids=[f"{c}-{f!r}" for c, f, _ in BAD])
def test_bad_field(loaded, stage, column, field, code):
    """A bad field fails the load; stl_load_errors says where and why; nothing is loaded."""
    loaded.run(f'create table one (k varchar(5), "{column}" {_type(column)})')
    url = stage.put("a,\nb,\r\n".encode() + f"x,{field}\r\n".encode())
    with pytest.raises(ServerError) as error:
        loaded.run(copy("one", url))
    assert (error.value.code, error.value.message) == ("XX000", FAILED.replace("'t'", "'one'"))
    row = loaded.rows("select trim(filename), line_number, err_code from stl_load_errors order by query desc limit 1")
    assert row == [(url.replace("/m", "/0000.csv.gz"), "3", str(code))]
    assert loaded.rows("select count(*) from one") == [("0",)]


@pytest.mark.parametrize("raw,code", [(b"\xff", 1220), (b"\xed\xa0\x80", 1220), (b"\xc3", 1220), (b"\xa4", 1220)])
def test_bad_utf8(loaded, stage, raw, code):
    """Bytes that are no UTF-8 are named in hexadecimal."""
    loaded.run("create table one (v varchar(9))")
    url = stage.put(b"x\n" + raw + b"\n")
    with pytest.raises(ServerError):
        loaded.run(copy("one", url))
    row = loaded.rows("select error_code, trim(error_message) from sys_load_error_detail order by query_id desc limit 1")
    assert row[0][0] == str(code) and "Bad UTF-8 hex sequence: " + raw[:1].hex() in row[0][1]


# text of a part for `create table two (a varchar(9), i int)`, the refusal
STRICT_INPUT = [('"",1\n', "a quoted field is empty"), ('a,""\n', "a quoted field is empty"), ('"\\N",1\n', "a quoted field equals the NULL string")]


@pytest.mark.parametrize("text,why", STRICT_INPUT)
def test_undecided_input(loaded, stage, text, why):
    """What no page decides is refused by the stand-in in its own words."""
    loaded.run("create table two (a varchar(9), i int)")
    with pytest.raises(ServerError) as error:
        loaded.run(copy("two", stage.put(text)))
    assert error.value.message.startswith("standin: " + why)


def test_null_rules(loaded, stage):
    """Without EMPTYASNULL an empty text stays one, quoted or not; NULL AS names NULL."""
    loaded.run("create table two (a varchar(9), i int)")
    loaded.run(copy("two", stage.put(',\n"",1\n~,~\n\\N,2\n'), "CSV GZIP NULL AS '~'"))
    assert loaded.rows("select a, i from two") == [("", None), ("", "1"), (None, None), ("\\N", "2")]


def test_record_shape(loaded, stage):
    """Too few fields, blank lines, a last line without an end."""
    loaded.run("create table two (a varchar(9), i int)")
    for text, code in (("x\n", "1203"), ("\n", "1211"), ("x,1\n\ny,2\n", "1211")):
        with pytest.raises(ServerError):
            loaded.run(copy("two", stage.put(text)))
        assert loaded.rows("select err_code from stl_load_errors order by query desc limit 1") == [(code,)]
    loaded.run(copy("two", stage.put("x\n\ny,2"), "CSV GZIP FILLRECORD IGNOREBLANKLINES EMPTYASNULL"))
    assert loaded.rows("select a, i from two order by a") == [("x", None), ("y", "2")]
    loaded.run(copy("two", stage.put("h,h\nz,3\n", "h,h\nw,4\n"), "CSV GZIP IGNOREHEADER 1"))
    assert loaded.rows("select count(*) from two") == [("4",)]


def test_maxerror(loaded, stage):
    """Below MAXERROR the good records are loaded and the bad ones logged; at it nothing is."""
    loaded.run("create table two (a varchar(9), i int)")
    url = stage.put("a,1\nb,x\nc,3\nd,y\ne,5\n")
    answer = loaded.run(copy("two", url, "CSV GZIP MAXERROR 3"))
    assert answer.notices[0]["M"].startswith("Load into table 'two' completed, 2 record(s) could not be loaded")
    assert loaded.rows("select a from two order by a") == [("a",), ("c",), ("e",)]
    with pytest.raises(ServerError):
        loaded.run(copy("two", url, "CSV GZIP MAXERROR 2"))
    assert loaded.rows("select count(*) from two") == [("3",)]


def test_error_row_is_whole(loaded, stage):
    """The row of a load error after a ROLLBACK: table, line, column, type, value, reason."""
    loaded.run("create table two (a varchar(9), i int)")
    url = stage.put('"li\nbr",1\n', 'x,1\n"y",oops\n')
    loaded.run("begin")
    with pytest.raises(ServerError) as error:
        loaded.run(copy("two", url))
    assert error.value.status == "E"
    loaded.run("rollback")
    row = loaded.rows("select trim(filename), line_number, trim(colname), trim(type), trim(raw_line), trim(raw_field_value), "
                      "err_code, trim(err_reason) from stl_load_errors")
    assert row == [(url.replace("/m", "/0001.csv.gz"), "2", "i", "int4", '"y",oops', "oops", "1207",
                    "Invalid digit, Value 'o', Pos 0, Type: Integer")]
    assert loaded.rows("select trim(file_name), trim(error_message) from sys_load_error_detail")[0][1].startswith("Invalid digit")
    assert loaded.rows("select status, loaded_rows from sys_load_history") == [("aborted", "2")]


# options behind the manifest's url, SQLSTATE, text
BAD_OPTIONS = [
    ("CSV GZIP CSV", "42601", ""), ("CSV GZIP ZSTD", "42601", ""), ("CSV GZIP ESCAPE", "42601", ""), ("CSV GZIP REMOVEQUOTES", "42601", ""),
    ("FORMAT AS JSON 'auto' GZIP", "0A000", "standin: "), ("GZIP", "0A000", "standin: "), ("CSV HEADER", "42601", ""), ("CSV WITH (FORMAT csv)", "42601", ""),
    ("CSV GZIP MAXERROR 100001", "22023", "standin: "), ("CSV QUOTE ','", "22023", "standin: "), ("CSV DELIMITER '||'", "22023", "standin: "),
    ("CSV QUOTE 'é'", "22023", "standin: "), ("CSV BZIP2", "0A000", "standin: "), ("CSV TIMEFORMAT 'epochsecs'", "0A000", "standin: "),
    ("CSV IGNOREALLERRORS", "0A000", "standin: "), ("CSV ENCODING UTF16", "42601", ""), ("CSV REGION 'us-east-1'", "42601", ""), ("CSV FREEZE", "42601", ""),
    ("CSV ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 'b'", "42601", ""),
]


@pytest.mark.parametrize("options,code,text", BAD_OPTIONS)
def test_bad_options(loaded, stage, options, code, text):
    """Options that Redshift does not take, or not together."""
    with pytest.raises(ServerError) as error:
        loaded.run(copy("t", stage.put(",,,,,,,,,,\n"), options))
    assert (error.value.code, error.value.message[:len(text)]) == (code, text)


def test_bad_sources(loaded, stage, s3_server):
    """Table, columns, authority, manifest and parts that are wrong."""
    url = stage.put(",,,,,,,,,,\n")
    other = url.replace("s3://stage/", "s3://elsewhere/")
    s3_server.objects["other/bad/m"] = b"{}"
    cases = [
        (copy("nosuch", url), "Cannot COPY into nonexistent table nosuch"),
        (copy("t", url, columns="(i, nosuch)"), 'column "nosuch" of relation "t" does not exist'),
        (copy("t", url, columns="(i, i)"), 'column "i" specified more than once'),
        (copy("t", url, role="arn:aws:iam::123456789012:role/nobody"), "User arn:aws:redshift:us-east-1:123456789012:dbuser:standin/tester is not "
         "authorized to assume IAM Role arn:aws:iam::123456789012:role/nobody"),
        (copy("t", url, role="nobody"), "standin: IAM_ROLE"), (copy("t", url).replace("'" + ROLE + "'", "default"), "User arn"),
        (copy("t", url).replace("MANIFEST", ""), "standin: COPY without MANIFEST"),
        (copy("t", url).replace("us-east-1", "eu-west-1"), "S3ServiceException:The bucket you are attempting to access must be addressed"),
        (copy("t", url + "x"), "Problem reading manifest file - S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey"),
        (copy("t", other), "S3ServiceException:Access Denied,Status 403,Error AccessDenied"),
        (copy("t", "s3://other/bad/m"), "S3ServiceException:Access Denied"),
        (copy("t", url).replace(f"IAM_ROLE '{ROLE}'", "ACCESS_KEY_ID 'KEY' SECRET_ACCESS_KEY 'SECRET'"), "standin: COPY with keys is refused"),
    ]
    for sql, text in cases:
        with pytest.raises(ServerError) as error:
            loaded.run(sql)
        assert error.value.message.startswith(text), (sql, error.value.message)
    assert "-----" in error.value.detail if error.value.detail else True


MANIFESTS = [
    (b"[]", "it must be an object"), (b"{}", "it must be an object"), (b'{"entries":[]}', "`entries` must be"), (b"\xef\xbb\xbf{}", "it begins with"),
    (gzip.compress(b"{}"), "it is compressed"), (b'{"entries":[{"url":"s3://stage/x"}]}', "an entry has"),
    (b'{"entries":[{"url":"s3://stage/x","mandatory":false}]}', "`mandatory` must be true"),
    (b'{"entries":[{"url":"s3://stage/x/","mandatory":true}]}', "url "), (b'{"entries":[{"url":"s3://stage","mandatory":true}]}', "url "),
    (b'{"entries":[{"url":"s3://stage/' + b"x" * 250 + b'","mandatory":true}]}', "url "), (b"{'entries':[]}", "no JSON"),
    (b'{"entries":[{"url":"s3://stage/x","mandatory":true,"meta":{"content_length":"1"}}]}', "`content_length`"),
    (b'{"entries":[{"url":"s3://stage/x","mandatory":true},{"url":"s3://stage/x","mandatory":true}]}', "a url stands twice"),
    (b'{"entries":[{"url":"s3://stage/x","mandatory":true,"size":1}]}', "an entry has"), (b'{"entries":[],"entries":[]}', "a name stands twice"),
]


@pytest.mark.parametrize("raw,why", MANIFESTS)
def test_bad_manifest(loaded, stage, raw, why):
    """A manifest that Redshift would refuse or read otherwise than meant."""
    with pytest.raises(ServerError) as error:
        loaded.run(copy("t", stage.put("x", manifest=raw)))
    assert error.value.message.startswith("standin: manifest: " + why)


def test_bad_parts(loaded, stage, s3_server):
    """Missing parts, wrong sizes, broken compression."""
    row = b"1,,,,,,,,,,\n"
    good = gzip.compress(row)
    cases = [(lambda raw: good + good, "GZIP", "bytes follow the first gzip member"), (lambda raw: good + b"\0", "GZIP", "bytes follow"),
             (lambda raw: good[:-1], "GZIP", "the gzip stream ends early"), (lambda raw: raw, "GZIP", "the part is no gzip stream"),
             (lambda raw: good[:-8] + b"\0\0\0\0" + good[-4:], "GZIP", "the part is no gzip stream"), (lambda raw: good, "", "the part is gzip"),
             (lambda raw: b"", "GZIP", "part s3://stage"), (lambda raw: b"junk", "ZSTD", "the part is no zstd stream")]
    for compress, option, why in cases:
        with pytest.raises(ServerError) as error:
            loaded.run(copy("t", stage.put(row, compress=compress), "CSV EMPTYASNULL " + option))
        assert error.value.message.startswith("standin: " + why), (why, error.value.message)
    key = f"s3://stage/{stage.name}/gone"
    with pytest.raises(ServerError) as error:
        loaded.run(copy("t", stage.put(entries=[{"url": key, "mandatory": True}])))
    assert error.value.message == "Mandatory url is not present in manifest file."
    entries = [{"url": f"s3://stage/{stage.name}/0000.csv.gz", "mandatory": True, "meta": {"content_length": 1}}]
    with pytest.raises(ServerError) as error:
        loaded.run(copy("t", stage.put(row, entries=entries)))
    assert error.value.message.startswith("standin: part ")
    assert loaded.rows("select count(*) from t") == [("0",)]


def test_compressions(loaded, stage):
    """gzip, zstd and plain parts hold the same."""
    row = b"1,,,,,,,,,,\n" * 1000
    loaded.run(copy("t", stage.put(row)))
    loaded.run(copy("t", stage.put(row, compress=None), "CSV"))
    zstd = lambda raw: subprocess.run(["zstd", "-qc"], input=raw, stdout=subprocess.PIPE, check=True).stdout  # noqa: E731
    loaded.run(copy("t", stage.put(row, compress=zstd), "CSV ZSTD"))
    assert loaded.rows("select count(*) from t") == [("3000",)]


def test_both_ways_agree(loaded, stage):
    """Many records over chunk borders, some of which only the slow way can read."""
    loaded.run("create table two (a varchar(200), i int)")
    lines = [f'"value {n} ""{"x" * (n % 90)}"" \n more",{n if n % 3 else ""}\r\n' for n in range(40000)]
    lines[20000] = ' "blanks around" ,5\n'
    loaded.run(copy("two", stage.put("".join(lines))))
    assert loaded.rows("select count(*), count(i), max(i), count(distinct a) from two") == [("40000", str(40000 - 13334 + 0), "39998", "40000")]


def test_numbers_of_lines(loaded, stage):
    """The line of an error far behind the first chunk is right."""
    loaded.run("create table two (a varchar(200), i int)")
    lines = [f'"{"y" * 150}\n",{n}\n' for n in range(20000)] + ["bad,x\n"]
    with pytest.raises(ServerError):
        loaded.run(copy("two", stage.put("".join(lines))))
    assert loaded.rows("select line_number, trim(raw_line) from stl_load_errors") == [("40001", "bad,x")]


def test_rights(standin, database, loaded, stage):
    """COPY wants INSERT on the table, and nothing more."""
    url = stage.put("1,,,,,,,,,,\n")
    other = standin.client(database, "reader", "Reader-1")
    with pytest.raises(ServerError) as error:
        other.run(copy("t", url))
    assert (error.value.code, error.value.message) == ("42501", "permission denied for relation t")
    loaded.run("grant insert on t to reader")
    other.run(copy("t", url))
    assert other.rows("select count(*) from sys_load_history") == [("2",)]
    assert loaded.rows("select count(*) from sys_load_history") == [("0",)]
    with pytest.raises(ServerError):
        other.run(copy("t", url, OPTIONS.replace("STATUPDATE OFF", "STATUPDATE ON")))
    other.close()


def test_noload_and_history(loaded, stage):
    """NOLOAD parses everything and loads nothing; the load tables name the parts."""
    url = stage.put("1,,,,,,,,,,\n", "2,,,,,,,,,,\n")
    loaded.run(copy("t", url, OPTIONS + " NOLOAD"))
    assert loaded.rows("select count(*) from t") == [("0",)]
    loaded.run(copy("t", url))
    last = loaded.rows("select pg_last_copy_id()")[0][0]
    assert loaded.rows(f"select trim(file_name), lines_scanned from sys_load_detail where query_id = {last} order by 1") == [
        (url.replace("/m", f"/000{n}.csv.gz"), "1") for n in (0, 1)]
    assert loaded.rows(f"select status, loaded_rows, source_file_count from sys_load_history where query_id = {last}") == [
        ("completed", "2", "2")]


def test_default_and_not_null(loaded, stage):
    """Columns left out get their default; a NULL for NOT NULL is error 1213."""
    loaded.run("create table two (a varchar(9) not null, i int default 7)")
    loaded.run(copy("two", stage.put("x\n"), columns="(a)"))
    assert loaded.rows("select a, i from two") == [("x", "7")]
    with pytest.raises(ServerError):
        loaded.run(copy("two", stage.put(",1\n")))
    assert loaded.rows("select err_code from stl_load_errors") == [("1213",)]
    with pytest.raises(ServerError) as error:
        loaded.run(copy("two", stage.put("1\n"), columns="(i)"))
    assert error.value.code == "23502"


def test_truncatecolumns_and_invalid_characters(loaded, stage):
    """TRUNCATECOLUMNS cuts at a character, ACCEPTINVCHARS replaces byte for byte."""
    loaded.run("create table two (a varchar(3))")
    loaded.run(copy("two", stage.put("éé\n".encode() + b"a\xffb\n"), "CSV GZIP TRUNCATECOLUMNS ACCEPTINVCHARS '?'"))
    assert sorted(loaded.rows("select a from two")) == [("a?b",), ("é",)]


def test_journal_of_reads(standin, loaded, stage):
    """The journal tells which objects COPY read, and the manifest is read at COPY time."""
    url = stage.put("1,,,,,,,,,,\n")
    loaded.run(copy("t", url))
    entries = standin.control("journal")["entries"]
    reads = [entry["read"] for entry in entries if entry.get("event") == "s3"][-2:]
    assert reads == [url, url.replace("/m", "/0000.csv.gz")]
    assert json.dumps(entries)
