"""Libraries complain in English; a clerk reads Chinese, and still sees the place."""

import argparse
import re
import tomllib

import pytest

from mailbot.cli.parser import build_parser
from mailbot.toml_errors import in_chinese

_ENGLISH = re.compile(r"[A-Za-z]{4,}[ ][A-Za-z]{2,}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('a = "x', "文件末尾：引号没有成对", id="quote"),
        pytest.param("a = “x”\n", "第1行第5列：等号后面的值", id="chinese-quotes"),
        pytest.param("a", "等号缺失", id="no-equals"),
        pytest.param("a = 1 b = 2", "第1行第7列：一行只能写一项", id="two-on-a-line"),
        pytest.param("\na = 1\na = 2\nb = 1", "同一项写了两次", id="twice"),
        pytest.param("[a]\n[a]\n", "第2行第3列：同一小节写了两次", id="section-twice"),
        pytest.param("[a\n", "小节名的方括号没有成对", id="section-bracket"),
        pytest.param("[[a]\n", "双方括号没有成对", id="array-bracket"),
        pytest.param("a = [1", "列表的方括号没有成对", id="list"),
        pytest.param("a = {b = 1", "花括号没有成对", id="table"),
        pytest.param("a = {b = 1, b = 2}", "花括号里同一项", id="table-twice"),
        pytest.param('a = "C:\\q"', "反斜杠", id="backslash"),
        pytest.param('a = "x\x01"', "不能使用的字符", id="control"),
        pytest.param("= 1", "不是“名称 = 值”", id="statement"),
    ],
)
def test_toml(text: str, said: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)

    assert said in in_chinese(caught.value)
    assert not _ENGLISH.search(in_chinese(caught.value))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(["read"], "缺少 文件", id="missing"),
        pytest.param([], "缺少 命令", id="no-command"),
        pytest.param(["status", "--wat"], "不认识 --wat", id="unknown-option"),
        pytest.param(["read", "x", "--received"], "--received 后面须写一个值", id="no-value"),
        pytest.param(["frobnicate"], "不能是 frobnicate，可写 ", id="no-such-command"),
        pytest.param(["score", "--year", "abc"], "--year 须是整数，不能是 abc", id="not-a-number"),
        pytest.param(["read", "x", "--json=1"], "--json 后面不写值", id="flag-with-value"),
    ],
)
def test_usage(line: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser: argparse.ArgumentParser = build_parser()
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(line)
    told = capsys.readouterr().err

    assert stopped.value.code == 1
    assert said in told
    assert told.count("\n") == 1
    assert not _ENGLISH.search(told.partition("）。可运行")[0])
