"""Emergencies (二·一): what is caught, what is left alone, and why the clerk is told so."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailbot.cue_files import load_cues, parse_cues
from mailbot.errors import ConfigError
from mailbot.records.verdicts import EmergencyVerdict
from mailbot.rules.cue_patterns import fault_of
from mailbot.rules.cues import Cue, CueTable, fire, total
from mailbot.rules.emergencies import judge

CUES = load_cues()
SETS = Path(__file__).parent / "development" / "emergencies"
NOW = datetime.fromisoformat("2023-04-19T09:00:00+08:00")


def _judge(body: str = "", **facts: object) -> EmergencyVerdict:
    given = {"subject": "", "title": "", "sent_at": None, "received_at": NOW} | facts
    return judge(body=body, report_within_minutes=30, cues=CUES, **given)


def _texts(name: str) -> list[dict[str, str]]:
    return tomllib.loads((SETS / f"{name}.toml").read_text(encoding="utf-8"))["text"]


def _levels(name: str, label: str, *, titled: bool) -> list[str]:
    return [
        _judge(
            text["body"],
            title=text["title"] if titled else "",
            received_at=datetime.fromisoformat(text["received"]),
        ).level
        for text in _texts(name)
        if text["label"] == label
    ]


# Floors and ceilings are what was measured, so that no change loses ground unseen.
# Held-out texts were written before the rules: with titles the first rules caught 35 of 35
# and flagged 0 of 40; without titles 34 and 8. The fresh set tells hazards no list named
# and odd styles: its first run caught 17 of 24 and flagged 2 of 30; the rules then learnt
# what generalised from it, so its figures below are development figures. The last set tells of
# the hours before the mail: hazards in words that no list names, news of the same morning.
@pytest.mark.parametrize(
    ("name", "titled", "least_caught", "most_reviews", "most_alerts"),
    [
        pytest.param("tuned", True, 1.0, 0.0, 0.0, id="tuned"),
        pytest.param("tuned", False, 1.0, 0.0, 0.0, id="tuned-without-titles"),
        pytest.param("held_out", True, 1.0, 0.0, 0.0, id="held-out"),
        pytest.param("held_out", False, 34 / 35, 2 / 40, 0.0, id="held-out-without-titles"),
        pytest.param("fresh", True, 1.0, 0.0, 0.0, id="fresh"),
        pytest.param("fresh", False, 23 / 24, 0.0, 0.0, id="fresh-without-titles"),
        pytest.param("just_now", True, 46 / 50, 3 / 48, 0.0, id="just-now"),
        pytest.param("just_now", False, 47 / 50, 5 / 48, 1 / 48, id="just-now-without-titles"),
    ],
)
def test_development_sets(
    name: str, titled: bool, least_caught: float, most_reviews: float, most_alerts: float
) -> None:
    emergencies = _levels(name, "emergency", titled=titled)
    ordinary = _levels(name, "ordinary", titled=titled)

    assert sum(level != "none" for level in emergencies) / len(emergencies) >= least_caught
    assert sum(level != "none" for level in ordinary) / len(ordinary) <= most_reviews
    assert sum(level == "alert" for level in ordinary) / len(ordinary) <= most_alerts


def test_the_sets_are_large_and_varied() -> None:
    texts = [text for name in ("tuned", "held_out", "fresh") for text in _texts(name)]
    emergencies = [text for text in texts if text["label"] == "emergency"]

    assert len(texts) >= 150
    assert len(emergencies) >= 70
    assert len(texts) - len(emergencies) >= 80
    assert len({text["hazard"] for text in emergencies}) >= 25


@pytest.mark.parametrize(
    ("title", "body", "level"),
    [
        pytest.param("紧急", "桥下漂来好多白沫，赶紧来人看。", "review", id="subject-of-one-word"),
        pytest.param("情况", "8点40，吊篮一侧脱了，两人抓着篮沿。", "review", id="one-sign-just-now"),
        pytest.param("情况", "3月2日8时40分，吊篮一侧脱了，两人抓着篮沿。", "none", id="long-ago"),
        pytest.param("座谈", "8点40，大家讲困难，抢抓进度，落实要求。", "none", id="signs-in-plain-words"),
        pytest.param(
            "渣土车冲卡", "8点40，一渣土车加速逃离，将协管员拖行十米，双膝见血。", "review",
            id="everyday-words-tell-where",
        ),
        pytest.param(
            "报告", "今天下午，强制拆除违建时当事人驾驶挖机撞翻执法车，一名队员骨折。拆除行动已暂停。", "review",
            id="hurt-in-a-demolition",
        ),
        pytest.param(
            "走访", "4月19日，某局走访工地，送服务。走到一处时，正碰上木工从二楼临边翻下来，拉去了医院，还没醒。"
            "随后又到五个工地，发放资料200份。", "review", id="told-in-passing-by-its-day",
        ),
        pytest.param("聚餐后", "昨晚坝坝宴后，参加的居民夜里拉肚子，已有23人去打点滴，疾控来采样。", "review", id="many-ill"),
        pytest.param("闸门", "今天上午，闸门放下一半不动了，来水还在加，下游两个村已让村民往高处走。", "review", id="people-sent-away"),
        pytest.param("微信", "刚刚收垃圾的老何被箱把手绞了，血流得吓人，正往医院送。", "review", id="a-moment-ago"),
        pytest.param("电话", "这会儿河堤上有人坐在栏杆外头哭，说不想活了。", "review", id="at-this-moment"),
        pytest.param("表格", "刚才发的表格有误，以本次附件为准。", "none", id="a-moment-ago-a-mail"),
        pytest.param("献血", "8点40，三十名职工走进献血车采血。", "none", id="blood-given"),
        pytest.param("修补", "8点40，市政处组织人员修补裂缝，铣刨摊铺。", "none", id="roads-mended"),
        pytest.param("拆除", "今天下午，依法拆除违建三处，无人员受伤。", "none", id="a-demolition"),
        pytest.param(
            "环卫工人为何总在路上出事", "昨天早上6点多，一名环卫工推车时被货车撞倒，昨晚经抢救无效死亡。"
            "今年以来已有多名同行遇险，如何让他们少流血？记者走访了三个班组。", "review", id="killed-yesterday-in-a-feature",
        ),
        pytest.param(
            "楼顶搭建的围墙倒下砸坏雨棚", "昨日上午10时许，某小区楼顶违建的围墙被风吹倒，砸坏一楼雨棚，所幸没有伤人。"
            "执法队员到场后，该违建已拆除。", "review", id="headline-of-yesterday-and-a-demolition",
        ),
        pytest.param(
            "拆违现场", "8时35分，违建强制拆除时当事人泼出汽油，扬言点火。拆除行动已中止。", "review",
            id="a-threat-just-now-at-a-demolition",
        ),
        pytest.param(
            "视频引发网民关注的报告", "今天上午，一段视频发布，内容是队员夺秤时老人坐在地上哭。到8点50分评论三千多条，"
            "还有人扬言下午到局门口聚集。舆情正在上升，老人没有受伤。", "review", id="public-opinion-is-no-old-case",
        ),
        pytest.param(
            "市容整治", "4月19日，执法局组织四十余人开展市容整治行动，清理摊点二十处。8时40分，一名摊主往身上浇汽油，"
            "掏出火机，队员上前夺下，民警把人带离。", "review", id="petrol-in-a-campaign",
        ),
        pytest.param(
            "污水井事故分析", "2019年5月17日15时，一处污水井发生有限空间事故，一人下井中毒，两人施救时倒下。", "none",
            id="years-ago",
        ),
        pytest.param(
            "道路塌陷", "4月19日8时40分，凤凰大道发生路面塌陷，一辆公交车陷入，已出动抢险人员46人次、车辆12台次。", "alert",
            id="a-day-is-no-period-of-statistics",
        ),
        pytest.param(
            "", "4月19日8时35分，区法院门口人行道塌陷，一名等候审理的群众跌入坑中受伤，已送医。", "review", id="before-a-court",
        ),
        pytest.param(
            "", "去年新建的挡墙今早8时20分垮塌，压住一间工棚，救援人员30余人次正在搜救，2人失联。", "review", id="built-last-year",
        ),
        pytest.param(
            "首报：污水井人员中毒", "2022年4月19日8时10分，一处污水井内一人中毒，已送医院。", "alert", id="wrong-year-in-a-first-report",
        ),
        pytest.param(
            "报告", "4月19日8时10分，因施工挖断燃气管，天然气外冒，已报警。", "alert", id="caused-by-works",
        ),
    ],
)  # fmt: skip
def test_just_now_or_somebody_hurt(title: str, body: str, level: str) -> None:
    """A clock just before the mail, one character of a hazard: somebody looks at it."""
    found = _judge(body, title=title).level

    assert found == level or (level == "review" and found == "alert")


GAS = (
    "4月19日8时35分，三里坪一处工地挖掘机将中压燃气管挖破，天然气外冒。施工人员立即报告燃气公司，"
    "8时50分抢修人员赶到现场关闭阀门，疏散周边群众120人，无人员伤亡，原因正在调查。"
)


def test_a_plain_report_is_an_alert_with_all_that_is_asked() -> None:
    verdict = _judge(GAS, title="关于三里坪燃气泄漏的情况报告")

    assert verdict.level == "alert"
    assert verdict.hazard == "燃气泄漏"
    assert verdict.stage == "首报"
    assert verdict.event_time is not None
    assert verdict.event_time.matched == "4月19日8时35分"
    assert verdict.lateness.verdict == "按时"
    assert verdict.lateness.minutes == 25
    assert verdict.missing == ("损失", "联系人", "签发")
    assert verdict.rules_version == CUES.version


def test_reasons_add_up_to_the_score() -> None:
    """A clerk can see what would change the verdict."""
    verdict = _judge(GAS, title="关于三里坪燃气泄漏的情况报告")
    scored = [reason for reason in verdict.reasons if reason.cue]
    groups: dict[str, float] = {}
    for reason in scored:
        group = reason.cue.partition(".")[0]
        groups[group] = groups.get(group, 0) + reason.points
    capped = sum(min(points, CUES.caps.get(group, 99)) for group, points in groups.items())

    assert capped == verdict.score
    assert all(reason.clause == "二·一" for reason in verdict.reasons)
    assert any("挖破" in reason.because or "外冒" in reason.because for reason in scored)


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        pytest.param("某路塌陷情况（首报）", "首报", id="first"),
        pytest.param("某路塌陷情况续报二", "续报", id="follow-up"),
        pytest.param("关于某路塌陷情况的终报", "终报", id="final"),
        pytest.param("某路塌陷快报", "首报", id="unnamed-is-first"),
        pytest.param("某路塌陷首报，后续情况续报", "首报", id="first-that-promises-more"),
    ],
)
def test_stage(title: str, stage: str) -> None:
    assert _judge("4月19日8时许，某路塌陷，已封闭。", title=title).stage == stage


@pytest.mark.parametrize(
    ("body", "stage"),
    [
        pytest.param("4月19日8时许，某路塌陷，已封闭，后续情况续报。", "首报", id="promise"),
        pytest.param(
            "某路塌陷情况续报（二）\n4月19日8时许，某路塌陷，已封闭。", "续报", id="first-line"
        ),
        pytest.param("某路塌陷情况终报\n4月19日8时许，某路塌陷，已封闭。", "终报", id="final-line"),
    ],
)
def test_stage_by_the_body(body: str, stage: str) -> None:
    assert _judge(body).stage == stage


def test_only_first_reports_are_judged_for_lateness() -> None:
    verdict = _judge("4月19日3时许，某路塌陷，已封闭。", title="某路塌陷续报")

    assert verdict.lateness.verdict == "不适用"


@pytest.mark.parametrize(
    "subject",
    [
        "【紧急】南外燃气泄漏", "[突发]西外一工地垮塌", "快报：朝阳路大树砸车", "突发事件信息", "险情报告",
        "首报-某小区火灾", "达川区住建局关于路面塌陷的情况报告",
    ],
)  # fmt: skip
def test_the_subject_alone_raises_the_level(subject: str) -> None:
    """The subject is judged on arrival, before any attachment is read."""
    assert _judge(subject=subject).level != "none"


@pytest.mark.parametrize(
    "subject",
    [
        "关于突发事件信息报送的通知", "燃气泄漏应急演练简讯", "防汛工作总结", "火灾事故警示教育培训",
        "暴雨预警提醒", "关于开展燃气安全检查的报告", "4月动态信息2篇", "通川区综合执法局报送信息",
    ],
)  # fmt: skip
def test_the_subject_alone_raises_no_false_alarm(subject: str) -> None:
    assert _judge(subject=subject).level == "none"


def test_the_mail_body_counts_where_the_draft_says_nothing() -> None:
    verdict = _judge("详见附件。", subject="情况报告", mail_body=GAS)

    assert verdict.level == "alert"


def test_the_subject_is_judged_with_the_times_of_the_draft() -> None:
    """A mail that says 请查收 under 终报 tells no time; the draft it carries does."""
    body = "今日6时20分的液化气泄漏，8时10分处置完毕。为吸取教训，已开展排查，整治商户三家。"

    verdict = _judge(body, subject="续报：早餐店液化气泄漏", mail_body="请查收。")

    assert verdict.level == "alert"
    assert verdict.event_time is not None
    assert verdict.event_time.earliest == NOW.replace(hour=6, minute=20)


def test_a_drill_in_the_draft_does_not_hide_an_emergency_in_the_mail() -> None:
    drill = "4月18日，县住建局开展燃气泄漏应急演练，模拟管道被挖断。演练圆满结束。"

    assert _judge(drill, title="燃气应急演练").level == "none"
    assert _judge(drill, title="燃气应急演练", mail_body=GAS).level == "alert"


@pytest.mark.parametrize("body", ["", "  \n"])
def test_an_unreadable_attachment_without_words_is_reviewed(body: str) -> None:
    verdict = _judge(body, subject="报送信息", unreadable_attachment=True)

    assert verdict.level == "review"
    assert verdict.needs_review


def test_an_unreadable_attachment_beside_a_readable_draft_is_not() -> None:
    body = "4月18日，局机关召开干部职工大会，学习有关文件，安排近期重点工作，全体人员参加。"

    assert _judge(body, title="局机关召开大会", unreadable_attachment=True).level == "none"


def test_a_hazard_no_list_names_is_caught_by_its_schema() -> None:
    """Time, who reported, who responded and suddenness, without a word for what it was."""
    body = (
        "4月19日8时20分，保安拨打110，说广场上有个铁家伙不停地响，民警赶到现场后拉起警戒线，"
        "所幸没有人员伤亡。"
    )
    verdict = _judge(body)

    assert verdict.level != "none"


def test_a_time_just_before_the_mail_speaks_where_no_hazard_is_listed() -> None:
    """The mail came at 9:00; the same words about yesterday are no report."""
    told = "8时40分，河边步道上有个老人抱着栏杆喊痛，路人报了警，保安守在旁边。"

    assert _judge(f"4月19日{told}").level != "none"
    assert _judge("4月19日8时40分，环卫处组织队员清扫步道。").level == "none"


ACTIVITY = (
    "4月19日，宣汉县综合执法局走进东乡小学，开展“小手拉大手”活动，发放资料300份，孩子们踊跃举手。"
    "{}最后，孩子们写下心愿。下一步，县局将继续深入更多校园，提升群众满意度。"
)


@pytest.mark.parametrize(
    ("told", "level"),
    [
        pytest.param("活动中有奖竞答十分热闹。", "none", id="activity"),
        pytest.param(
            "8时20分左右充气拱门突遇大风翻倒，压住合影的孩子们，三名学生擦伤，已送县医院检查。",
            "review",
            id="somebody-hurt-that-morning",
        ),
        pytest.param(
            "活动还开展应急演练，8时20分模拟拱门翻倒，三名学生擦伤，老师送医院检查。",
            "none",
            id="in-a-drill",
        ),
        pytest.param(
            "去年4月19日8时20分，拱门被大风翻倒，三名学生擦伤，送县医院检查。",
            "none",
            id="last-year",
        ),
    ],
)
def test_an_emergency_told_in_passing_is_looked_at(told: str, level: str) -> None:
    verdict = _judge(ACTIVITY.format(told), title="宣汉县综合执法局“城管进校园”活动精彩纷呈")

    assert verdict.level == level
    assert level == "none" or any("夹在" in reason.because for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("words", "hazard"),
    [
        pytest.param("游船在湖心进水，12名游客被困。", "船只险情", id="boat"),
        pytest.param("大风把广告布掀翻，压住两人。", "大风冰雹雷击", id="wind"),
        pytest.param("自动扶梯突然反向下行，多人挤倒。", "设备设施故障", id="device"),
        pytest.param("一辆货车失控冲进摊位。", "交通事故", id="traffic"),
        pytest.param(
            "城区遭10级大风袭击，行道树折断。", "大风冰雹雷击", id="袭击-by-wind-is-no-assault"
        ),
        pytest.param("摊主持刀刺伤队员。", "冲突伤人", id="assault"),
    ],
)
def test_a_hazard_is_named_by_what_it_is(words: str, hazard: str) -> None:
    assert _judge(f"4月19日8时40分，{words}已送医，现场正在处置。").hazard == hazard


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        pytest.param("4名伤者已转入县人民医院骨科", "伤亡", id="injured"),
        pytest.param("撞翻6张桌子", "损失", id="damage"),
        pytest.param("园内已劝离晨练市民", "措施", id="measures"),
        pytest.param("现场秩序平稳", "趋势", id="outlook"),
    ],
)
def test_what_is_told_is_not_asked_for_again(words: str, missing: str) -> None:
    verdict = _judge(f"4月19日8时40分，翠屏路一处围墙倒塌，{words}。", title="险情快报")

    assert missing not in verdict.missing


@pytest.mark.parametrize(
    ("text", "level"),
    [
        pytest.param("为防止树木倒伏砸车，园林处修剪行道树。", "none", id="prevention"),
        pytest.param("如遇燃气泄漏，应立即关阀并拨打119。", "none", id="hypothetical"),
        pytest.param("培训讲解了发生火灾时如何报警、如何疏散。", "none", id="teaching"),
        pytest.param("去年8月的火灾造成3人死亡，各单位要吸取教训。", "none", id="last-year"),
        pytest.param("今年以来共发生燃气泄漏36起，同比下降12%。", "none", id="statistics"),
        pytest.param("预计今晚有暴雨，可能引发内涝、滑坡。", "none", id="forecast"),
        pytest.param(
            "半年来，小分队处置倒树、塌陷、起火等突发情况46起，接报后平均十分钟到场，无人员伤亡。",
            "none",
            id="half-a-year",
        ),
        pytest.param(
            "4月18日，记者从区法院获悉，店招被风刮倒砸伤行人一案宣判，法院判决店主赔偿医疗费。店主曾当场报警。",
            "none",
            id="court",
        ),
        pytest.param(
            "老师，请问昨天我们扑灭了一个小火情，没有人受伤，够写一条简讯吗？",
            "none",
            id="a-question",
        ),
        pytest.param(
            "昨晚八点报的那条路灯倾倒系误会，现场没有事，请予撤回，不要上报。",
            "none",
            id="taken-back",
        ),
        pytest.param(
            "到早高峰，路面没有结冰，没有接到摔伤、追尾的报告。", "none", id="no-report-of-it"
        ),
        pytest.param(
            "住户天天担心墙裂房塌。项目部请大家下坑边看，说清墙上裂缝为什么不是开挖引起的。",
            "none",
            id="worries",
        ),
        pytest.param(
            "大雨过后，各下穿隧道、涵洞均无积水，全靠泵站值守。", "none", id="nothing-flooded"
        ),
        pytest.param(
            "修订内涝抢险预案，备足抢险物资，做好险情应急准备，抽排能力提升。",
            "none",
            id="plans-only",
        ),
    ],
)
def test_words_of_hazards_count_only_where_asserted(text: str, level: str) -> None:
    assert _judge(text).level == level


def test_spaces_of_a_justified_page_do_not_hide_words() -> None:
    spaced = GAS.replace("挖破", "挖 破").replace("外冒", "外　冒").replace("赶到", "赶 到")

    assert _judge(spaced).level == "alert"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "起火", "发生", "4月19日8时许发生", "演练", "。", "，起火", "防范起火，", "接到", "（", "1", "人",
        "某", "\n", " ", "演练模拟", "存在", "赶到现场8时", "造成3人受伤，", "因", "各科室",
    ],
)  # fmt: skip
def test_two_hundred_kilobytes_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))

    assert _judge(text, title=text, subject=text, mail_body=text[1:]).score <= 40


@pytest.mark.parametrize("days", [0, 400])
def test_the_senders_clock_is_believed_only_near_the_providers(days: int) -> None:
    """今晨 goes by the Date header, unless that is absurd."""
    sent = NOW - timedelta(hours=10) - timedelta(days=days)
    verdict = _judge("今晨6时，某路塌陷，一人受伤。", sent_at=sent)
    expected = NOW.date() if days else sent.date()

    assert verdict.event_time is not None
    assert verdict.event_time.earliest.date() == expected


# ---------------------------------------------------------------- cue tables


def _table(*cues: Cue, **caps: float) -> CueTable:
    return CueTable("v", cues, caps=caps)


def test_a_cue_fires_once_at_its_first_uncancelled_match() -> None:
    cue = Cue("event.fire", "起火", "body", 2, "写明起火", unless="防止")
    (fired,) = fire(_table(cue), {"body": "防止起火，仓库起火，又起火。"})

    assert (fired.matched, fired.start) == ("起火", 7)


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        pytest.param("防止起火", False, id="same-clause"),
        pytest.param("防止垮塌，仓库起火", True, id="other-clause"),
        pytest.param("去年，仓库起火", False, id="same-sentence"),
        pytest.param("去年安全。仓库起火", True, id="other-sentence"),
    ],
)
def test_cancelling_words(text: str, fires: bool) -> None:
    cue = Cue("event.fire", "起火", "body", 2, "写明起火", "防止", "去年")

    assert bool(fire(_table(cue), {"body": text})) is fires


def test_a_group_adds_up_to_its_cap_in_either_direction() -> None:
    table = _table(
        Cue("event.a", "甲", "body", 4, "甲"),
        Cue("event.b", "乙", "body", 4, "乙"),
        Cue("frame.a", "丙", "body", -9, "丙"),
        event=6,
        frame=5,
    )

    assert total(fire(table, {"body": "甲乙丙"}), table.caps) == 1


BAD_FILES = [
    pytest.param("", "cue", id="no-cues"),
    pytest.param("[[cue]]\nid='A'\npattern='x'\nscope='body'\npoints=1\nreason='r'", "id", id="name"),
    pytest.param("[[cue]]\nid='a'\npattern='('\nscope='body'\npoints=1\nreason='r'", "正则", id="regex"),
    pytest.param("[[cue]]\nid='a'\npattern='x*'\nscope='body'\npoints=1\nreason='r'", "上限", id="unbounded"),
    pytest.param("[[cue]]\nid='a'\npattern='{w}'\nscope='body'\npoints=1\nreason='r'", "词组", id="no-such-set"),
    pytest.param("[[cue]]\nid='a'\npattern='x'\nscope='body'\npoints=1\nreason='r'\nmore=1", "more", id="extra"),
    pytest.param(
        "[[cue]]\nid='a'\npattern='x'\nscope='body'\npoints=1\nreason='r'\n" * 2, "重复", id="twice"
    ),
    pytest.param("[[cue", "写法有误（文件末尾：双方括号没有成对）", id="not-toml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), BAD_FILES)
def test_a_bad_cue_file_is_told_in_one_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_cues(text.encode(), "线索.toml")

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_cue_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="读不到线索文件"):
        load_cues(tmp_path / "none.toml")


def test_the_offices_own_copy_is_read_and_its_version_differs(tmp_path: Path) -> None:
    own = tmp_path / "emergency.toml"
    own.write_text(
        "[[cue]]\nid='a.b'\npattern='x'\nscope='body'\npoints=1\nreason='r'\n", encoding="utf-8"
    )

    assert [cue.group for cue in load_cues(own).cues] == ["a"]
    assert load_cues(own).version != CUES.version
    assert load_cues(own).settings == CUES.settings


def test_settings_of_the_offices_copy_stand(tmp_path: Path) -> None:
    own = tmp_path / "emergency.toml"
    own.write_text("cue = []\n[settings]\nalert = 9\n", encoding="utf-8")

    assert load_cues(own).settings["alert"] == 9


@pytest.mark.parametrize(
    ("pattern", "safe"),
    [
        ("起火|着火", True), ("[^，。]{0,20}起火", True), ("(?:a|b)?c", True), (r"\d{1,2}时", True),
        ("[)*+]{0,3}x", True), ("(?<!a)b(?=c)(?!d)", True), ("a*", False), ("a+", False),
        ("a{2,}", False), ("(?:a{0,9}){0,9}", False), ("(?:a{0,3}){2}", False), (r"(a)\1", False),
        ("(?P<n>a)(?P=n)", False), (".{0,99}a.{0,99}", False), ("(", False), ("a{9999999999}", False),
    ],
)  # fmt: skip
def test_which_patterns_a_cue_file_may_hold(pattern: str, safe: bool) -> None:
    assert (fault_of(pattern) == "") is safe


@pytest.mark.parametrize(
    ("title", "body", "levels"),
    [
        pytest.param(
            "", "4月19日8时许，某工地模板坍塌，现场已封闭。", {"alert"}, id="formwork-falls"
        ),
        pytest.param("西外一工地模板倒塌", "", {"alert", "review"}, id="formwork-in-a-title"),
        pytest.param(
            "某工地模板坍塌事故快报", "4月19日8时许，某工地模板坍塌，2人被埋。", {"alert"},
            id="formwork-in-a-declared-report",
        ),
        pytest.param(
            "", "4月19日8时20分，一辆搅拌车在模板加工区侧翻，驾驶员被困。", {"alert"},
            id="a-place-named-by-formwork",
        ),
        pytest.param(
            "", "本文报告如下：4月19日8时许，3号楼起火，已报119。", {"alert", "review"}, id="this-text"
        ),
        pytest.param(
            "", "4月19日8时许，南门口燃气管道泄漏，已疏散群众。联系人：李科（今日调休，由王敏代）。",
            {"alert"}, id="a-contact-on-leave",
        ),
        pytest.param(
            "突发事件信息报告写作指南", "本文介绍突发事件快报模板：某月某日某时，某地发生火灾。",
            {"none"}, id="on-writing",
        ),
        pytest.param(
            "请假条", "我因昨晚摔伤，医生要求休息，特请假三天，望批准。", {"none"}, id="a-letter-of-leave"
        ),
    ],
)  # fmt: skip
def test_words_of_other_papers_hide_no_emergency(title: str, body: str, levels: set[str]) -> None:
    assert _judge(body, title=title, subject=title).level in levels
