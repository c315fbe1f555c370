"""The second channel beside mail: emergencies, and the news that mail itself is broken.

Each alert is pushed once to each channel, under the key of its letter; a push that failed
is tried again. Mail never waits for it. No text of a draft leaves this way (三: 不外传):
a push says which event, whose, since when, and where to look.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from mailbot import log
from mailbot.rules.backoff import next_delay
from mailbot.rules.calendar import chinese_moment
from store.records import EventRecord
from store.unit_of_work import Store, UnitOfWork

PUSH_FAILURE = "push.failure"
_DONE, _BEGUN = "push/", "trouble-began/"
_SINCE = timedelta(hours=24)
_TROUBLE_AGAIN = timedelta(hours=6)

Troubles = Callable[[UnitOfWork, datetime], Mapping[str, str]]


class Pusher(Protocol):
    """Pushes short texts to the channels of the office."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels; () when none is configured."""

    def push(self, channel: str, title: str, body: str) -> bool:
        """Whether the service took the text; never raises."""


class NoPush:
    """No second channel is configured."""

    channels: tuple[str, ...] = ()

    def push(self, channel: str, title: str, body: str) -> bool:
        """Never called: there is no channel."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Text:
    """What is pushed once to each channel under a key."""

    key: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Pushing:
    """All that pushing needs.

    Attributes:
        troubles: Chinese sentences by name on what keeps mail from its readers now.
    """

    store: Store
    pusher: Pusher
    troubles: Troubles

    def run(self, now: datetime) -> int:
        """Push what is due; returns how many pushes were taken."""
        channels = self.pusher.channels
        if not channels:
            return 0
        with self.store.look() as uow:
            troubles = self.troubles(uow, now)
            texts = [*_alerts(uow, now), *_told(uow, troubles, now)]
            names = {_name(channel, text.key) for channel in channels for text in texts}
            stale = [name for name in uow.facts.names(_DONE) if name not in names]
            stale += [
                name for name in uow.facts.names(_BEGUN) if name[len(_BEGUN) :] not in troubles
            ]
            begun = [name for name in troubles if uow.facts.get(_BEGUN + name) is None]
            waiting = [
                (channel, text, tried)
                for text in texts
                for channel in channels
                if (tried := _tried(uow, channel, text.key)) is not None
                and tried.get("next", "") <= now.isoformat()
            ]
        if stale or begun:
            self._keep(stale, begun, now)
        return sum(self._push(channel, text, tried, now) for channel, text, tried in waiting)

    def _keep(self, stale: Sequence[str], begun: Sequence[str], now: datetime) -> None:
        """Forget what is over; note when a trouble began."""
        with self.store.work() as uow:
            for name in stale:
                uow.facts.drop(name)
            for name in begun:
                uow.facts.put(_BEGUN + name, now.isoformat(), now)
            uow.commit()

    def _push(self, channel: str, text: _Text, tried: Mapping[str, Any], now: datetime) -> bool:
        taken = self.pusher.push(channel, text.title, text.body)
        attempts = int(tried.get("attempts", 0)) + 1
        again = now + next_delay(attempts, urgent=True)
        value = {"done": taken, "attempts": attempts, "next": again.isoformat()}
        with self.store.work() as uow:
            uow.facts.put(_name(channel, text.key), value, now)
            if taken:
                uow.facts.drop(PUSH_FAILURE)
            else:
                uow.facts.put(PUSH_FAILURE, f"第二通道推送失败（已试{attempts}次）", now)
            uow.commit()
        (log.event if taken else log.alarm)("pushed", key=text.key, channel=channel, taken=taken)
        return taken


def _told(uow: UnitOfWork, troubles: Mapping[str, str], now: datetime) -> Iterator[_Text]:
    """Each trouble once when it begins, and again every few hours while it lasts."""
    for name, words in troubles.items():
        noted = uow.facts.get(_BEGUN + name)
        begun = datetime.fromisoformat(noted) if noted else now
        times = (now - begun) // _TROUBLE_AGAIN
        yield _Text(f"trouble/{name}/{begun.isoformat()}/{times}", "信息稿件系统故障", words)


def _name(channel: str, key: str) -> str:
    return f"{_DONE}{channel}/{key}"


def _tried(uow: UnitOfWork, channel: str, key: str) -> Mapping[str, Any] | None:
    """What is on record of earlier attempts; None when it was taken."""
    value = uow.facts.get(_name(channel, key))
    if value is None:
        return {}
    return None if value["done"] else value


def _alerts(uow: UnitOfWork, now: datetime) -> Iterator[_Text]:
    """Alerts of the last day that still want somebody's attention, the latest of each event."""
    events = {event.id: event for event in uow.events.all(only_open=True)}
    latest: dict[tuple[int, str], tuple[datetime, str]] = {}
    for prefix in ("alert/E", "missed/E"):
        for key, queued_at in uow.outbox.keys_like(prefix, now - _SINCE).items():
            stem, _, tail = key.removeprefix(prefix).partition("/")
            series = (int(stem), prefix if tail.isdecimal() or not tail else tail)
            latest[series] = max(latest.get(series, (queued_at, key)), (queued_at, key))
    for (number, _), (queued_at, key) in latest.items():
        event = events.get(number)
        if event is not None and not _answered(event, queued_at):
            yield _text(event, key)
    for key, queued_at in uow.outbox.keys_like("unread/", now - _SINCE).items():
        letter = uow.outbox.by_key(key)
        if letter is not None and letter.lane == "urgent":
            when = chinese_moment(queued_at)
            yield _Text(key, letter.subject, f"{when}发出提示，请立即查看值班邮箱并打开原信。")


def _answered(event: EventRecord, since: datetime) -> bool:
    return event.acknowledged_at is not None and event.acknowledged_at >= since


def _text(event: EventRecord, key: str) -> _Text:
    head = "漏报候选" if key.startswith("missed/") else "突发事件"
    if event.level == "review":
        head = "疑似突发，请核"
    about = "，".join(filter(None, (event.unit or "单位待核", event.hazard)))
    body = f"{about}，{chinese_moment(event.opened_at)}收到。请立即查看值班邮箱中的预警邮件并确认。"
    return _Text(key, f"【紧急】E{event.id} {head}", body)
