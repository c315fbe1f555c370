"""Whether a draft answers what the office asked of its unit: 约稿, activities (四（一）, annex 2).

A wrong match would end the reminders for a draft nobody wrote. So only a plain answer
closes a request; whatever leaves a doubt keeps it open, and the office is asked.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.records.verdicts import Reason
from mailbot.rules.calendar import midnight
from store.records import ActivityRecord, CommissionRecord, DraftRecord

What = Literal["commission", "activity"]
NAMES: dict[What, str] = {"commission": "约稿", "activity": "活动"}
CLAUSES: dict[What, str] = {"commission": "四（一）", "activity": "附件2备注"}

DELIVERED = frozenset(f"{name}：已交" for name in NAMES.values())
"""Verdicts of the reasons a draft bears that closed a request."""

SURE, NAMED, LIKELY, IN_OPENING, MARGIN = 0.75, 0.6, 0.4, 0.8, 0.15
REPLIED, REPLIED_OPENING = 0.3, 0.5  # a reply is often but the quickest way to find the address
OWN_WORD = 3  # grades from here: the unit itself says what its draft answers
_OPENING = 300
_FEWEST = 2  # pairs of signs by which a topic can be recognised
_MOST_DOUBTS = 3
_PICTURES = "图集"
_PLAIN = re.compile(
    r"关于|开展|进行|做好|有关|情况|工作|信息|报送|简报|约稿|稿件|材料|总结|专题|重要|会议|活动|行程|"
    r"的|和|及|与|等|[0-9０-９年月日一二三四五六七八九十]|[^\w]|_"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request: a draft of `unit` on `topic`, received at `since` or later."""

    what: What
    id: int
    unit: str
    topic: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a draft answers, or may answer.

    Attributes:
        sure: False where the office has to decide.
    """

    asked: Asked
    sure: bool
    reason: Reason


def open_requests(
    commissions: Iterable[CommissionRecord], activities: Iterable[ActivityRecord]
) -> list[Asked]:
    """Everything asked and not delivered; an activity may be answered from its day on."""
    found = [
        Asked("commission", item.id, item.unit, item.topic, item.asked_at)
        for item in commissions
        if item.state == "open"
    ]
    found.extend(
        Asked("activity", item.id, item.unit, item.topic, midnight(item.held_on))
        for item in activities
        if item.state == "open"
    )
    return found


def answers(
    draft: DraftRecord,
    requests: Iterable[Asked],
    *,
    replied: Collection[tuple[What, int]] = (),
    earlier: Sequence[DraftRecord] = (),
) -> tuple[Answer, ...]:
    """What the draft answers: one request for sure, or a few perhaps; () where none.

    Args:
        draft: The draft as filed.
        requests: Everything open.
        replied: Requests whose letter the draft's mail is a reply to.
        earlier: Drafts of the same unit from before it was asked: a topic it writes on every
            other week says little.
    """
    if draft.state != "counted" and not _held_as_repeat(draft):
        return ()
    graded = sorted(
        (
            (*_grade(one, draft, replied=(one.what, one.id) in replied), one)
            for one in requests
            if one.unit in (draft.joint or (draft.unit,)) and draft.received_at >= one.since
        ),
        key=lambda grade: -grade[0],
    )
    likely = [grade for grade in graded if grade[0] > 0]
    if not likely:
        return ()
    best, sure, asked = likely[0]
    rival = len(likely) > 1 and best - likely[1][0] < MARGIN
    habitual = best < OWN_WORD and _habitual(asked, earlier)
    if sure and not rival and not habitual and not _doubtful(draft):
        return (_answer(asked, draft, sure=True),)
    return tuple(_answer(one, draft, sure=False) for _, _, one in likely[:_MOST_DOUBTS])


def _grade(asked: Asked, draft: DraftRecord, *, replied: bool) -> tuple[float, bool]:
    """How well a draft fits a request, and whether surely."""
    in_title = part_of(asked.topic, draft.title)
    in_opening = part_of(asked.topic, draft.title + draft.text[:_OPENING])
    if replied and (in_title >= REPLIED or in_opening >= REPLIED_OPENING):
        return OWN_WORD + 1 + in_title, True
    if "约稿" in draft.title and in_title >= NAMED:
        return OWN_WORD + in_title, True
    if len(pairs(asked.topic)) >= _FEWEST and in_title >= SURE:
        return 1 + in_title, True
    if in_title >= LIKELY or in_opening >= IN_OPENING:
        return max(in_title, in_opening), False
    return (LIKELY, False) if replied else (0.0, False)


def _held_as_repeat(draft: DraftRecord) -> bool:
    """Much like an earlier draft and not counted for now: the office is asked about it anyway."""
    return draft.state == "not_counted" and draft.relation == "near"


def _doubtful(draft: DraftRecord) -> bool:
    """Whose draft it is, or what it is, or whether it is a new one, is itself in doubt."""
    unsure = draft.unit_confidence == "unsure" and not draft.joint
    unsure = unsure or draft.state != "counted"
    return unsure or draft.kind == _PICTURES or draft.emergency != "none"


def _habitual(asked: Asked, earlier: Sequence[DraftRecord]) -> bool:
    """Whether the unit wrote under such titles before it was asked."""
    if asked.what == "activity":
        return False
    return any(
        draft.received_at < asked.since
        and asked.unit in (draft.joint or (draft.unit,))
        and part_of(asked.topic, draft.title) >= SURE
        for draft in earlier
    )


def _answer(asked: Asked, draft: DraftRecord, *, sure: bool) -> Answer:
    name, clause = NAMES[asked.what], CLAUSES[asked.what]
    if sure:
        because = f"{asked.unit}报送，与{name}{asked.id}“{asked.topic}”相符，登记为已交"
        return Answer(asked, sure, Reason(f"{name}：已交", because, clause))
    because = f"{doubt_head(asked.what, asked.id)}“{asked.topic}”的来稿，请核"
    how = f"（是：{asked.what} close {asked.id} --draft {draft.id}）"
    return Answer(asked, sure, Reason(f"{name}：待确认", because + how, clause))


def doubt_head(what: What, number: int) -> str:
    """How a doubt about a request begins, by which it is found again when settled."""
    return f"可能是{NAMES[what]}{number}"


def pairs(text: str) -> frozenset[str]:
    """Neighbouring signs of the words that say what a topic is about."""
    words: Sequence[str] = _PLAIN.sub(" ", text).split()
    return frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1))


def part_of(topic: str, text: str) -> float:
    """How much of a topic a text says, 0 to 1."""
    wanted = pairs(topic)
    plain = "".join(text.split())
    return sum(pair in plain for pair in wanted) / len(wanted) if wanted else 0.0
