"""Finding drafts by words of their title or text, on SQLite and PostgreSQL alike.

What is found is decided here and is the same on both: a draft whose folded title
or text contains the folded word. Folded: compatibility forms (NFKC), one case, no
blanks, so that a word broken over two lines or typed in full width is found.

Why pairs of characters: Chinese has no blanks between words, and the tokenizers of
both databases cut where they should not; most words have two characters. Every
pair becomes one token of hexadecimal digits, which no tokenizer and no operator of
a query language can misread, whatever was typed. The index holds no texts, only
tokens and their places.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, Integer, column, text

from store.tables import drafts

INDEX = "draft_words"
MOST_WORDS, MOST_LETTERS = 16, 200
_END = "\n"  # folding leaves none, so no word reaches over it
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
# PostgreSQL keeps 256 places of a token, none beyond the 16383rd: long texts go in parts.
_PART = 4000
_CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE draft_words"
        " USING fts5 (words, content='', columnsize=0, tokenize='ascii')"
    ),
    "postgresql": (
        "CREATE TABLE draft_words (draft_id integer NOT NULL, words tsvector NOT NULL);"
        "CREATE INDEX ix_draft_words_words ON draft_words USING gin (words);"
        "CREATE INDEX ix_draft_words_draft_id ON draft_words (draft_id)"
    ),
}
_ENTER = {
    "sqlite": "INSERT INTO draft_words (rowid, words) VALUES (:id, :words)",
    "postgresql": "INSERT INTO draft_words VALUES (:id, CAST(:words AS tsvector))",
}
_FORGET = {
    # An index without texts must be told what to take out.
    "sqlite": "INSERT INTO draft_words (draft_words, rowid, words) VALUES ('delete', :id, :words)",
    "postgresql": "DELETE FROM draft_words WHERE draft_id = :id",
}
_FIND = {
    "sqlite": "SELECT rowid AS id FROM draft_words WHERE draft_words MATCH :{name}",
    "postgresql": (
        "SELECT draft_id AS id FROM draft_words WHERE words @@ CAST(:{name} AS tsquery)"
    ),
}


def folded(words: str) -> str:
    """`words` as they are compared."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", words).casefold())


def words_of(query: str) -> tuple[str, ...]:
    """The words a draft must all contain: `query` cut at blanks, folded, each once.

    Raises:
        ValueError: More than `MOST_WORDS`, or one of more than `MOST_LETTERS` characters.
    """
    words = tuple(dict.fromkeys(filter(None, (folded(part) for part in query.split()))))
    if len(words) > MOST_WORDS or any(len(word) > MOST_LETTERS for word in words):
        raise ValueError("too many or too long words")
    return words


def create(connection: Connection) -> None:
    """The empty index; a migration calls it."""
    for statement in _CREATE[connection.dialect.name].split(";"):
        connection.execute(text(statement))


def enter(connection: Connection, draft_id: int, title: str, body: str) -> None:
    """Make a draft findable; in the transaction that records it."""
    statement = text(_ENTER[connection.dialect.name])
    connection.execute(statement, [*_rows(connection, draft_id, title, body)])


def forget(connection: Connection, draft_id: int, title: str, body: str) -> None:
    """Take a draft out; `title` and `body` as they were entered."""
    statement = text(_FORGET[connection.dialect.name])
    for row in _rows(connection, draft_id, title, body):
        connection.execute(statement, row)


def containing(connection: Connection, query: str) -> Iterator[ColumnElement[bool]]:
    """Conditions on `drafts`: every word of `query` is in title or text.

    Raises:
        ValueError: As `words_of`.
    """
    dialect = connection.dialect.name
    for number, word in enumerate(words_of(query)):
        name = f"word_{number}"
        found = text(_FIND[dialect].format(name=name)).bindparams(**{name: _asked(dialect, word)})
        # The sum keeps SQLite from fetching and sorting all that contain a common word:
        # it walks the drafts from the newest, as the listing wants them.
        yield (drafts.c.id + 0).in_(found.columns(column("id", Integer)))


def _asked(dialect: str, word: str) -> str:
    tokens = [*_pairs(word)] or [_single(word)]
    return f'"{" ".join(tokens)}"' if dialect == "sqlite" else " <-> ".join(tokens)


def _rows(
    connection: Connection, draft_id: int, title: str, body: str
) -> Iterator[dict[str, object]]:
    whole = f"{folded(title)}{_END}{folded(body)}"
    if connection.dialect.name == "sqlite":
        yield {"id": draft_id, "words": " ".join(_tokens(whole))}
        return
    for start in range(0, len(whole), _PART):
        part = whole[start : start + _PART + MOST_LETTERS]
        placed = (f"{token}:{place}" for place, token in enumerate(_tokens(part), 1))
        yield {"id": draft_id, "words": " ".join(placed)}


def _tokens(whole: str) -> Iterable[str]:
    yield from _pairs(whole)
    yield from map(_single, sorted(set(whole)))


def _pairs(letters: str) -> Iterator[str]:
    return (f"{_single(one)}{_single(next_)}" for one, next_ in pairwise(letters))


def _single(letter: str) -> str:
    return f"{ord(letter):06x}"
