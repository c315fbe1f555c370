"""What of a mail was not read stands in its receipt, in plain Chinese, with what to do."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest
from filing_samples import FilingDesk, filing_desk
from order_samples import NOON, UNIT_ADDRESS, office_config
from order_samples import mail as order_mail
from pdf_making import At, pdf, text_stream, typed
from word_files import make_docx, paragraph, zipped

GOLDEN = Path(__file__).parent / "golden" / "documents"
TITLE = "关于夜间市容整治情况的报告"
PROSE = (
    "4月18日，直属一大队组织执法人员30人，对中心城区占道经营开展集中整治，共劝导流动商贩46起，"
    "清理占道物品12处。下一步将继续加大巡查力度，坚持疏堵结合，切实维护市容环境秩序。"
)
DRAFT = paragraph(TITLE) + paragraph(PROSE)
PICTURE = (
    "<w:p><w:r><w:drawing><a:blip r:embed='p'/></w:drawing></w:r></w:p>",
    {"word/media/a.png": (GOLDEN / "photographed-page.png").read_bytes()},
    [("p", "image", "media/a.png")],
)
COMMENT = "<w:p><w:r><w:commentReference w:id='0'/></w:r></w:p>"
FORM = pdf(
    text_stream(
        At(80, 760, TITLE), *[At(80, 700 - 28 * n, PROSE[27 * n :][:27]) for n in range(4)]
    ),
    annotations=[
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V%s/Rect[80 300 300 320]>>" % typed("一大队")
    ],
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[FilingDesk]:
    with filing_desk(tmp_path, office_config()) as found:
        yield found


def receipt_of(desk: FilingDesk, name: str, data: bytes) -> str:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = UNIT_ADDRESS, "报送信息", format_datetime(NOON)
    mail["Message-ID"] = "<1@u.example>"
    mail.set_content("现报上，请查收。")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    desk.fetch(mail.as_bytes(), NOON, NOON)
    with desk.store.look() as uow:
        (text,) = [m.text for m in uow.outbox.listing(limit=1000) if m.lane == "receipt"]
    return text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param("稿.docx", make_docx(DRAFT + COMMENT), ["批注", "写入正文后"], id="comments"),
        pytest.param(
            "稿.docx",
            make_docx(DRAFT + "<w:p><w:r><w:object/></w:r></w:p>"),
            ["内嵌文件未读取", "另作附件发送"],
            id="embedded file",
        ),
        pytest.param(
            "稿.docx",
            make_docx(DRAFT + "<w:altChunk r:id='x'/>"),
            ["部分内容未能读取", "重新发送"],
            id="missing part",
        ),
        pytest.param(
            "稿.docx", make_docx(*PICTURE), ["稿.docx：", "只有图片", "文字稿"], id="only pictures"
        ),
        pytest.param(
            "稿.docx", make_docx("<w:p/>"), ["稿.docx：", "没有文字", "确认"], id="empty document"
        ),
        pytest.param("稿.pdf", FORM, ["PDF 表单", "请核对"], id="filled form"),
        pytest.param(
            "稿.png",
            (GOLDEN / "photographed-page.png").read_bytes(),
            ["图集", "不作文稿读取", "另发 Word 文字稿"],
            id="photo of a page",
        ),
        pytest.param(
            "稿.pages",
            zipped({"Index/Document.iwa": "x"}),
            ["稿.pages：", "Pages", "导出为"],
            id="pages",
        ),
        pytest.param(
            "现场.mp4",
            b"\0\0\0 ftypisom" + bytes(range(256)),
            ["现场.mp4：", "视频", "文档"],
            id="video",
        ),
        pytest.param(
            "稿.url",
            b"[InternetShortcut]\r\nURL=https://a.cn",
            ["稿.url：", "网址", "下载"],
            id="link",
        ),
    ],
)
def test_said_in_the_receipt(desk: FilingDesk, name: str, data: bytes, said: list[str]) -> None:
    text = receipt_of(desk, name, data)

    assert [words for words in said if words not in text] == [], text


def test_a_plain_draft_has_no_such_line(desk: FilingDesk) -> None:
    text = receipt_of(desk, "稿.docx", make_docx(DRAFT))

    assert TITLE in text
    assert "读取说明" not in text
    assert "未能读取" not in text


def test_a_damaged_file_under_an_empty_mail_counts_as_nothing_yet(desk: FilingDesk) -> None:
    """Somebody has to look, since it may tell an emergency; no quota is met by 0 words."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = UNIT_ADDRESS, "报送信息", format_datetime(NOON)
    data = make_docx(DRAFT)[:1000]
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename="稿.docx")
    (draft,) = desk.fetch(mail.as_bytes(), NOON, NOON)
    with desk.store.look() as uow:
        (text,) = [m.text for m in uow.outbox.listing(limit=1000) if m.lane == "receipt"]

    assert (draft.kind, draft.column, draft.emergency) == ("待审", None, "review")
    assert "没有读到正文，暂不计入，收到可读的稿件后再计" in text
    assert "稿件中没有找到" not in text
    assert "应报1篇，已报0篇" in text


def test_what_an_emergencys_unit_is_asked_for_is_asked_once(desk: FilingDesk) -> None:
    leak = "今天11时40分，朝阳路一施工点挖断中压燃气管，正在漏气，已拉警戒线，人员正在处置。"
    desk.fetch(order_mail(UNIT_ADDRESS, "燃气泄漏", leak), NOON, NOON)
    with desk.store.look() as uow:
        (text,) = [m.text for m in uow.outbox.listing(limit=1000) if m.lane == "receipt"]

    assert "请尽快补报：伤亡、损失、联系人、签发" in text
    assert "稿件中没有找到：撰稿、落款、日期（四（一））" in text
