"""Times as duty rooms write them: spoken, typed in haste, misread by a scanner, of two readings."""

from datetime import date, datetime, timedelta

import pytest

from mailbot.records.verdicts import EventTime
from mailbot.rules.chinese_numerals import consecutive
from mailbot.rules.emergency_frames import plain
from mailbot.rules.event_time import find_times, pick_event_time
from mailbot.rules.lateness import judge_lateness
from mailbot.rules.named_days import named_day
from mailbot.rules.time_expressions import legible
from mailbot.rules.time_resolution import CHINA

# When the mail was received | words | earliest | latest ("" = the same).
FORMS = """
2023-04-19 09:10 | 差五分九点 | 04-19 08:55 |
2023-04-19 09:10 | 九点差五分 | 04-19 08:55 |
2023-04-19 09:10 | 差一刻八点 | 04-19 07:45 |
2023-04-19 09:10 | 八点差一刻 | 04-19 07:45 |
2023-04-19 09:10 | 昨晚差10分钟9点 | 04-18 20:50 |
2023-04-19 09:10 | 8点缺5分 | 04-19 07:55 |
2023-04-19 00:30 | 昨夜差5分12点 | 04-18 23:55 |
2023-04-19 09:10 | 0815时 | 04-19 08:15 |
2023-04-19 09:10 | 08时15 | 04-19 08:15 |
2023-04-20 09:10 | 20230419 0833 | 04-19 08:33 |
2023-04-20 09:10 | 202304190833 | 04-19 08:33 |
2023-04-20 09:10 | 20230419083320 | 04-19 08:33 |
2023-04-20 09:10 | 20230419 08:33 | 04-19 08:33 |
2023-04-20 09:10 | 20230419T083320 | 04-19 08:33 |
2023-04-20 09:10 | 20230419 | 04-19 00:00 | 04-19 23:59
2023-04-20 09:10 | 2023.4.19 8:33 | 04-19 08:33 |
2023-04-20 09:10 | 2023.04.19 0833 | 04-19 08:33 |
2023-04-20 09:10 | 4/19 8:33 | 04-19 08:33 |
2023-04-20 09:10 | 04-19 08:33 | 04-19 08:33 |
2023-04-20 09:10 | 4.19 8:33 | 04-19 08:33 |
2023-04-20 09:10 | 4.19早上8点 | 04-19 08:00 | 04-19 08:59
2023-04-20 09:10 | 4月19 8:33 | 04-19 08:33 |
2023-04-20 09:10 | 四月十九早上八点 | 04-19 08:00 | 04-19 08:59
2023-04-20 09:10 | 19日0833 | 04-19 08:33 |
2023-04-20 09:10 | 19晚8点 | 04-19 20:00 | 04-19 20:59
2023-04-20 09:10 | 22年4月19日8时33分 | 2022-04-19 08:33 |
2023-04-20 09:10 | 4月19日（昨天）8时33分 | 04-19 08:33 |
2023-04-19 09:20 | 九点一刻 | 04-19 09:15 |
2023-04-19 09:10 | 8点3刻 | 04-19 08:45 |
2023-04-19 09:10 | 8点两刻 | 04-19 08:30 |
2023-04-19 09:10 | 八点过五分 | 04-19 08:05 |
2023-04-19 09:10 | 8点零5 | 04-19 08:05 |
2023-04-19 09:10 | 8点正 | 04-19 08:00 |
2023-04-19 21:10 | 傍晚6点多 | 04-19 18:00 | 04-19 18:59
2023-04-19 21:10 | 傍晚六点来钟 | 04-19 18:00 | 04-19 18:59
2023-04-19 21:10 | 下午快五点 | 04-19 16:45 | 04-19 17:00
2023-04-19 09:10 | 快九点 | 04-19 08:45 | 04-19 09:00
2023-04-19 09:10 | 近9点 | 04-19 08:45 | 04-19 09:00
2023-04-19 09:10 | 将近9时 | 04-19 08:45 | 04-19 09:00
2023-04-19 09:10 | 九点不到 | 04-19 08:45 | 04-19 09:00
2023-04-19 09:10 | 近8时30分 | 04-19 08:20 | 04-19 08:30
2023-04-19 09:10 | 大概8点 | 04-19 08:00 | 04-19 08:59
2023-04-19 11:10 | 十点来钟 | 04-19 10:00 | 04-19 10:59
2023-04-19 11:10 | 十点刚过 | 04-19 10:00 | 04-19 10:15
2023-04-19 11:10 | 刚过十点 | 04-19 10:00 | 04-19 10:15
2023-04-19 11:10 | 10点出头 | 04-19 10:00 | 04-19 10:15
2023-04-19 09:10 | 8点20多 | 04-19 08:20 | 04-19 08:29
2023-04-19 09:10 | 8点二十几分 | 04-19 08:20 | 04-19 08:29
2023-04-19 09:10 | 一个多钟头前 | 04-19 07:11 | 04-19 08:09
2023-04-19 09:10 | 半个多小时前 | 04-19 08:11 | 04-19 08:39
2023-04-19 09:10 | 大半个小时前 | 04-19 08:20 | 04-19 08:39
2023-04-19 09:10 | 不到半小时前 | 04-19 08:41 | 04-19 08:55
2023-04-19 09:10 | 十来分钟前 | 04-19 08:57 | 04-19 09:02
2023-04-19 09:10 | 十几分钟前 | 04-19 08:51 | 04-19 08:59
2023-04-19 09:10 | 二十几分钟前 | 04-19 08:41 | 04-19 08:49
2023-04-19 09:10 | 二三十分钟前 | 04-19 08:40 | 04-19 08:50
2023-04-19 09:10 | 两三分钟前 | 04-19 09:07 | 04-19 09:08
2023-04-19 09:10 | 几分钟前 | 04-19 09:01 | 04-19 09:08
2023-04-19 09:10 | 约一刻钟前 | 04-19 08:55 |
2023-04-19 09:10 | 25min前 | 04-19 08:45 |
2023-04-19 09:10 | 头天夜里 | 04-18 18:00 | 04-19 05:59
2023-04-19 09:10 | 头晚11点半 | 04-18 23:30 |
2023-04-19 09:10 | 前一天晚上11点半 | 04-18 23:30 |
2023-04-19 09:10 | 前天晚上 | 04-17 18:00 | 04-18 05:59
2023-04-19 09:10 | 大前天 | 04-16 00:00 | 04-16 23:59
2023-04-20 09:10 | 周三下午 | 04-19 12:00 | 04-19 18:59
2023-04-19 09:10 | 周三晚8点 | 04-12 20:00 | 04-12 20:59
2023-04-19 09:10 | 上周五 | 04-14 00:00 | 04-14 23:59
2023-04-19 09:10 | 本周一凌晨 | 04-17 00:00 | 04-17 05:59
2023-04-19 09:10 | 今天一早 | 04-19 05:00 | 04-19 09:59
2023-04-19 09:10 | 今儿个早上8点 | 04-19 08:00 | 04-19 08:59
2023-04-19 09:10 | 今天天刚亮 | 04-19 05:00 | 04-19 07:59
2023-04-19 09:10 | 昨天擦黑 | 04-18 17:00 | 04-18 20:59
2023-04-19 09:10 | 昨日午后 | 04-18 12:00 | 04-18 18:59
2023-04-20 09:10 | 周三 | 04-19 00:00 | 04-19 23:59
2023-04-19 21:10 | 午后 | 04-19 12:00 | 04-19 18:59
2023-04-19 09:10 | 天刚亮 | 04-19 05:00 | 04-19 07:59
2023-04-19 09:10 | 傍晚时分 | 04-18 17:00 | 04-18 19:59
2023-04-19 09:10 | 后半夜 | 04-19 00:00 | 04-19 05:59
2023-04-19 21:10 | 今天正午 | 04-19 11:00 | 04-19 13:59
2023-04-19 21:10 | 今天晌午 | 04-19 11:00 | 04-19 13:59
2023-04-19 09:10 | 昨日子夜 | 04-18 23:00 | 04-19 00:59
2023-04-19 09:10 | 昨中午12点10分 | 04-18 12:10 |
2023-04-19 09:10 | 昨8时 | 04-18 08:00 | 04-18 08:59
2023-04-19 09:10 | 零时 | 04-19 00:00 | 04-19 00:59
2023-04-19 09:10 | 24时 | 04-19 00:00 |
2023-04-19 09:10 | 次日0时20分 | 04-19 00:20 |
2023-04-19 09:10 | 凌晨12点半 | 04-19 00:30 |
2023-04-19 09:10 | 晚12点 | 04-19 00:00 | 04-19 00:59
2023-04-19 00:20 | 今晚12点 | 04-19 00:00 | 04-19 00:59
2023-04-19 00:20 | 今晚11点50分 | 04-18 23:50 |
2023-04-19 00:20 | 今晚 | 04-18 18:00 | 04-19 05:59
2023-04-19 09:10 | 半夜一点 | 04-19 01:00 | 04-19 01:59
2023-04-19 09:10 | 夜里11点 | 04-18 23:00 | 04-18 23:59
2023-04-19 09:10 | 昨夜凌晨1时20分 | 04-19 01:20 |
2023-04-19 09:10 | 昨晚后半夜 | 04-19 00:00 | 04-19 05:59
2023-04-19 09:10 | 今天后半夜 | 04-19 00:00 | 04-19 05:59
2023-04-19 09:10 | 下半夜两点 | 04-19 02:00 | 04-19 02:59
2023-04-19 09:10 | 今早清晨6点 | 04-19 06:00 | 04-19 06:59
2023-04-19 09:10 | 8时至9时 | 04-19 08:00 | 04-19 09:00
2023-04-19 09:10 | 8至9时 | 04-19 08:00 | 04-19 09:00
2023-04-19 09:10 | 8点到8点半之间 | 04-19 08:00 | 04-19 08:30
2023-04-19 09:10 | 八九点钟 | 04-19 08:00 | 04-19 09:59
2023-04-19 21:10 | 下午三四点 | 04-19 15:00 | 04-19 16:59
2023-04-19 09:10 | 昨晚十一二点 | 04-18 23:00 | 04-19 00:59
2023-04-19 09:10 | 8:30—9:10间 | 04-19 08:30 | 04-19 09:10
2023-04-19 09:10 | 昨晚22—2时 | 04-18 22:00 | 04-19 02:00
2023-04-23 09:10 | 22日夜至23日晨 | 04-22 18:00 | 04-23 08:59
2023-04-19 09:10 | 8时20分33秒 | 04-19 08:20 |
2023-04-20 09:10 | 2023-04-19T08:33:20 | 04-19 08:33 |
2023-04-20 09:10 | 2023-04-19T08:33:20+08:00 | 04-19 08:33 |
2023-04-20 09:10 | 2023-04-19T00:33:20Z | 04-19 08:33 |
2023-04-20 09:10 | ２０２３０４１９ ０８：３３ | 04-19 08:33 |
2023-04-19 09:10 | 8∶33 | 04-19 08:33 |
2023-04-19 09:10 | 8 时 15 分 | 04-19 08:15 |
2023-04-19 18:10 | 3:15pm | 04-19 15:15 |
2023-04-19 18:10 | PM 3:15 | 04-19 15:15 |
2023-04-19 18:10 | l5时 | 04-19 15:00 | 04-19 15:59
2023-04-19 18:10 | l5时2O分 | 04-19 15:20 |
2023-04-19 18:10 | I5:2O | 04-19 15:20 |
2023-04-19 18:10 | O8时15分 | 04-19 08:15 |
2023-01-22 02:10 | 除夕夜 | 01-21 18:00 | 01-22 05:59
2023-01-23 02:10 | 大年初一凌晨 | 01-22 00:00 | 01-22 05:59
2023-10-02 09:10 | 国庆当天 | 10-01 00:00 | 10-01 23:59
2023-10-03 09:10 | 国庆节上午10点 | 10-01 10:00 | 10-01 10:59
2023-01-02 09:10 | 元旦凌晨1点 | 01-01 01:00 | 01-01 01:59
2024-04-06 09:10 | 清明节上午9点 | 04-04 09:00 | 04-04 09:59
2023-06-24 09:10 | 端午节下午3点 | 06-22 15:00 | 06-22 15:59
2023-09-30 09:10 | 中秋夜 | 09-29 18:00 | 09-30 05:59
"""

NO_TIMES = [
    "国庆期间", "国庆前夕值守", "五一假期", "农历三月初一8时", "不到3点意见", "快3米高", "8点不到现场者",
    "源头天气", "考试前一天", "近3米", "3-5点建议", "4/19", "4.19米", "差5分", "20230419001", "IO点位",
    "1500余人", "每天傍晚，", "早，", "22点意见", "4-19楼", "刚过半", "约2公里", "家门前",
]  # fmt: skip


def _at(written: str, reference: datetime) -> datetime:
    full = written if written.count("-") == 2 else f"{reference.year}-{written}"
    return datetime.fromisoformat(full).replace(tzinfo=CHINA)


def _rows() -> list[object]:
    rows = []
    for line in FORMS.strip().splitlines():
        received, words, earliest, latest = (cell.strip() for cell in line.split("|"))
        reference = datetime.fromisoformat(received).replace(tzinfo=CHINA)
        start = _at(earliest, reference)
        end = _at(latest, reference) if latest else start
        rows.append(pytest.param(reference, words, start, end, id=f"{received} {words}"))
    return rows


@pytest.mark.parametrize(("reference", "words", "earliest", "latest"), _rows())
def test_what_a_form_means(
    reference: datetime, words: str, earliest: datetime, latest: datetime
) -> None:
    time = pick_event_time(f"{words}，某地发生险情。", reference)

    assert time is not None
    assert (time.earliest, time.latest) == (earliest, latest)


@pytest.mark.parametrize(("reference", "words", "earliest", "latest"), _rows())
def test_a_form_means_the_same_amid_a_sentence(
    reference: datetime, words: str, earliest: datetime, latest: datetime
) -> None:
    (time,) = find_times(plain(f"值班员报告。{words}，某地发生险情。"), reference)

    assert (time.earliest, time.latest) == (earliest, latest)


@pytest.mark.parametrize("words", NO_TIMES)
def test_what_only_looks_like_one(words: str) -> None:
    assert find_times(f"{words}。", _at("2023-04-19 09:10", NOW)) == []


NOW = datetime(2023, 4, 19, 9, 10, tzinfo=CHINA)

# Received | words | both readings, the likelier first | verdict.
TWO_READINGS = """
2023-04-19 17:44 | 五点半 | 04-19 17:30, 04-19 05:30 | 时间待核
2023-04-19 18:44 | 五点半 | 04-19 17:30, 04-19 05:30 | 超时
2023-04-19 15:30 | 3:15 | 04-19 03:15, 04-19 15:15 | 时间待核
2023-04-19 00:50 | 12点30分 | 04-19 00:30, 04-18 12:30 | 时间待核
2023-04-19 01:20 | 18日半夜1点10分 | 04-19 01:10, 04-18 01:10 | 时间待核
2023-04-19 09:10 | 昨天半夜一点 | 04-19 01:00, 04-18 01:00 | 超时
2023-04-19 00:06 | 今天23时48分 | 04-19 23:48, 04-18 23:48 | 时间待核
"""


@pytest.mark.parametrize("row", TWO_READINGS.strip().splitlines())
def test_a_time_of_two_readings_is_shown_with_both(row: str) -> None:
    """Where the verdict hangs on the reading, nobody guesses it."""
    received, words, readings, verdict = (cell.strip() for cell in row.split("|"))
    reference = _at(received, NOW)
    first, second = (_at(reading.strip(), reference) for reading in readings.split(","))

    time = pick_event_time(f"{words}，某地发生险情。", reference)

    assert time is not None
    assert time.other is not None
    assert (time.earliest, time.other[0]) == (first, second)
    lateness = judge_lateness(time, reference, 30, "首报")
    assert lateness.verdict == verdict
    if verdict == "时间待核":
        (reason,) = lateness.reasons
        assert f"{first:%H:%M}" in reason.because
        assert f"{second:%H:%M}" in reason.because


@pytest.mark.parametrize(
    ("received", "words"),
    [
        pytest.param("2023-04-19 15:30", "03:15", id="a-leading-zero-is-the-morning"),
        pytest.param("2023-04-19 15:30", "4月19日3:15", id="a-dated-clock-runs-to-24"),
        pytest.param("2023-04-19 17:44", "5时30分", id="时-runs-to-24"),
        pytest.param("2023-04-19 15:30", "交班13:10。3:15", id="the-text-runs-to-24"),
        pytest.param("2023-04-19 17:44", "早上五点半", id="part-of-the-day-told"),
        pytest.param("2023-04-19 09:10", "五点半", id="the-afternoon-is-still-ahead"),
        pytest.param("2023-04-19 09:10", "昨晚一点", id="昨晚-is-one-night"),
        pytest.param("2023-04-19 09:10", "今天半夜一点", id="今天-is-this-morning"),
    ],
)
def test_a_time_of_one_reading(received: str, words: str) -> None:
    time = pick_event_time(f"{words}，某地发生险情。", _at(received, NOW))

    assert time is not None
    assert time.other is None


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        pytest.param("几分钟前", "按时", id="a-few-minutes"),
        pytest.param("二十几分钟前", "按时", id="less-than-thirty"),
        pytest.param("半个多小时前", "超时", id="more-than-half-an-hour"),
        pytest.param("不到半小时前", "按时", id="less-than-half-an-hour"),
        pytest.param("三十来分钟前", "时间待核", id="thirty-or-so"),
        pytest.param("快九点", "按时", id="just-before-nine"),
        pytest.param("差二十分九点", "按时", id="counted-back"),
    ],
)
def test_vague_words_decide_where_they_can(words: str, verdict: str) -> None:
    time = pick_event_time(f"{words}，某地发生险情。", NOW)

    assert judge_lateness(time, NOW, 30, "首报").verdict == verdict


def test_a_second_reading_counts_for_the_report_as_well() -> None:
    """接报五点半 in the evening's mail proves 超时 only if it was the morning."""
    at = datetime(2023, 4, 19, 17, 30, tzinfo=CHINA)
    half_a_day = timedelta(hours=12)
    report = EventTime(at, at, "minute", "report", "五点半", (at - half_a_day, at - half_a_day))

    lateness = judge_lateness(report, at + timedelta(minutes=14), 30, "首报")

    assert lateness.verdict == "时间待核"


@pytest.mark.parametrize(
    ("written", "numbers"),
    [("八九", (8, 9)), ("两三", (2, 3)), ("十一二", (11, 12)), ("二三十", (20, 30)), ("三五", (3, 5)),
     ("二十三", None), ("九八", None), ("八", None), ("", None)],
)  # fmt: skip
def test_two_numbers_in_a_row(written: str, numbers: tuple[int, int] | None) -> None:
    assert consecutive(written) == numbers


@pytest.mark.parametrize("year", [2014, 2037])
def test_named_days_end_with_the_table(year: int) -> None:
    assert named_day("中秋", date(year, 1, 1)) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [("l5时2O分", "15时20分"), ("1O月l9日", "10月19日"), ("IO点", "IO点"), ("AI5:20", "AI5:20"), ("OK", "OK")],
)  # fmt: skip
def test_letters_are_digits_only_within_a_clock(written: str, read: str) -> None:
    assert legible(written) == read


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    ["差五分", "8-", "八九", "前一天", "快", "4/1 ", "20230419", "今", "l5时", "国庆", "早上", "约", "8时起至",
     "一个多小时前", "报警", "发生于", "被"],
)  # fmt: skip
def test_two_hundred_kilobytes_of_a_form_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))

    assert isinstance(find_times(text, NOW), list)
