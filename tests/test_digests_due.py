"""Which digest is due: each once, a missed one caught up once and marked 补发."""

from datetime import date, timedelta

import pytest
from duty_samples import SCHEDULE, at
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.digests_due import DigestDue, digests_due


def due(now: str, *queued: str, since: str | None = None) -> dict[str, DigestDue]:
    found = digests_due(SCHEDULE, queued, at(now), since=at(since) if since else None)
    return {digest.kind: digest for digest in found}


DAILY = "digest/daily/2023-05-0"


@pytest.mark.parametrize(
    ("now", "queued", "key", "late"),
    [
        pytest.param("2023-05-04 08:29", [DAILY + "3"], None, False, id="not-yet"),
        pytest.param("2023-05-04 08:30", [DAILY + "3"], DAILY + "4", False, id="half-past-eight"),
        pytest.param("2023-05-04 08:31", [DAILY + "4"], None, False, id="only-once"),
        pytest.param("2023-05-04 09:30", [DAILY + "3"], DAILY + "4", False, id="an-hour-is-fine"),
        pytest.param("2023-05-04 15:00", [DAILY + "3"], DAILY + "4", True, id="caught-up"),
        pytest.param("2023-05-05 07:00", [DAILY + "3"], DAILY + "4", True, id="next-morning"),
        pytest.param("2023-05-09 12:00", [DAILY + "3"], DAILY + "9", True, id="only-the-latest"),
        pytest.param("2023-05-03 12:00", [DAILY + "4"], None, False, id="clock-set-back"),
        pytest.param("2023-05-06 09:00", [DAILY + "5"], DAILY + "6", False, id="weekends-too"),
    ],
)
def test_the_daily_digest(now: str, queued: list[str], key: str | None, late: bool) -> None:
    digest = due(now, *queued).get("daily")
    assert (digest.key if digest else None) == key
    assert (digest.late if digest else False) is late


def test_a_digest_covers_the_day_before_it() -> None:
    digest = due("2023-05-04 08:30", DAILY + "3")["daily"]
    assert (digest.start, digest.end) == (at("2023-05-03 08:30"), at("2023-05-04 08:30"))


def test_after_an_outage_it_covers_all_since_the_last_one() -> None:
    digest = due("2023-05-09 12:00", DAILY + "3")["daily"]
    assert (digest.start, digest.end) == (at("2023-05-03 08:30"), at("2023-05-09 08:30"))


def test_but_never_more_than_a_month() -> None:
    digest = due("2023-09-01 09:00", DAILY + "3")["daily"]
    assert digest.start == at("2023-08-01 08:30")


def test_nothing_is_owed_from_before_the_first_start() -> None:
    assert due("2023-05-04 10:00", since="2023-05-04 09:45") == {}
    assert set(due("2023-05-05 08:30", since="2023-05-04 09:45")) == {"daily"}


@pytest.mark.parametrize(
    ("now", "key", "start", "end"),
    [
        pytest.param("2023-05-08 09:00", "2023-05-08", "2023-05-01", "2023-05-08", id="monday"),
        pytest.param("2023-05-11 15:00", "2023-05-08", "2023-05-01", "2023-05-08", id="thursday"),
        pytest.param("2023-05-08 08:59", "2023-05-01", "2023-04-24", "2023-05-01", id="before-it"),
    ],
)
def test_the_weekly_overview(now: str, key: str, start: str, end: str) -> None:
    digest = due(now)["weekly"]
    assert digest.key == f"digest/weekly/{key}"
    assert (digest.start, digest.end) == (at(f"{start} 00:00"), at(f"{end} 00:00"))


@pytest.mark.parametrize(
    ("now", "kind", "key", "label"),
    [
        pytest.param(
            "2023-05-04 08:30", "monthly", "2023-05-04", "2023年4月", id="first-working-day"
        ),
        pytest.param("2023-05-03 12:00", "monthly", "2023-04-03", "2023年3月", id="holiday"),
        pytest.param("2024-01-02 08:30", "monthly", "2024-01-02", "2023年12月", id="new-year"),
        pytest.param("2023-07-03 08:30", "quarterly", "2023-07-03", "2023年第二季度", id="quarter"),
        pytest.param(
            "2023-09-29 08:30", "quarterly", "2023-07-03", "2023年第二季度", id="quarter-still"
        ),
    ],
)
def test_monthly_and_quarterly(now: str, kind: str, key: str, label: str) -> None:
    digest = due(now)[kind]
    assert (digest.key, digest.label) == (f"digest/{kind}/{key}", label)


def test_keys_of_other_letters_do_not_count() -> None:
    assert "daily" in due(
        "2023-05-04 08:30", "reminder/直属一大队/2023-05-04", "digest/weekly/2023-05-04"
    )


@given(st.lists(st.floats(-30_000, 500_000), max_size=60))
def test_no_digest_is_sent_twice_nor_one_older_than_the_last(steps: list[float]) -> None:
    now, queued = at("2023-05-04 08:00"), []
    for seconds in steps:
        now += timedelta(seconds=seconds)
        queued += [digest.key for digest in digests_due(SCHEDULE, queued, now)]
    assert len(queued) == len(set(queued))
    for kind in ("daily", "weekly", "monthly", "quarterly"):
        sent = [key for key in queued if key.startswith(f"digest/{kind}/")]
        assert sent == sorted(sent)


@given(st.integers(0, 2000), st.integers(1, 10_000))
def test_every_daily_digest_is_sent_on_its_day_when_we_are_awake(start: int, minutes: int) -> None:
    """However the ticks fall, the digest's ends meet: nothing falls between two of them."""
    now, queued, spans = at("2023-05-04 08:00") + timedelta(days=start), [], []
    for _ in range(20):
        now += timedelta(minutes=minutes)
        for digest in digests_due(SCHEDULE, queued, now):
            queued.append(digest.key)
            if digest.kind == "daily":
                spans.append((digest.start, digest.end))
    assert [one[1] for one in spans[:-1]] == [one[0] for one in spans[1:]]


def test_no_overview_of_days_before_the_notice_took_effect() -> None:
    effective = date(2023, 4, 20)
    early = digests_due(SCHEDULE, (), at("2023-04-17 10:00"), effective=effective)
    assert [one.kind for one in early] == ["daily"]
    first = digests_due(SCHEDULE, (), at("2023-04-24 10:00"), effective=effective)
    assert [one.kind for one in first] == ["daily", "weekly"]
