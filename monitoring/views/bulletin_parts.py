"""One line of a bulletin with its objection, and one recipient's receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.documents.bulletin import measure_words
from monitoring.forms.bulletins import FeedbackForm, JudgementForm, ObjectionForm, RulingForm
from monitoring.models import BulletinLine, BulletinObjection, BulletinReceipt
from monitoring.operations.bulletins.issue import RECEIPT
from monitoring.operations.bulletins.prepare import OBJECTION, object_to_line, rule_on_objection
from monitoring.operations.bulletins.receipts import (
    answer_bulletin,
    judge_answer,
    read_bulletin,
)
from monitoring.queries.bulletin_files import receipt_files
from monitoring.queries.bulletins import (
    bulletin_standings,
    own_ids,
    receipt_standings,
    visible_bulletin_lines,
    visible_bulletin_objections,
    visible_bulletin_receipts,
)
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.rules.bulletin_lists import BY_RULE
from monitoring.states.bulletins import (
    DRAFTER,
    OBJECTION_MACHINE,
    RECEIPT_MACHINE,
    RECIPIENT,
)
from monitoring.tables.bulletins import RECEIPT_LEVELS
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedDetailView

OBJECTION_STEPS = {
    f"{OBJECTION}.file": "提出异议", f"{OBJECTION}.uphold": "异议成立，从名单中删除",
    f"{OBJECTION}.reject": "异议不成立",
}  # fmt: skip
RECEIPT_STEPS = {
    f"{RECEIPT}.read": "签收", f"{RECEIPT}.answer": "反馈整改情况", f"{RECEIPT}.accept": "整改认可",
    f"{RECEIPT}.return": "退回补充",
}  # fmt: skip


class BulletinLineView(ScopedDetailView):
    """A name on a list: measure, clause, warnings behind it; its party objects, the issuer rules."""

    template_name = "monitoring/bulletin_line.html"
    key_field = key = "line_no"

    def visible(self, scope: Scope) -> QuerySet[BulletinLine]:
        return (
            visible_bulletin_lines(scope)
            .filter(bulletin__bulletin_no=self.kwargs["bulletin_no"])
            .select_related("bulletin__issuer")
        )

    def objection(self, line: BulletinLine) -> BulletinObjection | None:
        return (
            visible_bulletin_objections(self.scope)
            .filter(bulletin=line.bulletin_id, line_no=line.line_no)
            .select_related("organisation")
            .first()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line: BulletinLine = kwargs["object"]
        bulletin, objection = line.bulletin, self.objection(line)
        acting = self.scope.has_role(*ACTING_ROLES)
        rules = DRAFTER in bulletin_standings(self.scope, bulletin)
        may_object = (
            acting and objection is None and line.organisation_id in own_ids(self.scope)
            and bulletin.state == "checking"
        )  # fmt: skip
        context = {
            "heading": BY_RULE[line.rule].heading, "measure": measure_words(line),
            "batch": bulletin.figures_from["batches"].get(line.batch_code, line.batch_code),
            "objection": objection,
            "level": "grey" if line.removed else line.severity,
            "offered": offered_actions(
                OBJECTION_MACHINE.offers(objection, bulletin_standings(self.scope, bulletin)),
                url=lambda verb: "", version=objection.row_version,
                on_page={"uphold": "rule", "reject": "rule"},
            ) if objection is not None and objection.state == "filed" else [],
            "objection_form": ObjectionForm() if may_object else None,
            "ruling_form": RulingForm(initial={"version": objection.row_version})
            if rules and objection is not None and objection.state == "filed" else None,
            "warnings_url": f"{reverse('warning-list')}?rule={line.rule}&subject={line.subject_code}",
            "timeline": steps_of(OBJECTION, objection.pk, OBJECTION_STEPS) if objection else [],
            "breadcrumbs": [
                {"label": "通报", "url": reverse("bulletins")},
                {"label": str(bulletin), "url": reverse("bulletin", args=[bulletin.bulletin_no])},
                {"label": f"第 {line.line_no} 条"},
            ],
        }  # fmt: skip
        title = f"{line.subject_name}：{BY_RULE[line.rule].heading}"
        return super().get_context_data(**{**context, **kwargs, "page_title": title})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        line: BulletinLine = self.get_object()
        act = request.POST.get("act", "")
        part = "objection_form" if act == "object" else "ruling_form"
        form: forms.Form = (ObjectionForm if act == "object" else RulingForm)(request.POST)
        if not form.is_valid():
            return self.again(line, part, form)
        try:
            if act == "object":
                object_to_line(
                    line=line, reason=form.cleaned_data["reason"], by=self.user, scope=self.scope,
                    at=timezone.now(),
                )  # fmt: skip
            else:
                self._rule(line, act, form)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.again(line, part, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "异议已提交，等待裁定" if act == "object" else "已裁定并通知对方")
        return HttpResponseRedirect(request.path)

    def _rule(self, line: BulletinLine, act: str, form: forms.Form) -> None:
        objection = self.objection(line)
        if objection is None or act not in ("uphold", "reject"):
            raise Http404
        rule_on_objection(
            objection=objection, verb=act, ruling=form.cleaned_data["ruling"],
            data_wrong=form.cleaned_data["data_wrong"], by=self.user, scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
        )  # fmt: skip

    def again(self, line: BulletinLine, part: str, form: forms.Form) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(object=line, **{part: form}), status=400
        )


class BulletinReceiptView(ScopedDetailView):
    """One recipient: signed for, answered, judged."""

    template_name = "monitoring/bulletin_receipt.html"
    key_field, key = "organisation__code", "code"

    def visible(self, scope: Scope) -> QuerySet[BulletinReceipt]:
        return (
            visible_bulletin_receipts(scope)
            .filter(bulletin__bulletin_no=self.kwargs["bulletin_no"])
            .select_related("bulletin__issuer", "organisation")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt: BulletinReceipt = kwargs["object"]
        bulletin, seen = receipt.bulletin, {"version": receipt.row_version}
        held = receipt_standings(self.scope, receipt)
        number = bulletin.bulletin_no
        context = {
            "level": RECEIPT_LEVELS[receipt.state], "bulletin": bulletin,
            "offered": [
                each for each in offered_actions(
                    RECEIPT_MACHINE.offers(receipt, held), url=lambda verb: "",
                    version=receipt.row_version,
                    on_page={"read": "read", "answer": "answer", "accept": "judge",
                             "return": "judge"},
                ) if "reason" not in each
            ],
            "may_read": RECIPIENT in held and receipt.state == "sent",
            "feedback_form": FeedbackForm(initial={**seen, "feedback": receipt.feedback})
            if RECIPIENT in held and receipt.is_named and receipt.state in ("read", "returned")
            else None,
            "judge_form": JudgementForm(initial=seen)
            if DRAFTER in held and receipt.state == "answered" else None,
            "own_lines": visible_bulletin_lines(self.scope).filter(
                bulletin=bulletin, organisation=receipt.organisation_id, removed=False
            ).select_related("bulletin"),
            "documents": document_items(
                receipt_files(receipt),
                lambda each: reverse(
                    "bulletin-receipt-file", args=[number, receipt.organisation.code, each.pk]
                ),
            ),
            "timeline": steps_of(RECEIPT, receipt.pk, RECEIPT_STEPS),
            "breadcrumbs": [
                {"label": "通报", "url": reverse("bulletins")},
                {"label": str(bulletin), "url": reverse("bulletin", args=[number])},
                {"label": receipt.organisation.name},
            ],
        }  # fmt: skip
        title = f"签收和整改：{receipt.organisation.name}"
        return super().get_context_data(**{**context, **kwargs, "page_title": title})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        receipt: BulletinReceipt = self.get_object()
        act, now = request.POST.get("act", ""), timezone.now()
        kinds = {"answer": ("feedback_form", FeedbackForm), "accept": ("judge_form", JudgementForm),
                 "return": ("judge_form", JudgementForm)}  # fmt: skip
        part, kind = kinds.get(act, ("", None))
        form = kind(request.POST) if kind else None
        if form is not None and not form.is_valid():
            return self.again(receipt, part, form)
        given = form.cleaned_data if form is not None else {}
        who: dict[str, Any] = {"by": self.user, "scope": self.scope, "at": now}
        try:
            match act:
                case "read":
                    read_bulletin(receipt=receipt, **who)
                case "answer":
                    answer_bulletin(
                        receipt=receipt, feedback=given["feedback"],
                        uploads=request.FILES.getlist("files"), seen_version=given["version"],
                        **who,
                    )  # fmt: skip
                case "accept" | "return":
                    judge_answer(
                        receipt=receipt, verb=act, note=given["note"],
                        seen_version=given["version"], **who,
                    )  # fmt: skip
                case _:
                    raise Http404
        except MissingInput as missing:
            if form is None:
                return refusal_page(request, missing, form)
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.again(receipt, part, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已办理")
        return HttpResponseRedirect(request.path)

    def again(self, receipt: BulletinReceipt, part: str, form: forms.Form) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(object=receipt, **{part: form}), status=400
        )


class BulletinReceiptFileView(BulletinReceiptView):
    """Evidence of a rectification, for its recipient and the issuer."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        receipt: BulletinReceipt = self.get_object()
        found = receipt_files(receipt).filter(pk=self.kwargs["file_id"]).first()
        return kept_file(request, found)
