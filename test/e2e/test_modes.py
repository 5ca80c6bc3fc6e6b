"""Half a run, and what is printed: --dry-run, --stage-only, --load-only, --report, --log-format, --config."""

import csv
import io
import json
import re
import subprocess

import pytest

import servers
from events import HOUR, event, page, pages, track

NEXT = "2026-11-21T15"
EVENTS = [track("m1", properties={"total": 1, "note": 'a "b",\nc'}), track("m1", properties={"total": 1}),
          track("m2", properties={"coupon": None}), page("p1", properties={"title": "T"}),
          event("identify", "i1", userId="u1", traits={"plan": "pro"})]
LOADED = {"tracks": 2, "order_completed": 2, "pages": 1, "identifies": 1, "users": 1}


# ---- --dry-run

@pytest.mark.parametrize("has_schema", [False, True])
def test_a_dry_run_writes_nothing_and_prints_the_statements(pipe, has_schema):
    if has_schema:
        pipe.put("0.json.gz", [track("m0", properties={"total": 1})], hour="2026-11-21T13")
        pipe.load(hour="2026-11-21T13").expect(0)
    pipe.put("a.json.gz", EVENTS)
    tables, staged = pipe.tables(), pipe.staged()
    result = pipe.load("--dry-run").expect(0)
    assert (pipe.tables(), pipe.staged()) == (tables, staged)
    assert list(pipe.home.iterdir()) == []
    printed = "\n".join(line for line in result.out.splitlines() if not line.startswith("--"))
    assert ('CREATE TABLE IF NOT EXISTS "web"."tracks"' in printed) != has_schema
    assert 'CREATE TABLE IF NOT EXISTS "web"."pages"' in printed
    copied = set(re.findall(r'COPY "web"\."(\w+)"|COPY "(\w+)"', printed))
    assert len(copied) >= 4
    if has_schema:
        assert re.search(r'ALTER TABLE "web"\."order_completed" ADD COLUMN "note"', printed)
    assert "would be loaded" in result.out


def test_a_dry_run_sends_only_questions(redshift):
    redshift.put("a.json.gz", EVENTS)
    redshift.load("--dry-run").expect(0)
    sent = redshift.standin.statements(redshift.database)
    assert sent and {text.split()[0].upper() for text in sent} <= {"SELECT", "SET", "SHOW"}


def test_the_ddl_that_a_dry_run_prints_is_what_a_run_sends(redshift):
    redshift.put("a.json.gz", EVENTS)
    planned = redshift.load_json("--dry-run")
    assert planned["outcome"] == "planned"
    ddl = [text for text in planned["statements"] if text.startswith(("CREATE", "ALTER"))]
    assert ddl
    redshift.load().expect(0)
    sent = [text for text in redshift.standin.statements(redshift.database, "ok")
            if text.startswith(("CREATE SCHEMA", "CREATE TABLE", "ALTER"))]
    assert sent == ddl


def test_a_dry_run_of_a_loaded_hour(pipe):
    pipe.put("a.json.gz", EVENTS)
    pipe.load().expect(0)
    assert pipe.load_json("--dry-run")["outcome"] in ("already", "planned")
    assert pipe.loaded() == LOADED


# ---- --stage-only, --load-only

def test_staging_and_loading_are_the_whole(make_pipe):
    for dialect in ("redshift", "postgres"):
        whole, half = make_pipe(dialect), make_pipe(dialect)
        half.source = whole.source
        whole.put("a.json.gz", EVENTS)
        whole.put("b.json.gz", pages(2000))
        whole.load("--part-size", "64KiB").expect(0)
        staged = half.load_json("--part-size", "64KiB", "--stage-only")
        assert staged["outcome"] == "staged"
        assert half.tables() == {}
        connection = [*half.connection(), *(["--iam-role", whole.options()[-1]] if half.is_redshift else [])]
        result = half.run("--load-only", staged["staged"], *connection, "--report", "json").expect(0)
        assert result.report["outcome"] == "loaded"
        assert result.report["load_id"] == staged["load_id"]
        content = half.content()
        assert content == whole.content()
        assert len(content["pages"]) == 2001
        (first,), (second,) = whole.ledger(), half.ledger()
        for name in ("source", "window_from", "window_until", "objects", "events", "rows", "rejected"):
            assert first[name] == second[name], name
        again = half.run("--load-only", staged["staged"], *connection, "--report", "json").expect(0)
        assert again.report["outcome"] == "already"


def test_staging_needs_no_database(redshift):
    redshift.put("a.json.gz", EVENTS)
    words = ["--hour", HOUR, "--source", redshift.source, "--staging", redshift.staging, "--schema", "web", "--stage-only",
             "--report", "json"]
    staged = redshift.run(*words, env={"PGPASSWORD": None}).expect(0).report
    assert staged["counts"]["events"] == 5
    assert {key.rsplit("/", 1)[-1] for key in redshift.staged()} >= {"load.json", "0001.csv.gz"}


def test_what_is_staged(redshift):
    """load.json describes the parts; the parts are CSV of its columns."""
    redshift.put("a.json.gz", EVENTS)
    staged = redshift.load_json("--stage-only")
    found = redshift.staged()
    folder = f"web/{HOUR}/{staged['load_id']}/"
    assert all(key.startswith(folder) for key in found)
    document = json.loads(redshift.staged_bytes(folder + "load.json"))
    assert (document["version"], document["schema"], document["from"]) == (1, "web", HOUR)
    assert [o["key"].rsplit("/", 1)[-1] for o in document["objects"]] == ["a.json.gz"]
    seen = {}
    for table in document["tables"]:
        names = [column["name"] for column in table["columns"]]
        for part in table["parts"]:
            assert found[folder + part["key"]] == part["size_bytes"]
            content = redshift.staged_bytes(folder + part["key"])
            assert len(content) == part["raw_bytes"]
            rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
            assert len(rows) == part["rows"]
            assert {len(row) for row in rows} == {part["columns"]}
            seen.setdefault(table["name"], []).extend(dict(zip(names, row)) for row in rows)
    assert {name: len(rows) for name, rows in seen.items()} == {
        "tracks": 3, "order_completed": 3, "pages": 1, "identifies": 1}
    assert [(r["total"], r.get("note", "")) for r in seen["order_completed"]][0] == ("1", 'a "b",\nc')


@pytest.mark.parametrize("how, suffix", [("none", ".csv"), ("gzip", ".csv.gz"), ("zstd", ".csv.zst")])
def test_parts_are_packed_as_asked(pipe, how, suffix):
    pipe.put("a.json.gz", EVENTS)
    pipe.load("--compress", how).expect(0)
    parts = [key for key in pipe.staged() if "/0001.csv" in key]
    assert parts and all(key.endswith("/0001" + suffix) for key in parts)
    assert pipe.loaded() == LOADED


def test_every_manifest_is_true(redshift):
    redshift.put("a.json.gz", EVENTS)
    redshift.put("b.json.gz", pages(3000))
    redshift.load("--part-size", "64KiB").expect(0)
    found = redshift.staged()
    listed = []
    for key in found:
        if not key.endswith(".manifest"):
            continue
        document = json.loads(redshift.staged_bytes(key))
        assert set(document) == {"entries"}
        for entry in document["entries"]:
            assert entry["mandatory"] is True and len(entry["url"]) < 256
            name = entry["url"].removeprefix(redshift.staging + "/")
            assert entry["meta"] == {"content_length": found[name]}
            listed.append(name)
    assert sorted(listed) == sorted(key for key in found if ".csv" in key)


def test_a_part_that_was_overwritten_is_not_loaded(redshift):
    redshift.put("a.json.gz", EVENTS)
    staged = redshift.load_json("--stage-only")
    key = next(k for k in redshift.staged() if "/pages/" in k and ".csv" in k)
    redshift.servers.s3.put(servers.STAGING, f"{redshift.name}/{key}", b"something else")
    redshift.run("--load-only", staged["staged"], *redshift.connection(), *redshift.options()[-2:]).expect(76)
    assert redshift.loaded() == {}


@pytest.mark.parametrize("missing", ["load.json", ".csv.gz"])
def test_a_staged_folder_that_is_not_whole(postgres, missing):
    postgres.put("a.json.gz", EVENTS)
    staged = postgres.load_json("--stage-only")
    for path in (postgres.folder / servers.STAGING).rglob("*" + missing):
        path.unlink()
    result = postgres.run("--load-only", staged["staged"], *postgres.connection()).expect(66)
    assert missing in result.error()
    assert postgres.loaded() == {}


# ---- what is printed

def test_the_report_as_json(pipe):
    pipe.put("a.json.gz", [*EVENTS, b"no event"])
    result = pipe.load("--report", "json", "--max-rejects", "1").expect(0)
    assert result.out.count("\n") == 1
    report = result.report
    assert (report["outcome"], report["from"], report["until"], report["schema"]) == ("loaded", HOUR, NEXT, "web")
    assert report["source"] == pipe.source.replace("%Y/%m/%d/%H", "2026/11/21/14")
    assert report["staged"].startswith(f"{pipe.staging}/web/{HOUR}/{report['load_id']}")
    assert re.fullmatch(r"rsload \d+\.\d+\.\d+", report["tool"])
    counts = report["counts"]
    assert {name: counts[name] for name in ("objects", "lines", "events", "rejected", "filtered")} == {
        "objects": 1, "lines": 6, "events": 5, "rejected": 1, "filtered": 0}
    assert 0 < counts["stored_bytes"] and 0 < counts["raw_bytes"]
    found = {t["name"]: {k: v for k, v in t.items() if k != "name"} for t in report["tables"]}
    fixed = {"new_columns": 0, "is_new": True, "parts": 1}
    for name, (rows, duplicates) in {"tracks": (2, 1), "order_completed": (2, 1), "pages": (1, 0),
                                     "identifies": (1, 0)}.items():
        assert found[name]["rows"] == rows and found[name]["duplicates"] == duplicates, name
        assert found[name]["columns"] == len(pipe.columns(name)), name
        assert (found[name]["is_new"], found[name]["parts"]) == (fixed["is_new"], fixed["parts"]), name
    assert set(report["seconds"]) == {"list", "extract", "load", "total"}
    assert 0 <= report["seconds"]["total"] <= result.seconds + 0.1


def test_a_failure_as_json(postgres):
    postgres.put("a.json.gz", [b"no event"])
    result = postgres.load("--report", "json", "--log-format", "json").expect(65)
    assert result.report["outcome"] == "failed"
    assert (result.report["error"]["kind"], result.report["error"]["exit_code"]) == ("data", 65)
    logged = [json.loads(line) for line in result.err.splitlines()]
    assert logged and any("reject" in json.dumps(line) or "event" in json.dumps(line) for line in logged)


def test_the_report_for_people(postgres):
    postgres.put("a.json.gz", EVENTS)
    out = postgres.load().expect(0).out
    for name, count in (("tracks", 2), ("order_completed", 2), ("pages", 1), ("identifies", 1)):
        assert re.search(rf"^\s*{name}\s+{count}\b", out, re.M), (name, out)
    assert re.search(r"^\s*events\s+5$", out, re.M), out


def test_quiet_says_nothing_on_stderr(postgres):
    postgres.put("a.json.gz", EVENTS)
    result = postgres.load("--quiet").expect(0)
    assert result.err == "" and "is loaded" in result.out


def test_verbose_tells_statements_on_stderr_only(redshift):
    redshift.put("a.json.gz", EVENTS)
    result = redshift.load("--verbose", "--report", "json").expect(0)
    assert "COMMIT" in result.err and 'CREATE TABLE' in result.err
    assert result.report["outcome"] == "loaded"


def test_options_from_a_file(redshift):
    redshift.put("a.json.gz", EVENTS)
    words = redshift.options()
    pairs = dict(zip(words[::2], words[1::2]))
    (redshift.home / "rsload.ini").write_text(
        "".join(f"{name[2:]} = {value}\n" for name, value in pairs.items() if name not in ("--hour", "--schema"))
        + "[web]\nschema = web\nquiet = yes\n[other]\nschema = elsewhere\n")
    result = redshift.run("--config", "rsload.ini", "--section", "web", "--hour", HOUR).expect(0)
    assert result.err == ""
    assert redshift.loaded() == LOADED


@pytest.mark.parametrize("words, texts", [
    (["--hour", "yesterday"], ["--hour", "yesterday"]),
    (["--from", "2026-11-21T10"], ["--from", "--to"]),
    (["--no-such-option"], ["--no-such-option"]),
    (["--source", "s3://b/no/conversion/"], ["--source", "s3://b/no/conversion/"]),
    (["--dry-run", "--stage-only"], ["--dry-run", "--stage-only"]),
    (["--compress", "lzo"], ["--compress", "lzo"]),
    (["--memory", "1KiB"], ["--memory", "1KiB"]),
    (["--dbname", "host=x password=hunter2x"], ["--dbname", "password"]),
    (["stray"], ["stray"])])
def test_usage_errors_name_the_option_and_the_value(postgres, words, texts):
    usual = [] if words[0] in ("--from",) else ["--hour", HOUR]
    usual = [] if words[0] == "--hour" else usual
    rest = [] if words[0] == "--source" else ["--source", postgres.source]
    postgres.secrets.add("hunter2x")
    result = postgres.run(*usual, *rest, "--staging", postgres.staging, "--schema", "web", *words).expect(64)
    assert all(text in result.error() for text in texts), result.error()
    assert result.out == "" and postgres.tables() == {} and postgres.staged() == {}


def test_a_password_in_a_connection_uri_is_refused_and_not_printed(postgres):
    postgres.secrets.add("hunter2x")
    postgres.load(connection=["-d", "postgresql://loader:hunter2x@127.0.0.1/x"]).expect(64)


def test_version_and_help_need_nothing(postgres):
    assert re.fullmatch(r"rsload \d+\.\d+\.\d+\n", postgres.run("--version", env={"HOME": None}).expect(0).out)
    assert "--source" in postgres.run("--help").expect(0).out


# ---- standard output that fails

def test_a_reader_of_the_report_that_is_gone(postgres):
    """SIGPIPE does not kill: the hour is loaded, and the exit code says that the report is not."""
    postgres.put("a.json.gz", EVENTS)
    with subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE) as gone:
        gone.wait()
        with postgres.start(*postgres.options(), stdout=gone.stdin) as process:
            result = process.finish().expect(74)
    assert "is done" in result.error() or "loaded" in result.error()
    assert postgres.loaded() == LOADED
    assert postgres.load_json()["outcome"] == "already"


def test_a_full_disk_under_standard_output(postgres):
    postgres.put("a.json.gz", EVENTS)
    with open("/dev/full", "wb") as full, postgres.start(*postgres.options(), stdout=full) as process:
        process.finish().expect(74)
    assert postgres.loaded() == LOADED
