"""Changes of values: the list, a new one, one change with its steps."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.lists.keyset import keyset_page
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedRows, ScopedTemplateView
from policy.forms import ValueChangeForm
from policy.models import ValueChange
from policy.operations.change_value import (
    confirm_change,
    propose_change,
    return_change,
    revoke_change,
    withdraw_change,
)
from policy.queries.change_page import Changing, changing, document_of
from policy.queries.changes import (
    change_holder,
    change_row,
    offered_steps,
    offers,
    visible_changes,
)
from policy.queries.policy_page import documents
from policy.states import CHANGE_MACHINE
from policy.views.change_step import ChangeStepView
from policy.views.policies import policy_tabs


class ChangeRows(ScopedRows):
    """Of the province's bureau; for all others there are no such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[ValueChange]:
        return visible_changes(scope).select_related("policy", "parameter", "document")


class ChangeListView(ChangeRows, ScopedTemplateView):
    template_name = "policy/change_list.html"
    page_title = "政策与参数"
    page_note = "本省政策参数的调整：提出、确认、待生效和历史"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.get_context_data(**kwargs))
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cursor = self.request.GET.get("cursor", "")
        page = keyset_page(self.get_queryset(), order=("proposed_at", "id"), cursor=cursor)
        today = timezone.localdate()
        return super().get_context_data(
            rows=[change_row(change, today) for change in page.rows],
            newer_url=f"?cursor={page.newer}" if page.newer else "",
            older_url=f"?cursor={page.older}" if page.older else "",
            tabs=policy_tabs("value-changes", self.scope),
            **kwargs,
        )


class ChangeNewView(ScopedTemplateView):
    """The form; those of other provinces and without the right are told why not."""

    template_name = "policy/change_new.html"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        subject = self._subject()
        if not subject.allowed:
            return refusal_page(request, NotYours.of(subject.allowed))
        return self.render_to_response(self._context(subject, self._form(subject)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        subject = self._subject()
        form = self._form(subject, request.POST)
        if not subject.allowed:
            return refusal_page(request, NotYours.of(subject.allowed))
        if not form.is_valid():
            return self.render_to_response(self._context(subject, form), status=400)
        values = form.cleaned_data
        try:
            change = propose_change(
                policy=subject.policy, parameter=subject.parameter, value=form.value_text,
                valid_from=date.fromisoformat(values["valid_from"]), clause=values["clause"],
                document=document_of(self.scope, values["document"]), reason=values["reason"],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self.render_to_response(self._context(subject, form), status=refusal.status)
        messages.success(request, "已提出，由本局另一位审核或负责人确认后生效")
        return HttpResponseRedirect(reverse("value-change", args=[change.change_no]))

    def _subject(self) -> Changing:
        return changing(self.scope, self.kwargs["code"], self.kwargs["key"], timezone.localdate())

    def _form(self, subject: Changing, data: Any = None) -> ValueChangeForm:
        return ValueChangeForm(
            data, parameter=subject.parameter, documents=documents(self.scope),
            today=timezone.localdate(), current=subject.current,
        )  # fmt: skip

    def _context(self, subject: Changing, form: ValueChangeForm) -> dict[str, Any]:
        parameter = subject.parameter
        return self.get_context_data(
            subject=subject,
            form=form,
            value_fields=[form[name] for name in form.value_names],
            page_title=f"调整：{parameter.label}",
            page_note=f"{subject.policy.name} · {parameter.meaning}",
            breadcrumbs=[
                {"label": "政策与参数", "url": reverse("policy-list")},
                {
                    "label": parameter.label,
                    "url": reverse("policy-parameter", args=[parameter.key]),
                },
                {"label": "调整"},
            ],
        )


class ChangeDetailView(ChangeRows, ScopedDetailView):
    object: ValueChange
    template_name = "policy/change_detail.html"
    key_field: ClassVar[str] = "change_no"
    key: ClassVar[str] = "change_no"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: ValueChange = kwargs["object"]
        today = timezone.localdate()
        row = change_row(change, today)
        holder = change_holder(change, today)
        return super().get_context_data(
            **{
                "row": row,
                "offers": offers(self.scope, change),
                "holder": holder,
                "offered": offered_actions(
                    offered_steps(self.scope, change),
                    url=lambda verb: reverse(f"value-change-{verb}", args=[change.change_no]),
                    version=change.row_version,
                    on_page={"return": "decide", "revoke": "decide"},
                ),
                "timeline": with_holder(
                    steps_of(self.scope, CHANGE_MACHINE.name, change.pk, change.change_no),
                    who=holder,
                ),
                "breadcrumbs": [
                    {"label": "政策与参数", "url": reverse("policy-list")},
                    {"label": "参数调整", "url": reverse("value-changes")},
                    {"label": change.change_no},
                ],
                "page_title": f"{change.parameter.label}：{row.before} → {row.after}",
                "page_note": f"{change.policy.name} · {change.change_no}",
                **kwargs,
            }
        )


class ChangeActView(ChangeStepView, ChangeDetailView):
    page_route = "value-change"


class ChangeConfirmView(ChangeActView):
    done = "已确认，自生效日起按新取值"

    def act(self, change: ValueChange, values: dict[str, Any]) -> None:
        confirm_change(
            change=change, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class ChangeReturnView(ChangeActView):
    done = "已退回提出人"

    def act(self, change: ValueChange, values: dict[str, Any]) -> None:
        return_change(
            change=change, note=values["note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class ChangeWithdrawView(ChangeActView):
    done = "已撤回"

    def act(self, change: ValueChange, values: dict[str, Any]) -> None:
        withdraw_change(change=change, by=self.user, scope=self.scope, at=timezone.now())


class ChangeRevokeView(ChangeActView):
    done = "已撤销，原取值继续执行"

    def act(self, change: ValueChange, values: dict[str, Any]) -> None:
        revoke_change(
            change=change, note=values["note"], by=self.user, scope=self.scope, at=timezone.now()
        )
