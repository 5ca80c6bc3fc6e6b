"""pipe -- one test's own source, staging and database, and rsload between them."""

import gzip
import json
import os
import pathlib
import signal
import subprocess
import time
from dataclasses import dataclass

import events
import servers

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("RSLOAD_BINARY") or os.environ.get("RSLOAD_BIN") or str(ROOT / "build/cmd/rsload")
TIMEOUT_S = 60
SANITIZERS = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
OWN_TABLES = ("rsload_loads", "rsload_lock", "rsload_discards")
RUN_COLUMNS = ("uuid_ts", "load_id")        # one value a run: left out where rows are compared
TOKEN = "SESSION-TOKEN-2Lz9vQ+NeverToBePrinted/0123456789=="


@dataclass
class Result:
    """How a run ended: exit code (negative: the signal that killed it), what it printed, its seconds."""

    code: int
    out: str
    err: str
    seconds: float = 0.0

    def expect(self, code):
        """Return self when the exit code is `code`; fail with all that was printed otherwise."""
        assert self.code == code, f"exit code {self.code}, not {code}\n--- stdout\n{self.out}--- stderr\n{self.err}"
        return self

    @property
    def reports(self):
        """The objects of --report json, one an hour."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def report(self):
        """The only one of them."""
        (only,) = self.reports
        return only

    def error(self):
        """Return the one line that says what failed, as `rsload: what: why`."""
        found = [line for line in self.err.splitlines() if line.startswith("rsload: ")]
        assert found, f"no error line in {self.err!r}"
        return found[-1]


class Pipe:
    """A source and a staging folder (`s3` or `file`), a database of its own, and rsload's options for them.

    `standin`: the Redshift stand-in to load through, None for plain PostgreSQL. `secrets`: texts that no
    run may print; every run is looked through for them.
    """

    schema = "web"

    def __init__(self, all_servers, standin, folder, source="s3", staging="s3"):
        self.servers, self.standin = all_servers, standin
        self.name = self.database = all_servers.databases.take(standin)
        self.folder = pathlib.Path(folder) / self.name
        self.backend = all_servers.plain_env if standin is None else all_servers.backend_env
        self.source_store, self.staging_store = source, staging
        self.source = f"{self._root(source, servers.EVENTS)}/%Y/%m/%d/%H/"
        self.staging = self._root(staging, servers.STAGING)
        self.home = self.folder / "home"
        self.home.mkdir(parents=True)
        self.secrets = {all_servers.s3_env["AWS_SECRET_ACCESS_KEY"], servers.PASSWORD, TOKEN}

    @property
    def is_redshift(self):
        """Whether the target is the stand-in."""
        return self.standin is not None

    def _root(self, store, bucket):
        return f"s3://{bucket}/{self.name}" if store == "s3" else (self.folder / bucket).as_uri()

    # -- database

    def close(self):
        """Give the database back."""
        self.servers.databases.drop(self.backend, self.database)

    def sql(self, *statements):
        """Run statements as the superuser of the PostgreSQL that holds the database, past any stand-in."""
        return servers.sql(self.backend, self.database, *statements)

    def rows(self, table, *columns, order="id"):
        """Return a table's rows as dicts, sorted; without columns named all but those of the run."""
        return self.read({table: columns}, order)[table]

    def read(self, wanted, order="id"):
        """Return {table: its rows, as rows() has them} for {table: columns} in one call."""
        def query(table, columns):
            shown = ", ".join(f'"{c}"' for c in columns) or "*"
            return (f"select '{table}' as name, (select coalesce(json_agg(\"~\"), '[]') from "
                    f'(select {shown} from "{self.schema}"."{table}") "~") as rows')
        found = json.loads(self.sql("select json_object_agg(name, rows) from (" + " union all ".join(
            query(table, columns) for table, columns in wanted.items()) + ") tables"))
        for table, rows in found.items():
            for row in rows:
                for name in RUN_COLUMNS:
                    if name not in wanted[table]:
                        row.pop(name, None)
            rows.sort(key=lambda row: (str(row.get(order)), json.dumps(row, sort_keys=True)))
        return found

    def content(self):
        """Return {table: rows} of all tables that hold events or users, without empty ones."""
        names = self.loaded()
        return self.read(dict.fromkeys(names, ())) if names else {}

    def values(self, table, column="id"):
        """Return one column's values, sorted by their text."""
        return [row[column] for row in self.rows(table, column, order=column)]

    def tables(self):
        """Return {table: number of rows} of the schema."""
        # query_to_xml runs a query that is itself made by a query: one call for all tables
        text = self.sql("select json_object_agg(c.relname, (xpath('/row/n/text()', query_to_xml(format("
                        "'select count(*) as n from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::int) "
                        "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
                        f"where n.nspname = '{self.schema}' and c.relkind = 'r'")
        return json.loads(text) if text.strip() else {}

    def loaded(self):
        """Return {table: number of rows} of those that hold events or users, without empty ones."""
        return {name: count for name, count in self.tables().items() if name not in OWN_TABLES and count}

    def columns(self, table):
        """Return {column: type}, in the table's order; VARCHAR with its length."""
        text = self.sql("select a.attname || '=' || format_type(a.atttypid, a.atttypmod) from "
                        "pg_catalog.pg_attribute a where a.attnum > 0 and not a.attisdropped and a.attrelid = "
                        f"'\"{self.schema}\".\"{table}\"'::regclass order by a.attnum")
        return dict(line.split("=", 1) for line in text.splitlines())

    def ledger(self):
        """Return the rows of the ledger, oldest load first."""
        return self.rows("rsload_loads", "load_id", "source", "window_from", "window_until", "objects", "events",
                         "rows", "rejected", "staged", "tool", "started", "committed", order="load_id")

    # -- objects

    def put(self, name, content, hour=events.HOUR, pack="gzip"):
        """Store events (dicts, lines as bytes, or NDJSON as bytes) as an object of that hour."""
        self.put_raw(name, events.packed(content, pack), hour)

    def put_raw(self, name, content, hour=events.HOUR):
        """Store bytes as an object of the hour, or of the day when `hour` is one."""
        key = hour.replace("-", "/").replace("T", "/") + "/" + name
        if self.source_store == "s3":
            self.servers.s3.put(servers.EVENTS, f"{self.name}/{key}", content)
        else:
            path = self.folder / servers.EVENTS / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def staged(self):
        """Return {key below the staging folder: size} of everything staged."""
        if self.staging_store == "s3":
            prefix = self.name + "/"
            return {key[len(prefix):]: size for key, size, _ in self.servers.s3.list(servers.STAGING, prefix)}
        root = self.folder / servers.STAGING
        return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}

    def staged_bytes(self, key):
        """Return a staged object's bytes, unpacked when its name ends in .gz."""
        if self.staging_store == "s3":
            content = self.servers.s3.get(servers.STAGING, f"{self.name}/{key}")
        else:
            content = (self.folder / servers.STAGING / key).read_bytes()
        return gzip.decompress(content) if key.endswith(".gz") else content

    def staged_named(self, name):
        """Return the content of the only staged object of that name, unpacked."""
        (key,) = [key for key in self.staged() if key.rsplit("/", 1)[-1] == name]
        return self.staged_bytes(key)

    # -- running

    def environment(self, **changes):
        """Return the variables of a run; a value of None takes one away."""
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8",
               "PGPASSWORD": servers.PASSWORD}
        env.update({name: os.environ[name] for name in SANITIZERS if name in os.environ})
        if "s3" in (self.source_store, self.staging_store):
            found = self.servers.s3_env
            env.update({name: found[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                                       "AWS_DEFAULT_REGION")})
            env["AWS_ENDPOINT_URL"] = found["S3_ENDPOINT"]
        if self.is_redshift:
            env.update(PGSSLMODE="verify-full", PGSSLROOTCERT=self.standin.ca)
        env.update(changes)
        return {name: str(value) for name, value in env.items() if value is not None}

    def connection(self, **changes):
        """Return psql's options for the database; a value of None leaves one out."""
        port = self.standin.port if self.is_redshift else self.backend["PGPORT"]
        given = {"host": "localhost" if self.is_redshift else "127.0.0.1", "port": str(port),
                 "username": servers.LOADER, "dbname": self.database, **changes}
        return [word for name, value in given.items() if value is not None for word in ("--" + name, str(value))]

    def options(self, hour=events.HOUR, source=None, staging=None, connection=None):
        """Return the usual options of a load; hour None leaves the window to the caller."""
        words = ["--hour", hour] if hour else []
        words += ["--source", source or self.source, "--staging", staging or self.staging, "--schema", self.schema]
        words += self.connection() if connection is None else connection
        return words + (["--iam-role", servers.ROLE] if self.is_redshift else [])

    def load(self, *more, env=None, stdin=b"", **changes):
        """Run rsload with the usual options and `more`; `changes` as for options()."""
        return self.run(*self.options(**changes), *more, env=env, stdin=stdin)

    def load_json(self, *more, **changes):
        """Load with --report json and return the report; the run must succeed."""
        return self.load("--report", "json", *more, **changes).expect(0).report

    def run(self, *words, env=None, stdin=b""):
        """Run rsload to its end; return the Result."""
        with self.start(*words, env=env) as process:
            return process.finish(stdin)

    def start(self, *words, env=None, **more):
        """Start rsload; return the Process. `more`: stdout, and `before`, a function that runs ahead of it."""
        return Process(self, [BINARY, *words], self.environment(**(env or {})), **more)


class Process:
    """A running rsload; as a context manager it does not outlive its body."""

    def __init__(self, pipe, command, env, stdout=subprocess.PIPE, before=None):
        self.pipe, self.began = pipe, time.monotonic()
        self.process = subprocess.Popen(command, env=env, cwd=pipe.home, stdin=subprocess.PIPE, stdout=stdout,
                                        stderr=subprocess.PIPE, preexec_fn=before)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def write(self, content):
        """Write to its standard input, which stays open."""
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def kill(self, number=signal.SIGTERM):
        """Send a signal."""
        self.process.send_signal(number)

    def finish(self, stdin=None, timeout=TIMEOUT_S):
        """Wait for the end; return the Result. Fails when a secret was printed."""
        out, err = self.process.communicate(stdin, timeout=timeout)
        result = Result(self.process.returncode, (out or b"").decode(), err.decode(),
                        time.monotonic() - self.began)
        for secret in self.pipe.secrets:
            assert secret not in result.out + result.err, f"a secret was printed: {result}"
        return result

    def stop(self, number, within=5.0):
        """Send a signal; return the Result and fail when the end takes longer than `within` seconds."""
        sent = time.monotonic()
        self.kill(number)
        result = self.finish(timeout=within + 30)
        took = time.monotonic() - sent
        assert took < within, f"{took:.1f} s from the signal to the end\n{result.err}"
        return result


def wait_until(condition, what, seconds=20.0):
    """Wait until condition() is true; fail with `what` otherwise."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.05)
