"""What the office enters by hand: column ③ (annex 2 备注), drafts sent upward (annex 1 备注)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.calendar import local_day
from mailbot.stages import outward
from mailbot.stages.ledgers import MEDIA, UPWARD
from store.records import ActRecord
from store.unit_of_work import UnitOfWork

Verb = Literal["media", "upward"]
NAMES: dict[str, str] = {MEDIA: "③类录入", UPWARD: "向上报送录入"}
MOST = 1000


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry: so many, on a day, for a unit (③) or to whom (upward)."""

    whose: str
    on: date
    count: int
    evidence: str = ""


def enter_media(uow: UnitOfWork, item: Counted, *, by: str, now: datetime, file: str = "") -> int:
    """Column ③: items the office counted in the chat group; returns the act.

    `file` is the digest of the table it stood in.

    Raises:
        Refused: The day has not come, or the number is none.
    """
    _plausible(item, now)
    detail = {"unit": item.whose, **_detail(item), **({"file": file} if file else {})}
    act = uow.acts.add(now, by, MEDIA, f"media:{item.whose}", detail)
    outward.flag_media(uow, act, item.evidence, item.on)
    return act


def enter_upward(uow: UnitOfWork, config: Config, item: Counted, *, by: str, now: datetime) -> int:
    """Drafts the bureau itself sent upward (annex 1 备注); returns the act.

    Raises:
        Refused: No such addressee, the day has not come, or the number is none.
    """
    if item.whose not in config.office_targets:
        known = "、".join(config.office_targets)
        raise Refused(f"没有“{item.whose}”这个报送对象，可写：{known}")
    _plausible(item, now)
    detail = {"target": item.whose, **_detail(item)}
    return uow.acts.add(now, by, UPWARD, f"upward:{item.whose}", detail)


def _detail(item: Counted) -> dict[str, object]:
    told: dict[str, object] = {"on": item.on.isoformat(), "count": item.count}
    return {**told, "evidence": item.evidence} if item.evidence else told


def _plausible(item: Counted, now: datetime) -> None:
    if item.on > local_day(now):
        raise Refused(f"日期 {item.on} 还没有到")
    if not 1 <= item.count <= MOST:
        raise Refused(f"数量须在 1 到 {MOST} 之间")


def entered(uow: UnitOfWork, verb: Verb) -> list[ActRecord]:
    """Every entry of a kind, oldest first, those taken back too."""
    return [act for act in uow.acts.all() if act.verb == verb]


def take_back(uow: UnitOfWork, verb: Verb, act_id: int, *, by: str, now: datetime) -> ActRecord:
    """Undo an entry by a further act; it stays on record.

    Raises:
        Refused: No such entry, or taken back before.
    """
    act = next((act for act in entered(uow, verb) if act.id == act_id), None)
    if act is None or act.undone_by is not None:
        raise Refused(f"没有编号 {act_id} 的有效{NAMES[verb]}")
    undoing = uow.acts.add(now, by, f"undo-{verb}", act.subject, {"undoes": act_id})
    uow.acts.undo(act_id, undoing)
    if verb == MEDIA:
        outward.unflag_media(uow, act_id, date.fromisoformat(str(act.detail["on"])))
    return act
