"""不外宣不外传 (三): who adopted a draft inside is told when its story goes out, and the reverse."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cli_office import NEWS, UNIT_ADDRESS, Command, configure, copy_of, news_mail, run
from hypothesis import given
from hypothesis import strategies as st

from mailbot.clock import SHANGHAI
from mailbot.demo import texts
from mailbot.demo.mails import Attached, Sample, word_file, write
from mailbot.rules.duplicates import fingerprint
from mailbot.rules.outward import same_headline, same_story

INSIDE = ("adopt", "1", "达州要情", "单条", "--date", "2023-04-25")
OUT = ("media", "add", "直属一大队", "--date", "2023-04-26", "--evidence")
RULE = "不外宣不外传"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One draft of 直属一大队 on record."""
    from mailbot.__main__ import main

    folder = tmp_path_factory.mktemp("filed")
    config = configure(folder)
    (folder / "1.eml").write_bytes(news_mail())
    assert main(["--config", str(config), "import", str(folder / "1.eml")]) == 0
    return folder


@pytest.fixture
def mailbot(filed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    config = copy_of(filed, tmp_path)
    return lambda *arguments: run(capsys, "--config", config, *arguments)  # type: ignore[return-value]


def doubts(mailbot: Command, number: int = 1) -> str:
    shown: Any = mailbot("drafts", "show", str(number), "--json").json
    return "；".join(shown["needs_review"])


def again_with(tmp_path: Path, title: str, body: str) -> Path:
    """A later mail of the same unit."""
    file = Attached(f"{title}.docx", word_file(title, body, "直属一大队\n2023年5月8日"))
    at = datetime(2023, 5, 8, 9, 0, tzinfo=SHANGHAI)
    sample = Sample("", at, UNIT_ADDRESS, "直属一大队", "信息稿件", "请查收。", (file,))
    path = tmp_path / "later.eml"
    path.write_bytes(write(sample))
    return path


def test_a_media_item_like_an_internal_draft_warns(mailbot: Command) -> None:
    mailbot(*INSIDE)
    told = mailbot(*OUT, f"{NEWS}，市民点赞")

    assert told.code == 0
    assert f"注意：与#1《{NEWS}》相似，该稿已被《达州要情》采用" in told.out
    assert RULE in doubts(mailbot)


def test_taking_the_entry_back_takes_the_mark_with_it(mailbot: Command) -> None:
    mailbot(*INSIDE)
    entry = mailbot(*OUT, NEWS).out.partition("media undo ")[2].split()[0]
    assert RULE in doubts(mailbot)

    mailbot("media", "undo", entry)

    assert RULE not in doubts(mailbot)


def test_an_adoption_after_a_media_item_warns(mailbot: Command) -> None:
    mailbot(*OUT, NEWS)
    told = mailbot(*INSIDE)

    assert "内部采用前已对外发布" in told.out
    assert RULE in doubts(mailbot)


@pytest.mark.parametrize(
    ("first", "evidence"),
    [
        pytest.param(INSIDE, "市容环卫科整治夜市油烟", id="another-story"),
        pytest.param(INSIDE, "", id="no-headline-given"),
        pytest.param(("adopt", "1", "城管动态"), NEWS, id="not-an-internal-publication"),
        pytest.param(("drafts", "list"), NEWS, id="not-adopted"),
    ],
)
def test_nothing_is_said_without_cause(
    mailbot: Command, first: tuple[str, ...], evidence: str
) -> None:
    mailbot(*first)
    told = mailbot(*OUT, evidence)

    assert told.code == 0
    assert RULE not in told.out + doubts(mailbot)


def test_an_adoption_taken_back_warns_no_more(mailbot: Command) -> None:
    act = mailbot(*INSIDE).out.partition("drafts undo ")[2].strip()
    mailbot("drafts", "undo", act)

    assert RULE not in mailbot(*OUT, NEWS).out


def test_a_later_mail_that_tells_it_again_is_marked(mailbot: Command, tmp_path: Path) -> None:
    mailbot(*INSIDE)
    changed = texts.SIDEWALK.replace("下一步", "接下来")
    mailbot("import", str(again_with(tmp_path, f"{NEWS}再出成效", changed)))

    assert f"与#1《{NEWS}》相似" in doubts(mailbot, 2)
    assert RULE not in doubts(mailbot, 1)


def test_a_mended_draft_after_its_adoption_asks_which_text_was_printed(
    mailbot: Command, tmp_path: Path
) -> None:
    """The unit publishes nothing by mending its own draft."""
    mailbot(*INSIDE)
    changed = texts.SIDEWALK.replace("46人次", "52人次")
    mailbot("import", str(again_with(tmp_path, f"{NEWS}（修改稿）", changed)))

    assert "是#1的修改稿，该稿已被《达州要情》采用，请核对刊用的是否为改定的内容" in doubts(
        mailbot, 2
    )
    assert RULE not in doubts(mailbot, 2)


def test_a_later_mail_of_something_else_is_not(mailbot: Command, tmp_path: Path) -> None:
    mailbot(*INSIDE)
    body = "5月6日，直属一大队组织队员学习新修订的条例，逐条讲解，现场测试，人人过关，气氛热烈。"
    mailbot("import", str(again_with(tmp_path, "直属一大队开展业务学习", body)))

    assert RULE not in doubts(mailbot, 2)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("直属一大队整治占道经营", "直属一大队整治占道经营", True, id="equal"),
        pytest.param(
            "《直属一大队整治占道经营》",
            "聚焦民生｜直属一大队整治占道经营 受好评",
            True,
            id="held-in",
        ),
        pytest.param(
            "直属一大队集中整治占道经营", "直属一大队整治占道经营", True, id="a-word-more"
        ),
        pytest.param("工作动态", "工作动态", False, id="says-nothing"),
        pytest.param("直属一大队整治占道经营", "直属二大队开展业务学习", False, id="another"),
    ],
)
def test_same_headline(one: str, other: str, *, same: bool) -> None:
    assert same_headline(one, other) is same


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_has_no_order(one: str, other: str) -> None:
    assert same_headline(one, other) == same_headline(other, one)


def test_a_text_under_another_title_is_the_same_story() -> None:
    one = fingerprint("直属一大队整治夜市", texts.SIDEWALK)
    other = fingerprint("城区街面焕然一新", texts.SIDEWALK + "市民纷纷点赞。")

    assert same_story(one, other)
