"""The sheets of a batch's workbook, and the dataset files that their rows come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.models import Batch, Selection
from catalog.models.group import Category

Content = Mapping[str, list[dict[str, Any]]]
"""By sheet: [{"row": row of the workbook, "cells": {column: text}}]."""


@dataclass(frozen=True)
class SheetColumn:
    """`key` is the dataset's column; `choices` translate what people write."""

    key: str
    label: str
    example: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()

    def value_of(self, text: str) -> str:
        """The dataset's word for a label in Chinese; anything else as it is."""
        return next((value for value, label in self.choices if label == text), text)

    def words_of(self, value: str) -> str:
        return next((label for each, label in self.choices if each == value), value)


@dataclass(frozen=True)
class Sheet:
    key: str
    label: str
    note: str
    columns: tuple[SheetColumn, ...]
    once: bool = False

    def column(self, key: str) -> SheetColumn | None:
        return next((column for column in self.columns if column.key == key), None)


C = SheetColumn
DAY = "2026-10-01"
SHEETS = (
    Sheet(
        "batch", "批次", "一行：批次和适用政策", (
            C("code", "批次代码", "JX-2026-YP-3"),
            C("name", "批次名称", "江西省第三批药品集中带量采购"),
            C("category", "类别", "药品", choices=tuple(Category.choices)),
            C("organizer", "组织方", "省级", choices=tuple(Batch.Organizer.choices)),
            C("policy_code", "适用政策", "jiangxi-2026"),
        ), once=True,
    ),
    Sheet(
        "dates", "日期", "一行：公布、执行和周期截止，写作 2026-10-01", (
            C("issued_on", "公布日期", "2026-09-01"),
            C("effective_on", "执行日期", DAY),
            C("ends_on", "周期截止", "2028-09-30"),
        ), once=True,
    ),
    Sheet(
        "batch_years", "采购年度", "每个采购年度一行，首尾相接", (
            C("year_no", "年度序号", "1"),
            C("starts_on", "起", DAY),
            C("ends_on", "止", "2027-09-30"),
        ),
    ),
    Sheet(
        "groups", "品种", "本批次的每个品种一行；平台已有的品种须与平台一致", (
            C("code", "品种代码", "G-0001"),
            C("name", "品种名称", "阿托伐他汀口服常释剂型"),
            C("category", "类别", "药品", choices=tuple(Category.choices)),
            C("base_unit", "计量单位", "片"),
        ),
    ),
    Sheet(
        "results", "中选结果", "每个中选或备供产品一行；起止日期空着为整个周期", (
            C("product_code", "国家医保编码", "XC10AAA061A001010100001"),
            C("role", "身份", "中选", choices=tuple(Selection.Role.choices)),
            C("price", "价格", "5.60"),
            C("valid_from", "自", "", required=False),
            C("valid_to", "至", "", required=False),
        ),
    ),
    Sheet(
        "regions", "供应地区", "产品供应的每个地区一行：设区市，或全省", (
            C("product_code", "国家医保编码", "XC10AAA061A001010100001"),
            C("region_code", "行政区划代码", "360000"),
        ),
    ),
    Sheet(
        "batch_parameters", "执行参数", "执行文件另行规定的参数；没有则空着", (
            C("parameter", "参数代码", "non_selected_share_max", required=True),
            C("value", "取值", "0.30"),
            C("clause", "依据", "执行文件 三", required=False),
        ),
    ),
)  # fmt: skip
BY_KEY = {sheet.key: sheet for sheet in SHEETS}


@dataclass(frozen=True)
class Place:
    """A row of a sheet; row 0 is the sheet as a whole."""

    sheet: str
    row: int


@dataclass(frozen=True)
class FileRow:
    """A row of a dataset file; `places` say which sheet's row each column came from."""

    cells: dict[str, str]
    places: dict[str, Place]

    def place(self, column: str) -> Place:
        return self.places.get(column) or next(iter(self.places.values()))


def file_rows(content: Content) -> dict[str, list[FileRow]]:
    """What the sheets come to as files of the dataset: selections are results × supply regions."""
    code = next((str(each["cells"].get("code", "")) for each in content.get("batch", ())), "")
    own = next(iter(content.get("batch", ())), None)
    at_code = {"batch_code": Place("batch", own["row"] if own else 0)}
    files = {
        "batches": list(_batches(content)),
        "groups": [_row("groups", each) for each in content.get("groups", ())],
        "selections": list(_selections(content, code, at_code)),
    }
    for name in ("batch_years", "batch_parameters"):
        files[name] = [
            FileRow({"batch_code": code, **row.cells}, {**row.places, **at_code})
            for row in (_row(name, each) for each in content.get(name, ()))
        ]
    return files


def _row(sheet: str, each: Mapping[str, Any]) -> FileRow:
    place = Place(sheet, each["row"])
    known = [column.key for column in BY_KEY[sheet].columns]
    cells = {key: str(each["cells"].get(key, "")) for key in known}
    return FileRow(cells, dict.fromkeys(known, place))


def _batches(content: Content) -> Iterator[FileRow]:
    for own, days in zip(content.get("batch", ()), content.get("dates", ()), strict=False):
        head, dates = _row("batch", own), _row("dates", days)
        yield FileRow(head.cells | dates.cells, head.places | dates.places)


def _selections(content: Content, code: str, at_code: dict[str, Place]) -> Iterator[FileRow]:
    regions: dict[str, list[FileRow]] = {}
    for each in content.get("regions", ()):
        row = _row("regions", each)
        regions.setdefault(row.cells["product_code"], []).append(row)
    for each in content.get("results", ()):
        result = _row("results", each)
        for region in regions.get(result.cells["product_code"], ()):
            cells = {"batch_code": code, "region_code": region.cells["region_code"]}
            places = {**result.places, "region_code": region.place("region_code"), **at_code}
            yield FileRow(result.cells | cells, places)
