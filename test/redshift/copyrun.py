"""copyrun -- runs COPY: authority, manifest, parts, rows into the backend, errors into the log tables.

Sources: Redshift Database Developer Guide, `r_COPY`, `copy-usage_notes-multiple-files`,
`s3serviceexception-error`; texts and codes also from `r_STL_LOAD_ERRORS`.
"""

import select
import socket

from . import alter, answer, csvparse, loadlog, manifest, rows, s3, unpack
from .backend import BackendError
from .errors import Gone, RsError, boxed, strict
from .names import quote


def run(session, plan, out, text, in_transaction, claim):
    """Run a COPY and write its answer. Errors: RsError, Gone."""
    load = Load(session, plan, out, text)
    try:
        in_transaction(session, lambda: load.work(claim))
    except RsError:
        load.log_end("aborted")
        raise
    load.log_end("completed")
    session.copy_count, session.copy_id = load.rows, session.query_id
    if load.dropped:
        raise Gone("drop_mid_copy")
    name = load.options.relation.name
    if load.errors:
        answer.put_notice(out, "INFO", f"Load into table '{name}' completed, {load.errors} record(s) could not be "
                          "loaded.  Check 'stl_load_errors' system table for details.")
    answer.put_notice(out, "INFO", f"Load into table '{name}' completed, {load.rows} record(s) loaded successfully.")
    answer.put_tag(out, "COPY")


class Load:
    """One COPY. rows, errors, parts_read, bytes_read, bytes_plain: what it has done so far."""

    def __init__(self, session, plan, out, text):
        self.session, self.plan, self.out = session, plan, out
        self.options = plan.data["copy"]
        self.rows = self.errors = self.parts_read = self.bytes_read = self.bytes_plain = 0
        self.oid = None
        self.encoder = None
        self.dropped = False
        self.alone = not session.in_block
        faults = session.server.faults.take("copy", text)
        self.drops = [rule for rule in faults if rule.action == "drop_mid_copy"]
        self.injected = [rule for rule in faults if rule.action == "load_error"]

    def log_end(self, status):
        """Write the COPY into the load history."""
        source = f"s3://{self.options.bucket}/{self.options.key}"
        loadlog.history(self.session, status, self.options.relation.name, source, self)

    # -- the steps

    def work(self, claim):
        """All of it, inside a transaction."""
        session = self.session
        columns = self._columns()
        keys = self._keys()
        client = s3.Client(session.config, keys, self.options.region or session.config.s3_region,
                           lambda event: session.server.faults.take("s3", event))
        parts = self._manifest(client)
        claim(session, self.plan)
        if "noload" not in self.options.flags:
            names = ", ".join(quote(session.names.short(column.name)) for column in columns)
            session.main.copy_begin(f"copy {self.options.relation.sql(session.names)} ({names}) from stdin")
        try:
            for part in parts:
                self._part(client, part)
                self._drop("parts", self.parts_read)
        except BaseException as error:
            self._give_up(error)
            raise
        if "noload" not in self.options.flags:
            session.main.copy_end()

    def _give_up(self, error):
        """End the backend's COPY without its rows."""
        if "noload" in self.options.flags or self.session.main.status == "E":
            return
        try:
            self.session.main.copy_end("given up")
        except (BackendError, Gone, OSError):
            pass

    def _columns(self):
        """Return the columns that the fields go to. Errors: RsError for table, columns or rights."""
        session, options = self.session, self.options
        self.oid = session.oid(options.relation)
        if self.oid is None:
            raise RsError("XX000", f"Cannot COPY into nonexistent table {options.relation.name}")
        there = alter.columns(session, self.oid)
        self._rights()
        if options.columns:
            known = {info["name"]: info for info in there}
            for name in options.columns:
                if name not in known:
                    raise RsError("42703", f'column "{name}" of relation "{options.relation.name}" does not exist')
            for info in there:
                if info["not_null"] and not info["default"] and not info["identity"] and (
                        info["name"] not in options.columns):
                    raise strict(f"column {info['name']} is NOT NULL and left out", "copy-parameters-column-mapping",
                                 "23502")
            there = [known[name] for name in options.columns]
        elif any(info["identity"] for info in there):
            raise strict("an IDENTITY column needs a column list", "copy-parameters-column-mapping", "0A000")
        columns = [rows.column(info, options) for info in there]
        self.encoder = rows.Encoder(columns, options, session.config.refuse_null_inside)
        return columns

    def _rights(self):
        """INSERT on the table; ownership when STATUPDATE ON is asked for."""
        session, name = self.session, self.options.relation.name
        asked = session.lookup().execute(
            f"select has_table_privilege({self.oid}::oid, 'insert'), pg_has_role(c.relowner, 'usage') "
            f"from pg_catalog.pg_class c where c.oid = {self.oid}").values()[0]
        if asked[0] != "t":
            raise RsError("42501", f"permission denied for relation {name}")
        if self.options.statupdate in ("on", "true") and asked[1] != "t":
            raise RsError("42501", f"must be owner of relation {name}")

    def _keys(self):
        """Return the S3 keys that COPY works with. Errors: RsError for a role nobody gave the cluster."""
        if self.options.keys is not None:
            return self.options.keys
        role = self.session.config.roles.get(self.options.role)
        if role is None:
            raise RsError("XX000", f"User arn:aws:redshift:{self.session.config.s3_region}:123456789012:dbuser:"
                          f"standin/{self.session.user} is not authorized to assume IAM Role {self.options.role}")
        return role["access_key"], role["secret_key"], role.get("token")

    def _permitted(self, bucket, key):
        """Refuse an object outside of what the role may read."""
        role = self.session.config.roles.get(self.options.role, {})
        url = f"s3://{bucket}/{key}"
        if self.options.keys is None and not any(url.startswith(prefix) for prefix in role.get("prefixes", ["s3://"])):
            raise s3.service_exception(s3.S3Error(403, "AccessDenied", "Access Denied"), context=url,
                                       query=self.session.query_id)

    def _manifest(self, client):
        """Return the manifest's Parts, read from S3 now."""
        bucket, key = self.options.bucket, self.options.key
        self._permitted(bucket, key)
        try:
            reader = client.open(bucket, key, "manifest")
            raw = b"".join(iter(lambda: reader.read(1 << 20), b""))
            reader.close()
        except s3.S3Error as error:
            raise s3.service_exception(error, "Problem reading manifest file - " if error.status != 403 else "",
                                       f"s3://{bucket}/{key}", self.session.query_id) from None
        self.session.server.journal.add(event="s3", session=self.session.pid, read=f"s3://{bucket}/{key}",
                                        manifest=True)
        return manifest.parse(raw, self.session.config.refuse_duplicate_parts)

    # -- one part

    def _part(self, client, part):
        """Load one part."""
        self._permitted(part.bucket, part.key)
        try:
            reader = client.open(part.bucket, part.key, "part")
        except s3.S3Error as error:
            if error.status == 404:
                raise boxed("XX000", "Mandatory url is not present in manifest file.", 8001, part.url,
                            self.session.query_id, "s3_utility.cpp:1") from None
            raise s3.service_exception(error, context=part.url, query=self.session.query_id) from None
        if reader.length == 0 or (part.size is not None and part.size != reader.length):
            raise strict(f"part {part.url} has {reader.length} bytes, its manifest says {part.size}",
                         "loading-data-files-using-manifest", "XX000")
        self.session.server.journal.add(event="s3", session=self.session.pid, read=part.url, etag=reader.etag)
        for rule in self.injected:
            if str(rule.get("file", "")) in part.url:
                self._inject(rule, part)
        lines = self._stream(part, reader)
        reader.close()
        self.parts_read += 1
        self.bytes_read += reader.length
        loadlog.detail(self.session, part.url, reader.length, lines, reader.etag)

    def _inject(self, rule, part):
        """Act as if the rule's record were bad."""
        line, code = int(rule.get("line", 1)), int(rule.get("code", 1207))
        shown = next((c for c in self.encoder.columns if c.name == rule.get("column")), self.encoder.columns[0])
        self._log_bad(part, line, rows.Wrong(code, rule.get("reason", "Invalid digit, Value 'a', Pos 0, Type: Integer"),
                      self.encoder.columns.index(shown), 0, str(rule.get("value", "a")).encode()), b"injected")

    def _stream(self, part, reader):
        """Unpack, cut into chunks of whole records, load them; return the number of lines."""
        buffer, line = b"", 1
        skip = self.options.ignore_header
        try:
            for piece in unpack.pieces(reader, self.options.compression):
                buffer += piece
                self.bytes_plain += len(piece)
                self._between()
                if len(buffer) >= self.session.config.chunk_bytes // 4:
                    buffer, line, skip = self._feed(part, buffer, line, skip, False)
            buffer, line, skip = self._feed(part, buffer, line, skip, True)
        except s3.S3Error as error:
            raise s3.service_exception(error, context=part.url, query=self.session.query_id) from None
        return line - 1

    def _between(self):
        """Between two pieces: cancelled? client gone? a fault due?"""
        self.session.check_cancelled()
        self._drop("bytes", self.bytes_plain)
        if not self.alone and client_gone(self.out.sock):
            raise Gone("the client left in the middle of COPY")

    def _feed(self, part, buffer, line, skip, final):
        """Load the whole records at the front of the buffer; return the rest, its line, lines to skip."""
        while skip and b"\n" in buffer:
            buffer, line, skip = buffer[buffer.index(b"\n") + 1:], line + 1, skip - 1
        if skip:
            return (b"" if final else buffer), line, skip
        while buffer:
            length = csvparse.cut(buffer, self.encoder.dialect, final)
            if length == 0:
                if len(buffer) <= csvparse.MAX_RECORD_BYTES and not final:
                    break
                if final or len(buffer) > csvparse.MAX_RECORD_BYTES:
                    used, line = self._slowly(part, buffer, line, final)
                    if used == 0:
                        raise strict("a record is longer than 4 MB", "r_COPY", "XX000")
                    buffer = buffer[used:]
                    continue
            chunk = buffer[:length]
            done = self.encoder.chunk(chunk)
            if done is not None:
                self._send(*done)
                line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
                buffer = buffer[length:]
            else:
                used, line = self._slowly(part, chunk, line, final and length == len(buffer))
                if used == 0:
                    raise strict("a record is longer than 4 MB", "r_COPY", "XX000")
                buffer = buffer[used:]
            if not final and len(buffer) < self.session.config.chunk_bytes // 4:
                break
        return buffer, line, skip

    def _slowly(self, part, chunk, line, final):
        """Load a chunk record by record; return the bytes used and the line after them."""
        at = 0
        while at < len(chunk):
            try:
                after = self._record(part, chunk, at, line, final)
            except csvparse.Incomplete:
                break
            if after - at > csvparse.MAX_RECORD_BYTES:
                raise strict("a record is longer than 4 MB", "r_COPY", "XX000")
            line += chunk.count(b"\n", at, after) + (after == len(chunk) and not chunk.endswith(b"\n"))
            at = after
        return at, line

    def _record(self, part, chunk, at, line, final):
        """Load or log the record at `at`; return the offset after it."""
        blank = 1 if chunk.startswith(b"\n", at) else 2 if chunk.startswith(b"\r\n", at) else 0
        if blank:
            if not self.encoder.skip_blank or blank == 2:
                wrong = rows.Wrong(1211, "Data line is empty", 0, 0)
                self._log_bad(part, line, wrong, b"")
            return at + blank
        try:
            fields, after = csvparse.slow(chunk, at, self.encoder.dialect, final)
        except csvparse.Flaw as flaw:
            wrong = rows.Wrong(flaw.code, flaw.reason, flaw.field, flaw.position)
            self._log_bad(part, line, wrong, chunk[at:flaw.resume])
            return flaw.resume
        try:
            encoded = self.encoder.record(fields)
        except rows.Wrong as wrong:
            self._log_bad(part, line, wrong, chunk[at:after])
            return after
        self._send(encoded, 1)
        return after

    def _send(self, lines, count):
        """Give lines to the backend."""
        if "noload" not in self.options.flags:
            self.session.main.copy_data(lines)
        self.rows += count

    def _log_bad(self, part, line, wrong, raw):
        """Write a load error; at the MAXERROR-th fail the COPY."""
        shown = self.encoder.columns[wrong.number] if 0 <= wrong.number < len(self.encoder.columns) else None
        loadlog.error(self.session, self.oid, {
            "url": part.url, "line": line, "column": shown.name if shown else "", "code": wrong.code,
            "type": shown.shown if shown else "", "length": (shown.length or "") if shown else "",
            "position": wrong.position, "raw_line": loadlog.clean(raw.rstrip(b"\r\n")),
            "value": loadlog.clean(wrong.value), "reason": wrong.reason})
        self.errors += 1
        if self.errors >= self.options.maxerror:
            table = "sys_load_error_detail" if self.session.serverless else "stl_load_errors"
            raise RsError("XX000", f"Load into table '{self.options.relation.name}' failed.  Check '{table}' system "
                          "table for details.")

    def _drop(self, unit, reached):
        """Act on drop_mid_copy: the client's connection ends here."""
        for rule in self.drops:
            if rule.get("unit", "parts") == unit and reached >= int(rule.get("after", 1)) and not self.dropped:
                self.dropped = True
                if self.out.sock is not None:
                    self.out.sock.shutdown(socket.SHUT_RDWR)
                if not self.alone or str(rule.get("finish", "yes")) == "no":
                    raise Gone("drop_mid_copy")


def client_gone(sock):
    """Return whether the client has closed its end of the connection."""
    if sock is None:
        return False
    try:
        if not select.select([sock], [], [], 0)[0]:
            return False
        return socket.socket.recv(sock, 1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
