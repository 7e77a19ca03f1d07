"""Editions of 可替代药品 and 折算系数: the list, a proposal by one sheet, one edition, the list as of its day."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.editions import EditionFilter
from catalog.forms.edition import SHEETS, EditionForm, read_lines, read_rows
from catalog.forms.quality import WordsForm
from catalog.models import CatalogueEdition
from catalog.operations.editions import decide_edition, propose_edition
from catalog.queries.editions import (
    edition_standings,
    editions_with_lines,
    factors_on,
    may_propose_edition,
    substitutes_on,
    visible_editions,
)
from catalog.queries.listing_cases import case_files
from catalog.queries.marked_copies import OWNER_TYPE
from catalog.queries.marked_copies import marked_copy as kept_copy
from catalog.queries.steps import steps_of
from catalog.states.edition import EDITION_LEVELS, EDITION_MACHINE
from catalog.tables.editions import EDITION_COLUMNS
from catalog.views.quality import StepView
from core.attachments.store import keep_made
from core.lists.sheet import SheetRefused, SheetRow, marked_copy
from core.lists.workbook import XLSX, workbook_response
from core.transitions import NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView

STEPS = {
    "catalogue_edition.propose": "提出",
    "catalogue_edition.publish": "核对发布",
    "catalogue_edition.return": "退回",
    "catalogue_edition.withdraw": "撤回",
}


class EditionListView(FilteredListView):
    page_title = "可替代药品与折算系数"
    page_note = "省级医保局按版次发布，一人提出、另一人核对；自某月 1 日起生效，已结束的月份不变"
    filterset_class = EditionFilter
    columns = EDITION_COLUMNS
    default_sort = "-proposed"
    route, export_route, sheet_name = "editions", "editions-export", "目录版次"
    bar = ("kind", "stage", "since")
    search_hint = "标题、依据、编号"
    empty_title = "还没有发布过"
    empty_text = "现行的可替代药品和折算系数随数据集导入，一直有效。"

    def everything(self, scope: Scope) -> QuerySet[CatalogueEdition]:
        return visible_editions(scope).annotate(line_count=Count("lines"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [
            {"label": f"提出{label}", "url": reverse("edition-new", args=[kind]), "kind": "primary"}
            for kind, label in CatalogueEdition.Kind.choices
        ]
        shown = actions if may_propose_edition(self.scope) else []
        return super().get_context_data(**{"actions": shown, **kwargs})


class EditionExportView(ExportMixin, EditionListView):
    pass


class EditionNewView(ScopedTemplateView):
    """Title, basis, day and a sheet of lines; `?template=1` gives the sheet. All lines or none."""

    template_name = "catalog/edition_new.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self._kind()
        allowed = may_propose_edition(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        if request.GET.get("template"):
            columns = [(column.heading, column.width) for column in SHEETS[kind]]
            return workbook_response(name=f"{self._label(kind)}模板", columns=columns, rows=[])
        return self._shown(EditionForm(), 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self._kind()
        allowed = may_propose_edition(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = EditionForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._shown(form, 400)
        values = form.cleaned_data
        rows: list[SheetRow] = []
        try:
            rows = read_rows(values["file"].read(), kind=kind)
            lines = read_lines(rows, kind=kind, scope=self.scope, on=values["effective_from"])
            edition = propose_edition(
                kind=kind, title=values["title"], basis=values["basis"],
                effective_from=values["effective_from"], lines=lines,
                uploads=request.FILES.getlist("papers"), by=self.user, scope=self.scope,
                at=timezone.now(),
            )  # fmt: skip
        except SheetRefused as refused:
            items = [
                {"line": each.line, "column": each.column, "value": each.value,
                 "message": each.message, "remedy": each.remedy}
                for each in refused.errors[:200]
            ]  # fmt: skip
            return self._shown(
                form, 400, file_errors=items, error_total=len(refused.errors),
                marked_url=self._marked(rows, refused, values["file"].name) if rows else "",
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self._shown(form, refusal.status)
        return HttpResponseRedirect(reverse("edition", args=[edition.edition_no]))

    def _marked(self, rows: list[SheetRow], refused: SheetRefused, name: str) -> str:
        """The same sheet with its mistakes marked, for whoever uploaded it."""
        body = io.BytesIO(marked_copy(SHEETS[self._kind()], rows, refused.errors))
        kept = keep_made(
            owner_type=OWNER_TYPE, owner_id=self.user.pk, name=f"错误_{name}"[-200:], body=body,
            content_type=XLSX, by=self.user, at=timezone.now(),
        )  # fmt: skip
        return reverse("edition-marked", args=[kept.pk])

    def _kind(self) -> str:
        kind = str(self.kwargs["kind"])
        if kind not in SHEETS:
            raise Http404
        return kind

    def _label(self, kind: str) -> str:
        return str(CatalogueEdition.Kind(kind).label)

    def _shown(self, form: forms.Form, status: int, **more: Any) -> HttpResponse:
        kind = self._kind()
        context = self.get_context_data(
            form=form,
            kind=kind,
            sheet_columns=SHEETS[kind],
            template_url=f"{reverse('edition-new', args=[kind])}?template=1",
            page_title=f"提出{self._label(kind)}",
            breadcrumbs=[{"label": "可替代药品与折算系数", "url": reverse("editions")},
                         {"label": self._label(kind)}],
            **more,
        )  # fmt: skip
        return self.render_to_response(context, status=status)


class EditionView(ScopedDetailView):
    template_name = "catalog/edition_detail.html"
    key_field = key = "edition_no"

    def visible(self, scope: Scope) -> QuerySet[CatalogueEdition]:
        return editions_with_lines(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition: CatalogueEdition = kwargs["object"]
        form = WordsForm.shown(
            kwargs.pop("failed", None), label="退回原因", version=edition.row_version
        )
        offers = EDITION_MACHINE.offers(edition, edition_standings(self.scope, edition))
        return super().get_context_data(
            level=EDITION_LEVELS[edition.state],
            offered=offered_actions(
                offers, url=lambda verb: reverse("edition-act", args=[edition.edition_no, verb]),
                version=edition.row_version, on_page={"return": "return"},
            ),
            may_return=any(each.transition.verb == "return" and each.verdict for each in offers),
            form=form,
            return_url=reverse("edition-act", args=[edition.edition_no, "return"]),
            holder="本局另一位审核或负责人" if edition.state == "proposed" else "",
            documents=document_items(
                case_files(EDITION_MACHINE.name, edition),
                lambda f: reverse("edition-paper", args=[edition.edition_no, f.pk]),
            ),
            timeline=steps_of("catalogue_edition", edition.pk, STEPS),
            breadcrumbs=[{"label": "可替代药品与折算系数", "url": reverse("editions")},
                         {"label": edition.edition_no}],
            **{**kwargs, "page_title": edition.title},
        )  # fmt: skip


class EditionActView(StepView, EditionView):
    done = "已办理"

    def address_of(self, row: CatalogueEdition) -> str:
        return reverse("edition", args=[row.edition_no])

    def act(self, row: CatalogueEdition, values: dict[str, Any]) -> None:
        verb = self.kwargs["verb"]
        if verb not in {each.verb for each in EDITION_MACHINE.transitions}:
            raise Http404
        decide_edition(
            edition=row, verb=verb, note=values["words"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class EditionFileView(EditionView):
    """The whole list as it is on the edition's day."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        edition: CatalogueEdition = self.get_object()
        on = edition.effective_from
        name = f"{edition.get_kind_display()}_{on:%Y%m%d}"
        if edition.kind == CatalogueEdition.Kind.SUBSTITUTES:
            rows = substitutes_on(self.scope, on).order_by("group__code", "product__code")
            return workbook_response(
                name=name,
                columns=[("品种代码", 14), ("品种", 26), ("国家医保编码", 28), ("产品", 32),
                         ("自", 12), ("至", 12)],
                rows=rows.values_list("group__code", "group__name", "product__code",
                                      "product__name", "valid_from", "valid_to"),
            )  # fmt: skip
        factors = factors_on(self.scope, on).order_by("product__code")
        return workbook_response(
            name=name,
            columns=[("国家医保编码", 28), ("产品", 32), ("每包装计量单位数", 16), ("自", 12),
                     ("至", 12), ("依据", 40)],
            rows=factors.values_list("product__code", "product__name", "base_units_per_pack",
                                     "valid_from", "valid_to", "basis"),
        )  # fmt: skip


class EditionPaperView(EditionView):
    """A paper that the edition rests on, for those who see the edition."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        files = case_files(EDITION_MACHINE.name, self.get_object())
        return kept_file(request, next((f for f in files if f.pk == kwargs["file_id"]), None))


class EditionMarkedView(ScopedView):
    """The marked copy, for whoever uploaded the sheet."""

    def entry(self, scope: Scope) -> Verdict:
        return may_propose_edition(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return kept_file(request, kept_copy(self.user, kwargs["file_id"]))
