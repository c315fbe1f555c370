"""Settings where the notice is silent: each answer has its effect, either way."""

from datetime import datetime
from pathlib import Path

import pytest
from duty_samples import NOTICE, SCHEDULE, ask, asking, at, changed
from filing_samples import draft_mail, filing_desk
from office_samples import CONFIG, POST

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.verdicts import EventTime
from mailbot.rules.event_time import pick_report_time
from mailbot.rules.lateness import judge_lateness
from mailbot.rules.scoring import score_sheets
from mailbot.stages.corrected_events import Hand
from mailbot.stages.corrections import correct, undo
from store.records import DraftRecord

BODIES = NOTICE.units[-1].name
CAME = at("2023-04-20 08:40")
LEAK = "关于张家湾路口燃气管道被挖断的首报"


def by(notice: Notice) -> Config:
    """The office's configuration under another reading of the notice."""
    return CONFIG.model_copy(
        update={
            "notice": notice,
            "emergency": notice.emergency,
            "open_questions": notice.open_questions,
        }
    )


def clock(starts: str) -> Notice:
    rule = NOTICE.emergency.model_copy(update={"clock_starts": starts})
    return changed(NOTICE, emergency=rule)


def filed(folder: Path, config: Config, body: str, came: datetime = CAME) -> DraftRecord:
    mail = draft_mail("直属一大队", LEAK, came, body=body, subject=f"【紧急】{LEAK}")
    with filing_desk(folder, config) as desk:
        (draft,) = desk.fetch(mail, came, came)
    return draft


# ---- 附件2末行


@pytest.mark.parametrize(("shared", "bodies"), [(True, 1), (False, 5)], ids=["joint", "each"])
def test_the_last_row_owes_one_quota_or_five(shared: bool, bodies: int) -> None:
    """Drafts, adoptions and the year's score alike."""
    notice = asking(joint_row_shares_quota=shared)
    duties = ask("2023-08-29 10:00", notice=notice)
    assert duties[f"quota/1/{BODIES}/2023-08"].needed == bodies
    assert duties[f"quota/2/{BODIES}/2023-Q3"].needed == bodies
    assert duties[f"adoption/1/{BODIES}/2023"].needed == bodies
    assert duties["quota/1/直属一大队/2023-W34"].needed == 1, "other rows are one body"
    sheets = score_sheets(notice, SCHEDULE, Ledger(), [], year=2023)
    sheet = next(one for one in sheets if one.unit == BODIES)
    assert sheet.adopt_quota == 2 * bodies


# ---- 首报要素不全

BARE = "4月20日8时22分，张家湾路口一施工单位挖断燃气管道，造成燃气泄漏，现场人员已疏散。"


@pytest.mark.parametrize(
    ("counts", "punctuality"), [(True, "按时"), (False, "时间待核")], ids=["counts", "waits"]
)
def test_a_first_report_without_all_elements(
    tmp_path: Path,
    counts: bool,
    punctuality: str,
) -> None:
    draft = filed(tmp_path, by(asking(incomplete_first_report_counts=counts)), BARE)
    assert draft.emergency == "alert"
    assert draft.elements_missing
    assert draft.punctuality == punctuality
    assert draft.minutes_to_report == 18
    told = [doubt for doubt in draft.needs_review if "要素不全" in doubt]
    assert bool(told) == (not counts)


# ---- 从事发还是接报起算

BOTH = (
    "4月20日7时50分许，张家湾路口一施工单位挖断燃气管道，造成燃气泄漏。"
    "8时22分，我大队接到市民报警后立即赶赴现场，疏散周边群众，无人员伤亡，目前正在抢修。"
)
ONLY_EVENT = (
    "4月20日7时50分，张家湾路口一施工单位挖断燃气管道，造成燃气泄漏，执法人员赶赴现场，"
    "疏散周边群众，无人员伤亡，目前正在抢修。"
)


@pytest.mark.parametrize(
    ("starts", "body", "punctuality", "minutes"),
    [
        pytest.param("event", BOTH, "超时", 50, id="from-the-event"),
        pytest.param("report", BOTH, "按时", 18, id="from-the-report"),
        pytest.param("event", ONLY_EVENT, "超时", 50, id="event-alone-from-the-event"),
        pytest.param("report", ONLY_EVENT, "时间待核", None, id="event-alone-from-the-report"),
    ],
)
def test_the_clock_starts_at_event_or_report(
    tmp_path: Path, starts: str, body: str, punctuality: str, minutes: int | None
) -> None:
    draft = filed(tmp_path, by(clock(starts)), body)
    assert (draft.punctuality, draft.minutes_to_report) == (punctuality, minutes)
    assert draft.reported_at == (at("2023-04-20 08:22") if body == BOTH else None)


def told(clock_time: str, role: str = "event") -> EventTime:
    moment = at(f"2023-04-20 {clock_time}")
    return EventTime(moment, moment, "minute", role, clock_time)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "report", "verdict"),
    [
        pytest.param("08:00", "08:15", "按时", id="report-in-time-event-not"),
        pytest.param("08:00", "08:05", "超时", id="both-too-long-ago"),
        pytest.param("08:20", None, "按时", id="event-in-time-so-is-the-report"),
        pytest.param("08:00", None, "时间待核", id="event-too-long-ago-report-untold"),
        pytest.param("08:00", "08:50", "时间待核", id="report-after-the-mail"),
        pytest.param(None, "08:15", "按时", id="report-alone"),
        pytest.param(None, None, "时间待核", id="nothing-told"),
    ],
)
def test_from_the_report(event: str | None, report: str | None, verdict: str) -> None:
    late = judge_lateness(
        told(event) if event else None,
        CAME,
        30,
        "首报",
        clock_starts_at_report=True,
        reported=told(report, "report") if report else None,
    )
    assert late.verdict == verdict


def test_the_earliest_report_told_counts() -> None:
    text = "8时30分，我大队接到指挥中心通知。此前8时12分，110接到报警。"
    found = pick_report_time(f"4月20日{text}", CAME)
    assert found is not None
    assert found.latest == at("2023-04-20 08:12")
    assert pick_report_time("4月20日8时，管道被挖断，造成泄漏。", CAME) is None


def test_the_office_corrects_the_report_time_and_takes_it_back(tmp_path: Path) -> None:
    config = by(clock("report"))
    mail = draft_mail("直属一大队", LEAK, CAME, body=ONLY_EVENT, subject=f"【紧急】{LEAK}")
    with filing_desk(tmp_path, config) as desk:
        (draft,) = desk.fetch(mail, CAME, CAME)
        with desk.store.work() as uow:
            hand = Hand(config, POST, "cli", CAME)
            with pytest.raises(Refused, match="接报时间"):
                correct(uow, draft.id, {"接报": "快得很"}, hand)
            act = correct(uow, draft.id, {"接报": "4月20日8时20分"}, hand)
            after, event = uow.drafts.get(draft.id), uow.events.get(1)
            assert after is not None
            assert event is not None
            assert (after.punctuality, after.minutes_to_report) == ("按时", 20)
            assert after.event_latest == at("2023-04-20 07:50"), "the event stays as told"
            assert after.reported_at == event.reported_at == at("2023-04-20 08:20")
            undo(uow, act, "cli", CAME)
            after, event = uow.drafts.get(draft.id), uow.events.get(1)
            assert after is not None
            assert event is not None
            assert (after.punctuality, after.reported_at) == ("时间待核", None)
            assert event.reported_at is None
            uow.commit()
