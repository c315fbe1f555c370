"""Names of people and units as they stand below, beside and in brackets after a draft.

Nothing here says which unit it is (that is a rule's work), only that a short
text is nothing but names.
"""

import re

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞"
    "左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房"
    "滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应"
    "臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁"
    "胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰"
    "支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜"
    "印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧"
)
_COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "夏侯",
    "令狐",
)
_MIDDLE_DOT_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{2,8}){1,3}")
_NAME_BREAK = re.compile(r"[\s、，,;；/／&和|]+")
_GIVEN = re.compile(r"[\u4e00-\u9fff]{2,4}")

_ORGAN = (
    "委员会|办公室|办事处|人民政府|管理局|执法局|建设局|大队|中队|支队|总队|分队|中心|公司|集团|支部|总支|"
    "工会|妇委会|党委|纪委|党组|机关|协会|学会|学校|医院|研究院|指挥部|工作组|专班|专委会|社区|街道|"
    "局|厅|委|办|科|处|室|所|站|队|部|院|会|府|京环"
)
_UNIT = re.compile(
    rf"(?:[\u4e00-\u9fffA-Za-z0-9·、]{{1,24}}(?:{_ORGAN})|[\u4e00-\u9fff]{{1,6}}[镇乡区县市])"
    r"(?:[（(][\u4e00-\u9fff、]{1,16}[）)])?"
)
# Verbs that the names of some bodies are made of: 整治办, 组织部, 为民服务中心, 向阳社区.
_BODY_OF_VERB = re.compile(
    "(?:整治|检查|排查|清理|调研|推进|组织|问题线索|情况综合|为民服务|便民服务|进修|帮扶|建议提案)"
    "(?=[\u4e00-\u9fff]{0,6}(?:办|组|科|处|室|部|中心|大队|中队|支队|专班|学校)(?:[）)]|$))"
    "|(?:向阳|迎宾|迎春|对外)"
)
# Words a title or a sentence has and the name of a unit has not.
_NOT_IN_UNIT = re.compile(
    "关于|开展|召开|组织|推进|加强|举行|举办|深入|积极|强化|全力|全面|助力|提升|打造|启动|扎实|多措"
    "|推动|实现|完成|参加|帮助|会同|相关|经验|被|至|以|为|由|向|从|到|送|迎|是|已|获"
    "|我|的|了|在|对|把|将|让|进|问题|建议|情况|整治|检查|调研|排查|清理|一、|二、|三、"
)
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,14}(?:[（(][\u4e00-\u9fff、]{1,12}[）)])?")
_PLAIN_ORGAN = re.compile(
    r"(?:局|办公室|办|科|处|大队|中队|支队|中心|委|厅)(?:[（(].{1,16}[）)])?$"
)
_UNIT_BREAK = re.compile(r"[\s：:]+")
# "市容科张某某": the typist left the blank out, or the layout lost it.
_RUN_ON = re.compile(
    r"(.{0,30}?(?:局|办公室|科|大队|中队|中心|环卫处|市政处|工程处|公司)(?:[（(].{1,12}[）)])?)([\u4e00-\u9fff]{2,3})"
)
_LONGEST_RUN_ON = 36
_BLANKS = re.compile(r"[ \t\u3000\u00a0]+")


def squeeze(text: str) -> str:
    """Without any blank: "通 川 区" and "张  婷" as they are meant."""
    return _BLANKS.sub("", text)


def is_name(text: str) -> bool:
    """One Chinese personal name: a surname and one to three characters."""
    if _MIDDLE_DOT_NAME.fullmatch(text):
        return True
    if not _GIVEN.fullmatch(text):
        return False
    if text.startswith(_COMPOUND_SURNAMES):
        return len(text) > 2
    return text[0] in _SURNAMES and len(text) <= 4


def people(text: str) -> tuple[str, ...]:
    """The names in a text that holds nothing else; () for any other text.

    "黄 丹" is one name whose characters the typist spread.
    """
    pieces = [piece for piece in _NAME_BREAK.split(text.strip()) if piece]
    names: list[str] = []
    for piece in pieces:
        if len(piece) == 1 and names and len(names[-1]) == 1:
            names[-1] += piece
        else:
            names.append(piece)
    return tuple(names) if names and all(map(is_name, names)) else ()


def is_unit(text: str) -> bool:
    """A text that is the name of a unit, or several side by side, and nothing else."""
    joined = text.strip()
    if not 2 <= len(joined) <= 60 or _NOT_IN_UNIT.search(_BODY_OF_VERB.sub("", joined)):
        return False
    return all(_UNIT.fullmatch(piece) for piece in _split_units(joined))


def is_plainly_unit(text: str) -> bool:
    """A unit that no title could be mistaken for: it ends in 局, 科, 大队 and the like."""
    return is_unit(text) and _PLAIN_ORGAN.search(text) is not None


def may_be_unit(text: str) -> bool:
    """Short, Chinese characters only, no verb: a unit called by a short name."""
    return _SHORT_NAME.fullmatch(text) is not None and not _NOT_IN_UNIT.search(text)


def _split_units(text: str) -> list[str]:
    """Units side by side; a name the typist spread over blanks stays one."""
    if all(len(piece) == 1 for piece in text.split()):
        return [squeeze(text)]
    return text.split()


def unit_and_people(text: str) -> tuple[str, str] | None:
    """("通川区综合执法局", "张三 李四") for a unit followed by names, a blank between or not."""
    pieces = [piece for piece in _UNIT_BREAK.split(text.strip()) if piece]
    for at in range(len(pieces) - 1, 0, -1):
        names = " ".join(pieces[at:])
        if people(names) and all(map(is_unit, pieces[:at])):
            return " ".join(pieces[:at]), names
    if len(text) <= _LONGEST_RUN_ON and (match := _RUN_ON.fullmatch(text)):
        unit, name = match.groups()
        if is_unit(unit) and is_name(name):
            return unit, name
    return None
