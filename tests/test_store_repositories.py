"""What is kept, noun by noun: mails, folders, drafts, letters, addresses, acts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.drafts import DraftFilter
from store.opening import open_store
from store.records import (
    LANES,
    ActivityRecord,
    CloudLinkRecord,
    CommissionRecord,
    Cursor,
    DraftRecord,
    EventRecord,
    ExemptionRecord,
    FileRecord,
    MessageRecord,
    OutgoingMail,
    Sighting,
)
from store.unit_of_work import Store, UnitOfWork

NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = "sqlite:///mailbot.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").store()
    opened = open_store(url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    with store.work() as work:
        yield work


def mail(number: int = 1, **more: object) -> MessageRecord:
    values: dict[str, object] = {"received_at": NOW, "fetched_at": NOW, "state": "received"}
    return MessageRecord(0, f"{number:064x}", 1000, **{**values, **more})  # type: ignore[arg-type]


def added(uow: UnitOfWork, number: int = 1, **more: object) -> int:
    found = uow.messages.add(mail(number, **more))
    assert found is not None
    return found


def draft(message: int, ordinal: int = 1, **more: object) -> DraftRecord:
    values: dict[str, object] = {
        "received_at": NOW, "unit": "市政管理科", "title": "防汛演练", "kind": "动态简讯",
        "column": 1, "words": 320, "words_total": 350, "words_cjk": 300,
    }  # fmt: skip
    return DraftRecord(0, message, ordinal, **{**values, **more})  # type: ignore[arg-type]


def letter(key: str, lane: str = "receipt", **more: object) -> OutgoingMail:
    return OutgoingMail(key, lane, ("a@b.example",), "主题", "正文", "<p>", **more)  # type: ignore[arg-type]


def queued(uow: UnitOfWork, key: str, lane: str = "receipt", at: datetime = NOW) -> int:
    found = uow.outbox.add(letter(key, lane), f"<{key}@x>", at)
    assert found is not None
    return found


# --- mails ---


def test_a_mail_is_recorded_once_by_its_bytes(uow: UnitOfWork) -> None:
    first = added(uow)
    assert uow.messages.add(mail(subject="another header block, same digest")) is None
    assert uow.messages.id_of(f"{1:064x}") == first
    assert uow.messages.get(first) == replace(mail(), id=first)


def test_mails_that_failed_wait_behind_the_untried(uow: UnitOfWork) -> None:
    """One poisonous mail never stops the next."""
    old, young = added(uow, 1, received_at=NOW - DAY), added(uow, 2)
    assert [m.id for m in uow.messages.waiting()] == [old, young]

    assert uow.messages.attempt(old) == 1
    assert [m.id for m in uow.messages.waiting()] == [young, old]

    uow.messages.forgive(old)
    assert [m.id for m in uow.messages.waiting()] == [old, young]
    uow.messages.forgive(old)
    assert uow.messages.attempt(old) == 1, "forgiving never goes below nothing"


def test_a_settled_mail_waits_no_more(uow: UnitOfWork) -> None:
    number = added(uow)
    uow.messages.settle(number, "quarantined", "", "打不开", sender="a@b.example")

    assert uow.messages.count_waiting() == 0
    assert [m.reason for m in uow.messages.quarantined()] == ["打不开"]
    assert uow.messages.counts() == {("quarantined", ""): 1}


def test_a_message_id_may_be_shared_and_none_matches_nothing(uow: UnitOfWork) -> None:
    """A Message-ID only threads (RFC 5322 3.6.4): phones reuse them, some mails have none."""
    for number in (1, 2):
        added(uow, number, message_id="<same@x>")
    added(uow, 3)
    assert len(uow.messages.by_header_id("<same@x>")) == 2
    assert uow.messages.by_header_id("") == []


def test_a_period_holds_its_first_instant_and_not_its_last(uow: UnitOfWork) -> None:
    for number, at in enumerate((NOW - MINUTE, NOW, NOW + DAY - MINUTE, NOW + DAY)):
        added(uow, number, received_at=at)
    assert [m.received_at for m in uow.messages.between(NOW, NOW + DAY)] == [
        NOW,
        NOW + DAY - MINUTE,
    ]


def test_answers_are_counted_by_sender_time_and_kind(uow: UnitOfWork) -> None:
    sender = "a@b.example"
    added(uow, 1, sender=sender, kind="draft")
    added(uow, 2, sender=sender, kind="draft", received_at=NOW - DAY)
    added(uow, 3, sender=sender, kind="other")
    added(uow, 4, sender="c@d.example", kind="draft")
    assert uow.messages.answered_today(sender, NOW - MINUTE, ["draft"]) == 1


def test_unreadable_files_come_with_their_mails(uow: UnitOfWork) -> None:
    number = added(uow)
    good = FileRecord(0, number, "稿件.doc", "a" * 64, 10, "doc", readable=True)
    bad = replace(good, name="加密.doc", readable=False, reason="有密码", remedy="请取消密码")
    uow.messages.add_file(good)
    uow.messages.add_file(bad)

    assert [file.name for file in uow.messages.files_of(number)] == ["稿件.doc", "加密.doc"]
    found = uow.messages.unreadable_between(NOW, NOW + DAY)
    assert [(m.id, file.name) for m, file in found] == [(number, "加密.doc")]
    assert uow.messages.unreadable_between(NOW - DAY, NOW) == []


def test_links_about_to_expire_are_found(uow: UnitOfWork) -> None:
    number = added(uow)
    link = CloudLinkRecord(0, number, "163", "照片.zip", "1.2G", "https://x.example", NOW + DAY)
    uow.messages.add_cloud_link(link)
    uow.messages.add_cloud_link(replace(link, name="无期限", expires_at=None))

    assert [c.name for c in uow.messages.cloud_links_of(number)] == ["照片.zip", "无期限"]
    assert [c.name for c in uow.messages.cloud_links_expiring(NOW, NOW + 2 * DAY)] == ["照片.zip"]
    assert uow.messages.cloud_links_expiring(NOW, NOW + DAY) == []


# --- folders ---


@pytest.mark.parametrize("order", list(permutations((5, 9, 7))), ids=str)
def test_a_cursor_never_moves_back(uow: UnitOfWork, order: tuple[int, ...]) -> None:
    """Two pollers, or a server that lists less for a moment: what was read stays read."""
    for uid in order:
        uow.cursors.put(Cursor("INBOX", 1, uid, NOW, server_count=uid))

    found = uow.cursors.get("INBOX", 1)
    assert found is not None
    assert found.last_uid == 9
    assert found.server_count == order[-1]


def test_a_new_uidvalidity_begins_anew(uow: UnitOfWork) -> None:
    uow.cursors.put(Cursor("INBOX", 1, 9, NOW))
    uow.cursors.put(Cursor("INBOX", 2, 3, NOW + DAY))

    assert uow.cursors.get("INBOX", 3) is None
    assert [(c.uid_validity, c.last_uid) for c in uow.cursors.latest()] == [(2, 3)]


def test_a_place_is_seen_once_and_a_mail_in_many_places(uow: UnitOfWork) -> None:
    number = added(uow)
    inbox, junk = Sighting("INBOX", 1, 7), Sighting("垃圾邮件", 1, 7)
    assert uow.cursors.see(number, inbox)
    assert not uow.cursors.see(number, inbox)
    assert uow.cursors.see(number, junk)

    assert uow.cursors.sightings_of(number) == [inbox, junk]
    assert uow.cursors.seen_uids("INBOX", 1) == {7}
    assert uow.cursors.seen_uids("INBOX", 1, after=7) == frozenset()
    assert uow.cursors.seen_uids("INBOX", 2) == frozenset()


def test_every_mail_of_a_folder_is_in_one_pile(uow: UnitOfWork) -> None:
    """Server count = recorded + ignored + quarantined."""
    piles = [
        ("filed", "draft"), ("filed", "command"), ("received", ""),
        ("filed", "bounce"), ("filed", "auto_reply"), ("filed", "other"), ("quarantined", ""),
    ]  # fmt: skip
    for number, (state, kind) in enumerate(piles, 1):
        uow.cursors.see(added(uow, number, state=state, kind=kind), Sighting("INBOX", 1, number))
    uow.cursors.see(added(uow, 99), Sighting("垃圾邮件", 1, 1))

    assert uow.cursors.tally("INBOX", 1) == {"recorded": 3, "ignored": 3, "quarantined": 1}


# --- drafts ---


@pytest.fixture
def shelf(uow: UnitOfWork) -> dict[str, int]:
    """One draft for each thing one may ask for."""
    number = added(uow)
    wanted: dict[str, dict[str, object]] = {
        "plain": {},
        "unit": {"unit": "扬尘办"},
        "kind": {"kind": "问题反映"},
        "state": {"state": "withdrawn"},
        "task": {"task": 14},
        "early": {"received_at": NOW - DAY},
        "percent": {"title": "完成率100%", "text": "正文里_下划线"},
        "review": {"needs_review": ("请核",)},
        "emergency": {"emergency": "review"},
    }
    return {
        name: uow.drafts.add(draft(number, at, **more))
        for at, (name, more) in enumerate(wanted.items(), 1)
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(DraftFilter(unit="扬尘办"), ["unit"], id="unit"),
        pytest.param(DraftFilter(kind="问题反映"), ["kind"], id="kind"),
        pytest.param(DraftFilter(state="withdrawn"), ["state"], id="state"),
        pytest.param(DraftFilter(task=14), ["task"], id="task"),
        pytest.param(DraftFilter(end=NOW), ["early"], id="until-leaves-its-end-out"),
        pytest.param(DraftFilter(start=NOW + MINUTE), [], id="since"),
        pytest.param(DraftFilter(text="100%"), ["percent"], id="percent-is-no-wildcard"),
        pytest.param(DraftFilter(text="里_下"), ["percent"], id="words-of-the-text"),
        pytest.param(DraftFilter(text="里x下"), [], id="underscore-is-no-wildcard"),
        pytest.param(DraftFilter(needs_review=True), ["review"], id="to-review"),
        pytest.param(DraftFilter(emergency=True), ["emergency"], id="emergencies"),
        pytest.param(DraftFilter(limit=1), ["emergency"], id="newest-first"),
        pytest.param(DraftFilter(unit="扬尘办", task=14), [], id="all-conditions-together"),
    ],
)
def test_drafts_are_found(
    uow: UnitOfWork, shelf: dict[str, int], wanted: DraftFilter, expected: list[str]
) -> None:
    names = {number: name for name, number in shelf.items()}
    assert [names[found.id] for found in uow.drafts.listing(wanted)] == expected


def test_without_a_wish_all_drafts_newest_first(uow: UnitOfWork, shelf: dict[str, int]) -> None:
    found = uow.drafts.listing(DraftFilter())
    assert len(found) == len(shelf)
    assert all(
        (first.received_at, first.id) > (then.received_at, then.id)
        for first, then in pairwise(found)
    )


def test_a_draft_comes_back_as_it_was_filed(uow: UnitOfWork) -> None:
    record = draft(
        added(uow),
        joint=("市政管理科", "市政工程处"),
        event_earliest=NOW,
        late=False,
        reasons=({"verdict": "类型", "because": "因为“简讯”"},),
        distinct_images=("a" * 64,),
    )
    number = uow.drafts.add(record)
    assert uow.drafts.get(number) == replace(record, id=number)
    assert uow.drafts.get(number + 1) is None


def test_drafts_sharing_a_band_are_worth_comparing(uow: UnitOfWork) -> None:
    message = added(uow)
    first = uow.drafts.add(draft(message, 1, received_at=NOW - DAY), ["x", "y", "y"])
    second = uow.drafts.add(draft(message, 2), ["y", "z"])
    uow.drafts.add(draft(message, 3), ["w"])

    assert [d.id for d in uow.drafts.sharing_band(["y"], NOW - 2 * DAY)] == [first, second]
    assert [d.id for d in uow.drafts.sharing_band(["x", "z"], NOW)] == [second]
    assert uow.drafts.sharing_band([], NOW - DAY) == []


def test_a_units_ledger_holds_its_joint_drafts(uow: UnitOfWork) -> None:
    message = added(uow)
    own = uow.drafts.add(draft(message, 1, text="全文"))
    joint = uow.drafts.add(draft(message, 2, unit="扬尘办", joint=("扬尘办", "市政管理科")))
    uow.drafts.add(draft(message, 3, unit="扬尘办"))
    found = uow.drafts.since(NOW, "市政管理科")

    assert [d.id for d in found] == [own, joint]
    assert found[0].text == "", "duties need no texts"
    assert len(uow.drafts.since(NOW)) == 3
    assert uow.drafts.since(NOW + MINUTE) == []


# --- letters ---


def test_a_letter_exists_once_by_its_reason(uow: UnitOfWork) -> None:
    first = uow.outbox.add(
        letter("reminder/扬尘办/2023-W17", attachments=(("名单.xlsx", "application/x", b"\0"),)),
        "<one@x>",
        NOW,
    )
    assert first is not None
    assert uow.outbox.add(letter("reminder/扬尘办/2023-W17"), "<two@x>", NOW) is None
    assert uow.outbox.has_key("reminder/扬尘办/2023-W17")
    assert uow.outbox.attachments(first) == [("名单.xlsx", "application/x", b"\0")]
    found = uow.outbox.by_message_id("<one@x>")
    assert found is not None
    assert (found.id, found.state, found.next_try) == (first, "queued", NOW)
    assert uow.outbox.by_message_id("<two@x>") is None


@pytest.mark.parametrize("lanes", list(permutations(LANES))[::17], ids="-".join)
def test_an_emergency_overtakes_everything(uow: UnitOfWork, lanes: tuple[str, ...]) -> None:
    """紧急 > 指令答复 > 回执 > 催报 > 日报/通报, whatever was queued first."""
    for at, lane in enumerate(lanes, 1):
        queued(uow, f"{lane}/young", lane, NOW + at * MINUTE)
        queued(uow, f"{lane}/old", lane, NOW)

    ready = [m.key for m in uow.outbox.ready(NOW + DAY)]

    assert ready == [f"{lane}/{age}" for lane in LANES for age in ("old", "young")]


def test_only_letters_whose_time_has_come_are_ready(uow: UnitOfWork) -> None:
    uow.outbox.add(letter("later", not_before=NOW + DAY), "<later@x>", NOW)
    waits, done = queued(uow, "deferred"), queued(uow, "sent")
    uow.outbox.settle(waits, "deferred", "忙", next_try=NOW + MINUTE)
    uow.outbox.settle(done, "sent", "", sent_at=NOW)

    assert uow.outbox.ready(NOW) == []
    assert [m.key for m in uow.outbox.ready(NOW + MINUTE)] == ["deferred"]
    assert [m.key for m in uow.outbox.ready(NOW + DAY)] == ["later", "deferred"]
    assert uow.outbox.ready(NOW + DAY, without=["receipt"]) == []


def test_a_letter_is_claimed_by_one_sender(store: Store) -> None:
    """Two deliveries look at the same list; one of them sends."""
    with store.work() as uow:
        number = queued(uow, "once")
        uow.commit()
    claims = []
    for _ in range(2):
        with store.work() as uow:
            claims.append(uow.outbox.start(number, NOW))
            uow.commit()

    assert claims == [True, False]
    with store.look() as uow:
        found = uow.outbox.get(number)
        assert found is not None
        assert (found.state, found.attempts, found.attempted_at) == ("sending", 1, NOW)
        assert uow.outbox.count_sent_since(NOW) == 1
        assert uow.outbox.count_sent_since(NOW + MINUTE) == 0


@pytest.mark.parametrize("state", ["held", "sent", "failed", "unknown", "cancelled", "sending"])
def test_only_waiting_letters_can_be_claimed(uow: UnitOfWork, state: str) -> None:
    number = queued(uow, "letter")
    uow.outbox.settle(number, state, "")  # type: ignore[arg-type]
    assert not uow.outbox.start(number, NOW)
    assert uow.outbox.ready(NOW + DAY) == []


def test_keys_are_found_by_prefix_not_by_pattern(uow: UnitOfWork) -> None:
    """The %, _ of a unit's name are letters."""
    queued(uow, "alert/E1/0")
    queued(uow, "alert/E12/0")
    queued(uow, "alert_E1/0")
    assert list(uow.outbox.keys_like("alert/E1/")) == ["alert/E1/0"]
    assert list(uow.outbox.keys_like("alert_")) == ["alert_E1/0"]
    assert uow.outbox.keys_like("alert/", since=NOW + MINUTE) == {}


def test_reminders_see_all_letters_but_receipts(uow: UnitOfWork) -> None:
    number = queued(uow, "reminder/1", "reminder")
    uow.outbox.settle(number, "cancelled", "")
    queued(uow, "receipt/1")
    found = uow.outbox.queued_since(NOW)
    assert [(q.key, q.cancelled) for q in found] == [("reminder/1", True)]
    assert uow.outbox.queued_since(NOW + MINUTE) == []


def test_the_oldest_letter_not_yet_gone_is_known(uow: UnitOfWork) -> None:
    assert uow.outbox.oldest_waiting() is None
    young, old = queued(uow, "young"), queued(uow, "old", at=NOW - DAY)
    assert uow.outbox.oldest_waiting() == NOW - DAY
    uow.outbox.settle(old, "sent", "", sent_at=NOW)
    assert uow.outbox.oldest_waiting() == NOW
    assert uow.outbox.counts() == {"queued": 1, "sent": 1}
    assert [m.id for m in uow.outbox.sent_between(NOW, NOW + MINUTE)] == [old]
    assert [m.id for m in uow.outbox.listing()] == [old, young]
    assert [m.id for m in uow.outbox.listing("queued")] == [young]


# --- the office, addresses, facts ---


def test_events_commissions_and_activities_come_back(uow: UnitOfWork) -> None:
    event = EventRecord(0, "扬尘办", "坍塌", "坍塌", "alert", "open", NOW, "mail", draft_ids=(3, 4))
    number = uow.events.add(event)
    assert uow.events.get(number) == replace(event, id=number)
    assert uow.events.of_draft(4) == replace(event, id=number)
    assert uow.events.of_draft(5) is None
    uow.events.change(number, state="closed", closed_at=NOW)
    assert uow.events.all(only_open=True) == []

    asked = CommissionRecord(0, "扬尘办", "主题", NOW, NOW + DAY)
    item = uow.commissions.add(asked)
    uow.commissions.change(item, state="cancelled")
    assert uow.commissions.get(item) == replace(asked, id=item, state="cancelled")
    assert uow.commissions.get(item + 1) is None

    held = ActivityRecord(0, "扬尘办", "会议", date(2023, 4, 19))
    meeting = uow.commissions.add_activity(held)
    uow.commissions.change_activity(meeting, state="done")
    assert uow.commissions.activities() == [replace(held, id=meeting, state="done")]


def test_an_act_stays_when_it_is_undone(uow: UnitOfWork) -> None:
    first = uow.acts.add(NOW, "cli", "correct", "draft:1", {"before": {"task": None}})
    second = uow.acts.add(NOW, "cli", "undo-correct", "draft:1", {"undoes": first})
    uow.acts.undo(first, second)

    assert [(act.id, act.undone_by) for act in uow.acts.of("draft:1")] == [
        (first, second),
        (second, None),
    ]
    assert uow.acts.of("draft:11") == []


def test_a_revoked_exemption_is_no_longer_in_force(uow: UnitOfWork) -> None:
    exempt = ExemptionRecord(0, "short/扬尘办/2023-W17", "扬尘办", "停电", NOW, "cli")
    number = uow.acts.exempt(exempt)
    uow.acts.exempt(replace(exempt, revoked=True))
    assert uow.acts.exemptions() == [replace(exempt, id=number)]


def test_an_address_is_learnt_and_its_bounces_counted(uow: UnitOfWork) -> None:
    uow.contacts.bounced("a@b.example", NOW, "550")
    assert uow.contacts.units_by_address() == {}, "a bounce names no unit"
    uow.contacts.learn("a@b.example", "扬尘办", NOW, "cli")
    uow.contacts.bounced("a@b.example", NOW, "550")
    uow.contacts.learn("a@b.example", "市政管理科", NOW, "cli")

    assert uow.contacts.units_by_address() == {"a@b.example": "市政管理科"}
    assert uow.contacts.bounces() == {"a@b.example": 2}


def test_facts_are_set_replaced_and_dropped(uow: UnitOfWork) -> None:
    assert uow.facts.get("tick") is None
    assert uow.facts.at("tick") is None
    uow.facts.put("tick", {"a": [1, None]}, NOW)
    uow.facts.put("tick", "later", NOW + MINUTE)
    uow.facts.put("t_ck", 1, NOW)
    assert uow.facts.get("tick") == "later"
    assert uow.facts.at("tick") == NOW + MINUTE
    assert uow.facts.names("t_") == ["t_ck"]
    uow.facts.drop("tick")
    assert uow.facts.get("tick") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(uids=st.lists(st.integers(min_value=1, max_value=2**32 - 1), min_size=1, max_size=8))
def test_whatever_the_order_the_cursor_is_the_highest(store: Store, uids: list[int]) -> None:
    with store.work() as uow:
        for uid in uids:
            uow.cursors.put(Cursor("INBOX", 1, uid, NOW))
        found = uow.cursors.get("INBOX", 1)
        assert found is not None
        assert found.last_uid == max(uids)
