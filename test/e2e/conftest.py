"""Fixtures of the end-to-end tests: servers once a session, a source, a staging and a database a test."""

import os
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pipe as pipes  # noqa: E402
import servers as environment  # noqa: E402


@pytest.fixture(scope="session")
def all_servers(tmp_path_factory):
    """The servers of the session."""
    if not os.access(pipes.BINARY, os.X_OK):
        pytest.fail(f"{pipes.BINARY} is not there: build it, or name another by RSLOAD_BINARY")
    started = environment.Servers(str(tmp_path_factory.mktemp("servers")))
    yield started
    started.stop()


@pytest.fixture
def make_pipe(all_servers, tmp_path):
    """A function that makes a Pipe: make_pipe("redshift" | "postgres", source=, staging=, standin=)."""
    made = []

    def make(dialect, source="s3", staging="s3", standin=None):
        if dialect == "redshift":
            standin = standin or all_servers.redshift
            standin.clear_faults()
        made.append(pipes.Pipe(all_servers, standin, tmp_path, source, staging))
        return made[-1]

    yield make
    for pipe in made:
        if pipe.is_redshift:
            pipe.standin.clear_faults()
        pipe.close()


@pytest.fixture
def redshift(make_pipe):
    """A Pipe over S3 into Redshift."""
    return make_pipe("redshift")


@pytest.fixture
def postgres(make_pipe):
    """A Pipe from files over files into PostgreSQL: nothing but a database is needed."""
    return make_pipe("postgres", source="file", staging="file")


@pytest.fixture(params=["redshift", "postgres"])
def pipe(request, make_pipe):
    """A Pipe over S3 into each of the two dialects."""
    return make_pipe(request.param)
