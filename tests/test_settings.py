"""Every key of the settings that bear on deadlines changes what happens; no key is read by nobody.

A row of a table gives a key another value and expects another course of events. A key without
a row fails, so that a new setting cannot be forgotten.
"""

import ast
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import test_watching
from duty_samples import NOTICE, SCHEDULE, at, changed, draft, only
from pydantic import BaseModel
from year_model import by

import mailbot
from mailbot.config import Config, LettersConfig, ScheduleConfig, WeeklyTime
from mailbot.daemon import Daemon, poll_patience, tick_patience
from mailbot.notice import (
    EmergencyRule,
    Every,
    MediaQuota,
    Notice,
    OfficeTarget,
    OpenQuestions,
    Quota,
    Task,
)
from mailbot.records.ledger import Adopted, Ledger, Upward
from mailbot.records.obligations import Nudge
from mailbot.records.scores import ScoredAct
from mailbot.rules.digests_due import digests_due
from mailbot.rules.kinds import length_note
from mailbot.rules.obligations import all_obligations
from mailbot.rules.reminders import letters_due
from mailbot.rules.scoring import score_sheets
from mailbot.timekeeping import GuardedClock
from mailbot.wiring import Secrets, build
from store.records import ActivityRecord, EventRecord

pytestmark = pytest.mark.untraced

TEAM, COUNTY, SECTION = "直属一大队", "大竹县住建局", "市政管理科"
BODIES = "机关党委、机关纪委、工会、妇委会、火管办"
SMALL = only(TEAM, COUNTY, SECTION, BODIES)
SMALL = changed(SMALL, office_targets=NOTICE.office_targets)
PACKAGES = ("mailbot", "parsers", "store")


# ---- a course of events


@cache
def ledger() -> Ledger:
    """What came in and happened: drafts, an event phoned in, one by mail, an activity."""
    night = at("2023-05-09 02:00")
    phoned = EventRecord(1, TEAM, "围墙坍塌", "坍塌", "alert", "open", night, opened_by="cli",
                         happened_earliest=night, happened_latest=night,
                         phoned_at=night + timedelta(minutes=5))  # fmt: skip
    came = at("2023-05-10 03:00")
    mailed = EventRecord(2, COUNTY, "燃气泄漏", "燃气泄漏", "review", "open", came, opened_by="mail",
                         happened_earliest=came - timedelta(minutes=40),
                         happened_latest=came - timedelta(minutes=40), reported_at=came,
                         written_at=came, last_report_at=came, draft_ids=(9,),
                         acknowledged_at=came + timedelta(minutes=25))  # fmt: skip
    sure = EventRecord(3, SECTION, "内涝", "内涝", "alert", "open", came, opened_by="mail",
                       written_at=came, last_report_at=came)  # fmt: skip
    drafts = (
        draft(1, TEAM, "2023-04-21 10:00"),
        draft(2, COUNTY, "2023-05-04 10:00"),
        draft(3, SECTION, "2023-05-14 10:00", task=12),
        draft(9, COUNTY, came, emergency="review", elements_missing=("伤亡",)),
    )
    return Ledger(
        drafts=drafts,
        events=(phoned, mailed, sure),
        activities=(ActivityRecord(1, SECTION, "内涝治理现场会", date(2023, 5, 16)),),
        upward=(Upward("市委办公室", date(2023, 5, 10), 1),),
        adoptions=(Adopted(TEAM, date(2023, 5, 11), "市政府办公室", 1, 5.0, 1),),
    )


def moments() -> Iterator[datetime]:
    """Five instants of every day of five weeks, and the minutes of two nights."""
    for count in range(36):
        day = date(2023, 4, 20) + timedelta(days=count)
        for clock in ("08:31", "09:01", "10:01", "12:01", "17:45"):
            yield at(f"{day} {clock}")
    for night in ("2023-05-09 02:00", "2023-05-10 03:00"):
        for step in range(0, 14 * 60, 5):
            yield at(night) + timedelta(minutes=step)


Course = tuple[tuple[object, ...], ...]


def course(
    notice: Notice = SMALL,
    schedule: ScheduleConfig = SCHEDULE,
    letters: LettersConfig | None = None,
) -> Course:
    """Every letter that would leave, when, and to whom; what was sent is remembered."""
    told: list[tuple[object, ...]] = []
    nudges: list[Nudge] = []
    known = ledger()
    for now in sorted(set(moments())):
        events = tuple(one for one in known.events if one.opened_at <= now)
        drafts = tuple(one for one in known.drafts if one.received_at <= now)
        held = Ledger(drafts, events, activities=known.activities, nudges=tuple(nudges))
        for letter in letters_due(notice, schedule, held, now, letters=letters):
            nudges.append(Nudge(letter.key, now, tuple(duty.key for duty in letter.obligations)))
            told.append((now, letter.kind, letter.key, letter.to, letter.reason))
        keys = [nudge.key for nudge in nudges]
        for digest in digests_due(schedule, keys, now, since=at("2023-04-20 00:00")):
            nudges.append(Nudge(digest.key, now))
            told.append((now, digest.kind, digest.key))
    return tuple(told)


def duties(notice: Notice = SMALL, schedule: ScheduleConfig = SCHEDULE) -> Course:
    """Everything owed at some instants of three years, the long holidays among them."""
    found: list[tuple[object, ...]] = []
    for moment in (
        "2023-04-28 10:00",
        "2023-05-09 02:40",
        "2023-05-18 12:30",
        "2023-06-30 10:00",
        "2024-02-20 10:00",
        "2024-10-10 10:00",
        "2024-12-20 10:00",
    ):
        since = date(2023, 1, 1) if moment.startswith("2023") else None
        for one in all_obligations(notice, ledger(), at(moment), schedule, since):
            found.append((moment, one.key, one.what, one.due, one.needed, one.done, one.state))  # noqa: PERF401  a row reads better
    return tuple(found)


def scores(notice: Notice = SMALL) -> Course:
    """The year's sheets with an emergency of each verdict."""
    acts = [
        ScoredAct(1, "emergency-credit", (TEAM,), date(2023, 5, 9), "cli", event_id=1),
        ScoredAct(2, "emergency-blame", (TEAM,), date(2023, 5, 9), "cli", event_id=2, fault="漏报"),
        ScoredAct(
            3, "emergency-blame", (TEAM,), date(2023, 5, 9), "cli", event_id=3, fault="通报批评"
        ),
    ]
    sheets = score_sheets(notice, SCHEDULE, Ledger(), acts, year=2023)
    return tuple((sheet.unit, sheet.composite) for sheet in sheets)


def lengths(notice: Notice = SMALL) -> Course:
    return tuple(("动态简讯", words, *length_note("动态简讯", words, notice)) for words in
                 (140, 200, 260, 290, 510, 590, 900, 1100))  # fmt: skip


@cache
def usual(of: Callable[..., Course]) -> Course:
    return of()


def differs(of: Callable[..., Course], notice: Notice) -> bool:
    return of(notice) != usual(of)


def keys_of(model: type[BaseModel], *but: str) -> set[str]:
    return set(model.model_fields) - set(but)


# ---- the section schedule

SCHEDULED: dict[str, object] = {
    "daily_digest_at": time(10, 0),
    "weekly_overview": WeeklyTime(weekday="tuesday", at=time(9, 0)),
    "remind_before": WeeklyTime(weekday="wednesday", at=time(9, 0)),
    "month_remind_days": (9,),
    "task_remind_days": (7,),
    "overdue_again_days": (2, 5),
    "escalate_after": 1,
    "working_hours": (time(10, 0), time(12, 0)),
}
ELSEWHERE = {
    "digest_when_empty": test_watching.test_with_nothing_to_tell_the_digest_is_silent_if_so_set,
}


@pytest.mark.parametrize("key", SCHEDULED)
def test_a_key_of_schedule_changes_the_letters(key: str) -> None:
    schedule = SCHEDULE.model_copy(update={key: SCHEDULED[key]})
    assert course(schedule=schedule) != usual(course)


class Silent:
    """Neither mailbox nor transport is asked anything."""

    def close(self) -> None:
        """Nothing to close."""


def test_how_often_it_ticks_and_polls() -> None:
    config = by([TEAM])
    schedule = config.schedule.model_copy(update={"tick_seconds": 31})
    mailbox = config.mailbox.model_copy(update={"poll_seconds": 77})
    idle: Any = SimpleNamespace(
        config=config.model_copy(update={"schedule": schedule, "mailbox": mailbox})
    )
    seconds = {job.__name__: period for job, period in Daemon(idle)._jobs()}
    assert (seconds["_tick"], seconds["_push"], seconds["_poll"]) == (31, 31, 77)


def test_when_a_hung_job_is_given_up() -> None:
    config = by([TEAM])
    schedule = config.schedule.model_copy(update={"give_up_after_minutes": 40})
    longer = config.model_copy(update={"schedule": schedule})
    for patience in (tick_patience, poll_patience):
        assert patience(longer) - patience(config) >= 25 * 60


def test_what_jump_of_the_clock_holds_routine_mail(tmp_path: Path) -> None:
    schedule = SCHEDULE.model_copy(update={"hold_after_clock_jump_seconds": 600})
    config = by([TEAM]).model_copy(update={"folder": tmp_path, "schedule": schedule})
    silent: Any = Silent()
    app = build(config, mailbox=silent, transport=silent, secrets=Secrets("x", "x"))
    try:
        assert isinstance(app.keeper, GuardedClock)
        assert app.keeper.hold_after_seconds == 600
    finally:
        app.close()


def test_every_key_of_schedule_has_its_effect() -> None:
    told = {"tick_seconds", "give_up_after_minutes", "hold_after_clock_jump_seconds"}
    assert keys_of(ScheduleConfig) == {*SCHEDULED, *ELSEWHERE, *told}


def test_reminders_are_switched_off() -> None:
    quiet = course(letters=LettersConfig(reminders=False))
    assert {one[1] for one in quiet} < {one[1] for one in usual(course)}
    assert not {one[1] for one in quiet} & {"reminder", "overdue", "escalation"}


# ---- the section emergency

EMERGENCY: dict[str, tuple[Callable[..., Course], object]] = {
    "report_within_minutes": (course, 60),
    "clock_starts": (duties, "report"),
    "topics": (course, ("防汛",)),
    "remind_minutes": (course, (20,)),
    "followup_hours": (course, 2.0),
    "repeat_alert_minutes": (course, 20),
    "acknowledged_for_hours": (course, 3.0),
    "points_first_report": (scores, 11.0),
    "points_missed": (scores, -21.0),
    "points_criticised": (scores, -51.0),
}


@pytest.mark.parametrize("key", sorted(keys_of(EmergencyRule)))
def test_a_key_of_emergency_changes_what_happens(key: str) -> None:
    of, value = EMERGENCY[key]
    rule = SMALL.emergency.model_copy(update={key: value})
    assert differs(of, changed(SMALL, emergency=rule))


# ---- the section open_questions

QUESTIONS: dict[str, tuple[Callable[..., Course], object]] = {
    "week_starts_on": (duties, "sunday"),
    "first_ten_days_end": (duties, 9),
    "second_ten_days_end": (duties, 19),
    "month_end_means": (duties, "last_day"),
    "next_day_until": (duties, "12:00"),
    "phone_report_stops_clock": (course, False),
    "incomplete_first_report_counts": (duties, False),
    "length_tolerance": (lengths, 0.3),
    "far_off_below": (lengths, 0.8),
    "far_off_above": (lengths, 3.0),
    "joint_row_shares_quota": (duties, False),
    "quotas_carry_on": (duties, False),
    "dated_tasks_carry_on": (duties, True),
    "remind_media_column": (course, True),
    "first_period": (duties, "full"),
    "holiday_weeks": (duties, "prorated"),
}


@pytest.mark.parametrize("key", sorted(keys_of(OpenQuestions, "confirmed")))
def test_an_open_question_answered_otherwise_changes_what_happens(key: str) -> None:
    of, value = QUESTIONS[key]
    notice = NOTICE if key in ("first_ten_days_end", "month_end_means") else SMALL
    questions = notice.open_questions.model_copy(update={key: value})
    assert of(changed(notice, open_questions=questions)) != of(notice)


# ---- the sections office_targets, units and tasks


@pytest.mark.parametrize("key", sorted(keys_of(OfficeTarget)))
def test_what_the_bureau_owes_upward(key: str) -> None:
    target = OfficeTarget.model_validate({key: 7})
    nothing = changed(SMALL, office_targets={})
    assert duties(changed(SMALL, office_targets={"市委办公室": target})) != duties(nothing)


def unit_with(name: str, **update: object) -> Notice:
    units = [unit.model_copy(update=update) if unit.name == name else unit for unit in SMALL.units]
    return changed(SMALL, units=tuple(units))


ROW = SMALL.unit(COUNTY)
ROWS: dict[str, tuple[Callable[..., Course], dict[str, object]]] = {
    "since": (duties, {"since": date(2023, 5, 8)}),
    "addresses": (course, {"reminders_to": (), "addresses": ("own@example.com",)}),
    "reminders_to": (course, {"reminders_to": ("other@example.com",)}),
    "escalate_to": (course, {"escalate_to": ("chief@example.com",)}),
    "short.submit": (duties, {"short": Quota(submit=3, per="month", adopt_per_year=4)}),
    "short.per": (duties, {"short": Quota(submit=2, per="week", adopt_per_year=4)}),
    "short.adopt_per_year": (duties, {"short": Quota(submit=2, per="month", adopt_per_year=5)}),
    "short.confidence": (
        course,
        {"short": Quota(submit=2, per="month", adopt_per_year=4, confidence="guess")},
    ),
    "long.confirmed": (
        duties,
        {"long": ROW.long.model_copy(update={"confirmed": True})},
    ),
    "media.submit": (duties, {"media": MediaQuota(submit=5, per="week")}),
    "media.per": (duties, {"media": MediaQuota(submit=1, per="month")}),
    "media.rule": (duties, {"media": MediaQuota(rule="next_day")}),
}


@pytest.mark.parametrize("key", ROWS)
def test_a_row_of_annex_2(key: str) -> None:
    of, update = ROWS[key]
    name = TEAM if key == "escalate_to" else COUNTY  # nobody has to ask the county twice
    assert differs(of, unit_with(name, **update))


TASKS: dict[str, tuple[int, dict[str, object]]] = {
    "units": (12, {"units": ("直属一大队",)}),
    "due": (12, {"due": date(2023, 6, 2)}),
    "start": (16, {"start": date(2023, 5, 1)}),
    "kind": (12, {"kind": "ongoing"}),
    "confirmed": (25, {"confirmed": True}),
    "unclear": (16, {"unclear": "不明"}),
    "every.count": (16, {"every": Every(freq="monthly", count=2)}),
    "every.freq": (16, {"every": Every(freq="weekly", count=1)}),
    "every.day": (26, {"every": Every(freq="monthly", day=20, min_images=30)}),
    "every.min_images": (26, {"every": Every(freq="monthly", day=25, min_images=40),
                              "min_images_by_unit": {}}),
    "min_images_by_unit": (26, {"min_images_by_unit": {"执法一大队": 12}}),
}  # fmt: skip


@pytest.mark.parametrize("key", TASKS)
def test_a_task_of_annex_3(key: str) -> None:
    number, update = TASKS[key]
    tasks = [
        Task.model_validate({**task.model_dump(), **update}) if task.no == number else task
        for task in SMALL.tasks
    ]
    assert differs(duties, changed(SMALL, tasks=tuple(tasks)))


# ---- no key at all is read by nobody


def read_names() -> set[str]:
    """Attributes read anywhere in the program; that a setting is declared does not read it."""
    found: set[str] = set()
    root = Path(mailbot.__file__).parents[1]
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    found.add(node.attr)
    return found


def models(of: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield of
    for field in of.model_fields.values():
        yield from _inside(field.annotation)


def _inside(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from models(annotation)
    for part in get_args(annotation):
        yield from _inside(part)


INFORMATION = {
    ("NoticeHead", "issued"),  # as printed, for whoever reads the file
    ("PublicationPoints", "mention"),  # read by the name of the form: getattr
}


def test_no_key_is_read_by_nobody() -> None:
    read = read_names()
    unread = {
        (model.__name__, name)
        for model in models(Config)
        for name in model.model_fields
        if name not in read
    }
    assert unread <= INFORMATION
