"""One complaint: who holds it until when, its thread, the steps that the reader can take."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from complaints.forms import ComplaintReplyForm, ComplaintStepForm, ComplaintWordsForm
from complaints.models import Complaint, ComplaintCase
from complaints.queries.beside import beside
from complaints.queries.cases import (
    PARTIES,
    case_of,
    deadline,
    may_speak,
    oversees,
    standings,
)
from complaints.queries.page import contacts_of, days_left, files_of, holder_words, thread_of
from complaints.queries.visible import visible_complaints
from complaints.rules import PROMISE_DAYS
from complaints.states import COMPLAINT_MACHINE, OPEN, STATE_LEVELS
from core.attachments.inspect import max_megabytes
from core.views.object_page import document_items, offered_actions
from organisations.queries.object_steps import with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.scoped import ScopedDetailView

WITH_FILES = ("reply", "claim", "refuse", "say")


class ComplaintView(ScopedDetailView):
    template_name = "complaints/detail.html"
    key_field = key = "complaint_no"

    def visible(self, scope: Scope) -> QuerySet[Complaint]:
        return visible_complaints(scope).select_related("case", "case__filer", *PARTIES)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Complaint = kwargs["object"]
        failed, failed_verb = kwargs.pop("failed", None), kwargs.pop("failed_verb", "")
        case = case_of(row)
        offers = COMPLAINT_MACHINE.offers(case, standings(self.scope, row, case))
        verbs = {each.transition.verb: each.transition.needs for each in offers if each.verdict}
        asked = {verb for verb, needs in verbs.items() if needs}
        left, late = days_left(case.due_on, timezone.localdate())
        who = holder_words(row, case)
        others = self._other_steps(row, case)
        hung = beside(self.scope, row)
        jumps = [
            {"label": _words(verb, row, case, self.scope)[0], "url": f"#{verb}"}
            for verb in others
            if verb != "say"
        ]
        return super().get_context_data(
            case=case,
            state={"words": case.get_state_display(), "level": STATE_LEVELS[case.state],
                   "who": who, "until": case.due_on, "left": left, "late": late},
            offered=offered_actions(
                offers, url=lambda verb: _step_url(row, verb), version=case.row_version,
                on_page={verb: verb for verb in asked},
            )
            + jumps,
            facts=_facts(row, case),
            beside=[each for each in hung if each.items],
            actions=[act for each in hung for act in each.acts],
            step_forms=[
                self._step(row, case, verb, failed if verb == failed_verb else None)
                for verb in (*(v for v in verbs if v in asked), *others)
            ],
            thread=with_holder(thread_of(self.scope, case), who=who),
            documents=document_items(
                files_of(self.scope, row),
                lambda each: reverse("complaint-file", args=[row.complaint_no, each.pk]),
            ),
            contacts=contacts_of(row, case),
            upload_megabytes=max_megabytes(),
            breadcrumbs=[{"label": "诉求", "url": reverse("complaint-list")},
                         {"label": row.complaint_no}],
            **{**kwargs, "page_title": f"{row.get_category_display() or '诉求'}："
                                       f"{row.product or row.institution.name}"},
        )  # fmt: skip

    def _other_steps(self, row: Complaint, case: ComplaintCase) -> list[str]:
        steps = []
        if case.state in OPEN and oversees(self.scope, row, case):
            steps += ["supervise", "escalate"]
        return [*steps, "say"] if may_speak(self.scope, row, case) else steps

    def _step(self, row: Complaint, case: ComplaintCase, verb: str, failed: Any) -> dict[str, Any]:
        title, label, submit = _words(verb, row, case, self.scope)
        form = failed or form_of(verb)(initial={"version": case.row_version}, label=label)
        if verb == "reply":
            latest = deadline(row, PROMISE_DAYS, timezone.now()).day
            form.fields["promised_on"].help_text = f"最晚 {latest:%Y-%m-%d}。"
        return {
            "id": verb, "title": title, "submit": submit, "form": form,
            "url": _step_url(row, verb), "draft": f"complaint-{verb}-{row.complaint_no}",
            "files": verb in WITH_FILES,
        }  # fmt: skip


class ComplaintFileView(ComplaintView):
    """A file of the thread, for those who see the complaint; what failed inspection is 404."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, files_of(self.scope, self.get_object()), str(self.kwargs["file_id"]))


def form_of(verb: str) -> type[ComplaintWordsForm]:
    if verb == "say":
        return ComplaintWordsForm
    return ComplaintReplyForm if verb == "reply" else ComplaintStepForm


def label_of(verb: str) -> str:
    """What the words of a step are called."""
    words = {"supervise": "督办要求", "escalate": "上报（提级）原因和已做的工作", "say": "留言",
             "confirm": "说明"}  # fmt: skip
    if verb in words:
        return words[verb]
    return COMPLAINT_MACHINE.input_labels[COMPLAINT_MACHINE.named(verb).needs[0]]


def _words(verb: str, row: Complaint, case: ComplaintCase, scope: Scope) -> tuple[str, str, str]:
    """Title, label and button of a step's form."""
    if verb == "supervise":
        return "督办", label_of(verb), "督办"
    if verb == "escalate":
        own = scope.region_level == case.level
        return ("上报上级" if own else "提级办理"), label_of(verb), "上报" if own else "提级办理"
    if verb == "say":
        return "留言", label_of(verb), "发送留言"
    step = COMPLAINT_MACHINE.named(verb).label
    return step, label_of(verb), step


def _step_url(row: Complaint, verb: str) -> str:
    return reverse("complaint-act", args=[row.complaint_no, verb])


def _facts(row: Complaint, case: ComplaintCase) -> list[dict[str, Any]]:
    product = row.product
    line = f"{case.order_no} 第 {case.line_no} 行" if case.order_no else ""
    bureau = f"{case.get_level_display()}"
    if case.bureau_due_on:
        bureau += f"，{case.bureau_due_on:%Y-%m-%d} 前"
    facts: list[dict[str, Any]] = [
        {"label": "诉求编号", "value": row.complaint_no},
        {"label": "类别", "value": row.get_category_display() or "未填"},
        {"label": "提出方", "value": row.get_filed_by_display()},
        {"label": "医疗机构", "value": row.institution.name},
        {"label": "生产企业", "value": row.manufacturer.name if row.manufacturer else "—"},
        {"label": "配送企业", "value": row.distributor.name if row.distributor else "—"},
        {"label": "产品", "value": f"{product}（{product.code}）" if product else "—",
         "url": reverse("product-detail", args=[product.code]) if product else "", "wide": True},
        {"label": "订单", "value": line or "—"},
        {"label": "批号", "value": case.lot_no or "—"},
        {"label": "提出时间", "value": timezone.localtime(row.filed_at).strftime("%Y-%m-%d %H:%M")},
        {"label": "首次回复", "value": _moment(row.replied_at)},
        {"label": "首次承诺日期", "value": f"{row.promised_on:%Y-%m-%d}" if row.promised_on else "—"},
        {"label": "督办", "value": bureau},
    ]  # fmt: skip
    if case.prior_price is not None:
        now = case.selected_price
        facts.append(
            {"label": "集采前采购价", "value": f"{case.prior_price.normalize():f} 元/包装"}
        )
        facts.append({"label": "提出时现行价",
                      "value": f"{now.normalize():f} 元/包装" if now else "—"})  # fmt: skip
    facts.append(
        {"label": "情况说明", "value": case.content or "数据集装入，没有说明", "wide": True}
    )
    if case.conclusion:
        facts.append({"label": "办结意见", "value": case.conclusion, "wide": True})
    return facts


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "—"
