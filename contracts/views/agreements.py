"""Agreements: the list, one version with its text and signatures, its file, its verification."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.models import Batch
from catalog.queries.visible import visible_batches
from contracts.filters.agreements import AgreementFilter
from contracts.forms.agreements import AgreementStepForm, AgreementWordsForm, SignAgreementForm
from contracts.models import Agreement
from contracts.operations.agreements.change import may_change
from contracts.operations.agreements.generate import may_generate
from contracts.operations.agreements.sealing import blank_paper, checked
from contracts.operations.agreements.sign import agents_of, latest_document
from contracts.queries.agreements import (
    NAMED,
    agreement_standings,
    by_key,
    sides,
    struck_products,
    text_digest,
    visible_agreements,
    waiting_for,
)
from contracts.queries.disposals import disposals_about, may_dispose, unwilling
from contracts.states.agreement import AGREEMENT_LEVELS, AGREEMENT_MACHINE, PENDING
from contracts.tables.agreements import AGREEMENT_COLUMNS, late
from core.attachments.store import path_of
from core.transitions import Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import kept_file, paper_answer
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

ON_PAGE = {"sign": "sign", "refuse": "refuse", "terminate": "terminate"}


class AgreementListView(FilteredListView):
    page_title = "三方协议"
    page_note = "医疗机构、生产企业、配送企业三方负责人签齐后生效；执行日前一日为签订期限"
    filterset_class = AgreementFilter
    columns = AGREEMENT_COLUMNS
    default_sort = "-made"
    keyset = ("made_at", "id")
    route, export_route, sheet_name = "agreements", "agreements-export", "三方协议"
    bar = ("stage", "waiting", "batch", "late", "mine")
    search_hint = "协议编号、单位、拼音首字母"
    empty_text = "没有三方协议。"

    def everything(self, scope: Scope) -> QuerySet[Agreement]:
        return visible_agreements(scope).select_related(*NAMED)

    def row_late(self, row: Agreement) -> bool:
        return late(row)

    def filter_options(self) -> dict[str, list[dict[str, str]]]:
        rows: QuerySet[Batch] = visible_batches(self.scope).order_by("-effective_on", "code")
        return {"batch": [{"value": row.code, "label": row.name} for row in rows]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = []
        if may_generate(self.scope):
            new = {"label": "生成协议", "url": reverse("agreement-generate"), "kind": "primary"}
            actions.append(new)
        if self.scope.is_region_authority:
            actions.append({"label": "签订进度", "url": reverse("agreement-progress")})
        actions.append({"label": "授权书", "url": reverse("powers")})
        return super().get_context_data(actions=actions, **kwargs)


class AgreementExportView(ExportMixin, AgreementListView):
    pass


class AgreementView(ScopedDetailView):
    template_name = "contracts/agreement_detail.html"
    key = "key"

    def visible(self, scope: Scope) -> QuerySet[Agreement]:
        return visible_agreements(scope).select_related(*NAMED)

    def get_object(self) -> Agreement:
        found = by_key(self.get_queryset(), self.kwargs["key"]).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement: Agreement = kwargs["object"]
        standings = agreement_standings(self.scope, agreement)
        offers = AGREEMENT_MACHINE.offers(agreement, standings)
        open_now = {each.transition.verb for each in offers if each.verdict.ok}
        waits = waiting_for(agreement)
        key = agreement.key
        actions = offered_actions(
            offers, url=lambda verb: reverse("agreement-act", args=[key, verb]),
            version=agreement.row_version, on_page=ON_PAGE,
        )  # fmt: skip
        if may_change(self.scope, agreement):
            actions.append({"label": "变更", "url": reverse("agreement-change", args=[key])})
        mine = sides(self.scope, agreement)
        signatures = agreement.signatures.select_related("organisation", "power", "document")
        signed = list(signatures.order_by("signed_at", "pk"))
        who = f"{'、'.join(waits)}签署" if waits else ""
        return super().get_context_data(
            **{
                "level": AGREEMENT_LEVELS[agreement.state],
                "holder_words": who,
                "late": late(agreement),
                "pending": agreement.state in PENDING,
                "offered": actions,
                "open_now": open_now,
                "mine": mine,
                "leader_needed": bool(mine) and "sign" not in open_now,
                "items": agreement.items.select_related("product__group").order_by("line_no"),
                "struck": struck_products(agreement.agreement_no)
                if agreement.state != "terminated" else set(),
                "signatures": signed,
                # Loaded with their times: signed before the platform knew it.
                "outside": not signed and agreement.institution_signed_at is not None,
                "text_intact": text_digest(agreement) == agreement.text_digest,
                "versions": by_number(self.visible(self.scope), agreement),
                "sign_form": self.step_form("sign", agreement),
                "refuse_form": self.step_form("refuse", agreement),
                "terminate_form": self.step_form("terminate", agreement),
                "disposals": disposals_about(self.scope, agreement),
                "to_dispose": self.to_dispose(agreement),
                "timeline": with_holder(
                    [*_made(agreement), *steps_of(self.scope, AGREEMENT_MACHINE.name, agreement.pk)],
                    who=who,
                    what="等待签署",
                ),
                "actions": [
                    {"label": "协议文件（PDF）", "icon": "download",
                     "url": reverse("agreement-pdf", args=[key])},
                    {"label": "核验签名", "icon": "shield-check",
                     "url": reverse("agreement-verify", args=[key])},
                ],
                "breadcrumbs": [{"label": "三方协议", "url": reverse("agreements")},
                                {"label": str(agreement)}],
                **kwargs,
                "page_title": f"三方协议 {agreement}",
            }
        )  # fmt: skip

    def to_dispose(self, agreement: Agreement) -> list[dict[str, str]]:
        """For a bureau: each party that has not signed, with the form of a 处置 about it."""
        if not may_dispose(self.scope):
            return []
        given = {"batch": agreement.batch.code, "year_no": agreement.year_no}
        return [
            {"name": each.name,
             "url": f"{reverse('disposal-new')}?{urlencode(given | {'organisation': each.code})}"}
            for each in unwilling(agreement)
        ]  # fmt: skip

    def step_form(self, verb: str, agreement: Agreement) -> AgreementStepForm:
        known = {"version": agreement.row_version, "digest": agreement.text_digest}
        return STEP_FORMS[verb](initial=known)


def _made(agreement: Agreement) -> list[dict[str, Any]]:
    """How it came to be; a change has a step of its own in the trail, a bulk making has not."""
    if agreement.basis == Agreement.Basis.CHANGE:
        return []
    what = agreement.get_basis_display()
    return [{"at": agreement.made_at, "who": "省级医保局", "what": what, "note": ""}]


STEP_FORMS: dict[str, type[AgreementStepForm]] = {
    "sign": SignAgreementForm,
    "refuse": AgreementWordsForm,
    "terminate": AgreementWordsForm,
}


def by_number(rows: QuerySet[Agreement], agreement: Agreement) -> list[Agreement]:
    """All versions of the same number, the newest first."""
    return list(rows.filter(agreement_no=agreement.agreement_no).order_by("-version"))


class AgreementPdfView(AgreementView):
    """The file as it is signed so far; before the first signature the paper as it will be signed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:  # type: ignore[override]
        agreement = self.get_object()
        kept = latest_document(agreement)
        if kept is not None:
            return kept_file(request, kept)
        now = timezone.now()
        items = list(agreement.items.select_related("product__group").order_by("line_no"))
        try:
            body = blank_paper(agreement, items, agents_of(agreement, now), agreement.made_at)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        outside = agreement.institution_signed_at is not None
        mark = "平台外签订，此件无签名" if outside else "未签署"
        return paper_answer(request, f"三方协议 {agreement.agreement_no}（{mark}）.pdf", body)


class AgreementVerifyView(AgreementView):
    """Whether the kept file is, byte by byte, what the three have signed."""

    template_name = "contracts/agreement_verify.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreement: Agreement = kwargs["object"]
        kept = latest_document(agreement)
        report = None
        if kept is not None:
            signed = agreement.signatures.order_by("signed_at", "pk")
            report = checked(path_of(kept.file).read_bytes(), list(signed))
        return super().get_context_data(**kwargs) | {
            "report": report,
            "kept": kept,
            "page_title": f"核验签名：{agreement}",
            "breadcrumbs": [
                {"label": "三方协议", "url": reverse("agreements")},
                {"label": str(agreement), "url": reverse("agreement", args=[agreement.key])},
                {"label": "核验签名"},
            ],
        }
