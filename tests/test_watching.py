"""Watching on a real store: what leaves when, as the office and the units see it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from duty_samples import at, changed, draft
from office_samples import DUTY, OFFICE, emergency, opened
from year_model import Left, Year, by, came_in, hasten

from mailbot.config import Config
from mailbot.errors import Refused
from mailbot.rules.obligations import all_obligations
from mailbot.stages import emergencies_by_hand as hand
from mailbot.stages.beginnings import since_start
from mailbot.stages.entries import Counted, enter_upward
from mailbot.stages.foresight import known_at, ledger_at, letters_at
from mailbot.stages.watching import SEEN_UNTIL
from store.records import Cursor, EventRecord, MessageRecord, Sighting
from store.unit_of_work import Store

TEAM, COUNTY = "直属一大队", "大竹县住建局"
UNIT, LEADER = "unit24@example.com", "leader24@example.com"
NIGHT = at("2023-05-01 02:00")  # a holiday, at two in the morning
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as found:
        hasten(found)
        yield found


def office(store: Store, config: Config | None = None, *units: str) -> Year:
    return Year(store, config or by(units or [TEAM]), [])


def reported(**more: object) -> EventRecord:
    values: dict[str, object] = {"opened_by": "mail", "written_at": NIGHT, "last_report_at": NIGHT}
    values.update(more)
    return EventRecord(0, TEAM, "燃气泄漏", "燃气泄漏", "alert", "open", NIGHT, **values)  # type: ignore[arg-type]


def urgent(year: Year) -> list[tuple[int, str, tuple[str, ...]]]:
    """Minutes since the opening, key without the event, and to whom."""
    return [
        (int((one.at - NIGHT) / MINUTE), one.key.replace("/E1", ""), one.to)
        for one in year.left
        if one.lane == "urgent"
    ]


def every(minutes: int, year: Year, until: timedelta, since: datetime = NIGHT) -> None:
    for step in range(int(until / (minutes * MINUTE)) + 1):
        year.tick(since + step * minutes * MINUTE)


# ---- emergencies


def test_an_emergency_is_alerted_at_night_until_somebody_acknowledges(store: Store) -> None:
    year = office(store)
    emergency(store, reported())
    every(5, year, 25 * MINUTE)
    assert urgent(year) == [
        (0, "alert/0", (DUTY,)),
        (10, "alert/1", (DUTY,)),
        (20, "alert/2", (DUTY,)),
    ]
    with store.work() as uow:
        hand.acknowledge(uow, 1, DUTY, NIGHT + 26 * MINUTE)
        uow.commit()
    every(30, year, 3 * HOUR, NIGHT + 30 * MINUTE)
    assert len(urgent(year)) == 3


def test_an_acknowledgement_expires_while_the_event_stays_open(store: Store) -> None:
    year = office(store)
    emergency(store, reported(acknowledged_at=NIGHT))
    year.tick(NIGHT + 11 * HOUR + 59 * MINUTE)
    assert [key for _, key, _ in urgent(year) if key.startswith("alert")] == []
    year.tick(NIGHT + 12 * HOUR)
    assert [key for _, key, _ in urgent(year) if key.startswith("alert")] == ["alert/0"]
    with store.work() as uow:
        hand.close(uow, 1, "cli", NIGHT + 13 * HOUR, dismissed=False)
        uow.commit()
    before = len(year.left)
    every(60, year, 24 * HOUR, NIGHT + 13 * HOUR)
    assert not [one for one in year.left[before:] if one.lane == "urgent"]


def test_an_event_phoned_in_starts_the_units_clock(store: Store) -> None:
    """15 and 30 minutes to the unit, at 30 the second address too; then 漏报 is laid open."""
    year = office(store)
    emergency(store, reported(opened_by="cli", written_at=None, last_report_at=None))
    with store.work() as uow:
        hand.acknowledge(uow, 1, DUTY, NIGHT)
        uow.commit()
    every(1, year, 45 * MINUTE)
    assert urgent(year) == [
        (15, "chase/15", (UNIT,)),
        (30, "chase/30", (UNIT, LEADER)),
        (30, "missed", (DUTY,)),
    ]
    candidate = year.left[-1]
    assert "漏报候选" in candidate.subject
    assert "核定" in candidate.subject


def test_reported_by_telephone_only_the_writing_is_chased(store: Store) -> None:
    year = office(store)
    event = reported(opened_by="cli", written_at=None, last_report_at=None, phoned_at=NIGHT)
    emergency(store, replace(event, acknowledged_at=NIGHT))
    every(5, year, 40 * MINUTE)
    last = next(one for one in year.left if one.key == "missed/E1")
    assert "漏报" not in last.subject


def test_where_a_telephone_report_does_not_count_the_office_decides(store: Store) -> None:
    config = by([TEAM])
    questions = config.notice.open_questions.model_copy(update={"phone_report_stops_clock": False})
    notice = changed(config.notice, open_questions=questions)
    year = office(store, config.model_copy(update={"notice": notice}))
    event = reported(opened_by="cli", written_at=None, last_report_at=None, phoned_at=NIGHT)
    emergency(store, replace(event, acknowledged_at=NIGHT))
    every(5, year, 40 * MINUTE)
    last = next(one for one in year.left if one.key == "missed/E1")
    assert "漏报候选" in last.subject


@pytest.mark.parametrize("written", [False, True], ids=["by-telephone", "in-writing"])
def test_a_telephone_follow_up_leaves_the_written_report_owed(
    store: Store, *, written: bool
) -> None:
    year = office(store)
    event = reported(opened_by="cli", written_at=None, last_report_at=None)
    emergency(store, replace(event, acknowledged_at=NIGHT))
    with store.work() as uow:
        hand.follow_up(uow, 1, "cli", NIGHT + 10 * MINUTE, written=written)
        uow.commit()
    every(5, year, 40 * MINUTE)
    keys = [key for _, key, _ in urgent(year)]
    assert keys == ([] if written else ["chase/15", "chase/30", "missed"])
    if not written:
        assert "已电话报告" in year.left[-1].subject, "the call is no 漏报"


def test_a_call_entered_late_by_the_office_makes_no_unit_late(store: Store) -> None:
    """The unit called ten minutes after the event; the office wrote it down an hour later."""
    with store.work() as uow:
        for wrong in ("happened", "phoned_at", "reported"):
            times = {"happened": NIGHT, wrong: NIGHT + 24 * HOUR}
            with pytest.raises(Refused, match="时间还没有到"):
                hand.open_event(uow, unit=TEAM, title="坍塌", by="cli", now=NIGHT, **times)
        hand.open_event(
            uow,
            unit=TEAM,
            title="坍塌",
            happened=NIGHT,
            by="cli",
            now=NIGHT + HOUR,
            phoned_at=NIGHT + 10 * MINUTE,
        )
        uow.commit()
    with store.look() as uow:
        ledger = ledger_at(uow, NIGHT + HOUR)
    config = by([TEAM])
    duties = all_obligations(config.notice, ledger, NIGHT + HOUR, config.schedule)
    first = next(duty for duty in duties if duty.key == "event/1/first")
    assert (first.state, first.explanation) == ("已完成", "")


def test_a_report_in_time_ends_the_chase(store: Store) -> None:
    year = office(store)
    event = reported(opened_by="cli", written_at=None, last_report_at=None)
    emergency(store, replace(event, acknowledged_at=NIGHT))
    every(5, year, 20 * MINUTE)
    with store.work() as uow:
        came = NIGHT + 21 * MINUTE
        uow.events.change(1, written_at=came, last_report_at=came)
        uow.commit()
    every(5, year, 40 * MINUTE, NIGHT + 22 * MINUTE)
    assert [key for _, key, _ in urgent(year)] == ["chase/15"]


def test_follow_ups_are_chased_until_the_final_report(store: Store) -> None:
    year = office(store)
    emergency(store, reported(acknowledged_at=NIGHT))
    every(30, year, 11 * HOUR)
    chased = [(minute, to) for minute, key, to in urgent(year) if key.startswith("followup")]
    assert chased == [(240, (UNIT,)), (480, (UNIT, LEADER))]


# ---- routine letters


def test_a_stale_poll_reminds_nobody_and_alerts_all_the_same(store: Store) -> None:
    """Nobody is reminded because of an outage of ours."""
    year = office(store)
    emergency(store, reported())
    now = at("2023-04-27 09:05")
    with store.work() as uow:
        uow.facts.put(SEEN_UNTIL, (now - HOUR).isoformat(), now)
        uow.commit()
    year.watching.watch(now)
    with store.look() as uow:
        keys = [letter.key for letter in uow.outbox.listing()]
    assert "alert/E1/0" in keys
    assert not [key for key in keys if key.startswith("reminder")]
    year.tick(now + MINUTE)
    assert [one.key for one in year.left if one.key.startswith("reminder")]


def test_a_letter_queued_before_an_outage_of_ours_is_not_sent_blindly(store: Store) -> None:
    """What came meanwhile is unknown: it is planned anew once the mailbox was read."""
    year = office(store)
    now = at("2023-04-27 09:05")
    with store.work() as uow:
        uow.facts.put(SEEN_UNTIL, now.isoformat(), now)
        uow.commit()
    year.watching.watch(now)
    year.delivery.deliver(now + HOUR)
    with store.look() as uow:
        letter = next(one for one in uow.outbox.listing() if one.lane == "reminder")
        assert (letter.state, letter.reason[:4]) == ("cancelled", "收信中断")
    year.tick(now + HOUR + MINUTE)
    assert [one.key for one in year.letters_to(TEAM)] == [f"reminder/{TEAM}/2023-04-27/1"]


def test_a_jump_of_the_clock_holds_routine_letters_only(store: Store) -> None:
    year = office(store)
    emergency(store, reported())
    now = at("2023-04-27 09:05")
    assert year.watching.watch(now, hold_routine=True) == 1
    with store.look() as uow:
        assert [letter.lane for letter in uow.outbox.listing()] == ["urgent"]


def test_a_letter_not_sent_in_time_waits_for_the_morning(store: Store) -> None:
    """Queued at 17:29, the server is reached at 17:31: it leaves at nine, unless fulfilled."""
    year = office(store, None, TEAM, COUNTY)
    evening = at("2023-04-27 17:29")
    year.watching.watch(evening)
    year.delivery.deliver(evening + 2 * MINUTE)
    with store.look() as uow:
        waiting = [one.key for one in uow.outbox.in_state("queued") if one.lane == "reminder"]
    assert waiting == [f"reminder/{TEAM}/2023-04-27", f"reminder/{COUNTY}/2023-04-27"]
    came_in(store, draft(1, COUNTY, "2023-04-27 20:00"))
    year.tick(at("2023-04-28 09:00"))
    left = [one.key for one in year.left if one.key.startswith("reminder")]
    assert f"reminder/{TEAM}/2023-04-27" in left
    assert not [key for key in left if COUNTY in key]


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("2023-04-27 09:01", id="reminders-before"),
        pytest.param("2023-05-04 09:01", id="after-a-holiday"),
        pytest.param("2023-06-01 10:00", id="monthly"),
        pytest.param("2023-05-08 09:01", id="weekly-digest"),
        pytest.param("2023-05-01 10:00", id="day-off"),
        pytest.param("2023-05-04 23:00", id="night"),
    ],
)
def test_what_due_foretells_is_what_leaves(store: Store, moment: str) -> None:
    """`due --at` and the daemon agree, letter for letter."""
    year = office(store, None, TEAM, COUNTY)
    emergency(store, reported(acknowledged_at=NIGHT))
    for day in ("2023-04-24", "2023-04-26", "2023-05-04"):
        if at(f"{day} 09:00") < at(moment):
            year.tick(at(f"{day} 09:00"))
    now = at(moment)
    with store.look() as uow:
        before = {letter.key for letter in uow.outbox.listing()}
        ledger, known = ledger_at(uow, now), known_at(uow, now)
    duties = all_obligations(year.config.notice, ledger, now, year.config.schedule)
    foretold = {one.key for one in letters_at(year.config, ledger, duties, now, known)}
    with store.work() as uow:
        uow.facts.put(SEEN_UNTIL, now.isoformat(), now)
        uow.commit()
    year.watching.watch(now)
    with store.look() as uow:
        queued = {letter.key for letter in uow.outbox.listing()} - before
    assert queued == foretold


def test_before_the_first_start_nobody_is_reproached(store: Store) -> None:
    year = office(store)
    start = at("2023-05-10 08:00")
    with store.work() as uow:
        uow.facts.put("first_started", start.isoformat(), start)
        uow.commit()
    now = at("2023-05-11 09:01")
    year.tick(now)
    (letter,) = year.letters_to(TEAM)
    assert letter.concerns == (f"quota/1/{TEAM}/2023-W19",)
    with store.look() as uow:
        ledger, known = ledger_at(uow, now), known_at(uow, now)
    assert known.started == start
    duties = all_obligations(year.config.notice, ledger, now, year.config.schedule)
    late = [one for one in since_start(duties, start) if one.state == "逾期" and one.remindable]
    assert not late
    unproved = next(one for one in since_start(duties, start) if one.key.endswith("2023-W17"))
    assert (unproved.state, unproved.remindable) == ("待确认", False)
    assert "系统5月10日才启用" in unproved.explanation


# ---- digests


def the_digest(year: Year, kind: str = "daily") -> Left:
    return [one for one in year.left if one.key.startswith(f"digest/{kind}")][-1]


def test_the_daily_digest_reconciles_the_mailbox_and_says_it_is_alive(store: Store) -> None:
    year = office(store)
    now = at("2023-05-09 08:30")
    with store.work() as uow:
        for uid, (state, kind) in enumerate(
            [("filed", "draft"), ("filed", "other"), ("quarantined", "")], 1
        ):
            came = now - 3 * HOUR
            record = MessageRecord(0, f"{uid:064}", 10, came, came, state, kind=kind)  # type: ignore[arg-type]
            number = uow.messages.add(record)
            assert number is not None
            uow.cursors.see(number, Sighting("INBOX", 1, uid))
        uow.cursors.put(Cursor("INBOX", 1, 3, now, 3))
        uow.commit()
    year.tick(now)
    text = the_digest(year).text
    assert "INBOX：服务器3＝登记1＋略过1＋未能读取1\n" in text
    assert "收到本日报即表明系统运行正常" in text
    with store.work() as uow:
        uow.cursors.put(Cursor("INBOX", 1, 3, now, 5))
        uow.commit()
    year.tick(now + 24 * HOUR)
    assert "不一致，请查" in the_digest(year).text


def test_a_digest_is_caught_up_once_and_says_so(store: Store) -> None:
    year = office(store)
    year.tick(at("2023-05-08 08:31"))
    came_in(store, draft(1, TEAM, "2023-05-09 11:00", title="停机时来的稿件"))
    year.tick(at("2023-05-11 14:00"))
    year.tick(at("2023-05-11 14:01"))
    daily = [one for one in year.left if one.key.startswith("digest/daily")]
    assert [one.key[-10:] for one in daily] == ["2023-05-08", "2023-05-11"]
    assert "（补发）" in daily[1].subject
    assert "停机时来的稿件" in daily[1].text, "what happened meanwhile belongs into it"
    year.tick(at("2023-05-12 08:31"))
    assert "补发" not in the_digest(year).subject


def test_a_mail_that_is_not_on_record_is_never_passed_over_in_silence(store: Store) -> None:
    config = by(["机关党委、机关纪委、工会、妇委会、火管办"])
    schedule = config.schedule.model_copy(update={"digest_when_empty": False})
    year = office(store, config.model_copy(update={"schedule": schedule}))
    now = at("2023-05-09 08:31")
    with store.work() as uow:
        uow.cursors.put(Cursor("INBOX", 1, 3, now, 5))
        uow.commit()
    year.tick(now)
    assert "不一致，请查" in the_digest(year).text


@pytest.mark.parametrize("even_empty", [True, False])
def test_with_nothing_to_tell_the_digest_is_silent_if_so_set(
    store: Store, *, even_empty: bool
) -> None:
    config = by(["机关党委、机关纪委、工会、妇委会、火管办"])
    schedule = config.schedule.model_copy(update={"digest_when_empty": even_empty})
    year = office(store, config.model_copy(update={"schedule": schedule}))
    for day in (9, 10, 11):
        year.tick(at(f"2023-05-{day:02} 08:31"))
    daily = [one for one in year.left if one.key.startswith("digest/daily")]
    assert len(daily) == (3 if even_empty else 0)
    came_in(store, draft(1, TEAM, "2023-05-11 11:00"))
    year.tick(at("2023-05-12 08:31"))
    assert the_digest(year).key == "digest/daily/2023-05-12"


def test_the_weekly_digest_foretells_who_will_miss_the_month(store: Store) -> None:
    """One draft in three weeks of May: two are asked, and there is still time."""
    year = office(store, None, COUNTY, TEAM)
    for number, day in enumerate(("05-04", "05-05"), 1):
        came_in(store, draft(number, COUNTY, f"2023-{day} 10:00"))
    came_in(store, draft(3, TEAM, "2023-05-04 10:00"))
    year.tick(at("2023-05-22 09:01"))
    weekly = the_digest(year, "weekly")
    assert "还来得及" in weekly.text
    foretold = weekly.text.partition("还来得及")[2].partition("\n\n")[0]
    assert TEAM in foretold
    assert COUNTY not in foretold
    assert weekly.to == (OFFICE,)


def test_the_weekly_digest_lists_what_the_bureau_owes_upward_and_whose_tasks_are_open(
    store: Store,
) -> None:
    """Annex 1 备注: to 市委办公室 one a week, to 市政府办公室 two a month."""
    year = office(store, None, "市政管理科")
    with store.work() as uow:
        item = Counted("市政府办公室", date(2023, 6, 2), 2)
        enter_upward(uow, year.config, item, by="cli", now=at("2023-06-02 10:00"))
        uow.commit()
    year.tick(at("2023-06-05 09:01"))
    text = the_digest(year, "weekly").text
    upward = text.partition("本局向上报送")[2].partition("\n\n")[0]
    assert "2023年第22周（5月29日至6月4日） 每周向市委办公室报送1条：已0/1" in upward
    assert "逾期" in upward
    assert "2023年5月 每月向市政府办公室报送2条：已0/2" in upward, "May ended unmet in that week"
    assert "2023年6月 每月向市政府办公室" not in upward, "June's two are entered"
    assert "年度市政府办公室采用得分40分：已0/40" in upward
    assert "市政管理科 附件3第12项" in text


def test_overdue_units_stand_in_the_daily_digest_with_how_often_they_were_told(
    store: Store,
) -> None:
    year = office(store)
    for moment in ("04-24 09:01", "04-26 09:01", "04-27 08:31"):
        year.tick(at(f"2023-{moment}"))
    assert f"{TEAM}：2023年第16周" in the_digest(year).text
    assert "已催2次" in the_digest(year).text
