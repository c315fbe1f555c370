"""`mailbot demo`: the whole daemon on embedded servers, a fortnight in under a minute."""

import argparse
import shutil
import sys
from collections import Counter
from pathlib import Path

from mailbot.cli.outbox import LANES, STATES
from mailbot.cli.printing import print_table, when
from mailbot.errors import Refused

_KINDS = {
    "draft": "稿件",
    "command": "指令",
    "bounce": "退信",
    "auto_reply": "自动回复",
    "other": "其他",
    "": "未能读取",
}
_MARK = "demo.txt"
_DEFAULT = Path("demo-out")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("demo", help="演示：内置邮件服务器，模拟 2023 年 4 月的两周")
    parser.add_argument("--out", type=Path, default=_DEFAULT, metavar="文件夹", help="结果存放处")
    parser.add_argument("--keep", action="store_true", help="保留上次演示的结果，另存一份")
    parser.set_defaults(run=demo)


def demo(arguments: argparse.Namespace) -> int:
    """Play the fortnight and show what came in and what went out."""
    try:
        from mailbot.demo.fortnight import play, quiet  # noqa: PLC0415  slow to import
    except ImportError as error:
        raise Refused(
            f"演示缺少 {error.name}，请在程序文件夹执行 .venv/bin/pip install '.[demo]'"
        ) from None
    folder = _folder(arguments.out, keep=arguments.keep)
    quiet()
    print("正在演示：两周的来信、登记、回执、预警、催报和日报，约需半分钟……", flush=True)
    result = play(folder.resolve())
    print("\n收到的邮件")
    print_table(
        ("收到", "发件人", "主题", "归类", "结果"),
        (
            (when(mail.received_at), mail.sender, mail.subject, _KINDS[mail.kind], note)
            for mail, note in result.came
        ),
    )
    print("\n发出的邮件")
    print_table(
        ("发出", "类别", "发往", "主题", "状态"),
        (
            (when(m.sent_at or m.created_at), LANES[m.lane], _to(m.to), m.subject, STATES[m.state])
            for m in result.went
            if m.lane != "reminder"
        ),
    )
    reminders = Counter(when(m.created_at)[:5] for m in result.went if m.lane == "reminder")
    days = "，".join(f"{day} {number}封" for day, number in reminders.items())
    print(f"\n另有催报 {sum(reminders.values())} 封（每单位每天至多一封）：{days or '无'}")
    totals = Counter(LANES[m.lane] for m in result.went if m.state == "sent")
    words = "、".join(f"{lane}{n}封" for lane, n in totals.items())
    print(f"合计：收到 {len(result.came)} 封，发出 {sum(totals.values())} 封（{words}）")
    print(f"\n数据库　　{result.folder / 'data' / 'mailbot.db'}")
    print(f"发出的信　{result.folder / 'sent'}（.eml，可用邮件软件打开）")
    print(f"周报网页　{result.digest}")
    print(f"看板网页　{result.folder / 'data' / 'board' / 'index.html'}（用浏览器打开）")
    print(f"继续查看　{sys.argv[0]} --config {result.folder / 'config.toml'} drafts list")
    return 0


def _to(addresses: tuple[str, ...]) -> str:
    return addresses[0] + (f" 等{len(addresses)}个" if len(addresses) > 1 else "")


def _folder(wanted: Path, *, keep: bool) -> Path:
    """An empty folder: an earlier demonstration's is replaced, anything else is refused."""
    if wanted.exists() and any(wanted.iterdir()):
        if keep:
            number = 2
            while (other := wanted.with_name(f"{wanted.name}-{number}")).exists():
                number += 1
            wanted = other
        elif (wanted / _MARK).exists():
            shutil.rmtree(wanted)
        else:
            raise Refused(f"{wanted} 里有别的文件，没有动它。请用 --out 指定一个空文件夹")
    wanted.mkdir(parents=True, exist_ok=True)
    (wanted / _MARK).write_text("mailbot demo\n", encoding="utf-8")
    return wanted
