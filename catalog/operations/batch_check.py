"""Check a batch's sheets as a whole: the dataset's own checks, and what a batch by page needs besides.

The dataset's checks live with its loader, above this app, which registers itself with `check_with`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from catalog.documents.batch_sheets import (
    BY_KEY,
    Content,
    FileRow,
    Place,
    SheetColumn,
    file_rows,
)
from catalog.documents.batch_workbook import Problem, problem
from catalog.models import Batch, Group, Product
from catalog.rules.batches import PAST_CLAUSE
from policy.models import Policy

MOST_PROBLEMS = 1000
REPEATED = "与第"
OWN = {"batch_years": "year_no", "batch_parameters": "parameter"}


@dataclass(frozen=True)
class FileProblem:
    """A mistake that the dataset's checks found: file, index of the row given, column."""

    file: str
    index: int
    column: str
    value: str
    reason: str


Checker = Callable[[Mapping[str, list[dict[str, str]]], str], list[FileProblem]]
_CHECKERS: list[Checker] = []


def check_with(checker: Checker) -> None:
    """Register the dataset's checks; the loader does so at start."""
    _CHECKERS[:] = [checker]


def check_content(content: Content, *, province_code: str, today: date) -> list[Problem]:
    """Every mistake by sheet, row and column; empty where the batch can be published.

    Reads the platform's masters; writes nothing.
    """
    files = file_rows(content)
    found = [*_shape(content), *_own(content, files, province_code, today)]
    plain = {name: [row.cells for row in rows] for name, rows in files.items()}
    for checker in _CHECKERS:
        found += [_placed(each, files) for each in checker(plain, province_code)]
    once: dict[tuple[str, int, str], Problem] = {}
    for each in found:
        once.setdefault((each["sheet"], each["row"], each["column"]), each)
    order = {sheet.label: number for number, sheet in enumerate(BY_KEY.values())}
    return sorted(once.values(), key=lambda p: (order.get(p["sheet"], 99), p["row"]))[
        :MOST_PROBLEMS
    ]


def _placed(each: FileProblem, files: dict[str, list[FileRow]]) -> Problem:
    row = files[each.file][each.index]
    if each.column == "batch_code" and each.reason.startswith(REPEATED):
        # The loader names the first column of the key; here it is the row itself that is twice.
        place = row.place("region_code" if each.file == "selections" else OWN[each.file])
        sheet = BY_KEY[place.sheet]
        reason = "与本表另一行重复，请删去一行"
        return problem(sheet.label, place.row, sheet.columns[0].label, "", reason)
    place = row.place(each.column)
    column = BY_KEY[place.sheet].column(each.column)
    return problem(
        BY_KEY[place.sheet].label, place.row, column.label if column else "", each.value,
        each.reason,
    )  # fmt: skip


def _at(place: Place, key: str, value: str, reason: str) -> Problem:
    column: SheetColumn | None = BY_KEY[place.sheet].column(key)
    label = column.label if column else ""
    return problem(BY_KEY[place.sheet].label, place.row, label, value, reason)


def _shape(content: Content) -> Iterator[Problem]:
    """One row where there is one batch; something in every sheet that a batch needs."""
    for sheet in BY_KEY.values():
        rows = content.get(sheet.key, [])
        if not rows and sheet.key != "batch_parameters":
            yield problem(sheet.label, 0, "", "", f"“{sheet.label}”表没有内容：至少填写一行")
        for extra in rows[1:] if sheet.once else ():
            yield problem(sheet.label, extra["row"], "", "", "本表只填一行：一个工作簿是一个批次")
        for each in rows:
            for column in sheet.columns:
                if column.required and not each["cells"].get(column.key, ""):
                    yield _at(Place(sheet.key, each["row"]), column.key, "", "必填，不能为空")


def _own(
    content: Content, files: dict[str, list[FileRow]], province_code: str, today: date
) -> Iterator[Problem]:
    yield from _batch(files["batches"], province_code, today)
    products = {
        product.code: product
        for product in Product.objects.filter(
            code__in=[str(each["cells"].get("product_code", "")) for each in content.get("results", ())]
        ).select_related("group")
    }  # fmt: skip
    yield from _results(content, products)
    yield from _groups(content, products)


def _batch(rows: list[FileRow], province_code: str, today: date) -> Iterator[Problem]:
    for row in rows[:1]:
        cells = row.cells
        if Batch.objects.filter(code=cells["code"]).exists():
            reason = "平台已有这个批次：已发布的批次请在批次页提出变更"
            yield _at(row.place("code"), "code", cells["code"], reason)
        policy = Policy.objects.filter(code=cells["policy_code"]).first()
        if policy is not None and policy.province_code != province_code:
            reason = "不是本省的政策，请填写本省政策的代码"
            yield _at(row.place("policy_code"), "policy_code", cells["policy_code"], reason)
        effective, issued = _day(cells["effective_on"]), _day(cells["issued_on"])
        if effective is not None and effective < today.replace(day=1):
            reason = (
                f"{effective:%Y 年 %m 月}已经结束，其指标不因新批次改变（{PAST_CLAUSE}）："
                "历史批次请用“数据集导入”"
            )
            yield _at(row.place("effective_on"), "effective_on", cells["effective_on"], reason)
        if effective is not None and issued is not None and issued > effective:
            reason = f"晚于执行日期 {effective}：执行文件须先公布后执行"
            yield _at(row.place("issued_on"), "issued_on", cells["issued_on"], reason)


def _results(content: Content, products: Mapping[str, Product]) -> Iterator[Problem]:
    category = next((e["cells"].get("category", "") for e in content.get("batch", ())), "")
    groups = {each["cells"].get("code", "") for each in content.get("groups", ())}
    supplied = {each["cells"].get("product_code", "") for each in content.get("regions", ())}
    seen = Counter(
        (each["cells"].get("product_code", ""), each["cells"].get("valid_from", ""))
        for each in content.get("results", ())
    )
    listed = {code for code, _ in seen}
    if seen and not any(e["cells"].get("role") == "selected" for e in content["results"]):
        yield problem(BY_KEY["results"].label, 0, "", "", "没有一个“中选”产品：至少要有一个")
    for each in content.get("results", ()):
        place, code = Place("results", each["row"]), str(each["cells"].get("product_code", ""))
        product = products.get(code)
        if code and product is None:
            reason = "平台没有这个产品：请核对编码；尚未挂网的，请企业先申报挂网"
            yield _at(place, "product_code", code, reason)
        if code and seen[code, each["cells"].get("valid_from", "")] > 1:
            yield _at(place, "product_code", code, "与本表另一行重复：同一产品同一起始日只填一行")
        if code and code not in supplied:
            reason = "没有供应地区：请在“供应地区”表为这个产品填写至少一行"
            yield _at(place, "product_code", code, reason)
        if product is None:
            continue
        if product.category != category and category:
            yield _at(place, "product_code", code, "产品类别与批次类别不一致，请核对")
        elif product.group is None:
            yield _at(place, "product_code", code, "产品没有归入品种，不能中选：请先补归品种")
        elif product.group.code not in groups:
            reason = f"所属品种 {product.group.code} 不在“品种”表内：请补上，或删去这一行"
            yield _at(place, "product_code", code, reason)
    for each in content.get("regions", ()):
        code = str(each["cells"].get("product_code", ""))
        if code and code not in listed:
            reason = "“中选结果”表没有这个产品：请补上，或删去这一行"
            yield _at(Place("regions", each["row"]), "product_code", code, reason)


def _groups(content: Content, products: Mapping[str, Product]) -> Iterator[Problem]:
    rows = content.get("groups", [])
    known = {
        group.code: group
        for group in Group.objects.filter(code__in=[e["cells"].get("code", "") for e in rows])
    }
    used = {product.group.code for product in products.values() if product.group}
    for each in rows:
        place, cells = Place("groups", each["row"]), each["cells"]
        held = known.get(cells.get("code", ""))
        if cells.get("code") and cells["code"] not in used:
            yield _at(
                place, "code", cells["code"], "这个品种没有中选结果：请补上结果，或删去这一行"
            )
        if held is None:
            continue
        for key in ("name", "category", "base_unit"):
            if cells.get(key) and cells[key] != getattr(held, key):
                reason = f"与平台已有品种不一致（平台为“{getattr(held, key)}”），请改为一致"
                yield _at(place, key, cells[key], reason)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
