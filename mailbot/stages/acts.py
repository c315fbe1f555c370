"""What became of drafts, as the office records it: adopted, 批示, praise, criticism, emergencies.

Each is an act appended to the record with date, evidence and who entered it;
none is ever edited. A mistake is undone by a further act, see `stages.undoing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast, get_args

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.notice import Publication
from mailbot.records.scores import Fault, ScoredAct, Verb
from mailbot.rules.calendar import local_day
from mailbot.rules.publications import (
    CHANNELS,
    FORMS,
    MEDIA,
    Form,
    Unclear,
    column_of,
    find_form,
    find_leader,
    find_publication,
    full_name,
    points_of,
)
from mailbot.rules.scoring import rules_of, version_of
from mailbot.stages import outward
from mailbot.stages.corrections import draft_or_refuse, unit_or_refuse
from mailbot.stages.draft_rows import NOT_A_DRAFT
from mailbot.stages.emergencies_by_hand import event_or_refuse
from mailbot.stages.same_item import item_of
from store.records import ActRecord, DraftRecord
from store.unit_of_work import UnitOfWork

VERBS: tuple[Verb, ...] = get_args(Verb)
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters an act, when, for which day, on what evidence.

    Attributes:
        on: Day of the publication, the 批示 or the notice; None = the day it is entered.
        evidence: 期号, 文号 or other proof.
        order: Digest of the mail that ordered it, "" on the command line.
    """

    by: str
    now: datetime
    on: date | None = None
    evidence: str = ""
    order: str = ""

    @property
    def day(self) -> date:
        """The day the act is of; one that has not come yet is refused."""
        today = local_day(self.now)
        if self.on is not None and self.on > today:
            raise Refused(f"日期 {self.on} 还没有到")
        return self.on or today


class AlreadyRecorded(Refused):
    """The same stands on record: nothing was done."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An act that was recorded, and what it means, in Chinese."""

    act: int
    said: str


def adopt(
    uow: UnitOfWork,
    config: Config,
    entry: Entry,
    *,
    drafts: Sequence[int],
    publication: str,
    form: str = "",
) -> list[Recorded]:
    """Drafts adopted by a publication (三, annex 1); several make one act each.

    Raises:
        Refused: Unknown draft, publication or form, a name two levels share, a draft without a
            unit, taken back, or recorded before; nothing is recorded then.
    """
    if not drafts:
        raise Refused("没有写稿件编号，例如：采用 #12 达州要情 单条")
    row = find_publication(publication, config.notice)
    if isinstance(row, Unclear):
        raise Refused(row.because)
    found = [_scorable(uow, number) for number in dict.fromkeys(drafts)]
    in_force = recorded(uow)
    judged = [(draft, *_adopt(draft, item_of(uow, draft), row, form, in_force)) for draft in found]
    append = _Appending(uow, config, entry)
    return [
        Recorded(
            append.act("adopted", f"draft:{draft.id}", detail),
            said + _in_and_out(uow, draft, row, said),
        )
        for draft, detail, said in judged
    ]


def _in_and_out(uow: UnitOfWork, draft: DraftRecord, row: Publication | str, said: str) -> str:
    """What 不外宣不外传 (三) has to say to an adoption beside others; "" for nothing."""
    if isinstance(row, Publication):
        return outward.warn_adopted(uow, draft)
    if CHANNELS[row] != MEDIA or "不外宣" in said:
        return ""
    return "".join(f"；注意：{words}" for words in outward.of_headline(uow, draft.title))


def _adopt(
    draft: DraftRecord,
    item: int,
    row: Publication | str,
    form: str,
    in_force: Sequence[ScoredAct],
) -> tuple[dict[str, object], str]:
    """Detail of one adoption and what to say of it."""
    chosen: Form | Literal[""] = ""
    points = 0.0
    if isinstance(row, str):
        level, name, column = CHANNELS[row], row, None
        title, worth = f"《{row}》", ""
    else:
        kind = find_form(form, row)
        if isinstance(kind, Unclear):
            raise Refused(kind.because)
        level, name, chosen = row.level, row.name, kind
        points = points_of(row, kind)
        column = column_of(name, draft.column)
        title, worth = f"{full_name(row)}{FORMS[kind]}", f"{points:g}分"
    of_item = [a for a in in_force if a.verb == "adopted" and a.item == item]
    for act in of_item:
        if (act.level, act.publication, act.form) == (level, name, chosen):
            raise AlreadyRecorded(
                f"#{draft.id} 已登记过{title}采用（操作 {act.act}），没有重复登记"
            )
    detail = {
        **_of_draft(draft, item),
        "level": level,
        "publication": name,
        "form": chosen,
        "column": column,
        "points": points,
    }
    inside = any(one.level not in CHANNELS.values() for one in of_item)
    warning = "；注意：该稿已被内部刊物采用，原则上不外宣不外传（三）"
    outward = warning if level == MEDIA and inside else ""
    said = f"{_named(draft)}被{title}采用，{worth or '附件1没有分值'}{outward}"
    return detail, said


def instruct(
    uow: UnitOfWork,
    config: Config,
    entry: Entry,
    *,
    draft_id: int,
    leader: str,
    publication: str = "",
) -> Recorded:
    """A leader's 批示 on a draft (annex 1, 领导批示); the publication that carried it if known."""
    draft = _scorable(uow, draft_id)
    in_force = recorded(uow)
    rows = {(row.level, row.name): row for row in config.publications}
    carried = [
        rows[act.level, act.publication]
        for act in in_force
        if act.verb == "adopted"
        and act.draft_id == draft.id
        and (act.level, act.publication) in rows
    ]
    if publication:
        named = find_publication(publication, config.notice)
        if isinstance(named, Unclear):
            raise Refused(named.because)
        carried = [named] if isinstance(named, Publication) else []
    found = find_leader(leader, config.notice, carried)
    if isinstance(found, Unclear):
        raise Refused(found.because)
    by, points = found
    source = next((row for row in carried if any(one.by == by for one in row.instruction)), None)
    day = entry.day
    for act in in_force:
        same = (act.verb, act.draft_id, act.leader, act.on) == ("instructed", draft.id, by, day)
        if same and act.evidence == entry.evidence:
            raise AlreadyRecorded(
                f"#{draft.id} 当日的{by}批示已登记过（操作 {act.act}），没有重复登记"
            )
    detail = {
        **_of_draft(draft, item_of(uow, draft)),
        "leader": by,
        "points": points,
        "level": source.level if source else "",
        "publication": source.name if source else "",
    }
    act_id = _Appending(uow, config, entry).act("instructed", f"draft:{draft.id}", detail)
    return Recorded(act_id, f"{_named(draft)}获{by}批示，{points:g}分")


def commend(
    uow: UnitOfWork, config: Config, entry: Entry, *, good: bool, target: str, because: str
) -> Recorded:
    """通报表扬 (`good`) or 通报批评 of a draft ("#12") or a unit (四（三）)."""
    if not because.strip():
        raise Refused("请写明事由，例如：表扬 #12 数据翔实、反映及时")
    detail, subject, name = _target(uow, config, target)
    detail["because"] = because.strip()
    verb: Verb = "praised" if good else "criticised"
    assessment = config.assessment
    points = assessment.praise_points if good else assessment.criticism_points
    detail["points"] = points
    act_id = _Appending(uow, config, entry).act(verb, subject, detail)
    told = "通报表扬" if good else "通报批评（取消宣传工作评优评先资格）"
    worth = f"{points:g}分" if points else "分值未设定，暂计0分"
    return Recorded(act_id, f"{name} {told}：{because.strip()}，{worth}")


def credit_emergency(
    uow: UnitOfWork, config: Config, entry: Entry, *, event_id: int, because: str = ""
) -> Recorded:
    """迅速首报 of a major emergency (annex 1, last row)."""
    return _emergency(_Appending(uow, config, entry), event_id, "", because)


def blame_emergency(
    uow: UnitOfWork, config: Config, entry: Entry, *, event_id: int, fault: str, because: str = ""
) -> Recorded:
    """漏报、误报、瞒报, or 被市委、市政府通报批评 (annex 1, last row)."""
    if fault not in FAULTS:
        raise Refused(f"扣分原因请写：{'、'.join(FAULTS)}")
    return _emergency(_Appending(uow, config, entry), event_id, fault, because)


def _emergency(append: "_Appending", event_id: int, fault: str, because: str) -> Recorded:
    uow, config = append.uow, append.config
    verb: Verb = "emergency-blame" if fault else "emergency-credit"
    event = event_or_refuse(uow, event_id)
    if not event.unit:
        raise Refused(f"E{event_id} 还没有核定事发单位，请先更正稿件的单位")
    for act in recorded(uow):
        if (act.verb, act.event_id, act.fault) == (verb, event_id, fault):
            raise AlreadyRecorded(f"E{event_id} 已登记过（操作 {act.act}），没有重复登记")
    rule = config.emergency
    points = rule.points_missed if fault else rule.points_first_report
    points = rule.points_criticised if fault == "通报批评" else points
    unit = unit_or_refuse(event.unit, config)
    detail = {
        "unit": unit,
        "units": [unit],
        "event": event_id,
        "title": event.title,
        "fault": fault,
        "because": because,
        "points": points,
    }
    act_id = append.act(verb, f"event:{event_id}", detail)
    name = fault or "迅速首报"
    return Recorded(act_id, f"E{event_id} {unit}“{event.title}”{name}，{points:+g}分")


def recorded(uow: UnitOfWork) -> list[ScoredAct]:
    """Every act in force that bears on scores, oldest first."""
    return [_revived(act) for act in uow.acts.all() if act.verb in VERBS and act.undone_by is None]


def _revived(act: ActRecord) -> ScoredAct:
    detail = act.detail

    def number(name: str) -> int | None:
        value = detail.get(name)
        return int(str(value)) if value not in (None, "") else None

    def text(name: str) -> str:
        return str(detail.get(name) or "")

    units = detail.get("units") or [detail["unit"]]
    assert isinstance(units, Sequence)
    draft_id, title, because = number("draft"), text("title"), text("because")
    return ScoredAct(
        act=act.id,
        verb=cast("Verb", act.verb),
        units=tuple(str(unit) for unit in units),
        on=date.fromisoformat(text("on")),
        by=act.by,
        what=title or because,
        item=number("item") or draft_id,
        draft_id=draft_id,
        column=number("column"),
        level=text("level"),
        publication=text("publication"),
        form=text("form"),
        leader=text("leader"),
        fault=text("fault"),
        event_id=number("event"),
        evidence="；".join(filter(None, (because if title else "", text("evidence")))),
    )


@dataclass(frozen=True, slots=True)
class _Appending:
    """Appends acts; the rule version says under which rules the points beside them were told."""

    uow: UnitOfWork
    config: Config
    entry: Entry

    def act(self, verb: Verb, subject: str, detail: Mapping[str, object]) -> int:
        """Append one act; returns its number."""
        entry, day = self.entry, self.entry.day
        told = {
            **detail,
            "on": day.isoformat(),
            "evidence": entry.evidence,
            "order": entry.order,
            "rules": version_of(rules_of(self.config.notice, day.year)),
        }
        return self.uow.acts.add(entry.now, entry.by, verb, subject, told)


def _scorable(uow: UnitOfWork, draft_id: int) -> DraftRecord:
    """The draft, fit to earn points; Refused with what to do first otherwise."""
    draft = draft_or_refuse(uow, draft_id)
    if draft.state in ("withdrawn", "returned"):
        raise Refused(f"#{draft_id} 已{'撤稿' if draft.state == 'withdrawn' else '退回'}，不能登记")
    if draft.kind == NOT_A_DRAFT:
        raise Refused(f"#{draft_id} 判为非稿件，如判断有误请先更正：更正 #{draft_id} 类型=动态简讯")
    if not draft.unit:
        raise Refused(f"#{draft_id} 的单位待核，请先更正：更正 #{draft_id} 单位=…")
    return draft


def _of_draft(draft: DraftRecord, item: int) -> dict[str, object]:
    return {
        "unit": draft.unit,
        "units": list(draft.joint or (draft.unit,)),
        "draft": draft.id,
        "item": item,
        "title": draft.title,
    }


def _named(draft: DraftRecord) -> str:
    return f"#{draft.id}《{draft.title}》（{'、'.join(draft.joint) or draft.unit}）"


def _target(uow: UnitOfWork, config: Config, target: str) -> tuple[dict[str, object], str, str]:
    words = target.strip().replace("＃", "#")
    if words.startswith("#"):
        if not words[1:].isdecimal():
            raise Refused(f"编号“{target}”看不懂，请写成 #12 的形式")
        draft = _scorable(uow, int(words[1:]))
        return _of_draft(draft, item_of(uow, draft)), f"draft:{draft.id}", _named(draft)
    unit = unit_or_refuse(words, config)
    return {"unit": unit, "units": [unit]}, f"unit:{unit}", unit
