"""督导检查: the list, one inspection with its checklist and steps, planning one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import NotYours, Offer
from core.views.object_page import document_items, offered_actions
from monitoring.filters.site_inspection import SiteInspectionFilter
from monitoring.forms.site_inspection import InspectionPlanForm
from monitoring.models import SiteInspection
from monitoring.operations.inspections.plan import InspectionTask, plan_inspections
from monitoring.operations.inspections.telling import OBJECT_TYPE, inspection_url
from monitoring.queries.actions import may_propose, visible_actions
from monitoring.queries.site_inspection_page import checklist_of, facts_of
from monitoring.queries.site_inspections import (
    SHOWN_WITH,
    files_of,
    holder_of,
    inspection_standings,
    late_on,
    problems_of,
    visible_site_inspections,
)
from monitoring.states.site_inspection import (
    INSPECTION_CLAUSE,
    INSPECTION_LEVELS,
    INSPECTION_MACHINE,
    OFFICER,
    WITH_SUBJECT,
)
from monitoring.tables.site_inspection import SITE_INSPECTION_COLUMNS
from monitoring.views.new_case import NewCaseView
from monitoring.views.site_inspection_forms import TITLES, card_of, forms_for
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

TABS = (("在办", "running=1"), ("逾期", "late=1"))
COUNTED = {
    "problems": Count("items", filter=Q(items__result="problem")),
    "mended": Count("items", filter=Q(items__accepted=True)),
}


class SiteInspectionListView(FilteredListView):
    page_title = "督导检查"
    page_note = "按清单现场检查，逐项反馈问题、限期整改、核实；没有整改到位的可提出监管措施"
    filterset_class = SiteInspectionFilter
    columns = SITE_INSPECTION_COLUMNS
    default_sort = "-made"
    keyset = ("id",)
    route, export_route = "site-inspections", "site-inspections-export"
    sheet_name = "督导检查"
    bar = ("state", "level", "planned_from", "planned_to")
    search_hint = "被检查单位、拼音首字母、编号、文号"
    empty_title = "没有符合条件的督导检查"
    empty_icon = "clipboard-check"
    held = ("running", "late")

    def everything(self, scope: Scope) -> QuerySet[SiteInspection]:
        rows = visible_site_inspections(scope).select_related("subject", "office")
        counted: QuerySet[SiteInspection] = rows.annotate(**COUNTED)
        return counted

    def row_label(self, row: SiteInspection) -> str:
        return row.inspection_no

    def row_late(self, row: SiteInspection) -> bool:
        due = row.due_on if row.state in WITH_SUBJECT else None
        return due is not None and due < timezone.localdate()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, given = reverse(self.route), self.request.GET
        tabs: list[dict[str, Any]] = []
        for label, query in TABS:
            name, _, value = query.partition("=")
            tabs.append(
                {"label": label, "url": f"{url}?{query}", "active": given.get(name) == value}
            )
        whole = not any(tab["active"] for tab in tabs)
        tabs.append({"label": "全部", "url": url, "active": whole})
        new = {"label": "制定检查计划", "icon": "plus", "kind": "primary",
               "url": reverse("site-inspection-new")}  # fmt: skip
        return super().get_context_data(
            tabs=tabs, actions=[new] if may_propose(self.scope) else [], **kwargs
        )


class SiteInspectionExportView(ExportMixin, SiteInspectionListView):
    pass


class SiteInspectionView(ScopedDetailView):
    template_name = "monitoring/site_inspection.html"
    key_field = key = "inspection_no"

    def visible(self, scope: Scope) -> QuerySet[SiteInspection]:
        return visible_site_inspections(scope).select_related(*SHOWN_WITH)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SiteInspection = kwargs["object"]
        failed, failed_step = kwargs.pop("failed", None), kwargs.pop("failed_step", "")
        standings = inspection_standings(self.scope, row)
        offers = self._offers(row, standings)
        able = [each.transition.verb for each in offers if each.verdict]
        who = holder_of(row)
        late = visible_site_inspections(self.scope).filter(
            late_on(timezone.localdate()), pk=row.pk
        ).exists()  # fmt: skip
        return super().get_context_data(
            state={"words": row.get_state_display(), "level": INSPECTION_LEVELS[row.state],
                   "who": who, "until": row.due_on if row.state in WITH_SUBJECT else None,
                   "late": late},
            offered=[
                *offered_actions(
                    offers, url=lambda verb: reverse("site-inspection-act", args=[
                        row.inspection_no, verb,
                    ]), version=row.row_version, on_page=forms_for(able),
                ),
                *self._more(row, standings),
            ],
            others=visible_site_inspections(self.scope).filter(task_no=row.task_no)
            .exclude(pk=row.pk).count(),
            facts=facts_of(self.scope, row), checklist=checklist_of(self.scope, row),
            step_forms=[
                card_of(row, step, failed if step == failed_step else None)
                for step in dict.fromkeys(forms_for(able).values())
            ],
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, row.pk), who=who),
            documents=document_items(
                files_of(self.scope, row),
                lambda each: reverse("site-inspection-file", args=[row.inspection_no, each.pk]),
            ),
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": "督导检查", "url": reverse("site-inspections")},
                         {"label": row.inspection_no}],
            **{**kwargs, "page_title": f"督导检查：{row.subject.name}"},
        )  # fmt: skip

    def _offers(self, row: SiteInspection, standings: frozenset[str]) -> list[Offer]:
        """One button for a form that decides between two steps: feeding back, judging the items."""
        needless = {"return", "feed_back" if row.state == "visited" else "clear"}
        if row.state == "visited" and problems_of(row):
            needless = {"return", "clear"}
        return [
            replace(each, transition=replace(each.transition, label=TITLES["judge"]))
            if each.transition.verb == "accept"
            else each
            for each in INSPECTION_MACHINE.offers(row, standings)
            if each.transition.verb not in needless
        ]

    def _more(self, row: SiteInspection, standings: frozenset[str]) -> list[dict[str, Any]]:
        """What was not mended leads on to a measure."""
        if OFFICER not in standings or row.state not in ("rectifying", "answered", "returned"):
            return []
        url = f"{reverse('action-new')}?inspection={row.inspection_no}"
        return [{"label": "提出监管措施", "url": url}]


class SiteInspectionFileView(SiteInspectionView):
    """Evidence, letter and answers, for those who may know the findings; else 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.scope, self.get_object()), str(self.kwargs["file_id"]))


class SiteInspectionNewView(NewCaseView):
    page_title = "制定检查计划"
    page_note = "事先通知的，被检查单位随即收到日期和检查内容；不事先通知的，反馈之前看不到"
    template_name = "monitoring/site_inspection_new.html"
    form_class = InspectionPlanForm

    def may(self) -> bool:
        return may_propose(self.scope)

    def not_yours(self) -> NotYours:
        return _not_yours()

    def make(self, form: Any) -> tuple[str, str]:
        made = plan_inspections(
            task=InspectionTask(**form.cleaned_data), by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        told = "，被检查单位已收到通知" if made[0].announced else ""
        several = f"{reverse('site-inspections')}?task={made[0].task_no}"
        url = inspection_url(made[0]) if len(made) == 1 else several
        return f"已制定 {len(made)} 项检查计划{told}", url

    def given(self) -> dict[str, Any]:
        """From a measure: whom it is against and why is filled in."""
        given: dict[str, Any] = {
            name: self.request.GET.get(name, "")[:40] for name in ("subjects", "action")
        }
        of = (
            visible_actions(self.scope)
            .select_related("subject")
            .filter(action_no=given["action"] or "-")
            .first()
        )
        if of is not None:
            given |= {"subjects": of.subject.code, "matter": of.matter}
        return given

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("site-inspections"),
            breadcrumbs=[
                {"label": "督导检查", "url": reverse("site-inspections")},
                {"label": self.page_title},
            ],
            **kwargs,
        )


def _not_yours() -> NotYours:
    return NotYours("督导检查由医保局经办、审核或负责人组织", INSPECTION_CLAUSE)
