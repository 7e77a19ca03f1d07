"""监管措施: the list, one action with its letter and steps, drafting one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.transitions import NotYours, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.action import ActionFilter
from monitoring.forms.action import ActionDraftForm
from monitoring.models import SupervisionAction
from monitoring.operations.actions.propose import NewAction, propose_action
from monitoring.operations.actions.telling import OBJECT_TYPE, action_url
from monitoring.queries.action_page import (
    facts_of,
    file_url,
    files_of,
    holder_words,
    seen_warnings,
)
from monitoring.queries.actions import (
    SHOWN_WITH,
    action_standings,
    late_on,
    may_propose,
    visible_actions,
)
from monitoring.queries.site_inspection_page import of_inspection
from monitoring.queries.site_inspections import visible_site_inspections
from monitoring.queries.warning_rows import warning_rows
from monitoring.states.action import (
    ACTION_MACHINE,
    OFFICER,
    RUNNING,
    STATE_LEVELS,
    WITH_SUBJECT,
)
from monitoring.states.action_kinds import CLAUSE, KINDS, next_step
from monitoring.tables.action import ACTION_COLUMNS
from monitoring.views.action_forms import MINUTES, has_form, step_of
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

TABS = (("拟办", "state=proposed"), ("在办", "running=1"), ("逾期", "late=1"))


class ActionListView(FilteredListView):
    page_title = "监管措施"
    page_note = "逾期没有整改的逐级提出建议，由经办人决定是否采取；每一步有函件、期限、答复和结果"
    filterset_class = ActionFilter
    columns = ACTION_COLUMNS
    default_sort = "-proposed"
    keyset = ("id",)
    route, export_route, sheet_name = "action-list", "action-export", "监管措施"
    bar = ("kind", "state", "rule", "level", "outcome")
    search_hint = "对象、拼音首字母、编号、文号"
    empty_title = "没有符合条件的监管措施"
    empty_icon = "gavel"
    held = ("running", "late")

    def everything(self, scope: Scope) -> QuerySet[SupervisionAction]:
        return visible_actions(scope).select_related("subject", "office")

    def row_label(self, row: SupervisionAction) -> str:
        return row.action_no

    def row_late(self, row: SupervisionAction) -> bool:
        due = row.due_on if row.state in WITH_SUBJECT else None
        return due is not None and due < timezone.localdate()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, given = reverse(self.route), self.request.GET
        tabs: list[dict[str, Any]] = []
        for label, query in TABS:
            name, _, value = query.partition("=")
            if label == "拟办" and not self.scope.is_bureau:
                continue
            tabs.append(
                {"label": label, "url": f"{url}?{query}", "active": given.get(name) == value}
            )
        whole = not any(tab["active"] for tab in tabs)
        tabs.append({"label": "全部", "url": url, "active": whole})
        new = {"label": "提出措施", "icon": "plus", "url": reverse("action-new"), "kind": "primary"}
        return super().get_context_data(
            tabs=tabs, actions=[new] if may_propose(self.scope) else [], **kwargs
        )


class ActionExportView(ExportMixin, ActionListView):
    pass


class ActionView(ScopedDetailView):
    template_name = "monitoring/action_detail.html"
    key_field = key = "action_no"

    def visible(self, scope: Scope) -> QuerySet[SupervisionAction]:
        return visible_actions(scope).select_related(*SHOWN_WITH, "former__office")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SupervisionAction = kwargs["object"]
        failed, failed_verb = kwargs.pop("failed", None), kwargs.pop("failed_verb", "")
        standings = action_standings(self.scope, row)
        offers = [
            each
            for each in ACTION_MACHINE.offers(row, standings)
            if each.transition.verb != "escalate" and self._concerns(row, each.transition.verb)
        ]
        steps = [each.transition.verb for each in offers if each.verdict]
        if self._may_minute(row, standings):
            steps.append(MINUTES)
        who = holder_words(row)
        late = visible_actions(self.scope).filter(late_on(timezone.localdate()), pk=row.pk).exists()
        invited = list(row.invites.values_list("organisation__name", flat=True).order_by("pk"))
        return super().get_context_data(
            state={"words": row.get_state_display(), "level": STATE_LEVELS[row.state], "who": who,
                   "until": row.due_on if row.state in WITH_SUBJECT else None,
                   "late": late},
            offered=[
                *offered_actions(
                    offers, url=lambda verb: reverse("action-act", args=[row.action_no, verb]),
                    version=row.row_version, on_page={verb: verb for verb in steps},
                ),
                *self._more(row, standings),
            ],
            facts=facts_of(row, officer=OFFICER in standings, invited=invited),
            step_forms=[
                step_of(row, verb, self.scope, failed if verb == failed_verb else None)
                for verb in steps
                if has_form(verb)
            ],
            warnings=warning_rows(seen_warnings(self.scope, row)),
            inspections=visible_site_inspections(self.scope).filter(action=row).order_by("pk"),
            later=visible_actions(self.scope).filter(former=row).order_by("pk"),
            thread=with_holder(
                steps_of(self.scope, OBJECT_TYPE, row.pk), who=who
            ),
            documents=document_items(files_of(row), lambda each: file_url(row, each)),
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": "监管措施", "url": reverse("action-list")},
                         {"label": row.action_no}],
            **{**kwargs, "page_title": f"{row.get_kind_display()}：{row.subject.name}"},
        )  # fmt: skip

    def _concerns(self, row: SupervisionAction, verb: str) -> bool:
        """Kinds that ask for an answer have no plain end, others have no judgement."""
        answered = KINDS[row.kind].answered
        if verb == "end":
            return not answered
        return answered or verb not in ("accept", "return", "recover", "answer")

    def _may_minute(self, row: SupervisionAction, standings: frozenset[str]) -> bool:
        return (
            OFFICER in standings
            and row.state in RUNNING
            and KINDS[row.kind].meets
            and row.minuted_at is None
            and row.meeting_at is not None
            and row.meeting_at <= timezone.now()
        )

    def _more(self, row: SupervisionAction, standings: frozenset[str]) -> list[dict[str, Any]]:
        """The next step of the ladder, drafted by hand without waiting for the daily look."""
        side = "institution" if row.institution_id else "enterprise"
        following = next_step(side, row.kind)
        if OFFICER not in standings or row.state not in RUNNING:
            return []
        more = [
            {
                "label": "安排督导检查",
                "url": f"{reverse('site-inspection-new')}?action={row.action_no}",
            }
        ]
        if self.scope.is_province_bureau and side == "enterprise":
            url = f"{reverse('sanction-case-new')}?action={row.action_no}"
            more.append({"label": "惩戒立案", "url": url})
        if following:
            url = f"{reverse('action-new')}?former={row.action_no}"
            more.append({"label": f"提出下一步（{KINDS[following].label}）", "url": url})
        return more


class ActionFileView(ActionView):
    """Letter, answer and minutes, for those who see the action; what failed inspection is 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.get_object()), str(self.kwargs["file_id"]))


class ActionNewView(ScopedTemplateView):
    page_title = "提出监管措施"
    page_note = "先起草，核对后再作出；作出之前对象看不到"
    template_name = "monitoring/action_new.html"

    def form(self, *args: Any, **kwargs: Any) -> ActionDraftForm:
        return ActionDraftForm(*args, scope=self.scope, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_propose(self.scope):
            return refusal_page(request, _not_yours())
        return self.render_to_response(self.get_context_data(form=self.form(initial=self._given())))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_propose(self.scope):
            return refusal_page(request, _not_yours())
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        new = NewAction(**form.cleaned_data)
        try:
            made = propose_action(new=new, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, "已提出，核对后请作出或不予采取")
        return HttpResponseRedirect(action_url(made))

    def _given(self) -> dict[str, Any]:
        """From a warning, a complaint, an inspection or the step before: what is known is filled in."""
        visited = of_inspection(self.scope, self.request.GET.get("inspection", "")[:40])
        if visited:
            return visited
        names = ("subject", "warnings", "complaint", "former", "kind")
        given: dict[str, Any] = {name: self.request.GET.get(name, "")[:60] for name in names}
        if given["former"]:
            former = (
                visible_actions(self.scope)
                .select_related("subject")
                .filter(action_no=given["former"])
                .first()
            )
            if former is not None:
                side = "institution" if former.institution_id else "enterprise"
                numbers = [each.warning_no for each in seen_warnings(self.scope, former)]
                given |= {
                    "subject": former.subject.code, "kind": next_step(side, former.kind),
                    "warnings": " ".join(numbers), "demand": former.demand,
                    "matter": f"{former.matter}\n{former.get_kind_display()}"
                    f"（{former.letter_no}）后仍未整改到位。",
                }  # fmt: skip
        return given

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            list_url=reverse("action-list"),
            breadcrumbs=[
                {"label": "监管措施", "url": reverse("action-list")},
                {"label": self.page_title},
            ],
            **kwargs,
        )


def _not_yours() -> NotYours:
    return NotYours("监管措施由医保局经办、审核或负责人提出", CLAUSE)
