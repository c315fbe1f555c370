"""不外宣不外传 (三): does a text meant for the public tell what an internal publication took?

Only likeness is judged here; the office decides. A title in the media often differs in
a word or two, so titles are compared by what they share, texts by their fingerprints.
"""

import re
import unicodedata

from mailbot.rules.duplicates import Fingerprint, another_issue, similarity, tells_the_same
from mailbot.rules.likeness import ratio

CLAUSE = "三"
_NOT_TEXT = re.compile(r"[\W_]{1,300}")
_LIKE_TEXT = 0.5
_LIKE_TITLE = 80.0
_LIKE_FACTS, _MANY_FACTS = 0.75, 5  # share of the figures told in both, and how many
_TELLING = 8  # characters a title needs to be more than 工作动态


def same_story(new: Fingerprint, old: Fingerprint) -> bool:
    """Whether two drafts tell one story: their figures, half of their pieces or titles agree."""
    if another_issue(new, old):
        return False
    if _same_facts(new, old):
        return True
    share = similarity(new, old)
    alike = share >= _LIKE_TEXT or tells_the_same(new, old, share)
    return alike or same_headline(new.title, old.title)


def _same_facts(new: Fingerprint, old: Fingerprint) -> bool:
    """A reporter changes every sentence and keeps the figures."""
    kept = new.told.kept(old.told)
    if kept is None or new.told.other_days(old.told):
        return False
    return kept >= _LIKE_FACTS and new.told.many(old.told, _MANY_FACTS)


def same_headline(one: str, other: str) -> bool:
    """Whether two headlines are one: held in the other, or nearly the same signs."""
    mine, theirs = sorted((_bare(one), _bare(other)), key=len)
    if len(mine) < _TELLING:
        return False
    return mine in theirs or ratio(mine, theirs) >= _LIKE_TITLE


def _bare(title: str) -> str:
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", title[:300])).lower()


def before_publishing(number: int, title: str, publications: str) -> str:
    """What the office reads of a text that resembles an internally adopted draft."""
    return (
        f"与#{number}《{title}》相似，该稿已被{publications}采用，"
        "原则上不外宣不外传（三），如对外发布请先核对"
    )


def revised_after(number: int, publications: str) -> str:
    """What the office reads of a 修改稿 that comes after its draft was adopted."""
    return f"是#{number}的修改稿，该稿已被{publications}采用，请核对刊用的是否为改定的内容"


def after_publishing(where: str) -> str:
    """What the office reads of a draft adopted inside after it was in the media."""
    return f"内部采用前已对外发布（{where}），原则上不外宣不外传（三），请核对"
