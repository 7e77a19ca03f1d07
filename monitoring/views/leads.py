"""线索: the list, one lead with its method and lines, its steps, asking for a search."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.lead import LeadFilter
from monitoring.forms import SeenVersion
from monitoring.forms.lead import LeadSearchForm, LeadTransferForm, LeadWordsForm
from monitoring.models import Lead
from monitoring.operations.leads.find import OBJECT_TYPE, request_lead_search
from monitoring.operations.leads.steps import lead_url, perform_lead_step, transfer_lead
from monitoring.queries.leads import (
    SHOWN_WITH,
    about,
    facts_of_lead,
    lead_files,
    lead_standings,
    newest_month,
    reads_leads,
    searches_leads,
    visible_lead_searches,
    visible_leads,
)
from monitoring.states.lead import LEAD_LEVELS, LEAD_MACHINE
from monitoring.tables.lead import LEAD_COLUMNS
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

LABEL = "线索"
DONE = {
    "confirm": "已登记核查属实", "dismiss": "已排除", "reopen": "已重新列入待核查",
    "transfer": "已移交，移交函已生成", "answer": "已反馈办理结果",
}  # fmt: skip


class LeadListView(FilteredListView):
    page_title = LABEL
    page_note = (
        "从订单中筛查带金销售和违反供应承诺的线索，只有“线索查办”角色和接收单位可见；"
        "线索不是结论，核查后移交"
    )
    filterset_class = LeadFilter
    columns = LEAD_COLUMNS
    default_sort = "-found"
    keyset = ("id",)
    route, export_route, sheet_name = "leads", "leads-export", LABEL
    bar = ("kind", "state", "year")
    search_hint = "医疗机构、企业、拼音首字母、编号"
    empty_title = "没有线索"
    empty_text = "每月指标计算后自动筛查。"
    empty_icon = "shield-check"

    def exists_for(self, scope: Scope) -> bool:
        return reads_leads(scope)

    def everything(self, scope: Scope) -> QuerySet[Lead]:
        return visible_leads(scope).select_related(*SHOWN_WITH)

    def row_label(self, row: Lead) -> str:
        return row.lead_no

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "筛查线索", "icon": "search", "url": reverse("lead-search"),
               "kind": "primary"}  # fmt: skip
        return super().get_context_data(
            actions=[new] if searches_leads(self.scope) else [], **kwargs
        )


class LeadExportView(ExportMixin, LeadListView):
    pass


class LeadSearchView(ScopedTemplateView):
    """Ask for a search: a job, for which the asker does not wait."""

    template_name = "monitoring/lead_search.html"
    page_title = "筛查线索"

    def exists_for(self, scope: Scope) -> bool:
        return searches_leads(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = newest_month(self.scope.province_id)
        initial = {"month": f"{month:%Y-%m}"} if month else None
        kwargs.setdefault("form", LeadSearchForm(initial=initial))
        return super().get_context_data(
            searches=visible_lead_searches(self.scope).order_by("-month")[:12],
            list_url=reverse("leads"),
            breadcrumbs=[{"label": LABEL, "url": reverse("leads")}, {"label": "筛查"}],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LeadSearchForm(request.POST)
        if form.is_valid():
            try:
                job = request_lead_search(
                    month=form.cleaned_data["month"], by=self.user, scope=self.scope,
                    at=timezone.now(),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
            except MissingInput as missing:
                form.add_error("month", missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class LeadView(ScopedDetailView):
    template_name = "monitoring/lead.html"
    key_field = key = "lead_no"

    def visible(self, scope: Scope) -> QuerySet[Lead]:
        return visible_leads(scope).select_related(*SHOWN_WITH)

    def form_of(self, verb: str, lead: Lead, *args: Any) -> SeenVersion:
        """The form of a step, bound where data is given."""
        more: dict[str, Any] = {"auto_id": f"id_{verb}_%s"}
        if not args:
            more["initial"] = {"version": lead.row_version}
        if verb == "transfer":
            return LeadTransferForm(*args, scope=self.scope, **more)
        return LeadWordsForm(*args, verb=verb, **more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead: Lead = kwargs["object"]
        failed, failed_verb = kwargs.pop("failed", None), kwargs.pop("failed_verb", "")
        offers = LEAD_MACHINE.offers(lead, lead_standings(self.scope, lead))
        steps = {each.transition.verb: each.transition.label for each in offers if each.verdict}
        who = lead.receiver.name if lead.receiver and lead.state == "transferred" else (
            f"{lead.province.name}医保局线索查办人员" if lead.state in ("found", "confirmed") else ""
        )  # fmt: skip
        return super().get_context_data(
            level=LEAD_LEVELS[lead.state], who=who, facts=facts_of_lead(lead),
            offered=offered_actions(
                offers, url=lambda verb: self._url(lead, verb), version=lead.row_version,
                on_page={verb: verb for verb in steps},
            ),
            forms=[
                {
                    "id": verb, "title": label, "url": self._url(lead, verb),
                    "form": failed if failed is not None and verb == failed_verb
                    else self.form_of(verb, lead),
                    "files": verb in ("confirm", "answer"),
                }
                for verb, label in steps.items()
            ],
            upload_megabytes=max_megabytes(),
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, lead.pk), who=who),
            documents=document_items(
                lead_files(lead), lambda each: reverse("lead-file", args=[lead.lead_no, each.pk])
            ),
            breadcrumbs=[{"label": LABEL, "url": reverse("leads")}, {"label": lead.lead_no}],
            **{**kwargs, "page_title": f"{lead.get_kind_display()}：{about(lead)}"},
        )  # fmt: skip

    def _url(self, lead: Lead, verb: str) -> str:
        return reverse("lead-act", args=[lead.lead_no, verb])


class LeadFileView(LeadView):
    """Papers, for those who see the lead; what failed inspection is 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, lead_files(self.get_object()), str(self.kwargs["file_id"]))


class LeadActView(LeadView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lead: Lead = self.get_object()
        verb = self.kwargs["verb"]
        form = self.form_of(verb, lead, request.POST)
        if not form.is_valid():
            return self._again(lead, verb, form)
        values = dict(form.cleaned_data)
        common: dict[str, Any] = {
            "lead": lead, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values.pop("version"),
        }  # fmt: skip
        try:
            if verb == "transfer":
                transfer_lead(**values, **common)
            else:
                files = request.FILES.getlist("files") if verb in ("confirm", "answer") else []
                perform_lead_step(verb=verb, uploads=files, **values, **common)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(lead, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        except KeyError:
            raise Http404 from None
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(lead_url(lead))

    def _again(self, lead: Lead, verb: str, form: Any) -> HttpResponse:
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=lead, failed=form, failed_verb=verb)
        return self.render_to_response(context, status=400)
