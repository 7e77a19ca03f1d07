"""Certificates with which organisations sign documents, and the roots that are trusted."""

import pghistory
from django.db import models
from django.db.models import F, Q

from organisations.models.organisation import Organisation
from organisations.states import CERTIFICATE_MACHINE, CertificateState


class TrustAnchor(models.Model):
    """A root certificate: signatures whose certificates lead to it count, until it is withdrawn.

    The built-in authority's root also has its sealed key here; of others only the certificate.
    """

    db_privileges = "stage"

    class Source(models.TextChoices):
        BUILT_IN = "built_in", "平台内置"
        ADDED = "added", "另行信任"

    name = models.CharField("名称", max_length=200)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    subject = models.CharField("主体", max_length=500)
    serial = models.CharField("序列号", max_length=40)
    fingerprint = models.CharField("SHA-256 指纹", max_length=64, unique=True)
    certificate = models.BinaryField("证书（DER）")
    key_sealed = models.BinaryField("私钥（密文）", blank=True, default=b"")
    not_before = models.DateTimeField("有效期起")
    not_after = models.DateTimeField("有效期止")
    reason = models.CharField("依据", max_length=200)
    added_at = models.DateTimeField("加入时间")
    added_by_id = models.BigIntegerField("加入人编号", null=True)
    added_by_name = models.CharField("加入人", max_length=150)
    withdrawn_at = models.DateTimeField("撤除时间", null=True, blank=True)
    withdrawn_by_name = models.CharField("撤除人", max_length=150, blank=True)
    withdrawn_reason = models.CharField("撤除原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "信任的根证书"
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(source="built_in", withdrawn_at__isnull=True),
                name="trust_anchor_one_built_in",
            ),
            models.CheckConstraint(
                condition=Q(not_after__gt=F("not_before")), name="trust_anchor_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["certificate", "chain", "key_sealed"])
class OrganisationCertificate(models.Model):
    """One organisation's signing certificate; at most one is in use at a time.

    The private key lies beside it as PKCS#12 under SIGNING_KEY_PASSPHRASE and never leaves the
    platform. A replaced certificate's signatures stay good; a revoked one's are good until then.
    """

    db_privileges = "stage"

    State = CertificateState

    class Source(models.TextChoices):
        BUILT_IN = "built_in", "平台内置签发"
        UPLOADED = "uploaded", "本机构上传"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="certificates", verbose_name="机构"
    )
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    subject = models.CharField("主体", max_length=500)
    issuer = models.CharField("颁发者", max_length=500)
    serial = models.CharField("序列号", max_length=40)
    fingerprint = models.CharField("SHA-256 指纹", max_length=64, unique=True)
    certificate = models.BinaryField("证书（DER）")
    chain = models.BinaryField("中间证书（PEM）", blank=True, default=b"")
    key_sealed = models.BinaryField("私钥（密文）")
    trust_anchor = models.ForeignKey(
        TrustAnchor, models.PROTECT, related_name="certificates", verbose_name="根证书"
    )
    not_before = models.DateTimeField("有效期起")
    not_after = models.DateTimeField("有效期止")
    revoked_reason = models.CharField("吊销原因", max_length=200, blank=True)
    added_at = models.DateTimeField("登记时间")
    added_by_name = models.CharField("登记人", max_length=150)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "签名证书"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state="active"),
                name="certificate_one_in_use",
            ),
            models.CheckConstraint(
                condition=Q(not_after__gt=F("not_before")), name="certificate_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | ~Q(revoked_reason=""),
                name="certificate_revoked_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="certificate_of_organisation"),
            models.Index(fields=["-added_at", "id"], name="certificate_newest"),
        ]
        triggers = [CERTIFICATE_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.subject} {self.serial}"
