"""OpenDocument text, zipped and flat."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutants, survivors
from word_files import zipped

from parsers.documents import docx
from parsers.documents.odt import read_odt
from parsers.documents.refusals import REMOVE_PASSWORD
from parsers.facts import Block, DocumentText, Unreadable
from parsers.limits import Limits

LIMITS = Limits()
ODF = "urn:oasis:names:tc:opendocument:xmlns"
STYLES = (
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>'
    '<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties '
    'fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="P3" style:family="paragraph" style:parent-style-name="Title"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties '
    'style:font-weight-asian="bold"/></style:style>'
)


def content_xml(body: str, root: str = "document-content") -> str:
    return (
        f'<office:{root} xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0" '
        f'xmlns:table="{ODF}:table:1.0" xmlns:draw="{ODF}:drawing:1.0" '
        f'xmlns:style="{ODF}:style:1.0" xmlns:fo="{ODF}:xsl-fo-compatible:1.0" '
        f'xmlns:svg="{ODF}:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:{root}>"
    )


def make_odt(body: str, **parts: str | bytes) -> bytes:
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content_xml(body),
            **parts,
        }
    )


def read(data: bytes) -> DocumentText:
    content = read_odt("稿件.odt", data, LIMITS)
    assert isinstance(content, DocumentText), content
    return content


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<text:p>一<text:span>二</text:span>三</text:p>", ["一二三"], id="spans"),
        pytest.param("<text:p/><text:p>一</text:p>", ["", "一"], id="empty paragraph stays"),
        pytest.param(
            '<text:p>甲<text:s text:c="3"/>乙<text:tab/>丙<text:line-break/>丁</text:p>',
            ["甲   乙\t丙\n丁"],
            id="blanks, tab, line break",
        ),
        pytest.param("<text:p>\n  甲\n  乙 </text:p>", ["甲 乙 "], id="blanks of the XML collapse"),
        pytest.param(
            "<text:p>文<text:note><text:note-citation>1</text:note-citation><text:note-body>"
            "<text:p>注</text:p></text:note-body></text:note>后</text:p>",
            ["文后", "注"],
            id="note after the text",
        ),
        pytest.param(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>删</text:p>"
            "</text:deletion></text:changed-region></text:tracked-changes><text:p>留</text:p>",
            ["留"],
            id="deleted text",
        ),
        pytest.param(
            "<text:p>前<office:annotation><text:p>批</text:p></office:annotation>后</text:p>",
            ["前后"],
            id="comment",
        ),
        pytest.param(
            "<text:p><text:ruby><text:ruby-base>拼</text:ruby-base><text:ruby-text>pin</text:ruby-text>"
            "</text:ruby>音</text:p>",
            ["拼音"],
            id="phonetic guide",
        ),
        pytest.param(
            "<text:p>外<draw:frame><draw:text-box><text:p>内</text:p></draw:text-box>"
            "<svg:title>题</svg:title></draw:frame>续</text:p>",
            ["外续", "内"],
            id="text box after its paragraph",
        ),
        pytest.param(
            "<text:list><text:list-item><text:number>1.</text:number><text:p>项</text:p>"
            "</text:list-item></text:list>",
            ["项"],
            id="list number",
        ),
        pytest.param(
            "<text:section><text:p><text:a>链</text:a><text:date>日</text:date></text:p></text:section>",
            ["链日"],
            id="section, link, field",
        ),
    ],
)
def test_visible_text(body: str, expected: list[str]):
    assert [block.text for block in read(make_odt(body)).blocks] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            '<text:h text:outline-level="2">题</text:h>', Block("题", "heading", 2), id="heading"
        ),
        pytest.param(
            '<text:p text:style-name="P1">题</text:p>',
            Block("题", "heading", 2),
            id="heading by style",
        ),
        pytest.param('<text:p text:style-name="P3">题</text:p>', Block("题", "title"), id="title"),
        pytest.param(
            '<text:p text:style-name="P2">题</text:p>',
            Block("题", centred=True, bold=True),
            id="centred and bold",
        ),
        pytest.param(
            '<text:p><text:span text:style-name="T1">题</text:span></text:p>',
            Block("题", bold=True),
            id="bold span",
        ),
        pytest.param(
            "<table:table><table:table-row><table:table-cell><text:p>格</text:p></table:table-cell>"
            "</table:table-row></table:table>",
            Block("格", "cell"),
            id="cell",
        ),
    ],
)
def test_blocks(body: str, expected: Block):
    assert read(make_odt(body)).blocks == (expected,)


def test_flat_file():
    assert read(content_xml("<text:p>平</text:p>", "document").encode()).text == "平"


def test_tracked_changes_are_told():
    assert read(make_odt("<text:tracked-changes/><text:p>文</text:p>")).warnings == (docx.TRACKED,)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(make_odt("<text:p>文</text:p>")[:-30], id="cut off"),
        pytest.param(make_odt("<text:p>"), id="broken XML"),
        pytest.param(zipped({"mimetype": "x"}), id="no content"),
        pytest.param(zipped({"content.xml": "<!DOCTYPE a><a/>"}), id="document type"),
        pytest.param(zipped({"content.xml": "<a/>"}), id="no text body"),
    ],
)
def test_refused(data: bytes):
    content = read_odt("坏.odt", data, LIMITS)
    assert isinstance(content, Unreadable)
    assert content.remedy


def test_a_password_has_its_own_remedy():
    manifest = "<manifest><encryption-data/></manifest>"
    content = read_odt("密.odt", make_odt("", **{"META-INF/manifest.xml": manifest}), LIMITS)
    assert isinstance(content, Unreadable)
    assert content.remedy == REMOVE_PASSWORD


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.text(st.sampled_from("城市管理，。“”A09%𠮷👍é"), max_size=20), min_size=1, max_size=5
    )
)
def test_text_written_comes_back(lines: list[str]):
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)
    assert [block.text for block in read(make_odt(body)).blocks] == lines


def test_mutants_give_values_and_never_raise():
    seeds = [
        make_odt("<text:p>城市</text:p>" * 9),
        content_xml("<text:p>平</text:p>", "document").encode(),
    ]
    assert survivors(mutants(seeds, "odt"), read_odt) == []


def test_what_stands_beside_the_text_of_a_real_file():
    """By LibreOffice: a header, a footer and a comment."""
    folder = Path(__file__).parent / "golden" / "documents"
    content = read((folder / "header-comment-drop-cap.odt").read_bytes())
    assert content.text.startswith("关于夜间市容整治情况的报告\n达州市城市管理局组织")
    assert content.warnings == (docx.COMMENTED,)
    assert content.around == ("页眉：内部资料", "页脚一行")


def test_an_embedded_object_is_told():
    body = "<text:p>一<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p>"
    content = read(make_odt(body))
    assert (content.text, content.warnings) == ("一", (docx.EMBEDDED,))
