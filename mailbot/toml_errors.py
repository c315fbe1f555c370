"""What is wrong with a TOML file, in one Chinese clause: the library speaks English."""

import re
import tomllib

_PLACE = re.compile(r"\s*\(at (?:line (\d{1,9}), column (\d{1,9})|end of document)\)\s*$")
_SAID: tuple[tuple[str, str], ...] = (
    (r"Expected '=' after", "等号缺失"),
    (r"Invalid value", "等号后面的值写法不对，文字要用英文双引号括起来"),
    (r"Unterminated string", "引号没有成对"),
    (r"Expected newline or end", "一行只能写一项，或文字没有用引号括起来"),
    (r"Cannot overwrite a value", "同一项写了两次"),
    (r"Cannot (?:declare|namespace)|twice", "同一小节写了两次"),
    (r"Duplicate inline table key", "花括号里同一项写了两次"),
    (r"Expected '\]\]'", "双方括号没有成对"),
    (r"Expected '\]'|table declaration", "小节名的方括号没有成对"),
    (r"Unclosed array", "列表的方括号没有成对"),
    (r"Unclosed inline table", "花括号没有成对"),
    (r"Unescaped '\\'", "文字里有反斜杠 \\"),
    (r"Illegal character|Found invalid character|Escaped character", "有不能使用的字符"),
    (r"Invalid (?:date|time)", "日期或时刻写法不对"),
    (r"Invalid statement|Invalid initial character", "这一行不是“名称 = 值”"),
)


def in_chinese(error: tomllib.TOMLDecodeError) -> str:
    """第3行第5列：引号没有成对."""
    text = str(error)
    found = _PLACE.search(text)
    said = next((words for pattern, words in _SAID if re.search(pattern, text)), "写法不合 TOML")
    if found is None:
        return said
    return f"第{found[1]}行第{found[2]}列：{said}" if found[1] else f"文件末尾：{said}"
