"""Servers for every test: real ones once a session, accounts and faults fresh for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest
from hypothesis import HealthCheck, settings
from migrated import tables_copied
from servers import fault_smtp as smtp_server
from servers import netease_proxy
from servers.certificates import Certificates, make_certificates
from servers.dovecot import Dovecot, start_dovecot
from servers.embedded import running_pymap
from servers.exim import Exim, start_exim
from servers.fault_smtp import FaultSmtp
from servers.mail_server import MailServer
from servers.netease import Netease, NeteaseAccount
from servers.postgres import Postgres, start_postgres

# A busy machine is no failure: speed is measured by the benchmarks, never here. The same code
# gives the same answer: new examples are sought by `make fuzz`, which says how many.
EXAMPLES = int(os.environ.get("MAILBOT_EXAMPLES", "0"))
settings.register_profile(
    "any-load",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 100,
)
settings.load_profile("any-load")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Nobody looks on for coverage while a test runs that is marked `untraced`, or its fixtures."""
    tracing = coverage.Coverage.current() if item.get_closest_marker("untraced") else None
    if tracing is None:
        return (yield)
    tracing.stop()
    try:
        return (yield)
    finally:
        tracing.start()


# Longest first: a file is run by one process, so that what its tests share is made once, and
# a long one that began last would be waited for alone.
LONG = (
    "test_office_month.py", "test_torture.py", "test_histories.py", "test_year_2023.py",
    "test_rebuild.py", "test_settings.py", "test_heartbeat.py", "test_big_mail.py",
    "test_office_day.py", "test_canaries.py", "test_restore.py", "test_disk_room.py",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Several processes begin with the long files."""
    if hasattr(config, "workerinput"):
        place = {name: number for number, name in enumerate(LONG)}
        items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session", autouse=True)
def _tables_copied() -> Iterator[None]:
    """Every process migrates one store; what follows gets its tables at once."""
    with tables_copied():
        yield


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One real Dovecot per test process."""
    server = start_dovecot()
    yield server
    server.stop()


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> MailServer:
    """An empty account on a real Dovecot."""
    return dovecot_server.account()


@pytest.fixture
def netease(dovecot_server: Dovecot) -> Iterator[NeteaseAccount]:
    """An empty account behind the stand-in for imap.163.com."""
    account = dovecot_server.account()
    faults = Netease(target=(account.host, account.port))
    with netease_proxy.running(faults):
        values = {field: getattr(account, field) for field in MailServer.__dataclass_fields__}
        yield NeteaseAccount(**{**values, "port": faults.port, "faults": faults})


@pytest.fixture(scope="session")
def exim_server() -> Iterator[Exim]:
    """One real Exim per test process."""
    server = start_exim()
    yield server
    server.stop()


@pytest.fixture
def exim(exim_server: Exim) -> Exim:
    """The session's Exim with an empty sink."""
    exim_server.sink.clear()
    return exim_server


@pytest.fixture
def fault_smtp() -> Iterator[FaultSmtp]:
    """A fresh scripted SMTP server."""
    with smtp_server.running(FaultSmtp()) as server:
        yield server


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A throw-away authority, and a certificate for loopback."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def pymap(tmp_path: Path) -> Iterator[MailServer]:
    """An empty account on a fresh pymap: another IMAP server than Dovecot."""
    with running_pymap(tmp_path) as account:
        yield account


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One real PostgreSQL per test process."""
    server = start_postgres()
    yield server
    server.stop()
