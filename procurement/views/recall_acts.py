"""Steps of a recall: a holder's report, asking again, finding again, the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from procurement.forms import AskAgainForm, HoldingsForm, RecallStepForm
from procurement.models import Recall, RecallHolder
from procurement.operations.recalls import (
    HolderReport,
    ask_again,
    end_recall,
    find_holders_again,
    report_holdings,
)
from procurement.queries.recalls import own_holders, visible_recall_holders
from procurement.views.recalls import RecallView


class RecallActView(RecallView):
    """POST only: one operation, back to the recall."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        recall: Recall = self.get_object()
        try:
            words = self.act(recall)
        except MissingInput as missing:
            context = self.get_context_data(object=recall, step_error=missing.reason)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, words)
        return HttpResponseRedirect(reverse("recall", args=[recall.recall_no]))

    def act(self, recall: Recall) -> str:
        """Carry it out; gives the words that say what was done."""
        raise NotImplementedError


class RecallReportView(RecallActView):
    """All rows of the own institution at once."""

    def act(self, recall: Recall) -> str:
        rows = list(own_holders(self.scope, recall).filter(state=RecallHolder.State.WAITING))
        form = HoldingsForm(self.request.POST, rows=rows)
        if not form.is_valid():
            self.refused = form
            raise MissingInput("rows", "有数量没有填对，请按下面的提示改正")
        values = form.cleaned_data
        self.refused = form
        report_holdings(
            recall=recall, by=self.user, scope=self.scope, at=timezone.now(),
            reports=[
                HolderReport(
                    holder=row, kept_packs=values[f"kept_{row.pk}"],
                    sent_back_packs=values[f"sent_{row.pk}"], used_packs=values[f"used_{row.pk}"],
                    difference=values[f"why_{row.pk}"], note=values[f"note_{row.pk}"], version=values[f"version_{row.pk}"],
                )
                for row in rows
            ],
        )  # fmt: skip
        return "已报告，发起单位可以看到"

    def holdings_form(self, rows: list[RecallHolder]) -> HoldingsForm:
        """As it was typed, so that nothing has to be typed twice."""
        return self.refused


class RecallEndView(RecallActView):
    def act(self, recall: Recall) -> str:
        verb = self.kwargs["verb"]
        if verb not in ("close", "withdraw"):
            raise Http404
        form = self.refused = RecallStepForm(self.request.POST)
        if not form.is_valid():
            if "words" in form.errors:
                raise MissingInput("closing_note", "请填写办结意见（撤销的，写明撤销原因）")
            raise MissingInput("version", "页面的版本标记不对，请刷新后再办理")
        end_recall(
            recall=recall, verb=verb, closing_note=form.cleaned_data["words"], by=self.user,
            scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
        )  # fmt: skip
        return "召回已办结" if verb == "close" else "召回已撤销"

    def end_form(self, recall: Recall) -> RecallStepForm:
        return self.refused


class RecallFindAgainView(RecallActView):
    def act(self, recall: Recall) -> str:
        found = find_holders_again(recall=recall, by=self.user, scope=self.scope, at=timezone.now())
        return f"已重新查找：新增或更新 {found} 行"


class RecallAskAgainView(RecallActView):
    def act(self, recall: Recall) -> str:
        form = self.refused = AskAgainForm(self.request.POST)
        if not form.is_valid():
            raise MissingInput("words", "请填写医疗机构编码、批号和重报原因")
        values = form.cleaned_data
        holders = visible_recall_holders(self.scope).filter(
            recall=recall, institution__code=values["holder_code"].strip(),
            lot_no=values["lot_no"].strip(),
        )  # fmt: skip
        rows = list(holders.filter(state=RecallHolder.State.REPORTED))
        if not rows:
            raise MissingInput("holder_code", "这家机构没有这个批号的报告，请核对编码和批号")
        for row in rows:
            ask_again(
                recall=recall, holder=row, opener_note=values["words"], by=self.user,
                scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        return "已要求重报，该机构已收到待办"

    def again_form(self) -> AskAgainForm:
        return self.refused
