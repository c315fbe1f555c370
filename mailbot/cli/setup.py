"""`mailbot init`: an office's own configuration."""

import argparse
from pathlib import Path

from mailbot.errors import Refused
from mailbot.resources import shipped


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("init", help="在文件夹中生成一份带说明的 config.toml")
    parser.add_argument("folder", type=Path, metavar="文件夹", help="文件夹，没有则新建")
    parser.set_defaults(run=init)


def init(arguments: argparse.Namespace) -> int:
    """Write a commented config.toml and say what to fill in; never overwrites."""
    target: Path = arguments.folder / "config.toml"
    if target.exists():
        raise Refused(f"{target} 已经存在，没有改动。要重新生成，请先把它移走")
    try:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(shipped("config.toml").read_bytes())
    except OSError as error:
        raise Refused(f"无法写入 {target}（{error.strerror}）") from None
    print(f"已生成 {target}。接下来请：")
    print("1. 在 [mailbox]、[smtp] 填写邮箱和服务器（163 邮箱一般不用改）；")
    print("2. 在 [office] 填写办公室工作人员和值班人员的邮箱；")
    print("3. 在每个 [[units]] 的 addresses 填写该单位的报送邮箱；")
    print("4. 把授权码放进环境变量 MAILBOT_IMAP_PASSWORD、MAILBOT_SMTP_PASSWORD，")
    print("   或写进一个只有本人可读的文件并填写 password_file；")
    print(f"5. 运行 mailbot --config {target} doctor 检查，再运行 mailbot --config {target} run。")
    return 0
