"""Fields without a result: what equations and drop-downs show is read and counted, once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_files import make_doc, make_docx

from parsers.documents.doc import read_doc
from parsers.documents.docx import read_docx
from parsers.documents.equation_fields import shown
from parsers.documents.rtf import read_rtf
from parsers.facts import DocumentText
from parsers.limits import Limits
from parsers.wordcount import count


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(r" EQ \o\ac(○,1)", "①", id="figure in a ring"),
        pytest.param(r"eq \o\ac(○,20)", "⑳", id="twenty"),
        pytest.param(r"eq \o\ac(○,21)", "㉑", id="twenty-one"),
        pytest.param(r"eq \o\ac(○,50)", "㊿", id="fifty"),
        pytest.param(r"eq \o\ac(○,51)", "51", id="no ringed character of that number"),
        pytest.param(r"eq \o\ac(○,A)", "Ⓐ", id="letter in a ring"),
        pytest.param(r"eq \o\ac(□,甲)", "甲", id="character in a square"),
        pytest.param(r"eq \o\ac(○,注)", "注", id="character in a ring"),
        pytest.param(r"eq \o\ac(□,√)", "☑", id="ticked box"),
        pytest.param(r"eq \o\ac(□,×)", "☒", id="crossed box"),
        pytest.param(r"eq \o\ac(◎,○)", "○", id="nothing but shapes"),
        pytest.param(
            r'EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(pīn),拼)', "拼", id="pinyin"
        ),
        pytest.param(r"EQ \o\ad(\s\up 9(chéngguǎn),城管)", "城管", id="pinyin of two"),
        pytest.param(r"eq \o(\s\up 8(合并),\s\do 3(字符))", "合并字符", id="joined characters"),
        pytest.param(r"EQ \f(1,2)", "1/2", id="fraction"),
        pytest.param(r"EQ \f(1;2)", "1/2", id="semicolon where the system uses it"),
        pytest.param(r"EQ \r(3,x)", "3√x", id="root"),
        pytest.param(r"EQ \r(2)", "√2", id="square root"),
        pytest.param(r"EQ x\s\up5(2)", "x2", id="raised figure"),
        pytest.param(r"EQ \s\up 10(拼)", "拼", id="raised alone"),
        pytest.param(r"EQ \b\lc\{(\a\al(x=1,y=2))", "{x=1 y=2", id="system of equations"),
        pytest.param(r"EQ \b\bc\[(甲)", "[甲]", id="brackets"),
        pytest.param(r"EQ \i\su(1,5,x)", "Σ15x", id="sum"),
        pytest.param(r"EQ \x\bo(框)", "框", id="frame"),
        pytest.param(r"EQ \l(甲,乙)", "甲,乙", id="list"),
        pytest.param(r"EQ \d\fo10()", "", id="shift"),
        pytest.param(r"EQ 100\,000", "100,000", id="escaped comma"),
        pytest.param(r"EQ \f(\r(2),3)", "√2/3", id="one in the other"),
        pytest.param(r"eq \o\ac(○,1", "①", id="bracket never closed"),
        pytest.param("EQUATION 1", "", id="another field"),
        pytest.param(" PAGE ", "", id="page number"),
        pytest.param(" EQ ", "", id="empty"),
    ],
)
def test_shown(code: str, expected: str):
    assert shown(code) == expected


@given(st.text(alphabet=r"\oacfsupdr(),;○□ 1甲*{[", max_size=300))
def test_any_code_gives_a_text_no_longer_than_twice_itself(code: str):
    assert len(shown("EQ " + code)) <= 2 * len(code) + 2


def test_deep_nesting_ends():
    assert isinstance(shown("EQ " + r"\f(" * 600), str)


def _run(inner: str) -> str:
    return f"<w:r>{inner}</w:r>"


def _mark(kind: str) -> str:
    return _run(f"<w:fldChar w:fldCharType='{kind}'/>")


def _code(text: str) -> str:
    return _run(f"<w:instrText xml:space='preserve'>{text}</w:instrText>")


def _text(text: str) -> str:
    return _run(f"<w:t>{text}</w:t>")


def _drop_down(*entries: str, more: str = "") -> str:
    listed = "".join(f"<w:listEntry w:val='{entry}'/>" for entry in entries)
    return (
        "<w:r><w:fldChar w:fldCharType='begin'><w:ffData>"
        f"<w:ddList>{more}{listed}</w:ddList></w:ffData></w:fldChar></w:r>"
        f"{_code('FORMDROPDOWN')}{_mark('end')}"
    )


RINGED = f"{_mark('begin')}{_code(' eq ')}{_code(chr(92) + 'o' + chr(92) + 'ac(○,')}{_code('1')}{_code(')')}{_mark('end')}"
PINYIN = r"EQ \* jc2 \o\ad(\s\up 9(pīn),拼)"


@pytest.mark.parametrize(
    ("body", "text", "words"),
    [
        pytest.param(f"{_text('第')}{RINGED}{_text('项')}", "第①项", 3, id="code in four runs"),
        pytest.param(f"{RINGED}{RINGED}", "①①", 2, id="two rings count two"),
        pytest.param(
            f"{_mark('begin')}{_code(PINYIN)}{_mark('separate')}{_mark('end')}{_text('音')}",
            "拼音",
            2,
            id="separator without a result",
        ),
        pytest.param(
            f"{_mark('begin')}{_code(PINYIN)}{_mark('separate')}{_text('果')}{_mark('end')}",
            "果",
            1,
            id="a result that was written stands for the code",
        ),
        pytest.param(
            f"{_mark('begin')}{_code(chr(92).join(['EQ ', 'o', 'ac(○,']))}"
            f"{_mark('begin')}{_code('SEQ x')}{_mark('separate')}{_text('3')}{_mark('end')}"
            f"{_code(')')}{_mark('end')}",
            "③",
            1,
            id="a numbering field in the ring",
        ),
        pytest.param(
            f"{_mark('begin')}{_code('EQ 未完')}", "", 0, id="field never ended shows no code"
        ),
        pytest.param(
            "<w:fldSimple w:instr=' EQ \\f(1,2) '/>" + _text("以上"),
            "1/2以上",
            3,
            id="simple field",
        ),
        pytest.param(
            f"<w:fldSimple w:instr=' EQ \\f(1,2) '>{_text('半')}</w:fldSimple>",
            "半",
            1,
            id="simple field with a result",
        ),
        pytest.param(
            _text("类别：") + _drop_down("市容", "燃气", more="<w:result w:val='1'/>"),
            "类别：燃气",
            5,
            id="choice of a form",
        ),
        pytest.param(_drop_down("市容", "燃气"), "市容", 2, id="first choice where none was made"),
        pytest.param(
            _drop_down("市容", more="<w:result w:val='9'/>"), "", 0, id="choice that is not there"
        ),
        pytest.param(
            f"<w:del>{_mark('begin')}{_run('<w:delInstrText>eq x</w:delInstrText>')}"
            f"{_mark('end')}</w:del>{_text('留')}",
            "留",
            1,
            id="deleted field",
        ),
    ],
)
def test_in_docx(body: str, text: str, words: int):
    content = read_docx("稿件.docx", make_docx(f"<w:p>{body}</w:p>"), Limits())
    assert isinstance(content, DocumentText)
    assert content.text == text
    assert count(content.blocks)[0] == words


def test_in_doc_as_in_docx():
    text = "前\x13 eq \\o\\ac(○,1)\x15\x13 EQ \\f(1,2)\x15\x13 EQ \\o\\ac(○,2)\x14果\x15后\r"
    content = read_doc("稿件.doc", make_doc([text]), Limits())
    assert isinstance(content, DocumentText)
    assert content.text == "前①1/2果后"


def test_in_rtf_as_in_docx():
    body = (
        rb"\'c7\'b0{\field{\*\fldinst { eq \\o\\ac(}{\u9675 ?,}{1)}}{\fldrslt}}"
        rb"{\field{\*\fldinst EQ \\f(1,2)}{\fldrslt }}\par"
    )
    content = read_rtf("稿件.rtf", rb"{\rtf1\ansi\ansicpg936 " + body + b"}", Limits())
    assert isinstance(content, DocumentText)
    assert content.text == "前①1/2"
