"""Inspections and samples by one sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from catalog.forms.quality import InspectionForm, SamplingForm, ScopedForm
from catalog.operations.inspections import (
    NewInspection,
    NewSampling,
    record_inspections,
    record_samplings,
)
from catalog.queries.known import Known, known
from catalog.queries.quality import may_record, visible_samplings
from catalog.rules.inspection import inspection_fault, sampling_fault
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView

DAY_HINT = "写成 YYYY-MM-DD，不晚于今天"


class QualityUploadView(SheetUploadView):
    """Of drug regulators."""

    names: Known

    def allowed(self, scope: Scope) -> Verdict:
        return may_record(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        def codes(*fields: str) -> set[str]:
            return {row.cells.get(field, "") for row in rows for field in fields}

        self.names = known(
            self.scope,
            products=codes("product_code"),
            organisations=codes("enterprise_code", "drawn_from_code"),
        )

    def _error(self, row: SheetRow, field: str, message: str) -> SheetError:
        return SheetError(row.line, self.heading(field), row.cells.get(field, "")[:80], message)


class InspectionUploadView(QualityUploadView):
    page_title = "批量登记监督检查"
    sheet_name = "监督检查"
    route, back_route = "inspection-upload", "inspections"
    sheet_columns = (
        SheetColumn("enterprise_code", "企业信用代码", 22, "18 位统一社会信用代码"),
        SheetColumn("inspected_on", "检查日期", 14, DAY_HINT),
        SheetColumn("coverage", "检查范围", 36, "如：中选品种生产质量管理"),
        SheetColumn("findings", "检查发现", 50, "未发现问题写“未见异常”"),
        SheetColumn("result", "结论", 14, "符合要求、限期整改或不符合要求"),
        SheetColumn("rectify_by", "整改期限", 14, "结论为限期整改时填写"),
    )

    def row_form(self, texts: dict[str, str]) -> ScopedForm:
        return InspectionForm(texts, known=self.names)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        today = timezone.localdate()
        errors = []
        for row, each in zip(rows, values, strict=True):
            fault = inspection_fault(
                inspected_on=each["inspected_on"], result=each["result"],
                rectify_by=each["rectify_by"], today=today,
            )  # fmt: skip
            if fault:
                errors.append(self._error(row, *fault))
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        made = record_inspections(
            inspections=[
                NewInspection(
                    enterprise=each["enterprise_code"],
                    **{k: v for k, v in each.items() if k != "enterprise_code"},
                )
                for each in values
            ],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已登记 {len(made)} 次检查"


class SamplingUploadView(QualityUploadView):
    page_title = "批量登记抽检结果"
    sheet_name = "抽检结果"
    route, back_route = "sampling-upload", "samplings"
    sheet_columns = (
        SheetColumn("product_code", "国家医保编码", 28, "产品的国家医保编码"),
        SheetColumn("lot_no", "批号", 16),
        SheetColumn("drawn_from_code", "被抽样单位编码", 22, "医疗机构定点编码或企业信用代码"),
        SheetColumn("sampled_on", "抽样日期", 14, DAY_HINT),
        SheetColumn("paper_no", "检验报告号", 22, "同一报告只登记一次"),
        SheetColumn("result", "检验结果", 12, "合格或不合格"),
        SheetColumn("failed_items", "不合格项目", 36, "不合格时填写，合格时留空"),
    )

    def row_form(self, texts: dict[str, str]) -> ScopedForm:
        return SamplingForm(texts, known=self.names)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        papers = Counter(each["paper_no"] for each in values)
        entered = set(
            visible_samplings(self.scope)
            .filter(regulator=self.scope.organisation_id, paper_no__in=papers)
            .values_list("paper_no", flat=True)
        )
        today = timezone.localdate()
        errors = []
        for row, each in zip(rows, values, strict=True):
            fault = sampling_fault(
                sampled_on=each["sampled_on"], result=each["result"],
                failed_items=each["failed_items"], today=today,
            )  # fmt: skip
            if fault:
                errors.append(self._error(row, *fault))
            if papers[each["paper_no"]] > 1:
                errors.append(self._error(row, "paper_no", "这份检验报告在本文件中出现多次"))
            elif each["paper_no"] in entered:
                errors.append(self._error(row, "paper_no", "这份检验报告已经登记过"))
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        made = record_samplings(
            samplings=[
                NewSampling(
                    product=each["product_code"], drawn_from=each["drawn_from_code"],
                    **{k: v for k, v in each.items() if not k.endswith("_code")},
                )
                for each in values
            ],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已登记 {len(made)} 份抽检结果"
