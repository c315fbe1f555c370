"""动态简讯, 经验做法, 问题反映, 非稿件 or 待审 (二)."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.cue_files import load_cues
from mailbot.records.verdicts import EmergencyLevel, KindVerdict
from mailbot.rules.kinds import classify, declared_kind, outline, weigh

HERE = Path(__file__).parent
NOTICE = load(HERE.parent / "config.toml").notice
CUES = load_cues(name="kinds")

NEWS = (
    "4月10日，直属一大队对朝阳路夜市开展集中整治，出动执法人员36人，规范占道经营42处，"
    "清运垃圾3车，现场发放告知书120份。"
)


def judged(body: str, title: str = "", **given_: object) -> KindVerdict:
    facts: dict[str, object] = {
        "words": len(body),
        "declared": "",
        "subject": "",
        "structure": outline(body),
        "emergency_level": "none",
    } | given_
    return classify(title=title, body=body, notice=NOTICE, cues=CUES, **facts)  # type: ignore[arg-type]


def measured(name: str, *, titles: bool = True) -> tuple[int, int, int]:
    """Texts, decided, decided rightly."""
    path = HERE / "development" / "kinds" / f"{name}.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))["text"]
    verdicts = [
        (judged(text["body"], text["title"] if titles else "").kind, text["kind"]) for text in texts
    ]
    decided = [pair for pair in verdicts if pair[0] != "待审"]
    return len(texts), len(decided), sum(found == wanted for found, wanted in decided)


@pytest.mark.parametrize(
    ("name", "titles", "share", "accuracy"),
    [
        pytest.param("tuned", True, 0.95, 0.98, id="tuned"),
        pytest.param("tuned", False, 0.90, 0.97, id="tuned-without-titles"),
        pytest.param("held_out", True, 0.90, 0.97, id="held-out"),
        pytest.param("held_out", False, 0.85, 0.95, id="held-out-without-titles"),
    ],
)
def test_floors_of_the_development_sets(
    name: str, *, titles: bool, share: float, accuracy: float
) -> None:
    """A change of the cue file that loses ground here has to be argued for."""
    texts, decided, right = measured(name, titles=titles)

    assert decided >= share * texts
    assert right >= accuracy * decided


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        pytest.param("直属一大队整治夜市", NEWS, "动态简讯", id="news"),
        pytest.param(
            "关于召开信息工作会议的通知",
            "各单位：现将有关事项通知如下：一、会议时间：4月20日。请于4月18日前报送名单。",
            "非稿件",
            id="notice",
        ),
        pytest.param("自动回复：信息稿件", "您好！来信收悉，我会尽快回复。", "非稿件", id="auto"),
        pytest.param(
            "万源市综合执法局发布《关于规范摊点经营的通告》",
            "8月1日，万源市综合执法局发布通告，当天张贴120份，引导56个摊点进入疏导区。",
            "动态简讯",
            id="news-of-a-proclamation-is-news",
        ),
        pytest.param(
            "路灯“失明” 市民出行难",
            "近日，有市民反映，凤凰路路灯已经半个月不亮，给出行带来很大不便，希望有关部门尽快维修。",
            "问题反映",
            id="a-complaint-told-as-news",
        ),
        pytest.param(
            "直属二大队全力整改督察交办问题",
            "4月10日，直属二大队接到交办的油烟扰民问题后立即召开专题会，当晚检查18家烧烤店。",
            "动态简讯",
            id="a-problem-being-mended-is-news",
        ),
        pytest.param("", "", "待审", id="nothing"),
        pytest.param(
            "老桥换新栏",
            "老桥的栏杆锈了十来年，螺栓一拧就断，推车走上去直晃。工班用了四个夜里换成不锈钢的，走起来踏实多了。",
            "动态简讯",
            id="short-and-no-other-kind-speaks",
        ),
        pytest.param(
            "坐下来说",
            "7月中旬起，街道把征求意见的会开到院坝里，一人一条板凳，设计师在小黑板上现画图。"
            "居民想加雨棚还是想修坡道，当面提、当面画，"
            + "先听老人说，再听娃娃说，" * 20
            + "说完了当场改。",
            "动态简讯",
            id="long-undated-and-no-other-kind-speaks",
        ),
        pytest.param(
            "一张单子几条路",
            "老秦卖糖油果子，收到一张单子，写着三条路：进院坝、去夜市、学手艺。他选了第一条，当天搬了家什。",
            "动态简讯",
            id="the-first-of-three-ways-is-no-article",
        ),
        pytest.param(
            "关于派员参加抢险演练观摩的回复",
            "市局市政科：你科通知6月2日去县里观摩抢险演练，我局派两人参加，自行前往，请安排中餐。谢谢。",
            "非稿件",
            id="a-reply",
        ),
        pytest.param(
            "撤回：昨晚的那条灯杆倒伏",
            "昨晚那条是误会，没有核就报了，请予撤回，不要上报。",
            "非稿件",
            id="taken-back",
        ),
        pytest.param(
            "关于8月稿件不够的情况说明",
            "办公室：我单位8月报了两条，没有达到任务数。接手的同志不熟悉，9月补上。",
            "非稿件",
            id="an-excuse",
        ),
        pytest.param(
            "新年祝福",
            "各位老师：感谢一年的帮助。新的一年，祝身体健康，万事顺意！",
            "非稿件",
            id="wishes",
        ),
        pytest.param(
            "专题办公会议记录",
            "时间：9月6日上午\n主持人：李某\n出席者：各科室负责人\n讨论议题：如何整治夜市。\n市容科：摊点又多起来了。",
            "非稿件",
            id="minutes",
        ),
        pytest.param(
            "小区加梯缺钱缺地缺共识",
            "缺共识。一楼不肯，顶楼着急，开了八次会没有结果。\n缺资金。一部二十万，补助只有六万，其余没有着落。\n"
            "缺地方。井道要占绿化，管线要迁，谁出钱没有说法。\n建议一：先易后难。建议二：由区里统一迁管线。",
            "问题反映",
            id="paragraphs-of-what-is-lacking",
        ),
        pytest.param(
            "三年无事故：我们的井下作业办法",
            "摸出了一套办法，归结起来是三个不下井。\n不测气不下。测气员和下井班组分开，由安全科发工资。\n"
            "不通风不下。每班两台风机，数字写在黑板上。\n不交底不下。班前会签字，谁破规矩扣谁的钱。\n“三个不下井”制度推行以来，井下受凉头晕的由一年九起降到零。",
            "经验做法",
            id="our-way-is-no-decree",
        ),
    ],
)
def test_kinds(title: str, body: str, kind: str) -> None:
    assert judged(body, title).kind == kind


def test_an_alert_is_always_news() -> None:
    body = "各单位：现将有关事项通知如下：请遵照执行。特此通知。"

    verdict = judged(body, "关于燃气泄漏的紧急通知", emergency_level="alert")

    assert (verdict.kind, verdict.column) == ("动态简讯", 1)
    assert verdict.reasons[0].clause == "二·一"


@pytest.mark.parametrize("level", ["none", "review"])
def test_what_nobody_could_read_is_of_no_kind_yet(level: EmergencyLevel) -> None:
    """A damaged file under an empty mail is no 动态简讯 of 0 words that counts."""
    verdict = judged("", "开江县住建局信息", emergency_level=level)

    assert (verdict.kind, verdict.column) == ("待审", None)
    assert verdict.needs_review == ("没有读到正文，不能判断类型",)


def test_a_non_draft_does_not_hide_a_suspected_emergency() -> None:
    body = "各单位：现将有关事项通知如下：请遵照执行。特此通知。"

    verdict = judged(body, "关于防汛的通知", emergency_level="review")

    assert verdict.kind == "待审"
    assert verdict.needs_review


def test_undecided_shows_the_two_best_with_scores() -> None:
    verdict = judged(
        "停车泊位由各街道管理，收费由企业负责，夜间由社区协助，有关安排仍照原来的分工，费用按原渠道列支。"
    )

    assert verdict.kind == "待审"
    assert verdict.column is None
    assert len(verdict.candidates) == 2
    assert verdict.candidates[0][0] in verdict.needs_review[0]


@pytest.mark.parametrize(
    ("declared", "subject", "kind"),
    [
        ("动态简讯", "", "动态简讯"),
        ("", "【经验做法】渠县公厕革命", "经验做法"),
        ("问题反映或调研类", "", "问题反映"),
        ("", "（简讯）节前检查", "动态简讯"),
        ("", "报送信息", ""),
    ],
)
def test_declared_kind(declared: str, subject: str, kind: str) -> None:
    assert declared_kind(declared, subject) == kind


def test_a_declared_kind_is_shown_and_does_not_bind() -> None:
    verdict = judged(NEWS * 3, "直属一大队开展夜市整治", declared="问题反映")

    assert verdict.kind == "动态简讯"
    assert verdict.declared == "问题反映"
    assert any("自报问题反映" in doubt for doubt in verdict.needs_review)


@pytest.mark.parametrize(
    ("words", "note", "review"),
    [
        pytest.param(149, "明显偏短", True, id="less-than-half"),
        pytest.param(150, "偏短", False, id="half-is-short-but-not-far-off"),
        pytest.param(255, "", False, id="within-tolerance-below"),
        pytest.param(575, "", False, id="within-tolerance-above"),
        pytest.param(576, "偏长", False, id="long"),
        pytest.param(1001, "明显偏长", True, id="more-than-double"),
    ],
)
def test_length(words: int, note: str, *, review: bool) -> None:
    verdict = judged(NEWS, "直属一大队开展夜市整治行动", words=words)

    assert verdict.kind == "动态简讯"
    assert verdict.length_note.endswith(note)
    assert bool(verdict.length_note) == bool(note)
    assert any("请核对类型" in doubt for doubt in verdict.needs_review) == review


def test_a_short_emergency_report_is_not_reproached_its_length() -> None:
    verdict = judged("今晨6时，西外镇一燃气管道被挖断。", "燃气泄漏首报", emergency_level="alert")

    assert verdict.needs_review == ()


def test_outline_reads_headings_lists_and_leads_with_or_without_lines() -> None:
    body = "背景。一、坚持高位推动。内容。二、坚持精准施策。会议要求，一是甲；二是乙；三是丙。"

    found = outline(body)

    assert found.headings == ("一、坚持高位推动", "二、坚持精准施策")
    assert found.lists == ("会议要求，一是",)


def test_outline_reads_how_a_body_goes_about_it() -> None:
    told = (
        "投诉由12件降到2件，时间缩短三成。\n借专家的眼。与高校签约，组建专家库，企业点单，政府补贴。\n"
        "借工人的嘴。开通小程序，发现隐患拍照上传，由第三方发放奖励。\n"
        "借邻居的手。相邻企业互查互借，第一招查电，第二招查气，仅3.7%没有参加，费用无人承担。"
    )
    found = outline(told)

    assert found.heads == ("借专家的眼。", "借工人的嘴。", "借邻居的手。")
    assert found.contrasts == ("由12件降到", "缩短三成")
    assert found.steps == ()
    assert [words[:2] for words in found.deficits] == ["仅3", "无人"]


@given(st.text(max_size=600), st.text(max_size=60), st.integers(0, 5000))
def test_any_text_gets_a_kind_of_the_notice_or_none(body: str, title: str, words: int) -> None:
    verdict = judged(body, title, words=words)

    assert verdict.kind in {*NOTICE.kinds, "非稿件", "待审"}
    assert (verdict.column is not None) == (verdict.kind in NOTICE.kinds)
    assert verdict.reasons


@pytest.mark.parametrize(
    "piece",
    ["一是二是三是", "由", "据市民", "建议", "“", "一、", "不足\n", "其中", "第一条", "您", " "],
)
def test_long_hostile_texts_end(piece: str) -> None:
    body = piece * (200_000 // len(piece))

    assert judged(body).kind in {*NOTICE.kinds, "非稿件", "待审"}


FEE = "管理上推行“限时、限价”，周边居民享受优惠包月，停放周转率由2.1次提高到5.6次。"
TOILET = "走进公厕，一块屏幕显示空余厕位，手机扫码可以领取纸巾、报修故障，上线一月服务11万人次。"


@pytest.mark.parametrize(
    ("body", "cue", "fires"),
    [
        pytest.param(FEE, "other.body_apply", False, id="a-favour-in-a-draft-is-no-advert"),
        pytest.param(TOILET, "other.body_apply", False, id="a-code-on-a-door-is-no-form"),
        pytest.param(
            "本周推出优惠套餐，扫码关注公众号即可下单。", "other.body_apply", True, id="an-advert"
        ),
        pytest.param(
            "改变过去单纯由企业自评的方式，推行“双联双评”，按月考核。",
            "practice.changed_way",
            True,
            id="a-way-that-was-changed",
        ),
        pytest.param(
            "一年来推行“桥长制”，每座桥明确一名桥长。", "practice.named_way", True, id="a-named-way"
        ),
        pytest.param(
            "会议要求下一步推行“桥长制”。", "practice.named_way", False, id="a-way-to-come"
        ),
    ],
)
def test_words_and_what_they_speak_for(body: str, cue: str, *, fires: bool) -> None:
    """Shown among the reasons of a verdict, or of the two best candidates."""
    weighed = weigh(
        title="",
        body=body,
        words=len(body),
        declared="",
        subject="",
        structure=outline(body),
        emergency_level="none",
        cues=CUES,
    )
    assert (cue in {one.cue.id for one in weighed.fired}) == fires
