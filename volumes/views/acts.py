"""Steps of a report, its extension, and its letters; posted from its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from core.transitions import MissingInput, Refusal, StaleVersion
from core.views.conflict import Conflict, checked_version, conflict_page
from core.views.errors import refusal_page
from organisations.views.files import served
from volumes.forms import ExtensionForm, LetterForm, StepForm
from volumes.models import VolumeReport
from volumes.operations.reports.inside import (
    endorse_report,
    hand_back_report,
    hand_in_report,
    recall_report,
    submit_report,
    withdraw_report,
)
from volumes.operations.reports.letters import (
    make_letter,
    may_sign,
    sign_electronically,
    sign_scanned,
)
from volumes.operations.reports.member_sheets import compile_report
from volumes.operations.reports.moving import report_url
from volumes.operations.tasks.extend import extend_report
from volumes.queries.figures import members_missing
from volumes.queries.report_page import files_of
from volumes.rules.figures import WrongFigures
from volumes.views.reports import ReportDetailView

DONE = {
    "hand_in": "已送院内审核，数字已固定", "recall": "已撤回，可以修改", "hand_back": "已退回经办修改",
    "endorse": "院内审核通过，由负责人提交", "submit": "已提交", "withdraw": "已撤回提交",
    "compile": "已按成员报来的数字汇总", "letter": "已生成承诺函",
}  # fmt: skip


class PostedView(ReportDetailView):
    """A POST on one report; what was refused stays beside the form or stands on its own page."""

    http_method_names = ["post"]

    def back(self, report: VolumeReport, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return HttpResponseRedirect(report_url(report))


class ReportActView(PostedView):
    """One step: one operation, back to the page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in DONE:
            raise Http404
        report: VolumeReport = self.get_object()
        form = StepForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("version", "页面内容不完整，请刷新后再办理")
            self._perform(verb, report, form.cleaned_data)
        except WrongFigures as wrong:
            return self.again(report, problems=wrong.problems)
        except StaleVersion as stale:
            return self._stale(report, stale)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        return self.back(report, _compiled(report) if verb == "compile" else DONE[verb])

    def _perform(self, verb: str, report: VolumeReport, values: dict[str, Any]) -> None:
        who: dict[str, Any] = {
            "report": report, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        steps: dict[str, Callable[[], object]] = {
            "hand_in": lambda: hand_in_report(**who),
            "recall": lambda: recall_report(**who),
            "hand_back": lambda: hand_back_report(opinion=values["opinion"], **who),
            "endorse": lambda: endorse_report(**who),
            "submit": lambda: submit_report(**who),
            "withdraw": lambda: withdraw_report(**who),
            "compile": lambda: compile_report(**who),
            "letter": lambda: make_letter(**who),
        }
        steps[verb]()

    def _stale(self, report: VolumeReport, stale: StaleVersion) -> HttpResponse:
        now: VolumeReport = self.get_object()
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason,
                mine=[{"label": "要办理的", "value": DONE[self.kwargs["verb"]]}],
                theirs=[{"label": "现在的状态", "value": now.get_state_display()}],
                who=now.figures_by_name or now.state_by_name, at=now.figures_at or now.state_at,
                back_url=report_url(now), title=f"报量 {now.report_no}",
            ),
        )  # fmt: skip


def _compiled(report: VolumeReport) -> str:
    """Who is not in the sum is named: a lead that sends it on knows what is missing."""
    missing = members_missing(report)
    left_out = f"；{len(missing)} 家没有报来，没有计入：{'、'.join(missing)}" if missing else ""
    return f"{DONE['compile']}{left_out}"


class ReportExtendView(PostedView):
    """A later end of the window for this unit."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        form = ExtensionForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                made = extend_report(
                    report=report, until=values["until"], reason=values["reason"], by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=values["version"],
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                return self.back(report, f"已办理{made.get_kind_display()}，并通知该单位")
        return self.again(report, problems=[], extension=form)


class LetterSignView(PostedView):
    """The signed and sealed paper as a scan."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        letter = report.letters.filter(letter_no=self.kwargs["letter_no"]).first()
        if letter is None:
            raise Http404
        try:
            may_sign(self.scope, report)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        letter.report = report
        form = LetterForm(request.POST, request.FILES)
        if form.is_valid():
            values = form.cleaned_data
            try:
                sign_scanned(
                    letter=letter, upload=values["files"], signer_name=values["signer_name"],
                    signer_post=values["signer_post"], signed_on=values["signed_on"],
                    by=self.user, scope=self.scope, at=timezone.now(),
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                return self.back(report, "承诺函已签署，可以提交报量")
        return self.again(report, problems=[], letter_form=form)


class LetterSignElectronicallyView(PostedView):
    """The leader signs the PDF with the institution's certificate."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        letter = report.letters.filter(letter_no=self.kwargs["letter_no"]).first()
        if letter is None:
            raise Http404
        letter.report = report
        try:
            sign_electronically(
                letter=letter, signer_post=request.POST.get("signer_post", ""), by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=checked_version(request),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return self.back(report, "承诺函已电子签署，可以提交报量")


class ReportFileView(ReportDetailView):
    """A letter or its scan, for those who see the report."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        return served(request, files_of(self.get_object()), str(self.kwargs["file_id"]))
