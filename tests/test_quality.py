"""Hints on wording and figures (四（二）): true ones with their place, hardly any false ones."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.rules.quality import hints
from mailbot.rules.quality_words import RIGHT_WORDS

HERE = Path(__file__).parent
NOTICE = load(HERE.parent / "config.toml").notice


@pytest.mark.parametrize(
    ("text", "about", "quote"),
    [
        pytest.param("我局积极布署防汛工作", "错字", "布署", id="wrong-word"),
        pytest.param("达洲市城管执法局", "错字", "达洲", id="wrong-place"),
        pytest.param("大足县住建局", "错字", "大足县", id="wrong-county"),
        pytest.param("城市管理的的水平", "叠字", "的的", id="doubled-particle"),
        pytest.param("近期开展开展整治", "叠字", "开展开展", id="doubled-word"),
        pytest.param("4月31日召开会议", "日期", "4月31日", id="no-such-day"),
        pytest.param("2023年2月29日召开", "日期", "2023年2月29日", id="no-leap-year"),
        pytest.param("2023年4月19日（星期五）", "星期", "2023年4月19日（星期五", id="weekday"),
        pytest.param("当日25时许", "", "", id="only-minutes-make-a-clock"),
        pytest.param("当日8时75分", "时间", "8时75分", id="no-such-minute"),
        pytest.param("群众满意率达105%", "百分比", "满意率达105%", id="rate-over-100"),
        pytest.param("投诉同比下降120%", "百分比", "下降120%", id="fall-over-100"),
        pytest.param("增长120%", "", "", id="growth-may-pass-100"),
        pytest.param(
            "共检查20处，其中工地15处、餐饮店9处。",
            "数据",
            "共检查20处",
            id="parts-exceed-the-whole",
        ),
        pytest.param("共检查20处，其中工地8处、餐饮店9处。", "", "", id="parts-within-the-whole"),
        pytest.param(
            "受理200件，办结190件，办结率98%。", "数据", "办结率98%", id="rate-and-counts"
        ),
        pytest.param("受理200件，办结190件，办结率95%。", "", "", id="rate-fits"),
        pytest.param(
            "由100件减少到50件，同比下降30%。", "数据", "下降30%", id="change-does-not-fit"
        ),
        pytest.param("由100件减少到50件，同比下降50%。", "", "", id="change-fits"),
        pytest.param(
            "4月投诉150件，去年同期200件，同比下降40%。", "数据", "下降40%", id="year-on-year"
        ),
        pytest.param("4月投诉150件，较去年同期200件下降25%。", "", "", id="year-on-year-that-fits"),
        pytest.param(
            "排查商户50家，其中餐饮店30家、理发店15家、洗车店8家。",
            "数据",
            "其中餐饮店30家",
            id="parts-of-what-was-checked",
        ),
        pytest.param("一是排查，三是整改。", "序号", "三是整改", id="second-point-missing"),
        pytest.param("一是排查，二是整改，二是督导。", "序号", "二是督导", id="second-twice"),
        pytest.param(
            "一是排查，二是整改。会议要求，一是抓紧，二是抓实。", "", "", id="counting-anew"
        ),
        pytest.param("之一是路窄，统一是关键，三是车多。", "", "", id="之一-and-统一-do-not-count"),
        pytest.param("万源县综合执法局开展检查", "地名", "万源县", id="no-such-county"),
        pytest.param("大邑县综合执法局来我市交流", "", "", id="a-county-elsewhere"),
        pytest.param("出动执法人员  人，车辆5台", "缺内容", "  人", id="number-left-out"),
        pytest.param("对占道经营进进行整治", "叠字", "进进行", id="doubled-head"),
        pytest.param("在XX街道开展检查", "缺内容", "XX", id="placeholder"),
        pytest.param("按照《条例规定开展检查", "括号引号", "《", id="unpaired-title-mark"),
        pytest.param("推行“街长制，成效好", "括号引号", "“", id="unpaired-quotation"),
        pytest.param("措施：1）巡查；2）处置。", "", "", id="numbering-needs-no-partner"),
        pytest.param("检查完成，，整改到位", "标点", "，，", id="doubled-stop"),
        pytest.param("检查完成,整改到位", "全半角", "完成,整改", id="half-width-comma"),
        pytest.param("出动（含辅助)人员", "全半角", "（含辅助)", id="mixed-brackets"),
        pytest.param("出动３０人", "全半角", "３０", id="full-width-digits"),
        pytest.param("约30余人参加", "语病", "约30余人", id="said-twice"),
        pytest.param("节约30余万元", "", "", id="节约-is-not-about"),
        pytest.param("防止事故不再发生", "语病", "防止事故不再发生", id="double-negative"),
        pytest.param("刊于《达州信息专刊》", "刊名", "《达州信息专刊》", id="publication"),
        pytest.param("刊于《达州信息专报》", "", "", id="publication-right"),
        pytest.param("台东六路和和兴路交会口", "", "", id="a-road-that-begins-with-和"),
        pytest.param(
            "已建成22座，在建8座，共计32座。", "数据", "共计32座", id="total-after-its-parts"
        ),
        pytest.param("已建成22座，在建8座，共计30座。", "", "", id="total-that-fits"),
        pytest.param("公厕、中转站等22座，在建8座，共计45座。", "", "", id="parts-not-all-named"),
        pytest.param("日行8公里，一年2400公里，19年合计45600公里。", "", "", id="no-sum-at-all"),
        pytest.param("办件700件，其中容缺175件，占35%。", "数据", "175件，占35%", id="share"),
        pytest.param("办件700件，其中容缺175件，占25%。", "", "", id="share-that-fits"),
        pytest.param(
            "公厕186座，其中24小时开放64座，占44%。", "数据", "占44%", id="share-past-hours"
        ),
        pytest.param(
            "计划改造32公里，完成20公里，占计划的72%。", "数据", "占计划的72%", id="share-of-plan"
        ),
        pytest.param(
            "结案率97.9%，同比提高3.2个百分点，去年同期为98.4%。",
            "数据",
            "去年同期为98.4%",
            id="points",
        ),
        pytest.param(
            "结案率98.4%，同比提高0.5个百分点，去年同期为97.9%。", "", "", id="points-that-fit"
        ),
        pytest.param(
            "由61%提高到78%，提高了7个百分点。", "数据", "提高了7个百分点", id="points-from-to"
        ),
        pytest.param("由47%提高到92%，满意度提高21个百分点。", "", "", id="points-of-another-rate"),
        pytest.param(
            "投诉150件，同比下降40%，去年同期为200件。",
            "数据",
            "去年同期为200件",
            id="change-told-first",
        ),
        pytest.param("直属三大队开展检查", "单位名", "直属三大队", id="no-such-team"),
        pytest.param("直属第二大队开展检查", "", "", id="a-team-there-is"),
        pytest.param("高新区应急管理厅检查", "单位名", "高新区应急管理厅", id="no-such-rank"),
        pytest.param("渠县公安部门配合", "", "", id="部门-is-no-部"),
        pytest.param("耐心等待救援 。", "多余字符", "救援 。", id="blank-before-a-stop"),
        pytest.param("市容焕然一新\n。", "多余字符", "焕然一新", id="stop-on-a-line-of-its-own"),
        pytest.param("用所学知知识服务群众", "叠字", "知知识", id="doubled-head-of-a-word"),
        pytest.param("通知知识竞赛时间，大队队员到场，城管管理有序", "", "", id="words-that-meet"),
        pytest.param("对下一步工作作了部署，由领导小组组织实施", "", "", id="more-words-that-meet"),
        pytest.param("中队中队长讲话", "", "", id="a-team-and-its-leader"),
        pytest.param("发放倡仪书400份", "错字", "倡仪书", id="one-sign-for-another"),
        pytest.param("整改取的了成效", "错字", "取的了", id="的-for-得"),
        pytest.param("采取的显著标识", "", "", id="采取的-is-right"),
        pytest.param("天然气泄漏，当天燃气公司到场", "", "", id="燃-and-然"),
        pytest.param("截止4月20日，已办结30件", "错字", "截止", id="截止-for-截至"),
        pytest.param("报名截止4月20日。", "", "", id="截止-alone"),
        pytest.param("问题己整改到位，自己完成", "错字", "己整改", id="己-for-已"),
        pytest.param("为了了解情况，以整治为目的的行动", "", "", id="legitimate-doubles"),
    ],
)
def test_hints(text: str, about: str, quote: str) -> None:
    found = hints("", text, NOTICE, "经验做法")

    assert [hint.about for hint in found] == ([about] if about else [])
    assert all(quote in hint.quote for hint in found)


@pytest.mark.parametrize(
    ("words", "received_on", "told"),
    [
        pytest.param("4月19日（周五）开展检查", date(2023, 4, 20), True, id="wrong-this-year"),
        pytest.param("4月19日（周三）开展检查", date(2023, 4, 20), False, id="right"),
        pytest.param("4月19日（周五）开展检查", None, False, id="year-unknown"),
        pytest.param("12月30日（周五）值守", date(2023, 1, 3), False, id="last-year"),
        pytest.param("去年4月19日（周二）检查", date(2023, 4, 20), False, id="said-to-be-another"),
    ],
)
def test_a_weekday_without_a_year_goes_by_the_receipt(
    words: str, received_on: date | None, *, told: bool
) -> None:
    found = hints("", words, NOTICE, "", received_on)

    assert [hint.about for hint in found] == (["星期"] if told else [])


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("近日，环卫处清洗步道。", "动态简讯", True),
        ("近日，环卫处清洗步道。", "经验做法", False),
        ("近日，环卫处于4月3日清洗步道。", "动态简讯", False),
    ],
)
def test_news_without_any_day_is_asked_for_one(body: str, kind: str, *, expected: bool) -> None:
    assert any(hint.quote.startswith("近日") for hint in hints("", body, NOTICE, kind)) == expected


def test_at_most_five_the_surest_first() -> None:
    body = "布署布署，，（的的,XX约30余人4月31日8时99分满意率达130%" * 20

    found = hints("", body, NOTICE, "动态简讯")

    assert len(found) == 5
    assert found[0].about == "错字"


def test_good_texts_draw_hardly_a_hint() -> None:
    """At most one hint in 5,000 characters of the development texts."""
    texts = [
        text
        for name in ("kinds/tuned", "kinds/held_out", "emergencies/held_out")
        for text in tomllib.loads(
            (HERE / "development" / f"{name}.toml").read_text(encoding="utf-8")
        )["text"]
    ]

    told = sum(len(hints(t["title"], t["body"], NOTICE, "")) for t in texts)

    assert told <= sum(len(t["body"]) for t in texts) / 5_000


def test_no_right_word_is_itself_called_wrong() -> None:
    for right in RIGHT_WORDS.values():
        assert not any(hint.about == "错字" for hint in hints("", right, NOTICE, ""))


@given(st.text(max_size=500))
def test_any_text_gives_at_most_five_hints_that_quote_it(body: str) -> None:
    found = hints("", body, NOTICE, "动态简讯")

    assert len(found) <= 5
    assert all(hint.quote in f"\n{body}" for hint in found)


@pytest.mark.parametrize(
    "piece", ["（", "，", "1", "由", "共1件其中", "《一二三四》", "约1", "防止"]
)
def test_long_hostile_texts_end(piece: str) -> None:
    assert len(hints("", piece * (200_000 // len(piece)), NOTICE, "")) <= 5
