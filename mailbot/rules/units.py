"""Which unit a draft comes from (四（一）, annex 2).

Signals are weighed in the order they are trusted (unit_signals.py). Where they
disagree both are shown and nobody is named with confidence.
"""

import re
from dataclasses import replace

from mailbot.notice import Notice
from mailbot.records.verdicts import Confidence, Reason, UnitVerdict
from mailbot.rules.cues import CueTable
from mailbot.rules.place_type import UnitIndex
from mailbot.rules.unit_guess import Guess, guess
from mailbot.rules.unit_names import plain
from mailbot.rules.unit_signals import Signal, UnitEvidence, settle, signals_of

__all__ = ["UnitEvidence", "identify", "resolve_unit", "unit_index"]

_CLAUSE = "四（一）"
_JOINT = re.compile(r"联合(?:报送|供稿|撰稿|上报|投稿)|共同(?:报送|供稿|撰稿)")
_COMMON = re.compile(
    r"局?(?:机关)?(?:办公室|党委|纪委|工会|妇委会|火管办|人事科|党建办|法规科|政策法规科|行政审批科|审批科)"
)
_NUMBERED_TEAM = re.compile(r"(?:执法)?第?[一二三四五\d]大队")
_CERTAIN_SIGNALS = 2
_NO_CREDIT = frozenset({"落款", "文末署名", "联合报送", "报送"})  # 报送：办公室 is an addressee

_INDEXES: dict[int, tuple[Notice, UnitIndex]] = {}
_KEPT = 8


def unit_index(notice: Notice) -> UnitIndex:
    """The index of a notice, built once for as long as the notice lives here."""
    held = _INDEXES.get(id(notice))
    if held is None or held[0] is not notice:
        if len(_INDEXES) >= _KEPT:
            _INDEXES.clear()
        held = _INDEXES[id(notice)] = (notice, UnitIndex(notice))
    return held[1]


def resolve_unit(name: str, notice: Notice) -> str | None:
    """The row of annex 2 that a name of annex 3 or a clerk means; None if none or several."""
    return unit_index(notice).resolve(name)


def identify(evidence: UnitEvidence, notice: Notice, cues: CueTable | None = None) -> UnitVerdict:
    """Name the unit a draft comes from, or the candidates and what the office should settle.

    Args:
        evidence: The draft and its mail.
        notice: Units and their names.
        cues: Places, voices and fields of work, by which a unit is proposed where none is
            named; None to propose by names alone.
    """
    index = unit_index(notice)
    signals = settle(list(signals_of(evidence, index, notice)), index)
    firm = [s for s in signals if s.firm and len(s.units) == 1]
    firm = _without_common_names(firm, index)
    joint = _joint(evidence, firm)
    if joint:
        return _joint_verdict(joint, firm)
    if not firm:
        verdict = _unsure(signals, evidence)
        if verdict.name is not None or cues is None:
            return verdict
        found = guess(evidence, signals, index, notice, cues)
        return replace(_with_guess(verdict, found), rules_version=cues.version)
    return _named(firm, signals, evidence)


def _without_common_names(firm: list[Signal], index: UnitIndex) -> list[Signal]:
    """局办公室, 工会, 人事科 … beside a county's name are the county's own."""
    if not any(index.is_local(s.units[0]) for s in firm):
        return firm
    return [s for s in firm if s.rank == 0 or not _COMMON.fullmatch(s.words)]


def _joint(evidence: UnitEvidence, firm: list[Signal]) -> tuple[str, ...]:
    """Units of a joint draft: two in 落款 or 供稿, or words that say so."""
    sender = [s.units[0] for s in firm if s.rank == 0]
    signed = list(dict.fromkeys(s.units[0] for s in firm if s.rank == 1))
    if len(signed) < _CERTAIN_SIGNALS:
        shown = f"{evidence.title} {evidence.subject} {evidence.signature_unit}"
        if not _JOINT.search(shown):
            return ()
        signed = list(dict.fromkeys(s.units[0] for s in firm if s.rank in (1, 2)))
    if len(signed) < _CERTAIN_SIGNALS:
        return ()
    return tuple(sorted(signed, key=lambda unit: unit not in sender))


def _joint_verdict(joint: tuple[str, ...], firm: list[Signal]) -> UnitVerdict:
    names = "、".join(joint)
    outside = tuple(dict.fromkeys(s.units[0] for s in firm if s.units[0] not in joint))
    sender = [s for s in firm if s.rank == 0 and s.units[0] in outside]
    doubt = tuple(f"落款为{names}，发件地址却属{s.units[0]}，请核对报送单位" for s in sender)
    reason = Reason(f"单位：{joint[0]}", f"{names}联合报送", _CLAUSE)
    return UnitVerdict(
        name=joint[0],
        confidence="unsure" if doubt else "likely",
        reasons=(reason, *_reasons([s for s in firm if s.units[0] in joint])),
        joint=joint,
        candidates=outside,
        needs_review=doubt,
    )


def _named(firm: list[Signal], signals: list[Signal], evidence: UnitEvidence) -> UnitVerdict:
    lead = min(firm, key=lambda s: s.rank)
    name = lead.units[0]
    agreeing = [s for s in firm if s.units[0] == name]
    others = [s for s in firm if s.units[0] != name and name not in s.beside]
    others += [s for s in signals if s.place and _elsewhere(s, name, agreeing)]
    candidates = tuple(dict.fromkeys(u for s in others for u in s.units if u != name))
    doubts = _doubts(name, lead, others, evidence)
    return UnitVerdict(
        name=name,
        confidence=_confidence(agreeing, others, evidence),
        reasons=_reasons(agreeing),
        candidates=candidates,
        needs_review=doubts,
    )


def _elsewhere(signal: Signal, name: str, agreeing: list[Signal]) -> bool:
    """A signature or title of another place, or of a body of that place that is no row."""
    if signal.firm and not signal.units:
        return signal.rank <= 2 and signal not in agreeing
    local = any(s.place for s in agreeing) or signal.rank == 1
    return local and not signal.firm and name not in signal.units and signal.rank <= 1


def _confidence(agreeing: list[Signal], others: list[Signal], evidence: UnitEvidence) -> Confidence:
    if others:
        return "unsure"
    if evidence.forwarded_from is not None:
        return "likely"
    if any(s.rank == 0 for s in agreeing):
        return "certain"
    kinds = {s.rank for s in agreeing if not s.settled}
    return "certain" if len(kinds) >= _CERTAIN_SIGNALS and 1 in kinds else "likely"


def _doubts(
    name: str, lead: Signal, others: list[Signal], evidence: UnitEvidence
) -> tuple[str, ...]:
    doubts = []
    for other in others[:2]:
        shown = "、".join(other.units) or other.words
        doubts.append(
            f"报送单位待确认：{lead.source}（{lead.words}）指向{name}，"
            f"{other.source}（{other.words}）指向{shown}"
        )
    if evidence.forwarded_from is not None:
        source = evidence.forwarded_from.address or evidence.forwarded_from.name
        doubts.append(f"邮件系转发，原发件人为{source}，暂按{name}登记，请核对")
    return tuple(doubts)


def _unsure(signals: list[Signal], evidence: UnitEvidence) -> UnitVerdict:
    weak = [s for s in signals if s.units]
    candidates = tuple(dict.fromkeys(u for s in weak for u in s.units))
    local = next((s for s in weak if s.place and not s.bare and not s.firm), None)
    name = _local_body(local) or _own_team(weak, candidates) or _credited_office(weak)
    if candidates:
        hint = "；".join(f"{s.source}“{s.words}”" for s in weak[:3])
        said = f"报送单位待确认：{hint}，可能是{'、'.join(candidates[:4])}"
        if any(plain(s.words).startswith("市") for s in weak):
            said += "，也可能是达州市级同名部门"
    else:
        source = evidence.sender_address or "发件人"
        said = f"报送单位待确认：{source}未登记，文中也没有可以认定的单位名称"
    because = "只有不足以认定的线索" if candidates else "没有单位线索"
    reasons = (Reason("单位：待确认", because, _CLAUSE),)
    proposed = name is not None
    return UnitVerdict(name, "unsure", reasons, (), candidates, (said,), proposed=proposed)


def _with_guess(verdict: UnitVerdict, found: Guess) -> UnitVerdict:
    """The verdict with the unit that place, voice and field of work point at."""
    candidates = tuple(dict.fromkeys((*found.candidates, *verdict.candidates)))
    if found.unit is None:
        if not found.candidates:
            return verdict
        said = (
            f"报送单位待确认：{found.because or '从所讲业务看'}，可能是{'、'.join(candidates[:4])}"
        )
        return replace(verdict, candidates=candidates, needs_review=(said,))
    said = f"报送单位待确认：{found.because}，推测为{found.unit}，确认前不登记到该单位"
    reason = Reason(f"单位：{found.unit}（待核）", found.because, _CLAUSE)
    others = tuple(one for one in candidates if one != found.unit)
    return UnitVerdict(found.unit, "unsure", (reason,), (), others, (said,), proposed=True)


def _local_body(signal: Signal | None) -> str | None:
    """宣汉县环卫处 is Xuanhan's, not the city's: proposed as its 综合执法局 (annex 2)."""
    if signal is None:
        return None
    return next((unit for unit in signal.units if "执法" in unit), None)


def _own_team(weak: list[Signal], candidates: tuple[str, ...]) -> str | None:
    """一大队 with no county named beside it: proposed as the bureau's own, to be confirmed."""
    if len(candidates) != 1 or any(s.place for s in weak):
        return None
    return candidates[0] if any(_NUMBERED_TEAM.fullmatch(plain(s.words)) for s in weak) else None


def _credited_office(weak: list[Signal]) -> str | None:
    """供稿：办公室 is the bureau's own; in a 落款 it may be that of any body, as addressee, too."""
    if any(s.place for s in weak):
        return None
    credited = (s for s in weak if s.rank == 1 and s.source not in _NO_CREDIT)
    return next((s.units[0] for s in credited if s.units == ("办公室",)), None)


def _reasons(signals: list[Signal]) -> tuple[Reason, ...]:
    return tuple(
        Reason(f"单位：{s.units[0]}", f"{s.source}为“{s.words}”", _CLAUSE) for s in signals
    )
