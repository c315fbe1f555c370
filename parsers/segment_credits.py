"""供稿/撰稿/审核/联系电话… lines: what a clerk leaves out when selecting the body."""

import re

from parsers.segment_names import is_unit, people, squeeze, unit_and_people

MAX_CREDITS = 160
"""Longer lines are text."""

_BLANK = r"[ \t\u3000\u00a0]*"
_LABEL_GROUPS = (
    "供稿时间|供稿日期|撰稿时间|撰稿日期|拟稿时间|拟稿日期|投稿时间|供稿单位|供稿科室|供稿人|供稿|撰稿单位|撰稿人|撰稿|撰写人|撰写|拟稿单位|拟稿人|拟稿|起草人|作者",
    "投稿单位|投稿人|信息员|宣传员|通讯员|特约记者|记者|文字|文稿|图片来源|摄影|供图|图文|文图",
    "图/文|文/图|审核人|审核|审稿人|审稿|审签人|审签|审定人|审定|审批人|审批|审阅|初审|复审|终审",
    "一审|二审|三审|一校|二校|三校|初校|复校|校对|校核|签发人|签发|签批人|签批|责任编辑|值班编辑",
    "责编|编辑|编审|主编|编发|联系电话|联系方式|联系人|联系|办公电话|手机号码|手机|电话|电子邮箱",
    "邮箱|微信|传真|信息来源|稿件来源|来源|报送单位|报送科室|报送人|报送时间|报送日期|上报单位",
    "上报人|上报时间|填报单位|填报人|填报时间|发布单位|发布时间|发布日期|发布人|承办科室|承办人",
    "分管领导|主要领导|科室负责人|单位负责人|负责人|单位|部门|科室|日期|浏览次数|字数|信息类别",
    "稿件类别|稿件类型|信息类型|类别|栏目|密级|紧急程度|QQ|邮政编码|邮编|通讯地址|联系地址|地址|报道员",
)
_LABELS = sorted("|".join(_LABEL_GROUPS).split("|"), key=len, reverse=True)
_SPREAD_LABELS = "|".join(_BLANK.join(map(re.escape, label)) for label in _LABELS)
_LABEL = re.compile(
    rf"(?:^|(?<=[\s；;，,、|｜/。）)\]】])|(?=通讯员))({_SPREAD_LABELS})(?:{_BLANK}[：:]|{_BLANK})"
)
_LABEL_LAST = re.compile(
    rf"(.{{2,40}}?){_BLANK}[/／]?{_BLANK}"
    r"(供稿|供图|撰稿|摄影报道|摄影|报道|报送|提供|文图|图文|文/图|图/文|摄|文|图)"
)
_REPORTS = re.compile(r"[\s/／]+(?:摄影报道|报道|供稿|摄影|摄|文/图|图/文|文)$")
_BULLET = re.compile(r"^[□■●○◆◇★☆※▲△*·•—–-]{1,3}\s*")
_PHONE = re.compile(r"[\d+（(）)\s-]{7,20}")
_NAME_AND_PHONE = re.compile(
    rf"([\u4e00-\u9fff \u3000]{{2,20}}?){_BLANK}[：:，,]?{_BLANK}([\d-]{{7,16}})"
)
_AUTHOR_IS = re.compile(r"(?:本文)?(?:作者|笔者)(?:系|为|单位|：|:)[^。]{2,40}。?")
_BRACKETED = re.compile(r"[（(\[【](.{1,120})[）)\]】]")
_LONGEST_VALUE = 45

Credits = tuple[tuple[str, str], ...]


def inner_of_bracket(text: str) -> str:
    """What a line wholly in brackets holds, else ""."""
    match = _BRACKETED.fullmatch(text)
    return match[1].strip() if match and not re.search("[（()）]", match[1]) else ""


def _value_holds(value: str, *, with_colon: bool) -> bool:
    if not value:
        return with_colon
    if with_colon:
        return len(value) <= _LONGEST_VALUE and "。" not in value.rstrip("。")
    value = _REPORTS.sub("", value)
    if people(value) or is_unit(value) or _PHONE.fullmatch(value):
        return True
    return unit_and_people(value) is not None


def labelled(text: str) -> Credits:
    """供稿, 审核, 电话… with their values, where the line holds nothing else; else ().

    A colon makes anything short a value; without one only names will do:
    "一审 张三 二审 李四" is credits, "审核把关严格" is text.
    """
    if len(text) > MAX_CREDITS:
        return ()
    marks = list(_LABEL.finditer(text))
    if not marks or marks[0].start() != 0:
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found: list[tuple[str, str]] = []
    for mark, end in zip(marks, ends, strict=True):
        value = text[mark.end() : end].strip(" \t\u3000\u00a0，,；;、|｜/")
        if not _value_holds(value, with_colon=mark[0].rstrip().endswith((":", "："))):
            return ()
        found.append((squeeze(mark[1]), value))
    return tuple(found)


def label_last(text: str) -> Credits:
    """Names first, label last: "云霄县城管执法局 供稿", "张三 李四/文图"; else ()."""
    match = _LABEL_LAST.fullmatch(text) if len(text) <= 60 else None
    if match is None:
        return ()
    names = match[1].strip()
    whole = people(names) or is_unit(names) or unit_and_people(names)
    return ((match[2], names),) if whole else ()


def _name_and_phone(text: str) -> Credits:
    match = _NAME_AND_PHONE.fullmatch(text) if len(text) <= 40 else None
    if match is None or not (people(match[1]) or is_unit(match[1]) or unit_and_people(match[1])):
        return ()
    return (("联系人", match[1].strip()), ("电话", match[2]))


def telling_credits_of(text: str) -> Credits:
    """Credits that need no full stop before them: labelled, or a unit with its people."""
    inner = inner_of_bracket(text)
    found = labelled(inner) or label_last(inner)
    if found or not inner:
        return found
    return (("署名", inner),) if unit_and_people(inner) else ()


def credits_of(text: str) -> Credits:
    """Credits of a line in any of their forms, brackets around it or not; else ()."""
    inner = inner_of_bracket(text)
    plain = _BULLET.sub("", inner or text)
    found = labelled(plain) or label_last(plain) or _name_and_phone(plain)
    if found or not inner:
        return found
    if people(plain) or _AUTHOR_IS.fullmatch(plain):
        return (("署名", plain),)
    return (("署名", plain),) if is_unit(plain) or unit_and_people(plain) else ()
