"""Searching drafts: whatever is typed is plain text, and a word is found wherever it stands."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from store import search
from store.drafts import DraftFilter
from store.engine import open_engine
from store.migrate import upgrade
from store.opening import open_store
from store.records import DraftRecord, MessageRecord
from store.unit_of_work import Store, UnitOfWork

NOW = datetime(2023, 4, 19, 1, 5, tzinfo=UTC)
URL = "sqlite:///mailbot.db"


def mail(number: int) -> MessageRecord:
    return MessageRecord(0, f"{number:064x}", 1000, NOW, NOW, "filed")


def draft(message: int, title: str, body: str, **more: object) -> DraftRecord:
    values: dict[str, object] = {
        "received_at": NOW + timedelta(minutes=message), "unit": "市政管理科", "kind": "动态简讯",
        "column": 1, "words": len(body), "words_total": len(body), "words_cjk": len(body),
    }  # fmt: skip
    return DraftRecord(0, message, 1, title=title, text=body, **{**values, **more})  # type: ignore[arg-type]


def filed(uow: UnitOfWork, title: str, body: str, **more: object) -> int:
    number = len(uow.drafts.listing(DraftFilter())) + 1
    message = uow.messages.add(mail(number))
    assert message is not None
    return uow.drafts.add(draft(message, title, body, **more))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(URL, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    with store.work() as work:
        yield work


def found(uow: UnitOfWork, query: str, **more: object) -> list[int]:
    wanted = DraftFilter(text=query, **more)  # type: ignore[arg-type]
    return [record.id for record in uow.drafts.listing(wanted)]


BODY = (
    "4月18日，市政管理科组织开展“城市清洁”行动，清理占道经营56处，PPP项目（二期）完工。\n"
    "路面修复\n面积３２０平方米，𬭚路段封闭；100%整改，合计 3.5 公里。"
)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("清洁", id="two-characters"),
        pytest.param("路", id="one-character"),
        pytest.param("里", id="the-last-character-but-one"),
        pytest.param("。", id="the-very-last-character"),
        pytest.param("防", id="the-first-character"),
        pytest.param("市政管理科", id="a-long-word"),
        pytest.param("56处", id="digits-and-characters"),
        pytest.param("ppp", id="latin-in-the-other-case"),
        pytest.param("ＰＰＰ", id="latin-typed-in-full-width"),
        pytest.param("320", id="digits-written-in-full-width"),
        pytest.param("(二期)", id="brackets-of-the-other-width"),
        pytest.param("修复面积", id="a-word-broken-over-two-lines"),
        pytest.param("𬭚路", id="a-character-outside-the-basic-plane"),
        pytest.param("𬭚", id="such-a-character-alone"),
        pytest.param("100%", id="a-percent-sign-is-no-wildcard"),
        pytest.param("3.5公里", id="blanks-do-not-matter"),
        pytest.param("防汛 占道", id="title-and-text-together"),
        pytest.param("清洁　行动", id="words-parted-by-a-full-width-blank"),
        pytest.param("防汛演练", id="the-title"),
        pytest.param("", id="nothing-asked"),
        pytest.param(" \t\u3000\u200b", id="only-blanks-asked"),
    ],
)
def test_found(uow: UnitOfWork, query: str) -> None:
    number = filed(uow, "防汛演练", BODY)
    assert found(uow, query) == [number]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("消防", id="not-there"),
        pytest.param("清行", id="both-characters-but-not-together"),
        pytest.param("演练4月", id="not-across-title-and-text"),
        pytest.param("清洁 消防", id="every-word-is-needed"),
        pytest.param("龘", id="a-character-that-is-not-there"),
        pytest.param('"', id="a-quote"),
        pytest.param('清洁" OR "消防', id="a-quote-that-would-close-the-phrase"),
        pytest.param("清洁 OR 消防", id="an-operator-is-a-word"),
        pytest.param("清洁 NOT 消防", id="another-operator"),
        pytest.param("清洁*", id="a-star"),
        pytest.param("words:清洁", id="a-column"),
        pytest.param("NEAR(清洁 行动)", id="a-function"),
        pytest.param("^清洁", id="a-caret"),
        pytest.param("清洁' | '消防", id="an-operator-of-postgresql"),
        pytest.param("'; DROP TABLE drafts; --", id="a-statement"),
        pytest.param("_洁", id="an-underscore-is-no-wildcard"),
        pytest.param("%", id="a-percent-sign-alone-is-a-letter"),
        pytest.param("\x00", id="nul"),
        pytest.param("\ud800", id="half-a-surrogate-pair"),
    ],
)
def test_not_found_and_no_error(uow: UnitOfWork, query: str) -> None:
    filed(uow, "防汛演练", BODY.replace("%", "％").replace("100％", "全部"))
    number = filed(uow, "无关", "无关")
    expected = [number, number - 1] if not search.folded(query) else []
    assert found(uow, query) == expected


_LETTERS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("市政管理aA1 \n\u3000“％"),
    max_size=12,
)


@given(st.lists(st.tuples(_LETTERS, _LETTERS), min_size=1, max_size=4), _LETTERS)
def test_found_is_contained(texts: list[tuple[str, str]], query: str) -> None:
    """The definition, on whatever Unicode holds: the folded words are in title or text."""
    engine = open_engine("sqlite:///:memory:")
    words = search.words_of(query)
    with engine.connect() as db:
        search.create(db)
        db.execute(text("CREATE TABLE drafts (id INTEGER PRIMARY KEY)"))
        for number, (title, body) in enumerate(texts, 1):
            db.execute(text("INSERT INTO drafts VALUES (:n)"), {"n": number})
            search.enter(db, number, title, body)
        asked = [str(condition.compile(db, compile_kwargs={"literal_binds": True})) for condition in search.containing(db, query)]  # fmt: skip
        where = " AND ".join(asked) or "1"
        got = db.execute(text(f"SELECT id FROM drafts WHERE {where}")).scalars().all()
    engine.dispose()
    expected = [
        number
        for number, (title, body) in enumerate(texts, 1)
        if all(word in search.folded(title) or word in search.folded(body) for word in words)
    ]
    assert got == expected


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(" ".join(f"词{n}" for n in range(search.MOST_WORDS + 1)), id="too-many-words"),
        pytest.param("长" * (search.MOST_LETTERS + 1), id="too-long-a-word"),
    ],
)
def test_queries_have_bounds(uow: UnitOfWork, query: str) -> None:
    with pytest.raises(ValueError, match="too"):
        found(uow, query)


def test_the_longest_allowed_query_is_answered(uow: UnitOfWork) -> None:
    number = filed(uow, "长", "长短" * 6000)
    assert found(uow, " ".join(["长短" * 100, *(f"{'长短' * n}" for n in range(1, 16))])) == [
        number
    ]


def test_newest_first_and_other_filters_hold(uow: UnitOfWork) -> None:
    numbers = [filed(uow, "清洁", "清" * length) for length in (300, 400, 500)]
    assert found(uow, "清洁") == numbers[::-1]
    assert found(uow, "清洁", limit=2) == numbers[:0:-1]
    assert found(uow, "清洁", fewest=400) == [numbers[2], numbers[1]]
    assert found(uow, "清洁", most=400) == [numbers[1], numbers[0]]
    assert found(uow, "清洁", fewest=400, most=400) == [numbers[1]]
    assert found(uow, "清洁", unit="督查考核科") == []


def test_a_changed_title_is_found_under_its_new_words_only(uow: UnitOfWork) -> None:
    number = filed(uow, "防汛演练", "正文")
    uow.drafts.change(number, title="燃气检查")
    assert found(uow, "燃气") == [number]
    assert found(uow, "防汛") == []
    assert found(uow, "正文") == [number]


def test_other_changes_leave_the_words_alone(uow: UnitOfWork) -> None:
    number = filed(uow, "防汛演练", "正文")
    uow.drafts.change(number, unit="督查考核科")
    assert found(uow, "防汛", unit="督查考核科") == [number]


def test_words_are_kept_with_the_draft_or_not_at_all(store: Store) -> None:
    with store.work() as uow:
        filed(uow, "防汛演练", "正文")  # no commit: the power failed
    with store.work() as uow:
        number = filed(uow, "燃气检查", "正文")
        uow.commit()
    with store.look() as uow:
        assert found(uow, "防汛") == []
        assert found(uow, "正文") == [number]


def test_drafts_of_an_older_database_are_found(tmp_path: Path) -> None:
    """A database of the second revision is brought here with its drafts made findable."""
    engine = open_engine(URL, tmp_path)
    upgrade(engine, "0002")
    engine.dispose()
    now = "2023-04-19T01:05:00.000000Z"
    with sqlite3.connect(tmp_path / "mailbot.db") as old:
        old.execute(
            "INSERT INTO messages (id, sha256, size, received_at, fetched_at, state, kind, reason,"
            " origin, message_id, sender, sender_name, subject, attempts, summary) VALUES"
            " (1, 'a', 1, ?, ?, 'filed', '', '', 'imap', '', '', '', '', 0, '{}')", (now, now),
        )  # fmt: skip
        empty = ("joint", "needs_review", "reasons", "warnings", "missing", "elements_missing", "distinct_images")  # fmt: skip
        texts = ("hazard", "fingerprint", "source", "rules_version", "text_sha256", "relation", "stage")  # fmt: skip
        columns = ", ".join((*empty, *texts))
        values = ", ".join(["'[]'"] * len(empty) + ["''"] * len(texts))
        for number in range(1, 1203):
            old.execute(
                f"INSERT INTO drafts (id, message_id, ordinal, received_at, unit, title, kind, words,"
                f" words_total, words_cjk, state, unit_confidence, approximate, emergency,"
                f" punctuality, text, {columns}) VALUES (?, 1, ?, ?, '', ?, '', 1, 1, 1, 'counted',"
                f" 'sure', 0, 'none', '不适用', '清理占道', {values})",
                (number, number, now, f"第{number}号"),
            )
    old.close()
    store = open_store(URL, tmp_path)
    with store.look() as uow:
        assert found(uow, "占道 第1202号") == [1202]
        assert len(found(uow, "占道", limit=5000)) == 1202
    store.close()


def test_texts_are_not_in_the_index(store: Store, tmp_path: Path) -> None:
    """Words and places only: the text of a draft stands in the database once."""
    with store.work() as uow:
        filed(uow, "防汛演练", "清理占道经营")
        uow.commit()
    store.close()
    assert (tmp_path / "mailbot.db").read_bytes().count("清理占道".encode()) == 1


def test_postgresql_is_asked_the_same(store: Store) -> None:
    """One condition a word, bound as a value; only the operator differs."""
    with store.engine.connect() as db:
        db.dialect.name, kept = "postgresql", db.dialect.name
        try:
            (condition,) = search.containing(db, "清洁'队")
        finally:
            db.dialect.name = kept
    compiled = condition.compile(dialect=postgresql.dialect())
    assert "WHERE words @@ CAST(%(word_0)s" in str(compiled)
    assert compiled.params["word_0"] == "006e05006d01 <-> 006d01000027 <-> 00002700961f"


def test_records_are_listed_without_their_texts(uow: UnitOfWork) -> None:
    number = filed(uow, "防汛演练", "正文")
    (record,) = uow.drafts.listing(DraftFilter(text="正文"))
    assert record == replace(record, id=number, text="", reasons=())
