"""Binary Word documents: the piece table is the text, nothing else is."""

import struct
from collections.abc import Sequence
from pathlib import Path

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutants, survivors
from word_files import make_doc, make_ole

from parsers.documents import docx
from parsers.documents.doc import read_doc
from parsers.documents.doc_container import open_word_file
from parsers.documents.refusals import REMOVE_PASSWORD
from parsers.documents.sniff import sniff
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

GOLDEN = Path(__file__).parent / "golden" / "documents"
LIMITS = Limits()


def read(data: bytes, limits: Limits = LIMITS) -> DocumentText:
    content = read_doc("稿件.doc", data, limits)
    assert isinstance(content, DocumentText), content
    return content


def refused(data: bytes, limits: Limits = LIMITS) -> Unreadable:
    content = read_doc("稿件.doc", data, limits)
    assert isinstance(content, Unreadable)
    return content


def test_a_title_drawn_as_word_art_is_read_and_not_counted():
    """By LibreOffice, from a shape whose words are a property of it."""
    title, *text = read((GOLDEN / "wordart-title.doc").read_bytes()).blocks
    assert (title.text, title.kind, title.counted) == ("城管工作简报", "text_box", False)
    assert [block.text for block in text if block.text] == [
        "关于夜间市容整治情况的报告",
        "正文一段。",
    ]


def test_mutants_of_drawings_give_values_and_never_raise():
    data = (GOLDEN / "wordart-title.doc").read_bytes()
    drawings = open_word_file(data).part(0x22A)
    assert drawings in data

    def wrap(damaged: bytes) -> bytes:
        return data.replace(drawings, damaged[: len(drawings)].ljust(len(drawings), b"\0"))

    assert survivors(mutants([drawings], "drawings", wrap), read_doc) == []


def test_what_stands_beside_the_text_of_a_real_file():
    """By LibreOffice: a header, a footer, a comment and a drop cap."""
    content = read((GOLDEN / "header-comment-drop-cap.doc").read_bytes())
    assert content.text.split("\n") == [
        "关于夜间市容整治情况的报告",
        "达州市城市管理局组织开展集中整治。",
        "完。",
    ]
    assert content.warnings == (docx.COMMENTED,)
    assert content.around == ("页眉：内部资料", "页脚一行")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(["一段\r", "二段\r"], ["一段", "二段"], id="a piece a paragraph"),
        pytest.param(
            ["城市", "abc", "管理\r"], ["城市abc管理"], id="wide and narrow pieces in a line"
        ),
        pytest.param(["café £5\r"], ["café £5"], id="narrow bytes are Windows-1252"),
        pytest.param(["𠀀𠮷👍\r"], ["𠀀𠮷👍"], id="characters of two units"),
        pytest.param(["𠀀", "后\r"], ["𠀀后"], id="positions count units"),
        pytest.param(["前\x13 PAGE \x14" + "12\x15后\r"], ["前12后"], id="field result"),
        pytest.param(
            [
                "前\x13 EQ \\* jc2 \\* hps10 \\o\\ad(\\s\\up 10(kǎn),侃)\x15\x13 eq \\o\\ac(○,注)\x15后\r"
            ],
            ["前侃注后"],
            id="character under pinyin, character in a ring",
        ),
        pytest.param(["前\x13 EQ \\f(1,2)\x15后\r"], ["前1/2后"], id="fraction"),
        pytest.param(["前\x13 XE 索引 \x15后\r"], ["前后"], id="field without result"),
        pytest.param(
            ["甲\x13 A \x13 B \x14乙\x15 \x14丙\x15丁\r"],
            ["甲丙丁"],
            id="field inside a field code",
        ),
        pytest.param(["前\x13 未完\r", "后\r"], ["前 未完", "后"], id="field never ended"),
        pytest.param(["前\x15\x14后\r"], ["前后"], id="field never begun"),
        pytest.param(["甲\x07乙\x07\r"], ["甲", "乙", ""], id="cells"),
        pytest.param(["上\x0b下\x0c页\r"], ["上\n下", "页"], id="line and page break"),
        pytest.param(["a\x1eb\x1fc\xa0d\r"], ["a-bc\xa0d"], id="special hyphens and blanks"),
        pytest.param(["文\x01\x02\x05\x08字\r"], ["文字"], id="anchors of pictures and notes"),
        pytest.param(["没有段落标记"], ["没有段落标记"], id="no last paragraph mark"),
    ],
)
def test_visible_text(pieces: list[str], expected: list[str]):
    assert [block.text for block in read(make_doc(pieces)).blocks] == expected


def test_deleted_text_is_dropped_and_told():
    content = read(make_doc(["留下", "删去\r", "的话\r"], deleted=[1]))
    assert content.text == "留下的话"
    assert content.warnings == (docx.TRACKED,)


def test_notes_and_text_boxes_follow_headers_do_not():
    content = read(make_doc(["正文\r"], notes="\x02 脚注\r\r", text_boxes="框内\r\r"))
    assert [(b.kind, b.text.strip()) for b in content.blocks] == [
        ("paragraph", "正文"),
        ("note", "脚注"),
        ("text_box", "框内"),
    ]


@pytest.mark.parametrize(
    "name", ["libreoffice-situation-report", "libreoffice-emergency", "libreoffice-table-draft"]
)
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
def test_a_draft_saved_in_another_format_says_the_same(name: str, suffix: str):
    from parsers.documents.odt import read_odt
    from parsers.documents.rtf import read_rtf

    readers = {"doc": read_doc, "rtf": read_rtf, "odt": read_odt}
    data = (GOLDEN / f"{name}.{suffix}").read_bytes()
    content = readers[suffix](name, data, LIMITS)
    assert isinstance(content, DocumentText)
    expected = (GOLDEN / f"{name}.expected.txt").read_text("utf-8")
    assert "".join(map(shown, content.blocks)) == expected


def shown(block: Block) -> str:
    marks = ("C" if block.centred else "") + ("B" if block.bold else "")
    return f"{block.kind} {block.level} {marks}|{block.text}\n"


@pytest.mark.parametrize(
    "name", ["tracked-footnote-textbox", "picture-symbol-link", "traditional-and-rare-characters"]
)
def test_golden_oddities(name: str):
    content = read((GOLDEN / f"{name}.doc").read_bytes())
    pictures = "".join(f"picture {i.format} {i.width}x{i.height}\n" for i in content.images)
    text = "".join(map(shown, content.blocks)) + pictures + "".join(content.warnings)
    assert text == (GOLDEN / f"{name}.doc.expected.txt").read_text("utf-8")


def make_word_95(
    text: str,
    *,
    wide: bool = False,
    language: int = 0x0804,
    codec: str = "gbk",
    fonts: Sequence[int] = (),
) -> bytes:
    raw = text.encode(codec)
    if wide:  # quotation marks are single Western bytes there
        units = [{"“": 0x93, "”": 0x94}.get(c) or int.from_bytes(c.encode(codec)) for c in text]
        raw = struct.pack(f"<{len(units)}H", *units)
    table = b"".join(bytes([8, 0, 0, 0, charset, 0]) + b"Ab\0" for charset in fonts)
    word = bytearray(0x300) + raw
    struct.pack_into("<HHHHHH", word, 0, 0xA5DC, 104, 0, language, 0, 0)
    struct.pack_into("<H", word, 6, language)
    struct.pack_into("<H", word, 10, 0x1000 if wide else 0)
    struct.pack_into("<II", word, 0x18, 0x300, len(word))
    struct.pack_into("<i", word, 0x34, len(raw) // (2 if wide else 1))
    struct.pack_into("<II", word, 0xD0, len(word), len(table) + 2)
    return make_ole({"WordDocument": bytes(word) + b"\0\0" + table})


@pytest.mark.parametrize("wide", [pytest.param(False, id="bytes"), pytest.param(True, id="units")])
def test_word_95_in_chinese(wide: bool):
    assert read(make_word_95("城管局\r一九九五年A\r", wide=wide)).text == "城管局\n一九九五年A"


ENGLISH = 0x0409
ORDER = "城市管理局关于开展占道经营整治工作的通知"


@pytest.mark.parametrize(
    ("text", "codec", "fonts", "wide"),
    [
        pytest.param(ORDER, "gbk", (134, 0), True, id="chinese-font"),
        pytest.param(ORDER, "gbk", (), True, id="wide-without-fonts"),
        pytest.param(ORDER, "gbk", (), False, id="bytes-that-are-chinese"),
        pytest.param("在文件菜单上，单击“新建”", "gbk", (134,), True, id="western-quotes"),
        pytest.param("管理組合理事会のお知らせ", "cp932", (128, 0), True, id="japanese"),
        pytest.param("Компания предлагает вина", "cp1251", (0, 204), False, id="russian"),
        pytest.param("Société Générale, été 1995", "cp1252", (0, 204), False, id="french"),
    ],
)
def test_word_95_names_the_wrong_language(
    text: str, codec: str, fonts: Sequence[int], wide: bool
) -> None:
    data = make_word_95(text + "\r", wide=wide, language=ENGLISH, codec=codec, fonts=fonts)

    assert read(data).text == text


def make_word_2(text: str, *, complex_pieces: bool = False) -> bytes:
    raw = text.replace("\r", "\r\n").encode("gbk")
    word = bytearray(0x180) + raw
    struct.pack_into("<HHHHHH", word, 0, 0xA5DB, 45, 0, 0x0804, 0, 4 if complex_pieces else 0)
    struct.pack_into("<II", word, 0x18, 0x180, len(word))
    struct.pack_into("<i", word, 0x34, len(raw))
    half = len(raw) // 2
    table = struct.pack(
        "<IIIHIHHIH", 0, len(raw) - half, len(raw), 0, 0x180, 0, 0, 0x180 + len(raw) - half, 0
    )
    struct.pack_into("<IH", word, 0x11E, len(word), len(table) + 3)
    return bytes(word) + b"\x02" + struct.pack("<H", len(table)) + table


@pytest.mark.parametrize(
    "fast", [pytest.param(False, id="plain"), pytest.param(True, id="fast-saved")]
)
def test_word_2(fast: bool) -> None:
    data = make_word_2("城管局简报\r一九九三年 第5期\r", complex_pieces=fast)

    assert sniff(data) == "doc"
    assert read(data).text == "城管局简报\n一九九三年 第5期"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(make_doc(["密\r"], flags=0x1300), "密码", id="password"),
        pytest.param(make_doc(["旧\r"], version=45), "Word 2.0", id="Word 2 in OLE"),
        pytest.param(b"\xdb\xa5\x2d\x00" + b"x" * 2000, "Word 2.0", id="Word 2"),
        pytest.param(make_ole({"Workbook": b"x"}), "损坏", id="no Word stream"),
        pytest.param(make_ole({"WordDocument": b"\xec\xa5\xc1\x00"}), "缺少", id="no table stream"),
        pytest.param(make_doc(["字" * 3000 + "\r"])[:4096], "损坏", id="cut off"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "损坏", id="nothing but magic"),
    ],
)
def test_refused(data: bytes, reason: str):
    why = refused(data)
    assert reason in why.reason
    assert why.remedy


def test_a_password_has_its_own_remedy():
    assert refused(make_doc(["密\r"], flags=0x1300)).remedy == REMOVE_PASSWORD


def test_text_beyond_the_limit_is_refused_not_cut():
    assert refused(make_doc(["字" * 101 + "\r"]), Limits(text_chars=100)).suspicious


def test_a_stream_that_claims_more_than_the_file_is_not_read():
    data = bytearray(make_doc(["文\r"]))
    entry = data.index("WordDocument".encode("utf-16-le"))
    struct.pack_into("<Q", data, entry + 120, 2_000_000_000)
    assert isinstance(read_doc("巨.doc", bytes(data), LIMITS), Unreadable)


LINE = st.text(st.sampled_from("城市管理局年月日，。“”—…A z09%-.,()𠮷👍①é\t"), max_size=30)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(LINE, min_size=1, max_size=8))
def test_text_written_comes_back(lines: list[str]):
    data = make_doc([f"{line}\r" for line in lines])
    assert [block.text for block in read(data).blocks] == lines


def test_mutants_give_values_and_never_raise():
    seeds = [
        make_doc(["城市", "abc\r", "删去", "甲\x07乙\x07\r"], notes="注\r", deleted=[2]),
        (GOLDEN / "tracked-footnote-textbox.doc").read_bytes(),
        make_word_95("城管局\r"),
    ]
    assert survivors(mutants(seeds, "doc"), read_doc) == []


def test_mutants_of_the_streams_give_values_and_never_raise():
    ole = olefile.OleFileIO(GOLDEN / "tracked-footnote-textbox.doc")
    with ole:
        names = ["WordDocument", "1Table"]
        word, table = (ole.openstream(name).read() for name in names)

    def wrap(both: bytes) -> bytes:
        return make_ole({names[0]: both[: len(word)], names[1]: both[len(word) :]})

    assert survivors(mutants([word + table], "doc streams", wrap), read_doc) == []
