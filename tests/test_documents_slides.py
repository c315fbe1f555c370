"""Slides as PowerPoint, WPS and LibreOffice write them."""

import io
import zipfile
from pathlib import Path

import pytest

from parsers.documents.slides import SPOKEN, read_slides
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
GOLDEN = Path(__file__).parent / "golden" / "documents"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = f'xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}"'
GIF = b"GIF89a\x02\x00\x03\x00" + b"\0" * 20


def shape(text: str, placeholder: str = "") -> str:
    holder = f'<p:nvPr><p:ph type="{placeholder}"/></p:nvPr>' if placeholder else ""
    return f"<p:sp>{holder}<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def presentation(*slides: str, order: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    order = order or "".join(str(n) for n in range(1, len(slides) + 1))
    listed = "".join(f'<p:sldId id="{n}" r:id="rId{n}"/>' for n in order)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="t" Target="slides/slide{n}.xml"/>'
        for n in range(1, len(slides) + 1)
    )
    parts = {
        "ppt/presentation.xml": f"<p:presentation {NAMES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>".encode(),
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{relations}</Relationships>".encode(),
        **(extra or {}),
    }
    for n, slide in enumerate(slides, 1):
        parts[f"ppt/slides/slide{n}.xml"] = (
            slide
            if slide.startswith("<") and "p:sld " in slide
            else f"<p:sld {NAMES}>{slide}</p:sld>"
        ).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def blocks(data: bytes) -> list[Block]:
    document = read_slides("a.pptx", data, LIMITS)
    assert isinstance(document, DocumentText), document
    return list(document.blocks)


def test_libreoffice_slides_with_a_table() -> None:
    assert [b.text for b in blocks((GOLDEN / "slides-with-table.pptx").read_bytes())] == [
        "城市管理工作汇报",
        "一、开展夜间巡查三十二次",
        "二、清理占道经营",
        "单位",
        "数量",
    ]


@pytest.mark.parametrize(
    ("slide", "expected"),
    [
        pytest.param(shape("标题", "ctrTitle"), [Block("标题", "title")], id="title"),
        pytest.param(shape("正文"), [Block("正文", "text_box")], id="text-box"),
        pytest.param(
            shape("3", "sldNum") + shape("正文"), [Block("正文", "text_box")], id="page-number"
        ),
        pytest.param(
            f"<p:grpSp>{shape('组内')}</p:grpSp>", [Block("组内", "text_box")], id="grouped"
        ),
        pytest.param(
            "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>格</a:t></a:r></a:p></a:txBody>"
            "</a:tc></a:tr></a:tbl></p:graphicFrame>",
            [Block("格", "cell")],
            id="table",
        ),
        pytest.param(
            f"<c><Choice>{shape('新')}</Choice><Fallback>{shape('旧')}</Fallback></c>",
            [Block("新", "text_box")],
            id="fallback-drawing",
        ),
        pytest.param(
            "<p:sp><a:p><a:r><a:t>一</a:t></a:r><a:br/><a:r><a:t>二</a:t></a:r></a:p></p:sp>",
            [Block("一\n二", "text_box")],
            id="line-break",
        ),
    ],
)
def test_shapes(slide: str, expected: list[Block]) -> None:
    assert blocks(presentation(slide)) == expected


def test_slides_come_in_the_order_shown() -> None:
    assert [b.text for b in blocks(presentation(shape("甲"), shape("乙"), order="21"))] == [
        "乙",
        "甲",
    ]


def test_hidden_slides_are_left_out() -> None:
    hidden = f'<p:sld {NAMES} show="0">{shape("密")}</p:sld>'

    assert [b.text for b in blocks(presentation(hidden, shape("乙")))] == ["乙"]


def test_smart_art_is_read() -> None:
    extra = {
        "ppt/slides/_rels/slide1.xml.rels": b'<Relationships><Relationship Id="r" Target="../diagrams/data1.xml"/></Relationships>',
        "ppt/diagrams/data1.xml": f'<d xmlns:a="{A}"><a:p><a:r><a:t>流程</a:t></a:r></a:p></d>'.encode(),
    }

    assert [b.text for b in blocks(presentation(shape("甲"), extra=extra))] == ["甲", "流程"]


def test_pictures() -> None:
    document = read_slides(
        "a", presentation(shape("甲"), extra={"ppt/media/image1.gif": GIF}), LIMITS
    )

    assert isinstance(document, DocumentText)
    assert [i.format for i in document.images] == ["gif"]


@pytest.mark.parametrize(
    ("data", "suspicious"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, False, id="ppt"),
        pytest.param(presentation(shape("甲"))[:-40], False, id="truncated"),
        pytest.param(presentation(), False, id="no-slides"),
        pytest.param(presentation("<p:sp>", order="1"), False, id="broken-xml"),
        pytest.param(presentation(f"<!DOCTYPE x><p:sld {NAMES}/>"), True, id="dtd"),
        pytest.param(presentation(*[shape("甲")] * 3), False, id="too-many-pages"),
    ],
)
def test_refused(data: bytes, suspicious: bool) -> None:
    refused = read_slides("a.pptx", data, Limits(pages=2))

    assert isinstance(refused, Unreadable)
    assert refused.suspicious is suspicious
    assert refused.remedy


@pytest.mark.parametrize(
    ("notes", "warnings"),
    [
        pytest.param(shape("请先介绍背景。", "body"), (SPOKEN,), id="words"),
        pytest.param(shape("3", "sldNum"), (), id="nothing but the page's number"),
    ],
)
def test_a_speakers_notes_are_told_and_no_text(notes: str, warnings: tuple[str, ...]) -> None:
    part = f"<p:notes {NAMES}>{notes}</p:notes>".encode()
    data = presentation(shape("正文"), extra={"ppt/notesSlides/notesSlide1.xml": part})
    document = read_slides("a.pptx", data, LIMITS)

    assert isinstance(document, DocumentText)
    assert (document.text, document.warnings) == ("正文", warnings)
