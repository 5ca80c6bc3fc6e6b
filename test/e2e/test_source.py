"""Objects as they come: packed in any way, large, broken, refused, somewhere else."""

import base64
import gzip
import json
import os
import random
import socket
import threading
import urllib.parse

import pytest

import servers
from events import lines, packed, page, pages

ONE, TWO, THREE = [page("p1"), page("p2")], [page("p3")], [page("p4")]


def assert_nothing_loaded(pipe):
    """No table holds an event, and the ledger no load."""
    assert pipe.loaded() == {}
    assert pipe.tables().get("rsload_loads", 0) == 0


# ---- packing: told by the first bytes

@pytest.mark.parametrize("how", ["gzip", "zstd", None])
@pytest.mark.parametrize("name", ["x.json.gz", "x"])
def test_packing_is_told_by_the_bytes_not_by_the_name(postgres, how, name):
    postgres.put(name, ONE, pack=how)
    postgres.load().expect(0)
    assert postgres.values("pages") == ["p1", "p2"]


def test_all_packings_in_one_hour(pipe):
    pipe.put("a.gz", packed(ONE, "zstd"), pack=None)
    pipe.put("b.zst", TWO)
    pipe.put("c.json", THREE, pack=None)
    report = pipe.load_json()
    assert pipe.values("pages") == ["p1", "p2", "p3", "p4"]
    assert report["counts"]["objects"] == 3
    assert report["counts"]["raw_bytes"] == len(lines(ONE + TWO + THREE))


@pytest.mark.parametrize("cut", [0, 20, 210])
def test_gzip_of_several_members(postgres, cut):
    """Members end where they like, also in the middle of a line; one of them is empty."""
    raw = lines(ONE + TWO + THREE)
    postgres.put_raw("a.gz", gzip.compress(raw[:cut]) + gzip.compress(b"") + gzip.compress(raw[cut:]))
    postgres.load().expect(0)
    assert postgres.values("pages") == ["p1", "p2", "p3", "p4"]


def test_lines_may_end_in_cr_lf_and_the_last_in_nothing(postgres):
    postgres.put_raw("a", lines(ONE + TWO).replace(b"\n", b"\r\n") + lines(THREE).rstrip(b"\n"))
    postgres.load().expect(0)
    assert postgres.values("pages") == ["p1", "p2", "p3", "p4"]


# ---- large

@pytest.mark.parametrize("dialect", ["redshift", "postgres"])
def test_an_object_of_100_000_lines(make_pipe, dialect):
    pipe = make_pipe(dialect)
    pipe.put("big.json.gz", pages(100_000))
    report = pipe.load_json("--memory", "32MiB", "--part-size", "512KiB")
    assert report["counts"]["events"] == 100_000
    (table,) = [t for t in report["tables"] if t["name"] == "pages"]
    assert table["rows"] == 100_000 and table["parts"] > 1
    found = pipe.sql("select count(*), count(distinct id), sum(position::bigint), count(distinct path), "
                     "count(distinct anonymous_id) from web.pages")
    assert found.strip() == f"100000|100000|{sum(range(100_000))}|1009|97"
    number = random.Random(7).randrange(100_000)
    text = pipe.sql(f"select title from web.pages where id = 'p-{number}'")
    assert text == f'Item "{number}", new\n'


def test_many_objects(redshift):
    def put(number):
        redshift.put(f"{number:04d}.json.gz", [page(f"p{number}", properties={"n": number})])
    redshift.servers.s3.many(put, range(150), 8)
    report = redshift.load_json("--jobs", "4")
    assert report["counts"]["objects"] == 150
    assert sorted(map(int, redshift.values("pages", "n"))) == list(range(150))


def test_a_line_of_three_megabytes(pipe):
    text = "\u00e4\u20ac\"\\" * 300_000
    pipe.put("a.json.gz", [page("p1", properties={"text": text[:300], "items": [text]}), page("p2")])
    report = pipe.load_json()
    assert pipe.values("pages") == ["p1", "p2"]
    (row,) = [row for row in pipe.rows("pages", "id", "text", "items") if row["id"] == "p1"]
    assert row["text"] == text[:300]
    assert len(row["items"].encode()) <= 65535 and len(row["items"].encode()) > 65530
    assert json.dumps([text], ensure_ascii=False).startswith(row["items"])
    assert report["counts"]["truncated"] == 1


# ---- broken

@pytest.mark.parametrize("keep", [-1, -9, 0.5, 12])
def test_a_truncated_gzip_fails_and_is_named(postgres, keep):
    whole = packed(pages(2000))
    size = int(len(whole) * keep) if 0 < keep < 1 else keep
    postgres.put("good.json.gz", ONE)
    postgres.put_raw("cut.json.gz", whole[:size])
    result = postgres.load().expect(66)
    assert "cut.json.gz" in result.error()
    assert_nothing_loaded(postgres)


def test_a_flipped_bit_in_a_gzip_fails_and_is_named(postgres):
    whole = bytearray(packed(pages(2000)))
    whole[-6] ^= 1          # in the checksum
    postgres.put_raw("flipped.json.gz", bytes(whole))
    assert "flipped.json.gz" in postgres.load().expect(66).error()
    assert_nothing_loaded(postgres)


def test_after_the_object_was_mended_the_hour_loads(redshift):
    whole = packed(ONE)
    redshift.put_raw("a.json.gz", whole[:-5])
    redshift.load().expect(66)
    redshift.put_raw("a.json.gz", whole)
    redshift.load().expect(0)
    assert redshift.values("pages") == ["p1", "p2"]


# ---- lines that are no events

def bad_lines():
    """Twenty lines, of which three are no events."""
    return [page(f"p{n}") for n in range(15)] + [b"this is no JSON", page("p15"), b"[1]", page("p16"),
                                                 b'{"type":"page","a":"\xff\xfe","b":1,}']


def test_too_many_rejects_end_it_before_the_load(pipe):
    pipe.put("a.json.gz", bad_lines())
    result = pipe.load().expect(65)
    assert "3" in result.error()
    assert_nothing_loaded(pipe)


@pytest.mark.parametrize("limit, code", [("2", 65), ("3", 0), ("14%", 65), ("15%", 0), ("100%", 0), ("0", 65)])
def test_max_rejects_is_a_count_or_a_share(postgres, limit, code):
    postgres.put("a.json.gz", bad_lines())
    postgres.load("--max-rejects", limit).expect(code)
    assert postgres.loaded() == ({} if code else {"pages": 17})


def test_rejects_are_kept_with_object_line_offset_and_reason(pipe):
    content = bad_lines()
    pipe.put("a.json.gz", content)
    report = pipe.load_json("--max-rejects", "3")
    assert (report["counts"]["rejected"], report["counts"]["events"], report["counts"]["lines"]) == (3, 17, 20)
    kept = [json.loads(line) for line in pipe.staged_named("rejects.ndjson.gz").splitlines()]
    offsets = [len(lines(content[:n])) for n in (15, 17, 19)]
    assert [(r["line"], r["offset"]) for r in kept] == list(zip((16, 18, 20), offsets))
    assert all(r["object"].endswith("a.json.gz") and r["reason"] for r in kept)
    assert [r.get("text") for r in kept] == ["this is no JSON", "[1]", None]
    assert base64.b64decode(kept[2]["base64"]) == content[19]
    assert pipe.ledger()[0]["rejected"] == 3


def test_an_event_of_no_known_type_is_a_reject(postgres):
    postgres.put("a.json.gz", [page("p1"), {"type": "purchase", "messageId": "x"}, {"messageId": "y"}])
    report = postgres.load_json("--max-rejects", "2")
    assert report["counts"]["rejected"] == 2
    kept = [json.loads(line)["reason"] for line in postgres.staged_named("rejects.ndjson.gz").splitlines()]
    assert len(kept) == 2 and kept[0] != kept[1]


# ---- refused, missing, unreachable

def test_a_missing_bucket(pipe):
    result = pipe.load(source="s3://e2e-no-such-bucket/%Y/%m/%d/%H/").expect(66)
    assert "e2e-no-such-bucket" in result.error()
    assert_nothing_loaded(pipe)


def test_a_missing_staging_bucket(redshift):
    redshift.put("a.json.gz", ONE)
    result = redshift.load(staging="s3://e2e-no-such-bucket/x").expect(73)
    assert "e2e-no-such-bucket" in result.error()
    assert_nothing_loaded(redshift)


def test_a_wrong_secret(redshift):
    redshift.put("a.json.gz", ONE)
    redshift.secrets.add("wrong/secret+key")
    result = redshift.load(env={"AWS_SECRET_ACCESS_KEY": "wrong/secret+key"}).expect(77)
    assert servers.EVENTS in result.error()
    assert_nothing_loaded(redshift)


def test_no_aws_keys_at_all(redshift):
    result = redshift.load(env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None,
                                "AWS_EC2_METADATA_DISABLED": "true"})
    assert result.code in (77, 78), result
    assert "AWS" in result.error()


def test_keys_from_the_shared_credentials_file(redshift):
    redshift.put("a.json.gz", ONE)
    found = redshift.servers.s3_env
    (redshift.home / ".aws").mkdir()
    (redshift.home / ".aws/credentials").write_text(
        "[default]\naws_access_key_id = x:y\naws_secret_access_key = wrong\n\n"
        f"[tests]\naws_access_key_id = {found['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {found['AWS_SECRET_ACCESS_KEY']}\n")
    (redshift.home / ".aws/config").write_text(
        f"[profile tests]\nregion = us-east-1\nendpoint_url = {found['S3_ENDPOINT']}\n")
    none = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"))
    redshift.load(env={**none, "AWS_PROFILE": "tests"}).expect(0)
    assert redshift.values("pages") == ["p1", "p2"]


@pytest.mark.skipif(os.environ.get("RSLOAD_LONG") != "1", reason="takes half a minute: RSLOAD_LONG is not 1")
def test_nobody_listens_at_the_s3_endpoint(postgres):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = postgres.load(source="s3://bucket/%Y/%m/%d/%H/", env={
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s3cr",
        "AWS_DEFAULT_REGION": "us-east-1"}).expect(69)
    assert str(port) in result.error()


def test_a_source_folder_that_is_not_there(postgres):
    """An hour's folder that nobody made yet is an empty hour, as in S3."""
    result = postgres.load().expect(0)
    assert "no events" in result.out


# ---- other ways to the bucket

def test_s3_over_tls_with_a_ca_bundle(redshift):
    redshift.put("a.json.gz", ONE)
    env = {"AWS_ENDPOINT_URL": redshift.servers.s3_env["S3_ENDPOINT_TLS"]}
    redshift.load(env=env).expect(69)
    assert_nothing_loaded(redshift)
    redshift.load(env={**env, "AWS_CA_BUNDLE": redshift.servers.s3_env["S3_CA"]}).expect(0)
    assert redshift.values("pages") == ["p1", "p2"]


def test_s3_over_tls_at_a_name_that_the_certificate_does_not_have(redshift):
    endpoint = redshift.servers.s3_env["S3_ENDPOINT_TLS"].replace("127.0.0.1", "elsewhere.localhost")
    result = redshift.load("--ca-file", redshift.servers.s3_env["S3_CA"], env={"AWS_ENDPOINT_URL": endpoint})
    assert "certificate" in result.expect(69).error()
    assert result.seconds < 5       # it would not get better by trying again


class Relay:
    """A port that passes connections on to another and keeps the Host headers of what went through."""

    def __init__(self, port):
        self.target, self.hosts = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source, sink, is_request):
        try:
            while content := source.recv(65536):
                if is_request:
                    self.hosts += [line.split(b":", 1)[1].strip().decode() for line in content.split(b"\r\n")
                                   if line.lower().startswith(b"host:")]
                sink.sendall(content)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.mark.parametrize("style", ["virtual", "path"])
def test_addressing_of_buckets(redshift, style):
    redshift.put("a.json.gz", ONE)
    relay = Relay(urllib.parse.urlsplit(redshift.servers.s3_env["S3_ENDPOINT"]).port)
    (redshift.home / ".aws").mkdir()
    (redshift.home / ".aws/config").write_text(f"[default]\ns3 =\n  addressing_style = {style}\n")
    redshift.load(env={"AWS_ENDPOINT_URL": f"http://s3.localhost:{relay.port}"}).expect(0)
    relay.listener.close()
    host = f"s3.localhost:{relay.port}"
    wanted = {f"{bucket}.{host}" for bucket in (servers.EVENTS, servers.STAGING)} if style == "virtual" else {host}
    assert set(relay.hosts) == wanted
    assert redshift.values("pages") == ["p1", "p2"]


def test_the_endpoint_option_wins_over_the_variables(redshift):
    redshift.put("a.json.gz", ONE)
    redshift.load("--endpoint-url", redshift.servers.s3_env["S3_ENDPOINT"], "--region", "us-east-1",
                  env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_DEFAULT_REGION": "eu-west-1"}).expect(0)
    assert redshift.values("pages") == ["p1", "p2"]


def test_keys_with_odd_characters(redshift):
    names = ["a b+c%d.json", "\u00fc\u65e5\U0001f600.json", "deep/er/x.json", "q=1&r?.json", "~'()*!.json"]
    for number, name in enumerate(names):
        redshift.put(name, [page(f"p{number}")])
    redshift.load().expect(0)
    assert redshift.values("pages") == [f"p{number}" for number in range(len(names))]
