"""Fixtures: one PostgreSQL and one stand-in a run, one database a test."""

import gzip
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

import pytest

from .fakes3 import FakeS3
from .pgclient import Client

TEST = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PYTHON = "/usr/bin/python3"
ROLE = "arn:aws:iam::123456789012:role/loader"
_databases = itertools.count(1)


class StandIn:
    """A running stand-in: port, control(), client()."""

    def __init__(self, folder, environment, s3, name, *options):
        self.journal_path = os.path.join(folder, name + ".jsonl")
        settings = {
            "users": {"tester": {"password": "Secret-1"}, "boss": {"password": "Boss-1", "superuser": True},
                      "reader": {"password": "Reader-1"}, "hashed": {"password": "x", "auth": "sha256"}},
            "roles": {ROLE: {"access_key": "KEY", "secret_key": "SECRET",
                             "prefixes": ["s3://stage/", "s3://other/ok"]}},
            "s3_endpoints": {"us-east-1": s3.url}, "s3_retry_delay_s": 0.01}
        path = os.path.join(folder, name + ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        self.process = subprocess.Popen(
            [PYTHON, os.path.join(TEST, "redshift"), "--config", path, "--backend-socket",
             environment["PG_SOCKET_DIR"], "--backend-port", environment["PGPORT"], "--backend-user",
             environment["PG_SUPERUSER"], "--journal", self.journal_path, *options],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        ready = json.loads(self.process.stdout.readline())
        self.port, self.address = ready["port"], ready["control"]

    def control(self, do, **more):
        """Send one command to the control socket; return the answer, which must be ok."""
        host, _, port = self.address.rpartition(":")
        with socket.create_connection((host, int(port))) as sock, sock.makefile("rwb") as lines:
            lines.write(json.dumps({"do": do, **more}).encode() + b"\n")
            lines.flush()
            answer = json.loads(lines.readline())
        assert answer["ok"], answer
        return answer

    def fault(self, action, **more):
        """Add a fault rule."""
        self.control("add_fault", rule={"action": action, **more})

    def client(self, database, user="tester", password="Secret-1", **more):
        """Return a logged-in Client."""
        return Client(self.port, user, password, database, **more)

    def stop(self):
        """Stop it and see that it ends well."""
        self.process.terminate()
        assert self.process.wait(10) == 0


@pytest.fixture(scope="session")
def backend():
    """The environment of a throw-away PostgreSQL."""
    state = tempfile.mkdtemp(prefix="standin-")
    subprocess.run([PYTHON, os.path.join(TEST, "postgres", "start"), state, "--redshift-backend"], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(state, "env"), encoding="utf-8") as lines:
        environment = dict(line.strip().split("=", 1) for line in lines if "=" in line)
    yield {"state": state, **{key: value.strip("'") for key, value in environment.items()}}
    subprocess.run([PYTHON, os.path.join(TEST, "postgres", "stop"), state], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def s3_server():
    """The fake S3 of the run."""
    server = FakeS3()
    yield server
    server.close()


@pytest.fixture(scope="session")
def certificate(backend):
    """A self-signed certificate for localhost: (certificate, key)."""
    cert, key = (os.path.join(backend["state"], name) for name in ("tls.crt", "tls.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days",
                    "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, stderr=subprocess.DEVNULL)
    return cert, key


def _stand_in(backend, s3_server, certificate, name, *options):
    return StandIn(backend["state"], backend, s3_server, name, "--tls-cert", certificate[0], "--tls-key",
                   certificate[1], *options)


@pytest.fixture(scope="session")
def standin(backend, s3_server, certificate):
    """The usual stand-in: snapshot isolation, provisioned."""
    running = _stand_in(backend, s3_server, certificate, "snapshot")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def serializable(backend, s3_server, certificate):
    """A stand-in in serializable mode, serverless, TLS only, keys allowed."""
    running = _stand_in(backend, s3_server, certificate, "serializable", "--isolation", "serializable",
                        "--serverless", "--require-ssl", "--allow-key-credentials")
    yield running
    running.stop()


@pytest.fixture
def database(standin):
    """A fresh database's name."""
    name = f"d{next(_databases)}"
    standin.control("create_database", name=name, owner="tester")
    yield name
    standin.control("clear_faults")
    standin.control("drop_database", name=name)


@pytest.fixture
def client(standin, database):
    """A client of the usual stand-in in a fresh database."""
    connected = standin.client(database)
    yield connected
    connected.close()


class Stage:
    """Puts parts and manifests into the fake S3."""

    def __init__(self, server, name):
        self.objects, self.name = server.objects, name

    def put(self, *texts, compress=gzip.compress, entries=None, manifest=None):
        """Store parts and their manifest; return the manifest's url."""
        listed = []
        for number, text in enumerate(texts):
            raw = text if isinstance(text, bytes) else text.encode()
            data = compress(raw) if compress else raw
            key = f"{self.name}/{number:04}.csv.gz"
            self.objects["stage/" + key] = data
            listed.append({"url": f"s3://stage/{key}", "mandatory": True, "meta": {"content_length": len(data)}})
        document = json.dumps({"entries": listed if entries is None else entries}).encode()
        self.objects[f"stage/{self.name}/m"] = document if manifest is None else manifest
        return f"s3://stage/{self.name}/m"


@pytest.fixture
def stage(s3_server, request):
    """A Stage of this test's own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    return Stage(s3_server, name)


OPTIONS = "FORMAT AS CSV GZIP EMPTYASNULL TIMEFORMAT 'auto' DATEFORMAT 'auto' MAXERROR 0 COMPUPDATE OFF STATUPDATE OFF"


def copy(table, url, options=OPTIONS, role=ROLE, columns=""):
    """Return a COPY statement as rsload writes it."""
    return f"COPY {table} {columns} FROM '{url}' IAM_ROLE '{role}' MANIFEST REGION 'us-east-1' {options}"


if sys.version_info < (3, 11):
    raise RuntimeError("the stand-in is written for Python 3.11")
