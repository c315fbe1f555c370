"""Corrections as cases: what a draft said, what the rules made of it, what the office decided.

Replayed through the rules, they show whether a change of rules repeats an old mistake.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mailbot.clock import shanghai
from mailbot.config import Config
from mailbot.stages.corrections import CORRECT
from store.records import ActRecord
from store.unit_of_work import UnitOfWork

DECIDED = ("unit", "kind", "column", "task", "emergency", "event_earliest", "event_latest")
"""Values a rule decides; the rest of a correction follows from them."""


def cases(uow: UnitOfWork, config: Config) -> Sequence[Mapping[str, object]]:
    """Corrections in force, oldest first, each with all that the rules need to judge again."""
    configured = {a.lower(): unit.name for unit in config.units for a in unit.addresses}
    known = {**uow.contacts.units_by_address(), **configured}
    found = (_case(uow, act, known) for act in uow.acts.all() if _stands(act))
    return [case for case in found if case is not None]


def _stands(act: ActRecord) -> bool:
    return act.verb == CORRECT and act.undone_by is None


def _case(uow: UnitOfWork, act: ActRecord, known: Mapping[str, str]) -> Mapping[str, object] | None:
    draft = uow.drafts.get(int(act.subject.partition(":")[2]))
    mail = uow.messages.get(draft.message_id) if draft else None
    if draft is None or mail is None:
        return None
    return {
        "act": act.id,
        "at": _iso(act.at),
        "by": act.by,
        "draft": draft.id,
        "from": mail.sender,
        "known_unit": known.get(mail.sender),
        "subject": mail.subject,
        "sent_at": _iso(mail.sent_at),
        "received_at": _iso(draft.received_at),
        "attachment": draft.source,
        "text": draft.text,
        "before": _decided(act, "before"),
        "after": _decided(act, "after"),
    }


def _decided(act: ActRecord, name: str) -> dict[str, object]:
    values = act.detail.get(name)
    assert isinstance(values, Mapping)
    return {key: _local(key, values[key]) for key in DECIDED if key in values}


def _local(key: str, value: object) -> object:
    is_time = key.startswith("event_") and value
    return _iso(datetime.fromisoformat(str(value))) if is_time else value


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else shanghai(instant).isoformat(timespec="seconds")
