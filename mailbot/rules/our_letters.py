"""Answers to letters of ours: what stands in their subject is our word, not the writer's.

“回复：【紧急】E3 …：燃气泄漏” over “收到，谢谢” tells of no new leak. What such a mail
reports is judged by its own words alone.
"""

import re
from dataclasses import replace

from mailbot.records.verdicts import EmergencyVerdict, Judgement, Lateness, Reason
from parsers.facts import DraftText, Reading

CLAUSE = "二·一"
_ANSWER = re.compile(
    r"\s*(?:(?:re|aw|reply|fwd?|回复|答复|回覆|转发|转寄)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}[:：]\s{0,3})+",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"【(?:回执|催续报|紧急催报|催报|提醒|约稿|活动信息|退回|退回撤销|通报|通报待审|答复|请确认"
    r"|查询|台账|日报|周报|月报|季报|未能登记)】|【紧急】\s?(?:E\d|\d+封)"
)
_EVENT = re.compile(r"【(?:紧急|催续报|紧急催报)】\s?E(\d{1,9})(?!\d)")
_CHASED = re.compile(r"【(?:催续报|紧急催报)】\s?E\d")
_RECEIPT = re.compile(r"【回执】.*（#(\d{1,9})）\s*\Z", re.DOTALL)
_COURTESY = re.compile(
    r"(?:[\s，。！!、,.;；：:~]|已?收到|(?:已?收|知)悉|好的?|谢谢|感谢|知道了?|明白|辛苦了?|您好|你好"
    r"|马上(?:续报|报送|报|办)?|稍后(?:续报|报送|报)?|尽快(?:续报|报送|上报|报)?|随后(?:续报|报送|报)?"
    r"|正在(?:核实|落实|了解|统计|整理)|我们|情况|请放心|嗯)*"
)


def quotes_us(subject: str) -> bool:
    """Whether a subject is that of an answer to, or a forward of, a letter of ours."""
    head = _ANSWER.match(subject)
    return head is not None and _OURS.match(subject, head.end()) is not None


def is_courtesy(words: str) -> bool:
    """Whether somebody only says thanks, or that he has read it."""
    return _COURTESY.fullmatch(words) is not None


def event_answered(subject: str) -> int | None:
    """The number of the emergency whose letter is answered."""
    found = _EVENT.search(subject) if quotes_us(subject) else None
    return int(found[1]) if found else None


def draft_answered(subject: str) -> int | None:
    """The number of the draft whose receipt is answered."""
    found = _RECEIPT.search(subject) if quotes_us(subject) else None
    return int(found[1]) if found else None


def own_words(reading: Reading) -> Reading:
    """The mail without a subject of ours, and without titles that were taken from it."""
    message = reading.message
    if message is None or not quotes_us(message.subject):
        return reading
    return replace(
        reading,
        message=replace(message, subject=""),
        drafts=tuple(_untitled(draft, message.subject) for draft in reading.drafts),
    )


def _untitled(draft: DraftText, subject: str) -> DraftText:
    title = draft.segments.title
    if not title or title not in subject or title in draft.segments.full:
        return draft
    return replace(draft, segments=replace(draft.segments, title=""))


def as_follow_up(judgement: Judgement, subject: str, words: str) -> Judgement:
    """A unit's answer to a 催续报 is the 续报 asked for, however plainly it is told.

    Words of courtesy alone are none. Somebody looks at it: whether it says enough, or
    ends the matter, is not for us to tell.
    """
    found = judgement.emergency
    if not quotes_us(subject) or not _CHASED.search(subject) or is_courtesy(words):
        return judgement
    if found.level != "none":
        return replace(judgement, emergency=_continuing(found))
    because = "回复的是催续报的信，按续报登记，请核"
    reasons = (Reason("续报，请核", because, CLAUSE), *found.reasons)
    verdict = replace(
        found,
        level="review",
        stage="续报",
        lateness=Lateness("不适用"),
        reasons=reasons,
        needs_review=(*found.needs_review, because),
    )
    return replace(judgement, emergency=verdict)


def _continuing(found: EmergencyVerdict) -> EmergencyVerdict:
    """What answers a 催续报 is no 首报."""
    if found.stage != "首报":
        return found
    return replace(found, stage="续报", lateness=Lateness("不适用"))
