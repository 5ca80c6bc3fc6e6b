"""servers -- what one session of the tests starts on loopback, and stops again by its process ids.

An S3 server, a plain PostgreSQL, another one as the backend of the Redshift stand-in, and that; further
stand-ins (Serverless, a certificate of the wrong name) start when a test asks for them.
"""

import concurrent.futures
import contextlib
import json
import os
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TEST = os.path.dirname(HERE)
sys.dont_write_bytecode = True
sys.path[:0] = [TEST, os.path.join(TEST, "s3")]
import s3  # noqa: E402
import setup_daemons as daemons  # noqa: E402
import setup_tls  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/rsload-copy"
LOADER, PASSWORD, DATABASE = "loader", "Loader-Password-1", "warehouse"
EVENTS, STAGING = "e2e-events", "e2e-staging"      # buckets; the role reads the second one only


class ControlError(Exception):
    """The stand-in did not do what its control socket was asked for."""


class Standin:
    """A running Redshift stand-in. port: where it listens; ca: the certificate to trust for it."""

    def __init__(self, state, config, name, hosts=("localhost", "127.0.0.1")):
        self.state = daemons.prepare(os.path.join(state, name))
        setup_tls.make_certificate(os.path.join(self.state, "tls"), hosts)
        self.ca = os.path.join(self.state, "tls", "ca.pem")
        self.journal_path = os.path.join(os.environ.get("RSLOAD_JOURNAL") or self.state,
                                         f"e2e-{name}-{os.getpid()}.jsonl")
        config = {**config, "journal": self.journal_path, "require_ssl": True,
                  "tls_cert": os.path.join(self.state, "tls", "server.pem"),
                  "tls_key": os.path.join(self.state, "tls", "server.key")}
        with open(os.path.join(self.state, "config.json"), "w", encoding="utf-8") as out:
            json.dump(config, out)
        self._start()

    def _start(self):
        """Start the process and wait for the file that says where it listens."""
        ready = os.path.join(self.state, "ready.json")
        process = daemons.spawn(self.state, "standin", [
            "/usr/bin/python3", os.path.join(TEST, "redshift"), "--config",
            os.path.join(self.state, "config.json"), "--ready-file", ready])
        daemons.wait_ready([process], {"standin": lambda: os.path.exists(ready)}, 30, self.state)
        with open(ready, encoding="utf-8") as text:
            found = json.load(text)
        self.port, self.control = found["port"], found["control"]

    def ask(self, do, **more):
        """Send one command to the control socket; return its answer. Errors: ControlError."""
        host, _, port = self.control.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as link, link.makefile("rwb") as lines:
            lines.write(json.dumps({"do": do, **more}).encode() + b"\n")
            lines.flush()
            answer = json.loads(lines.readline())
        if not answer["ok"]:
            raise ControlError(f"{do}: {answer['error']}")
        return answer

    def fault(self, action, **more):
        """Add a rule after faults.py of the stand-in."""
        self.ask("add_fault", rule={"action": action, **more})

    def clear_faults(self):
        """Drop all rules."""
        self.ask("clear_faults")

    def fired(self):
        """Return how often each rule acted, in the order of their making."""
        return [rule["fired"] for rule in self.ask("faults")["faults"]]

    def journal(self, database):
        """Return what happened in `database`, statements and logins, in order."""
        return [e for e in self.ask("journal")["entries"] if e.get("database") == database]

    def statements(self, database, result=None):
        """Return the texts of the statements sent to `database`, all or those with that result."""
        return [e["statement"] for e in self.journal(database)
                if "statement" in e and result in (None, e["result"])]


class Databases:
    """Makes databases ahead of the tests that take them and drops those they are done with, on one thread.

    A database takes a fifth of a second to make, as long as a small load: this way both happen at once.
    """

    def __init__(self, servers):
        self._servers = servers
        self._thread = concurrent.futures.ThreadPoolExecutor(1)
        self._next, self._dropped, self._count = {}, [], 0

    def take(self, standin=None):
        """Return the name of an empty database that the loader owns, behind `standin` or in the plain server."""
        key = standin.state if standin else None
        found = self._next.pop(key, None) or self._order(standin)
        self._next[key] = self._order(standin)
        return found.result()

    def _order(self, standin):
        self._count += 1
        return self._thread.submit(self._make, standin, f"t{os.getpid()}n{self._count}")

    def _make(self, standin, name):
        if standin:
            standin.ask("create_database", name=name, owner=LOADER)
        else:
            sql(self._servers.plain_env, "postgres", f"create database {name} template template0 owner {LOADER}")
        return name

    def drop(self, env, name):
        """Drop a database soon, whoever is still in it."""
        self._dropped.append(self._thread.submit(sql, env, "postgres", f"drop database {name} with (force)"))

    def close(self):
        """Wait for the thread. Errors: SqlError when a database could not be dropped."""
        self._thread.shutdown(cancel_futures=True)
        for done in self._dropped:
            if not done.cancelled():
                done.result()


class Servers:
    """All servers of a session. s3_env, plain_env, backend_env: what their `env` files say."""

    def __init__(self, state):
        self.state = state
        self._extra = {}
        self.databases = Databases(self)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        jobs = {name: subprocess.Popen([os.path.join(TEST, *program), os.path.join(self.state, name), *more],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                for name, program, more in (("s3", ("s3", "start"), []), ("plain", ("postgres", "start"), []),
                                            ("backend", ("postgres", "start"), ["--redshift-backend"]))}
        said = {name: job.communicate()[0].decode() for name, job in jobs.items()}
        for name, job in jobs.items():
            if job.returncode != 0:
                raise daemons.StartError(f"{name}: {said[name]}")
        self.s3_env, self.plain_env, self.backend_env = (
            daemons.read_env(os.path.join(self.state, name)) for name in jobs)
        self.s3 = s3.Client.from_env(self.s3_env)
        for bucket in (EVENTS, STAGING):
            self.s3.make_bucket(bucket)
        self.redshift = self.standin("redshift")

    def standin(self, name, hosts=("localhost", "127.0.0.1"), **settings):
        """Return the stand-in of that name, started when it is first asked for; settings as in config.py."""
        if name not in self._extra:
            env = self.backend_env
            config = {
                "backend_socket": env["PG_SOCKET_DIR"], "backend_port": int(env["PGPORT"]),
                "backend_user": env["PG_SUPERUSER"],
                "users": {LOADER: {"password": PASSWORD, "auth": "md5"}},
                "roles": {ROLE: self.role(f"s3://{STAGING}/")},
                "s3_region": self.s3_env["AWS_DEFAULT_REGION"],
                "s3_endpoints": {self.s3_env["AWS_DEFAULT_REGION"]: self.s3_env["S3_ENDPOINT"]}}
            self._extra[name] = Standin(self.state, {**config, **settings}, name, hosts)
        return self._extra[name]

    def role(self, *prefixes):
        """Return what a role may do: the keys of the S3 server, below these prefixes."""
        return {"access_key": self.s3_env["AWS_ACCESS_KEY_ID"],
                "secret_key": self.s3_env["AWS_SECRET_ACCESS_KEY"], "prefixes": list(prefixes)}

    def stop(self):
        """Stop everything that this session started."""
        try:
            self.databases.close()
        finally:
            self._stop()

    def _stop(self):
        """Stop the servers."""
        for standin in self._extra.values():
            daemons.stop(standin.state)
        for program, name in (("s3", "s3"), ("postgres", "plain"), ("postgres", "backend")):
            if os.path.isdir(os.path.join(self.state, name)):
                subprocess.run([os.path.join(TEST, program, "stop"), os.path.join(self.state, name)], check=True)


class SqlError(Exception):
    """psql ended with an error; the text is what it printed."""


def psql_command(env, database):
    """Return the psql command for a superuser's session over the server's socket."""
    return ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", env["PG_SOCKET_DIR"],
            "-p", env["PGPORT"], "-U", env["PG_SUPERUSER"], "-d", database]


PSQL_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PGCLIENTENCODING": "UTF8", "PGTZ": "UTC",
                    "PGOPTIONS": "-c statement_timeout=30s"}


def sql(env, database, *statements):
    """Run statements as the superuser of a PostgreSQL; return what they print. Errors: SqlError."""
    done = subprocess.run([*psql_command(env, database), *(w for s in statements for w in ("-c", s))],
                          env=PSQL_ENVIRONMENT, capture_output=True, check=False)
    if done.returncode != 0:
        raise SqlError(done.stderr.decode())
    return done.stdout.decode()


@contextlib.contextmanager
def holding(env, database, statement):
    """Run `statement` in a transaction that stays open for the body of the `with`, then roll it back."""
    with subprocess.Popen(psql_command(env, database), env=PSQL_ENVIRONMENT, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        process.stdin.write(f"begin;\n{statement};\n\\echo held\n".encode())
        process.stdin.flush()
        assert process.stdout.readline() == b"held\n", "psql could not run the statement"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait()
