"""What the words around a time say of it: the event, its report, what was done afterwards."""

import re

_SOON = 30  # a later time belongs to what directly follows it

_UNTIL = re.compile(
    r"(?:截至|截止|截止到|截至到|预计|计划|原定|拟于|将于|定于|力争|确保|有望|至迟)[^，。；\n]{0,6}$|[，。；、]至$"
)
_HAPPENED = re.compile(
    r"(?:事发|发生|案发|出险|出事|事故|起火|着火|失火|爆炸|坍塌|泄漏|发现)的?(?:时间|时刻|日期|于)"
    r"(?:大约|大概|约|为|是|在|于|[:】）)\]]){0,3}[ ]{0,2}$"
    r"|(?:塌陷|坍塌|垮塌|倒塌|塌方|起火|着火|泄漏|爆管|断裂|破裂|相撞|事故|险情)[是系在于约]{1,2}$"
    r"|(?:事发|案发|出事)[在于是约]{0,2}$|(?:发生|出现)[在于](?:了)?(?:大约|大概|约)?[ ]{0,2}$"
)
_FIELD = re.compile(r"(?:^|[\n 。；，、.])(?:时间|日期)[:为][ ]{0,2}$")  # of a form
_REPORTED_BEFORE = re.compile(
    r"(?:接报|接警|报警|报告|来电|报案|上报)(?:时间|于|时刻)[为是:】）)\]]{0,2}[ ]{0,2}约?$"
    r"|(?:接报|接警)于?$|(?:接报|接警|报警|来电|报案)[是在于][ ]{0,2}约?$"
)
_REPORTED_AT_ONCE = re.compile(
    r"[^，。；\n]{0,4}(?:上报|报告)|[，, ]{0,2}[^，。；\n]{1,12}(?:报告|上报)(?=[，,:称])"
)
_ASKED = r"[^，。；\n]{0,16}(?:反映|报料|投诉|求助)"
_REPORTED_AFTER = re.compile(
    r"接到?[^，。；\n]{0,14}(?:报警|警情|报告|电话|来电|求助|举报|反映|通知|投诉|指令|警|报|信息|转办|派单)"
    r"|接(?:报|警|诉)|收到[^，。；\n]{0,14}(?:报告|信息|求助|反映|派单|电话|警情)|来电|报[的了]警|报案|打电话|致电"
    r"|报警(?<!平台报警)(?<!系统报警)(?<!装置报警)(?<!监测报警)(?<!自动报警)(?<!仪报警)(?<!器报警)"
    rf"|市民{_ASKED}|群众{_ASKED}|居民{_ASKED}|网友{_ASKED}|业主{_ASKED}|商户{_ASKED}"
    r"|拨打(?:了)?(?:110|119|120|12345|热线|电话)|向[^，。；\n]{1,14}(?:报告|报警|求助|反映)"
)
_HAPPENS = re.compile(
    r"(?:发生|突发|起火|着火|失火|自燃|爆炸|爆燃|闪爆|闪燃|坍塌|垮塌|倒塌|塌陷|塌方|滑坡|坠落|脱落|掉落|坠|倒伏|倾倒|侧翻|追尾"
    r"|相撞|碰撞|撞|泄漏|泄露|爆裂|破裂|断裂|爆管|挖断|挖破|被困|被淹|积水(?!抽|排|退|消|已|逐渐|基本|全部|处置)|溺水|落水|触电|中毒|受伤|死亡|砸|冒烟|浓烟"
    r"|发现|出现|拔起|裂开|开裂|喷出|涌出|冒出|栽倒|滑倒|跌倒|失灵|被卡|被夹|被咬|呕吐|昏|沉降|失控|冲进|冲向|突然|突降|遭遇|遭|倾斜|失联|走失|停电|停水|停气|掉入|掉进|跌入|晕倒|冲突|聚集|打伤|被打|溢出|升腾|看见|看到|闻到|听见|失去联系|漫|决口|管涌|塌(?!方|陷)|垮(?!塌)|炸|淹|裂|漏(?!水检测|损|点)"
    r"|引燃|点燃|复燃|失误|误操作|误[开关触碰]|掉下|打中|击中|卷进|卷入|卷走|绞|烫伤|烧伤|灼伤|被埋|埋压|刮倒|吹倒|压倒|冲走|走锚)"
    r"(?!的[^，。；]|者|路段|现场|地点|事故处|(?<=被困|落水|受伤|溺水|失联|被淹|被埋)(?:人员|群众|市民|居民|司机|工人|男子|女子|老人|儿童))"
)
_AFTERWARDS = re.compile(
    r"扑灭|浇灭|离开|散去|接回|上岸|到现场|人员到|扑救|救援|恢复|抵达|到达|赶到|赶赴|到场|救出|处置完|处理完|堵漏成功|处置结束|抢修完|修复|解除|结束|通车|通行|抢通|预警|会议(?!室)|清理完"
    r"|被控制|控制住|找到|回家|打捞|撤离|转移|疏散|送医|送往|送至|送到|关闭|到位|(?<!未)熄灭|减弱|转小|停歇|增援|封控|启动|预案|关阀|召开|印发|开展|复产|转运|责令|抽排|获悉|记者"
)
# “14时20分前全部离开” bounds something, it does not date the event.
_DEADLINE = re.compile(r"(?:许|左右)?(?:之?前|以前)(?!后)")
_ONCE = re.compile(r"^[^，。；\n]{0,8}(?:曾|原本|之前|此前)")
_WITNESSED = re.compile(r"听到|听见|看到|看见|路过|目击|发现|当时|突然|事发")
_UNHURT = re.compile(r"(?:无|没有|没|未)[^，。；\n]{0,6}(?:受伤|死亡|伤亡|被困|受困|砸)")
_RESCUED = re.compile(r"解救|救出|获救|脱困|脱险|救起|救上")
_SIGN = re.compile(r"[塌垮裂漏溢淹涌喷倒翻断撞砸压坠跌摔掉落陷困伤亡晕烧爆炸火烟毒臭呛咬蜇夹失被]")
_DAMAGE = re.compile(r"[塌垮裂漏溢淹喷翻撞砸坠摔爆炸咬]")
_SEEN = re.compile(r"发现|出现|看[见到]|闻到|听见")
_OUTAGE = ("停电", "停水", "停气")
_ONGOING = re.compile(r"(?:陆续|先后|随后|随即|立即|纷纷|不断|多次|相继|马上)[^，。；\n]{0,2}$")
_BACKGROUND = re.compile(r"^[^，。；\n]{1,8}后[，,]")
_SENTENCE_END = re.compile(r"[。；！？\n]")


def is_bound(before: str) -> bool:
    """截至, 预计, 定于: the time ends or announces something."""
    return _UNTIL.search(before) is not None


def is_labelled(before: str) -> bool:
    """事发时间：, 起火于: the time is said to be the event's."""
    return _HAPPENED.search(before) is not None


def is_report(before: str, after: str, *, labelled: bool) -> bool:
    """Whether the time is that of a report: 接报时间：, 8时20分接到群众报警.

    `labelled` is what `is_labelled` says of it.
    """
    if _REPORTED_BEFORE.search(before):
        return True
    if labelled or _FIELD.search(before):
        return False
    report = _REPORTED_AT_ONCE.match(after) or _REPORTED_AFTER.search(after)
    if report is None or report.start() > 30 or _ONGOING.search(after, 0, report.start()):
        return False
    happens = _HAPPENS.search(after)
    return happens is None or happens.end() > report.start()


def is_witnessed(after: str) -> bool:
    """Somebody saw or heard it then."""
    return _WITNESSED.search(after.split("，", 2)[0][:_SOON]) is not None


def sentence_after(following: str) -> str:
    """Up to the end of the sentence."""
    return _SENTENCE_END.split(following, 1)[0]


def points(before: str, after: str, *, first: bool, day_only: bool, labelled: bool) -> float:
    """How much the words around it make a time the event's.

    Args:
        before: A dozen characters before the time.
        after: The rest of its sentence, up to the next time.
        first: The text's first time: what happened may be told a little later.
        day_only: The time is a whole day, which hardly is the time of anything.
        labelled: What `is_labelled` says of it.
    """
    score = _of_what_follows(after, first=first, day_only=day_only)
    if labelled or _FIELD.search(before):
        score += 6
    elif _ONCE.search(after):
        score -= 4
    return score - 3 if _DEADLINE.match(after) else score


def _of_what_follows(after: str, *, first: bool, day_only: bool) -> float:
    told = _UNHURT.sub("", after)
    happens = _HAPPENS.search(told if first else told[:_SOON])
    afterwards = _AFTERWARDS.search("，".join(told.lstrip("，, ").split("，", 2)[:2]))
    rescued = _RESCUED.search(after[:_SOON])
    if rescued and not (happens and happens[0] != "被困" and happens.start() < rescued.start()):
        return -4
    if happens and not (afterwards and afterwards.start() < happens.start()):
        weaker = happens[0] in _OUTAGE or _SEEN.fullmatch(happens[0])
        return 1 if day_only else 2.5 if weaker else 3
    if afterwards:
        return 0.5 if _DAMAGE.search(told, 0, afterwards.start()) else -4
    if _BACKGROUND.match(after):
        return -1.5
    return 1 if _SIGN.search(told[:_SOON]) else 0
