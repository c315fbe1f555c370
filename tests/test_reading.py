"""What a unit may send in one mail, and which drafts are in it."""

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from functools import cache
from hashlib import sha256
from pathlib import Path

import docx
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_making import gray_image, pdf
from word_files import make_rtf

from parsers.facts import Reading
from parsers.limits import Limits
from parsers.reading import read_document, read_mail, read_mail_bare

OFFICE = "office@163.com"
DOCUMENTS = Path(__file__).parent / "golden" / "documents"
TITLES = [
    "通川区开展占道经营集中整治",
    "大竹县推进垃圾分类进小区",
    "环卫处加密清扫频次迎节日",
    "达川区排查户外广告安全隐患",
]


def prose(topic: str) -> list[str]:
    return [
        f"近日，{topic}工作全面铺开，执法人员深入重点路段、集贸市场和居民小区开展拉网式排查，建立问题台账{len(topic)}项。",
        f"针对{topic}中发现的薄弱环节，坚持边查边改、立行立改，能当场整改的当场整改，不能当场整改的明确时限。",
        f"下一步，将健全{topic}长效机制，加大巡查频次，持续巩固工作成果，不断提升群众满意度。",
    ]


def text_of(topic: str, *tail: str) -> str:
    return "\n".join([topic, *prose(topic), *tail])


@cache
def word_file(*paragraphs: str, table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, values in zip(grid.rows, table, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def draft_file(topic: str) -> bytes:
    return word_file(topic, *prose(topic), "通川区综合执法局", "2023年4月19日")


def sheet(*rows: list[str]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def photo(seed: int, side: int = 800) -> bytes:
    """A PNG that is a picture to every reader."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    noise = bytes((value * seed) % 251 for value in range(6_000))
    rows = zlib.compress(b"".join(b"\0" + noise[:side].ljust(side, b"\1") for _ in range(8)))

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    text = chunk(b"tEXt", b"Comment\0" + noise)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + text
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def scanned_pdf(mark: str = "") -> bytes:
    """A page that is nothing but a picture."""
    return pdf(b"q 595 0 0 842 0 0 cm /I Do Q" + mark.encode(), image=gray_image(400, 600))


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def mail(
    body: str, files: dict[str, bytes] | None = None, *, subject: str = "报送信息"
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "unit@163.com", OFFICE, subject
    message["Message-ID"] = "<1@unit>"
    message.set_content(body)
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


def read(message: EmailMessage) -> Reading:
    return read_mail(message.as_bytes(), own_addresses=frozenset({OFFICE}))


BRIEF = "通川区整治石岭农贸市场\n4月19日，通川区综合行政执法局对石岭农贸市场周边流动摊贩开展集中整治，共劝离摊贩31户，暂扣物品9件，有效规范了市场秩序。"
COVER = "各位领导：\n现报送我局信息稿件，请查收。\n联系电话：0000-0000000"
LETTER = (
    "办公室各位老师：\n你们好！现将我局4月份信息稿件三篇报送如下，主要反映占道经营、垃圾分类和户外广告整治情况，"
    "文字稿和图片都放在附件里了，稿件已经分管领导审签，如有需要补充修改的地方请随时和我们联系，谢谢。"
)
EMERGENCY = "4月18日23时许，凤凰大道一处供水管爆裂，路面积水约30厘米，我处已派人到场围挡抢修。"

ONE = draft_file(TITLES[0])
TWO = draft_file(TITLES[1])
APPROVAL = word_file(
    "信息稿件审签单", table=(("稿件标题", TITLES[0]), ("撰稿人", "张某"), ("审核意见", "同意报送"))
)
LISTING = word_file(
    "附件：2023年一季度执法办案情况统计表",
    table=tuple((f"第{n}中队", "35件", "已办结") for n in range(30)),
)
BOOK = sheet(*(["单位", "案件数", str(row), "已办结", "备注：按期"] for row in range(40)))
WRITTEN = sheet(
    ["关于夜间市容整治情况的报告"],
    ["4月18日，直属一大队组织执法人员30人，对中心城区占道经营开展集中整治，共劝导流动商贩46起。"],
    ["下一步，大队将继续加大巡查力度，坚持疏堵结合，切实维护市容环境秩序，营造整洁有序的环境。"],
)
SHOT = photo(7)
OTHER_SHOT = photo(11)


@pytest.mark.parametrize(
    ("message", "sources"),
    [
        pytest.param(mail(COVER, {"稿件.docx": ONE}), ["稿件.docx"], id="cover-note-and-document"),
        pytest.param(mail(LETTER, {"稿件.docx": ONE}), ["稿件.docx"], id="long-covering-letter"),
        pytest.param(mail("", {"稿件.docx": ONE}), ["稿件.docx"], id="no-body"),
        pytest.param(mail("见附件，请查收"), [], id="see-attachment-that-never-came"),
        pytest.param(mail("见附件，请查收", {"损坏.docx": b"PK\3\4broken"}), [], id="unreadable-document"),
        pytest.param(mail(text_of(TITLES[0])), [""], id="draft-in-the-body"),
        pytest.param(mail(f"办公室：您好\n{text_of(TITLES[0])}\n张某"), [""], id="greeting-and-signature"),
        pytest.param(mail(EMERGENCY), [""], id="short-emergency-in-the-body"),
        pytest.param(mail(EMERGENCY, {"扫描.pdf": scanned_pdf(), "台账.xlsx": BOOK}), [""], id="short-emergency-beside-files-without-text"),
        pytest.param(mail("台账已更新", {"台账.xlsx": BOOK}), [], id="a-word-beside-a-spreadsheet"),
        pytest.param(mail(text_of(TITLES[0]), {"稿件.docx": ONE}), ["稿件.docx"], id="body-repeats-document"),
        pytest.param(mail(text_of(TITLES[1]), {"稿件.docx": ONE}), ["稿件.docx", ""], id="body-is-another-draft"),
        pytest.param(mail(COVER, {"一.docx": ONE, "二.docx": TWO}), ["一.docx", "二.docx"], id="two-documents"),
        pytest.param(mail(COVER, {"一.docx": ONE, "一(1).docx": ONE}), ["一.docx"], id="same-file-twice"),
        pytest.param(mail(COVER, {"一.docx": ONE, "一.txt": text_of(TITLES[0], "通川区综合执法局", "2023年4月19日").encode()}), ["一.docx"], id="same-draft-in-two-formats"),
        pytest.param(mail(COVER, {"一.txt": text_of(TITLES[0]).encode("gbk")}), ["一.txt"], id="text-file-in-gbk"),
        pytest.param(mail(COVER, {"稿.docx": ONE, "审签单.docx": APPROVAL}), ["稿.docx"], id="approval-form"),
        pytest.param(mail(COVER, {"稿.docx": ONE, "附件.docx": LISTING}), ["稿.docx"], id="table-beside-draft"),
        pytest.param(mail(COVER, {"稿.docx": ONE, "台账.xlsx": BOOK}), ["稿.docx"], id="spreadsheet-beside-draft"),
        pytest.param(mail(COVER, {"台账.xlsx": BOOK}), [], id="spreadsheet-alone"),
        pytest.param(mail(COVER, {"稿.xlsx": WRITTEN}), ["稿.xlsx"], id="draft-typed-into-a-sheet"),
        pytest.param(mail(COVER, {"说明.txt": "图片已重新发送，请以本次为准".encode(), "稿.docx": ONE}), ["稿.docx"], id="tiny-note"),
        pytest.param(mail(COVER, {"快报.docx": word_file(EMERGENCY)}), ["快报.docx"], id="short-document-is-all-there-is"),
        pytest.param(mail(COVER, {"信息审签稿.docx": ONE}), ["信息审签稿.docx"], id="signed-version-is-the-draft"),
        pytest.param(mail(COVER, {"审批表.docx": word_file("信息审批表", *prose(TITLES[0]), *prose(TITLES[1]))}), ["审批表.docx"], id="form-with-the-draft-in-it"),
        pytest.param(mail(COVER, {"图.png": SHOT}), [], id="photo-alone"),
        pytest.param(mail(f"收到，谢谢。\n\n{'-' * 8}原始邮件{'-' * 8}\n发件人: 办公室 <{OFFICE}>\n发送时间: 2023年4月1日\n收件人: unit\n主题: 催报\n\n{text_of(TITLES[2])}", subject="回复：催报"), [], id="reply-quotes-our-letter"),
        pytest.param(mail(f"{'-' * 8}转发邮件信息{'-' * 8}\n发件人：李某 <li@163.com>\n发送日期：2023-04-19 10:00\n收件人：unit@163.com\n主题：信息\n\n{text_of(TITLES[2])}", subject="转发：信息"), [""], id="forwarded-draft"),
        pytest.param(mail(f"请查收\n{'-' * 8}转发邮件信息{'-' * 8}\n发件人：李某 <li@163.com>\n日期：2023-04-19\n收件人：王某 <w@163.com>\n主题：信息\n\n{'-' * 8}原始邮件{'-' * 8}\n发件人: 张某 <z@163.com>\n发送时间: 2023年4月1日\n收件人: 李某\n主题: 信息\n\n{text_of(TITLES[2])}", subject="Fw: 信息"), [""], id="forward-of-a-forward"),
        pytest.param(mail(f"您好，现报送信息如下，请查收。\n\n{BRIEF}\n\n通川区综合行政执法局\n2023年4月19日"), [""], id="brief-in-the-body-below-a-hand-over"),
        pytest.param(mail(f"{BRIEF}\n请查收！", {"台账.xlsx": BOOK}), [""], id="brief-in-the-body-above-a-hand-over"),
        pytest.param(mail(f"请查收\n{BRIEF}\n附件：现场照片", {"1.png": SHOT}), [""], id="brief-in-the-body-with-photos"),
        pytest.param(mail("现报送《通川区开展占道经营集中整治》等信息稿件3篇，请查收。联系人：张三"), [], id="hand-over-of-files-that-never-came"),
        pytest.param(mail(COVER, {"首报.docx": word_file(EMERGENCY), "稿.docx": ONE}), ["首报.docx", "稿.docx"], id="short-report-beside-a-draft"),
        pytest.param(mail(COVER, {"一.docx": word_file(*BRIEF.split("\n")), "二.docx": word_file("渠县整治僵尸车", "4月18日，渠县综合执法局清理僵尸车23辆，规范停车秩序。")}), ["一.docx", "二.docx"], id="two-short-reports"),
    ],
)  # fmt: skip
def test_drafts_of_a_mail(message: EmailMessage, sources: list[str]) -> None:
    assert [draft.source for draft in read(message).all_drafts] == sources


def test_zip_of_ten_drafts_is_ten_drafts() -> None:
    topics = [f"{title}第{number}批" for title in TITLES for number in (1, 2, 3)][:10]
    archive = packed(
        **{f"{at}.{topic}.docx": draft_file(topic) for at, topic in enumerate(topics, 1)}
    )
    reading = read(mail(COVER, {"四月信息.zip": archive}))

    assert [draft.segments.title for draft in reading.drafts] == topics
    assert {draft.container for draft in reading.drafts} == {"四月信息.zip"}


def test_a_draft_is_taken_apart_and_counted() -> None:
    (draft,) = read(mail(COVER, {"稿件.docx": ONE})).drafts
    assert draft.segments.title == TITLES[0]
    assert draft.segments.signature_unit == "通川区综合执法局"
    assert draft.sha256 == sha256(ONE).hexdigest()
    assert draft.count.words == sum(len(line) for line in prose(TITLES[0])) - len("13") + 1
    assert draft.count.words_cjk < draft.count.words < draft.count.words_total
    assert not draft.count.approximate


def test_body_draft_has_its_title_from_the_subject() -> None:
    reading = read(mail(f"各位领导好！\n{EMERGENCY}", subject="凤凰大道供水管爆裂首报"))
    (draft,) = reading.drafts
    assert draft.segments.title == "凤凰大道供水管爆裂首报"
    assert draft.segments.body == EMERGENCY
    assert (draft.format, draft.segments.declared_kind) == ("mail", "首报")


def test_photos_of_the_only_draft_are_its_own() -> None:
    files = {"稿.docx": ONE, "1.png": SHOT, "2.png": OTHER_SHOT, "审签单.png": photo(13)}
    reading = read(mail(COVER, files))
    (draft,) = reading.drafts
    assert [image.name for image in draft.images] == ["1.png", "2.png"]
    assert [image.name for image in reading.images] == ["1.png", "2.png"]
    assert reading.approval_scans == ("审签单.png",)


@pytest.mark.parametrize(
    ("files", "owners"),
    [
        pytest.param({"1.甲.docx": ONE, "2.乙.docx": TWO, "2-1.png": SHOT}, [0, 1], id="by-number"),
        pytest.param({f"{TITLES[0]}.docx": ONE, f"{TITLES[1]}.docx": TWO, f"{TITLES[0]}（图1）.png": SHOT}, [1, 0], id="by-name"),
        pytest.param({"甲.zip": packed(**{"甲.docx": ONE, "现场.png": SHOT}), "乙.docx": TWO}, [1, 0], id="by-archive"),
        pytest.param({f"{TITLES[1]}照片.zip": packed(**{"DSC1.png": SHOT}), f"{TITLES[0]}.docx": ONE, f"{TITLES[1]}.docx": TWO}, [0, 1], id="by-name-of-archive"),
        pytest.param({"甲.docx": ONE, "乙.docx": TWO, "现场.png": SHOT}, [0, 0], id="cannot-be-told"),
        pytest.param({"包.zip": packed(**{"甲/稿.docx": ONE, "乙/稿.docx": TWO, "乙/图片/a.png": SHOT})}, [0, 1], id="by-folder"),
        pytest.param({"包.zip": packed(**{"1.甲.docx": ONE, "2.乙.docx": TWO, "2照片/1.png": SHOT})}, [0, 1], id="by-number-of-folder"),
        pytest.param({"包.zip": packed(**{"甲/稿.docx": ONE, "乙/稿.docx": TWO, "现场.png": SHOT})}, [0, 0], id="above-both-folders"),
    ],
)  # fmt: skip
def test_photos_of_several_drafts(files: dict[str, bytes], owners: list[int]) -> None:
    reading = read(mail(COVER, files))
    drafts = sorted(reading.drafts, key=lambda draft: TITLES.index(draft.segments.title))
    assert [len(draft.images) for draft in drafts] == owners
    assert len(reading.images) == 1


def test_stationery_in_the_text_is_no_picture() -> None:
    message = mail("", {"稿.docx": ONE})
    message.add_attachment(photo(5, side=60), maintype="image", subtype="png", cid="<logo>", disposition="inline", filename="logo.png")  # fmt: skip
    message.add_attachment(SHOT, maintype="image", subtype="png", cid="<p>", disposition="inline", filename="p.png")  # fmt: skip
    assert [image.name for image in read(message).images] == ["p.png"]


def test_approval_form_is_told_apart() -> None:
    reading = read(mail(COVER, {"稿.docx": ONE, "审签单.docx": APPROVAL}))
    assert reading.approval_scans == ("审签单.docx",)
    assert len(reading.files) == 2


@pytest.mark.parametrize(
    ("name", "approval"),
    [
        pytest.param("审签单.png", True, id="form"),
        pytest.param("领导签字页扫描件.png", True, id="signed-page"),
        pytest.param("审核.png", True, id="nothing-but-signed-off"),
        pytest.param("CamScanner 04-19.png", True, id="scanner-app"),
        pytest.param("行政审批窗口现场.png", False, id="counter-for-permits"),
        pytest.param("签字仪式现场.png", False, id="signing-ceremony"),
        pytest.param("现场.png", False, id="scene"),
    ],
)
def test_pictures_of_signed_pages(name: str, *, approval: bool) -> None:
    reading = read(mail(COVER, {"稿.docx": ONE, name: SHOT}))
    assert reading.approval_scans == ((name,) if approval else ())
    assert len(reading.images) == (0 if approval else 1)


def test_scan_beside_its_word_file_is_no_complaint() -> None:
    """A PDF without text that bears the draft's name is the signed page."""
    files = {"清扫信息.docx": ONE, "清扫信息.pdf": scanned_pdf(), "其他.pdf": scanned_pdf(" ")}
    reading = read(mail(COVER, files))
    assert reading.approval_scans == ("清扫信息.pdf",)
    assert [why.name for why in reading.unreadable] == ["其他.pdf"]


def test_form_with_the_draft_printed_on_it_is_the_approval() -> None:
    form = word_file("信息审批表", "审核意见：同意", TITLES[0], *prose(TITLES[0]))
    rtf = make_rtf(["信息审批表", "审核意见：同意", TITLES[0], *prose(TITLES[0])])
    reading = read(mail(COVER, {"稿.docx": ONE, "审批表.rtf": rtf}))
    assert [draft.source for draft in reading.drafts] == ["稿.docx"]
    assert reading.approval_scans == ("审批表.rtf",)
    assert [draft.source for draft in read(mail(COVER, {"审批表.docx": form})).drafts] == [
        "审批表.docx"
    ]


def test_attached_mails_are_read_in_their_turn() -> None:
    inner = mail(COVER, {"里.docx": TWO})
    outer = mail("见附件", {"外.docx": ONE})
    outer.add_attachment(inner)
    reading = read(outer)
    assert [draft.source for draft in reading.drafts] == ["外.docx"]
    assert [draft.source for draft in reading.all_drafts] == ["外.docx", "里.docx"]
    assert reading.nested[0].message is not None


def test_mails_in_mails_end_somewhere() -> None:
    """Depth and number are capped, and what was left out is told."""
    message = mail(text_of(TITLES[0]))
    for _ in range(8):
        outer = mail("转")
        outer.add_attachment(message)
        message = outer
    assert [why.reason for why in read(message).unreadable] == ["邮件套邮件过多，未继续读取"]

    many = mail("转")
    for number in range(5):
        many.add_attachment(mail(text_of(f"{TITLES[0]}第{number}批")))
    reading = read_mail(many.as_bytes(), limits=Limits(nested_mails=3))
    assert (len(reading.nested), len(reading.unreadable)) == (3, 2)


NUMBERED = ["信息一：" + TITLES[0], *prose(TITLES[0]), "通川区综合执法局", "2023年4月19日", "信息二：" + TITLES[1], *prose(TITLES[1])]  # fmt: skip
LOOSE = [TITLES[0], *prose(TITLES[0]), "通川区综合执法局", "2023年4月19日", TITLES[1], *prose(TITLES[1])]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(NUMBERED, id="numbered"),
        pytest.param(["四月信息两篇", *NUMBERED], id="below-a-heading"),
        pytest.param([line.replace("信息一：", "【稿件1】").replace("信息二：", "【稿件2】") for line in NUMBERED], id="bracketed"),
        pytest.param(["第一篇", *LOOSE[:6], "第二篇", *LOOSE[6:]], id="mark-on-its-own-line"),
    ],
)  # fmt: skip
def test_numbered_drafts_of_one_file_are_several(lines: list[str]) -> None:
    in_file = read(mail(COVER, {"信息.docx": word_file(*lines)})).drafts
    in_body = read(mail("\n".join(lines))).drafts
    for drafts in (in_file, in_body):
        assert [draft.segments.title for draft in drafts] == TITLES[:2]
        assert len({draft.sha256 for draft in drafts}) == 2
        assert all(any("多篇" in warning for warning in draft.warnings) for draft in drafts)


@pytest.mark.parametrize(
    ("lines", "warned"),
    [
        pytest.param(LOOSE, True, id="second-title-below-a-signature"),
        pytest.param([*prose(TITLES[0]), "信息一科已完成。", "信息三：" + TITLES[1], *prose(TITLES[1])], False, id="no-numbering"),
        pytest.param([TITLES[0], *prose(TITLES[0]), "一、工作开展情况", *prose(TITLES[1])], False, id="sections"),
    ],
)  # fmt: skip
def test_what_nobody_numbered_stays_whole(lines: list[str], *, warned: bool) -> None:
    (draft,) = read(mail(COVER, {"信息.docx": word_file(*lines)})).drafts
    assert ("文件中似有多篇稿件，请核对。" in draft.warnings) == warned


OUR_ID = f"<mb.{'0a' * 20}@163.com>"


def our_letter(sender: str = "alias@vip.163.com") -> EmailMessage:
    letter = mail(text_of(TITLES[0]), {"稿件.docx": ONE}, subject="回执")
    letter.replace_header("Message-ID", OUR_ID)
    letter.replace_header("From", sender)
    return letter


def with_mail_inside(inner: EmailMessage) -> EmailMessage:
    message = mail("请看")
    message.add_attachment(inner)
    return message


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(our_letter(), id="sent-round"),
        pytest.param(our_letter(OFFICE), id="copy-to-ourselves"),
        pytest.param(with_mail_inside(our_letter()), id="attached"),
        pytest.param(mail("请看", {"回执.eml": our_letter().as_bytes()}), id="saved-and-attached"),
        pytest.param(mail(f"{'-' * 8}转发邮件信息{'-' * 8}\n发件人：办公室 <{OFFICE}>\n发送日期：2023-04-19 10:00\n收件人：unit@163.com\n主题：约稿\n\n{text_of(TITLES[2])}", subject="转发：约稿"), id="forwarded"),
    ],
)  # fmt: skip
def test_our_letters_hold_no_drafts(message: EmailMessage) -> None:
    reading = read(message)
    assert reading.all_drafts == ()
    if message["Message-ID"] == OUR_ID:
        assert reading.message is not None
        assert reading.message.kind == "other"


def test_our_own_letter_come_back_holds_no_draft() -> None:
    message = mail(text_of(TITLES[0]), {"通报.docx": ONE})
    message.replace_header("From", OFFICE)
    assert read(message).drafts == ()


def test_bare_reading_opens_nothing() -> None:
    """For the mail whose reading killed its worker: all it holds is named."""
    reading = read_mail_bare(mail(text_of(TITLES[0]), {"炸弹.docx": ONE}).as_bytes())
    assert [draft.source for draft in reading.drafts] == [""]
    assert [why.name for why in reading.unreadable] == ["炸弹.docx"]
    assert reading.files[0].sha256 == sha256(ONE).hexdigest()


def test_careful_reading_leaves_native_formats_shut() -> None:
    """After a spreadsheet killed the worker, the Word draft beside it is still a draft."""
    zipped = packed(**{"台账.pdf": b"%PDF-1.4", "稿.docx": ONE})
    raw = mail(
        COVER,
        {"表.xls": (DOCUMENTS / "excel97-merged-hidden-sheet.xls").read_bytes(), "包.zip": zipped},
    ).as_bytes()
    reading = read_mail(raw, limits=Limits(careful=True))

    assert [draft.source for draft in reading.drafts] == ["稿.docx"]
    assert [why.name for why in reading.unreadable] == ["表.xls", "台账.pdf"]
    assert all("异常退出" in why.reason for why in reading.unreadable)


def test_one_bad_file_leaves_the_others_readable() -> None:
    reading = read(mail(COVER, {"坏.docx": b"PK\3\4" + bytes(200), "好.docx": ONE, "空.doc": b""}))
    assert [draft.source for draft in reading.drafts] == ["好.docx"]
    assert [why.name for why in reading.unreadable] == ["坏.docx", "空.doc"]


@pytest.mark.parametrize(
    ("name", "data", "titles"),
    [
        pytest.param("稿.docx", ONE, [TITLES[0]], id="document"),
        pytest.param("稿.zip", packed(**{"a.docx": ONE, "b.docx": TWO}), TITLES[:2], id="archive"),
        pytest.param("信.eml", mail(COVER, {"稿.docx": ONE}).as_bytes(), [TITLES[0]], id="saved-mail"),
        pytest.param("图.png", SHOT, [], id="picture"),
        pytest.param("", b"", [], id="nothing"),
    ],
)  # fmt: skip
def test_read_document(name: str, data: bytes, titles: list[str]) -> None:
    reading = read_document(name, data)
    assert [draft.segments.title for draft in reading.all_drafts] == titles
    assert reading.message is None
    assert (reading.sha256, reading.size) == (sha256(data).hexdigest(), len(data))


SEED = mail(COVER, {"稿.docx": ONE, "图.zip": packed(**{"图.png": SHOT})}).as_bytes()


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.binary(max_size=4)), max_size=12))
def test_a_mutilated_mail_is_read_without_error(wounds: list[tuple[int, bytes]]) -> None:
    data = bytearray(SEED)
    for at, piece in wounds:
        data[at : at + len(piece)] = piece
    reading = read_mail(bytes(data))
    assert reading.sha256 == sha256(data).hexdigest()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_error(data: bytes) -> None:
    assert read_mail(data).message is not None
    assert read_document("x.doc", data).size == len(data)
