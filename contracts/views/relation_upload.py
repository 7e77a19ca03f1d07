"""Many pointings by one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from contracts.forms.relations import PointRowForm, RowNames
from contracts.operations.relations import point_distributors
from contracts.queries.relations import may_point
from contracts.rules.relation import MOST_ROWS
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView

DAY_HINT = "写成 YYYY-MM-DD"


class RelationUploadView(SheetUploadView):
    page_title = "Excel 批量点选配送企业"
    sheet_name = "配送关系"
    route, back_route = "relation-upload", "relations"
    max_rows = MOST_ROWS
    sheet_columns = (
        SheetColumn("product_code", "国家医保编码", 28, "只能是本企业的产品"),
        SheetColumn("distributor_code", "配送企业信用代码", 22, "18 位统一社会信用代码"),
        SheetColumn("pool_code", "统筹区代码", 14, "一行一个统筹区"),
        SheetColumn("county_code", "县代码", 12, "6 位；空为整个统筹区"),
        SheetColumn("batch_code", "批次代码", 22, "中选产品填写；空为不限批次"),
        SheetColumn("valid_from", "生效日期", 14, DAY_HINT),
        SheetColumn("valid_until", "终止日期", 14, f"{DAY_HINT}，当天起不再配送；空为长期"),
    )
    names: RowNames

    def allowed(self, scope: Scope) -> Verdict:
        return may_point(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        self.names = RowNames(self.scope, [row.cells for row in rows])

    def row_form(self, texts: dict[str, str]) -> PointRowForm:
        return PointRowForm(texts, known=self.names)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        seen: dict[tuple[Any, ...], int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            one = each["pointing"]
            key = (one.product.pk, one.distributor.pk, one.pool.pk, one.county)
            if key in seen:
                errors.append(
                    SheetError(
                        row.line, "国家医保编码", row.cells.get("product_code", ""),
                        f"与第 {seen[key]} 行重复：同一产品、配送企业和地区", "删去其中一行",
                    )
                )  # fmt: skip
            seen.setdefault(key, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        made = point_distributors(
            pointings=[each["pointing"] for each in values], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已点选 {len(made)} 条，配送企业已收到待办"
