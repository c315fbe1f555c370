"""Small ledgers for the tests of obligations and reminders; times are Shanghai's clock."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.config import ScheduleConfig
from mailbot.config_files import load
from mailbot.notice import Notice, Unit
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Obligation, PlannedLetter
from mailbot.rules.obligations import all_obligations
from store.records import DraftRecord

SHIPPED = load(Path(__file__).parents[1] / "config.toml")
SCHEDULE = SHIPPED.schedule
NOTHING = Ledger()


def at(text: str) -> datetime:
    """An instant given as the office's clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def changed(notice: Notice, **update: object) -> Notice:
    """The notice with some parts replaced, built anew (a copy would keep its index of units)."""
    parts = {name: getattr(notice, name) for name in Notice.model_fields}
    return Notice.model_validate({**parts, **update})


def reachable(number: int, unit: Unit) -> Unit:
    """The unit with an address of its own and a second one for escalations."""
    own, second = (f"unit{number:02}@example.com",), (f"leader{number:02}@example.com",)
    return unit.model_copy(update={"reminders_to": own, "escalate_to": second})


NOTICE = changed(SHIPPED.notice, units=tuple(map(reachable, range(1, 99), SHIPPED.notice.units)))


def asking(**answers: object) -> Notice:
    """The notice with some open questions answered otherwise."""
    questions = NOTICE.open_questions.model_copy(update=answers)
    return changed(NOTICE, open_questions=questions)


def only(*names: str, notice: Notice = NOTICE, tasks: bool = True) -> Notice:
    """The notice for a few units alone."""
    units = tuple(unit for unit in notice.units if unit.name in names)
    update: dict[str, object] = {"units": units, "office_targets": {}}
    if not tasks:
        update["tasks"] = ()
    return changed(notice, **update)


def draft(number: int, unit: str, received: str | datetime, **more: object) -> DraftRecord:
    """A 动态简讯 of a unit that counts in column ①, unless said otherwise."""
    values: dict[str, object] = {
        "message_id": number,
        "ordinal": 1,
        "title": f"第{number}篇",
        "kind": "动态简讯",
        "column": 1,
        "words": 400,
        "words_total": 420,
        "words_cjk": 400,
    }
    received_at = at(received) if isinstance(received, str) else received
    return DraftRecord(id=number, received_at=received_at, unit=unit, **{**values, **more})  # type: ignore[arg-type]


def ask(
    now: str,
    ledger: Ledger = NOTHING,
    notice: Notice = NOTICE,
    schedule: ScheduleConfig = SCHEDULE,
) -> dict[str, Obligation]:
    """All obligations at an instant, by key."""
    return {duty.key: duty for duty in all_obligations(notice, ledger, at(now), schedule)}


def letter_to(unit: str, letters: tuple[PlannedLetter, ...]) -> PlannedLetter | None:
    """The routine letter to a unit, None when it gets none."""
    return next((one for one in letters if one.unit == unit and not one.urgent), None)
