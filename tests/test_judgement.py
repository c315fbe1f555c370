"""All verdicts on one draft together, as filed and as shown by `mailbot read`."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailbot.config_files import load
from mailbot.cue_files import load_rule_book
from mailbot.records.verdicts import Judgement
from mailbot.rules.judgement import fingerprint_of, judge_draft, judge_mail
from parsers.facts import (
    Address,
    DraftText,
    ImageFact,
    Message,
    MessageKind,
    ReadFile,
    Reading,
    Segments,
    Unreadable,
    WordCount,
)

BOOK = load_rule_book(load(Path(__file__).parent.parent / "config.toml").notice)
AT = datetime(2023, 5, 12, 2, 0, tzinfo=UTC)
KNOWN = {"yidadui@163.com": "直属一大队", "szglk@163.com": "市政管理科"}
NEWS = (
    "5月11日，市政管理科组织燃气企业对主城区12个老旧小区开展燃气安全隐患排查，"
    "共检查用户860户，发现并整改隐患37处，现场发放宣传资料900份。"
)
LEAK = (
    "5月12日9时40分，西外镇金龙大道一施工单位挖断中压燃气管道，造成燃气泄漏。我大队接报后立即赶赴现场，"
    "疏散周边群众60余人，燃气公司已关阀抢修，暂无人员伤亡。"
)


def draft(title: str, body: str, **given_: object) -> DraftText:
    segments = Segments(title=title, body=body, full=f"{title}\n{body}", **given_)  # type: ignore[arg-type]
    length = len(body)
    return DraftText("稿件.docx", "a" * 64, segments, WordCount(length, length, length), "docx")


def mail(
    *drafts: DraftText, sender: str = "szglk@163.com", subject: str = "信息", body: str = ""
) -> Reading:
    message = Message(
        kind=MessageKind.DRAFT,
        kind_because="",
        subject=subject,
        senders=(Address("", sender),),
        reply_to=(),
        to=(),
        cc=(),
        message_id="<1@x>",
        in_reply_to="",
        references=(),
        sent_at=AT,
        received_at=AT,
        body=body,
    )
    return Reading("b" * 64, 1000, message, drafts)


def judged(text: DraftText, reading: Reading) -> Judgement:
    return judge_draft(text, reading, received_at=AT, known_addresses=KNOWN, earlier=(), book=BOOK)


def test_an_ordinary_draft() -> None:
    text = draft("市政管理科开展燃气安全隐患排查", NEWS, signature_unit="市政管理科")

    verdict = judged(text, mail(text))

    assert verdict.unit.name == "市政管理科"
    assert verdict.unit.confidence == "certain"
    assert verdict.kind.kind == "动态简讯"
    assert verdict.emergency.level == "none"
    assert verdict.task.no == 21
    assert verdict.duplicate.relation is None
    assert "审核签发" in verdict.completeness.missing


def test_an_emergency_is_news_whatever_else_it_looks_like() -> None:
    text = draft("关于燃气泄漏的情况报告", LEAK, signature_unit="直属一大队")

    verdict = judged(text, mail(text, sender="yidadui@163.com", subject="【紧急】燃气泄漏首报"))

    assert verdict.emergency.level == "alert"
    assert (verdict.kind.kind, verdict.kind.column) == ("动态简讯", 1)
    assert verdict.emergency.lateness.verdict == "按时"


def test_a_non_draft_is_spared_receipts_of_wording_and_parts() -> None:
    text = draft(
        "关于召开会议的通知", "各单位：现将有关事项通知如下：请于5月20日前报送名单,，特此通知。"
    )

    verdict = judged(text, mail(text))

    assert verdict.kind.kind == "非稿件"
    assert verdict.kind.column is None
    assert verdict.task.no is None
    assert (verdict.hints, verdict.completeness.missing) == ((), ())


def test_the_second_arrival_is_known_by_its_fingerprint() -> None:
    text = draft("市政管理科开展燃气安全隐患排查", NEWS)
    first = replace(fingerprint_of(text), draft_id=9, unit="市政管理科", received_at=AT)

    verdict = judge_draft(
        text, mail(text), received_at=AT, known_addresses=KNOWN, earlier=[first], book=BOOK
    )

    assert (verdict.duplicate.relation, verdict.duplicate.draft_id) == ("exact", 9)
    assert not verdict.duplicate.counts


def test_a_credit_in_the_last_bracket_of_the_body_names_the_unit() -> None:
    text = draft("夜市整治见成效", "5月3日夜，执法队员整治夜市。（大竹县综合执法局供稿）")

    assert judged(text, mail(text, sender="x@qq.com")).unit.name == "大竹县综合执法局"


def test_an_attached_mail_speaks_for_its_own_drafts() -> None:
    """The outer sender only passed it on."""
    text = draft("夜市整治", "5月3日，执法队员整治夜市。")
    inner = mail(text, sender="yidadui@163.com", subject="夜市整治信息")
    outer = replace(mail(sender="szglk@163.com", subject="转发"), nested=(inner,))

    verdict = judged(text, outer)

    assert verdict.unit.name == "直属一大队"
    assert "转发" in verdict.unit.needs_review[-1]


def test_a_document_without_a_mail_is_judged_too() -> None:
    text = draft(
        "渠县住建局召开推进会", "5月3日，渠县住建局召开推进会。", signature_unit="渠县住建局"
    )
    reading = Reading("b" * 64, 10, None, (text,))

    verdict = judged(text, reading)

    assert verdict.unit.name == "渠县住建局"
    assert judge_mail(reading, received_at=AT, known_addresses={}, book=BOOK) is None


def test_a_mail_without_a_draft_is_heard_when_it_tells_an_emergency() -> None:
    found = judge_mail(
        mail(subject="【紧急】金龙大道燃气泄漏", body=LEAK, sender="yidadui@163.com"),
        received_at=AT,
        known_addresses=KNOWN,
        book=BOOK,
    )

    assert found is not None
    assert found[1].emergency.level == "alert"
    assert found[1].unit.name == "直属一大队"
    assert found[0].segments.body == LEAK


def test_a_mail_with_nothing_but_a_greeting_is_left_alone() -> None:
    reading = mail(subject="信息", body="附件请查收。")

    assert judge_mail(reading, received_at=AT, known_addresses=KNOWN, book=BOOK) is None


def test_a_closed_attachment_without_words_is_looked_at() -> None:
    closed = ReadFile("报告.pdf", "c" * 64, 9, Unreadable("报告.pdf", "有密码", "请去掉密码重发。"))
    reading = replace(mail(subject="情况报告", body=""), files=(closed,))

    found = judge_mail(reading, received_at=AT, known_addresses=KNOWN, book=BOOK)

    assert found is not None
    assert found[1].emergency.level == "review"


def test_pictures_count_for_the_gallery_task() -> None:
    shots = tuple(ImageFact(f"{n:064x}", 9, "jpeg") for n in range(12))
    text = replace(
        draft("直属一大队5月宣传图片", "现报送5月宣传图片12张，反映执法队员巡查场景。"),
        images=shots,
    )

    assert judged(text, mail(text, sender="yidadui@163.com")).task.no == 26


def test_versions_of_all_tables_are_kept() -> None:
    assert len(BOOK.version.split("/")) == 4


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_judged(body: str, title: str) -> None:
    text = draft(title, body)

    verdict = judged(text, mail(text, subject=title))

    assert verdict.kind.kind
    assert verdict.reasons


def test_a_text_of_200_kb_is_judged() -> None:
    text = draft("市政管理科开展燃气安全隐患排查", NEWS * 700)

    assert judged(text, mail(text)).unit.name == "市政管理科"
