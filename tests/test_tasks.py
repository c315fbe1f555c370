"""Which task of annex 3 a draft serves: unit, topic and window; none rather than a wrong one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.config_files import load
from mailbot.cue_files import load_cues
from mailbot.records.verdicts import TaskVerdict
from mailbot.rules.tasks import UNIT_IN_DOUBT, confirmed_with, match, only_perhaps

NOTICE = load(Path(__file__).parent.parent / "config.toml").notice
CUES = load_cues(name="tasks")


def matched(
    unit: str, title: str, day: str = "2023-05-10", body: str = "", images: int = 0
) -> TaskVerdict:
    return match(
        units=(unit,) if unit else (),
        title=title,
        subject="",
        body=body,
        images=images,
        received_at=datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC),
        notice=NOTICE,
        cues=CUES,
    )


SERVING = [
    ("办公室", "一图读懂：2023年城管工作怎么干", "2023-03-15", 1),
    ("执法监督科", "全系统掀起文明城市创建热潮", "2023-03-18", 2),
    ("环卫处（含京环）", "环卫处加强公厕管护", "2023-04-06", 3),
    ("市容环卫科", "市容环卫科推进公厕建设管护治理", "2023-04-03", 3),
    ("直属一大队", "直属一大队拆除小区楼顶违建", "2023-04-08", 4),
    ("直属二大队", "直属二大队依法治理违法建设", "2023-04-10", 4),
    ("市政工程处", "市政工程处推进污水管网改造", "2023-04-12", 5),
    ("市政管理科", "城乡污水治理两年攻坚启动", "2023-04-19", 5),
    ("市容环卫科", "大件垃圾拆解中心项目有序推进", "2023-04-17", 6),
    ("环卫处（含京环）", "24小时开放公厕方便夜归人", "2023-04-25", 7),
    ("办公室", "五一国际劳动节：致敬一线劳动者", "2023-04-29", 8),
    ("执法监督科", "打好大气污染防治攻坚战", "2023-05-24", 9),
    ("执法监督科", "整治群众不满意事取得成效", "2023-06-02", 10),
    ("投诉指挥中心", "12345热线办理提速增效", "2023-05-05", 11),
    ("投诉指挥中心", "智慧城管平台上线运行", "2023-05-05", 11),
    ("市政工程处", "市政基础设施项目加快建设", "2023-05-25", 12),
    ("执法监督科", "户外广告专项整治推进情况", "2023-05-28", 13),
    ("市政管理科", "内涝治理三年行动见成效", "2023-06-05", 14),
    ("市容环卫科", "环卫系统全力应对汛期", "2023-07-03", 15),
    ("市政管理科", "市政管理科开展汛前雨水口清淤", "2023-05-08", 15),
    ("市政工程处", "地下安全达州项目进度过半", "2023-05-12", 16),
    ("政策法规科（行政审批科）", "行政审批科推出营商环境微改革", "2023-05-12", 17),
    ("执法监督科", "规范执法在行动 文明执法树形象", "2023-05-12", 18),
    ("人事科（党建办）", "党支部开展主题党日活动", "2023-05-12", 19),
    ("人事科（党建办）", "召开党风廉政建设警示教育会", "2023-05-12", 20),
    ("市政管理科", "市政管理科开展燃气安全隐患排查", "2023-05-12", 21),
    ("市政管理科", "老旧小区燃气管道更新改造加快推进", "2023-05-12", 22),
    ("直属一大队", "直属一大队严查餐饮店燃气违法行为", "2023-05-12", 23),
    ("执法监督科", "“强安2023”监管专项行动见成效", "2023-05-12", 23),
    ("政策法规科（行政审批科）", "送法进社区 普法零距离", "2023-05-12", 24),
    ("直属二大队", "队员拾金不昧 市民送来锦旗", "2023-05-12", 25),
    ("环卫处（含京环）", "环卫处好人好事：雨夜救助老人", "2023-05-12", 25),
]

SERVING_NOTHING = [
    ("直属一大队", "直属一大队开展夜市占道整治", "2023-05-12"),
    ("通川区住建局", "通川区住建局开展燃气安全检查", "2023-05-12"),
    ("大竹县综合执法局", "大竹县拆除违法建筑3处", "2023-04-05"),
    ("市政工程处", "市政工程处完成南外路灯检修", "2023-04-12"),
    ("环卫处（含京环）", "环卫处召开安全生产例会", "2023-04-25"),
    ("投诉指挥中心", "指挥中心一季度诉求办理情况", "2023-04-25"),
    ("直属二大队", "直属二大队开展燃气使用宣传", "2023-05-12"),
    ("市容环卫科", "市容环卫科组织门前五包检查", "2023-05-12"),
    ("人事科（党建办）", "人事科完成年度考核", "2023-05-12"),
    ("执法监督科", "全市创建文明城市再部署", "2023-06-20"),
    ("执法监督科", "违建治理再发力", "2023-07-20"),
    ("扬尘办", "扬尘办夜查渣土运输", "2023-05-25"),
    ("办公室", "办公室整理档案", "2023-05-12"),
    ("", "燃气安全隐患排查整治", "2023-05-12"),
]


@pytest.mark.parametrize(("unit", "title", "day", "no"), SERVING)
def test_drafts_that_serve_a_task(unit: str, title: str, day: str, no: int) -> None:
    verdict = matched(unit, title, day)

    assert verdict.no == no
    assert verdict.note == ""
    assert verdict.reasons[0].clause == "附件3"


@pytest.mark.parametrize(("unit", "title", "day"), SERVING_NOTHING)
def test_drafts_that_serve_none(unit: str, title: str, day: str) -> None:
    assert matched(unit, title, day).no is None


@pytest.mark.parametrize(
    ("unit", "title", "day", "no", "note"),
    [
        pytest.param(
            "直属二大队",
            "燃气管网更新改造",
            "2023-05-12",
            None,
            "责任单位是市政管理科",
            id="wrong-unit",
        ),
        pytest.param(
            "通川区住建局", "燃气管网更新改造", "2023-05-12", None, "", id="a-county-has-none"
        ),
        pytest.param(
            "执法监督科", "治理违建", "2023-04-15", 4, "晚于宣传时间（4月上旬）5天", id="late"
        ),
        pytest.param(
            "执法监督科", "治理违建", "2023-03-29", 4, "早于宣传时间（4月上旬）3天", id="early"
        ),
        pytest.param(
            "执法监督科",
            "治理违建",
            "2023-07-15",
            None,
            "不在宣传时间（4月上旬）内",
            id="long-past",
        ),
        pytest.param(
            "市政管理科",
            "燃气安全检查和污水治理两手抓",
            "2023-04-15",
            None,
            "",
            id="two-topics-are-not-guessed",
        ),
    ],
)
def test_wrong_unit_and_window_are_said(
    unit: str, title: str, day: str, no: int | None, note: str
) -> None:
    verdict = matched(unit, title, day)

    assert verdict.no == no
    assert note in verdict.note


@pytest.mark.parametrize(("images", "no"), [(30, 26), (1, None)])
def test_a_gallery_needs_its_pictures(images: int, no: int | None) -> None:
    assert matched("环卫处（含京环）", "5月宣传图片", "2023-05-25", images=images).no == no


def test_the_day_is_the_office_s_day() -> None:
    """31 March 16:30 UTC is 1 April in Shanghai: the first day of 4月上旬."""
    verdict = match(
        units=("执法监督科",),
        title="小区违建治理",
        subject="",
        body="",
        images=0,
        received_at=datetime(2023, 3, 31, 16, 30, tzinfo=UTC),
        notice=NOTICE,
        cues=CUES,
    )

    assert (verdict.no, verdict.note) == (4, "")


def test_the_subject_stands_in_for_a_missing_title() -> None:
    verdict = match(
        units=("市政管理科",),
        title="",
        subject="报送燃气安全隐患排查信息",
        body="",
        images=0,
        received_at=datetime(2023, 5, 12, tzinfo=UTC),
        notice=NOTICE,
        cues=CUES,
    )

    assert verdict.no == 21


def test_long_hostile_texts_end() -> None:
    assert matched("市政管理科", "燃气" * 50_000, body="污水" * 100_000).no in {21, None}


@pytest.mark.parametrize(
    ("unit", "title", "day", "body", "no"),
    [
        pytest.param(
            "市政工程处",
            "州河大桥维修加固主桥合龙",
            "2023-05-24",
            "作为市本级政府投资项目，州河大桥维修加固5月23日完成主桥浇筑。",
            12,
            id="words-of-the-notice-beside-a-topic",
        ),
        pytest.param(
            "投诉指挥中心",
            "半小时响应的背后",
            "2023-06-08",
            "借助城市大脑的语义识别，中心自动派单。据介绍，12345热线办理时长缩短1.6天。",
            11,
            id="words-of-the-notice-twice",
        ),
        pytest.param(
            "投诉指挥中心",
            "中心组织体检",
            "2023-06-08",
            "职工们走进医院。有人说，城市大脑也要体检。",
            None,
            id="one-word-is-no-topic",
        ),
        pytest.param(
            "市政管理科",
            "内涝治理三年行动取得阶段成果",
            "2023-06-26",
            "两年来，新建雨水管网96公里。",
            14,
            id="sixteen-days-late-but-named",
        ),
        pytest.param(
            "市政管理科",
            "内涝治理三年行动取得阶段成果",
            "2023-08-26",
            "两年来，新建雨水管网96公里。",
            None,
            id="months-late",
        ),
    ],
)
def test_what_annex_3_says_itself_tells_a_task(
    unit: str, title: str, day: str, body: str, no: int | None
) -> None:
    assert matched(unit, title, day, body).no == no


def test_two_topics_are_put_to_the_office() -> None:
    found = matched("市政管理科", "燃气安全检查和污水治理两手抓", "2023-04-15")

    assert found.no is None
    assert found.maybe in (5, 21)
    assert "待核" in found.needs_review[0]


def test_a_gallery_whose_pictures_did_not_come_is_put_to_the_office() -> None:
    found = matched("投诉指挥中心", "6月图片素材报送", "2023-06-25")

    assert (found.no, found.maybe) == (None, 26)
    assert "只见到0张图片" in found.note


def test_a_unit_to_be_confirmed_leaves_its_task_to_be_confirmed() -> None:
    found = only_perhaps(
        matched("市政工程处", "市政工程处推进污水管网改造", "2023-04-12"), "报送单位待确认", NOTICE
    )

    assert (found.no, found.maybe) == (None, 5)
    assert "更正 任务=5" in found.needs_review[0]
    assert only_perhaps(TaskVerdict(None, "x"), "y", NOTICE) == TaskVerdict(None, "x")


@pytest.mark.parametrize(
    ("unit", "no"),
    [
        pytest.param("市政工程处", 5, id="the-unit-proposed"),
        pytest.param("市政管理科", 5, id="another-with-this-task"),
        pytest.param("环卫处（含京环）", None, id="one-without-it"),
    ],
)
def test_a_task_proposed_is_told_when_its_unit_is_confirmed(unit: str, no: int | None) -> None:
    served = matched("市政工程处", "市政工程处推进污水管网改造", "2023-04-12")
    doubts = only_perhaps(served, UNIT_IN_DOUBT, NOTICE).needs_review

    assert confirmed_with(unit, ("别的疑问", *doubts), NOTICE) == no


def test_other_doubts_confirm_nothing() -> None:
    doubts = matched("市政管理科", "燃气安全检查和污水治理两手抓", "2023-04-15").needs_review

    assert confirmed_with("市政管理科", doubts, NOTICE) is None


HAIR_SALON = (
    "理发店主小宋去年换一块招牌要交12份材料、等9个工作日，今年在手机上填了一张表，两天就拿到备案。"
    "科里把店招备案改成承诺制，能在网上核的材料一律不让商户再交，窗口全程帮办。上半年办件340件，"
    "平均时限压缩六成，企业和商户跑的次数由3次减到0次。"
)
NIGHT_SHIFT = (
    "代驾司机老唐收车已是凌晨两点，城门口那间公厕还亮着灯。环卫处这个月让12座公厕全天开放，夜班保洁员"
    "两小时巡一遍，门口的屏幕显示空厕位，扫码就能取纸。半个月里夜间如厕三千多人次，多半是出租车司机。"
)


@pytest.mark.parametrize(
    ("unit", "title", "day", "body", "no"),
    [
        pytest.param(
            "政策法规科（行政审批科）",
            "小宋的新门头",
            "2023-07-12",
            HAIR_SALON,
            17,
            id="whole-text",
        ),
        pytest.param(
            "环卫处（含京环）",
            "老唐的落脚点",
            "2023-04-27",
            NIGHT_SHIFT,
            7,
            id="its-sibling-is-over",
        ),
        pytest.param(
            "环卫处（含京环）", "老唐的落脚点", "2023-08-27", NIGHT_SHIFT, None, id="too-late"
        ),
        pytest.param(
            "直属一大队", "小宋的新门头", "2023-07-12", HAIR_SALON, None, id="not-its-task"
        ),
        pytest.param(
            "人事科（党建办）",
            "办好退休手续",
            "2023-07-12",
            "人事科为9名职工办理退休手续，材料由窗口代收，工作日随到随办，职工不再跑。",
            None,
            id="a-few-words-are-no-topic",
        ),
    ],
)
def test_a_topic_shows_in_many_of_its_words(
    unit: str, title: str, day: str, body: str, no: int | None
) -> None:
    assert matched(unit, title, day, body).no == no


def test_a_topic_that_only_some_words_speak_of_is_put_to_the_office() -> None:
    body = "科里把申请材料由9份减到6份，三个工作日办结，请各县参照。下一步还将走访商圈。"
    found = matched("政策法规科（行政审批科）", "一个环节的变化", "2023-07-12", body)

    assert (found.no, found.maybe) == (None, 17)
    assert "标题没有点明" in found.note
    assert "“材料”" in found.note
