"""Reads cue files: the shipped ones, or a copy the office has edited.

```toml
[settings]            # numbers such as thresholds
alert = 7
[caps]                # group = most its cues add up to
event = 6
[words]               # named sets; a pattern uses one as {name}
fire = "起火|着火"
[fields]              # plain words of a topic, between blanks
flood = "汛 暴雨"
[[cue]]
id = "event.fire"     # group.name, unique
pattern = "{fire}"
scope = "body"
points = 4
reason = "写明起火"
unless = "防止|预防"   # optional: not when the same clause says so
```
"""

import hashlib
import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mailbot.errors import ConfigError
from mailbot.notice import Notice
from mailbot.rules.cue_patterns import fault_of
from mailbot.rules.cues import Cue, CueTable
from mailbot.rules.judgement import RuleBook
from mailbot.toml_errors import in_chinese

_NAMED = re.compile(r"\{([a-z_]{1,30})\}")
_VERSION_LENGTH = 12
_LARGEST = 1 << 20


class _Row(BaseModel):
    """One [[cue]] as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=60)]
    pattern: Annotated[str, Field(min_length=1, max_length=20_000)]
    scope: Annotated[str, Field(min_length=1, max_length=30)]
    points: Annotated[float, Field(ge=-100, le=100)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    unless: str = ""
    unless_sentence: str = ""


class _File(BaseModel):
    """A cue file as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cue: tuple[_Row, ...]
    settings: dict[str, float] = Field(default_factory=dict)
    caps: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)


def load_cues(path: Path | None = None, *, name: str = "emergency") -> CueTable:
    """Read one cue file; settings and fields an office's copy leaves out are the shipped ones.

    Args:
        path: The office's own copy; None for the file shipped in the package.
        name: Which shipped file: "emergency", "kinds", "tasks" or "units".

    Raises:
        ConfigError: The file is missing, is not TOML, or holds a bad row.
    """
    where = str(path) if path else f"cues/{name}.toml"
    try:
        data = path.read_bytes() if path else _shipped(name)
    except OSError as error:
        raise ConfigError(where, f"读不到线索文件（{error.strerror}）", "请检查路径。") from error
    shipped = _shipped_table(name)
    if data == _shipped(name):
        return shipped
    table = parse_cues(data, where)
    return replace(
        table,
        settings={**shipped.settings, **table.settings},
        fields={**shipped.fields, **table.fields},
    )


def _shipped(name: str) -> bytes:
    return files("mailbot").joinpath("cues", f"{name}.toml").read_bytes()


@lru_cache(maxsize=4)  # its patterns are compiled once for all who ask
def _shipped_table(name: str) -> CueTable:
    """A file as it left our hands: tests look at its patterns, no start of a command need."""
    return _table(_shipped(name), f"cues/{name}.toml", checked=True)


@lru_cache(maxsize=16)  # likewise, for all who ask for the same bytes
def parse_cues(data: bytes, where: str) -> CueTable:
    """The table that the bytes of a cue file describe; errors name `where`.

    Raises:
        ConfigError: As `load_cues`.
    """
    return _table(data, where, checked=False)


def _table(data: bytes, where: str, *, checked: bool) -> CueTable:
    if len(data) > _LARGEST:
        raise ConfigError(where, "线索文件超过 1 MB", "请检查是否选错了文件。")
    try:
        written = _File.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ConfigError(where, "不是 UTF-8 编码", "请用 UTF-8 编码另存。") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(where, f"写法有误（{in_chinese(error)}）", "请改正后再启动。") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{where} 的 {place}", first["msg"], "请改正后再启动。") from error
    words = {key: _expand(value, written.words, where) for key, value in written.words.items()}
    cues = _rows(written.cue, words, where)
    if not checked:
        _check(words, cues, where)
    return CueTable(
        version=hashlib.sha256(data).hexdigest()[:_VERSION_LENGTH],
        cues=cues,
        settings=written.settings,
        caps=written.caps,
        words=words,
        fields={topic: frozenset(plain.split()) for topic, plain in written.fields.items()},
    )


def _rows(rows: tuple[_Row, ...], words: dict[str, str], where: str) -> tuple[Cue, ...]:
    seen: set[str] = set()
    cues = []
    for row in rows:
        place = f"{where} 的 {row.id}"
        if row.id in seen:
            raise ConfigError(place, "编号重复", "每条线索要有自己的编号。")
        seen.add(row.id)
        fields = row.model_dump()
        for key in ("pattern", "unless", "unless_sentence"):
            fields[key] = _expand(fields[key], words, place)
        cues.append(Cue(**fields))
    return tuple(cues)


def _expand(pattern: str, words: dict[str, str], where: str) -> str:
    """Put the named word sets in, two levels deep: sets may build on plain sets."""

    def named(found: re.Match[str]) -> str:
        if found[1] not in words:
            raise ConfigError(where, f"用了没有定义的词组 {found[0]}", "请在 [words] 中补上。")
        alone = _edge(found.string, found.start() - 1) and _edge(found.string, found.end())
        return words[found[1]] if alone else f"(?:{words[found[1]]})"

    return _NAMED.sub(named, _NAMED.sub(named, pattern))


def _edge(pattern: str, at: int) -> bool:
    """Whether a set there is a branch of its own; unwrapped, the matcher skips ahead faster."""
    return not 0 <= at < len(pattern) or pattern[at] == "|"


def _check(words: dict[str, str], cues: tuple[Cue, ...], where: str) -> None:
    """Refuse a pattern that is none, or might make a long text take for ever."""
    patterns = {f"words.{name}": pattern for name, pattern in words.items()}
    for cue in cues:
        for key in ("pattern", "unless", "unless_sentence"):
            patterns[f"{cue.id}.{key}"] = getattr(cue, key)
    for place, pattern in patterns.items():
        if fault := fault_of(pattern):
            raise ConfigError(f"{where} 的 {place}", fault, "请改正后再启动。")


def load_rule_book(notice: Notice, folder: Path | None = None) -> RuleBook:
    """The notice with its cue tables: the shipped ones, or the office's copies in `folder`.

    Raises:
        ConfigError: As `load_cues`.
    """

    def table(name: str) -> CueTable:
        own = folder / f"{name}.toml" if folder is not None else None
        return load_cues(own if own is not None and own.exists() else None, name=name)

    return RuleBook(notice, table("emergency"), table("kinds"), table("tasks"), table("units"))
