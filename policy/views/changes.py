"""Changes of values: the list, a new one, one change with its steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import NotYours, Refusal, StaleVersion
from core.views.conflict import Conflict, checked_version, conflict_page, shown_version, typed
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedRows, ScopedTemplateView
from policy.filters import ValueChangeFilter
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
    ChangeRow,
    change_row,
    offered_steps,
    visible_changes,
)
from policy.queries.parse import parse_value
from policy.queries.policy_page import documents
from policy.queries.read import newest_row
from policy.queries.visible import visible_policies
from policy.queries.words import value_words
from policy.states import CHANGE_MACHINE
from policy.tables import CHANGE_COLUMNS
from policy.views.change_step import ChangeStepView, change_frame
from policy.views.policies import policy_tabs


class ChangeRows(ScopedRows):
    """Of the province's bureau; for all others there are no such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[ValueChange]:
        return visible_changes(scope).select_related("policy", "parameter", "document")


class ChangeListView(FilteredListView):
    page_title = "政策与参数"
    page_note = "本省政策参数的调整：提出、确认、待生效和历史"
    filterset_class = ValueChangeFilter
    columns = CHANGE_COLUMNS
    default_sort = "-proposed"
    keyset = ("proposed_at", "id")
    route, export_route, sheet_name = "value-changes", "value-changes-export", "参数调整"
    bar = ("state", "policy", "valid_from")
    search_hint = "编号、参数、依据条款、提出人"
    empty_title, empty_icon = "没有参数调整", "gavel"
    empty_text = "打开某个参数，在本省政策一行选择“调整”。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def everything(self, scope: Scope) -> QuerySet[ValueChange]:
        return visible_changes(scope).select_related("policy", "parameter", "document")

    def rows(self, objects: Iterable[Any]) -> list[ChangeRow]:
        today = timezone.localdate()
        return [change_row(change, today) for change in objects]

    def row_key(self, row: ChangeRow) -> int:
        return int(row.change.pk)

    def row_label(self, row: ChangeRow) -> str:
        return row.change.change_no

    def filter_options(self) -> dict[str, list[dict[str, str]]]:
        own = visible_policies(self.scope).filter(province_code=self.scope.province_code)
        return {"policy": [{"value": each.code, "label": each.name} for each in own]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=policy_tabs("value-changes", self.scope), **kwargs)


class ChangeExportView(ExportMixin, ChangeListView):
    pass


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
            return refusal_page(request, NotYours.of(subject.allowed), form)
        if not form.is_valid():
            return self.render_to_response(self._context(subject, form), status=400)
        values = form.cleaned_data
        try:
            change = propose_change(
                policy=subject.policy, parameter=subject.parameter, value=form.value_text,
                valid_from=date.fromisoformat(values["valid_from"]), clause=values["clause"],
                document=document_of(self.scope, values["document"]), reason=values["reason"],
                by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=checked_version(request, least=0),
            )  # fmt: skip
        except StaleVersion as stale:
            return self._conflict(subject, form, stale)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self.render_to_response(self._context(subject, form), status=refusal.status)
        messages.success(request, "已提出，由本局另一位审核或负责人确认后生效")
        return HttpResponseRedirect(reverse("value-change", args=[change.change_no]))

    def _conflict(
        self, subject: Changing, form: ValueChangeForm, stale: StaleVersion
    ) -> HttpResponse:
        """What was typed beside the newest dated value of the parameter."""
        now = newest_row(subject.policy, subject.parameter)
        assert now is not None, "only a value that there is can be newer"
        text = None if now.value is None else parse_value(subject.parameter.key, now.value)
        theirs = (
            {"label": "取值", "value": value_words(subject.parameter, text)},
            {"label": "生效日", "value": f"{now.valid_from:%Y-%m-%d}"},
            {"label": "依据条款", "value": now.clause},
            {"label": "调整理由", "value": now.reason},
        )
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=typed(form),
                theirs=[each for each in theirs if each["value"]],
                who=now.set_by_name,
                at=now.set_at,
                back_url=self.request.path,
                title=f"调整：{subject.parameter.label}",
            ),
        )

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
            version=shown_version(self.request, subject.version),
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
        return super().get_context_data(
            **{
                "row": row,
                **change_frame(
                    self.scope,
                    CHANGE_MACHINE,
                    change,
                    offered_steps(self.scope, change),
                    route="value-change",
                    starts_on=change.valid_from,
                    again=reverse(
                        "value-change-new", args=[change.policy.code, change.parameter.key]
                    ),
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
