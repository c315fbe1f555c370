"""The hint on a sum that does not come out, with the place and the difference (四（二）)."""

from collections.abc import Sequence

from mailbot.records.verdicts import Hint
from mailbot.rules.figures import Figure, Prose


def told_sum(prose: Prose, whole: Figure, parts: Sequence[Figure]) -> Hint:
    """各项相加116起，与总数126起相差10起, with the words from the whole to the last part."""
    added = sum(one.value for one in parts)
    gap = abs(added - whole.value)
    first = min(whole, parts[0], key=lambda one: one.at)
    start = max(prose.clauses[first.clause].start, first.at - 12)
    end = max(whole.end, parts[-1].end)
    quote = prose.text[start:end] if end - start <= 60 and "\n" not in prose.text[start:end] else ""
    if not quote:
        quote = prose.text[parts[0].at : parts[-1].end].partition("\n")[0][:60]
    said = f"各项相加{whole.said(added)}，与总数{whole.said(whole.value)}相差{whole.said(gap)}"
    if len(parts) == 1:
        said = f"分项{whole.said(added)}大于总数{whole.said(whole.value)}"
    return Hint("数据", quote, f"{said}，请核对")
