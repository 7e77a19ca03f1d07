"""Texts of a sheet become figures, or every mistake by group and column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.models import Group
from organisations.models import Organisation
from volumes.rules.figures import (
    LABELS,
    MOST_LETTERS,
    FigureInput,
    FigureProblem,
    WrongFigures,
    quantity_of,
    reason_of,
)

MOST_NOTE = 300


@dataclass(frozen=True)
class Figure:
    """One group's figure in base units; `splits` by manufacturer id, None: left as they are.

    `makers` names the manufacturers of the splits by their codes.
    """

    group: Group
    quantity: Decimal
    reason_code: str
    explanation: str
    compile_note: str
    splits: dict[int, Decimal] | None
    makers: dict[int, str] = field(default_factory=dict)


def read_figures(
    inputs: Sequence[FigureInput],
    groups: Mapping[str, Group],
    *,
    filled: Collection[int],
    split: bool = False,
    compiled: bool = False,
) -> list[Figure]:
    """Figures of what was filled in; a group that has none yet may stay empty.

    `filled` are the groups that have a figure, which cannot become empty again (0 means none).
    Raises WrongFigures.
    """
    problems: list[FigureProblem] = []
    figures: list[Figure] = []
    seen: set[str] = set()
    makers = _makers(inputs) if split else {}
    for given in inputs:
        found = _read(given, groups, filled, seen, makers, split, compiled)
        if isinstance(found, Figure):
            figures.append(found)
        elif found:
            problems += found
    if problems:
        raise WrongFigures(problems)
    return figures


def _makers(inputs: Sequence[FigureInput]) -> dict[str, int]:
    codes = {code for given in inputs for code in given.splits}
    found = Organisation.objects.filter(code__in=codes, is_manufacturer=True)
    return dict(found.values_list("code", "pk"))


def _read(
    given: FigureInput,
    groups: Mapping[str, Group],
    filled: Collection[int],
    seen: set[str],
    makers: Mapping[str, int],
    split: bool,
    compiled: bool,
) -> Figure | list[FigureProblem]:
    group = groups.get(given.group_code)
    if group is None:
        return [
            _wrong(
                given,
                "group",
                given.group_code,
                "本任务没有这个品种",
                "按模板的品种填写，不要增改品种行",
            )
        ]
    if given.group_code in seen:
        return [_wrong(given, "group", given.group_code, "这个品种出现了两次", "一个品种只留一行")]
    seen.add(given.group_code)
    problems: list[FigureProblem] = []
    quantity = None
    if given.quantity.strip():
        try:
            quantity = quantity_of(given.quantity)
        except ValueError as wrong:
            problems.append(
                _wrong(given, "quantity", given.quantity, str(wrong),
                       f"填写以“{group.base_unit}”为单位的数量，不需要的填 0")
            )  # fmt: skip
    elif group.pk in filled:
        problems.append(_wrong(given, "quantity", "", "已填的报量不能清空", "不需要的品种请填 0"))
    elif given.reason_code.strip() or given.explanation.strip() or any(given.splits.values()):
        problems.append(_wrong(given, "quantity", "", "填了原因或说明而没有报量", "请填写报量"))
    try:
        reason = reason_of(given.reason_code)
    except ValueError as wrong:
        problems.append(_wrong(given, "reason_code", given.reason_code, str(wrong), "从列表中选择"))
        reason = ""
    for column, text, most in (
        ("explanation", given.explanation, MOST_LETTERS),
        ("compile_note", given.compile_note, MOST_NOTE),
    ):
        if len(text.strip()) > most:
            problems.append(
                _wrong(given, column, text, f"{LABELS[column]}超过 {most} 字", "请写得简短些")
            )
    splits = None
    if split and quantity is not None:
        splits = _splits(given, quantity, makers, problems)
    if problems or quantity is None:
        return problems
    return Figure(
        group, quantity, reason, given.explanation.strip(),
        given.compile_note.strip() if compiled else "", splits,
        {pk: code for code, pk in makers.items()} if splits else {},
    )  # fmt: skip


def _splits(
    given: FigureInput, quantity: Decimal, makers: Mapping[str, int], problems: list[FigureProblem]
) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for code, text in given.splits.items():
        if not text.strip():
            continue
        if code not in makers:
            problems.append(
                _wrong(given, "splits", code, "没有这个生产企业", "填写生产企业的统一社会信用代码")
            )
            continue
        try:
            part = quantity_of(text)
        except ValueError as wrong:
            problems.append(_wrong(given, "splits", text, str(wrong), "填写数量"))
            continue
        if part:
            found[makers[code]] = part
    total = sum(found.values(), Decimal(0))
    if found and total != quantity:
        problems.append(
            _wrong(given, "splits", f"{total.normalize():f}",
                   f"各厂牌之和 {total.normalize():f} 不等于报量 {quantity.normalize():f}",
                   "调整厂牌数量或报量，使二者相等；不指定厂牌的全部留空")
        )  # fmt: skip
    return found


def _wrong(given: FigureInput, column: str, value: str, message: str, remedy: str) -> FigureProblem:
    return FigureProblem(given.place, given.group_code, column, value[:60], message, remedy)
