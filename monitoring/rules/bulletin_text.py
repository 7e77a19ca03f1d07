"""The words of a bulletin: named placeholders, lines that stand for a table, and what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIGURES: dict[str, str] = {
    "期间": "通报所属的月份、季度或年度",
    "上期": "用于对比的上一期",
    "范围": "全省，或印发通报的设区市",
    "批次数": "期间内执行的批次数",
    "机构数": "有约定采购量的医疗机构数",
    "签约率": "协议签订率",
    "完成率": "约定采购量完成率（按数量）",
    "完成率变化": "与上期相比的百分点",
    "金额完成率": "约定采购金额完成率",
    "金额完成率变化": "与上期相比的百分点",
    "达标比例": "达到序时进度的机构品种比例",
    "非中选占比": "非中选占同通用名的比例",
    "集采金额占比": "集采金额占全部采购金额的比例",
    "响应率": "订单响应率",
    "及时率": "配送及时率",
    "及时率变化": "与上期相比的百分点",
    "收货逾期率": "未及时收货比例",
    "结清率": "货款按时结清率",
    "解决率": "诉求按时解决率",
    "考核合格率": "年度考核合格的机构品种占考核品种的比例（年度通报）",
    "最高地区": "完成率最高的三个地区",
    "最低地区": "完成率最低的三个地区",
    "机构名单数": "列入名单的医疗机构数",
    "企业名单数": "列入名单的企业数",
    "连续企业数": "连续两个季度及时率低于标准的企业数",
    "及时率标准": "配送及时率标准",
}
"""Name → what stands in its place."""

TABLES: dict[str, str] = {
    "表：地区": "各地区执行情况",
    "表：批次": "各批次执行情况",
    "表：机构": "完成率最低的医疗机构（全部列入附件）",
    "表：企业": "企业响应率和及时率",
    "名单：机构": "列入名单的医疗机构",
    "名单：企业": "列入名单的企业",
}
"""What stands alone on its line."""

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_FIRST = re.compile(r"[一二三四五六七八九十]+、")
_SECOND = re.compile(r"（[一二三四五六七八九十]+）")


@dataclass(frozen=True)
class TextProblem:
    """What is wrong at a place of the text; line and column from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行第 {self.column} 字：{self.message}"


def text_problems(body: str) -> list[TextProblem]:
    """Every unknown placeholder, stray brace, and table that does not stand alone."""
    found = []
    for number, line in enumerate(body.splitlines(), start=1):
        for match in _PLACE.finditer(line):
            name, column = match.group(1), match.start() + 1
            if name in TABLES:
                if line.strip() != match.group(0):
                    found.append(TextProblem(number, column, f"“{{{name}}}”须单独成行"))
            elif name not in FIGURES:
                found.append(
                    TextProblem(
                        number, column,
                        f"没有名为“{{{name}}}”的占位符，请从列出的占位符中选用",
                    )
                )  # fmt: skip
        # Same length, so that a stray brace is where its writer sees it.
        rest = _PLACE.sub(lambda match: "　" * len(match.group(0)), line)
        found += [
            TextProblem(number, column, "花括号不成对：占位符写作 {名称}")
            for column, sign in enumerate(rest, start=1)
            if sign in "{}"
        ]
    return sorted(found, key=lambda each: (each.line, each.column))


@dataclass(frozen=True)
class TextLine:
    """One line of the text: its rank (first, second, text, table) and its parts.

    `parts` are plain words and ("{}", name) for a placeholder; of a table, the name alone.
    """

    kind: str
    parts: tuple[str | tuple[str, str], ...]


def text_lines(body: str) -> list[TextLine]:
    """The lines that are not empty; call it on a text without problems."""
    lines = []
    for line in body.splitlines():
        words = line.strip()
        if not words:
            continue
        whole = _PLACE.fullmatch(words)
        if whole and whole.group(1) in TABLES:
            lines.append(TextLine("table", (whole.group(1),)))
            continue
        kind = "first" if _FIRST.match(words) else "second" if _SECOND.match(words) else "text"
        lines.append(TextLine(kind, _parts(words)))
    return lines


def title_parts(title: str) -> tuple[str | tuple[str, str], ...]:
    return _parts(title)


def _parts(words: str) -> tuple[str | tuple[str, str], ...]:
    parts: list[str | tuple[str, str]] = []
    at = 0
    for match in _PLACE.finditer(words):
        if match.start() > at:
            parts.append(words[at : match.start()])
        parts.append(("{}", match.group(1)))
        at = match.end()
    if at < len(words):
        parts.append(words[at:])
    return tuple(parts)
