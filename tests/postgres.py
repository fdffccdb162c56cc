"""A private PostgreSQL server for tests: its own directory, its own port, gone in the end."""

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

import psycopg
import pytest

from bot.store.postgres import PostgresStore

GUARDED = ("guarded", "s3cret-Pa55")
"""A user whom the server asks for a password."""
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS = {**_NOT_DURABLE, "max_connections": "200", "shared_buffers": "64MB"}
_TABLES = (
    "aliases papers changes interests feeds subscriptions posts impressions digests reactions fetches cursors leases"
    " mentions workspaces_apart events texts identity removals"
).split()


class Server:
    """A running server. `url(database)` is the address of one of its databases."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._directory = Path(mkdtemp(prefix="paperboy-pg-"))
        self._data = self._directory / "data"
        self._numbers = count()
        self._idle: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._create()
        self.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {GUARDED[0]} LOGIN PASSWORD '{GUARDED[1]}'")
            admin.execute("CREATE DATABASE migrated")
        store = PostgresStore(self.url("migrated"))
        store.migrate()
        store.close()

    def url(self, database: str, user: str = "paperboy") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def _create(self) -> None:
        if self._user is not None:
            shutil.chown(self._directory, self._user)
        # Another collation than SQLite's where there is one: the store must not lean on the server's.
        self._run(
            "initdb", "-D", str(self._data), "-U", "paperboy", "-A", "trust", "-E", "UTF8", "-N", *_locale()
        )
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED[0]} 127.0.0.1/32 scram-sha-256\n" + rules.read_text())

    @property
    def _user(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        known = {one.pw_name for one in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"

    def _command(self, name: str, *arguments: str) -> dict[str, object]:
        return {
            "args": [str(self._binaries / name), *arguments],
            "cwd": self._directory,
            "user": self._user,
            "extra_groups": None if self._user is None else [],
            "stdin": subprocess.DEVNULL,
        }

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(**self._command(name, *arguments), capture_output=True, check=False)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {**_SETTINGS, "unix_socket_directories": "", "listen_addresses": "127.0.0.1"}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                **self._command("postgres", "-D", str(self._data), "-p", str(self.port), *flags),
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        deadline = monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert monotonic() < deadline, (self._directory / "log").read_text()
                sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop it as an operator would who is in a hurry: transactions are broken off, nothing committed is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a migrated database without facts. Making one is slow, so they are emptied and lent again."""
        name = self._idle.pop() if self._idle else self._new("migrated")
        try:
            yield self.url(name)
        finally:
            self._empty(name)
            self._idle.append(name)

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """The address of a database without a schema."""
        name = self._new("template1")
        try:
            yield self.url(name)
        finally:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def _new(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def disconnect(self, url: str) -> None:
        """Cut every connection to a database."""
        name = url.rpartition("/")[2]
        self._admin(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'")

    def _empty(self, name: str) -> None:
        self.disconnect(name)
        with psycopg.connect(self.url(name)) as connection:
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}".encode())
            connection.execute("DELETE FROM counters WHERE name <> 'position'")
            connection.execute("UPDATE counters SET value = 0")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(statement.encode())


def _end_with_parent() -> None:
    """A killed test run leaves no server behind: the kernel interrupts it (PR_SET_PDEATHSIG is 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _locale() -> tuple[str, ...]:
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    wanted = [name for name in known if name.lower().startswith("en_us.utf")]
    return (f"--locale={wanted[0]}",) if wanted else ("--locale=C",)


def _binaries() -> Path | None:
    """Where initdb and postgres are."""
    places = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with suppress(OSError):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(asked.stdout.strip()))
    return next((one for one in places if (one / "initdb").exists() and (one / "postgres").exists()), None)


@cache
def _server() -> Server | None:
    binaries = _binaries()
    if binaries is None or sys.platform == "win32":
        return None
    server = Server(binaries)
    atexit.register(server.remove)
    return server


def postgres_server() -> Server:
    """The one server of this run, started when first asked for. Skips where PostgreSQL is not installed."""
    server = _server()
    if server is None and os.environ.get("CI"):
        pytest.fail("CI is set but PostgreSQL's initdb and postgres are nowhere: install postgresql")
    if server is None:
        pytest.skip(
            "NOT TESTED ON POSTGRESQL: initdb and postgres are nowhere; install postgresql to test it"
        )
    return server


@contextmanager
def own_server() -> Iterator[Server]:
    """Another server that a test may stop and start."""
    postgres_server()
    binaries = _binaries()
    assert binaries is not None
    server = Server(binaries)
    try:
        yield server
    finally:
        server.remove()
