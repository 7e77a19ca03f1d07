"""惩戒案件: the list, one case with its steps and effects, drafting one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import NotYours, Offer, Verdict
from core.views.object_page import document_items, offered_actions
from monitoring.filters.sanction_case import SanctionCaseFilter
from monitoring.forms.sanction_case import SanctionDraftForm
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.draft import NewSanction, draft_sanction
from monitoring.operations.sanctions.telling import OBJECT_TYPE, sanction_url
from monitoring.queries.actions import visible_actions
from monitoring.queries.sanction_case_page import effects_of, facts_of
from monitoring.queries.sanction_cases import (
    SHOWN_WITH,
    files_of,
    holder_of,
    may_draft,
    sanction_standings,
    statement_over,
    visible_sanction_cases,
)
from monitoring.states.sanction_case import SANCTION_CLAUSE, SANCTION_MACHINE, STATE_LEVELS
from monitoring.tables.sanction_case import SANCTION_COLUMNS
from monitoring.views.new_case import NewCaseView
from monitoring.views.sanction_case_forms import TITLES, card_of, forms_for
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

KIND_OF_ACTION = {"credit": "credit", "document_penalty": "penalty"}


class SanctionCaseListView(FilteredListView):
    page_title = "惩戒案件"
    page_note = "取消中选资格、信用评价、按采购文件惩戒：先告知、听取陈述申辩，由另一人决定，按日生效，可申请修复"
    filterset_class = SanctionCaseFilter
    columns = SANCTION_COLUMNS
    default_sort = "-made"
    keyset = ("id",)
    route, export_route = "sanction-cases", "sanction-cases-export"
    sheet_name = "惩戒案件"
    bar = ("kind", "state", "effective_from", "effective_to")
    search_hint = "企业、产品、拼音首字母、编号、文号"
    empty_title = "没有符合条件的惩戒案件"
    empty_icon = "gavel"
    held = ("running",)

    def everything(self, scope: Scope) -> QuerySet[SanctionCase]:
        return visible_sanction_cases(scope).select_related("subject", "office", "product", "batch")

    def row_label(self, row: SanctionCase) -> str:
        return row.case_no

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, running = reverse(self.route), self.request.GET.get("running") == "1"
        new = {"label": "立案", "icon": "plus", "kind": "primary",
               "url": reverse("sanction-case-new")}  # fmt: skip
        return super().get_context_data(
            tabs=[
                {"label": "在办", "url": f"{url}?running=1", "active": running},
                {"label": "全部", "url": url, "active": not running},
            ],
            actions=[new] if may_draft(self.scope) else [], **kwargs,
        )  # fmt: skip


class SanctionCaseExportView(ExportMixin, SanctionCaseListView):
    pass


class SanctionCaseView(ScopedDetailView):
    template_name = "monitoring/sanction_case.html"
    key_field = key = "case_no"

    def visible(self, scope: Scope) -> QuerySet[SanctionCase]:
        return visible_sanction_cases(scope).select_related(*SHOWN_WITH)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SanctionCase = kwargs["object"]
        failed, failed_step = kwargs.pop("failed", None), kwargs.pop("failed_step", "")
        offers = self._offers(row)
        able = [each.transition.verb for each in offers if each.verdict]
        today, who = timezone.localdate(), holder_of(row)
        over = row.state == "noticed" and statement_over(row, today)
        return super().get_context_data(
            state={"words": row.get_state_display(), "level": STATE_LEVELS[row.state],
                   "who": row.office.name if over else who,
                   "until": row.statement_due_on if row.state == "noticed" else None,
                   "late": over},
            offered=offered_actions(
                offers, version=row.row_version, on_page=forms_for(able),
                url=lambda verb: reverse("sanction-case-act", args=[row.case_no, verb]),
            ),
            facts=facts_of(self.scope, row), effects=effects_of(self.scope, row),
            step_forms=[
                card_of(row, step, failed if step == failed_step else None)
                for step in dict.fromkeys(forms_for(able).values())
            ],
            thread=with_holder(steps_of(self.scope, OBJECT_TYPE, row.pk), who=who),
            documents=document_items(
                files_of(self.scope, row),
                lambda each: reverse("sanction-case-file", args=[row.case_no, each.pk]),
            ),
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": "惩戒案件", "url": reverse("sanction-cases")},
                         {"label": row.case_no}],
            **{**kwargs, "page_title": f"{row.get_kind_display()}：{row.subject.name}"},
        )  # fmt: skip

    def _offers(self, row: SanctionCase) -> list[Offer]:
        """One button for judging a repair; deciding waits for the statement or its last day."""
        standings = sanction_standings(self.scope, row)
        return [
            _as_shown(each, row)
            for each in SANCTION_MACHINE.offers(row, standings)
            if each.transition.verb != "refuse_repair"
        ]


def _as_shown(offer: Offer, row: SanctionCase) -> Offer:
    verb = offer.transition.verb
    if verb == "grant_repair":
        return replace(offer, transition=replace(offer.transition, label=TITLES["judge"]))
    if row.state != "noticed" or not offer.verdict:
        return offer
    over = statement_over(row, timezone.localdate())
    if verb == "decide" and not over:
        words = f"当事企业可陈述申辩到 {row.statement_due_on}（含当日）"
        return replace(offer, verdict=Verdict(False, words, SANCTION_CLAUSE))
    if verb == "state" and over:
        return replace(offer, verdict=Verdict(False, "陈述申辩期限已过", SANCTION_CLAUSE))
    return offer


class SanctionCaseFileView(SanctionCaseView):
    """Evidence, letters and papers, for those who see the case; else 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.scope, self.get_object()), str(self.kwargs["file_id"]))


class SanctionCaseNewView(NewCaseView):
    page_title = "惩戒立案"
    page_note = "立案后当事企业还看不到；核实清楚再告知。立案人不能作出决定"
    template_name = "monitoring/sanction_case_new.html"
    form_class = SanctionDraftForm

    def may(self) -> bool:
        return may_draft(self.scope)

    def not_yours(self) -> NotYours:
        return not_yours()

    def make(self, form: Any) -> tuple[str, str]:
        made = draft_sanction(
            new=NewSanction(**form.cleaned_data), uploads=self.request.FILES.getlist("files"),
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return "已立案，核实清楚后请告知当事企业", sanction_url(made)

    def given(self) -> dict[str, Any]:
        """From a measure: whom it is against and why is filled in."""
        number = self.request.GET.get("action", "")[:40]
        of = (
            visible_actions(self.scope)
            .select_related("subject", "product")
            .filter(action_no=number or "-")
            .first()
        )
        if of is None:
            return {"clause": SANCTION_CLAUSE}
        return {
            "action": of.action_no, "subject": of.subject.code, "matter": of.matter,
            "kind": KIND_OF_ACTION.get(of.kind, ""), "cause": "supply",
            "product": of.product.code if of.product else "",
            "clause": of.clause or SANCTION_CLAUSE,
        }  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("sanction-cases"), upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": "惩戒案件", "url": reverse("sanction-cases")},
                {"label": self.page_title},
            ],
            **kwargs,
        )  # fmt: skip


def not_yours() -> NotYours:
    """What page and API say to who may not draft."""
    return NotYours("惩戒案件由省级医保局经办、审核或负责人立案", SANCTION_CLAUSE)
