"""What would change a verdict: computed from the rules' own scores, margins and limits.

A clerk who doubts a verdict sees how far it is from the next one and what alone would
turn it: which words carry it, which time or name is missing, how far off the nearest
task is. Nothing here is said that the rules would not then decide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.records.verdicts import Judgement, Reason
from mailbot.rules import kinds, tasks, units
from mailbot.rules.judgement import RuleBook, evidence_of, home_of, subject_of
from mailbot.rules.what_if_emergency import emergency_turns, lateness_turns
from parsers.facts import DraftText, Reading

_EXAMPLES = 2
_UNIT_CLAUSE, _TASK_CLAUSE, _FORM_CLAUSE = "四（一）", "附件3", "四（一）"


def what_would_change(
    draft: DraftText,
    reading: Reading,
    judged: Judgement,
    *,
    received_at: datetime,
    known_addresses: Mapping[str, str],
    book: RuleBook,
) -> tuple[Reason, ...]:
    """For each verdict a sentence or two on what would turn it, in a clerk's words.

    Args:
        draft: The draft, as it was judged.
        reading: The mail or file it came in.
        judged: Its judgement by the same book.
        received_at: The provider's receipt.
        known_addresses: Address → unit name, as it was judged with.
        book: Notice and cue tables.
    """
    return (
        *emergency_turns(judged.emergency, book.emergency_cues),
        *lateness_turns(judged.emergency, received_at, book.notice),
        *_unit(draft, reading, judged, known_addresses, book),
        *_kind(draft, reading, judged, book),
        *_task(draft, reading, judged, received_at, book),
        *_form(judged),
    )


def _unit(
    draft: DraftText,
    reading: Reading,
    judged: Judgement,
    known: Mapping[str, str],
    book: RuleBook,
) -> Iterator[Reason]:
    verdict = judged.unit
    evidence = evidence_of(draft, reading, home_of(draft, reading), known)
    likely = tuple(dict.fromkeys(filter(None, (verdict.name, *verdict.candidates))))
    if verdict.confidence == "certain" or not likely:
        if not likely:
            words = "若落款写明单位全称，或发件邮箱登记到某单位，即可认定"
            yield Reason("单位", words, _UNIT_CLAUSE)
        return
    for name in likely[:_EXAMPLES]:
        ways = []
        signed = units.identify(replace(evidence, signature_unit=name), book.notice)
        if signed.name == name and signed.confidence != "unsure" and not evidence.signature_unit:
            ways.append(f"补上落款“{name}”")
        address = evidence.sender_address.lower()
        listed = replace(evidence, known_addresses={**known, address: name})
        found = units.identify(listed, book.notice)
        if address and found.name == name and found.confidence == "certain":
            ways.append(f"把发件邮箱 {address} 登记到{name}名下")
        if ways:
            yield Reason("单位", f"若{'，或'.join(ways)}，可确认为{name}", _UNIT_CLAUSE)


def _kind(
    draft: DraftText, reading: Reading, judged: Judgement, book: RuleBook
) -> Iterator[Reason]:
    if judged.emergency.level == "alert":
        said = "因突发事件按动态简讯登记；若不属突发事件，才按内容判定类型"
        yield Reason("类型", said, "二·一")
        return
    parts, cues = draft.segments, book.kind_cues
    weighed = kinds.weigh(
        title=parts.title,
        body=parts.body,
        words=draft.count.words,
        declared=parts.declared_kind,
        subject=subject_of(home_of(draft, reading)),
        structure=kinds.outline(parts.body),
        emergency_level=judged.emergency.level,
        cues=cues,
    )
    (best, top), (second, less) = weighed.ranked[0], weighed.ranked[1]
    margin, ahead = cues.settings["margin"], top - less
    words = f"{best} {top:g} 分，次选{second} {less:g} 分，须领先 {margin:g} 分"
    yield Reason("类型", f"{words}，{'现领先' if ahead >= margin else '只领先'} {ahead:g} 分", "二")
    claimed = cues.settings["declared"]
    for kind, lacking in ((best, margin - ahead), (second, margin + ahead)):
        if kind == judged.kind.kind or (kind == second and judged.kind.kind == kinds.NOT_A_DRAFT):
            continue
        ways = [*_unsaid(kind, lacking, weighed, book)][:_EXAMPLES]
        if not weighed.claimed and kind != kinds.NOT_A_DRAFT and claimed >= lacking:
            ways.append(f"主题注明【{kind}】（+{claimed:g} 分）")
        means = f"，例如{'，或'.join(ways)}" if ways else "，没有哪一条单独足够"
        yield Reason("类型", f"再多 {max(lacking, 0):g} 分即判为{kind}{means}", "二")


def _unsaid(kind: str, lacking: float, weighed: kinds.Weighed, book: RuleBook) -> Iterator[str]:
    """Cues of a kind that did not fire and would alone be enough."""
    fired = {one.cue.id for one in weighed.fired}
    rows = [
        cue
        for cue in book.kind_cues.cues
        if kinds.kind_of(cue) == kind and cue.id not in fired and cue.points >= max(lacking, 0.1)
    ]
    for cue in sorted(rows, key=lambda cue: cue.points):
        yield f"{cue.reason}（+{cue.points:g} 分）"


def _task(
    draft: DraftText,
    reading: Reading,
    judged: Judgement,
    received_at: datetime,
    book: RuleBook,
) -> Iterator[Reason]:
    if judged.task.no is not None or judged.emergency.level == "alert":
        return
    unit = judged.unit
    found = tasks.nearest(
        units=unit.joint or ((unit.name,) if unit.name else ()),
        title=draft.segments.title or subject_of(home_of(draft, reading)),
        body=draft.segments.body,
        images=len(draft.images),
        received_at=received_at,
        notice=book.notice,
        cues=book.task_cues,
    )
    if found is None:
        return
    apart = []
    if found.points < found.enough:
        apart.append(f"内容只得 {found.points:g} 分，满 {found.enough:g} 分才算")
    if not found.responsible:
        apart.append(f"责任单位是{'、'.join(found.task.units)}")
    if not found.tolerated:
        side = "早于" if found.days < 0 else "晚于"
        apart.append(f"{side}宣传时间（{found.task.when}）{abs(found.days)} 天")
    if judged.kind.kind in (kinds.PROBLEM, kinds.NOT_A_DRAFT):
        apart.append(f"{judged.kind.kind}不作宣传任务")
    if apart:
        words = f"最接近第{found.task.no}项“{found.task.content}”，但{'；'.join(apart)}"
        yield Reason("宣传任务", words, _TASK_CLAUSE)


def _form(judged: Judgement) -> Iterator[Reason]:
    if judged.completeness.missing and judged.kind.kind != kinds.NOT_A_DRAFT:
        words = f"补上{'、'.join(judged.completeness.missing)}即齐全"
        yield Reason("稿件要素", words, _FORM_CLAUSE)
