"""control -- the socket that tests steer the stand-in with: one JSON line a command, one an answer.

Commands: {"do": "ping" | "add_fault" (rule) | "clear_faults" | "faults" | "journal" (after) | "clock" (offset_s)
| "unlock" (user) | "create_database" (name, owner) | "drop_database" (name) | "set_user" (name, ...)
| "set_role" (arn, ...) | "terminate" (pid or none: all) | "sessions" | "quit"}. Answers: {"ok": true, ...}
or {"ok": false, "error": text}.
"""

import json
import os
import re
import socket
import threading

from .errors import RsError


class Control:
    """Listens on a Unix socket (a path) or on loopback TCP (an empty path: a free port)."""

    def __init__(self, server, place, quit_):
        self.server = server
        self.quit = quit_
        if place:
            if os.path.exists(place):
                os.unlink(place)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(place)
            self._listener.listen(16)
            self.address = place
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]

    def listen(self):
        """Serve until the process ends."""
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def close(self):
        """Listen no longer."""
        self._listener.close()
        if "/" in self.address and os.path.exists(self.address):
            os.unlink(self.address)

    def _serve(self, sock):
        with sock, sock.makefile("rwb") as lines:
            for line in lines:
                answer = self._answer(line)
                lines.write(json.dumps(answer).encode() + b"\n")
                lines.flush()

    def _answer(self, line):
        """Return the answer to one command line."""
        try:
            command = json.loads(line)
            act = getattr(self, "do_" + command.get("do", ""), None)
            if act is None:
                return {"ok": False, "error": f"unknown command {command.get('do')}"}
            return {"ok": True, **(act(command) or {})}
        except (ValueError, KeyError, TypeError, AttributeError, re.error, RsError, OSError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def do_ping(self, command):
        """Nothing."""

    def do_add_fault(self, command):
        """Add a rule of faults.py."""
        self.server.faults.add(command["rule"])

    def do_clear_faults(self, command):
        """Drop all rules."""
        self.server.faults.clear()

    def do_faults(self, command):
        """Return the rules and how often they matched and acted."""
        return {"faults": self.server.faults.state()}

    def do_journal(self, command):
        """Return the entries whose number is over `after`."""
        return {"entries": self.server.journal.read(int(command.get("after", 0)))}

    def do_clock(self, command):
        """Put getdate() `offset_s` seconds ahead."""
        self.server.clock_offset_s = float(command["offset_s"])

    def do_unlock(self, command):
        """Forget a user's failed logins."""
        self.server.locks[command["user"]] = 0

    def do_create_database(self, command):
        """Make a database with Redshift's catalog in it."""
        self.server.databases.create(command["name"], command.get("owner"))

    def do_drop_database(self, command):
        """Drop a database and the sessions in it."""
        self.server.databases.drop(command["name"])

    def do_set_user(self, command):
        """Make or change a user: password, auth, superuser."""
        known = {key: command[key] for key in ("password", "auth", "superuser") if key in command}
        self.server.config.users[command["name"]] = known

    def do_set_role(self, command):
        """Make or change a role: access_key, secret_key, token, prefixes; without keys it is taken away."""
        if "access_key" not in command:
            self.server.config.roles.pop(command["arn"], None)
            return
        self.server.config.roles[command["arn"]] = {
            key: command[key] for key in ("access_key", "secret_key", "token", "prefixes") if key in command}

    def do_sessions(self, command):
        """Return the open sessions."""
        return {"sessions": [{"pid": s.pid, "user": s.user, "database": s.database, "in_block": s.in_block}
                             for s in self.server.sessions()]}

    def do_terminate(self, command):
        """End idle sessions with 57P01; without `pid` all of them."""
        for session in self.server.sessions():
            if command.get("pid") in (None, session.pid):
                session.terminated = True

    def do_quit(self, command):
        """Stop the stand-in."""
        self.quit()
