"""考核豁免: applications, one application with its supply record, applying, the public list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.exemption_application import ExemptionApplicationFilter
from monitoring.forms import SeenVersion
from monitoring.forms.exemption_application import (
    ExemptionApplyForm,
    ExemptionGrantForm,
    ExemptionWordsForm,
)
from monitoring.models import ExemptionApplication
from monitoring.operations.exemption_applications import (
    OBJECT_TYPE,
    NewApplication,
    application_url,
    apply_for_exemption,
    grant_application,
    perform_step,
)
from monitoring.queries.exemption_applications import (
    SHOWN_WITH,
    exemption_standings,
    facts_of,
    files_of,
    holder_of,
    may_apply,
    supply_record,
    supply_words,
    visible_exemption_applications,
    visible_granted_exemptions,
)
from monitoring.states.exemption_application import (
    EXEMPTION_CLAUSE,
    EXEMPTION_LEVELS,
    EXEMPTION_MACHINE,
)
from monitoring.tables.exemption_application import (
    EXEMPTION_APPLICATION_COLUMNS,
    GRANTED_COLUMNS,
)
from monitoring.views.new_case import NewCaseView
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

DONE = {
    "check": "已核查，报省级医保局认定", "return": "已退回，医疗机构补正", "resubmit": "已重新提交",
    "grant": "已认定并公开，指标重新计算后不再考核", "refuse": "已登记不予认定", "withdraw": "已撤回申请",
}  # fmt: skip
LABELS = {
    "check": "核查意见",
    "return": "退回原因",
    "resubmit": "申请理由",
    "refuse": "不予认定的理由",
}


class ExemptionApplicationListView(FilteredListView):
    page_title = "考核豁免申请"
    page_note = "临床需求重大变化、短缺药供应不足等，由医疗机构申请、设区市核查、省级认定"
    filterset_class = ExemptionApplicationFilter
    columns = EXEMPTION_APPLICATION_COLUMNS
    default_sort = "-submitted"
    keyset = ("id",)
    route, export_route = "exemption-applications", "exemption-applications-export"
    sheet_name = "考核豁免申请"
    bar = ("state", "kind", "cause")
    search_hint = "医疗机构、产品、拼音首字母、编号"
    empty_title = "没有符合条件的申请"
    empty_icon = "shield-check"

    def everything(self, scope: Scope) -> QuerySet[ExemptionApplication]:
        return visible_exemption_applications(scope).select_related(*SHOWN_WITH)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [{"label": "已认定清单", "url": reverse("granted-exemptions")}]
        if may_apply(self.scope):
            actions.append(
                {"label": "申请豁免", "icon": "plus", "kind": "primary",
                 "url": reverse("exemption-application-new")}
            )  # fmt: skip
        return super().get_context_data(actions=actions, **kwargs)


class ExemptionApplicationExportView(ExportMixin, ExemptionApplicationListView):
    pass


class GrantedExemptionListView(FilteredListView):
    page_title = "已认定的考核豁免"
    page_note = "省级医保局认定的考核豁免，公开供各方查阅"
    filterset_class = ExemptionApplicationFilter
    columns = GRANTED_COLUMNS
    default_sort = "-granted"
    keyset = ("id",)
    route, export_route = "granted-exemptions", "granted-exemptions-export"
    sheet_name = "已认定的考核豁免"
    bar = ("kind", "cause", "batch")
    search_hint = "医疗机构、产品、拼音首字母、编号"
    empty_title = "没有已认定的豁免"
    empty_icon = "shield-check"

    def everything(self, scope: Scope) -> QuerySet[ExemptionApplication]:
        return visible_granted_exemptions(scope).select_related(*SHOWN_WITH)


class GrantedExemptionExportView(ExportMixin, GrantedExemptionListView):
    pass


class ExemptionApplicationView(ScopedDetailView):
    template_name = "monitoring/exemption_application.html"
    key_field = key = "application_no"

    def visible(self, scope: Scope) -> QuerySet[ExemptionApplication]:
        return visible_exemption_applications(scope).select_related(*SHOWN_WITH)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ExemptionApplication = kwargs["object"]
        failed, failed_verb = kwargs.pop("failed", None), kwargs.pop("failed_verb", "")
        offers = EXEMPTION_MACHINE.offers(row, exemption_standings(self.scope, row))
        steps = {
            each.transition.verb: each.transition.label
            for each in offers
            if each.verdict and each.transition.verb != "withdraw"
        }
        who = holder_of(row)
        return super().get_context_data(
            level=EXEMPTION_LEVELS[row.state], who=who, facts=facts_of(row),
            offered=offered_actions(
                offers, url=lambda verb: self._url(row, verb), version=row.row_version,
                on_page={verb: verb for verb in steps},
            ),
            forms=[
                {
                    "id": verb, "title": label, "url": self._url(row, verb),
                    "form": failed if failed is not None and verb == failed_verb
                    else form_of(verb, row),
                    "columns": "2" if verb == "grant" else "1", "files": verb == "resubmit",
                }
                for verb, label in steps.items()
            ],
            weighed=supply_words(row.product, row.asked_from),
            record=supply_record(self.scope, row), upload_megabytes=max_megabytes(),
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, row.pk), who=who),
            documents=document_items(
                files_of(row),
                lambda each: reverse(
                    "exemption-application-file", args=[row.application_no, each.pk]
                ),
            ),
            breadcrumbs=[
                {"label": "考核豁免申请", "url": reverse("exemption-applications")},
                {"label": row.application_no},
            ],
            **{**kwargs, "page_title": f"考核豁免申请：{row.product.name}"},
        )  # fmt: skip

    def _url(self, row: ExemptionApplication, verb: str) -> str:
        return reverse("exemption-application-act", args=[row.application_no, verb])


def form_of(verb: str, row: ExemptionApplication, *args: Any) -> SeenVersion:
    """The form of a step, bound where data is given."""
    more: dict[str, Any] = {"auto_id": f"id_{verb}_%s"}
    if not args:
        more["initial"] = {"version": row.row_version}
    if verb == "withdraw":
        return SeenVersion(*args, **more)
    if verb == "grant":
        if not args:
            more["initial"] |= {"from_on": row.asked_from, "to_on": row.asked_to}
        return ExemptionGrantForm(*args, **more)
    if verb == "resubmit" and not args:
        more["initial"]["note"] = row.statement
    return ExemptionWordsForm(*args, label=LABELS[verb], **more)


class ExemptionApplicationFileView(ExemptionApplicationView):
    """Evidence, for those who see the application; what failed inspection is 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.get_object()), str(self.kwargs["file_id"]))


class ExemptionApplicationActView(ExemptionApplicationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ExemptionApplication = self.get_object()
        verb = self.kwargs["verb"]
        form = form_of(verb, row, request.POST)
        if not form.is_valid():
            return self._again(row, verb, form)
        values = dict(form.cleaned_data)
        common: dict[str, Any] = {
            "application": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values.pop("version"),
        }  # fmt: skip
        try:
            if verb == "grant":
                grant_application(**values, **common)
            else:
                files = request.FILES.getlist("files") if verb == "resubmit" else []
                perform_step(verb=verb, uploads=files, **values, **common)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(application_url(row))

    def _again(self, row: ExemptionApplication, verb: str, form: Any) -> HttpResponse:
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_verb=verb)
        return self.render_to_response(context, status=400)


class ExemptionApplicationNewView(NewCaseView):
    page_title = "申请考核豁免"
    page_note = "提交后由设区市医保局核查，省级医保局认定；认定的豁免公开"
    template_name = "monitoring/exemption_application_new.html"
    form_class = ExemptionApplyForm

    def may(self) -> bool:
        return may_apply(self.scope)

    def not_yours(self) -> NotYours:
        return _not_yours()

    def given(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "")[:40] for name in ("batch", "product")}

    def make(self, form: Any) -> tuple[str, str]:
        made = apply_for_exemption(
            new=NewApplication(**form.cleaned_data), uploads=self.request.FILES.getlist("files"),
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return "已提交，设区市医保局核查后报省级认定", application_url(made)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("exemption-applications"), upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": "考核豁免申请", "url": reverse("exemption-applications")},
                {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


def _not_yours() -> NotYours:
    return NotYours("考核豁免由医疗机构的经办、审核或负责人申请", EXEMPTION_CLAUSE)
