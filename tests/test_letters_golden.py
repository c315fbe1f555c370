"""Each letter as its reader gets it, and nothing from outside that breaks out of its place."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import pytest
from letter_samples import FOLDER, SAMPLES, WRITER, rendered

from mailbot.records.letters import Letter

# What a stranger may have written; everything else is ours or the office's.
FROM_OUTSIDE = frozenset(
    {"title", "subject", "name", "quote", "excerpt", "sender", "asked", "topic", "size", "what", "because", "reason"}
)  # fmt: skip
MARKUP = "<img src=x onerror=alert(1)>\"'{{ 7*191 }}{% raw %}&amp;"
LINES = "甲\r\n\r\n乙\u2028丙\u202e丁\x00戊"


def spoilt(value: Any, evil: str, name: str = "") -> Any:
    """The same letter, with `evil` in every place that comes from outside."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: spoilt(getattr(value, f.name), evil, f.name) for f in fields(value)}
        )
    if isinstance(value, tuple):
        return tuple(spoilt(item, evil, name) for item in value)
    return evil if isinstance(value, str) and value and name in FROM_OUTSIDE else value


def test_every_letter_has_a_sample() -> None:
    assert {type(letter) for letter in SAMPLES.values()} == set(get_args(Letter))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_letter_reads_as_accepted(name: str) -> None:
    """`make golden` accepts what has changed, after reading the difference."""
    for file, text in rendered(name).items():
        assert text == (FOLDER / file).read_text(encoding="utf-8"), file


def test_no_golden_letter_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f for n in SAMPLES for f in rendered(n)}


@pytest.mark.parametrize("name", SAMPLES)
def test_markup_from_outside_shows_as_written(name: str) -> None:
    letter = WRITER.render(spoilt(SAMPLES[name], MARKUP))
    assert "<img" not in letter.html
    assert "1337" not in letter.html + letter.text + letter.subject, "nothing is evaluated"
    assert letter.html.count("<td") == WRITER.render(SAMPLES[name]).html.count("<td")


@pytest.mark.parametrize("name", SAMPLES)
def test_line_breaks_from_outside_add_no_line(name: str) -> None:
    """Nobody forges a line of a letter, nor turns its words round."""
    plain, hostile = (WRITER.render(spoilt(SAMPLES[name], evil)) for evil in ("甲乙丙丁戊", LINES))
    assert len(hostile.text.splitlines()) == len(plain.text.splitlines())
    for shown in (hostile.text, hostile.subject):
        assert "\u202e" not in shown
        assert "\x00" not in shown
    assert "\n" not in hostile.subject


@pytest.mark.parametrize("name", SAMPLES)
def test_half_characters_from_outside_can_be_sent(name: str) -> None:
    letter = WRITER.render(spoilt(SAMPLES[name], "稿\ud83d件"))
    for part in (letter.subject, letter.text, letter.html):
        part.encode("utf-8")


@pytest.mark.parametrize("name", SAMPLES)
def test_no_letter_shows_the_machine(name: str) -> None:
    letter = WRITER.render(SAMPLES[name])
    for leak in ("None", "True", "False", "()", "datetime", "（）", "：：", "  ，", "，，", "。。"):
        assert leak not in letter.subject + letter.text
    assert letter.text.endswith("\n")
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("name", SAMPLES)
def test_html_is_read_by_old_mail_programs(name: str) -> None:
    """Tables and inline styles alone; nothing is fetched, nothing runs (163, QQ, Outlook)."""
    html = WRITER.render(SAMPLES[name]).html.lower()
    for forbidden in ("<script", "<style", "<link", "<img", "<form", "http://", "https://", "url("):
        assert forbidden not in html
    for tag in ("table", "tr", "td", "div", "p", "ul", "li", "b", "span"):
        opened = html.count(f"<{tag} ") + html.count(f"<{tag}>")
        assert opened == html.count(f"</{tag}>"), tag
