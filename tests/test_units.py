"""Which unit sent a draft: every signal, their order, and what must never count (四（一）)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.rules.units import UnitEvidence, identify, resolve_unit
from parsers.facts import Address

NOTICE = load(Path(__file__).parent.parent / "config.toml").notice
KNOWN = {
    "tcqzjj@163.com": "通川区住建局",
    "yidadui@163.com": "直属一大队",
    "zhihui@163.com": "投诉指挥中心",
    "wyzj@163.com": "万源市住建局",
}


def evidence(**given_: object) -> UnitEvidence:
    return UnitEvidence(known_addresses=KNOWN, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("通川区住建局", "通川区住建局"),
        ("达州市通川区住房和城乡建设局", "通川区住建局"),
        ("通川区住房城乡建设局", "通川区住建局"),
        ("达川区城市管理和综合执法局", "达川区综合执法局"),
        ("大竹县综合行政执法局", "大竹县综合执法局"),
        ("开江城管局", "开江县综合执法局"),
        ("达州高新区应急管理局", "高新区应急管理局"),
        ("东经开区住建局", "东部经开区住建局"),
        ("达州经开区住建局", "东部经开区住建局"),
        ("执法一大队", "直属一大队"),
        ("直属第2大队", "直属二大队"),
        ("指挥中心", "投诉指挥中心"),
        ("环卫处", "环卫处（含京环）"),
        ("达州京环", "环卫处（含京环）"),
        ("法规科", "政策法规科（行政审批科）"),
        ("行政审批科", "政策法规科（行政审批科）"),
        ("党建办", "人事科（党建办）"),
        ("市政处", "市政工程处"),
        ("市政科", "市政管理科"),
        ("达州市城市管理行政执法局市政管理科", "市政管理科"),
        ("直属三大队", None),
        ("大竹县应急管理局", None),
        ("平昌县住建局", None),
        ("县环卫处", None),
        ("平昌县市政工程处", None),
        ("巴中市环卫处", None),
        ("达州市环卫处", "环卫处（含京环）"),
        ("市住建局", None),
        ("县住建局", None),
        ("局属各单位", None),
    ],
)
def test_a_name_means_one_row_or_none(name: str, row: str | None) -> None:
    assert resolve_unit(name, NOTICE) == row


def test_every_row_and_alias_of_annex_2_means_its_row() -> None:
    for unit in NOTICE.units:
        for name in {unit.name, *unit.aliases}:
            assert resolve_unit(name, NOTICE) == unit.name


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda name: {"signature_unit": name}, id="signature"),
        pytest.param(lambda name: {"credits": (("供稿", f"{name} 李某"),)}, id="credit"),
        pytest.param(lambda name: {"credits": (("署名", f"{name} 李某"),)}, id="byline"),
        pytest.param(lambda name: {"title": f"{name}开展安全检查"}, id="title"),
        pytest.param(lambda name: {"subject": f"【动态简讯】{name}：开展检查"}, id="subject"),
        pytest.param(lambda name: {"file_name": f"{name}5月信息.docx"}, id="file-name"),
        pytest.param(lambda name: {"sender_name": name}, id="display-name"),
        pytest.param(
            lambda name: {"first_sentences": f"为做好防汛，近日，{name}联合渠县住建局开展检查。"},
            id="first-sentence",
        ),
    ],
)
def test_every_name_of_annex_2_is_recognised_wherever_it_stands(
    place: Callable[[str], dict[str, object]],
) -> None:
    for unit in NOTICE.units:
        for name in {unit.name, *unit.aliases} - {"办公室"}:
            assert identify(evidence(**place(name)), NOTICE).name == unit.name, name


@pytest.mark.parametrize(
    ("given_", "name", "confidence"),
    [
        pytest.param({"sender_address": "TCQZJJ@163.com"}, "通川区住建局", "certain", id="sender"),
        pytest.param(
            {"sender_address": "yidadui@163.com", "signature_unit": "执法一大队"},
            "直属一大队",
            "certain",
            id="sender-and-signature-agree",
        ),
        pytest.param(
            {"signature_unit": "渠县住建局"}, "渠县住建局", "likely", id="signature-alone"
        ),
        pytest.param(
            {"signature_unit": "通 川 区 住 建 局"}, "通川区住建局", "likely", id="spaced-signature"
        ),
        pytest.param(
            {"signature_unit": "渠县住建局", "title": "渠县住建局开展燃气检查"},
            "渠县住建局",
            "certain",
            id="signature-and-title-agree",
        ),
        pytest.param(
            {"credits": (("供稿", "大竹县综合执法局 李某"), ("审核", "渠县住建局 王某"))},
            "大竹县综合执法局",
            "likely",
            id="credit-counts-approval-does-not",
        ),
        pytest.param(
            {"subject": "【动态简讯】大竹县住建局：开展质量月活动"},
            "大竹县住建局",
            "likely",
            id="subject-prefix",
        ),
        pytest.param(
            {"file_name": "开江县住建局4月信息.docx"}, "开江县住建局", "likely", id="file-name"
        ),
        pytest.param(
            {"sender_name": "开江综执局"}, "开江县综合执法局", "likely", id="display-name"
        ),
        pytest.param(
            {"first_sentences": "近日，宣汉县综合行政执法局开展夜查。"},
            "宣汉县综合执法局",
            "likely",
            id="first-sentence",
        ),
        pytest.param(
            {"first_sentences": "按照市住建局统一部署，近日，大竹县住建局开展检查。"},
            "大竹县住建局",
            "likely",
            id="who-ordered-it-is-no-author",
        ),
        pytest.param(
            {"title": "执法监督科赴宣汉县综合执法局督导"}, "执法监督科", "likely", id="the-visitor"
        ),
        pytest.param(
            {"signature_unit": "达州东部经济开发区建设局"}, "东部经开区住建局", "likely", id="zone"
        ),
        pytest.param(
            {
                "title": "通川区综合执法局到直属一大队交流",
                "sender_address": "yidadui@163.com",
            },
            "直属一大队",
            "certain",
            id="the-sender-received-the-visitor",
        ),
        pytest.param(
            {"first_sentences": "4月6日，市容环卫科组织环卫处对公厕进行检查。"},
            "市容环卫科",
            "likely",
            id="the-actor-not-the-body-it-directs",
        ),
        pytest.param(
            {"signature_unit": "县住建局", "title": "大竹县：多措并举抓质量"},
            "大竹县住建局",
            "likely",
            id="context-alias-with-a-place",
        ),
        pytest.param(
            {"signature_unit": "市住建局", "title": "万源：市住建局检查工地"},
            "万源市住建局",
            "likely",
            id="context-aliases-alone-are-never-certain",
        ),
        pytest.param(
            {"signature_unit": "市住建局", "sender_address": "wyzj@163.com"},
            "万源市住建局",
            "certain",
            id="context-alias-with-the-sender",
        ),
        pytest.param(
            {"signature_unit": "指挥中心", "sender_address": "zhihui@163.com"},
            "投诉指挥中心",
            "certain",
            id="command-centre-with-the-sender",
        ),
        pytest.param(
            {"signature_unit": "局办公室"}, "办公室", "likely", id="the-bureau's-own-office"
        ),
        pytest.param(
            {"signature_unit": "市容环卫科", "title": "我科开展公厕检查"},
            "市容环卫科",
            "likely",
            id="section",
        ),
        pytest.param(
            {"signature_unit": "通川区综合执法局一大队"},
            "通川区综合执法局",
            "likely",
            id="a-team-of-a-county-is-the-county's",
        ),
    ],
)
def test_signals(given_: dict[str, object], name: str, confidence: str) -> None:
    verdict = identify(evidence(**given_), NOTICE)

    assert (verdict.name, verdict.confidence) == (name, confidence)
    assert verdict.needs_review == ()
    assert verdict.reasons


@pytest.mark.parametrize(
    "given_",
    [
        pytest.param({"sender_address": "stranger@163.com"}, id="unknown-sender"),
        pytest.param(
            {"addressee": "市城市管理行政执法局办公室", "title": "关于燃气检查的报告"},
            id="addressee",
        ),
        pytest.param(
            {"first_sentences": "现将情况报送市城管执法局办公室。"}, id="the-office-as-receiver"
        ),
        pytest.param(
            {"first_sentences": "近日，市住建局会同通川区综合执法局开展联合检查。"}, id="会同"
        ),
        pytest.param({"title": "市领导到大竹县住建局调研"}, id="visited"),
        pytest.param(
            {
                "first_sentences": "4月3日，市城管执法局召开会议，通川区综合执法局、达川区综合执法局参加。"
            },
            id="called-to-a-meeting",
        ),
        pytest.param(
            {"first_sentences": "4月3日，市委书记带队检查，大竹县住建局汇报了工作。"},
            id="inspected",
        ),
        pytest.param({"title": "大竹县住建局来我市交流学习"}, id="visitor"),
        pytest.param({"signature_unit": "指挥中心"}, id="bare-command-centre"),
        pytest.param({"signature_unit": "办公室"}, id="bare-office"),
        pytest.param({"signature_unit": "县住建局"}, id="which-county"),
        pytest.param({"signature_unit": "市住建局"}, id="wanyuan-or-dazhou"),
        pytest.param({"signature_unit": "达州市住建局"}, id="the-city's-own"),
        pytest.param({"signature_unit": "110指挥中心"}, id="police"),
        pytest.param({"signature_unit": "市总工会"}, id="the-city's-trade-union"),
        pytest.param({"title": "大竹县三举措推进垃圾分类"}, id="place-alone"),
        pytest.param({"title": "高新技术助力城市管理"}, id="高新技术-is-no-place"),
    ],
)
def test_nobody_is_named(given_: dict[str, object]) -> None:
    verdict = identify(evidence(**given_), NOTICE)

    assert verdict.name is None
    assert verdict.confidence == "unsure"
    assert verdict.needs_review


def test_candidates_are_shown_when_nobody_is_named() -> None:
    verdict = identify(evidence(signature_unit="县住建局"), NOTICE)

    assert set(verdict.candidates) == {"大竹县住建局", "宣汉县住建局", "渠县住建局", "开江县住建局"}


def test_disagreement_shows_both_and_is_never_confident() -> None:
    verdict = identify(
        evidence(sender_address="tcqzjj@163.com", signature_unit="大竹县住建局"), NOTICE
    )

    assert verdict.confidence == "unsure"
    assert {verdict.name, *verdict.candidates} == {"通川区住建局", "大竹县住建局"}
    assert "通川区住建局" in verdict.needs_review[0]
    assert "大竹县住建局" in verdict.needs_review[0]


def test_a_body_of_the_county_is_never_the_citys() -> None:
    verdict = identify(evidence(signature_unit="宣汉县环卫处"), NOTICE)

    assert verdict.name == "宣汉县综合执法局"
    assert "环卫处（含京环）" not in verdict.candidates
    assert verdict.needs_review


def test_a_body_of_the_sender_s_own_county_raises_no_question() -> None:
    verdict = identify(
        UnitEvidence(
            sender_address="dz@163.com",
            known_addresses={"dz@163.com": "大竹县综合执法局"},
            signature_unit="县环卫处",
            title="大竹县环卫处开展清掏",
        ),
        NOTICE,
    )

    assert (verdict.name, verdict.confidence) == ("大竹县综合执法局", "certain")
    assert verdict.needs_review == ()


@pytest.mark.parametrize("common", ["局办公室", "局机关党委", "工会", "行政审批科"])
def test_every_bureau_has_an_office_and_a_trade_union(common: str) -> None:
    """Beside a county's name they are the county's, and no second unit."""
    verdict = identify(
        evidence(
            signature_unit="渠县住建局",
            first_sentences=f"5月3日，{common}组织党员走访社区。",
        ),
        NOTICE,
    )

    assert (verdict.name, verdict.joint, verdict.needs_review) == ("渠县住建局", (), ())


def test_two_units_in_the_signature_are_joint_the_sender_first() -> None:
    verdict = identify(
        evidence(sender_address="tcqzjj@163.com", signature_unit="通川区综合执法局 通川区住建局"),
        NOTICE,
    )

    assert verdict.joint == ("通川区住建局", "通川区综合执法局")
    assert verdict.name == "通川区住建局"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            {"last_words": "一天清掏雨水篦子5200个。市政工程处 环卫处 联合供稿"}, id="at-the-end"
        ),
        pytest.param(
            {"last_words": "检查渣土车56台。\n市政工程处  环卫处（联合报送）"},
            id="a-line-of-its-own",
        ),
        pytest.param(
            {"first_sentences": "市政工程处与环卫处联合报送：9月15日起清沟。"}, id="at-the-head"
        ),
        pytest.param(
            {"last_words": "清掏雨水篦子90座。\n联合供稿单位：市政工程处、环卫处"},
            id="after-a-label",
        ),
        pytest.param({"last_words": "清掏雨水篦子90座。\n市政工程处/环卫处"}, id="with-a-stroke"),
    ],
)
def test_words_in_the_text_may_say_that_two_report_together(words: dict[str, object]) -> None:
    verdict = identify(evidence(**words), NOTICE)

    assert verdict.joint == ("市政工程处", "环卫处（含京环）")


def test_two_teams_may_share_a_word() -> None:
    verdict = identify(evidence(signature_unit="直属一、二大队"), NOTICE)

    assert verdict.joint == ("直属一大队", "直属二大队")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param("人已送医，交警在现场。环卫处值班室", "环卫处（含京环）", id="duty-room"),
        pytest.param("抢修啥时候好还说不准。开江住建", "开江县住建局", id="in-short"),
        pytest.param(
            "水深1.2米，泵只起得来一台。达川城管值班室报", "达川区综合执法局", id="reports"
        ),
        pytest.param(
            "伤者已上救护车，塔吊停用。渠县住建局　21时05分", "渠县住建局", id="with-a-clock-time"
        ),
        pytest.param(
            "泵站恢复供电。市政工程处 7月9日 6:20", "市政工程处", id="with-day-and-clock-time"
        ),
        pytest.param("现场由公安处置。渠县住建局参加了检查", None, id="a-sentence-is-no-name"),
        pytest.param("渠县住建局", None, id="nothing-before-it"),
    ],
)
def test_a_last_sentence_that_is_only_a_name_signs(words: str, name: str | None) -> None:
    assert identify(evidence(last_words=words), NOTICE).name == name


def test_a_team_by_number_alone_is_proposed_never_taken_for_sure() -> None:
    """一大队 may be a county's: the bureau's own is proposed, the office confirms."""
    alone = identify(evidence(title="一大队：夜市收摊提醒上线"), NOTICE)
    elsewhere = identify(evidence(title="一大队：夜市收摊提醒", first_sentences="渠县城区"), NOTICE)

    assert (alone.name, alone.confidence) == ("直属一大队", "unsure")
    assert alone.needs_review
    assert elsewhere.confidence == "unsure"


def test_a_second_team_in_short_is_joint_too() -> None:
    verdict = identify(evidence(signature_unit="直属一大队、二大队"), NOTICE)

    assert verdict.joint == ("直属一大队", "直属二大队")


def test_joint_units_that_are_not_the_sender_are_asked_about() -> None:
    verdict = identify(
        evidence(sender_address="yidadui@163.com", signature_unit="渠县住建局、渠县综合执法局"),
        NOTICE,
    )

    assert verdict.joint == ("渠县住建局", "渠县综合执法局")
    assert "直属一大队" in verdict.needs_review[0]


def test_a_partner_in_the_title_is_no_author() -> None:
    verdict = identify(
        evidence(sender_address="yidadui@163.com", title="直属一大队联合通川区综合执法局开展夜查"),
        NOTICE,
    )

    assert (verdict.name, verdict.joint, verdict.needs_review) == ("直属一大队", (), ())


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        pytest.param(
            {"forwarded_from": Address("", "tcqzjj@163.com"), "sender_address": "yidadui@163.com"},
            "通川区住建局",
            id="original-author-is-registered",
        ),
        pytest.param(
            {"forwarded_from": Address("渠县住建", "x@163.com"), "sender_address": "me@qq.com"},
            "渠县住建局",
            id="original-author-by-display-name",
        ),
    ],
)
def test_a_forwarded_mail_proposes_its_original_author(
    given_: dict[str, object], name: str
) -> None:
    verdict = identify(evidence(**given_), NOTICE)

    assert verdict.name == name
    assert verdict.confidence != "certain"
    assert "转发" in verdict.needs_review[-1]


@given(st.text(max_size=400), st.text(max_size=200))
def test_any_text_gives_a_verdict(words: str, signature: str) -> None:
    verdict = identify(
        evidence(title=words, subject=words, first_sentences=words, signature_unit=signature),
        NOTICE,
    )

    assert verdict.name is None or verdict.name in NOTICE.unit_by_name
    assert verdict.name is not None or verdict.needs_review


@given(st.permutations([unit.name for unit in NOTICE.units]))
def test_names_side_by_side_never_name_one_with_certainty(names: list[str]) -> None:
    verdict = identify(evidence(signature_unit="、".join(names[:2])), NOTICE)

    assert verdict.confidence != "certain"


def test_long_hostile_words_are_only_looked_at_in_part() -> None:
    verdict = identify(
        evidence(title="达州市" * 60_000, first_sentences="直属一大队联合" * 30_000), NOTICE
    )

    assert verdict.name == "直属一大队"
