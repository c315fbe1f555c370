"""What the doctor asks of the world outside: logins, folders, clocks; nothing is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_heartbeat import Watcher, served

from mailbot.config import Config
from mailbot.demo import fortnight
from mailbot.demo.servers import PASSWORD, EmbeddedImap, Outgoing, imap_server, smtp_server
from mailbot.doctor import examine_all
from mailbot.doctor_servers import Check
from mailbot.storing import open_store
from mailbot.timekeeping import JUMP

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # loopback only
MAIL = b"Subject: x\r\nFrom: a@b.example\r\n\r\nx\r\n"


@contextmanager
def servers(folder: Path) -> Iterator[tuple[Config, EmbeddedImap, Outgoing]]:
    (folder / "sent").mkdir()
    with imap_server(folder / "imap.log") as imap:
        outgoing = Outgoing(folder / "sent", imap)
        with smtp_server(outgoing) as smtp:
            yield fortnight.demo_config(folder, imap.port, smtp), imap, outgoing


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.setenv(name, PASSWORD)


def examined(config: Config, now: datetime | None = None, **how: bool) -> dict[str, Check]:
    return {check.what: check for check in examine_all(config, now or datetime.now(UTC), **how)}


def test_servers_that_work_are_told_and_nothing_is_sent(tmp_path: Path) -> None:
    with servers(tmp_path) as (config, imap, outgoing):
        imap.deliver(MAIL, datetime.now(UTC))
        checks = examined(config)
    for what in (
        "收信登录",
        "报上程序名称（ID）",
        "收件箱",
        "文件夹 INBOX",
        "已发送文件夹",
        "发信登录",
        "时钟",
    ):
        assert checks[what].good, checks[what]
    assert checks["文件夹 INBOX"].found == "1封"
    assert "时钟与邮件服务器" not in checks
    assert outgoing.accepted == []


def test_a_wrong_password_is_told_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAILBOT_IMAP_PASSWORD", "MAILBOT_SMTP_PASSWORD"):
        monkeypatch.setenv(name, "wrong")
    with servers(tmp_path) as (config, *_):
        checks = examined(config)
    assert not checks["收信登录"].good
    assert not checks["发信登录"].good
    assert "授权码" in checks["收信登录"].found
    assert "授权码" in checks["发信登录"].remedy


def test_a_clock_behind_the_mail_server_s_is_noticed(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # INTERNALDATE tells whole seconds
    with servers(tmp_path) as (config, imap, _):
        imap.deliver(MAIL, now + timedelta(minutes=10))
        check = examined(config, now)["时钟与邮件服务器"]
    assert not check.good
    assert "慢至少600秒" in check.found
    assert "自动对时" in check.remedy


def test_a_jump_the_daemon_noticed_is_told(tmp_path: Path) -> None:
    config = fortnight.demo_config(tmp_path, 1, 1)
    store = open_store(config)
    with store.work() as uow:
        uow.facts.put(JUMP, "系统时钟被拨快约2小时", datetime.now(UTC))
        uow.commit()
    store.close()
    check = examined(config, offline=True)["时钟"]
    assert not check.good
    assert "拨快" in check.remedy


def test_a_clock_before_the_notice_is_wrong(tmp_path: Path) -> None:
    config = fortnight.demo_config(tmp_path, 1, 1)
    check = examined(config, datetime(2010, 1, 1, tzinfo=UTC), offline=True)["时钟"]
    assert not check.good
    assert check.found == "北京时间2010年1月1日08:00:00"


def test_the_watcher_is_asked_for_its_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers(tmp_path) as (config, *_), served(Watcher()) as watcher:
        assert examined(config)["平安信号"].found == "没有设置"
        monkeypatch.setenv("MAILBOT_HEARTBEAT_URL", watcher.url)
        assert examined(config)["监测网站"].good
        watcher.off = timedelta(minutes=5)
        assert not examined(config)["监测网站"].good
        assert set(watcher.asked) == {"HEAD /"}


def test_an_address_of_no_watcher_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_HEARTBEAT_URL", "hc.example/1")
    config = fortnight.demo_config(tmp_path, 1, 1)
    check = examined(config, offline=True)["平安信号"]
    assert not check.good
    assert "hc.example" not in check.found
