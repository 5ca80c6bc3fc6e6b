"""databases -- roles and databases behind the stand-in, prepared when first used."""

import os
import threading

from .backend import Backend, BackendError
from .names import literal, quote

TEMPLATE = "standin_template"
_SETUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "setup.sql")


class Databases:
    """Prepares databases and roles once each; its lock is held while one is prepared."""

    def __init__(self, config):
        self.config = config
        self._lock = threading.Lock()
        self._roles = set()

    def prepare(self, database):
        """Give `database` the schema standin unless it has it. Errors: BackendError (3D000: no such)."""
        with self._lock:
            backend = Backend(self.config, database)
            try:
                there = backend.execute("select 1 from pg_catalog.pg_namespace where nspname = 'standin'")
                if not there.rows:
                    with open(_SETUP, encoding="utf-8") as script:
                        backend.execute("begin")
                        backend.execute(script.read())
                        backend.execute("insert into standin.level values ('')")
                        backend.execute("commit")
                level = "Serializable" if self.config.isolation == "serializable" else "Snapshot Isolation"
                backend.execute(f"update standin.level set isolation = {literal(level)} where isolation <> "
                                f"{literal(level)}")
            finally:
                backend.close()

    def role(self, user):
        """Make sure that the backend has the role `user`."""
        with self._lock:
            if user in self._roles:
                return
            self._run("postgres", self._role_statements(user))
            self._roles.add(user)

    def _role_statements(self, user):
        settings = self.config.users.get(user, {})
        power = "superuser" if settings.get("superuser") else "nosuperuser"
        return [(f"create role {quote(user)} login {power}", "42710")]

    def create(self, database, owner=None):
        """Create and prepare a database, owned by `owner` (made if need be)."""
        if owner:
            self.role(owner)
        tail = f" owner {quote(owner)}" if owner else ""
        self._run("postgres", [(f"create database {TEMPLATE} template template0 encoding 'UTF8' lc_collate 'C' "
                                "lc_ctype 'C'", "42P04")])
        self.prepare(TEMPLATE)
        with self._lock:
            self._run("postgres", [(f"create database {quote(database)} template {TEMPLATE} strategy file_copy{tail}",
                                    None)])
        self.prepare(database)

    def drop(self, database):
        """Drop a database, ending the sessions in it."""
        self._run("postgres", [(f"drop database if exists {quote(database)} with (force)", None)])

    def _run(self, database, statements):
        """Run (statement, SQLSTATE that is no failure) pairs in a connection of their own."""
        backend = Backend(self.config, database)
        try:
            for sql, harmless in statements:
                try:
                    backend.execute(sql)
                except BackendError as error:
                    if error.code != harmless:
                        raise
        finally:
            backend.close()
