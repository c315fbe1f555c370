"""Figures that disagree (四（二） 数据准确): sums, shares, changes; a right sum is never told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.rules.figures import Prose
from mailbot.rules.quality_growth import disagreeing_changes
from mailbot.rules.quality_shares import disagreeing_shares
from mailbot.rules.quality_totals import disagreeing_sums

COUNTERS = st.sampled_from(["起", "处", "件", "家", "户", "人次", "吨", "平方米", "公里"])
NOUNS = ["占道经营", "流动摊贩", "乱扔垃圾", "违规广告", "油烟扰民", "噪声扰民"]


def told(text: str) -> list[str]:
    """Advice on every disagreement of a text."""
    prose = Prose(text)
    checks = (disagreeing_sums, disagreeing_shares, disagreeing_changes)
    return [hint.advice for check in checks for hint in check(prose)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "共查处126起，其中占道经营58起、流动摊贩43起、乱扔15起。",
            "各项相加116起，与总数126起相差10起",
            id="parts-nearly-make-the-whole",
        ),
        pytest.param(
            "回收420吨，其中废纸185吨、废塑料96吨、废金属78吨、废玻璃41吨、废织物30吨。",
            "各项相加430吨，与总数420吨相差10吨",
            id="parts-pass-the-whole",
        ),
        pytest.param(
            "已建成污水处理厂22座，在建8座，共计32座。", "各项相加30座", id="total-after-parts"
        ),
        pytest.param(
            "透水铺装4.2万平方米、雨水花园1.1万平方米、绿地0.9万平方米，共计6.4万平方米。",
            "各项相加6.2万平方米，与总数6.4万平方米相差0.2万平方米",
            id="decimals-with-万",
        ),
        pytest.param(
            "对12座桥梁开展检查。检查发现，9座桥梁状况良好，4座桥梁存在锈蚀。",
            "各项相加13座",
            id="good-and-bad-make-the-whole",
        ),
        pytest.param("发现隐患41处，当场整改33处，其余10处限期整改。", "43处", id="too-much-left"),
        pytest.param(
            "216个隐患中，重大6个、较大38个、一般182个。", "各项相加226个", id="of-these-many"
        ),
        pytest.param(
            "开放公厕64座：第一批22座，第二批24座，第三批16座。", "相差2座", id="after-a-colon"
        ),
        pytest.param(
            "发现问题240个。从类型看，裸土96个、冲洗72个、围挡48个、喷淋20个。",
            "与总数240个相差4个",
            id="by-kind-in-the-next-sentence",
        ),
        pytest.param(
            "共办理许可700件，其中容缺受理175件，占35%。",
            "700件中的175件为25.0%，与文中35%不符",
            id="share-of-the-whole",
        ),
        pytest.param(
            "共有公厕186座，其中24小时开放64座，占44%。",
            "为34.4%",
            id="share-of-the-whole-of-places",
        ),
        pytest.param(
            "检查工地800个次，发现问题240个，已整改216个，整改率96%。", "为90.0%", id="rate"
        ),
        pytest.param("投票占50%、测评占30%、考核占25%。", "超过100%", id="shares-above-a-hundred"),
        pytest.param(
            "结案率97.9%，同比提高3.2个百分点，去年同期为98.4%。",
            "由98.4%到97.9%是下降0.5个百分点",
            id="year-on-year-of-a-rate",
        ),
        pytest.param(
            "受理60件，同比增长30%，上年同期50件。", "由50件到60件是增加20.0%", id="base-comes-last"
        ),
        pytest.param("投诉16件，比去年同期的29件减少15件。", "减少13件", id="difference-in-pieces"),
        pytest.param("泊位由40个增至30个。", "数字却变小了", id="the-wrong-way"),
        pytest.param(
            "评查60卷，优秀18卷、良好30卷、合格14卷。", "各项相加62卷", id="list-without-其中"
        ),
        pytest.param("环卫工人620人，其中男性210人，女性430人。", "640人", id="men-and-women"),
        pytest.param(
            "计划改造45个，已完工28个，在建15个，未开工4个。", "各项相加47个", id="three-stages"
        ),
        pytest.param(
            "执法人员56人、环卫工人34人、车辆12台，共计出动人员100人。",
            "90人",
            id="another-between",
        ),
        pytest.param(
            "三个月分别完成120万元、85万元和195万元，累计420万元。",
            "400万元",
            id="each-and-together",
        ),
        pytest.param(
            "第一天清理18吨，第二天清理22吨，两天共清理50吨。", "各项相加40吨", id="days-together"
        ),
        pytest.param(
            "安装1.8万户，占应装户数2.4万户的85%。", "为75.0%", id="share-of-a-whole-beside"
        ),
        pytest.param(
            "计划新建20座，已建成15座，完成年度任务的80%。", "为75.0%", id="share-of-the-task"
        ),
        pytest.param("商户240家，签订责任书192家，签订率90%。", "为80.0%", id="any-rate"),
        pytest.param("用时从15天缩短至9天，缩短8天。", "减少6天", id="shortened"),
        pytest.param(
            "亮灯率99.1%，较上月上升0.4个百分点（上月为99.3%）。",
            "下降0.2个百分点",
            id="in-brackets",
        ),
        pytest.param(
            "同比减少26件，降幅13%，由去年的180件降至154件。", "减少14.4%", id="figures-come-last"
        ),
        pytest.param("泊位由40个增至50个，翻一番。", "不是翻一番", id="not-doubled"),
        pytest.param(
            "办件由400件增加到500件，增长25%；平均用时由20天缩短到15天，缩短30%。",
            "由20天到15天是减少25.0%",
            id="the-later-of-two-changes",
        ),
    ],
)
def test_a_disagreement_is_told_with_its_sum(text: str, expected: str) -> None:
    found = told(text)

    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("共检查20处，其中工地8处、餐饮店9处。", id="parts-left-out"),
        pytest.param("共50人参加，其中党员30人、女同志28人。", id="parts-that-overlap"),
        pytest.param("检查20处，其中不合格8处，已整改8处。", id="result-is-no-part"),
        pytest.param("计划改造45个，已完工28个，在建15个。", id="some-not-begun"),
        pytest.param(
            "受理1054件，其中立案796件，应结案372件，结案311件。", id="stages-are-no-parts"
        ),
        pytest.param("共120人，其中男70人、女50人；高中以上40人。", id="a-whole-divided-twice"),
        pytest.param("64种植物中，常见的40种，其中乔木29种。", id="parts-of-a-part"),
        pytest.param("设重点项目20个，包含69个子项。", id="unlike-things-of-one-counter"),
        pytest.param("投入比年初增长39%，比去年全年多投入373亿元。", id="more-is-no-base"),
        pytest.param("抽查33种，9种不合格，合格率为72.7%。", id="what-failed"),
        pytest.param("处理60件，主要有市容18件、市政22件、噪声16件。", id="main-ones-bare"),
        pytest.param("满意度82.4%，同比提高4.8个百分点，去年同期77.6%。", id="points-rounded"),
        pytest.param("完成投资1.2亿元，其中中央0.5亿元、省0.3亿元、市0.5亿元。", id="rounding"),
        pytest.param(
            "查处126起，主要是占道58起、流动摊贩43起、乱扔15起。", id="only-the-main-ones"
        ),
        pytest.param("查处126起，其中占道58起、流动摊贩43起、乱扔15起等。", id="and-others"),
        pytest.param("整治占道12处、广告15处，累计30处。", id="a-count-that-runs-on"),
        pytest.param("约120余起，其中占道58起、流动摊贩43起、乱扔15起。", id="about-so-many"),
        pytest.param("清理8600余张，其中楼道4200余张、电杆1700余张、墙面2700余张。", id="odd-ones"),
        pytest.param("新建5座、改造24座，共29座。", id="total-after-parts"),
        pytest.param("检查工地20个，出动人员30人，共整改隐患45处。", id="total-of-something-else"),
        pytest.param("出动队员96人，分成6组，每组16人。", id="so-many-each"),
        pytest.param("台账428处，已拆276处；暂缓19处，剩余133处。", id="what-is-left"),
        pytest.param("累计更换3.1万户，占应换户数3.8万户的81.6%。", id="share-of-a-named-whole"),
        pytest.param("摊贩316名，其中二道贩子77人；收入低的占38%。", id="share-of-something-else"),
        pytest.param("开放64座，占全市的35%。", id="whole-not-told"),
        pytest.param("按时办结2426件，按时办结率99.0%。", id="rate-without-its-whole"),
        pytest.param("绿色占64.5%，比6月的51.3%提高13.2个百分点。", id="points-that-fit"),
        pytest.param("投诉由23起减少至4起，扬尘负荷下降31%。", id="change-of-something-else"),
        pytest.param("缴费率由47%提高到92%，满意度提高21个百分点。", id="points-of-something-else"),
        pytest.param("5月降至19件，6月降至7件，比3月下降88.9%。", id="base-not-told-beside"),
        pytest.param("日供水由5万立方米提高到8万立方米，增加60%。", id="growth-that-fits"),
        pytest.param("评分80至89分42卷，共84卷。", id="a-range-is-no-part"),
        pytest.param(
            "9人被困，8时全部救出。其中店主受惊，已回家；2名顾客送医；其余6人自行离开。",
            id="one-told-without-a-figure",
        ),
        pytest.param("共处置1,200件，其中市容700件、市政500件。", id="thousands-with-commas"),
        pytest.param(
            "全周清运5040吨，比前一周多90吨。其中，河东清运1010吨。", id="nothing-divides-a-change"
        ),
        pytest.param(
            "办件由400件增加到500件，增长25%；平均用时由20天缩短到15天，缩短25%。",
            id="each-change-has-its-own-base",
        ),
        pytest.param(
            "环节由8个减少到6个，取消两道盖章，平均用时由10天降到7天，缩短30%。",
            id="told-of-the-later-base",
        ),
        pytest.param("到场时间由1小时10分钟缩短到25分钟。", id="hours-and-minutes"),
        pytest.param(
            "设摊位300个，其中早市2个、摊位120个，夜市3个、摊位180个。",
            id="places-and-their-stalls",
        ),
    ],
)
def test_what_may_agree_is_left_alone(text: str) -> None:
    assert told(text) == []


@given(st.lists(st.integers(1, 9_000), min_size=2, max_size=6), COUNTERS)
def test_a_right_sum_is_never_told(parts: list[int], counter: str) -> None:
    listed = "、".join(f"{n}{p}{counter}" for n, p in zip(NOUNS, parts, strict=False))

    for text in (
        f"共查处{sum(parts)}{counter}，其中{listed}。",
        f"{listed}，共计{sum(parts)}{counter}。",
        f"共查处{sum(parts)}{counter}。从类型看，{listed}。",
    ):
        assert told(text) == []


@given(st.lists(st.floats(0.06, 900), min_size=2, max_size=6), st.sampled_from([1, 2]))
def test_a_right_sum_is_never_told_though_every_part_is_rounded(
    parts: list[float], digits: int
) -> None:
    listed = "、".join(f"{n}{p:.{digits}f}万平方米" for n, p in zip(NOUNS, parts, strict=False))

    assert told(f"{listed}，共计{sum(parts):.{digits}f}万平方米。") == []


@given(st.integers(1, 9_000), st.integers(0, 9_000), st.sampled_from([0, 1, 2]), st.booleans())
def test_a_right_share_is_never_told_rounded_or_cut(
    part: int, others: int, digits: int, cut: bool
) -> None:
    share = part * 100 / (part + others)
    if cut:
        share = int(share * 10**digits) / 10**digits

    text = f"共受理{part + others}件，其中市容{part}件，占{share:.{digits}f}%。"
    rate = f"共受理{part + others}件，办结{part}件，办结率{share:.{digits}f}%。"

    assert told(text) == []
    assert told(rate) == []


@given(st.integers(1, 9_000), st.integers(1, 9_000), st.sampled_from([0, 1, 2]))
def test_a_right_change_is_never_told(before: int, now: int, digits: int) -> None:
    way, share = "增长" if now >= before else "下降", abs(now - before) * 100 / before
    gap = f"{'增加' if now >= before else '减少'}{abs(now - before)}件"

    assert told(f"受理{now}件，同比{way}{share:.{digits}f}%，上年同期{before}件。") == []
    assert told(f"受理{now}件，比去年同期的{before}件{gap}，{way}{share:.{digits}f}%。") == []
    moved = "增加" if now >= before else "减少"
    assert told(f"投诉由{before}件{moved}到{now}件，{way}{share:.{digits}f}%。") == []


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_points_that_fit_are_never_told(before: int, now: int) -> None:
    way = "提高" if now >= before else "下降"
    gap = abs(now - before)

    text = f"结案率{now / 10}%，同比{way}{gap / 10}个百分点，去年同期为{before / 10}%。"

    assert told(text) == []


@given(st.lists(st.integers(1, 900), min_size=3, max_size=6), st.integers(1, 400))
def test_parts_that_pass_their_whole_are_always_told(parts: list[int], more: int) -> None:
    whole = sum(parts) - min(more, sum(parts) // 4, min(parts) - 1)
    listed = "、".join(f"{n}{p}处" for n, p in zip(NOUNS, parts, strict=False))

    found = told(f"共查处{whole}处，其中{listed}。")

    assert len(found) == (whole != sum(parts))
