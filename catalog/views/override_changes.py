"""Changes of the values that batches set themselves: a new one, one change with its steps."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.override import OverrideForm
from catalog.models import OverrideChange
from catalog.operations.change_override import (
    confirm_override,
    propose_override,
    return_override,
    revoke_override,
    withdraw_override,
)
from catalog.queries.override_changes import (
    Overriding,
    override_change_row,
    override_offers,
    overriding,
    visible_override_changes,
)
from catalog.states.batch_override import OVERRIDE_MACHINE
from core.transitions import NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from policy.queries.change_page import document_of
from policy.queries.policy_page import documents
from policy.views.change_step import ChangeStepView, change_frame


class OverrideNewView(ScopedTemplateView):
    """The form; those without the right are told why not."""

    template_name = "catalog/override_new.html"

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
            return refusal_page(request, NotYours.of(subject.allowed), form)
        if not form.is_valid():
            return self.render_to_response(self._context(subject, form), status=400)
        values = form.cleaned_data
        try:
            change = propose_override(
                batch=subject.batch, parameter=subject.parameter, value=form.value_text,
                valid_from=date.fromisoformat(values["valid_from"]), clause=values["clause"],
                document=document_of(self.scope, values["document"]), reason=values["reason"],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self.render_to_response(self._context(subject, form), status=refusal.status)
        messages.success(request, "已提出，由本局另一位审核或负责人确认后生效")
        return HttpResponseRedirect(reverse("override-change", args=[change.change_no]))

    def _subject(self) -> Overriding:
        return overriding(self.scope, self.kwargs["code"], self.kwargs["key"], timezone.localdate())

    def _form(self, subject: Overriding, data: Any = None) -> OverrideForm:
        return OverrideForm(
            data, parameter=subject.parameter, documents=documents(self.scope),
            today=timezone.localdate(), current=subject.current,
        )  # fmt: skip

    def _context(self, subject: Overriding, form: OverrideForm) -> dict[str, Any]:
        batch, parameter = subject.batch, subject.parameter
        return self.get_context_data(
            subject=subject,
            form=form,
            value_fields=[form[name] for name in form.value_names],
            page_title=f"调整批次参数：{parameter.label}",
            page_note=f"{batch.name} · {parameter.meaning}",
            breadcrumbs=[
                {"label": "采购批次", "url": reverse("batch-list")},
                {"label": batch.code, "url": reverse("batch-detail", args=[batch.code])},
                {"label": "执行参数", "url": reverse("batch-parameters", args=[batch.code])},
                {"label": "调整"},
            ],
        )


class OverrideChangeView(ScopedDetailView):
    """One change; for all but the bureau of its province there is no such page."""

    object: OverrideChange
    template_name = "catalog/override_change.html"
    key_field: ClassVar[str] = "change_no"
    key: ClassVar[str] = "change_no"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[OverrideChange]:
        return visible_override_changes(scope).select_related(
            "batch__policy", "parameter", "document"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: OverrideChange = kwargs["object"]
        row = override_change_row(change, timezone.localdate())
        return super().get_context_data(
            **{
                "row": row,
                **change_frame(
                    self.scope,
                    OVERRIDE_MACHINE,
                    change,
                    override_offers(self.scope, change),
                    route="override-change",
                    starts_on=change.valid_from,
                    again=reverse("override-new", args=[change.batch.code, change.parameter.key]),
                ),
                "breadcrumbs": [
                    {"label": "采购批次", "url": reverse("batch-list")},
                    {
                        "label": change.batch.code,
                        "url": reverse("batch-parameters", args=[change.batch.code]),
                    },
                    {"label": change.change_no},
                ],
                "page_title": f"{change.parameter.label}：{row.before} → {row.after}",
                "page_note": f"{change.batch.name} · {change.change_no}",
                **kwargs,
            }
        )


class OverrideActView(ChangeStepView, OverrideChangeView):
    page_route = "override-change"


class OverrideConfirmView(OverrideActView):
    done = "已确认，自生效日起按新取值"

    def act(self, change: OverrideChange, values: dict[str, Any]) -> None:
        confirm_override(
            change=change, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class OverrideReturnView(OverrideActView):
    done = "已退回提出人"

    def act(self, change: OverrideChange, values: dict[str, Any]) -> None:
        return_override(
            change=change, note=values["note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class OverrideWithdrawView(OverrideActView):
    done = "已撤回"

    def act(self, change: OverrideChange, values: dict[str, Any]) -> None:
        withdraw_override(change=change, by=self.user, scope=self.scope, at=timezone.now())


class OverrideRevokeView(OverrideActView):
    done = "已撤销，原取值继续执行"

    def act(self, change: OverrideChange, values: dict[str, Any]) -> None:
        revoke_override(
            change=change, note=values["note"], by=self.user, scope=self.scope, at=timezone.now()
        )
