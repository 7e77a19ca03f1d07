"""Make agreements in bulk: from loaded lines as a job, from a sheet of agreed quantities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.models import Batch
from catalog.queries.known import Known, known
from catalog.queries.visible import visible_batches
from contracts.forms.agreements import AgreementRowForm, GenerateForm
from contracts.models import Agreement
from contracts.operations.agreements.adopt import request_adoption
from contracts.operations.agreements.generate import (
    AgreedRow,
    check_rows,
    generate_agreements,
    may_generate,
    year_of,
)
from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from organisations.views.sheet_upload import SheetUploadView


class AgreementGenerateView(ScopedTemplateView):
    template_name = "contracts/agreement_generate.html"
    page_title = "生成三方协议"
    page_note = "按约定采购量成批生成，每家医疗机构、生产企业、配送企业一份；三方负责人收到待办"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_generate(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        return self.render_to_response(self.get_context_data(form=self.form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_generate(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        batch = visible_batches(self.scope).get(code=form.cleaned_data["batch_code"])
        try:
            job = request_adoption(
                batch=batch, year_no=form.cleaned_data["year_no"], by=self.user,
                scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "已开始生成，可以离开本页，在“后台任务”看进度")
        return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))

    def form(self, data: Any = None) -> GenerateForm:
        rows = visible_batches(self.scope).order_by("-effective_on", "code")
        return GenerateForm(data, offered=list(rows), initial={"year_no": 1})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("agreements"),
            breadcrumbs=[
                {"label": "三方协议", "url": reverse("agreements")}, {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


class AgreementUploadView(SheetUploadView):
    """Agreed quantities as a sheet; one batch and year per file, a renewal's too."""

    page_title = "Excel 生成三方协议"
    sheet_name = "约定采购量"
    route, back_route = "agreement-upload", "agreements"
    max_rows = 2_000
    check_whole = True
    sheet_columns = (
        SheetColumn("batch_code", "批次代码", 20, "一份文件一个批次"),
        SheetColumn("year_no", "采购年度序号", 12, "一份文件一个年度；第 2 年起为续签"),
        SheetColumn("institution_code", "医疗机构编码", 16),
        SheetColumn("product_code", "国家医保编码", 28, "中选（备供）产品"),
        SheetColumn("agreed_qty", "约定采购量", 14, "品种的基本单位（片、支等）"),
        SheetColumn("price", "价格", 12, "元，每包装"),
        SheetColumn("distributor_code", "配送企业信用代码", 22, "空为年度开始日生效的配送关系"),
        SheetColumn("explanation", "说明", 30, "续签低于下限时填写"),
    )
    names: Known
    batches: dict[str, Batch]

    def allowed(self, scope: Scope) -> Verdict:
        return may_generate(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        def codes(*fields: str) -> set[str]:
            return {row.cells.get(field, "") for row in rows for field in fields}

        self.names = known(
            self.scope, products=codes("product_code"),
            organisations=codes("institution_code", "distributor_code"),
        )  # fmt: skip
        found = visible_batches(self.scope).filter(code__in=codes("batch_code"))
        self.batches = {row.code: row for row in found.select_related("policy")}

    def row_form(self, texts: dict[str, str]) -> AgreementRowForm:
        return AgreementRowForm(texts)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        errors = self._names(rows, values)
        if errors:
            return errors
        first = values[0]
        if len({(each["batch_code"], each["year_no"]) for each in values}) > 1:
            return [SheetError(0, "", "", "一份文件只能有一个批次、一个年度", "分成几份上传")]
        try:
            year = year_of(self.batches[first["batch_code"]], first["year_no"])
        except MissingInput as missing:
            return [SheetError(rows[0].line, "采购年度序号", str(first["year_no"]), missing.reason)]
        left = check_rows(year=year, rows=self._agreed(values), scope=self.scope)
        return [
            SheetError(
                rows[each.index].line, "国家医保编码",
                rows[each.index].cells.get("product_code", ""), each.reason,
            )
            for each in left
        ]  # fmt: skip

    def _names(
        self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]
    ) -> list[SheetError]:
        errors = []
        for row, each in zip(rows, values, strict=True):
            for name, heading, there in (
                ("batch_code", "批次代码", self.batches),
                ("institution_code", "医疗机构编码", self.names.organisations),
                ("product_code", "国家医保编码", self.names.products),
                ("distributor_code", "配送企业信用代码", self.names.organisations),
            ):
                if each[name] and each[name] not in there:
                    message = f"没有这个{heading}，请核对"
                    errors.append(SheetError(row.line, heading, each[name][:80], message))
        return errors

    def _agreed(self, values: Sequence[dict[str, Any]]) -> list[AgreedRow]:
        found = self.names.organisations
        return [
            AgreedRow(
                institution=found[each["institution_code"]].pk,
                product=self.names.products[each["product_code"]].pk,
                agreed_qty=each["agreed_qty"], price=each["price"],
                distributor=found[each["distributor_code"]].pk if each["distributor_code"] else None,
                explanation=each["explanation"],
            )
            for each in values
        ]  # fmt: skip

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        first = values[0]
        renewal = first["year_no"] > 1
        done = generate_agreements(
            batch=self.batches[first["batch_code"]], year_no=first["year_no"],
            rows=self._agreed(values), by=self.user, scope=self.scope, at=timezone.now(),
            basis=Agreement.Basis.RENEWAL if renewal else Agreement.Basis.GENERATED,
        )  # fmt: skip
        return f"已生成 {done.made} 份协议、{done.lines} 行，三方负责人已收到待办"
