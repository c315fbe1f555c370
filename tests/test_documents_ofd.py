"""OFD as Foxit, Suwell and WPS write it, and as damaged containers hold it."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.documents.ofd import read_ofd
from parsers.facts import DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
GIF = b"GIF89a\x02\x00\x03\x00" + b"\0" * 20
SIZE = 5.6  # millimetres, 三号
LINE = 28 * SIZE  # characters that fill a line of A4


def text_object(text: str, x: float, y: float, size: float = SIZE, extra: str = "") -> str:
    return (
        f'<ofd:TextObject ID="{abs(hash((text, x, y)))}" Boundary="{x} {y} 150 {size}" Font="1" Size="{size}"{extra}>'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {max(len(text) - 1, 1)} {size}">{text}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, template: str = "") -> str:
    reference = f'<ofd:Template TemplateID="{template}"/>' if template else ""
    return f'<ofd:Page {NS}>{reference}<ofd:Content><ofd:Layer ID="2">{"".join(objects)}</ofd:Layer></ofd:Content></ofd:Page>'


def ofd(
    *pages: str, templates: str = "", extra: dict[str, bytes] | None = None, prefix: str = ""
) -> bytes:
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    template = '<ofd:TemplatePage ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if templates else ""
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    root = f'<ofd:OFD {NS} DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'
    body = f"<ofd:Document {NS}><ofd:CommonData>{area}{template}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    parts = {"OFD.xml": root.encode(), "Doc_0/Document.xml": body.encode()}
    parts |= {
        f"Doc_0/Pages/Page_{n}/Content.xml": content.encode() for n, content in enumerate(pages)
    }
    if templates:
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = templates.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | (extra or {})).items():
            archive.writestr(prefix + name, content)
    return buffer.getvalue()


def read(data: bytes) -> DocumentText:
    document = read_ofd("a.ofd", data, LIMITS)
    assert isinstance(document, DocumentText), document
    assert document.format == "ofd"
    assert document.approximate
    return document


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks]


FULL = "城市管理综合行政执法局组织开展夜间市容环境综合整治专项行动"[:26]
WRAPPED = page(
    text_object("信息标题", 90, 30),
    text_object(FULL[:24], 28 + 2 * SIZE, 50),
    text_object(FULL, 28, 60),
    text_object("取得实效。", 28, 70),
    text_object("下一步，继续巩固。", 28 + 2 * SIZE, 80),
)


def test_wrapped_lines_become_paragraphs() -> None:
    assert texts(ofd(WRAPPED)) == [
        "信息标题",
        FULL[:24] + FULL + "取得实效。",
        "下一步，继续巩固。",
    ]


def test_title_is_centred() -> None:
    assert [block.centred for block in read(ofd(WRAPPED)).blocks] == [True, False, False]


def test_one_object_a_character() -> None:
    objects = [text_object(char, 28 + n * SIZE, 50) for n, char in enumerate("夜间巡查信息")]

    assert texts(ofd(page(*reversed(objects)))) == ["夜间巡查信息"]


def test_fake_bold_is_read_once() -> None:
    assert texts(ofd(page(*[text_object("加粗标题", 28, 50)] * 3))) == ["加粗标题"]


def test_template_text_is_read_once() -> None:
    red_head = page(text_object("××市城市管理局文件", 60, 20))
    body = [page(text_object(f"第{n}段正文。", 28, 100), template="9") for n in "一二三"]

    assert texts(ofd(*body, templates=red_head)) == [
        "××市城市管理局文件",
        "第一段正文。",
        "第二段正文。",
        "第三段正文。",
    ]


def test_page_numbers_are_dropped() -> None:
    pages = [
        page(text_object("正文第一段。", 28, 100), text_object(f"- {n} -", 100, 285))
        for n in (1, 2)
    ]

    assert "- 1 -" not in texts(ofd(*pages))


def test_scaled_text_keeps_its_place() -> None:
    scaled = text_object("放大的字", 28, 50, size=1, extra=' CTM="5.6 0 0 5.6 0 0"')

    assert texts(ofd(page(scaled, text_object("下一行", 28, 90)))) == ["放大的字", "下一行"]


def test_slanting_watermark_is_dropped() -> None:
    mark = text_object("内部资料严禁外传", 60, 55, extra=' CTM="0.7 -0.7 0.7 0.7 0 0"')

    assert texts(ofd(page(*[text_object("正文第一段。", 28, 50), mark]))) == ["正文第一段。"]


def test_undeclared_prefix_is_mended() -> None:
    """A slip of one producer, which strict parsers refuse."""
    slip = WRAPPED.replace("<ofd:Layer", '<ofd:Layer x:y="1"', 1)

    assert texts(ofd(slip))[0] == "信息标题"


@pytest.mark.parametrize("prefix", ["/", "./"])
def test_odd_entry_names(prefix: str) -> None:
    assert texts(ofd(WRAPPED, prefix=prefix))[0] == "信息标题"


def test_local_header_with_another_spelling_is_read_by_our_own_walk() -> None:
    data = ofd(WRAPPED, templates=page(text_object("页眉文字", 28, 10)))
    damaged = data.replace(b"OFD.xml", b"ofd.XML", 1)

    assert damaged != data
    assert texts(damaged) == texts(data)


def test_our_own_walk_reads_what_ofdkit_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ofd(
        WRAPPED,
        page(text_object("第二页。", 28, 50), template="9"),
        templates=page(text_object("眉", 28, 100)),
    )
    expected = texts(data)
    monkeypatch.setattr("ofdkit.open", None)

    assert texts(data) == expected


def test_pictures() -> None:
    document = read(ofd(WRAPPED, extra={"Doc_0/Res/image_1.gif": GIF}))

    assert [image.format for image in document.images] == ["gif"]


@pytest.mark.parametrize(
    ("data", "reason", "suspicious"),
    [
        pytest.param(b"", "损坏", False, id="empty"),
        pytest.param(ofd(WRAPPED)[:-50], "损坏", False, id="truncated"),
        pytest.param(ofd(page(), extra={"Doc_0/Res/image_1.gif": GIF}), "扫描件", False, id="scan"),
        pytest.param(ofd(page()), "没有文字", False, id="blank"),
        pytest.param(ofd(*[WRAPPED] * 4), "页", False, id="too-many-pages"),
        pytest.param(ofd("<!DOCTYPE x [<!ENTITY a 'b'>]>" + WRAPPED), "实体", True, id="dtd"),
        pytest.param(ofd(), "没有文字", False, id="no-pages"),
    ],
)
def test_refused(data: bytes, reason: str, suspicious: bool) -> None:
    refused = read_ofd("a.ofd", data, Limits(pages=3))

    assert isinstance(refused, Unreadable)
    assert reason in refused.reason
    assert refused.suspicious is suspicious


def test_overlapping_entries_are_suspicious() -> None:
    data = ofd(WRAPPED)
    at, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    central, tail = data[at:end], bytearray(data[end:])
    count = struct.unpack_from("<H", tail, 8)[0]
    struct.pack_into("<HHI", tail, 8, 2 * count, 2 * count, 2 * len(central))
    refused = read_ofd("a", data[:at] + central * 2 + bytes(tail), LIMITS)

    assert isinstance(refused, Unreadable)
    assert refused.suspicious


@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8))
def test_any_damage_ends_in_a_value(changes: list[tuple[float, int]]) -> None:
    data = bytearray(ofd(WRAPPED))
    for where, byte in changes:
        data[int(where * len(data))] = byte

    assert isinstance(read_ofd("a", bytes(data), LIMITS), DocumentText | Unreadable)


@given(st.text(st.sampled_from("0123456789.-eE ginfNa"), max_size=20))
def test_any_numbers_end_in_a_value(numbers: str) -> None:
    broken = f'<ofd:TextObject Boundary="{numbers}" Size="{numbers}" CTM="{numbers}"><ofd:TextCode X="{numbers}" Y="{numbers}" DeltaX="{numbers}">城管</ofd:TextCode></ofd:TextObject>'

    assert isinstance(read_ofd("a", ofd(page(broken)), LIMITS), DocumentText | Unreadable)
