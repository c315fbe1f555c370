"""Validation failures as one Chinese line: key, problem, remedy."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailbot.config import Config
from mailbot.errors import ConfigError

_REMEDIES: Mapping[str, tuple[str, str]] = {
    "missing": ("缺少这一项", "请照 mailbot init 生成的样本补上"),
    "int_parsing": ("不是整数", "请填写整数，不加引号"),
    "int_type": ("不是整数", "请填写整数，不加引号"),
    "int_from_float": ("不是整数", "请填写整数，不带小数点"),
    "float_parsing": ("不是数字", "请填写数字，不加引号"),
    "float_type": ("不是数字", "请填写数字，不加引号"),
    "bool_parsing": ("不是 true 或 false", "请填写 true 或 false，不加引号"),
    "bool_type": ("不是 true 或 false", "请填写 true 或 false，不加引号"),
    "string_type": ("不是文字", '请用英文双引号括起来，如 "…"'),
    "tuple_type": ("不是列表", '请写成 ["…", "…"]'),
    "dict_type": ("不是表", "请照样本写成 { … = … }"),
    "model_type": ("不是表", "请照样本写成 { … = … }"),
    "string_pattern_mismatch": ("不是电子邮箱地址", "请写成 name@163.com 的形式"),
    "date_from_datetime_parsing": ("不是日期", "请写成 2023-04-20 的形式，不加引号"),
    "date_parsing": ("不是日期", "请写成 2023-04-20 的形式，不加引号"),
    "date_type": ("不是日期", "请写成 2023-04-20 的形式，不加引号"),
    "time_parsing": ("不是时刻", "请写成 08:30:00 的形式，不加引号"),
    "time_type": ("不是时刻", "请写成 08:30:00 的形式，不加引号"),
    "string_too_short": ("内容太短或为空", "请填写完整"),
    "too_short": ("项数太少", "请至少填写一项"),
    "too_long": ("项数太多", "请删去多余的项"),
}


def from_validation(error: ValidationError, data: Mapping[str, Any]) -> ConfigError:
    """The most telling failure of a validation as the operator's one line."""
    # A misspelt key explains the missing one it stands for.
    failures = error.errors(include_url=False)
    first = next((f for f in failures if f["type"] == "extra_forbidden"), failures[0])
    problem, remedy = _explain(first)
    return ConfigError(_key(first["loc"], data), problem, remedy)


def _explain(failure: ErrorDetails) -> tuple[str, str]:
    kind = failure["type"]
    context = failure.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(failure)
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return _out_of_range(kind, context, failure["input"])
    if kind == "literal_error":
        allowed = str(context["expected"]).replace(" or ", "、").replace(", ", "、")
        return f"取值 {failure['input']!r} 不在允许之列", f"可取 {allowed}".replace("'", '"')
    if kind == "value_error":
        return str(context["error"]), "请改正后重新启动"
    problem, remedy = _REMEDIES.get(kind, ("无效", "请对照样本 config.toml 改正"))
    shown = "" if kind == "missing" else f"取值 {_short(failure['input'])} "
    return shown + problem, remedy


def _out_of_range(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str]:
    words = {
        "greater_than_equal": ("ge", "不得小于"),
        "greater_than": ("gt", "须大于"),
        "less_than_equal": ("le", "不得大于"),
        "less_than": ("lt", "须小于"),
    }
    name, text = words[kind]
    return f"取值 {_short(value)} 超出范围", f"{text} {context[name]}"


def _unknown(failure: ErrorDetails) -> tuple[str, str]:
    name = str(failure["loc"][-1])
    known = _keys_at(failure["loc"][:-1])
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"是否想写 {near[0]}？" if near else "请删去，或对照样本 config.toml 改正"
    return "没有这个配置项", remedy


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for part in location:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) or _by_alias(model, part)
        found = _model_in(field.annotation) if field is not None else None
        if found is not None:
            model = found
    return [field.alias or name for name, field in model.model_fields.items() if not field.exclude]


def _by_alias(model: type[BaseModel], alias: str) -> Any:
    return next((field for field in model.model_fields.values() if field.alias == alias), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _key(location: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """`units[3].short.submit` with the row's name, as the operator finds it in the file."""
    text, value, label = "", data, ""
    for part in location:
        value = _step(value, part)
        if isinstance(part, int):
            text += f"[第{part + 1}项]"
            name = value.get("name") or value.get("no") if isinstance(value, Mapping) else None
            label = f"（{name}）" if name else label
        elif not part.startswith(("tuple[", "function-", "constrained")):
            text += f".{part}" if text else part
    return text + label


def _step(value: Any, part: int | str) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return {}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
