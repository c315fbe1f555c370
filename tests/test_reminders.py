"""Who is written to, when, how often; and who is left in peace."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from duty_samples import (
    NOTHING,
    NOTICE,
    SCHEDULE,
    SHIPPED,
    ask,
    at,
    changed,
    draft,
    letter_to,
    only,
)

from mailbot.config import LettersConfig
from mailbot.notice import Notice
from mailbot.records.ledger import Ledger
from mailbot.records.obligations import Nudge, PlannedLetter
from mailbot.rules.emergency_deadlines import alert_key, followup_key, remind_key
from mailbot.rules.emergency_letters import urgent_still_due
from mailbot.rules.obligations import all_obligations
from mailbot.rules.reminders import (
    OFFICE_LIST,
    arrears,
    due_words,
    letters_due,
    reminder_key,
    reminding_instants,
    still_due,
)
from store.records import ActivityRecord, CommissionRecord, EventRecord

TEAM, WORKS = "直属一大队", "市政工程处"
QUOTA_ONLY = only(TEAM, tasks=False)
WEEK_17, WEEK_18 = f"quota/1/{TEAM}/2023-W17", f"quota/1/{TEAM}/2023-W18"
BEFORE = draft(1, TEAM, "2023-04-21 10:00")  # fulfils week 16
DONE_16 = Ledger(drafts=(BEFORE,))


def told(*days: str, about: tuple[str, ...] = (WEEK_17,)) -> tuple[Nudge, ...]:
    """Routine letters queued at 09:00 of these days."""
    return tuple(
        Nudge(reminder_key(TEAM, date.fromisoformat(day)), at(f"{day} 09:00"), about)
        for day in days
    )


def letters(
    now: str, ledger: Ledger = DONE_16, notice: Notice = QUOTA_ONLY
) -> tuple[PlannedLetter, ...]:
    return letters_due(notice, SCHEDULE, ledger, at(now))


# ---- when


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        pytest.param("2023-04-26 10:00", None, id="wednesday-is-early"),
        pytest.param("2023-04-27 08:59", None, id="before-hours"),
        pytest.param("2023-04-27 09:00", "reminder", id="thursday-nine"),
        pytest.param("2023-04-27 17:29", "reminder", id="a-late-start-catches-up"),
        pytest.param("2023-04-27 17:30", None, id="after-hours"),
        pytest.param("2023-04-28 09:00", "reminder", id="next-day-after-an-outage"),
        pytest.param("2023-04-29 09:00", None, id="saturday"),
        pytest.param("2023-05-01 09:00", None, id="labour-day"),
        pytest.param("2023-05-04 09:00", "overdue", id="first-working-day-after"),
    ],
)
def test_first_letter(now: str, kind: str | None) -> None:
    letter = letter_to(TEAM, letters(now))
    assert (letter.kind if letter else None) == kind


ASKED = CommissionRecord(4, TEAM, "夜市治理", at("2023-05-22 09:30"), at("2023-05-31 17:00"))


def without_quotas(notice: Notice = QUOTA_ONLY) -> Notice:
    """A unit that owes nothing but what the office asks of it."""
    units = tuple(
        unit.model_copy(
            update={
                "short": unit.short.model_copy(update={"submit": 0}),
                "long": unit.long.model_copy(update={"submit": 0}),
                "media": None,
            }
        )
        for unit in notice.units
    )
    return changed(notice, units=units)


def run(first: str, days: int, ledger: Ledger, notice: Notice) -> list[tuple[str, PlannedLetter]]:
    """Every routine letter of so many days, asked for each morning at ten and again at four."""
    sent: list[tuple[str, PlannedLetter]] = []
    nudges = list(ledger.nudges)
    for day in range(days):
        for hour in (10, 16):
            now = at(f"{first} 00:00") + timedelta(days=day, hours=hour)
            state = replace(ledger, nudges=tuple(nudges))
            for letter in letters_due(notice, SCHEDULE, state, now):
                nudges.append(Nudge(letter.key, now, letter.concerns))
                sent.append((letter.key.rpartition("/")[2], letter))
    return sent


def test_a_duty_nobody_fulfils_is_chased_at_slowing_intervals_then_escalated_then_left() -> None:
    """28 May is a Sunday, 3 June a Saturday: both move to a working day."""
    sent = run("2023-05-22", 60, Ledger(commissions=(ASKED,)), without_quotas())
    assert [(day, letter.kind, letter.times, len(letter.to)) for day, letter in sent] == [
        ("2023-05-26", "reminder", 0, 1),
        ("2023-05-30", "reminder", 0, 1),
        ("2023-06-01", "overdue", 1, 1),
        ("2023-06-05", "overdue", 2, 1),
        ("2023-06-07", "escalation", 3, 2),
        ("2023-06-14", "escalation", 4, 2),
    ]


def test_a_reminder_says_what_is_owed_and_since_when() -> None:
    sent = dict(run("2023-05-22", 60, Ledger(commissions=(ASKED,)), without_quotas()))
    assert "期前提醒" in sent["2023-05-26"].reason
    assert "夜市治理" in sent["2023-06-01"].reason
    assert "第2次" in sent["2023-06-05"].reason
    assert "已催2次" in sent["2023-06-07"].reason


def test_no_unit_gets_two_routine_letters_a_day_whatever_falls_due() -> None:
    sent = run("2023-04-20", 120, Ledger(commissions=(ASKED,)), only(TEAM, WORKS))
    keys = [letter.key for _, letter in sent]
    assert len(keys) == len(set(keys)) > 20


def test_one_letter_lists_everything_worst_first() -> None:
    overdue = replace(ASKED, due=at("2023-05-03 17:00"), asked_at=at("2023-04-24 09:00"))
    ledger = Ledger(drafts=(BEFORE,), commissions=(overdue,))
    letter = letter_to(TEAM, letters("2023-05-04 09:00", ledger))
    assert letter is not None
    assert [duty.key for duty in letter.obligations] == [WEEK_17, "commission/4", WEEK_18]
    assert [duty.state for duty in letter.obligations] == ["逾期", "逾期", "临期"]


def test_being_listed_counts_as_being_told() -> None:
    """The letter of Thursday 4 May told of week 18 too: no second one on Friday."""
    first = letter_to(TEAM, letters("2023-05-04 09:00"))
    assert first is not None
    nudge = Nudge(first.key, at("2023-05-04 09:00"), first.concerns)
    assert letters("2023-05-05 09:00", replace(DONE_16, nudges=(nudge,))) == ()


# ---- who is left in peace


@pytest.mark.parametrize(
    "received",
    [
        pytest.param("2023-04-24 00:00", id="early-in-the-week"),
        pytest.param("2023-04-27 08:59", id="a-minute-before"),
    ],
)
def test_a_fulfilled_duty_is_not_reminded(received: str) -> None:
    ledger = Ledger(drafts=(BEFORE, draft(2, TEAM, received)))
    assert letters("2023-04-27 09:00", ledger) == ()


def test_mailing_the_draft_stops_the_overdue_letters_at_once() -> None:
    late = draft(2, TEAM, "2023-05-04 09:30")
    nudges = told("2023-04-27")
    assert letters("2023-05-04 09:40", Ledger(drafts=(BEFORE,), nudges=nudges))
    assert letters("2023-05-04 09:40", Ledger(drafts=(BEFORE, late), nudges=nudges)) == ()


def test_guessed_quotas_start_no_letter_and_are_only_mentioned() -> None:
    """② is a guess for every row: named before its due time, silent after it."""
    notice = only(TEAM, tasks=False)
    owing = Ledger(drafts=(draft(1, TEAM, "2023-06-20 10:00"),))
    assert letters("2023-06-27 10:00", owing, without_short(notice)) == ()
    letter = letter_to(TEAM, letters("2023-06-29 09:00", owing, notice))
    assert letter is not None
    assert [duty.key for duty in letter.unconfirmed] == [f"quota/2/{TEAM}/2023-Q2"]
    assert f"quota/2/{TEAM}/2023-Q2" not in letter.concerns
    later = letter_to(TEAM, letters("2023-07-06 09:00", owing, notice))
    assert later is not None
    assert later.unconfirmed == ()


def without_short(notice: Notice) -> Notice:
    units = tuple(
        unit.model_copy(update={"short": unit.short.model_copy(update={"submit": 0})})
        for unit in notice.units
    )
    return changed(notice, units=units)


def test_nobody_is_reminded_while_the_mailbox_is_out_of_sight() -> None:
    """Our outage is not theirs: what they mailed meanwhile is not known yet."""

    def at_nine(seen: str | None) -> int:
        seen_until = at(seen) if seen else None
        now = at("2023-05-04 09:00")
        return len(letters_due(QUOTA_ONLY, SCHEDULE, DONE_16, now, seen_until=seen_until))

    assert at_nine(None) == at_nine("2023-05-04 08:31") == 1
    assert at_nine("2023-05-04 08:29") == at_nine("2023-05-01 00:00") == 0


def test_reminders_can_be_switched_off_but_emergencies_go_on() -> None:
    ledger = replace(DONE_16, events=(PHONED_IN,))
    off = LettersConfig(reminders=False)
    found = letters_due(QUOTA_ONLY, SCHEDULE, ledger, at("2023-05-04 09:00"), letters=off)
    assert [letter.kind for letter in found] == [
        "alert",
        "emergency_reminder",
        "missed_candidate",
    ]


def test_what_was_delivered_in_between_is_not_sent() -> None:
    letter = letter_to(TEAM, letters("2023-05-04 09:00"))
    assert letter is not None

    def owed(*some: str) -> tuple[str, ...]:
        sent = tuple(draft(9 + n, TEAM, text) for n, text in enumerate(some))
        ledger = Ledger(drafts=(BEFORE, *sent))
        duties = all_obligations(QUOTA_ONLY, ledger, at("2023-05-04 09:30"), SCHEDULE)
        return tuple(duty.key for duty in still_due(letter.concerns, duties))

    assert owed() == (WEEK_17, WEEK_18)
    assert owed("2023-05-04 09:10") == ()


def test_a_letter_overtaken_in_part_is_written_anew_the_same_day() -> None:
    """Cancelled unsent, it told nobody anything; the next one names only what is owed."""
    first = letter_to(TEAM, letters("2023-05-04 09:00"))
    assert first is not None
    void = Nudge(first.key, at("2023-05-04 09:00"), first.concerns, void=True)
    again = letter_to(TEAM, letters("2023-05-04 09:20", replace(DONE_16, nudges=(void,))))
    assert again is not None
    assert (again.key, again.times) == (f"{first.key}/1", 1)
    sent = Nudge(again.key, at("2023-05-04 09:20"), again.concerns)
    assert letters("2023-05-04 09:40", replace(DONE_16, nudges=(void, sent))) == ()


# ---- who is out of reach


def test_units_without_an_address_go_on_one_list_for_the_office() -> None:
    unreachable = only(TEAM, WORKS, notice=SHIPPED.notice, tasks=False)
    found = letters("2023-04-27 09:00", NOTHING, unreachable)
    assert [letter.kind for letter in found] == ["office_list"]
    assert (found[0].to, found[0].unit) == ((), "")
    assert found[0].key == f"reminder/{OFFICE_LIST}/2023-04-27"
    assert {TEAM, WORKS} == {duty.unit for duty in found[0].obligations}
    nudge = Nudge(found[0].key, at("2023-04-27 09:00"), found[0].concerns)
    assert letters("2023-04-28 09:00", Ledger(nudges=(nudge,)), unreachable) == ()


def test_a_unit_with_only_a_second_address_is_written_to_there() -> None:
    units = tuple(unit.model_copy(update={"reminders_to": ()}) for unit in QUOTA_ONLY.units)
    letter = letter_to(TEAM, letters("2023-04-27 09:00", notice=changed(QUOTA_ONLY, units=units)))
    assert letter is not None
    assert letter.to == NOTICE.unit(TEAM).escalate_to


def test_a_commission_of_an_unknown_unit_reaches_the_office() -> None:
    stray = replace(
        ASKED, unit="园林处", asked_at=at("2023-04-24 09:00"), due=at("2023-04-28 17:00")
    )
    ledger = replace(DONE_16, commissions=(stray,), nudges=told("2023-04-27"))
    found = letters("2023-04-27 10:00", ledger)
    assert [(letter.kind, letter.concerns) for letter in found] == [
        ("office_list", ("commission/4",))
    ]


def test_the_offices_overdue_list() -> None:
    nudges = told("2023-05-04", "2023-05-05")
    ledger = Ledger(drafts=(BEFORE,), nudges=nudges)
    notice = only(TEAM, WORKS, tasks=False)
    duties = all_obligations(notice, ledger, at("2023-05-06 10:00"), SCHEDULE)
    found = arrears(notice, SCHEDULE, duties, ledger)
    assert [(one.unit, one.times, one.escalated, one.reachable) for one in found] == [
        (TEAM, 2, True, True),
        (WORKS, 0, False, True),
    ]
    assert not any(duty.state == "待确认" for one in found for duty in one.obligations)


def test_an_activity_is_reminded_on_the_next_morning_and_after_it() -> None:
    meeting = ActivityRecord(2, TEAM, "现场会", date(2023, 5, 10))
    sent = run("2023-05-10", 8, Ledger(activities=(meeting,)), without_quotas())
    assert [(day, letter.kind) for day, letter in sent] == [
        ("2023-05-11", "reminder"),
        ("2023-05-12", "overdue"),
        ("2023-05-15", "overdue"),
    ]


# ---- instants and words


def test_overdue_instants_fall_on_working_days() -> None:
    duty = ask("2023-05-04 09:00")[WEEK_17]
    assert reminding_instants(duty, SCHEDULE) == (
        at("2023-05-04 09:00"),  # 1 and 3 May are holidays
        at("2023-05-04 09:00"),
        at("2023-05-08 09:00"),  # 7 May is a Sunday
        at("2023-05-15 09:00"),  # 14 May likewise
    )


@pytest.mark.parametrize(
    ("due", "words"),
    [
        pytest.param("2023-05-01 00:00", "4月30日24时", id="midnight-is-the-day-before"),
        pytest.param("2023-05-12 17:00", "5月12日17:00", id="clock"),
    ],
)
def test_due_words(due: str, words: str) -> None:
    assert due_words(at(due)) == words


# ---- emergencies

PHONED_IN = EventRecord(3, TEAM, "燃气泄漏", "燃气", "alert", "open", at("2023-05-01 02:00"), "cli")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2023-05-01 02:00", ["alert"], id="alert-at-two-on-a-holiday"),
        pytest.param("2023-05-01 02:15", ["alert", "emergency_reminder"], id="15"),
        pytest.param(
            "2023-05-01 02:30", ["alert", "emergency_reminder", "missed_candidate"], id="30"
        ),
    ],
)
def test_emergencies_know_no_quiet_hours(now: str, expected: list[str]) -> None:
    found = letters(now, Ledger(events=(PHONED_IN,)))
    assert [letter.kind for letter in found] == expected
    assert all(letter.urgent and letter.event_id == 3 for letter in found)


def test_a_night_of_ticks_sends_each_emergency_letter_once() -> None:
    event, nudges, sent = PHONED_IN, [], []
    for minute in range(6 * 60):
        now = at("2023-05-01 02:00") + timedelta(minutes=minute)
        if minute == 45:
            event = replace(event, written_at=now, last_report_at=now)
        if minute == 50:
            event = replace(event, acknowledged_at=now)
        ledger = Ledger(events=(event,), nudges=tuple(nudges))
        for letter in letters_due(QUOTA_ONLY, SCHEDULE, ledger, now):
            nudges.append(Nudge(letter.key, now, letter.concerns))
            sent.append((minute, letter.kind, len(letter.to)))
    assert sent == [
        (0, "alert", 0),
        (10, "alert", 0),
        (15, "emergency_reminder", 1),
        (20, "alert", 0),
        (30, "alert", 0),
        (30, "emergency_reminder", 2),
        (30, "missed_candidate", 0),
        (40, "alert", 0),
        (285, "followup", 1),
    ]


def test_an_emergency_letter_names_what_it_chases() -> None:
    found = letters("2023-05-01 02:30", Ledger(events=(PHONED_IN,)))
    assert [letter.obligations[-1].key for letter in found] == [
        "event/3/written",
        "event/3/written",
        "event/3/written",
    ]


def test_a_unit_without_an_address_is_chased_by_the_office() -> None:
    shipped = SHIPPED.notice
    found = letters("2023-05-01 02:15", Ledger(events=(PHONED_IN,)), shipped)
    chase = next(letter for letter in found if letter.kind == "emergency_reminder")
    assert chase.to == ()
    assert "电话催报" in chase.reason


@pytest.mark.parametrize(
    ("key", "change", "goes"),
    [
        pytest.param(
            alert_key(3, 0), {"acknowledged_at": at("2023-05-01 02:01")}, True, id="first"
        ),
        pytest.param(alert_key(3, 1), {}, True, id="repeat"),
        pytest.param(
            alert_key(3, 1), {"acknowledged_at": at("2023-05-01 02:09")}, False, id="known"
        ),
        pytest.param(
            alert_key(3, 9), {"acknowledged_at": at("2023-04-30 02:09")}, True, id="expired"
        ),
        pytest.param(alert_key(3, 1), {"state": "closed"}, False, id="closed"),
        pytest.param("alert/E3/draft-12", {"state": "closed"}, True, id="a-final-report-closes"),
        pytest.param(remind_key(3, 15), {}, True, id="chase"),
        pytest.param(
            remind_key(3, 15), {"written_at": at("2023-05-01 02:14")}, False, id="arrived"
        ),
        pytest.param(
            followup_key(3, at("2023-05-01 02:14"), 0),
            {"written_at": at("2023-05-01 02:14")},
            True,
            id="followup",
        ),
        pytest.param(
            followup_key(3, at("2023-05-01 02:14"), 0),
            {"last_report_at": at("2023-05-01 06:13")},
            False,
            id="followup-arrived",
        ),
        pytest.param("alert/E99/1", {}, True, id="an-event-not-on-record-stays-on-the-safe-side"),
    ],
)
def test_emergency_letters_at_the_moment_of_sending(
    key: str, change: dict[str, object], goes: bool
) -> None:
    ledger = Ledger(events=(replace(PHONED_IN, **change),))  # type: ignore[arg-type]
    assert urgent_still_due(key, NOTICE, ledger, at("2023-05-01 02:20")) is goes


def test_of_the_repeats_an_outage_held_up_only_the_last_is_sent() -> None:
    queued = [alert_key(3, n) for n in range(4)] + [remind_key(3, 15), remind_key(3, 30)]
    nudges = tuple(Nudge(key, at("2023-05-01 02:30")) for key in queued)
    ledger = Ledger(events=(PHONED_IN,), nudges=nudges)
    goes = [key for key in queued if urgent_still_due(key, NOTICE, ledger, at("2023-05-01 02:40"))]
    assert goes == [alert_key(3, 0), alert_key(3, 3), remind_key(3, 30)]
