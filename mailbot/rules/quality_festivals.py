"""Days of the year that have a name of their own, told beside another date (四（二） 日期准确).

Events are held days before and after such a day: 6月3日世界环境日宣传活动 is right. Told is only
what says that the date is the day, or has the day of the right date in another month.
"""

import re

_DAYS = {
    "爱耳日": (3, 3),
    "学雷锋纪念日": (3, 5),
    "妇女节": (3, 8),
    "植树节": (3, 12),
    "消费者权益日": (3, 15),
    "世界水日": (3, 22),
    "国家安全教育日": (4, 15),
    "世界地球日": (4, 22),
    "世界读书日": (4, 23),
    "劳动节": (5, 1),
    "青年节": (5, 4),
    "防灾减灾日": (5, 12),
    "护士节": (5, 12),
    "世界无烟日": (5, 31),
    "儿童节": (6, 1),
    "环境日": (6, 5),
    "爱眼日": (6, 6),
    "国际禁毒日": (6, 26),
    "建党节": (7, 1),
    "建军节": (8, 1),
    "全民健身日": (8, 8),
    "全国生态日": (8, 15),
    "教师节": (9, 10),
    "烈士纪念日": (9, 30),
    "国庆节": (10, 1),
    "环卫工人节": (10, 26),
    "记者节": (11, 8),
    "消防日": (11, 9),
    "消防宣传日": (11, 9),
    "世界厕所日": (11, 19),
    "艾滋病日": (12, 1),
    "交通安全日": (12, 2),
    "残疾人日": (12, 3),
    "国家宪法日": (12, 4),
    "国际志愿者日": (12, 5),
    "国家公祭日": (12, 13),
}
_NAMED = re.compile(
    r"(?P<says>[，,]?(?:正?是|为|正值|适逢|恰逢|迎来))?(?:我国|今年|第[\d一二三四五六七八九十]{1,4}个|一年一度的?|全国|国际|世界){0,3}"
    rf"[“”]?(?P<name>(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))}))[”]?"
    r"(?P<thatday>当[天日]|这一?天)?"
    r"(?![前后周月期]|来临|将至|临近|到来|即将|宣传|活动|系列|主题|假|小长假)"
)


def misdated(text: str, at: int, month: int, day: int) -> tuple[str, tuple[int, int]] | None:
    """The words from `at` that call a date by the name of another, and the right month and day."""
    found = _NAMED.match(text, at)
    if found is None or _DAYS[found["name"]] == (month, day):
        return None
    right = _DAYS[found["name"]]
    sure = found["says"] or found["thatday"] or (right[1] == day)
    return (text[at : found.end("name")], right) if sure else None
