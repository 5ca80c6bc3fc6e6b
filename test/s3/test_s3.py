"""The S3 server that the tests start, seen through the tests' own client."""

import os
import signal
import subprocess
import sys
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import s3  # noqa: E402
import setup_daemons  # noqa: E402


def run(*command):
    """Run a command of this folder; return its exit code and output."""
    done = subprocess.run([os.path.join(HERE, command[0]), *command[1:]], check=False, capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running server's variables."""
    state = str(tmp_path_factory.mktemp("s3"))
    code, text = run("start", state, "--slow")
    assert code == 0, text
    yield {**setup_daemons.read_env(state), "state": state}
    pids = [pid for pid, _ in setup_daemons.recorded(state)]
    assert run("stop", state) == (0, "")
    assert not any(setup_daemons.start_time(pid) for pid in pids)


@pytest.fixture(scope="module")
def client(server):
    """A client of the plain listener, with a bucket `events`."""
    made = s3.Client.from_env(server)
    made.make_bucket("events")
    return made


@pytest.mark.parametrize("key", ["a", "2026/11/21/14/x.json.gz", "a b+c%d", "ü/日本/😀", "-_.~!*'()", "a//b", "tail/"])
def test_keys_come_back(client, key):
    client.put("events", key, b"content")
    assert client.get("events", key) == b"content"
    assert key in [listed for listed, _, _ in client.list("events", key)]
    client.delete("events", key)
    assert not client.exists("events", key)


def test_list_goes_over_pages(client):
    client.many(lambda n: client.put("events", f"many/{n:04d}", b""), range(1005), 8)
    assert [key for key, _, _ in client.list("events", "many/")] == [f"many/{n:04d}" for n in range(1005)]
    assert client.delete_all("events", "many/", 8) == 1005
    assert not list(client.list("events", "many/"))


def test_same_store_behind_tls(server, client):
    client.put("events", "tls", b"seen through both")
    assert s3.Client.from_env(server, tls=True).get("events", "tls") == b"seen through both"


def test_certificate_is_verified(server):
    stranger = s3.Client.from_env({**server, "S3_CA": None}, tls=True)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get("events", "tls")


def test_server_verifies_signatures(server, client):
    client.put("events", "mine", b"x")
    with pytest.raises(s3.S3Error) as caught:
        s3.Client(server["S3_ENDPOINT"], server["AWS_ACCESS_KEY_ID"], "wrong").get("events", "mine")
    assert (caught.value.status, caught.value.code) == (403, "SignatureDoesNotMatch")


def test_other_account_does_not_see_the_bucket(server, client):
    client.put("events", "mine", b"x")
    other = s3.Client(server["S3_ENDPOINT"], server["S3_OTHER_ACCESS_KEY_ID"], server["S3_OTHER_SECRET_ACCESS_KEY"])
    with pytest.raises(s3.S3Error):
        other.get("events", "mine")


def test_slow_listener_answers_slow_down(server, client):
    client.put("events", "slow", b"x")
    slow = s3.Client(server["S3_ENDPOINT_SLOW"], server["AWS_ACCESS_KEY_ID"], server["AWS_SECRET_ACCESS_KEY"], retries=0)
    answers, end = set(), time.monotonic() + 10
    while not answers and time.monotonic() < end:
        try:
            slow.put("events", "slow", b"x")
        except s3.S3Error as error:
            answers.add((error.status, error.code))
    assert answers == {(503, "SlowDown")}


def test_command(server, tmp_path):
    command = ["s3.py", "--env", os.path.join(server["state"], "env")]
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"22")
    assert run(*command, "mb", "s3://by-command") == (0, "")
    assert run(*command, "mb", "by-command") == (0, "")
    assert run(*command, "put", str(tmp_path / "one"), str(tmp_path / "two"), "s3://by-command/in/") == (0, "")
    assert [line.split()[0::2] for line in run(*command, "ls", "s3://by-command/")[1].splitlines()] \
        == [["1", "in/one"], ["2", "in/two"]]
    assert run(*command, "get", "s3://by-command/in/two") == (0, "22")
    assert run(*command, "rm", "-r", "s3://by-command/") == (0, "")
    assert run(*command, "ls", "s3://by-command/") == (0, "")
    code, text = run(*command, "get", "s3://by-command/in/two")
    assert code == 1 and "404 NoSuchKey" in text


def test_a_running_state_folder_is_refused(server):
    code, text = run("start", server["state"])
    assert code == 1 and "already started" in text


def test_stop_spares_a_reused_process_number(tmp_path):
    """What stop kills is the process it recorded, not one that got its number later."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        (tmp_path / "pids").write_text(f"{stranger.pid} 1 memcached\n")
        assert run("stop", str(tmp_path)) == (0, "")
        time.sleep(0.1)
        assert stranger.poll() is None
        stranger.send_signal(signal.SIGKILL)


def test_stop_of_nothing_is_no_error(tmp_path):
    assert run("stop", str(tmp_path / "none")) == (0, "")
