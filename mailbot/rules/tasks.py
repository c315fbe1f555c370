"""Which publicity task of annex 3 a draft serves: by unit, topic and window.

A wrong match would hide a task nobody delivered, so a doubt matches nothing and
says why.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from mailbot.notice import Notice, Task
from mailbot.records.verdicts import Reason, TaskVerdict
from mailbot.rules.calendar import local_day
from mailbot.rules.cues import Cue, CueTable, Fired, asserted, fire
from mailbot.rules.passages import Passage
from mailbot.rules.place_type import UnitIndex
from mailbot.rules.task_fields import leading
from mailbot.rules.task_windows import dated_window
from mailbot.rules.task_words import NoticeWords
from mailbot.rules.units import unit_index

_CLAUSE = "附件3"
_OPENING = 120
_BODY = 4000  # the topic of a draft shows early
_FEW_IMAGES = 5
_TOLD_AGAIN = 2  # times a topic must come up in a text whose headline does not name it
_SPLIT = re.compile(r"[（）()/、，“”\s]")
_VAGUE = {"推进情况", "常态宣传体系", "队伍建设", "市政", "五一", "公厕", "违建", "五四主题宣传"}
_PHRASE_LEAST = 4
UNIT_IN_DOUBT = "报送单位待确认"
_PROPOSED = re.compile(rf"可能是附件3第(\d{{1,3}})项“[^”]{{1,80}}”，{UNIT_IN_DOUBT}")
_CUES, _APART = 4, 12  # a topic's word within the notice's own words is no second sign


@dataclass(frozen=True, slots=True)
class _Match:
    task: Task
    score: float
    because: str
    named: bool = False  # the title holds the task's own words


@dataclass(frozen=True, slots=True)
class _Told:
    """What a draft says: its headline without names, and the text as far as it is looked at."""

    heading: str
    early: Passage


def only_perhaps(found: TaskVerdict, why: str, notice: Notice) -> TaskVerdict:
    """The same task as a proposal, where unit or kind is not certain; others as they are."""
    task = next((one for one in notice.tasks if one.no == found.no), None)
    return found if task is None else _perhaps(task, why)


def confirmed_with(unit: str, doubts: Iterable[str], notice: Notice) -> int | None:
    """The task that was only proposed while the unit was in doubt, if it is this unit's."""
    for doubt in doubts:
        told = _PROPOSED.match(doubt)
        task = next((one for one in notice.tasks if told and one.no == int(told[1])), None)
        if task is not None and _responsible(task, (unit,), notice):
            return task.no
    return None


def _perhaps(task: Task, why: str) -> TaskVerdict:
    said = f"可能是附件3第{task.no}项“{task.content}”，{why}，待核（如是，请更正 任务={task.no}）"
    reason = Reason("宣传任务：待核", said, _CLAUSE)
    return TaskVerdict(None, said, (reason,), maybe=task.no, needs_review=(said,))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The task a draft comes closest to, and what keeps them apart.

    Attributes:
        points: What its words give.
        enough: Points a match needs.
        responsible: One of the draft's units has this task.
        days: Days outside its window: negative before it, positive after, 0 inside.
        tolerated: Those days are still accepted.
    """

    task: Task
    points: float
    enough: float
    responsible: bool
    days: int
    tolerated: bool


def nearest(
    *,
    units: tuple[str, ...],
    title: str,
    body: str,
    images: int,
    received_at: datetime,
    notice: Notice,
    cues: CueTable,
) -> Nearest | None:
    """The nearest task whether or not it matches; None where no word speaks of any."""
    heading = _without_names(title, units, notice)
    topics = _topics(heading, Passage(body[:_BODY]), images, notice, cues)
    if not topics:
        return None
    best = max(topics, key=lambda one: (_responsible(one.task, units, notice), one.score))
    day = local_day(received_at)
    return Nearest(
        task=best.task,
        points=best.score,
        enough=cues.settings["enough"],
        responsible=_responsible(best.task, units, notice),
        days=_distance(best.task, day, notice),
        tolerated=_tolerated(best.task, day, notice, cues.settings),
    )


def match(
    *,
    units: tuple[str, ...],
    title: str,
    subject: str,
    body: str,
    images: int,
    received_at: datetime,
    notice: Notice,
    cues: CueTable,
) -> TaskVerdict:
    """The task of annex 3 that a draft serves; none rather than a doubtful one.

    Args:
        units: Canonical names of the units that sent it, () when unknown.
        title: Title of the draft.
        subject: Subject of the mail; it stands in for a missing title.
        body: 正文.
        images: Distinct pictures that came with it (no. 26).
        received_at: The provider's receipt.
        notice: The tasks.
        cues: Topic cues (mailbot/cues/tasks.toml).
    """
    if not units:
        return TaskVerdict(None)
    mine = _tasks_of(units, notice)
    if not mine:  # counties write of gas and floods too; only bodies with tasks are told
        return TaskVerdict(None)
    heading = _without_names(title or subject, units, notice)
    early = Passage(body[:_BODY])
    topics = _topics(heading, early, images, notice, cues)
    strong = [one for one in topics if one.score >= cues.settings["enough"]]
    own = [one for one in strong if _responsible(one.task, units, notice)]
    day = local_day(received_at)
    if not own:
        own = _told_in_the_text(mine, topics, early, cues)
    if not own:
        asked = [task for task in mine if _tolerated(task, day, notice, cues.settings)]
        own = _by_the_notice(asked, topics, _Told(heading, early), notice, cues)
        if not own and (task := _without_pictures(asked, heading, cues)) is not None:
            return _perhaps(task, f"但随信只见到{images}张图片")
    if not any(_tolerated(one.task, day, notice, cues.settings) or one.named for one in own):
        by_field = _by_field(mine, _Told(heading, early), day, notice, cues)
        if by_field is not None:
            return by_field
    if not own:
        return _of_another(strong[0]) if strong else TaskVerdict(None)
    return _of_these(own, day, notice, cues)


def _of_these(own: list[_Match], day: date, notice: Notice, cues: CueTable) -> TaskVerdict:
    """The best of a unit's own tasks that is in its window, or nearly; two alike are asked."""
    open_now = [one for one in own if _distance(one.task, day, notice) == 0]
    near = open_now or [one for one in own if _tolerated(one.task, day, notice, cues.settings)]
    near = near or [one for one in own if one.named and _not_long_ago(one.task, day, notice, cues)]
    if not near:
        first = own[0].task
        said = f"内容像附件3第{first.no}项“{first.content}”，但不在宣传时间（{first.when}）内"
        return TaskVerdict(None, said, (Reason("宣传任务：无", said, _CLAUSE),))
    if len(near) > 1 and near[0].score - near[1].score < cues.settings["margin"]:
        others = "、".join(f"第{one.task.no}项" for one in near[1:3])
        return _perhaps(near[0].task, f"也像{others}")
    return _served(near[0], day, notice)


def _served(found: _Match, day: date, notice: Notice) -> TaskVerdict:
    task = found.task
    late = _distance(task, day, notice)
    note = ""
    if late > 0:
        note = f"晚于宣传时间（{task.when}）{late}天"
    elif late < 0:
        note = f"早于宣传时间（{task.when}）{-late}天"
    because = f"{found.because}，对应第{task.no}项“{task.content}”" + (f"，{note}" if note else "")
    return TaskVerdict(task.no, note, (Reason(f"宣传任务：第{task.no}项", because, _CLAUSE),))


def _of_another(found: _Match) -> TaskVerdict:
    named = "、".join(found.task.units)
    said = f"内容像附件3第{found.task.no}项“{found.task.content}”，但责任单位是{named}"
    return TaskVerdict(None, said, (Reason("宣传任务：无", said, _CLAUSE),))


def _topics(
    heading: str, early: Passage, images: int, notice: Notice, cues: CueTable
) -> list[_Match]:
    """Every task that some words speak for, best first."""
    texts = {"title": heading[:300], "opening": early.text[:_OPENING], "body": early.text}
    fired = fire(cues, {**texts, "body": early})
    weighed = (_weigh(task, fired, texts, images, cues) for task in notice.tasks)
    return sorted((one for one in weighed if one is not None), key=lambda one: -one.score)


def _without_names(heading: str, units: tuple[str, ...], notice: Notice) -> str:
    """行政审批科组织植树 is not about 审批: the authors' names tell no topic."""
    for unit in units:
        row = notice.unit_by_name[unit]
        for name in sorted((row.name, *row.aliases), key=len, reverse=True):
            heading = heading.replace(name, "")
    return heading


def _told_in_the_text(
    mine: Iterable[Task], topics: list[_Match], early: Passage, cues: CueTable
) -> list[_Match]:
    """Topics under a headline that names none: told at the start of the text, and again."""
    fired = [one.task.no for one in topics if one.score >= cues.settings["enough"]]
    again: dict[str, bool] = {}
    found = []
    for task in mine:
        if task.no in fired or _wants_pictures(task):
            continue
        for cue in _title_cues(task, cues):
            if cue.id not in again:
                again[cue.id] = _is_told_again(cue, early, cues)
            if again[cue.id]:
                because = f"正文开头写到{cue.reason}，后文又写到"
                found.append(_Match(task, cues.settings["enough"], because))
                break
    return found


def _is_told_again(cue: Cue, early: Passage, cues: CueTable) -> bool:
    """Whether words of headlines come up at the start of a text and again."""
    places = asserted(cues, cue.id, early, _TOLD_AGAIN)
    return len(places) >= _TOLD_AGAIN and places[0] < _OPENING


def _by_the_notice(
    asked: Iterable[Task], topics: list[_Match], told: _Told, notice: Notice, cues: CueTable
) -> list[_Match]:
    """Of the tasks asked of these units now, those the text tells in annex 3's own words."""
    points = {one.task.no: one.score for one in topics}
    opening = Passage(told.early.text[:_OPENING])
    notice_words = NoticeWords(notice, told.heading, told.early.text)
    found = []
    for task in asked:
        if _wants_pictures(task):
            continue
        score, words, twice = notice_words.told(task)
        at = opening.text.find(words)
        places = [p for c in _title_cues(task, cues) for p in asserted(cues, c.id, opening, _CUES)]
        elsewhere = any(at < 0 or abs(place - at) > _APART for place in places)
        score += points.get(task.no, 0.0) + (cues.settings["told_early"] if elsewhere else 0.0)
        if words and (twice or elsewhere) and score >= cues.settings["enough"]:
            found.append(_Match(task, score, f"写到通知原词“{words}”"))
    return sorted(found, key=lambda one: -one.score)


def _by_field(
    mine: Iterable[Task], told: _Told, day: date, notice: Notice, cues: CueTable
) -> TaskVerdict | None:
    """The task whose topic the whole text is about, though no headline names it."""
    wordy = [one for one in mine if not _wants_pictures(one)]
    found = leading(wordy, told.heading, told.early.text, cues)
    if found is None or not _tolerated(found.task, day, notice, cues.settings):
        return None
    if found.points >= cues.settings["field_enough"]:
        return _served(_Match(found.task, found.points, f"全文{found.because}"), day, notice)
    if found.points >= cues.settings["field_perhaps"]:
        return _perhaps(found.task, f"标题没有点明，但全文{found.because}")
    return None


def _without_pictures(asked: Iterable[Task], heading: str, cues: CueTable) -> Task | None:
    """The task of pictures, where a headline speaks of them and few or none came."""
    title = Passage(heading[:300])
    for task in asked:
        if _wants_pictures(task) and any(
            asserted(cues, cue.id, title, 1) for cue in _title_cues(task, cues)
        ):
            return task
    return None


def _wants_pictures(task: Task) -> bool:
    return task.every is not None and task.every.min_images > 0


def _title_cues(task: Task, cues: CueTable) -> list[Cue]:
    topics = cues.words_in(task.content)
    return [one for one in cues.cues if one.scope == "title" and one.group in topics]


def _weigh(
    task: Task,
    fired: Iterable[Fired],
    texts: Mapping[str, str],
    images: int,
    cues: CueTable,
) -> _Match | None:
    """What words speak for a task; None where none do, or where it wants pictures."""
    score, named = 0.0, False
    words: list[str] = []
    topics = cues.words_in(task.content)
    for one in fired:
        if one.cue.group in topics:
            score += one.cue.points
            words.append(one.matched)
    for phrase in _phrases(task.content):
        if phrase in texts["title"]:
            score += cues.settings["phrase_title"]
            words.append(phrase)
            named = True
        elif phrase in texts["body"]:
            score += cues.settings["phrase_body"]
            words.append(phrase)
    if score <= 0 or (_wants_pictures(task) and images < _FEW_IMAGES):
        return None
    because = "写到" + "、".join(f"“{word}”" for word in dict.fromkeys(words[:3]))
    return _Match(task, score, because, named)


@lru_cache(maxsize=512)  # every draft asks it of the notice's few tasks
def _phrases(content: str) -> tuple[str, ...]:
    """The task's own words, where they are particular enough to recognise it by."""
    parts = _SPLIT.split(content)
    return tuple(part for part in parts if len(part) >= _PHRASE_LEAST and part not in _VAGUE)


def _tasks_of(units: tuple[str, ...], notice: Notice) -> list[Task]:
    index = unit_index(notice)
    return [task for task in notice.tasks if not _rows(task.units, index).isdisjoint(units)]


def _responsible(task: Task, units: tuple[str, ...], notice: Notice) -> bool:
    return not _rows(task.units, unit_index(notice)).isdisjoint(units)


@lru_cache(maxsize=512)  # every draft asks it of the notice's few tasks
def _rows(names: tuple[str, ...], index: UnitIndex) -> frozenset[str]:
    return frozenset(row for name in names for row in index.rows(name))


def _distance(task: Task, day: date, notice: Notice) -> int:
    """Days outside the task's window: negative before it, positive after, 0 inside."""
    if task.kind == "ongoing":
        return 0
    if task.kind == "recurring":
        return min(0, (day - (task.start or day)).days)
    carried = notice.open_questions.dated_tasks_carry_on
    assert task.start is not None
    window = dated_window(task, day.year if carried else task.start.year, notice)
    if day < window.first:
        return -((window.first - day) // timedelta(days=1))
    return max(0, (day - window.last) // timedelta(days=1))


def _not_long_ago(task: Task, day: date, notice: Notice, cues: CueTable) -> bool:
    """Late, but within a month of it."""
    return 0 < _distance(task, day, notice) <= cues.settings["named_late_days"]


def _tolerated(task: Task, day: date, notice: Notice, settings: Mapping[str, float]) -> bool:
    return -settings["early_days"] <= _distance(task, day, notice) <= settings["late_days"]
