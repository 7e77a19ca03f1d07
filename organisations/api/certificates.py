"""Signing certificates, trusted roots, and the verification of a PDF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.attachments.inspect import max_megabytes
from core.transitions import MissingInput, NotYours, Verdict
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.filters import CertificateFilter, TrustAnchorFilter
from organisations.models import OrganisationCertificate, TrustAnchor
from organisations.operations.certificates import (
    add_trust_anchor,
    issue_certificate,
    revoke_certificate,
    take_certificate,
    withdraw_trust_anchor,
)
from organisations.queries.certificates import (
    pem_of,
    verified_file,
    visible_certificates,
    visible_trust_anchors,
)
from organisations.queries.scope import Scope
from organisations.rules import SECURITY_ONLY, manages_certificates
from organisations.views.certificates import CertificateReaders


class CertificateSerializer(serializers.ModelSerializer[OrganisationCertificate]):
    """A signing certificate without its key."""

    organisation = serializers.CharField(source="organisation.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    pem = serializers.SerializerMethodField()

    class Meta:
        model = OrganisationCertificate
        fields = (
            "fingerprint", "organisation", "organisation_name", "source", "subject", "issuer",
            "serial", "not_before", "not_after", "state", "state_at", "revoked_reason", "added_at",
            "added_by_name", "row_version", "pem",
        )  # fmt: skip
        read_only_fields = fields

    def get_pem(self, row: OrganisationCertificate) -> str:
        return pem_of(bytes(row.certificate))


class CertificateUploadSerializer(serializers.Serializer[Any]):
    """The organisation's own PKCS#12 file, multipart."""

    file = serializers.FileField()
    password = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", trim_whitespace=False
    )


class CertificateRevokeSerializer(serializers.Serializer[Any]):
    revoked_reason = serializers.CharField(max_length=200)
    version = serializers.IntegerField(required=False)


class TrustAnchorSerializer(serializers.ModelSerializer[TrustAnchor]):
    """A root certificate that is, or was, trusted."""

    pem = serializers.SerializerMethodField()

    class Meta:
        model = TrustAnchor
        fields = (
            "fingerprint", "name", "source", "subject", "serial", "not_before", "not_after",
            "reason", "added_at", "withdrawn_at", "withdrawn_reason", "pem",
        )  # fmt: skip
        read_only_fields = fields

    def get_pem(self, row: TrustAnchor) -> str:
        return pem_of(bytes(row.certificate))


class TrustAnchorNewSerializer(serializers.Serializer[Any]):
    """A root to trust, multipart."""

    name = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=200)
    file = serializers.FileField()


class WithdrawSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class SignedFileSerializer(serializers.Serializer[Any]):
    """The PDF to verify, multipart; it is not kept."""

    file = serializers.FileField()


class SignatureSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    signer = serializers.CharField()
    signer_code = serializers.CharField()
    issuer = serializers.CharField()
    serial = serializers.CharField()
    fingerprint = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    intact = serializers.BooleanField()
    trusted = serializers.BooleanField()
    coverage = serializers.CharField()
    problem = serializers.CharField()
    good = serializers.BooleanField()


class SignatureReportSerializer(serializers.Serializer[Any]):
    good = serializers.BooleanField(source="report.good")
    verdict = serializers.CharField(source="report.verdict")
    sha256 = serializers.CharField(source="report.sha256")
    size_bytes = serializers.IntegerField(source="report.size_bytes")
    kept_here = serializers.BooleanField()
    waiting = serializers.ListField(child=serializers.CharField(), source="report.waiting")
    signatures = SignatureSerializer(many=True, read_only=True, source="report.signatures")


class CertificateViewSet(
    CertificateReaders, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """签名证书：本机构的；安全管理员和审计员看全部。"""

    serializer_class = CertificateSerializer
    token_subject = "organisations"
    lookup_field = "fingerprint"
    lookup_value_regex = r"[0-9a-f]{64}"
    filterset_class = CertificateFilter
    ordering = ("-added_at", "-pk")

    def visible(self, scope: Scope) -> QuerySet[OrganisationCertificate]:
        return visible_certificates(scope)

    @extend_schema(request=CertificateUploadSerializer, responses={201: CertificateSerializer})
    def create(self, request: Request) -> Response:
        """上传本机构的 PKCS#12 证书（multipart），随即启用。"""
        self._holders_only()
        given = values_of(CertificateUploadSerializer, request)
        row = take_certificate(
            organisation=acting(request).organisation, content=given["file"].read(),
            password=given["password"], by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={201: CertificateSerializer})
    @action(detail=False, methods=["post"])
    def issue(self, request: Request) -> Response:
        """申领平台内置证书，随即启用。"""
        self._holders_only()
        row = issue_certificate(
            organisation=acting(request).organisation, by=acting(request), at=timezone.now()
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CertificateRevokeSerializer, responses=CertificateSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """吊销，须写明原因，不能恢复。"""
        row = self.get_object()
        given = values_of(CertificateRevokeSerializer, request)
        row = revoke_certificate(
            certificate=row, reason=given["revoked_reason"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=given.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(self.get_object()).data)

    def _holders_only(self) -> None:
        said: Verdict = manages_certificates(
            is_business=self.scope.is_business, is_admin=self.scope.has_role("admin")
        )
        if not said:
            raise NotYours.of(said)


class TrustAnchorViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """信任的根证书；由安全管理员加入和撤除。"""

    serializer_class = TrustAnchorSerializer
    token_subject = "organisations"
    lookup_field = "fingerprint"
    lookup_value_regex = r"[0-9a-f]{64}"
    filterset_class = TrustAnchorFilter
    ordering = ("-added_at", "-pk")

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[TrustAnchor]:
        return visible_trust_anchors(scope)

    @extend_schema(request=TrustAnchorNewSerializer, responses={201: TrustAnchorSerializer})
    def create(self, request: Request) -> Response:
        """加入根证书（multipart），须写明依据；仅安全管理员。"""
        self._security_only()
        given = values_of(TrustAnchorNewSerializer, request)
        row = add_trust_anchor(
            name=given["name"], reason=given["reason"], content=given["file"].read(),
            by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WithdrawSerializer, responses=TrustAnchorSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """撤除根证书，须写明原因；仅安全管理员。"""
        self._security_only()
        row = self.get_object()
        given = values_of(WithdrawSerializer, request)
        row = withdraw_trust_anchor(
            anchor=row, reason=given["reason"], by=acting(request), at=timezone.now()
        )
        return Response(self.get_serializer(row).data)

    def _security_only(self) -> None:
        if self.scope.platform_role != "security":
            raise NotYours.of(SECURITY_ONLY)


class SignatureVerifyEndpoint(ScopedEndpoint):
    """验证 PDF 的电子签名。"""

    token_subject = "organisations"
    parser_classes = (MultiPartParser,)

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    @extend_schema(request=SignedFileSerializer, responses=SignatureReportSerializer)
    def create(self, request: Request) -> Response:
        """由谁、何时签署，签署后有没有改动；文件不保存。"""
        upload = values_of(SignedFileSerializer, request)["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            raise MissingInput("file", f"文件超过 {max_megabytes()} MB，无法验证")
        return Response(SignatureReportSerializer(verified_file(upload.read())).data)
