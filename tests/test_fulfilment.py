"""Which drafts answer a 约稿 or an activity for sure, which perhaps, and which do not."""

from dataclasses import replace
from datetime import date

import pytest
from duty_samples import at, draft
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.fulfilment import Answer, Asked, answers, open_requests, part_of
from store.records import ActivityRecord, CommissionRecord, DraftRecord

UNIT, OTHER = "扬尘办", "市政工程处"
ASKED_AT = at("2023-05-08 10:00")
TOPIC = "扬尘治理经验"
ASKED = Asked("commission", 3, UNIT, TOPIC, ASKED_AT)
VISIT = Asked("activity", 7, UNIT, "市领导调研污水处理厂", at("2023-05-10 00:00"))
BODY = "今年以来，全市各项工作有序开展。" * 20


def came(title: str, received: str = "2023-05-09 15:00", **more: object) -> DraftRecord:
    values = {"title": title, "text": BODY, "unit_confidence": "certain", **more}
    return draft(12, str(values.pop("unit", UNIT)), received, **values)


def outcome(found: tuple[Answer, ...]) -> str:
    if not found:
        return "none"
    return "sure" if all(answer.sure for answer in found) else "doubt"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("扬尘治理经验", "sure", id="topic-is-the-title"),
        pytest.param("扬尘办“五个强化”探索扬尘治理新经验", "sure", id="nearly-all-of-the-topic"),
        pytest.param("约稿：扬尘治理做法", "sure", id="says-it-is-the-one-asked-for"),
        pytest.param("扬尘办开展扬尘治理专项行动", "doubt", id="half-of-the-topic"),
        pytest.param("扬尘办召开党员大会", "none", id="something-else"),
        pytest.param("", "none", id="no-title"),
    ],
)
def test_the_title_tells(title: str, expected: str) -> None:
    assert outcome(answers(came(title), [ASKED])) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"received": "2023-05-08 10:00"}, "sure", id="at-the-very-instant"),
        pytest.param({"received": "2023-05-08 09:59"}, "none", id="before-it-was-asked"),
        pytest.param({"unit": OTHER}, "none", id="another-unit"),
        pytest.param({"unit": OTHER, "joint": (OTHER, UNIT)}, "sure", id="joint-draft"),
        pytest.param({"state": "not_counted"}, "none", id="a-repeat-or-no-draft"),
        pytest.param({"state": "withdrawn"}, "none", id="withdrawn"),
        pytest.param({"state": "returned"}, "none", id="returned"),
        pytest.param({"unit_confidence": "unsure"}, "doubt", id="unit-in-doubt"),
        pytest.param({"unit_confidence": "likely"}, "sure", id="unit-likely"),
        pytest.param({"kind": "图集"}, "doubt", id="pictures-without-text"),
        pytest.param({"emergency": "alert"}, "doubt", id="an-emergency-report"),
        pytest.param({"kind": "待审"}, "sure", id="kind-undecided-is-still-a-draft"),
    ],
)
def test_who_sent_what_when(change: dict[str, object], expected: str) -> None:
    received = str(change.pop("received", "2023-05-09 15:00"))
    assert outcome(answers(came(TOPIC, received, **change), [ASKED])) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("扬尘办党建做法", BODY, "doubt", id="reply-with-hardly-a-word-of-the-topic"),
        pytest.param("扬尘治理工作情况", BODY, "sure", id="reply-naming-half-of-it"),
        pytest.param("关于工作的报告", f"现将扬尘治理经验报告如下。{BODY}", "sure", id="reply-in-body"),
        pytest.param("扬尘办召开党员大会", BODY, "doubt", id="reply-used-to-send-another-draft"),
    ],
)  # fmt: skip
def test_a_reply_to_the_letter_needs_few_words(title: str, text: str, expected: str) -> None:
    found = answers(came(title, text=text), [ASKED], replied={("commission", 3)})
    assert outcome(found) == expected


def test_a_topic_the_unit_always_writes_on_proves_nothing() -> None:
    old = draft(2, UNIT, "2023-04-02 10:00", title="扬尘治理经验交流")
    assert outcome(answers(came(TOPIC), [ASKED], earlier=[old])) == "doubt"
    replied = answers(came(TOPIC), [ASKED], earlier=[old], replied={("commission", 3)})
    assert outcome(replied) == "sure"
    since = replace(old, received_at=at("2023-05-08 11:00"))
    assert outcome(answers(came(TOPIC), [ASKED], earlier=[since])) == "sure"


def test_two_that_fit_alike_are_both_in_doubt() -> None:
    twin = replace(ASKED, id=4)
    found = answers(came(TOPIC), [ASKED, twin])
    assert [(answer.asked.id, answer.sure) for answer in found] == [(3, False), (4, False)]
    better = answers(came(TOPIC), [ASKED, replace(ASKED, id=5, topic="扬尘治理宣传画册")])
    assert [(answer.asked.id, answer.sure) for answer in better] == [(3, True)]


@pytest.mark.parametrize(
    ("title", "received", "expected"),
    [
        pytest.param("市领导到污水处理厂调研", "2023-05-10 18:00", "sure", id="same-day"),
        pytest.param("市领导调研污水处理厂", "2023-05-13 09:00", "sure", id="late-is-still-it"),
        pytest.param("市领导将调研污水处理厂", "2023-05-09 18:00", "none", id="announced-before"),
        pytest.param("市领导调研防汛", "2023-05-10 18:00", "doubt", id="another-visit"),
        pytest.param("扬尘办召开党员大会", "2023-05-10 18:00", "none", id="something-else"),
        pytest.param("污水处理厂运行良好", "2023-05-10 18:00", "doubt", id="the-place-alone"),
    ],
)
def test_an_activity_is_answered_from_its_day_on(title: str, received: str, expected: str) -> None:
    assert outcome(answers(came(title, received), [VISIT])) == expected


def test_a_topic_of_one_word_is_never_taken_for_granted() -> None:
    short = replace(ASKED, topic="防汛工作情况")
    assert outcome(answers(came("扬尘办扎实做好防汛工作"), [short])) == "doubt"


def test_reasons_name_request_topic_and_clause() -> None:
    (sure,) = answers(came(TOPIC), [ASKED])
    assert sure.reason.verdict == "约稿：已交"
    assert "约稿3“扬尘治理经验”" in sure.reason.because
    assert sure.reason.clause == "四（一）"
    (doubt,) = answers(came("污水处理厂运行良好", "2023-05-11 08:00"), [VISIT])
    assert doubt.reason.because.startswith("可能是活动7“市领导调研污水处理厂”的来稿")
    assert "activity close 7 --draft 12" in doubt.reason.because
    assert doubt.reason.clause == "附件2备注"


def test_only_what_is_open_is_asked() -> None:
    one = CommissionRecord(1, UNIT, TOPIC, ASKED_AT, at("2023-05-12 18:00"))
    visit = ActivityRecord(1, UNIT, "调研", date(2023, 5, 10))
    closed = [replace(one, id=2, state="done"), replace(one, id=3, state="cancelled")]
    asked = open_requests([one, *closed], [visit, replace(visit, id=2, state="done")])
    assert [(item.what, item.id) for item in asked] == [("commission", 1), ("activity", 1)]
    assert asked[1].since == at("2023-05-10 00:00")


@pytest.mark.untraced
@given(topic=st.text(max_size=40), title=st.text(max_size=60), body=st.text(max_size=80))
def test_a_draft_with_nothing_of_the_topic_answers_nothing(
    topic: str, title: str, body: str
) -> None:
    """Whatever the signs: an answer needs a fair part of the topic's pairs somewhere."""
    asked = replace(ASKED, topic=topic)
    found = answers(came(title, text=body), [asked])
    most = max(part_of(topic, title), part_of(topic, title + body[:300]))
    assert outcome(found) == "none" or most >= 0.4
    if outcome(found) == "sure":
        assert part_of(topic, title) >= 0.6
