"""Which unit is proposed where a draft names none, and that a proposal counts for nobody (四（一）)."""

import re
from datetime import datetime
from email.message import EmailMessage
from itertools import combinations
from pathlib import Path

import pytest
from filing_samples import filing_desk
from hypothesis import given
from hypothesis import strategies as st
from office_samples import CONFIG

from mailbot.cue_files import load_rule_book
from mailbot.rules.units import UnitEvidence, identify
from parsers.facts import Address

BOOK = load_rule_book(CONFIG.notice)
CUES = BOOK.unit_cues
NOTICE = BOOK.notice
AT = datetime.fromisoformat("2023-07-26T12:40:00+08:00")


def evidence(title: str = "", body: str = "", **more: object) -> UnitEvidence:
    return UnitEvidence(
        title=title,
        text=body,
        first_sentences=body[:160],
        last_words=body[-80:],
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        pytest.param(
            "公厕水管爆裂",
            "上午9时许，滨河路公厕水管爆裂，我处管护组关阀抢修，如厕市民已疏导。",
            "环卫处（含京环）",
            id="我处-and-toilets",
        ),
        pytest.param(
            "护坡开裂 我处连夜支护",
            "巡查员老秦摸黑绕坡走了一圈，挡墙上的裂缝能伸进手指，坡下人行道已经拉起了警戒线。",
            "市政工程处",
            id="我处-in-the-headline-alone",
        ),
        pytest.param(
            "箱涵清掏遇险情",
            "我们处的班组正在箱涵里清淤，检查井下水位猛涨，四人扶梯而上，无人受伤。",
            "市政工程处",
            id="我们处",
        ),
        pytest.param(
            "捡了八千块 一句话还了",
            "保洁员老范扫街时捡到一个布包，在垃圾桶旁等了四十分钟。失主把一封信送到环卫处，信上只有谢谢二字。",
            "环卫处（含京环）",
            id="the-only-section-named-and-its-work",
        ),
        pytest.param(
            "道路开挖管理调研",
            "我处统计，三年来主城区道路开挖审批800次，回填质量不过关造成路基沉降。",
            "市政工程处",
            id="我处-and-roads",
        ),
        pytest.param(
            "瓶装气专项检查",
            "本周，我科对主城区液化气充装站开展检查，查出隐患12处。",
            "市政管理科",
            id="我科-and-gas",
        ),
        pytest.param(
            "夜间诉求多",
            "来电人反映路边井盖松动。中心立即派单，坐席两次回访。",
            "投诉指挥中心",
            id="中心-that-dispatches",
        ),
        pytest.param(
            "按月报送照片",
            "现将指挥中心本月接线照片12张打包报送，图注：坐席夜班、信息采集。",
            "投诉指挥中心",
            id="named-in-the-middle",
        ),
        pytest.param(
            "",
            "刚才，渠江街道一辆洒水车刹车失灵冲上人行道，县综合执法局正在赶往现场。",
            "渠县综合执法局",
            id="which-county-by-its-town",
        ),
        pytest.param(
            "执法力量下沉之后",
            "我县向乡镇下放处罚事项60项，县综合执法局走访三十余个乡镇，东乡、蒲江、南坝三地办案最多。",
            "宣汉县综合执法局",
            id="towns-in-short-where-a-county-speaks",
        ),
        pytest.param(
            "期房交付矛盾分析",
            "经统计，达川区今年已发生延期交付信访20批次，集中在5个楼盘，预售资金监管有漏洞。",
            "达川区住建局",
            id="a-district-as-the-topic-and-homes",
        ),
        pytest.param(
            "小厂安全谁来管",
            "高新区现有小微企业200家，多数没有专职安全员，应急预案不全。",
            "高新区应急管理局",
            id="a-zone-and-safety-at-work",
        ),
        pytest.param(
            "新路谁来养",
            "东部经开区近年建成道路30公里，移交手续办理缓慢，养护经费没有来源。",
            "东部经开区住建局",
            id="the-only-row-of-a-zone",
        ),
        pytest.param(
            "冬季清扫难",
            "我市地处高寒山区，冬季洒水易结冰，环卫工人冻伤多，除雪设备少。",
            "万源市综合执法局",
            id="我市-in-high-mountains",
        ),
        pytest.param(
            "【办公室】一周安排",
            "本周安排会议三次，接待来访两批。",
            "办公室",
            id="a-prefix-as-others-have",
        ),
        pytest.param(
            "汛期准备",
            "办公室牵头修订防汛预案，抽查值班31次，我局各单位在岗在位。",
            "办公室",
            id="the-office-acts-for-the-bureau",
        ),
    ],
)
def test_place_voice_and_field_propose_a_unit(title: str, body: str, name: str) -> None:
    verdict = identify(evidence(title, body), NOTICE, CUES)

    assert (verdict.name, verdict.confidence, verdict.proposed) == (name, "unsure", True)
    assert verdict.registered == ""
    assert verdict.needs_review[0].startswith("报送单位待确认")
    assert verdict.reasons[0].because


@pytest.mark.parametrize(
    ("title", "body"),
    [
        pytest.param(
            "市城管执法局召开工作会议",
            "2月9日，市城管执法局召开会议，通川区、大竹县作交流发言。",
            id="the-bureau-meets",
        ),
        pytest.param(
            "路面塌陷抢修",
            "通川区朝阳东路路面塌陷约3平方米，围挡已设，正在开挖换管。",
            id="where-it-happened-in-the-city",
        ),
        pytest.param(
            "建筑垃圾变废为宝", "达州市建成资源化利用厂，渣土全部实行电子联单。", id="city-wide"
        ),
        pytest.param("学习考察", "4月3日，考察组赴宣汉县学习垃圾分类经验。", id="a-model"),
        pytest.param(
            "联席会议", "7月3日，与大竹县、渠县召开垃圾清运联席会议。", id="a-joint-visit"
        ),
        pytest.param(
            "全市现场会",
            "11月7日，全市环卫现场会在大竹县召开，各地参观转运站。",
            id="where-they-met",
        ),
        pytest.param(
            "处置及时", "请通知贵单位办公室派员参会，自我处置能力有待提高。", id="no-voice-at-all"
        ),
        pytest.param("警情通报", "110指挥中心接警后派警，热线同步受理。", id="the-police-dispatch"),
        pytest.param(
            "队伍建设", "我大队今年办案300件，执法队员规范文明执法。", id="either-of-two-teams"
        ),
    ],
)
def test_what_a_person_could_not_tell_stays_open(title: str, body: str) -> None:
    verdict = identify(evidence(title, body), NOTICE, CUES)

    assert (verdict.name, verdict.confidence) == (None, "unsure")
    assert verdict.needs_review


def test_the_section_whose_field_it_is_may_be_a_candidate() -> None:
    body = "4月26日，市城管执法局负责人出庭应诉一起行政诉讼案件，法庭择期宣判。"
    verdict = identify(evidence("市城管执法局参加庭审", body), NOTICE, CUES)

    assert verdict.name is None
    assert verdict.candidates == ("政策法规科（行政审批科）",)


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param({"signature_unit": "渠县防汛办"}, id="another-office-of-the-county"),
        pytest.param({"signature_unit": "大竹县应急管理局"}, id="an-agency-that-is-no-row"),
        pytest.param({"signature_unit": "平昌县住建局"}, id="another-city's"),
        pytest.param({"credits": (("供稿", "达州日报社"),)}, id="a-newspaper"),
    ],
)
def test_whoever_signs_is_not_guessed_away(signed: dict[str, object]) -> None:
    body = "渠江街道一处工地塔吊倾斜，住建部门到场，我县已停工排查。"

    assert identify(evidence("", body, **signed), NOTICE, CUES).name is None


def test_the_main_city_does_not_make_a_section_s_draft_a_district_s() -> None:
    body = "通川区朝阳街道下穿隧道积水，我处抽排3小时，路面已通车，排水泵恢复。"

    assert identify(evidence("隧道积水", body), NOTICE, CUES).name == "市政工程处"


def test_a_county_s_own_sanitation_office_is_not_the_bureau_s() -> None:
    body = "竹阳街道公厕改造完工，我处增派保洁员12人。"
    verdict = identify(evidence("公厕改造", body), NOTICE, CUES)

    assert verdict.name is None
    assert "大竹县综合执法局" in verdict.candidates


@pytest.mark.parametrize(
    ("known", "forwarded"), [("sender@u.example", None), ("wrote@u.example", "wrote@u.example")]
)
def test_the_address_table_comes_first(known: str, forwarded: str | None) -> None:
    body = "渠江街道违建拆除，县综合执法局出动队员60人。"
    given_ = evidence(
        "",
        body,
        sender_address="sender@u.example",
        known_addresses={known: "大竹县住建局"},
        forwarded_from=Address("", forwarded) if forwarded else None,
    )

    verdict = identify(given_, NOTICE, CUES)

    assert (verdict.name, verdict.registered) == ("大竹县住建局", "大竹县住建局")


@pytest.mark.parametrize(
    ("label", "value", "name"),
    [
        pytest.param("供稿", "办公室", "办公室", id="credit"),
        pytest.param("供稿", "办公室 张", "办公室", id="with-a-person"),
        pytest.param("报送单位", "办公室", "办公室", id="sending-unit"),
        pytest.param("信息来源", "办公室", "办公室", id="source"),
        pytest.param("供稿", "渠县住建局办公室", "渠县住建局", id="a-county-bureau's-office"),
        pytest.param("报送", "办公室", None, id="sent-to"),
        pytest.param("主送", "办公室", None, id="addressee"),
        pytest.param("联系电话", "办公室 2123456", None, id="whom-to-ring"),
    ],
)
def test_the_office_in_a_credit_line(label: str, value: str, name: str | None) -> None:
    verdict = identify(
        evidence("五月劳动者", "看看身边的他们。", credits=((label, value),)), NOTICE
    )

    assert verdict.name == name
    assert verdict.proposed == (name == "办公室")


def test_a_contact_s_unit_is_proposed() -> None:
    verdict = identify(
        evidence("护栏修好了", "新装30米。", credits=(("联系人", "市政工程处 李某"),)), NOTICE, CUES
    )

    assert (verdict.name, verdict.proposed) == ("市政工程处", True)


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        pytest.param(
            {"first_sentences": "记者从市环卫处获悉，主城区公厕延时开放。"},
            "环卫处（含京环）",
            id="heard-from-the-unit",
        ),
        pytest.param(
            {"first_sentences": "直属二大队对去年以来600件处罚案件进行分析。"},
            "直属二大队",
            id="以来-is-no-visit",
        ),
        pytest.param(
            {"last_words": "井口已封堵，权属正在核查。\n投诉指挥中心值班长 李某"},
            "投诉指挥中心",
            id="duty-officer-signs",
        ),
        pytest.param(
            {"first_sentences": "近日，市城管执法局市容科组织一场分拣竞赛，环卫处派队参加。"},
            "市容环卫科",
            id="市容科-behind-our-bureau",
        ),
        pytest.param(
            {"first_sentences": "近日，巴中市市容科组织一场竞赛。"},
            None,
            id="市容科-of-another-city",
        ),
        pytest.param({"title": "通川区综合执法局来我市交流"}, None, id="a-visit-still"),
        pytest.param({"title": "渠县住建局5月3日来我市交流"}, None, id="a-visit-with-its-day"),
        pytest.param({"title": "渠县住建局来访"}, None, id="来访"),
    ],
)
def test_names_that_were_overlooked(given_: dict[str, object], name: str | None) -> None:
    assert identify(UnitEvidence(**given_), NOTICE).name == name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("达州市城管执法局执法监督科", "执法监督科"),
        ("市城管局市政科", "市政管理科"),
        ("局市容科", "市容环卫科"),
        ("市市政处", "市政工程处"),
        ("市城管执法局机关党委", "机关党委、机关纪委、工会、妇委会、火管办"),
        ("市综合执法直属二大队", "直属二大队"),
        ("市城管局一大队", "直属一大队"),
        ("城管投诉指挥中心", "投诉指挥中心"),
        ("市数字化城管中心", "投诉指挥中心"),
        ("达川城管二大队", "达川区综合执法局"),
        ("巴中市市政处", None),
        ("巴中市城管局市容科", None),
        ("平昌县城管局市政科", None),
        ("市城管局", None),
        ("市住建局", None),
    ],
)
def test_the_bureau_before_a_section_hides_nobody(name: str, row: str | None) -> None:
    for given_ in (
        {"title": f"{name}开展专项清理"},
        {"first_sentences": f"5月3日上午，{name}组织20人开展清理。"},
        {"signature_unit": name},
    ):
        assert identify(UnitEvidence(**given_), NOTICE, CUES).name == row  # type: ignore[arg-type]


@pytest.mark.parametrize("road", ["通川中路", "通川桥", "大竹镇", "万源东路"])
def test_a_road_or_town_of_that_name_is_not_the_place(road: str) -> None:
    verdict = identify(UnitEvidence(title=f"{road}护栏修好了"), NOTICE)

    assert verdict.candidates == ()


def test_every_town_belongs_to_one_place_only() -> None:
    towns = {
        CUES.words[cue.group]: set(cue.pattern.split("|"))
        for cue in CUES.cues
        if cue.id.endswith(".towns")
    }

    assert set(towns) == {"通川", "达川", "万源", "宣汉", "大竹", "渠县", "开江"}
    assert all(not one & other for one, other in combinations(towns.values(), 2))


def test_every_group_of_the_file_means_something() -> None:
    """A place, a type of agency or a row of annex 2: a misspelt one would never speak."""
    rows = {unit.name for unit in NOTICE.units} | {a for u in NOTICE.units for a in u.aliases}
    places = {
        re.sub(r"(区|县|市)?(综合执法|住建|应急管理)局$", "", unit.name) for unit in NOTICE.units
    }
    known = rows | places | {"渠县", "住建", "综合执法", "应急"}
    meanings = {CUES.words[cue.group] for cue in CUES.cues}

    assert {one for one in meanings if one not in known and one != "办公室"} == set()


@given(st.text(max_size=600), st.text(max_size=60))
def test_nothing_guessed_is_ever_registered(body: str, title: str) -> None:
    verdict = identify(evidence(title, body), NOTICE, CUES)

    assert not verdict.proposed or (verdict.confidence == "unsure" and verdict.registered == "")


def test_a_proposal_is_filed_for_nobody_and_sends_no_letter_to_the_unit(tmp_path: Path) -> None:
    """The office's alert says 单位待核 and whose it may be; the draft counts when confirmed."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "x@u.example", "office@example.com", "快报"
    mail["Date"] = AT
    mail.set_content(
        "约一刻钟前，渠江街道渠光路一辆洒水车刹车失灵，连撞三辆轿车后冲上人行道，4人受伤，"
        "一名老人被压。县综合执法局、交警、120都在赶往现场。"
    )
    with filing_desk(tmp_path) as desk:
        (draft,) = desk.fetch(bytes(mail), AT, AT)
        with desk.store.look() as uow:
            letters = uow.outbox.in_state("queued")

    assert (draft.unit, draft.unit_confidence, draft.task) == ("", "unsure", None)
    assert "渠县综合执法局" in "".join(draft.needs_review)
    assert draft.rules_version.endswith(f"/{CUES.version}")
    office = {*CONFIG.office.addresses, *CONFIG.office.duty_addresses}
    assert {to for letter in letters for to in letter.to} <= office
    assert any("推测为渠县综合执法局" in letter.text for letter in letters)
