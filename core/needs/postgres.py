"""PostgreSQL: a database of its own for each holder, from a template with the shared apps' tables."""

import secrets
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import KataError
from core.needs import cluster, tables
from core.needs.find import Found
from core.needs.server import Server, Share, environment, first_line
from core.needs.urls import django_database, postgres_url, socket_url

if TYPE_CHECKING:  # imported while the data folder is being made
    import psycopg

FORCED = 2000  # milliseconds for a connection to end before its database is dropped
OLDEST = 14  # version


class Postgres(Server):
    ends_by = signal.SIGQUIT  # at once: nothing is to be kept

    admin: "psycopg.Connection[Any] | None" = None

    def __init__(self, found: Found, folder: Path) -> None:
        super().__init__(found, folder)
        self.data = folder / "data"
        self.prefix = f"kata_{self.mark}"  # of all that is made on a server
        self.url = found.url or socket_url(str(self.data), user=cluster.SUPERUSER, name="postgres")
        self.password = secrets.token_hex(12) if found.url else ""  # a socket in our own folder

    def start(self) -> None:
        if self.found.url:
            self._meet()
        else:
            self._launch()
        self.templates: set[str] = set()
        self._drop_all()  # what a killed host left on somebody's server
        if self.superuser:
            self._do(f"CREATE ROLE {self.prefix} {self._login}")

    def lend(self, wish: dict[str, Any]) -> Share:
        """A database; with the tables of `apps` if they are there, or `make` has them made."""
        apps = wish.get("apps")
        template = "" if apps is None else self._template(tuple(apps), make=wish["make"])
        share = Share(f"{self.prefix}_{secrets.token_hex(4)}", prepared=bool(template))
        name = share.name
        try:
            if self.superuser:
                # A member of the role that owns the template's tables: so they are its own as well.
                self._do(f"CREATE ROLE {name} {self._login} IN ROLE {self.prefix}")
            self._create(name, owner=name, template=template)
            self._do(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        except Exception:
            self.take_back(share)
            raise
        share.environment["POSTGRES_URL"] = self._url_of(name, name)
        return share

    def take_back(self, share: Share) -> None:
        self._drop(share.name)
        if self.superuser:
            self._do(f"DROP ROLE IF EXISTS {share.name}")

    def answers(self) -> None:
        self._do("SELECT 1")

    def end(self) -> None:
        if self.admin and not self.admin.closed:
            import psycopg

            try:
                if self.found.url:
                    self._drop_all()
            except psycopg.Error as error:  # it is gone; if it comes back, the next host drops them
                sys.stderr.write(f"{self.name} keeps what was lent: {first_line(str(error))}.\n")
            self.admin.close()
        super().end()
        if not self.found.url:
            cluster.remove(self.data)

    def _launch(self) -> None:
        if self.found.program is None:
            raise RuntimeError("a server without a URL has a program")
        try:
            place = cluster.programs(self.found.program, self.folder)
            cluster.remove(self.data)
            made = cluster.create(place, self.data)
            import psycopg  # a tenth of a second, in which the folder is made

            problem = cluster.finish(made, self.data)
        except OSError as error:
            self.fails(f"{error.filename or self.folder}: {error.strerror}", error)
        if problem:
            self.fails(problem)
        user = cluster.account()
        self.launch([place / "postgres", "-D", self.data], as_user=user)
        self.until_ready(self._connect, psycopg.OperationalError)

    def _meet(self) -> None:
        import psycopg

        try:
            self._connect()
        except psycopg.Error as error:
            self.fails(first_line(str(error)), error)
        self.running = True
        if self.version < OLDEST:
            self.fails(f"it is version {self.version}, and the oldest that will do is {OLDEST}")
        if not self.superuser and not self._value(
            "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ):
            user = self._value("SELECT current_user")
            raise KataError(
                f"POSTGRES_URL's user {user} may not create databases.",
                hint=f"Run `ALTER ROLE {user} CREATEDB` on the server, or name another user.",
            )

    def _connect(self) -> None:
        import psycopg

        self.admin = psycopg.connect(self.url, autocommit=True, connect_timeout=10)
        self.version = self.admin.info.server_version // 10000
        self.superuser = self.admin.info.parameter_status("is_superuser") == "on"

    def _template(self, apps: tuple[str, ...], *, make: bool) -> str:
        """The name of the template with these apps' tables; "" where there is none."""
        name = f"{self.prefix}_template_{tables.key(apps)}"
        if name in self.templates:
            return name
        if not make:
            return ""
        self._create(name, owner=self.prefix, template="")
        url = self._url_of(name, self.prefix)
        if not tables.make(django_database(url), apps, environment()):
            self._drop(name)
            return ""
        self._do(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # a template must have none
        self.templates.add(name)
        return name

    def _create(self, name: str, *, owner: str, template: str) -> None:
        owned = f" OWNER {owner}" if self.superuser else ""
        # Files are copied in a third of the time, where a checkpoint need not reach the disk.
        copied = " STRATEGY file_copy" if not self.found.url and self.version > OLDEST else ""
        self._do(f"CREATE DATABASE {name}{owned} TEMPLATE {template or 'template0'}{copied}")

    def _drop(self, name: str) -> None:
        ends = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE datname = %s"
        self._do(ends, FORCED, name)
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _drop_all(self) -> None:
        for kind, names in (("datname", "pg_database"), ("rolname", "pg_roles")):
            found = f"SELECT {kind} FROM {names} WHERE starts_with({kind}, %s) ORDER BY 1 DESC"  # noqa: S608
            for (name,) in self._rows(found, self.prefix):
                if kind == "datname":
                    self._drop(name)
                else:
                    self._do(f"DROP ROLE {name}")

    def _url_of(self, name: str, role: str) -> str:
        user = role if self.superuser else ""
        return postgres_url(self.url, user=user, password=self.password, name=name)

    @property
    def _login(self) -> str:
        return f"LOGIN PASSWORD '{self.password}'" if self.password else "LOGIN"

    def _do(self, statement: str, *values: object) -> None:
        if self.admin is None:
            raise RuntimeError("not connected")
        self.admin.execute(statement.encode(), values or None)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self.admin is None:
            raise RuntimeError("not connected")
        return self.admin.execute(statement.encode(), values or None).fetchall()

    def _value(self, statement: str) -> Any:
        return self._rows(statement)[0][0]
