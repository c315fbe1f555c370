"""What a draft is (二): 动态简讯, 经验做法, 问题反映, 非稿件, or 待审 when nobody could say.

Scored cues from mailbot/cues/kinds.toml; the best kind is named only when it is
clearly ahead. A guess would cost a unit its score, a 待审 costs a minute.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailbot.notice import Notice
from mailbot.records.verdicts import KindVerdict, Reason
from mailbot.rules.cues import Cue, CueTable, Fired, fire
from mailbot.rules.kind_outline import Outline, flattened, outline

__all__ = ["Outline", "classify", "outline", "scopes", "weigh"]

NEWS, PRACTICE, PROBLEM = "动态简讯", "经验做法", "问题反映"
NOT_A_DRAFT, UNDECIDED = "非稿件", "待审"
_GROUPS = {"news": NEWS, "practice": PRACTICE, "problem": PROBLEM, "other": NOT_A_DRAFT}
_CLAUSES = {NEWS: "二·一", PRACTICE: "二·二", PROBLEM: "二·三", NOT_A_DRAFT: "二", UNDECIDED: "二"}
UNREAD = "没有读到正文，不能判断类型"
_OPENING = 60
_ENDING = 120
_SHOWN_REASONS = 5
_TOLD = re.compile(r"[\d了已]")  # somebody did something
_DECLARED = (
    (PROBLEM, re.compile(r"问题反映|问题类|调研|建议类|问题建议|社情民意")),
    (PRACTICE, re.compile(r"经验做法|经验类|经验交流|工作经验|典型经验|做法类")),
    (NEWS, re.compile(r"动态简讯|动态类|工作动态|简讯|动态信息|信息快报|动态")),
)
_BRACKETED = re.compile(r"[【\[（(〔]([^】\]）)〕]{2,12})[】\]）)〕]")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for which kind.

    Attributes:
        ranked: Kinds with their points, most first.
        fired: The cues behind them.
        claimed: Kind the sender named, "" if none.
    """

    ranked: tuple[tuple[str, float], ...]
    fired: tuple[Fired, ...]
    claimed: str


def classify(
    *,
    title: str,
    body: str,
    words: int,
    declared: str,
    subject: str,
    structure: Outline,
    emergency_level: str,
    notice: Notice,
    cues: CueTable,
) -> KindVerdict:
    """Decide the kind of a draft (二·一 to 二·三).

    Args:
        title: 标题, "" when none was found; the subject stands in for it.
        body: 正文.
        words: 正文字数 as Word counts.
        declared: Kind the sender wrote, "" if none; it counts but does not bind.
        subject: Subject of the mail.
        structure: `outline(body)`.
        emergency_level: "alert" forces 动态简讯; "review" keeps 非稿件 from hiding it.
            Short of an alert, a text without a body is 待审: nobody has read it.
        notice: Lengths and columns.
        cues: The table of kinds.toml.
    """
    weighed = weigh(
        title=title,
        body=body,
        words=words,
        declared=declared,
        subject=subject,
        structure=structure,
        emergency_level=emergency_level,
        cues=cues,
    )
    ranked, fired, claimed = weighed.ranked, weighed.fired, weighed.claimed
    unread = not body.strip() and emergency_level != "alert"
    kind = UNDECIDED if unread else decide(ranked, emergency_level, cues.settings)
    note, far = length_note(kind, words, notice)
    return KindVerdict(
        kind=kind,
        column=notice.kinds[kind].column if kind in notice.kinds else None,
        candidates=tuple((name, round(score, 1)) for name, score in ranked[:2]),
        declared=declared or claimed,
        length_note=note,
        reasons=(Reason(f"类型：{kind}", UNREAD, _CLAUSES[kind]),)
        if unread
        else _reasons(kind, ranked, fired, claimed, emergency_level),
        needs_review=(UNREAD,)
        if unread
        else _doubts(kind, ranked, claimed, note if far else "", emergency_level),
        rules_version=cues.version,
    )


def weigh(
    *,
    title: str,
    body: str,
    words: int,
    declared: str,
    subject: str,
    structure: Outline,
    emergency_level: str,
    cues: CueTable,
) -> Weighed:
    """Points of every kind before anything is decided; arguments as for `classify`."""
    claimed = declared_kind(declared, subject)
    fired = fire(cues, scopes(title or subject, body, structure))
    scores = _scores(fired, cues.settings, cues.caps)
    _weigh_length(scores, words, cues.settings)
    dated = any(one.cue.id == "news.opening_date" for one in fired)
    if words > cues.settings["undated_from"] and not dated:
        scores[NEWS] += cues.settings["undated_news"]
    if claimed:
        scores[claimed] += cues.settings["declared"]
    if emergency_level == "review":
        scores[NEWS] += cues.settings["emergency_review"]
    if _TOLD.search(body) and all(
        not points > 0 for kind, points in scores.items() if kind != NEWS
    ):
        scores[NEWS] += cues.settings["alone_news"]  # most mail is, and nothing says otherwise
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    return Weighed(tuple(ranked), fired, claimed)


def kind_of(cue: Cue) -> str:
    """The kind a cue speaks for, "" where its group is none."""
    return _GROUPS.get(cue.group, "")


def declared_kind(declared: str, subject: str = "") -> str:
    """The kind a sender's own words name, "" if they name none."""
    said = [declared, *(found[1] for found in _BRACKETED.finditer(subject[:200]))]
    for words in said:
        for kind, pattern in _DECLARED:
            if words and pattern.search(words):
                return kind
    return ""


def scopes(title: str, body: str, structure: Outline) -> dict[str, str]:
    """Scope → text, as kinds.toml names them."""
    flat = flattened(body).strip()
    return {
        "title": flattened(title).strip(),
        "opening": flat[:_OPENING],
        "body": flat,
        "headings": "\n".join(structure.headings),
        "lists": "\n".join(structure.lists),
        "leads": "\n".join(structure.leads),
        "parallel": "\n".join(structure.parallel),
        "heads": "\n".join(structure.heads),
        "steps": "\n".join(structure.steps),
        "contrasts": "\n".join(structure.contrasts),
        "deficits": "\n".join(structure.deficits),
        "whole": flat[: _ENDING * 2],
        "ending": flat[-_ENDING:],
    }


def _scores(
    fired: Iterable[Fired], settings: Mapping[str, float], caps: Mapping[str, float]
) -> dict[str, float]:
    sums = dict.fromkeys(_GROUPS, 0.0)
    for one in fired:
        if one.cue.group in sums:
            sums[one.cue.group] += one.cue.points
    scores = {_GROUPS[g]: min(points, caps.get(g, points)) for g, points in sums.items()}
    scores[NEWS] += settings["prior_news"]
    return scores


def _weigh_length(scores: dict[str, float], words: int, settings: Mapping[str, float]) -> None:
    if words <= settings["short_until"]:
        scores[NEWS] += settings["short_news"]
    if words <= settings["brief_until"]:
        scores[PRACTICE] += settings["brief_other"]
        scores[PROBLEM] += settings["brief_other"]
    if settings["middle_from"] <= words <= settings["middle_until"]:
        scores[PRACTICE] += settings["middle_practice"]
    if words > settings["middle_until"]:
        scores[PROBLEM] += settings["long_problem"]
    if words > settings["long_from"]:
        scores[NEWS] += settings["long_other_than_news"]


def decide(
    ranked: Sequence[tuple[str, float]], emergency_level: str, settings: Mapping[str, float]
) -> str:
    """The best kind if it is clearly ahead; an alert is always news (二·一)."""
    if emergency_level == "alert":
        return NEWS
    (best, top), (_, second) = ranked[0], ranked[1]
    if top < settings["decide_at"] or top - second < settings["margin"]:
        return UNDECIDED
    if best == NOT_A_DRAFT and emergency_level == "review":
        return UNDECIDED
    return best


def length_note(kind: str, words: int, notice: Notice) -> tuple[str, bool]:
    """A sentence when the body is longer or shorter than asked, and whether it is far off (二)."""
    rule = notice.kinds.get(kind)
    if rule is None:
        return "", False
    open_ = notice.open_questions
    asked = (
        f"{rule.shortest}-{rule.longest}" if rule.longest != rule.shortest else f"{rule.longest}"
    )
    if words < rule.shortest * (1 - open_.length_tolerance):
        far = words < rule.shortest * open_.far_off_below
        return f"{kind}要求约{asked}字，正文{words}字，{'明显' if far else ''}偏短", far
    if words > rule.longest * (1 + open_.length_tolerance):
        far = words > rule.longest * open_.far_off_above
        return f"{kind}要求约{asked}字，正文{words}字，{'明显' if far else ''}偏长", far
    return "", False


def _reasons(
    kind: str,
    ranked: Sequence[tuple[str, float]],
    fired: tuple[Fired, ...],
    claimed: str,
    emergency_level: str,
) -> tuple[Reason, ...]:
    verdict = f"类型：{kind}"
    reasons = []
    if emergency_level == "alert":
        reasons.append(Reason(verdict, "突发事件信息按动态简讯登记", "二·一"))
    if claimed:
        reasons.append(Reason(verdict, f"稿件自报类型为{claimed}", _CLAUSES[claimed]))
    shown = {kind} if kind != UNDECIDED else {ranked[0][0], ranked[1][0]}
    speaking = [one for one in fired if _GROUPS.get(one.cue.group) in shown and one.cue.points > 0]
    speaking.sort(key=lambda one: -one.cue.points)
    for one in speaking[:_SHOWN_REASONS]:
        about = _GROUPS[one.cue.group]
        quoted = one.matched.strip().split("\n")[0][:30]
        because = f"“{quoted}”：{one.cue.reason}"
        said = verdict if kind != UNDECIDED else f"类型：可能是{about}"
        reasons.append(Reason(said, because, _CLAUSES[about], one.cue.points, one.cue.id))
    if not reasons:
        plain = "写做了的事，没有别的类型的特征" if kind == NEWS else "没有明显的类型特征"
        reasons.append(Reason(verdict, plain, _CLAUSES[kind]))
    return tuple(reasons)


def _doubts(
    kind: str, ranked: Sequence[tuple[str, float]], claimed: str, far_off: str, emergency_level: str
) -> tuple[str, ...]:
    doubts = []
    if kind == UNDECIDED:
        doubts.append(f"类型待审：可能是{ranked[0][0]}，也可能是{ranked[1][0]}，请选定")
    elif claimed and claimed != kind:
        doubts.append(f"稿件自报{claimed}，按内容判为{kind}，请核对")
    if far_off and emergency_level == "none":
        doubts.append(far_off + "，请核对类型或请单位补充")
    return tuple(doubts)
