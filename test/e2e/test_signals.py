"""SIGINT and SIGTERM: the end within five seconds, with 130 or 143, and nothing loaded."""

import signal
import socket
import threading

import pytest

from events import lines, page, pages
from pipe import wait_until
from servers import holding

BOTH = pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
EVENTS = [page(f"p{n}") for n in range(10)]


def assert_nothing_loaded(pipe):
    """No event is there, and no session of the run goes on."""
    def sessions():
        return int(pipe.sql("select count(*) from pg_catalog.pg_stat_activity where pid <> pg_backend_pid() "
                            f"and datname = '{pipe.database}' and state <> 'idle'"))
    wait_until(lambda: sessions() == 0, "the run's sessions end")
    assert pipe.loaded() == {}
    assert pipe.tables().get("rsload_loads", 0) == 0


@BOTH
def test_while_standard_input_is_read(pipe, number, code):
    """The input stays open and nothing more comes. More was written than a pipe holds: it is being read."""
    with pipe.start(*pipe.options(source="-")) as process:
        process.write(pages(20_000))
        process.stop(number).expect(code)
    assert_nothing_loaded(pipe)


@BOTH
def test_while_an_object_comes_slowly(postgres, number, code):
    """An S3 server that takes the request and never answers."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        def listen():
            link, _ = server.accept()
            link.recv(65536)
            asked.set()
            link.recv(1)
        threading.Thread(target=listen, daemon=True).start()
        env = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.getsockname()[1]}", "AWS_ACCESS_KEY_ID": "k",
               "AWS_SECRET_ACCESS_KEY": "s3cr", "AWS_DEFAULT_REGION": "us-east-1"}
        with postgres.start(*postgres.options(source="s3://bucket/%Y/%m/%d/%H/"), env=env) as process:
            assert asked.wait(20)
            process.stop(number).expect(code)
    assert_nothing_loaded(postgres)


@BOTH
@pytest.mark.parametrize("fault", ["delay", "stall"])
def test_while_copy_runs(redshift, fault, number, code):
    redshift.put("a.json.gz", EVENTS)
    redshift.standin.fault(fault, match=r"^\s*copy", seconds=60)
    with redshift.start(*redshift.options()) as process:
        wait_until(lambda: redshift.standin.fired() == [1], "COPY has begun")
        process.stop(number).expect(code)
    assert_nothing_loaded(redshift)
    redshift.standin.clear_faults()
    redshift.load().expect(0)
    assert redshift.loaded() == {"pages": 10}


@BOTH
def test_while_another_run_holds_the_lock(pipe, number, code):
    pipe.put("0.json.gz", [page("early")], hour="2026-11-21T13")
    pipe.put("a.json.gz", EVENTS)
    pipe.load(hour="2026-11-21T13").expect(0)
    with holding(pipe.backend, pipe.database, "lock table web.rsload_lock in access exclusive mode"):
        with pipe.start(*pipe.options()) as process:
            wait_until(lambda: pipe.sql("select count(*) from pg_locks where not granted").strip() != "0",
                       "the run waits for the lock")
            process.stop(number).expect(code)
    assert pipe.loaded() == {"pages": 1}
    assert len(pipe.ledger()) == 1


def test_while_a_table_is_made(redshift):
    redshift.put("a.json.gz", EVENTS)
    redshift.standin.fault("delay", match=r"^\s*create table", seconds=60)
    with redshift.start(*redshift.options()) as process:
        wait_until(lambda: redshift.standin.fired() == [1], "CREATE TABLE has begun")
        process.stop(signal.SIGTERM).expect(143)
    assert_nothing_loaded(redshift)


def test_while_it_waits_for_another_attempt(redshift):
    """Between two attempts of the transaction nothing is asked of the server, and a signal still ends it."""
    redshift.put("a.json.gz", EVENTS)
    redshift.standin.fault("error", match=r"^\s*copy", code="1023", times=0)
    with redshift.start(*redshift.options()) as process:
        wait_until(lambda: redshift.standin.fired()[0] >= 2, "two attempts were made", 40)
        process.stop(signal.SIGTERM).expect(143)
    assert_nothing_loaded(redshift)


def test_sighup_is_as_sigterm(postgres):
    with postgres.start(*postgres.options(source="-")) as process:
        process.write(pages(20_000))
        process.stop(signal.SIGHUP).expect(143)
    assert_nothing_loaded(postgres)


def test_an_ignored_sigint_stays_ignored(postgres):
    """As nohup and `&` in a script leave it: only what was not ignored is heard."""
    with postgres.start(*postgres.options(source="-"), before=lambda: signal.signal(
            signal.SIGINT, signal.SIG_IGN)) as process:
        process.write(pages(20_000))
        process.kill(signal.SIGINT)
        process.finish(lines(EVENTS)).expect(0)
    assert postgres.loaded() == {"pages": 20_010}
