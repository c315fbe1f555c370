"""Orders in plain Chinese: read, explained when misread, dated, and checked for contradictions."""

from datetime import date, time
from typing import Any

import pytest
from duty_samples import at
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.order_dates import BadDate, Direction, When, find_when
from mailbot.rules.orders import (
    FORMS,
    LONGEST_LINE,
    MOST_LINES,
    Misread,
    Order,
    is_orders,
    read_orders,
    split_form,
)

SECRET = "0123456789abcdef0123"


def one(line: str, subject: str = "") -> Order:
    (order,) = read_orders(subject, line)
    assert isinstance(order, Order), order
    return order


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("采用 #12 达州要情 单条", {"drafts": (12,), "rest": "达州要情 单条"}, id="adopt"),
        pytest.param("采用#12达州要情单条", {"drafts": (12,), "rest": "达州要情单条"}, id="no-blanks"),
        pytest.param("采用 ＃１２ 达州要情 单条", {"drafts": (12,)}, id="full-width"),
        pytest.param("采用 12 达州要情", {"drafts": (12,), "rest": "达州要情"}, id="no-number-sign"),
        pytest.param("采用 #12、#13和14 达州要情", {"drafts": (12, 13, 14)}, id="several-drafts"),
        pytest.param("采用 #12 #12 达州要情", {"drafts": (12,)}, id="a-draft-twice"),
        pytest.param("【指令】采用 #12 达州要情", {"drafts": (12,)}, id="marked-as-order"),
        pytest.param("批示：#12 市委主要领导", {"verb": "批示", "rest": "市委主要领导"}, id="colon"),
        pytest.param("收到 #E7", {"event": 7, "subject": "#E7"}, id="acknowledge"),
        pytest.param("收到，谢谢", {"event": None, "rest": "谢谢"}, id="acknowledge-with-thanks"),
        pytest.param("确认。", {"verb": "确认"}, id="confirm-with-a-full-stop"),
        pytest.param("撤销 操作5、操作6", {"acts": (5, 6), "subject": "act:5,act:6"}, id="undo-two"),
        pytest.param("撤销 5", {"acts": (5,)}, id="undo-a-number"),
        pytest.param("撤销！", {"acts": ()}, id="undo-what-was-answered"),
        pytest.param(
            "更正 #12 单位=市政管理科 类型＝动态简讯",
            {"pairs": (("单位", "市政管理科"), ("类型", "动态简讯"))},
            id="correct",
        ),
        pytest.param("表扬 市政管理科 报送及时", {"drafts": (), "rest": "市政管理科 报送及时"}, id="praise-a-unit"),
        pytest.param("扣分 #E7 漏报", {"event": 7, "rest": "漏报"}, id="blame"),
        pytest.param("查询 市政管理科", {"rest": "市政管理科"}, id="ask"),
        pytest.param("查询 #12", {"drafts": (12,)}, id="ask-about-a-draft"),
        pytest.param("放行 通报-2023-04", {"rest": "通报-2023-04"}, id="release"),
        pytest.param("台账 4月", {"rest": "4月"}, id="ledger-of-a-month-is-no-draft"),
        pytest.param("约稿 市政管理科 4月25日17时 主题", {"drafts": ()}, id="commission"),
    ],
)  # fmt: skip
def test_an_order_is_read(line: str, expected: dict[str, Any]) -> None:
    order = one(line)
    assert {name: getattr(order, name) for name in expected} == expected


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("采用了新技术", id="a-word-of-prose"),
        pytest.param("收到您的来信", id="received-in-prose"),
        pytest.param("突发事件情况报告", id="a-title"),
        pytest.param("活动现场秩序良好。", id="a-sentence"),
        pytest.param("> 采用 #12 达州要情 单条", id="quoted"),
        pytest.param("| 采用 #12 达州要情 单条", id="quoted-by-a-bar"),
        pytest.param("请采用 #12", id="a-request-in-prose"),
        pytest.param("采用 #12 " + "达" * LONGEST_LINE, id="a-whole-paragraph"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_lines_are_no_orders(line: str) -> None:
    assert read_orders("", line) == ()


@pytest.mark.parametrize(
    ("line", "because"),
    [
        pytest.param("采用 达州要情", "没有写稿件编号", id="no-draft"),
        pytest.param("采用 #12", "没有写刊物", id="no-publication"),
        pytest.param("批示 #12", "没有写批示领导", id="no-leader"),
        pytest.param("批示 #12 #13 市委主要领导", "一行只能写一篇", id="two-drafts"),
        pytest.param("退回 #12", "没有写退回原因", id="no-reason"),
        pytest.param("退回 #12 （请写原因）", "还没有填写", id="a-link-left-unfilled"),
        pytest.param("更正 #12 单位市政管理科", "没有写明改什么", id="no-pair"),
        pytest.param("加分", "没有写突发事件编号", id="no-event"),
        pytest.param("扣分 #E7", "没有写扣分原因", id="no-fault"),
        pytest.param("表扬 市政管理科", "没有写明对象和事由", id="praise-for-nothing"),
        pytest.param("约稿", "没有写单位", id="commission-of-nobody"),
        pytest.param("免除", "没有写任务编号", id="exempt-nothing"),
        pytest.param("放行", "没有写要放行的通报", id="release-nothing"),
    ],
)
def test_a_misread_line_is_explained_with_its_form(line: str, because: str) -> None:
    (misread,) = read_orders("", line)
    assert isinstance(misread, Misread)
    assert because in misread.because
    assert FORMS[line.split(maxsplit=1)[0]] in misread.because


def test_a_token_is_taken_out_of_the_words() -> None:
    order = one(f"采用 #12 达州要情 单条 凭证7-{SECRET}")
    assert (order.text, order.rest) == ("采用 #12 达州要情 单条", "达州要情 单条")
    assert order.token is not None
    assert (order.token.number, order.token.secret) == (7, SECRET)


def test_the_code_of_an_alert_is_taken_out_of_the_words() -> None:
    order = one(f"收到 #E7 校验码{SECRET}")
    assert (order.text, order.code) == ("收到 #E7", SECRET)


def test_subject_and_body_of_a_link_are_one_order() -> None:
    words = f"采用 #12 达州要情 单条 凭证7-{SECRET}"
    assert len(read_orders(words, words)) == 1
    assert one("采用 #12 达州要情 单条", words).token is not None


@pytest.mark.parametrize(
    "mark", ["回复：", "Re: ", "RE:", "Re[2]: ", "转发：", "Fw: ", "Fwd:", "答复："]
)
def test_the_subject_of_an_answer_or_forward_is_not_its_writers_word(mark: str) -> None:
    """A token in it went to somebody else, or was used before."""
    assert read_orders(f"{mark}采用 #12 达州要情 单条 凭证7-{SECRET}", "供参考。") == ()


def test_only_a_confirmation_takes_its_code_from_the_answered_subject() -> None:
    subject = f"回复：【请确认】采用 #12 达州要情 单条 凭证7-{SECRET}"
    assert one("确认", subject).token is not None
    assert one("采用 #13 达州要情 单条", subject).token is None
    assert read_orders(subject, "不是我发的") == ()


@pytest.mark.parametrize("subject", ["更正", "更正：", "更正 #2"])
def test_a_subject_that_only_names_the_order_is_none_of_its_own(subject: str) -> None:
    words = "更正 #2 类型=问题反映"
    assert [order.text for order in read_orders(subject, f"王主任：\n{words}")] == [words]


def test_a_bare_question_over_a_question_is_its_heading() -> None:
    assert [order.text for order in read_orders("查询", "查询 #5")] == ["查询 #5"]
    assert [order.text for order in read_orders("查询", "")] == ["查询"]


def test_a_subject_alone_that_cannot_be_read_is_explained() -> None:
    (said,) = read_orders("更正", "请办理。")
    assert isinstance(said, Misread)


def test_lines_beyond_the_thirtieth_are_not_orders() -> None:
    body = "\n".join(f"采用 #{number} 达州要情 单条" for number in range(1, 60))
    assert len(read_orders("", body)) == MOST_LINES


CONTRADICTIONS = [
    pytest.param("采用 #12 达州要情 单条", "采用 #12 达州要情 综合", id="two-forms"),
    pytest.param("采用 #12 达州要情 单条", "退回 #12 数据有误", id="adopted-and-returned"),
    pytest.param("批示 #12 市委主要领导", "退回 #12 数据有误", id="instructed-and-returned"),
    pytest.param("退回 #12 数据有误", "退回 #12 格式不对", id="two-reasons"),
    pytest.param("表扬 #12 好", "批评 #12 差", id="praise-and-criticism"),
    pytest.param("加分 #E7", "扣分 #E7 漏报", id="credit-and-blame"),
    pytest.param("更正 #12 单位=市政管理科", "更正 #12 单位=扬尘办", id="two-units"),
    pytest.param("确认", "撤销", id="confirm-and-undo"),
]


@pytest.mark.parametrize(("first", "second"), CONTRADICTIONS)
def test_contradictory_orders_are_both_refused(first: str, second: str) -> None:
    found = read_orders("", f"{first}\n{second}")
    assert [type(item) for item in found] == [Misread, Misread]
    assert second in getattr(found[0], "because", "")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("采用 #12 达州要情 单条", "采用 #12 政务快讯 单条", id="two-publications"),
        pytest.param("采用 #12 达州要情 单条", "采用 #13 达州要情 综合", id="two-drafts"),
        pytest.param(
            "采用 #12 达州要情 单条", "批示 #12 市委主要领导", id="adopted-and-instructed"
        ),
        pytest.param("更正 #12 单位=市政管理科", "更正 #12 类型=动态简讯", id="two-items"),
        pytest.param("退回 #12 数据有误", "采用 #13 达州要情 单条", id="another-returned"),
    ],
)
def test_orders_that_agree_stand(first: str, second: str) -> None:
    found = read_orders("", f"{first}\n{second}")
    assert all(isinstance(item, Order) for item in found)


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        pytest.param("采用 #12 达州要情 单条", "", True, id="subject"),
        pytest.param("", "您好：\n采用 #12 达州要情 单条", True, id="after-a-greeting"),
        pytest.param("回复：预警", "收到", True, id="received"),
        pytest.param("采用 达州要情", "", True, id="misread"),
        pytest.param("突发 张家湾路口燃气管道被挖断", "", True, id="emergency-that-lacks-a-time-is-asked-about"),
        pytest.param("突发", "张家湾路口燃气管道被挖断。", False, id="a-report-headed-so"),
        pytest.param("信息", "情况报告如下。\n活动 现场秩序良好", False, id="a-word-inside-a-text"),
        pytest.param("信息", "现报上稿件一篇。", False, id="a-draft"),
    ],
)  # fmt: skip
def test_orders_are_told_from_drafts(subject: str, body: str, *, expected: bool) -> None:
    assert is_orders(subject, body) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("达州要情 单条", ("达州要情", "单条"), id="blank"),
        pytest.param("《达州要情》单条", ("《达州要情》", "单条"), id="brackets"),
        pytest.param("达州要情单条", ("达州要情", "单条"), id="joined"),
        pytest.param(
            "市政府办公室 要情专报 专刊", ("市政府办公室要情专报", "专刊"), id="with-level"
        ),
        pytest.param("要情专报", ("要情专报", ""), id="a-name-that-ends-like-a-form"),
        pytest.param("专刊", ("", "专刊"), id="form-alone"),
    ],
)
def test_publication_and_form(words: str, expected: tuple[str, str]) -> None:
    assert split_form(words) == expected


NOW = at("2023-04-20 12:00")


@pytest.mark.parametrize(
    ("text", "direction", "expected"),
    [
        pytest.param("4月25日17时 主题", "future", (date(2023, 4, 25), time(17)), id="due"),
        pytest.param("4月25日 下午3点半", "future", (date(2023, 4, 25), time(15, 30)), id="afternoon"),
        pytest.param("明天上午9：30前", "future", (date(2023, 4, 21), time(9, 30)), id="tomorrow"),
        pytest.param("1月5日", "future", (date(2024, 1, 5), None), id="over-new-year"),
        pytest.param("12月31日", "past", (date(2022, 12, 31), None), id="back-over-new-year"),
        pytest.param("2023-04-19", "past", (date(2023, 4, 19), None), id="iso"),
        pytest.param("2023年4月19日", "past", (date(2023, 4, 19), None), id="with-year"),
        pytest.param("4月19号", "past", (date(2023, 4, 19), None), id="spoken"),
        pytest.param("8时22分 燃气泄漏", "past", (date(2023, 4, 20), time(8, 22)), id="today-by-the-clock"),
        pytest.param("4月19日", "near", (date(2023, 4, 19), None), id="an-activity-of-yesterday"),
        pytest.param("4月22日", "near", (date(2023, 4, 22), None), id="an-activity-to-come"),
        pytest.param("4月20日", "past", (date(2023, 4, 20), None), id="today-is-past"),
        pytest.param("4月20日", "future", (date(2023, 4, 20), None), id="today-is-future"),
    ],
)  # fmt: skip
def test_a_date_is_read(
    text: str, direction: Direction, expected: tuple[date, time | None]
) -> None:
    found = find_when(text, NOW, direction)
    assert isinstance(found, When)
    assert (found.day, found.clock) == expected


@pytest.mark.parametrize(
    ("text", "direction", "because"),
    [
        pytest.param("4/5", "past", "两种读法", id="slash"),
        pytest.param("4.5", "past", "两种读法", id="dot"),
        pytest.param("2月30日", "past", "没有", id="no-such-day"),
        pytest.param("4月21日", "past", "哪一年", id="not-yet"),
        pytest.param("4月19日", "future", "哪一年", id="gone-by"),
        pytest.param("10月20日", "near", "哪一年", id="half-a-year-off"),
        pytest.param("4月25日25时", "future", "时间", id="no-such-hour"),
        pytest.param("8时75分", "past", "时间", id="no-such-minute"),
    ],
)
def test_a_doubtful_date_is_asked_about(text: str, direction: Direction, because: str) -> None:
    found = find_when(text, NOW, direction)
    assert isinstance(found, BadDate)
    assert because in found.because


@given(subject=st.text(max_size=200), body=st.text(max_size=2000))
def test_no_text_breaks_the_reader(subject: str, body: str) -> None:
    for order in read_orders(subject, body):
        assert order.text


@given(
    verb=st.sampled_from(sorted(FORMS)),
    words=st.text("#＃0123456789、,和E 月日时点:/凭证-=（请写", max_size=120),
)
def test_no_order_breaks_the_reader(verb: str, words: str) -> None:
    for order in read_orders(f"{verb} {words}", ""):
        for direction in ("past", "future", "near"):
            find_when(getattr(order, "rest", ""), NOW, direction)
