"""`mailbot status` and `mailbot doctor`: is all well, and if not, what to do."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailbot.cli import arguments as given
from mailbot.cli.opening import config_of, now_of, store_of
from mailbot.cli.printing import iso, print_json, print_table, until, when
from mailbot.clock import system_clock

if TYPE_CHECKING:  # slow to import
    from mailbot.health import Health
    from mailbot.records.obligations import Obligation

_DEADLINES = 10
_STATES = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已发",
    "deferred": "稍后重试",
    "failed": "失败",
    "held": "暂停",
    "unknown": "核对中",
    "cancelled": "已取消",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    status = commands.add_parser("status", help="运行状况；有问题时退出码为 1")
    given.json_flag(status)
    status.set_defaults(run=show_status)
    doctor = commands.add_parser("doctor", help="检查设置、密码、登录、文件夹、磁盘、时钟；不发信")
    doctor.add_argument("--offline", action="store_true", help="不连接服务器")
    given.json_flag(doctor)
    doctor.set_defaults(run=run_doctor)


def show_status(arguments: argparse.Namespace) -> int:
    """Health, counts on the server against the ledger, queue, next deadlines."""
    from mailbot.health import examine  # noqa: PLC0415  slow to import
    from mailbot.rules.obligations import all_obligations  # noqa: PLC0415
    from mailbot.stages.ledgers import gather  # noqa: PLC0415

    config = config_of(arguments)
    with store_of(config) as store, store.look() as uow:
        now = now_of(uow, config)  # by a wall clock that was set forward, all would seem dead
        health = examine(uow, config, now)
        ledger = gather(uow, now)
    duties = all_obligations(config.notice, ledger, now, config.schedule)
    coming = sorted(
        (duty for duty in duties if duty.due and duty.due > now and duty.missing),
        key=lambda duty: (duty.due, duty.unit),
    )[:_DEADLINES]
    if arguments.json:
        print_json(_as_data(health, coming))
    else:
        _print(health, coming)
    return 0 if health.healthy else 1


def _as_data(health: "Health", coming: Sequence["Obligation"]) -> dict[str, object]:
    return {
        "healthy": health.healthy,
        "problems": list(health.problems),
        "last_poll": iso(health.last_poll),
        "last_tick": iso(health.last_tick),
        "folders": [
            {
                "name": folder.folder,
                "server_count": folder.server,
                "recorded": folder.recorded,
                "ignored": folder.ignored,
                "quarantined": folder.quarantined,
            }
            for folder in health.folders
        ],
        "outbox": health.outbox,
        "waiting_mails": health.waiting_mails,
        "last_backup": iso(health.last_backup),
        "backup_checked": iso(health.backup_checked),
        "last_heartbeat": iso(health.last_heartbeat),
        "heartbeat_withheld": list(health.heartbeat_withheld),
        "next_deadlines": [
            {"unit": duty.unit, "what": duty.what, "due": iso(duty.due)} for duty in coming
        ],
    }


def _print(health: "Health", coming: Sequence["Obligation"]) -> None:
    print("一切正常" if health.healthy else "有问题需要处理：")
    for problem in health.problems:
        print(f"  ✗ {problem}")
    poll, tick = when(health.last_poll) or "从未", when(health.last_tick) or "从未"
    print(f"最近收信 {poll}，最近检查期限 {tick}")
    backup, checked = when(health.last_backup) or "从未", when(health.backup_checked) or "从未"
    print(f"最近备份 {backup}，最近完整检验备份 {checked}")
    if health.last_heartbeat or health.heartbeat_withheld:
        missing = "、".join(health.heartbeat_withheld)
        withheld = f"，现因{missing}不正常而停发" if missing else ""
        print(f"最近平安信号 {when(health.last_heartbeat) or '从未'}{withheld}")
    print_table(
        ("文件夹", "服务器", "登记", "略过", "未能读取"),
        ((f.folder, f.server, f.recorded, f.ignored, f.quarantined) for f in health.folders),
    )
    queue = "，".join(f"{_STATES[name]}{number}" for name, number in health.outbox.items())
    print(f"发件：{queue or '无'}")
    print("最近的期限：")
    print_table(
        ("单位", "事项", "截止"), ((duty.unit, duty.what, until(duty.due)) for duty in coming)
    )


def run_doctor(arguments: argparse.Namespace) -> int:
    """Every check with ✓ or ✗ and the remedy."""
    from mailbot.doctor import examine_all  # noqa: PLC0415  slow to import
    from mailbot.doctor_servers import Check  # noqa: PLC0415

    config = config_of(arguments)
    checks: list[Check] = []
    for check in examine_all(config, system_clock(), offline=arguments.offline):
        checks.append(check)
        if not arguments.json:
            print(f"{'✓' if check.good else '✗'} {check.what}：{check.found}")
            if check.remedy:
                print(f"    {check.remedy}")
    if arguments.json:
        print_json(
            {
                "healthy": all(check.good for check in checks),
                "checks": [
                    {"what": c.what, "good": c.good, "found": c.found, "remedy": c.remedy}
                    for c in checks
                ],
            }
        )
    return 0 if all(check.good for check in checks) else 1
