"""Reading config.toml from disk, and checks that span several keys."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from mailbot.config import Config
from mailbot.config_errors import from_validation
from mailbot.errors import ConfigError
from mailbot.rules.unit_names import resolver
from mailbot.toml_errors import in_chinese

DEFAULT_NAME = "config.toml"


def load(path: Path) -> Config:
    """The configuration in `path`.

    Raises:
        ConfigError: With key, problem and remedy in one Chinese line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = "请用 mailbot init 文件夹 生成一份，或用 --config 指明位置"
        raise ConfigError(str(path), "文件不存在", remedy) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), "不是 UTF-8 编码", "请用 UTF-8 编码另存") from None
    except OSError as error:
        raise ConfigError(str(path), f"无法读取（{error.strerror}）", "请检查权限") from None
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """The configuration in `text`; relative paths in it start at `path`'s folder."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "请检查引号、括号和等号是否成对、是否用了中文标点"
        if "\\" in str(error):
            remedy = "路径中的 \\ 请改为 /"
        raise ConfigError(path.name, f"写法有误（{in_chinese(error)}）", remedy) from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise from_validation(error, data) from None
    _check_across(config)
    return config.model_copy(update={"folder": path.resolve().parent})


def _check_across(config: Config) -> None:
    _check_units(config)
    _check_tasks(config)
    _check_publications(config)
    _check_office(config)
    weights = config.assessment.submission_weight + config.assessment.adoption_weight
    if abs(weights - 1) > 1e-9:
        problem = f"与 adoption_weight 之和为 {weights:g}"
        raise ConfigError("assessment.submission_weight", problem, "两个权重之和须为 1")


def _check_units(config: Config) -> None:
    _unique("units.name", "单位名称", (unit.name for unit in config.units))
    _unique("units.addresses", "邮箱", (a.lower() for u in config.units for a in u.addresses))
    aliases = [a for u in config.units for a in {u.name, *u.aliases}]
    _unique("units.aliases", "别称", aliases)
    for unit in config.units:
        for address in (*unit.addresses, *unit.reminders_to, *unit.escalate_to):
            if address.lower() in config.own_addresses:
                problem = f"邮箱 {address} 是本系统自己的邮箱"
                raise ConfigError(f"units（{unit.name}）", problem, "请改为该单位的邮箱")


def _check_tasks(config: Config) -> None:
    _unique("tasks.no", "任务序号", (str(task.no) for task in config.tasks))
    resolve = resolver(config.notice)
    for task in config.tasks:
        for name in (*task.units, *task.min_images_by_unit):
            if not resolve(name):
                problem = f"责任单位 {name!r} 不在 [[units]] 的名称和别称中"
                raise ConfigError(f"tasks（第{task.no}号）", problem, "请改用 [[units]] 中的名称")


def _check_publications(config: Config) -> None:
    rows = (f"{publication.level}《{publication.name}》" for publication in config.publications)
    _unique("publications.name", "刊物", rows)
    for publication in config.publications:
        if not publication.points.model_dump(exclude_none=True):
            key = f"publications（{publication.level}《{publication.name}》）.points"
            raise ConfigError(key, "没有任何分值", "请至少填写 issue、item、mention 之一")


def _check_office(config: Config) -> None:
    for address in (*config.office.addresses, *config.office.duty):
        if address in config.own_addresses:
            problem = f"{address} 是本系统自己的邮箱，发给自己的信不会被阅读"
            raise ConfigError("office.addresses", problem, "请填写办公室工作人员的邮箱")
    smtp = config.smtp
    if smtp.host.endswith(("163.com", "126.com")) and smtp.from_ != smtp.user.lower():
        problem = f"发件地址与登录名 {smtp.user} 不同，163 会拒绝发信"
        raise ConfigError("smtp.from", problem, "请改成与 smtp.user 相同")
    if config.mailbox.after_filing == "move" and not config.mailbox.move_to:
        problem = "移动已登记的邮件却没有指明文件夹"
        raise ConfigError("mailbox.move_to", problem, "请填写文件夹名，或改 after_filing")


def _unique(key: str, what: str, values: Iterable[str]) -> None:
    repeated = [value for value, times in Counter(values).items() if times > 1]
    if repeated:
        raise ConfigError(key, f"{what} {repeated[0]!r} 出现了不止一次", "请删去重复的一处")
