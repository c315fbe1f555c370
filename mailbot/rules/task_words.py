"""What annex 3 itself says of a task, as evidence that a draft serves it.

A new notice brings its own words with it. Only those that no other task uses count, and only
beside the unit and the window: four characters in a row (市本级政府, 城市大脑) are no topic alone.
"""

import re
from functools import lru_cache

from mailbot.notice import Notice, Task

_PIECE = 4
_OPENING = 200
_TITLE, _EARLY, _LATER = 3.0, 2.0, 1.0  # points
_MOST = 4.0  # points that the text alone may give
_NOT_SIGNS = re.compile(r"[“”\"'‘’《》\s]")
_GENERAL = re.compile(
    r"[，、；。：（）()/]|结合|围绕|重点|以及|开展|宣传|推进情况|推进进度|工作进展|工作成效|工作情况"
    r"|建设情况|使用情况|运行情况"
    r"|排查整治情况|施工建设|整治思路|全年工作|整治措施|治理措施|相关做法|角度|成效|做法|措施|阶段成果|落地效果|亮点|特色|推进|启动"
    r"|各单位|本单位|每月|原则上|公众号|发布|一篇|专人|时间节点|采集|场景|突出|拍摄|高质量|附简短|文字说明|集中上报|以上|文字形式"
    r"|工作人物|先进代表|主题|达州|情况|工作|建设项目|统筹|动态报送"
)
# Everyday words of this trade, whatever the task.
_PLAIN = """
生态环境 设施建设 城管系统 平台建设 服务平台 执法队伍 违法行为 隐患排查 排查整治
指挥中心 24小时 反馈问题 问题整改 安全知识 中心各1 各10张 心各10 挥中心各
1篇微信 基础设施 生活垃圾 专项行动 安全隐患 安全违法 队伍建设 型人物等
"""


class NoticeWords:
    """A draft beside annex 3: which tasks' own words it holds."""

    def __init__(self, notice: Notice, title: str, body: str) -> None:
        self._heading, self._text = _NOT_SIGNS.sub("", title), _NOT_SIGNS.sub("", body)
        self._pieces = _particular(
            tuple((one.no, one.content, one.requirement) for one in notice.tasks)
        )

    def told(self, task: Task) -> tuple[float, str, bool]:
        """Points for a task's words, those found first, and whether they stand in two places."""
        mine = self._pieces.get(task.no, frozenset())
        in_title = _first(mine, self._heading)
        runs = _runs(mine, self._text)
        score = _TITLE if in_title else 0.0
        if runs:
            score += min(_MOST, (_EARLY if runs[0] < _OPENING else 0.0) + _LATER * len(runs))
        words = in_title or (self._text[runs[0] : runs[0] + _PIECE] if runs else "")
        return score, words, len(runs) + bool(in_title) > 1


@lru_cache(maxsize=8)
def _particular(tasks: tuple[tuple[int, str, str], ...]) -> dict[int, frozenset[str]]:
    """Pieces of each task's words that no other task has."""
    own = {no: _pieces(f"{content}。{requirement}") for no, content, requirement in tasks}
    times: dict[str, int] = {}
    for pieces in own.values():
        for piece in pieces:
            times[piece] = times.get(piece, 0) + 1
    return {no: frozenset(p for p in pieces if times[p] == 1) for no, pieces in own.items()}


def _pieces(words: str) -> set[str]:
    parts = _GENERAL.split(_NOT_SIGNS.sub("", words))
    return {
        part[at : at + _PIECE]
        for part in parts
        for at in range(len(part) - _PIECE + 1)
        if not re.search(r"\d{3}", part[at : at + _PIECE])
    } - set(_PLAIN.split())


def _first(pieces: frozenset[str], text: str) -> str:
    for at in range(len(text) - _PIECE + 1):
        if text[at : at + _PIECE] in pieces:
            return text[at : at + _PIECE]
    return ""


def _runs(pieces: frozenset[str], text: str) -> list[int]:
    """Where words of the task begin, neighbouring pieces taken together; the first few."""
    found: list[int] = []
    last = -_PIECE
    for piece in pieces:
        at = text.find(piece)
        while at >= 0:
            found.append(at)
            at = text.find(piece, at + 1)
    starts: list[int] = []
    for at in sorted(set(found)):
        if at > last + 1:
            starts.append(at)
        last = at
    return starts[: int(_MOST)]
