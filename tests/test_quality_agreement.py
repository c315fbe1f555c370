"""Spans, averages, lists and title against text (四（二） 前后一致): told where they disagree."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.rules.quality import hints

NOTICE = load(Path(__file__).parents[1] / "config.toml").notice


def told(text: str, title: str = "") -> list[str]:
    """What each hint is about."""
    return [hint.about for hint in hints(title, text, NOTICE, "经验做法")]


@pytest.mark.parametrize(
    ("title", "text", "about", "quote"),
    [
        pytest.param("", "演练于8时30分至10时，历时2小时。", "时间", "历时2小时", id="hours"),
        pytest.param("", "20时至次日6时，持续9小时。", "时间", "持续9小时", id="over-midnight"),
        pytest.param("", "7月14日至3日开展整治。", "日期", "7月14日至3日", id="end-before-start"),
        pytest.param("", "5月16日至20日，为期3天。", "日期", "为期3天", id="days"),
        pytest.param(
            "", "5月16日至20日开展整治。6天共清理26处。", "日期", "6天共", id="days-later"
        ),
        pytest.param(
            "", "4月10日整治，将于3月底前完成。", "时间", "将于3月底", id="already-passed"
        ),
        pytest.param("", "8天里出动560人次，日均80人次。", "数据", "日均80人次", id="a-day"),
        pytest.param(
            "", "拆除64处，面积5120平方米，平均每处90平方米。", "数据", "90平方米", id="a-piece"
        ),
        pytest.param("", "出动队员96人，分成6组，每组15人。", "数据", "每组15人", id="groups"),
        pytest.param(
            "", "采取三项措施：一是查，二是改，三是督，四是罚。", "序号", "三项措施", id="one-more"
        ),
        pytest.param(
            "", "提出四点要求：一是查，二是改，三是督。", "序号", "四点要求", id="one-less"
        ),
        pytest.param("", "一、查处\n二、整改\n四、督导", "序号", "四、督导", id="heading-missing"),
        pytest.param(
            "216个隐患全部销号", "检查发现218个隐患，已经销号。", "前后不一", "216个", id="title"
        ),
        pytest.param(
            "发放传单300份", "队员发放传单250份。", "前后不一", "300份", id="hundreds-too-far-off"
        ),
        pytest.param(
            "", "发现隐患76处。75处隐患全部整改到位。", "前后不一", "75处隐患", id="taken-up"
        ),
        pytest.param(
            "",
            "本次共出动执法人员28人。街面好转。共出动执法人员32人。",
            "前后不一",
            "32人",
            id="lead-and-end",
        ),
        pytest.param(
            "直属二大队整治", "直属一大队开展整治。", "前后不一", "直属一大队", id="another-team"
        ),
        pytest.param("大竹县开展整治", "渠县综合执法局整治。", "前后不一", "渠县", id="county"),
    ],
)
def test_a_disagreement_is_quoted(title: str, text: str, about: str, quote: str) -> None:
    found = hints(title, text, NOTICE, "经验做法")

    assert [hint.about for hint in found] == [about]
    assert quote in found[0].quote


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("", "8时30分至10时30分，历时2小时。", id="hours-that-fit"),
        pytest.param("", "上午9时至下午1时30分，历时约4个半小时。", id="about-so-long"),
        pytest.param("", "15日20时至16日8时，持续12小时。", id="another-day"),
        pytest.param("", "9月29日至10月6日放假8天。", id="over-the-month"),
        pytest.param("", "12月28日至1月3日开展整治。", id="over-the-year"),
        pytest.param("", "8月20日（周日）至9月2日（周六），为期两周。", id="weeks"),
        pytest.param("", "11月10日整治，将于2月底前完成。", id="next-year"),
        pytest.param("", "5月收运26350吨，日均850吨。", id="days-not-told"),
        pytest.param("", "76处隐患，平均每台2处；塔吊38台。", id="count-comes-later"),
        pytest.param("", "出动队员96人，分成6组，每组16人。", id="groups-that-fit"),
        pytest.param(
            "", "提出四点：一是查，二是改，三是督，四是罚。强调，一要快，二要准。", id="list"
        ),
        pytest.param("", "实施“四个一批”。一是新建，二是改造。", id="a-name-is-no-count"),
        pytest.param("", "一、查处\n二、整改\n附件\n一、名单", id="counted-anew"),
        pytest.param("清运垃圾600吨", "第一天清运200吨，第二天清运400吨。", id="title-adds-up"),
        pytest.param("拆除广告19块", "拆除楼顶广告4块、墙面广告15块。", id="title-is-the-sum"),
        pytest.param("新增泊位50个", "发现问题48个。", id="title-of-something-else"),
        pytest.param("收回问卷2400份", "发出问卷2600份，收回问卷2385份。", id="title-in-hundreds"),
        pytest.param(
            "", "发现隐患41处，整改33处，8处限期。33处隐患均已复查。", id="taken-up-right"
        ),
        pytest.param("", "19个厂家的22个产品全部通过。", id="taken-up-beside"),
        pytest.param("", "全省共受理诉求180件。省热线共受理诉求173件。", id="another-area"),
        pytest.param("", "共出动执法人员28人。7月，共出动执法人员38人。", id="another-month"),
        pytest.param("大竹县开展整治", "我县组织整治，渠县来学习。", id="our-county"),
        pytest.param("通川区与达川区联动", "达川区综合执法局开展整治。", id="two-in-the-title"),
    ],
)
def test_what_may_agree_is_left_alone(title: str, text: str) -> None:
    assert told(text, title) == []


@given(st.dates(date(2023, 1, 1), date(2023, 12, 31)), st.integers(1, 90), st.booleans())
def test_a_right_span_of_days_is_never_told(first: date, length: int, inclusive: bool) -> None:
    last = first + timedelta(days=length)
    days = length + inclusive

    text = f"{first.month}月{first.day}日至{last.month}月{last.day}日，为期{days}天。"

    assert told(text) == []


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 11 * 60))
def test_a_right_span_of_hours_is_never_told(hour: int, minute: int, length: int) -> None:
    end = (hour * 60 + minute + length) % (24 * 60)
    said = f"{length // 60}小时{length % 60}分钟" if length >= 60 else f"{length}分钟"

    text = f"{hour}时{minute}分至{end // 60}时{end % 60}分，历时{said}。"

    assert told(text) == []


@given(st.integers(2, 60), st.integers(1, 9_000))
def test_a_right_average_is_never_told(days: int, mean: int) -> None:
    assert told(f"{days}天里出动{days * mean}人次，日均{mean}人次。") == []
    assert told(f"拆除{days}处，面积{days * mean}平方米，平均每处{mean}平方米。") == []


@given(st.integers(2, 9), st.integers(2, 9))
def test_a_list_is_told_when_its_announcement_counts_another_number(said: int, listed: int) -> None:
    points = "，".join(f"{'一二三四五六七八九'[at]}是抓落实" for at in range(listed))

    found = told(f"采取{'一二三四五六七八九'[said - 1]}项措施：{points}。")

    assert found == (["序号"] if said != listed else [])


WORDS = [
    "共",
    "其中",
    "占",
    "同比",
    "增长",
    "下降",
    "提高",
    "由",
    "到",
    "至",
    "为",
    "合计",
    "共计",
    "其余",
    "剩余",
    "整改率",
    "办结率",
    "去年同期",
    "比",
    "每",
    "日均",
    "平均每处",
    "已整改",
    "限期",
    "良好",
    "存在",
    "三项措施：",
    "一是",
    "二是",
    "三是",
    "四是",
    "5月16日",
    "7月3日",
    "8时30分",
    "历时",
    "为期",
    "天",
    "2小时",
    "将于3月底",
    "0件",
    "12件",
    "12.5件",
    "4.8万件",
    "30余件",
    "约200件",
    "0%",
    "35%",
    "3.2个百分点",
    "5处",
    "6处",
    "64人",
    "1,200人",
    "分成6组",
    "每组15人",
    "，",
    "、",
    "；",
    "。",
    "：",
    "（",
    "）",
    "“",
    "”",
    "\n",
    "《",
    "》",
    "XX",
    "某某",
    "a",
    "渠县",
    "直属三大队",
    "市容环卫科",
    "管理",
    "知知识",
    "全部",
]


@given(st.lists(st.sampled_from(WORDS), max_size=60), st.lists(st.sampled_from(WORDS), max_size=8))
def test_whatever_words_follow_each_other_every_hint_quotes_its_place(
    body: list[str], title: list[str]
) -> None:
    text, head = "".join(body), "".join(title).replace("\n", "")

    found = hints(head, text, NOTICE, "动态简讯")

    assert len(found) <= 5
    assert all(hint.quote and hint.quote in f"{head}\n{text}" for hint in found)
    assert all("nan" not in hint.advice and "inf" not in hint.advice for hint in found)
