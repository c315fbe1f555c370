"""免除: releasing a unit from one obligation, by its key or by words a clerk writes."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.records.obligations import Obligation
from mailbot.rules.obligations import all_obligations
from mailbot.rules.unit_names import canonical
from mailbot.stages.ledgers import gather
from store.records import ExemptionRecord
from store.unit_of_work import UnitOfWork

_SETTLED = ("已完成", "免除")
_MOST_OFFERED = 4


def duties_now(uow: UnitOfWork, config: Config, now: datetime) -> Sequence[Obligation]:
    """Every obligation as it stands."""
    return all_obligations(config.notice, gather(uow, now, for_readers=False), now, config.schedule)


def exempt(
    uow: UnitOfWork, config: Config, key: str, because: str, *, by: str, now: datetime
) -> tuple[int, Obligation]:
    """Release from the obligation with this key; the act and what it released from.

    Raises:
        Refused: No such obligation, released before, or no reason.
    """
    if not because.strip():
        raise Refused("请写明免除的原因")
    duty = next((one for one in duties_now(uow, config, now) if one.key == key), None)
    if duty is None:
        raise Refused(f"没有编号为 {key} 的任务，请用 mailbot due --json 查看 key")
    if any(one.obligation_key == key and not one.revoked for one in uow.acts.exemptions()):
        raise Refused(f"{duty.unit}{duty.period_label}{duty.what}已经免除")
    uow.acts.exempt(ExemptionRecord(0, duty.key, duty.unit, because.strip(), now, by))
    detail = {"because": because.strip()}
    return uow.acts.add(now, by, "exempt", f"duty:{duty.key}", detail), duty


def exempt_in_words(
    uow: UnitOfWork, config: Config, words: str, *, by: str, now: datetime
) -> tuple[int, Obligation]:
    """`quota/1/直属一大队/2023-W17 原因` or `直属一大队 第17周①类 原因`.

    Raises:
        Refused: Nothing or more than one obligation fits; those that might are named.
    """
    head, _, rest = words.partition(" ")
    if "/" in head:
        return exempt(uow, config, head, rest, by=by, now=now)
    units = canonical(head, config.notice)
    if len(units) != 1:
        raise Refused(f"没有“{head}”这个单位或任务编号")
    what, _, because = rest.strip().partition(" ")
    duties = [one for one in duties_now(uow, config, now) if one.unit == units[0]]
    owed = [one for one in duties if one.state not in _SETTLED and one.needed]
    meant = [one for one in owed if what and _means(what, one)]
    if len(meant) == 1:
        return exempt(uow, config, meant[0].key, because, by=by, now=now)
    offered = (meant or owed)[:_MOST_OFFERED]
    lines = "；".join(f"免除 {one.key} 原因（{one.period_label}{one.what}）" for one in offered)
    fault = "不止一项任务符合" if meant else f"{units[0]}没有符合“{what}”的未完成任务"
    raise Refused(f"{fault}，请照写：{lines}" if lines else f"{units[0]}没有未完成的任务")


def _means(words: str, duty: Obligation) -> bool:
    """Every part of the words stands in the duty's own: 第17周①类, 附件3第4项."""
    told = f"{duty.period_label}{duty.what}"
    return words in told or _in_order(words, told)


def _in_order(words: str, told: str) -> bool:
    rest = iter(told)
    return len(words) >= 2 and all(sign in rest for sign in words)
