"""What is wrong with a command line, in Chinese: argparse speaks English."""

import re

_SEVERAL = re.compile(r"'([^']{0,200})'|([^\s,']{1,200})")
_KINDS = {"int": "整数", "float": "数字", "Path": "路径", "date": "日期"}
_SAID: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (?P<names>.{1,400})", "缺少 {names}"),
    (r"unrecognized arguments: (?P<names>.{1,2000})", "不认识 {names}"),
    (r"one of the arguments (?P<names>.{1,400}) is required", "{names} 须写一个"),
    (r"argument (?P<name>.{1,200}): expected one argument", "{name} 后面须写一个值"),
    (r"argument (?P<name>.{1,200}): expected at least one argument", "{name} 后面至少写一个值"),
    (r"argument (?P<name>.{1,200}): expected at most one argument", "{name} 后面至多写一个值"),
    (
        r"argument (?P<name>.{1,200}): expected (?P<count>\d{1,3}) arguments?",
        "{name} 后面须写 {count} 个值",
    ),
    (
        r"argument (?P<name>.{1,90}): invalid choice: (?P<given>.+) \(choose from (?P<names>.+)\)",
        "{name} 不能是 {given}，可写 {names}",
    ),
    (
        r"argument (?P<name>.{1,200}): invalid (?P<kind>\w{1,40}) value: (?P<given>.{0,400})",
        "{name} 须是{kind}，不能是 {given}",
    ),
    (
        r"argument (?P<name>.{1,200}): not allowed with argument (?P<other>.{1,200})",
        "{name} 不能与 {other} 同时使用",
    ),
    (
        r"argument (?P<name>.{1,200}): ignored explicit argument (?P<given>.{0,400})",
        "{name} 后面不写值",
    ),
    (
        r"ambiguous option: (?P<given>.{1,200}) could match (?P<names>.{1,400})",
        "{given} 可能是 {names}，请写全",
    ),
)


def in_chinese(message: str) -> str:
    """The same fault for a clerk; words of our own commands stay as they are."""
    for pattern, said in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return said.format(
                **{key: _shown(key, text) for key, text in found.groupdict().items()}
            )
    plain = re.fullmatch(r"argument (.{1,200}?): (.{1,2000})", message, re.DOTALL)
    return f"{plain[1]}：{plain[2]}" if plain else message


def _shown(key: str, text: str) -> str:
    if key == "kind":
        return _KINDS.get(text, "别的写法")
    if key == "names":
        return "、".join(
            one or other for one, other in _SEVERAL.findall(text) if (one or other) != "or"
        )
    return text.strip("'")
