"""The second channel, against a real HTTP receiver through Apprise's json:// addresses."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from duty_samples import at
from office_samples import CONFIG, emergency, opened, watching

from mailbot.adapters.push import ApprisePush
from mailbot.breaker import Breaker
from mailbot.config import PushConfig
from mailbot.doctor import _second_channel
from mailbot.errors import ConfigError
from mailbot.health import mail_troubles
from mailbot.secrets import push_urls
from mailbot.stages import emergencies_by_hand as hand
from mailbot.stages.delivery import PAUSE
from mailbot.stages.pushing import NoPush, Pushing
from mailbot.wiring import pusher_of
from store.records import EventRecord
from store.unit_of_work import Store, UnitOfWork

NOW = at("2023-05-10 02:15")
MINUTE = timedelta(minutes=1)


@dataclass
class Receiver:
    """What a chat group would have got; `refusing` answers 503."""

    port: int = 0
    got: list[dict[str, str]] = field(default_factory=list)
    refusing: bool = False
    asked: int = 0

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/secret-token"

    @property
    def titles(self) -> list[str]:
        return [one["title"] for one in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not state.refusing:
                state.got.append(json.loads(body))
            self.send_response(503 if state.refusing else 200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        yield found


def leak(store: Store, opened_at: datetime = NOW, **more: object) -> int:
    """An emergency of which the office is told by mail."""
    values: dict[str, object] = {"level": "alert", "hazard": "燃气", "written_at": opened_at}
    title = "凤凰大道燃气管道泄漏，疏散居民三十户"
    record = EventRecord(
        0,
        "直属一大队",
        title,
        state="open",
        opened_at=opened_at,
        opened_by="mail",
        **{**values, **more},  # type: ignore[arg-type]
    )
    event = emergency(store, record)
    watching(store).watch(opened_at)
    return event


def pushing(store: Store, *urls: str) -> Pushing:
    return Pushing(store, ApprisePush(urls), mail_troubles)


def test_an_emergency_is_pushed_once_without_the_words_of_the_draft(
    store: Store, receiver: Receiver
) -> None:
    leak(store)
    stage = pushing(store, receiver.url)
    assert [stage.run(NOW + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert receiver.titles == ["【紧急】E1 突发事件"]
    assert receiver.got[0]["message"].startswith("直属一大队，燃气，5月10日02:15收到。")
    assert "凤凰大道" not in json.dumps(receiver.got, ensure_ascii=False)


def test_another_process_pushes_it_no_second_time(store: Store, receiver: Receiver) -> None:
    leak(store)
    assert pushing(store, receiver.url).run(NOW) == 1
    assert pushing(store, receiver.url).run(NOW) == 0


def test_every_repeat_until_somebody_acknowledges(store: Store, receiver: Receiver) -> None:
    event = leak(store)
    stage, stage_mail = pushing(store, receiver.url), watching(store)
    for minutes in range(25):
        if minutes == 12:
            with store.work() as uow:
                hand.acknowledge(uow, event, "cli", NOW + minutes * MINUTE)
                uow.commit()
        stage_mail.watch(NOW + minutes * MINUTE)
        stage.run(NOW + minutes * MINUTE)
    assert [title for title in receiver.titles if "紧急" in title] == ["【紧急】E1 突发事件"] * 2


def test_a_failed_push_is_tried_again_with_growing_pauses(store: Store, receiver: Receiver) -> None:
    leak(store)
    stage = pushing(store, receiver.url)
    receiver.refusing = True
    for seconds in range(0, 121, 15):
        stage.run(NOW + timedelta(seconds=seconds))
    assert receiver.asked == 3  # at 0, 30 and 90 seconds
    with store.look() as uow:
        assert uow.facts.get("push.failure") == "第二通道推送失败（已试3次）"
    receiver.refusing = False
    assert stage.run(NOW + 4 * MINUTE) == 1
    assert len(receiver.got) == 1
    with store.look() as uow:
        assert uow.facts.get("push.failure") is None


def test_one_deaf_channel_does_not_repeat_the_other(store: Store, receiver: Receiver) -> None:
    leak(store)
    stage = pushing(store, receiver.url, "json://127.0.0.1:1/nobody")
    for minutes in range(4):
        stage.run(NOW + minutes * MINUTE)
    assert len(receiver.got) == 1


def test_an_acknowledged_or_closed_event_is_not_pushed_late(
    store: Store, receiver: Receiver
) -> None:
    event = leak(store)
    with store.work() as uow:
        hand.acknowledge(uow, event, "cli", NOW + MINUTE)
        uow.commit()
    assert pushing(store, receiver.url).run(NOW + 2 * MINUTE) == 0


def refuse_login(uow: UnitOfWork, now: datetime) -> None:
    breaker = Breaker().refused(now, "aaaa", timedelta(hours=1))
    uow.facts.put("poll.breaker", breaker.as_fact(), now)


def pause_sending(uow: UnitOfWork, now: datetime) -> None:
    uow.facts.put(PAUSE, (now + timedelta(hours=4)).isoformat(), now)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        pytest.param(refuse_login, "邮箱授权码被拒绝", id="authentication-refused"),
        pytest.param(pause_sending, "发信服务器拒绝登录或要求暂停", id="sending-refused"),
    ],
)
def test_broken_mail_is_told_once_and_again_when_it_returns(
    store: Store, receiver: Receiver, act: object, words: str
) -> None:
    stage = pushing(store, receiver.url)
    for start in (NOW, NOW + timedelta(hours=10)):
        with store.work() as uow:
            act(uow, start)  # type: ignore[operator]
            uow.commit()
        for minutes in range(5):
            stage.run(start + minutes * MINUTE)
        stage.run(start + timedelta(hours=5))  # over by then
    assert len(receiver.got) == 2
    assert receiver.got[0]["message"].startswith(words)


def test_an_alert_mail_that_does_not_leave_is_told(store: Store, receiver: Receiver) -> None:
    leak(store)
    stage = pushing(store, receiver.url)
    stage.run(NOW)
    stage.run(NOW + 6 * MINUTE)
    assert receiver.titles == ["【紧急】E1 突发事件", "信息稿件系统故障"]
    assert "超过5分钟没有发出" in receiver.got[1]["message"]


def test_a_trouble_that_lasts_is_told_every_six_hours(store: Store, receiver: Receiver) -> None:
    with store.work() as uow:
        uow.facts.put(PAUSE, (NOW + timedelta(hours=20)).isoformat(), NOW)
        uow.commit()
    stage = pushing(store, receiver.url)
    for half_hours in range(40):
        stage.run(NOW + half_hours * 30 * MINUTE)
    assert len(receiver.got) == 4


def test_without_addresses_nothing_is_loaded_and_nothing_pushed(store: Store) -> None:
    leak(store)
    assert isinstance(pusher_of(CONFIG), NoPush)
    assert Pushing(store, NoPush(), mail_troubles).run(NOW) == 0


def test_addresses_come_from_a_private_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "urls"
    path.write_text("# 值班群\njson://a/x\n\njson://b/y json://a/x\n", encoding="utf-8")
    config = CONFIG.model_copy(update={"push": PushConfig(urls_file="urls"), "folder": tmp_path})
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        push_urls(config)
    path.chmod(0o600)
    assert push_urls(config) == ("json://a/x", "json://b/y")
    monkeypatch.setenv("MAILBOT_PUSH_URLS", "json://c/z")
    assert push_urls(config) == ("json://c/z",)


@pytest.mark.parametrize(
    ("urls", "good", "found"),
    [
        pytest.param("", True, "已安装，没有设置推送地址", id="not-configured"),
        pytest.param("json://127.0.0.1:1/token", True, "JSON", id="configured"),
        pytest.param("nonsense", False, "第1个推送地址看不懂", id="not-understood"),
    ],
)
def test_the_doctor_says_how_the_second_channel_stands(
    monkeypatch: pytest.MonkeyPatch, urls: str, good: bool, found: str
) -> None:
    monkeypatch.setitem(os.environ, "MAILBOT_PUSH_URLS", urls)
    check = _second_channel(CONFIG)
    assert check.good is good
    assert found in check.found


def test_no_address_is_ever_logged(
    store: Store, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.refusing = True
    leak(store)
    with caplog.at_level("DEBUG"):
        pushing(store, receiver.url).run(NOW)
    assert "secret-token" not in caplog.text
