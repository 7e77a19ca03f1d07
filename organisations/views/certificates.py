"""Signing certificates: an organisation's own, and the security administrator's list of all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import ALLOWED, MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.filters import CertificateFilter
from organisations.forms.certificates import CertificateForm, RevokeForm
from organisations.models import OrganisationCertificate
from organisations.operations.certificates import (
    issue_certificate,
    revoke_certificate,
    take_certificate,
)
from organisations.queries.certificates import (
    KEEPERS,
    OBJECT_TYPE,
    built_in_root,
    certificate_in_use,
    certificate_standings,
    pem_of,
    visible_certificates,
)
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.rules import CERTIFICATE_READERS_ONLY, manages_certificates
from organisations.states import CERTIFICATE_MACHINE
from organisations.tables import CERTIFICATE_COLUMNS
from organisations.tables.certificates import certificate_state
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView

LARGEST_UPLOAD = 512 * 1024


class CertificateReaders:
    """The own organisation's admin and leader; the security administrator and the auditor read all."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business or (scope.active and scope.platform_role in KEEPERS)

    def entry(self, scope: Scope) -> Verdict:
        if not scope.is_business or scope.has_role("admin", "leader"):
            return ALLOWED
        return CERTIFICATE_READERS_ONLY


class CertificateHolders:
    """The own organisation's admin alone."""

    def entry(self, scope: Scope) -> Verdict:
        return manages_certificates(is_business=scope.is_business, is_admin=scope.has_role("admin"))


class CertificateListView(CertificateReaders, FilteredListView):
    template_name = "organisations/certificates.html"
    page_title = "签名证书"
    page_note = "机构签署协议、承诺函等文件所用的证书。内置证书为普通电子签名；需要更高效力的，上传持证机构颁发的证书。"
    filterset_class = CertificateFilter
    columns = CERTIFICATE_COLUMNS
    default_sort = "-added"
    route, export_route, sheet_name = "certificate-list", "certificate-export", "签名证书"
    bar = ("state", "source")
    search_hint = "机构、主体、序列号、指纹、拼音首字母"
    empty_title, empty_icon = "没有签名证书", "file-certificate"
    empty_text = "没有证书就不能签署文件。机构管理员可以申领平台证书，或上传本机构的证书。"

    def everything(self, scope: Scope) -> QuerySet[OrganisationCertificate]:
        return visible_certificates(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(actions=self.offered(), **kwargs)

    def offered(self) -> list[dict[str, Any]]:
        """What the own admin can do to get a certificate."""
        if not (self.scope.is_business and self.scope.has_role("admin")):
            return []
        held = certificate_in_use(self.user.organisation)
        issue: dict[str, Any] = {"label": "申领平台证书", "dialog": "issue"}
        if built_in_root() is None:
            issue = {"label": "申领平台证书", "reason": "平台没有启用内置证书机构"}
        upload = {"label": "上传本机构证书", "url": reverse("certificate-upload"), "icon": "upload"}
        first = issue if held is None else upload
        if "reason" not in first:
            first["kind"] = "primary"
        return [issue, upload]


class CertificateExportView(ExportMixin, CertificateListView):
    pass


class CertificateView(CertificateReaders, ScopedDetailView):
    """One certificate: whose, until when, what came of it; its end."""

    template_name = "organisations/certificate.html"
    key_field = "fingerprint"

    def visible(self, scope: Scope) -> QuerySet[OrganisationCertificate]:
        return visible_certificates(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: OrganisationCertificate = kwargs["object"]
        offers = CERTIFICATE_MACHINE.offers(row, certificate_standings(self.scope, row))
        revocable = [each for each in offers if each.transition.verb == "revoke"]
        state, level = certificate_state(row)
        context = {
            "form": RevokeForm(initial={"version": row.row_version}),
            "may_revoke": any(each.verdict.ok for each in revocable),
            "offered": [
                {**each, "kind": "danger"}
                for each in offered_actions(
                    revocable, url=lambda verb: "", version=row.row_version,
                    on_page={"revoke": "revoke"},
                )
            ],
            "state": state,
            "level": level,
            "timeline": steps_of(self.scope, OBJECT_TYPE, row.pk),
            "breadcrumbs": [
                {"label": "签名证书", "url": reverse("certificate-list")},
                {"label": row.serial[-8:]},
            ],
            "page_title": f"{row.organisation.name} 的签名证书",
            **kwargs,
        }  # fmt: skip
        return super().get_context_data(**context)


class CertificateRevokeView(CertificateView):
    """POST only."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = RevokeForm(request.POST)
        if form.is_valid():
            try:
                revoke_certificate(
                    certificate=row, reason=form.cleaned_data["revoked_reason"], by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
                )  # fmt: skip
            except MissingInput as refusal:
                form.add_error("revoked_reason", refusal.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "证书已吊销，此后不能再用它签署")
                return HttpResponseRedirect(reverse("certificate", args=[row.fingerprint]))
        return self.render_to_response(self.get_context_data(object=row, form=form), status=400)


class CertificateFileView(CertificateView):
    """The certificate without its key, for whoever verifies elsewhere."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        return pem_response(bytes(row.certificate), row.fingerprint)


class CertificateIssueView(CertificateHolders, ScopedView):
    """POST only: a certificate of the platform's own authority for the own organisation."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        row = issue_certificate(
            organisation=self.user.organisation, by=self.user, at=timezone.now()
        )
        messages.success(request, "证书已签发，现在可以用它签署文件")
        return HttpResponseRedirect(reverse("certificate", args=[row.fingerprint]))


class CertificateUploadView(CertificateHolders, ScopedTemplateView):
    template_name = "organisations/certificate_upload.html"
    page_title = "上传本机构证书"
    page_note = "证书机构颁发给本机构的签名证书（.p12 或 .pfx，须含私钥）。私钥加密保存，不能下载。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "form": CertificateForm(),
                "held": certificate_in_use(self.user.organisation),
                "breadcrumbs": [
                    {"label": "签名证书", "url": reverse("certificate-list")},
                    {"label": "上传"},
                ],
                **kwargs,
            }
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CertificateForm(request.POST)
        upload = request.FILES.get("file")
        problem = ""
        if upload is None:
            problem = "请选择证书文件"
        elif (upload.size or 0) > LARGEST_UPLOAD:
            problem = "文件太大，不像证书文件，请选择 .p12 或 .pfx 文件"
        if form.is_valid() and upload is not None and not problem:
            try:
                row = take_certificate(
                    organisation=self.user.organisation, content=upload.read(),
                    password=form.cleaned_data["password"], by=self.user, at=timezone.now(),
                )  # fmt: skip
            except MissingInput as refusal:
                if refusal.field in form.fields:
                    form.add_error(refusal.field, refusal.reason)
                else:
                    problem = refusal.reason
            else:
                messages.success(request, "证书已登记，此后用它签署文件")
                return HttpResponseRedirect(reverse("certificate", args=[row.fingerprint]))
        return self.render_to_response(
            self.get_context_data(form=form, problem=problem), status=400
        )


def pem_response(certificate: bytes, fingerprint: str) -> HttpResponse:
    """A certificate as a file to keep."""
    answer = HttpResponse(pem_of(certificate), content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="{fingerprint[:16]}.pem"'
    return answer
