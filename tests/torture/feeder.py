"""Units that write all along: drafts as Word files, emergencies, some mails twice."""

import hashlib
import threading
from dataclasses import dataclass, field
from random import Random

import offices
from servers.mail_server import MailServer

from mailbot.demo.mails import Attached, Sample, word_file, write

TAIL = "直属一大队\n2026年11月20日\n（撰稿：宣传员　审核：负责人　联系电话：0000-0000000）"
JUNK = "垃圾邮件"
SENDERS = tuple(f"writer{number}@dzcg.example" for number in range(20))  # each has a daily cap
_ROADS = ("朝阳路", "荷叶街", "滨河路", "金兰路", "朝凤路", "通川路", "凤西街", "文华街")
_WORKS = ("占道经营", "出店经营", "户外广告", "共享单车", "夜市油烟", "建筑垃圾", "犬只管理")
_EVENTS = (
    ("燃气管道被挖断发生燃气泄漏", "燃气管道被施工挖掘机挖断，发生燃气泄漏，现场有明显异味"),
    ("在建工地围墙坍塌", "一处在建工地围墙发生坍塌，砸损路边停放车辆2台"),
    ("沿街店铺起火", "一处沿街店铺发生火灾，过火面积约20平方米"),
)


@dataclass
class Feeder:
    """Delivers mails and remembers what it delivered; `paused` holds it."""

    account: MailServer
    chance: Random
    drafts: list[str] = field(default_factory=list)
    emergencies: list[str] = field(default_factory=list)
    twice: int = 0
    paused: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self) -> None:
        """One mail; every fifth an emergency, every tenth in two folders."""
        number = len(self.drafts) + len(self.emergencies) + 1
        urgent = number % 5 == 0
        raw = self._emergency(number) if urgent else self._draft(number)
        with self.paused:
            self.account.deliver(raw)
            if number % 10 == 7:
                self.account.deliver(raw, JUNK)
                self.twice += 1
        digest = hashlib.sha256(raw).hexdigest()
        (self.emergencies if urgent else self.drafts).append(digest)

    def _draft(self, number: int) -> bytes:
        pick = self.chance
        road, other = pick.sample(_ROADS, 2)
        work = pick.choice(_WORKS)
        title = f"直属一大队第{number}次开展{road}{work}整治"
        some = [pick.randrange(10, 900) for _ in range(9)]
        body = (
            f"近日，直属一大队在{road}、{other}一带开展第{number}次{work}专项整治。\n"
            f"行动中出动执法人员{some[0]}人次、车辆{some[1]}台次，走访商户{some[2]}家，"
            f"现场劝导{some[3]}起，规范{some[4]}处，下达责令改正通知书{some[5]}份，"
            f"清理堆放{some[6]}处。针对{other}一带反复出现的问题，大队会同街道办事处"
            f"增设疏导点{some[7]}处，引导摊位入点经营，群众反映道路宽敞、出行方便。\n"
            f"下一步，大队将采取错时执法与定点值守相结合的方式，巩固{road}整治成果，"
            f"力争月底前将同类投诉降低{some[8]}件，为市民营造整洁有序的环境。"
        )
        file = Attached(f"{title}.docx", word_file(title, body, TAIL))
        return self._write(number, f"信息稿件{number}", "现报上稿件，请审阅。", file)

    def _emergency(self, number: int) -> bytes:
        pick = self.chance
        road = pick.choice(_ROADS)
        what, told = pick.choice(_EVENTS)
        happened = offices.in_words(offices.minutes_ago(pick.randrange(5, 25)))
        body = (
            f"{happened}许，通川区{road}{number}号{told}。\n"
            f"接到群众报告后，我局值班人员立即赶赴现场，会同消防救援、公安交警设置警戒区域，"
            f"疏散周边商户和居民约{number + 20}人。目前无人员伤亡，直接经济损失正在统计，"
            f"原因正在调查，后续情况续报。\n联系人：值班室，联系电话：0000-0000000\n签发：带班领导"
        )
        title = f"关于{road}{number}号{what}的首报"
        file = Attached(f"{title}.docx", word_file(title, body, "直属一大队"))
        return self._write(number, f"【紧急】{title}", "详见附件。", file)

    def _write(self, number: int, subject: str, body: str, file: Attached) -> bytes:
        at, sender = offices.minutes_ago(1), SENDERS[number % len(SENDERS)]
        raw = write(Sample("", at, sender, "直属一大队", subject, body, (file,)))
        return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
