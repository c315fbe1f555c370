"""A real PostgreSQL behind a socket of its own, started as a plain user."""

import os
import secrets
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from servers.daemon import START_SECONDS, Daemon, ServerMissingError, remove, run_ids, work_folder
from store.opening import open_store

PACKAGE = "postgresql"
_BINARIES = Path("/usr/lib/postgresql")


@dataclass
class Postgres:
    """A running server; every database it gives is a fresh one."""

    daemon: Daemon
    base: Path
    migrated: str = ""

    def url(self, database: str = "postgres") -> str:
        """The URL of a database, as an operator would write it."""
        return f"postgresql://mailbot@/{database}?host={self.base}"

    def database(self) -> str:
        """The URL of a fresh, empty database."""
        return self._create("template1")

    def store(self) -> str:
        """The URL of a fresh store without records, at the newest revision."""
        if not self.migrated:
            url = self.database()
            open_store(url, self.base).close()
            self.migrated = url
        return self._create(str(make_url(self.migrated).database))

    def _create(self, template: str) -> str:
        name = f"t{secrets.token_hex(6)}"
        admin = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return self.url(name)

    def stop(self) -> None:
        self.daemon.stop()
        remove(self.base)


def start_postgres() -> Postgres:
    """Start PostgreSQL; fails the run where it is not installed."""
    binaries = _binaries()
    base = work_folder("pg")
    data = base / "data"
    user, group = run_ids()
    command = [f"--pgdata={data}", "--username=mailbot", "--auth=trust", "--encoding=UTF8",
               "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
    subprocess.run(
        [str(binaries / "initdb"), *command],
        user=user, group=group, extra_groups=[] if os.getuid() == 0 else None,
        cwd=base, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    daemon = Daemon(
        [str(binaries / "postgres"), "-D", str(data), "-k", str(base),
         "-c", "listen_addresses=", "-c", "fsync=off"],
        base / "output",
    )  # fmt: skip
    _wait(binaries / "pg_isready", base, daemon)
    return Postgres(daemon, base)


def _binaries() -> Path:
    """Debian keeps the server's programs out of the PATH, a folder a version."""
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise ServerMissingError(f"initdb is missing: apt-get install {PACKAGE}")
    return found[-1].parent


def _wait(ready: Path, base: Path, daemon: Daemon) -> None:
    give_up = time.monotonic() + START_SECONDS
    asked = [str(ready), "-q", "-h", str(base)]
    while subprocess.run(asked, check=False, timeout=30).returncode:
        assert daemon.alive, f"PostgreSQL did not start: {daemon.log()}"
        assert time.monotonic() < give_up, f"PostgreSQL is not ready: {daemon.log()}"
        time.sleep(0.05)
