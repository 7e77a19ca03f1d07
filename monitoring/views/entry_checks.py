"""进院 checks: the list, one check, the institution's reason, the bureau's follow-up."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import NOTES, steps_of
from core.transitions import MissingInput, Refusal, StaleVersion, TransitionRefused
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from monitoring.filters import EntryCheckFilter
from monitoring.forms import EntryFollowForm, EntryReasonForm
from monitoring.models import EntryCheck
from monitoring.operations.entry_checks import answer_entry, explain_entry
from monitoring.queries.entry_checks import (
    entry_counts,
    entry_standings,
    second_beside,
    visible_entry_checks,
)
from monitoring.states import BUREAU, ENTRY_LEVELS, ENTRY_MACHINE, FORBIDDEN_REASONS, HOSPITAL
from monitoring.tables import ENTRY_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

STEPS = {
    "entry_check.explain": "说明原因",
    "entry_check.follow": "登记跟进",
    "entry_check.return": "退回重新说明",
}
NAMED = ("product__group", "institution", "county", "batch")
LABEL = "进院排查"


class EntryListView(FilteredListView):
    page_title = LABEL
    page_note = "有约定采购量、尚无首次验收的中选产品；首次验收后自动销号"
    template_name = "monitoring/entry_check_list.html"
    filterset_class = EntryCheckFilter
    columns = ENTRY_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "entry-checks", "entry-checks-export", LABEL
    bar = ("stage", "reason", "forbidden", "batch")
    search_hint = "产品、医疗机构、编码、拼音首字母"
    empty_text = "自执行满起始月起每日排查；有约定量而无首次验收的列在这里。"

    def everything(self, scope: Scope) -> QuerySet[EntryCheck]:
        return visible_entry_checks(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(counts=entry_counts(self.scope), **kwargs)


class EntryExportView(ExportMixin, EntryListView):
    pass


class EntryView(ScopedDetailView):
    template_name = "monitoring/entry_check.html"
    key_field = key = "check_no"

    def visible(self, scope: Scope) -> QuerySet[EntryCheck]:
        return visible_entry_checks(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check: EntryCheck = kwargs["object"]
        standings = entry_standings(self.scope, check)
        seen = {"version": check.row_version}
        open_here = check.state != EntryCheck.State.CLOSED
        context = {
            "level": ENTRY_LEVELS[check.state],
            "forbidden": FORBIDDEN_REASONS.get(check.reason_code, ""),
            "holder_words": _holder(check),
            "offered": offered_actions(
                ENTRY_MACHINE.offers(check, standings),
                url=lambda verb: reverse(f"entry-check-{verb}", args=[check.check_no]),
                version=check.row_version,
                on_page={"explain": "explain", "follow": "follow", "return": "follow"},
            ),
            "reason_form": EntryReasonForm(
                initial={**seen, "reason_code": check.reason_code, "explanation": check.explanation}
            ) if HOSPITAL in standings and check.state in ("waiting", "explained") else None,
            "follow_form": EntryFollowForm(initial=seen)
            if BUREAU in standings and open_here and check.state != "waiting" else None,
            "second": second_beside(check, timezone.localdate()),
            "registers_second": HOSPITAL in standings,
            "timeline": steps_of(ENTRY_MACHINE.name, check.pk, STEPS, (*NOTES, "explanation")),
            "account_url": reverse(
                "quantity-account",
                args=[check.institution.code, check.product.code, check.year_no, check.batch.code],
            ),
            "breadcrumbs": [{"label": LABEL, "url": reverse("entry-checks")},
                            {"label": check.check_no}],
        }  # fmt: skip
        return super().get_context_data(
            **{**context, **kwargs, "page_title": f"{LABEL}：{check.product}"}
        )


def _holder(check: EntryCheck) -> str:
    match check.state:
        case EntryCheck.State.WAITING:
            return f"{check.institution.name}采购或说明原因"
        case EntryCheck.State.EXPLAINED:
            return "所属医保局跟进"
        case EntryCheck.State.FOLLOWED:
            return f"{check.institution.name}采购，首次验收后自动销号"
    return ""


class EntryStepView(EntryView):
    """POST only: one step, back to the check; a refusal shows the page with what was typed."""

    http_method_names = ["post"]
    form_class: ClassVar[type[forms.Form]]
    part: ClassVar[str]
    done: ClassVar[str]

    def act(self, check: EntryCheck, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check: EntryCheck = self.get_object()
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._again(check, form)
        try:
            self.act(check, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(check, form)
        except (TransitionRefused, StaleVersion) as refusal:
            # What was typed stays on the page, which now shows the check as it is.
            form.add_error(
                None, f"{refusal.reason}（{refusal.clause}）" if refusal.clause else refusal.reason
            )
            return self._again(self.get_object(), form, refusal.status)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse("entry-check", args=[check.check_no]))

    def _again(self, check: EntryCheck, form: forms.Form, status: int = 400) -> HttpResponse:
        context = self.get_context_data(object=check, **{self.part: form})
        return self.render_to_response(context, status=status)


class EntryExplainView(EntryStepView):
    form_class, part, done = EntryReasonForm, "reason_form", "已说明，所属医保局可以看到"

    def act(self, check: EntryCheck, values: dict[str, Any]) -> None:
        explain_entry(
            check=check, reason_code=values["reason_code"], explanation=values["explanation"],
            by=self.user, scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class EntryFollowView(EntryStepView):
    form_class, part, done = EntryFollowForm, "follow_form", "已登记跟进"
    verb: ClassVar[str] = "follow"

    def act(self, check: EntryCheck, values: dict[str, Any]) -> None:
        answer_entry(
            check=check, verb=self.verb, follow_up=values["follow_up"], by=self.user,
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class EntryReturnView(EntryFollowView):
    verb, done = "return", "已退回，医疗机构重新说明"
