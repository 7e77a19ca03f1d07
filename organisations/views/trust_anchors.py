"""The roots that are trusted: kept by the security administrator, read by whoever verifies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import ALLOWED, MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.filters import TrustAnchorFilter
from organisations.forms.certificates import TrustAnchorForm, WithdrawForm
from organisations.models import TrustAnchor
from organisations.operations.certificates import add_trust_anchor, withdraw_trust_anchor
from organisations.queries.certificates import visible_trust_anchors
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.rules import SECURITY_ONLY
from organisations.tables import ANCHOR_COLUMNS
from organisations.tables.certificates import anchor_state
from organisations.views.certificates import LARGEST_UPLOAD, pem_response
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView


class SignedIn:
    """Root certificates are no secret: without them nobody elsewhere can verify."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active


class AnchorKeepers(SignedIn):
    def entry(self, scope: Scope) -> Verdict:
        return ALLOWED if scope.platform_role == "security" else SECURITY_ONLY


class TrustAnchorListView(SignedIn, FilteredListView):
    page_title = "信任的根证书"
    page_note = "签名证书由这些根证书签发的，验证时才受信任。"
    filterset_class = TrustAnchorFilter
    columns = ANCHOR_COLUMNS
    default_sort = "-added"
    route, export_route, sheet_name = "trust-anchor-list", "trust-anchor-export", "信任的根证书"
    bar = ("trusted",)
    search_hint = "名称、主体、指纹"
    empty_title, empty_icon = "没有信任的根证书", "file-certificate"
    empty_text = "没有根证书时，任何签名都不受信任。由安全管理员加入。"

    def everything(self, scope: Scope) -> QuerySet[TrustAnchor]:
        return visible_trust_anchors(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "加入根证书", "url": reverse("trust-anchor-new"), "kind": "primary",
               "icon": "plus"}  # fmt: skip
        keeps = self.scope.platform_role == "security"
        return super().get_context_data(actions=[new] if keeps else [], **kwargs)


class TrustAnchorExportView(ExportMixin, TrustAnchorListView):
    pass


class TrustAnchorView(SignedIn, ScopedDetailView):
    template_name = "organisations/trust_anchor.html"
    key_field = "fingerprint"

    def visible(self, scope: Scope) -> QuerySet[TrustAnchor]:
        return visible_trust_anchors(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: TrustAnchor = kwargs["object"]
        state, level = anchor_state(row)
        keeps = self.scope.platform_role == "security"
        acts: list[dict[str, Any]] = []
        if keeps:
            off = "该根证书已经撤除" if row.withdrawn_at else ""
            acts.append({"label": "撤除", "url": "#withdraw", "reason": off})
        context = {
            "form": WithdrawForm(),
            "offered": acts,
            "may_withdraw": keeps and row.withdrawn_at is None,
            "state": state,
            "level": level,
            "timeline": steps_of(self.scope, "trust_anchor", row.pk),
            "breadcrumbs": [
                {"label": "信任的根证书", "url": reverse("trust-anchor-list")},
                {"label": row.name},
            ],
            "page_title": row.name,
            **kwargs,
        }
        return super().get_context_data(**context)


class TrustAnchorFileView(TrustAnchorView):
    """The root as a file: whoever has it verifies without the platform."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        return pem_response(bytes(row.certificate), row.fingerprint)


class TrustAnchorWithdrawView(AnchorKeepers, TrustAnchorView):
    """POST only."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = WithdrawForm(request.POST)
        if form.is_valid():
            try:
                withdraw_trust_anchor(
                    anchor=row, reason=form.cleaned_data["reason"], by=self.user, at=timezone.now()
                )
            except MissingInput as refusal:
                form.add_error("reason", refusal.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "根证书已撤除，由它签发的证书不再受信任")
                return HttpResponseRedirect(reverse("trust-anchor", args=[row.fingerprint]))
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)


class TrustAnchorNewView(AnchorKeepers, ScopedTemplateView):
    template_name = "organisations/trust_anchor_new.html"
    page_title = "加入根证书"
    page_note = "只加入依法取得电子认证服务许可的机构，或本省文件认可的机构的根证书。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"label": "信任的根证书", "url": reverse("trust-anchor-list")},
            {"label": "加入"},
        ]
        return super().get_context_data(
            **{"form": TrustAnchorForm(), "breadcrumbs": crumbs, **kwargs}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TrustAnchorForm(request.POST)
        upload = request.FILES.get("file")
        problem = ""
        if upload is None or (upload.size or 0) > LARGEST_UPLOAD:
            problem = "请选择根证书文件（.cer、.crt 或 .pem）"
        if form.is_valid() and upload is not None and not problem:
            try:
                row = add_trust_anchor(
                    name=form.cleaned_data["name"], reason=form.cleaned_data["reason"],
                    content=upload.read(), by=self.user, at=timezone.now(),
                )  # fmt: skip
            except MissingInput as refusal:
                if refusal.field in form.fields:
                    form.add_error(refusal.field, refusal.reason)
                else:
                    problem = refusal.reason
            else:
                messages.success(request, "已加入，由它签发的证书此后受信任")
                return HttpResponseRedirect(reverse("trust-anchor", args=[row.fingerprint]))
        return self.render_to_response(
            self.get_context_data(form=form, problem=problem), status=400
        )
