"""What is told of a draft that repeats, revises or resembles an earlier one (附件2)."""

from collections.abc import Mapping

from mailbot.records.verdicts import DuplicateVerdict, Reason, SameItem

CLAUSE = "附件2"
JOINTLY = "是否联合报送"
_ABOUT = "重复情况"
_IN_LISTS: Mapping[str, str] = {
    "exact": "与#{}完全相同",
    "revision": "#{}的修改稿",
    "near": "与#{}基本相同",
    "other_unit": "与他单位#{}相同",
    "same_title": "与#{}同题",
}


def in_lists(relation: str, earlier: int | None) -> str:
    """What a list says of a draft beside its state; "" for one that is like no other."""
    return _IN_LISTS[relation].format(earlier) if relation and earlier is not None else ""


def same_item(
    relation: SameItem,
    earlier: str,
    *,
    draft_id: int | None,
    alike: float,
    fresh: bool,
    units: str = "",
) -> DuplicateVerdict:
    """The verdict where the earlier draft stands.

    Args:
        relation: How they are alike.
        earlier: The earlier draft as a clerk knows it, with its unit if that is another.
        draft_id: Its number.
        alike: Share of the text in common.
        fresh: The figures are others: it may be a report of its own.
        units: Both units, where they are two.
    """
    share = f"{alike:.0%}"
    said, counts, doubt = {
        "exact": (f"与{earlier}内容完全相同，不重复计数", False, ""),
        "revision": (f"是{earlier}的修改稿（{share}相同），按同一篇计", False, ""),
        "near": (
            f"与{earlier}{share}相同",
            fresh,
            f"与{earlier}{share}相同，"
            + ("数字不同，暂计一篇，请核对" if fresh else "暂不重复计数，请核对"),
        ),
        "other_unit": (
            f"与{earlier}{share}相同",
            fresh,
            f"与{earlier}{share}相同，{JOINTLY}？"
            + ("数字不同，暂计一篇。" if fresh else "暂不重复计数。")
            + f"联合报送请更正 #{draft_id} 单位={units}，各计一篇请更正本篇 计数=是",
        ),
        "same_title": (
            f"与{earlier}标题相同而正文不同",
            True,
            f"与{earlier}标题相同而正文不同，暂计一篇，请核对",
        ),
    }[relation]
    return _verdict(relation, draft_id, alike, said, counts=counts, doubt=doubt)


def sent_anew(
    relation: SameItem, earlier: str, *, draft_id: int | None, alike: float, gone: str
) -> DuplicateVerdict:
    """The verdict where the earlier draft counts no more: 撤稿, 退回, or judged 非稿件."""
    if gone == "非稿件" and relation == "exact":
        said = f"与{earlier}内容完全相同，该稿判为非稿件，不计数"
        return _verdict(relation, draft_id, alike, said, counts=False)
    if relation == "exact":
        said = f"与{earlier}内容完全相同，该稿已{gone}，计一篇"
        doubt = f"与{earlier}内容完全相同，该稿已{gone}而未见修改，暂计一篇，请核对"
        return _verdict(relation, draft_id, alike, said, counts=True, doubt=doubt)
    state = "判为非稿件" if gone == "非稿件" else f"已{gone}"
    how = "的修改稿" if relation == "revision" else f"{alike:.0%}相同"
    link = "是" if relation == "revision" else "与"
    return _verdict(relation, draft_id, alike, f"{link}{earlier}{how}，该稿{state}，计一篇")


def new_issue(earlier: str) -> DuplicateVerdict:
    """Next week's report of the same template is an item of its own."""
    said = f"与{earlier}格式相同，日期和数字不同，是新的一期，另计一篇"
    return DuplicateVerdict(reasons=(Reason(_ABOUT, said, CLAUSE),))


def _verdict(
    relation: SameItem,
    draft_id: int | None,
    alike: float,
    said: str,
    *,
    counts: bool = True,
    doubt: str = "",
) -> DuplicateVerdict:
    return DuplicateVerdict(
        relation=relation,
        draft_id=draft_id,
        counts=counts,
        similarity=round(alike, 2),
        reasons=(Reason(_ABOUT, said, CLAUSE),),
        needs_review=(doubt,) if doubt else (),
    )
