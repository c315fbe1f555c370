"""Event time and the 30-minute verdict (二·一): a table of expressions and what they mean."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.records.verdicts import EventTime, Lateness, Stage
from mailbot.rules.chinese_numerals import narrow, small_number
from mailbot.rules.event_time import find_times, pick_event_time
from mailbot.rules.lateness import judge_lateness
from mailbot.rules.time_resolution import CHINA

# A row is: when the mail was sent | words | earliest | latest ("" = the same) | precision.
# Dates without a year are of the mail's year.
EXPRESSIONS = """
2023-04-19 09:10 | 昨晚11时 | 04-18 23:00 | 04-18 23:59 | hour
2023-04-19 09:10 | 昨日23时50分许 | 04-18 23:50 | | minute
2023-04-19 09:10 | 4月18日23时至4月19日2时 | 04-18 23:00 | 04-19 02:00 | range
2019-03-31 09:10 | 今晨6时左右 | 03-31 06:00 | 03-31 06:59 | hour
2010-05-06 09:10 | 昨晨7:30许 | 05-05 07:30 | | minute
2016-04-25 09:10 | 21号下午 | 04-21 12:00 | 04-21 18:59 | part_of_day
2016-10-17 09:10 | 上周六下午两点半左右 | 10-15 14:30 | | minute
2009-08-08 09:10 | 6日11时30分许 | 08-06 11:30 | | minute
2023-04-19 09:10 | 半小时前 | 04-19 08:40 | | minute
2023-04-19 09:10 | 40分钟前 | 04-19 08:30 | | minute
2023-04-19 09:10 | 1小时前 | 04-19 08:10 | | minute
2023-04-19 09:10 | 一个小时前 | 04-19 08:10 | | minute
2023-04-19 09:10 | 1个半小时前 | 04-19 07:40 | | minute
2023-04-19 09:10 | 半个小时前 | 04-19 08:40 | | minute
2023-04-19 09:10 | 十分钟前 | 04-19 09:00 | | minute
2023-04-19 09:10 | 20多分钟前 | 04-19 08:50 | | minute
2023-04-19 09:10 | 一刻钟前 | 04-19 08:55 | | minute
2023-04-19 09:10 | 两个小时之前 | 04-19 07:10 | | minute
2023-04-19 09:10 | 两天前 | 04-17 00:00 | 04-17 23:59 | day
2023-04-19 09:10 | 2023年4月19日8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日08:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日8：35 | 04-19 08:35 | | minute
2023-04-19 09:10 | ４月１９日８时３５分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4 月 19 日 8 时 35 分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 四月十九日八时三十五分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 二〇二三年四月十九日八时三十五分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023-04-19 08:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023-04-19T08:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023-04-19 08:35:20 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023/4/19 8:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023.4.19 8:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 2023年4月19日上午8:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日（周三）8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日(星期三)上午8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 今年4月19日8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 本月19日8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 4月19日，8时35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 08:35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 8:35左右 | 04-19 08:35 | | minute
2023-04-19 09:10 | 8时35分许 | 04-19 08:35 | | minute
2023-04-19 09:10 | 今天8点35分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 今日早上8点35 | 04-19 08:35 | | minute
2023-04-19 09:10 | 今早八点三十五分 | 04-19 08:35 | | minute
2023-04-19 09:10 | 今早八点半 | 04-19 08:30 | | minute
2023-04-19 09:10 | 早上八点一刻 | 04-19 08:15 | | minute
2023-04-19 09:10 | 早上七点三刻 | 04-19 07:45 | | minute
2023-04-19 09:10 | 上午8时整 | 04-19 08:00 | | minute
2023-04-19 09:10 | 上午8点多 | 04-19 08:00 | 04-19 08:59 | hour
2023-04-19 09:10 | 8时许 | 04-19 08:00 | 04-19 08:59 | hour
2023-04-19 09:10 | 今天早晨7点钟左右 | 04-19 07:00 | 04-19 07:59 | hour
2023-04-19 09:10 | 清晨5时06分 | 04-19 05:06 | | minute
2023-04-19 09:10 | 凌晨2时许 | 04-19 02:00 | 04-19 02:59 | hour
2023-04-19 09:10 | 今日零时十分 | 04-19 00:10 | | minute
2023-04-19 09:10 | 19日零时 | 04-19 00:00 | 04-19 00:59 | hour
2023-04-19 09:10 | 今日凌晨 | 04-19 00:00 | 04-19 05:59 | part_of_day
2023-04-19 09:10 | 今天上午 | 04-19 06:00 | 04-19 11:59 | part_of_day
2023-04-19 09:10 | 今晨 | 04-19 05:00 | 04-19 08:59 | part_of_day
2023-04-19 09:10 | 昨天下午 | 04-18 12:00 | 04-18 18:59 | part_of_day
2023-04-19 09:10 | 昨天傍晚 | 04-18 17:00 | 04-18 19:59 | part_of_day
2023-04-19 09:10 | 昨夜 | 04-18 18:00 | 04-19 05:59 | part_of_day
2023-04-19 09:10 | 昨晚 | 04-18 18:00 | 04-19 05:59 | part_of_day
2023-04-19 09:10 | 昨天 | 04-18 00:00 | 04-18 23:59 | day
2023-04-19 09:10 | 前天晚上9点 | 04-17 21:00 | 04-17 21:59 | hour
2023-04-19 09:10 | 前晚10时20分 | 04-17 22:20 | | minute
2023-04-19 09:10 | 大前天中午12点 | 04-16 12:00 | 04-16 12:59 | hour
2023-04-19 09:10 | 昨晚12点 | 04-19 00:00 | 04-19 00:59 | hour
2023-04-19 09:10 | 昨晚12时30分 | 04-19 00:30 | | minute
2023-04-19 09:10 | 昨夜1点20分 | 04-19 01:20 | | minute
2023-04-19 09:10 | 4月18日24时 | 04-19 00:00 | | minute
2023-04-19 09:10 | 4月18日晚22时15分 | 04-18 22:15 | | minute
2023-04-19 09:10 | 4月18日晚10时15分 | 04-18 22:15 | | minute
2023-04-19 09:10 | 4月18日深夜11点 | 04-18 23:00 | 04-18 23:59 | hour
2023-04-19 09:10 | 4月18日下午15时20分 | 04-18 15:20 | | minute
2023-04-19 09:10 | 4月18日下午3时20分 | 04-18 15:20 | | minute
2023-04-19 09:10 | 4月18日午后两点 | 04-18 14:00 | 04-18 14:59 | hour
2023-04-19 09:10 | 4月18日中午1点半 | 04-18 13:30 | | minute
2023-04-19 09:10 | 4月18日中午12时 | 04-18 12:00 | 04-18 12:59 | hour
2023-04-19 09:10 | 4月18日中午11点50分 | 04-18 11:50 | | minute
2023-04-19 09:10 | 4月18日傍晚6时40分 | 04-18 18:40 | | minute
2023-04-19 09:10 | 4月18日凌晨12点10分 | 04-18 00:10 | | minute
2023-04-19 09:10 | 4月18日 | 04-18 00:00 | 04-18 23:59 | day
2023-04-19 09:10 | 4月18日晚 | 04-18 18:00 | 04-19 05:59 | part_of_day
2023-04-19 09:10 | 18日夜间 | 04-18 18:00 | 04-19 05:59 | part_of_day
2023-04-19 09:10 | 18号晚上八点 | 04-18 20:00 | 04-18 20:59 | hour
2023-04-19 09:10 | 十八日晚七时四十分 | 04-18 19:40 | | minute
2023-04-21 09:10 | 廿日夜九时 | 04-20 21:00 | 04-20 21:59 | hour
2023-04-19 09:10 | 周一上午9点 | 04-17 09:00 | 04-17 09:59 | hour
2023-04-19 09:10 | 本周一上午9点20分 | 04-17 09:20 | | minute
2023-04-19 09:10 | 星期天下午4点 | 04-16 16:00 | 04-16 16:59 | hour
2023-04-19 09:10 | 上周日晚8时 | 04-16 20:00 | 04-16 20:59 | hour
2023-04-19 09:10 | 上个星期五下午 | 04-14 12:00 | 04-14 18:59 | part_of_day
2023-04-19 09:10 | 礼拜二晚上11点半 | 04-18 23:30 | | minute
2023-04-19 09:10 | 上上周三9时 | 04-05 09:00 | 04-05 09:59 | hour
2023-04-19 09:10 | 上月28日16时 | 03-28 16:00 | 03-28 16:59 | hour
2023-04-19 09:10 | 28日16时 | 03-28 16:00 | 03-28 16:59 | hour
2023-04-19 09:10 | 去年12月31日23时 | 2022-12-31 23:00 | 2022-12-31 23:59 | hour
2023-04-19 09:10 | 2022年7月3日14时 | 2022-07-03 14:00 | 2022-07-03 14:59 | hour
2023-04-19 09:10 | 8时至9时 | 04-19 08:00 | 04-19 09:00 | range
2023-04-19 09:10 | 8:10-8:40 | 04-19 08:10 | 04-19 08:40 | range
2023-04-19 09:10 | 7时20分到8时许 | 04-19 07:20 | 04-19 08:00 | range
2023-04-19 09:10 | 昨日20时—今日2时 | 04-18 20:00 | 04-19 02:00 | range
2023-04-19 09:10 | 18日20时至次日2时 | 04-18 20:00 | 04-19 02:00 | range
2023-04-19 09:10 | 4月17日至18日 | 04-17 00:00 | 04-18 23:59 | range
2023-04-19 09:10 | 昨天下午3点到5点 | 04-18 15:00 | 04-18 17:00 | range
2023-04-19 09:10 | 18日23时50分至0时20分 | 04-18 23:50 | 04-19 00:20 | range
2024-01-01 00:20 | 12月31日23时58分 | 2023-12-31 23:58 | | minute
2024-01-01 00:20 | 昨晚11点58分 | 2023-12-31 23:58 | | minute
2024-01-01 00:20 | 31日23时58分 | 2023-12-31 23:58 | | minute
2024-01-01 00:20 | 23时58分 | 2023-12-31 23:58 | | minute
2024-01-01 00:20 | 零点十分 | 2024-01-01 00:10 | | minute
2024-01-02 08:00 | 1月1日20时 | 2024-01-01 20:00 | 2024-01-01 20:59 | hour
2024-03-01 08:00 | 2月29日21时05分 | 02-29 21:05 | | minute
2024-03-01 08:00 | 29日21时05分 | 02-29 21:05 | | minute
2023-04-19 00:30 | 今天23时50分 | 04-19 23:50 | | minute
2023-04-19 00:30 | 23时50分 | 04-18 23:50 | | minute
2023-04-19 00:30 | 半小时前 | 04-19 00:00 | | minute
2023-04-19 00:30 | 晚上11点40分 | 04-18 23:40 | | minute
2023-01-22 02:10 | 除夕夜11点50分 | 01-21 23:50 | | minute
2023-01-26 17:00 | 正月初五下午三点半 | 01-26 15:30 | | minute
2024-02-11 09:00 | 大年初一上午10时20分 | 02-10 10:20 | | minute
2024-02-11 09:00 | 除夕 | 02-09 00:00 | 02-09 23:59 | day
2023-04-19 09:10 | 当晚11时25分 | 04-18 23:25 | | minute
2023-07-20 06:30 | 20日零时起 | 07-20 00:00 | 07-20 00:59 | hour
2023-04-19 21:00 | 今晚8点一刻 | 04-19 20:15 | | minute
2023-04-19 21:00 | 今晚七点 | 04-19 19:00 | 04-19 19:59 | hour
2023-04-19 21:00 | 傍晚时分，18:25 | 04-19 18:25 | | minute
2023-04-19 21:00 | 下午5点过 | 04-19 17:00 | 04-19 17:59 | hour
2023-04-19 21:00 | 中午一点四十 | 04-19 13:40 | | minute
2023-04-19 21:00 | 19：05时 | 04-19 19:05 | | minute
2023-04-19 21:00 | 19时5分 | 04-19 19:05 | | minute
2023-04-19 21:00 | 19点零五分 | 04-19 19:05 | | minute
"""

NO_TIMES = [
    "截至目前", "近日", "第一时间赶到", "一时间浓烟滚滚", "提出三点要求", "三点意见", "24小时值守",
    "2号楼3单元", "1号线", "比分3:2", "每日巡查", "30分钟内报送", "3日内完成整改", "随时报告",
    "同时要求", "日前", "连日来", "今后", "当前", "目前", "周边居民", "一周", "八时制", "25时", "4月31日8时",
    "8时75分", "截至4月19日9时", "预计4月20日18时", "定于4月21日8时", "半小时前往现场", "5月份", "小时候", "12345热线",
    "119接警台", "平时", "历时3时", "四周一片漆黑", "10点建议", "限时5日", "共用10日", "第3日",
]  # fmt: skip


def _at(written: str, reference: datetime) -> datetime:
    full = written if written.count("-") == 2 else f"{reference.year}-{written}"
    return datetime.fromisoformat(full).replace(tzinfo=CHINA)


def _rows() -> list[object]:
    rows = []
    for line in EXPRESSIONS.strip().splitlines():
        sent, words, earliest, latest, precision = (cell.strip() for cell in line.split("|"))
        reference = datetime.fromisoformat(sent).replace(tzinfo=CHINA)
        start = _at(earliest, reference)
        end = _at(latest, reference) if latest else start
        rows.append(pytest.param(reference, words, start, end, precision, id=f"{sent} {words}"))
    return rows


@pytest.mark.parametrize(("reference", "words", "earliest", "latest", "precision"), _rows())
def test_what_an_expression_means(
    reference: datetime, words: str, earliest: datetime, latest: datetime, precision: str
) -> None:
    time = pick_event_time(f"{words}，某地发生险情。", reference)

    assert time is not None
    assert (time.earliest, time.latest, time.precision) == (earliest, latest, precision)
    assert time.role == "event"


@pytest.mark.parametrize("words", NO_TIMES)
def test_what_only_looks_like_a_time(words: str) -> None:
    assert find_times(f"{words}。", _at("2023-04-19 09:10", NOW)) == []


NOW = datetime(2023, 4, 19, 9, 10, tzinfo=CHINA)

PICKED = [
    ("4月19日8时35分，三里坪一工地挖断燃气管，8时50分关阀，9时05分恢复。", "04-19 08:35", "event"),
    ("接报于4月19日08:35。", "04-19 08:35", "report"),
    ("接报时间：4月19日8时40分；事发时间：4月19日8时20分。", "04-19 08:20", "event"),
    ("4月19日8时40分接到群众报警，称8时20分许某小区起火。", "04-19 08:20", "event"),
    ("4月19日8时40分，指挥中心接到报警，某市场起火。", "04-19 08:40", "report"),
    ("4月19日8时40分，市民李某来电反映路面塌陷。", "04-19 08:40", "report"),
    ("4月19日8时40分，某小区起火，消防接警后赶到。", "04-19 08:40", "event"),
    ("记者19日上午从消防局获悉，4月19日2时30分左右，某市场发生火灾。", "04-19 02:30", "event"),
    ("截至4月19日9时，无人员伤亡。4月19日8时20分，某路段塌陷。", "04-19 08:20", "event"),
    ("市气象台4月18日17时发布暴雨预警。4月19日3时许，某隧道被淹。", "04-19 03:00", "event"),
    ("9时05分明火扑灭。火灾发生于8时12分。", "04-19 08:12", "event"),
    ("昨日上午门市房突然冒烟。据目击者介绍，着火时间约在上午8时30分。", "04-18 08:30", "event"),
    ("4月18日下午，局党组召开会议。4月19日8时许，某桥面断裂。", "04-19 08:00", "event"),
    ("预计4月20日18时恢复供水。今晨5时，主管爆裂。", "04-19 05:00", "event"),
    ("4月19日，某路燃气泄漏，8时10分许，施工挖断管道。", "04-19 08:10", "event"),
    ("昨晚11时40分，某仓库着火，次日0时20分扑灭。", "04-18 23:40", "event"),
    ("8时50分抢修人员到场，泄漏发生在8时30分左右。", "04-19 08:30", "event"),
    ("昨日3时许，民房倒塌，一人被救出。昨日8时，村民说起发生的一幕仍后怕。", "04-18 03:00", "event"),
    ("4月18日下午，某小区停气，管道被挖断。18时许，被挖断的管口已盖上木板。", "04-18 12:00", "event"),
    ("今天上午，市民李先生来电反映，行道树断裂。断裂应该是3时30分发生的。", "04-19 03:30", "event"),
    (
        ("4月18日23时50分，消防部门接到交警部门报警称，某高速距服务区一百米处一辆装载化学品的罐车油箱漏油，"
        "请求救助。4月19日0时14分，消防官兵到场。"),
        "04-18 23:50",
        "report",
    ),
    ("消防8时45分到场处置，8时30分许一男子坠入窨井。", "04-19 08:30", "event"),
    ("前天晚上，墙砖坠下。当晚6点50分许她路过时听到一声响。", "04-17 18:50", "event"),
    ("4月19日清晨，路面坍塌，周围已设围挡。坍塌发生在凌晨3时左右。", "04-19 03:00", "event"),
    ("4月19日6时许，接报某小区起火。昨天下午小区曾停气后恢复。", "04-19 06:00", "report"),
    ("接到报警是8点50，事发8点40左右。", "04-19 08:40", "event"),
    ("昨晚黑8点，两个人打架受伤。", "04-18 20:00", "event"),
    ("今早8点一辆货车侧翻。", "04-19 08:00", "event"),
    ("4月18日15点5个摊位被吹翻。", "04-18 15:00", "event"),
    ("昨天下午2点20人聚集堵门。", "04-18 14:00", "event"),
    ("昨天下午3点起火，4点扑灭。", "04-18 15:00", "event"),
    ("昨天夜里12点左右起火。", "04-19 00:00", "event"),
    ("8点40起火。", "04-19 08:40", "event"),
    ("1小时20分钟前，某路塌陷。", "04-19 07:50", "event"),
    ("一个小时又20分钟前，某路塌陷。", "04-19 07:50", "event"),
]  # fmt: skip


def test_spoken_hours_mean_the_afternoon_where_that_is_just_past() -> None:
    """五点半 at 17:44; at 20:00 it may as well have been the morning."""
    told = "五点半，化粪池炸了。"

    just_past = pick_event_time(told, _at("2023-04-19 17:44", NOW))
    long_past = pick_event_time(told, _at("2023-04-19 20:00", NOW))
    written = pick_event_time("5时30分，化粪池炸了。", _at("2023-04-19 17:44", NOW))

    assert [one and one.earliest.hour for one in (just_past, long_past, written)] == [17, 5, 5]


@pytest.mark.parametrize(("text", "earliest", "role"), PICKED)
def test_the_event_is_picked_among_several_times(text: str, earliest: str, role: str) -> None:
    time = pick_event_time(text, NOW)

    assert time is not None
    assert (time.earliest, time.role) == (_at(earliest, NOW), role)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        pytest.param(
            "4月18日23时50分起火，0时20分扑灭", ["04-18 23:50", "04-19 00:20"], id="past-midnight"
        ),
        pytest.param(
            "4月18日，某地停电。当晚7时恢复。次日凌晨2时又停",
            ["04-18 00:00", "04-18 19:00", "04-19 02:00"],
            id="same-evening-and-next-day-follow-the-date-told",
        ),
        pytest.param(
            "昨日下午3时许起火，3时40分扑灭",
            ["04-18 15:00", "04-18 15:40"],
            id="afternoon-carries-on",
        ),
        pytest.param(
            "3月28日暴雨，29日8时退水", ["03-28 00:00", "03-29 08:00"], id="month-carries-on"
        ),
        pytest.param("当日8时", ["04-19 08:00"], id="that-day-without-a-date-is-today"),
    ],
)
def test_times_lean_on_those_before_them(text: str, times: list[str]) -> None:
    assert [time.earliest for time in find_times(text, NOW)] == [_at(t, NOW) for t in times]


def test_matched_words_are_those_of_the_text() -> None:
    """Full-width digits are read, and shown as they were written."""
    (time,) = find_times("于４月１９日８时３５分，发生", NOW)

    assert time.matched == "４月１９日８时３５分"


def test_reference_in_another_zone() -> None:
    """A mail dated in UTC is read on Shanghai's calendar."""
    (time,) = find_times("今晨6时", datetime.fromisoformat("2023-04-18T23:30:00+00:00"))

    assert time.earliest == datetime(2023, 4, 19, 6, tzinfo=CHINA)


def _event(earliest: str, latest: str = "", role: str = "event") -> EventTime:
    start = _at(f"04-{earliest}", NOW)
    end = _at(f"04-{latest}", NOW) if latest else start
    return EventTime(start, end, "minute", role, "某时")


@pytest.mark.parametrize(
    ("event", "stage", "verdict", "figures"),
    [
        pytest.param(_event("19 08:40"), "首报", "按时", (30, 30, 30), id="on-the-dot-is-on-time"),
        pytest.param(_event("19 08:39"), "首报", "超时", (31, 31, 31), id="a-minute-over"),
        pytest.param(_event("19 08:45", "19 09:00"), "首报", "按时", (25, 10, 25), id="all-within"),
        pytest.param(_event("19 08:00", "19 08:30"), "首报", "超时", (70, 40, 70), id="all-over"),
        pytest.param(
            _event("19 08:00", "19 08:59"), "首报", "时间待核", (None, 11, 70), id="straddles"
        ),
        pytest.param(
            _event("19 09:00", "19 09:59"), "首报", "按时", (10, 0, 10), id="cannot-end-after-arrival"
        ),
        pytest.param(
            _event("19 08:10", role="report"), "首报", "超时", (60, 60, None), id="report-proves-late"
        ),
        pytest.param(
            _event("19 09:05", role="report"), "首报", "时间待核", (None, None, None),
            id="report-never-proves-in-time",
        ),
        pytest.param(_event("19 09:11"), "首报", "时间待核", (None, None, None), id="after-arrival"),
        pytest.param(_event("12 09:09"), "首报", "时间待核", (None, 10081, 10081), id="over-seven-days"),
        pytest.param(_event("12 09:10"), "首报", "超时", (10080, 10080, 10080), id="seven-days"),
        pytest.param(_event("19 08:00"), "续报", "不适用", (None, None, None), id="follow-up"),
        pytest.param(_event("19 08:00"), "终报", "不适用", (None, None, None), id="final"),
        pytest.param(None, "首报", "时间待核", (None, None, None), id="untold"),
    ],
)  # fmt: skip
def test_thirty_minutes(
    event: EventTime | None, stage: Stage, verdict: str, figures: tuple[int | None, ...]
) -> None:
    """Figures are the best one, the least and the most, in minutes."""
    lateness = judge_lateness(event, NOW, 30, stage)

    assert lateness.verdict == verdict
    assert (lateness.minutes, lateness.minutes_least, lateness.minutes_most) == figures
    assert all(reason.clause == "二·一" and reason.because for reason in lateness.reasons)


def test_the_office_may_start_the_clock_at_the_report() -> None:
    lateness = judge_lateness(
        _event("19 09:05", role="report"), NOW, 30, "首报", clock_starts_at_report=True
    )

    assert (lateness.verdict, lateness.minutes) == ("按时", 5)


def test_reasons_tell_the_minutes() -> None:
    (reason,) = judge_lateness(_event("19 08:10"), NOW, 30, "首报").reasons

    assert "历时 60 分钟" in reason.because
    assert "时限 30 分钟" in reason.because


@given(st.integers(0, 99))
def test_numerals_read_back(number: int) -> None:
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    written = ("" if tens == 1 else digits[tens] if tens else "") + ("十" if tens else "")
    written += digits[ones] if ones or not tens else ""

    assert small_number(written) == number
    assert small_number(str(number)) == number


@pytest.mark.parametrize("written", ["", "十十", "半", "一二十", "a", "12345", "三百"])
def test_what_is_no_small_number(written: str) -> None:
    assert small_number(written) is None


@given(st.text(max_size=200))
def test_narrowing_keeps_every_position(text: str) -> None:
    assert len(narrow(text)) == len(text)


@given(
    st.text(
        alphabet="今昨前当次翌上周一二三四五六日十零年月日时点分半刻凌晨下午晚许至到-:：1２3 ，前小钟号",
        max_size=60,
    )
)
def test_any_jumble_gives_ordered_ends(text: str) -> None:
    for time in find_times(text, NOW):
        assert time.earliest <= time.latest
        assert time.earliest.utcoffset() == timedelta(hours=8)
        assert time.matched in text


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "4月19日8时",
        "昨晚",
        "一二三",
        "8",
        "至",
        "8时至",
        "今",
        "（周三）",
        "半小时前",
        "时",
        " ",
        "接报",
    ],
)
def test_two_hundred_kilobytes_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))

    assert isinstance(judge_lateness(pick_event_time(text, NOW), NOW, 30, "首报"), Lateness)
