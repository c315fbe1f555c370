"""What a draft must carry (四（一）)."""

import pytest

from mailbot.rules.completeness import check
from parsers.facts import Segments

BODY = "4月10日，直属一大队开展夜市整治。"


def segments(**given: object) -> Segments:
    facts: dict[str, object] = {
        "title": "直属一大队开展夜市整治",
        "body": BODY,
        "full": BODY,
        "signature_unit": "直属一大队",
        "signature_date": "2023年4月11日",
        "credits": (("撰稿", "李某"), ("审核", "王某"), ("联系电话", "0000-0000000")),
    }
    return Segments(**(facts | given))  # type: ignore[arg-type]


def test_a_complete_draft_misses_nothing() -> None:
    found = check(segments())

    assert found.missing == ()
    assert found.reasons == ()
    assert found.present == ("标题", "撰稿", "审核签发", "联系方式", "落款", "日期")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        pytest.param({"title": ""}, "标题", id="title"),
        pytest.param({"signature_unit": ""}, "落款", id="unit"),
        pytest.param({"signature_date": ""}, "日期", id="date"),
        pytest.param({"credits": (("撰稿", "李某"), ("审核", "王某"))}, "联系方式", id="contact"),
        pytest.param({"credits": (("审核", "王某"), ("电话", "0000"))}, "撰稿", id="author"),
        pytest.param({"credits": (("撰稿", "李某"), ("电话", "0000"))}, "审核签发", id="approval"),
        pytest.param(
            {"credits": (("撰稿", "李某"), ("审核", " "), ("电话", "0000"))},
            "审核签发",
            id="an-empty-line-is-no-approval",
        ),
    ],
)
def test_what_is_missing_is_told_with_its_clause(given: dict[str, object], missing: str) -> None:
    found = check(segments(**given))

    assert found.missing == (missing,)
    assert [reason.clause for reason in found.reasons] == ["四（一）"]


@pytest.mark.parametrize(
    ("byline", "there"),
    [
        pytest.param("大竹县综合执法局 李某", {"撰稿", "落款"}, id="body-and-person"),
        pytest.param("大竹县综合执法局", {"落款"}, id="body-alone"),
        pytest.param("李某 王某", {"撰稿"}, id="people-alone"),
    ],
)
def test_a_byline_tells_author_body_or_both(byline: str, there: set[str]) -> None:
    found = check(segments(credits=(("署名", byline),), signature_unit=""))

    assert {"撰稿", "落款"} & set(found.present) == there


def test_a_scanned_sign_off_page_stands_for_the_names() -> None:
    found = check(segments(credits=(("撰稿", "李某"), ("电话", "0000"))), ("审签单.jpg",))

    assert found.missing == ()
    assert "审签扫描件" in found.present


@pytest.mark.parametrize(
    ("full", "item"),
    [
        (f"{BODY}\n撰稿人：黄 丹　审核：汤某", "撰稿"),
        (f"{BODY}\n撰稿人：黄 丹　审核：汤某", "审核签发"),
        (f"{BODY}\n0818-2123456", "联系方式"),
        (f"{BODY}\n2023年4月11日", "日期"),
        (f"{BODY}\n二〇二三年四月十一日", "日期"),
        (f"{BODY}\n（直属一大队供稿：李某）", "落款"),
    ],
)
def test_lines_the_segmenter_left_in_the_text_count(full: str, item: str) -> None:
    found = check(segments(full=full, credits=(), signature_unit="", signature_date=""))

    assert item in found.present
