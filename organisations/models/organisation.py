"""Every party on the platform, of all kinds, in one table."""

import pghistory
from django.db import models
from django.db.models import Q

from organisations.models.region import Pool, Region


@pghistory.track()
class Organisation(models.Model):  # type: ignore[django-manager-missing]  # untyped in knox
    """A hospital, an enterprise, a bureau or another authority.

    `code` is the institution's 定点 code, the enterprise's 统一社会信用代码, or the authority's own
    code. Only institutions have pool, level, ownership and institution_kind; only enterprises
    are manufacturers or distributors; authorities have the region that they answer for.
    """

    class Kind(models.TextChoices):
        INSTITUTION = "institution", "医疗机构"
        ENTERPRISE = "enterprise", "企业"
        BUREAU = "bureau", "医保局"
        AGENCY = "agency", "医保经办"
        HEALTH_COMMISSION = "health_commission", "卫健委"
        FINANCE = "finance", "财政"
        REGULATOR = "regulator", "药监"
        PROCUREMENT_CENTRE = "procurement_centre", "采购服务中心"
        DISCIPLINE = "discipline", "纪检监察"
        PLATFORM = "platform", "平台运维"

    class Level(models.TextChoices):
        TERTIARY = "tertiary", "三级"
        SECONDARY = "secondary", "二级"
        PRIMARY = "primary", "一级"
        OTHER = "other", "其他"

    class Ownership(models.TextChoices):
        PUBLIC = "public", "公立"
        PRIVATE = "private", "社会办"
        MILITARY = "military", "军队"

    class InstitutionKind(models.TextChoices):
        HOSPITAL = "hospital", "医院"
        TOWNSHIP = "township", "乡镇卫生院"
        COMMUNITY = "community", "社区卫生服务中心"
        CLINIC = "clinic", "诊所"
        PHARMACY = "pharmacy", "药店"

    code = models.CharField("编码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=200)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name="区划",
    )
    pool = models.ForeignKey(
        Pool,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name="统筹区",
    )
    level = models.CharField("等级", max_length=10, choices=Level.choices, blank=True)
    ownership = models.CharField("性质", max_length=10, choices=Ownership.choices, blank=True)
    institution_kind = models.CharField(
        "机构类型", max_length=10, choices=InstitutionKind.choices, blank=True
    )
    is_manufacturer = models.BooleanField("生产企业", default=False)
    is_distributor = models.BooleanField("配送企业", default=False)
    is_active = models.BooleanField("启用", default=True)
    # An institution's 统一社会信用代码 where it is known; an enterprise's is its code.
    credit_code = models.CharField("信用代码", max_length=18, blank=True, db_default="", default="")
    # The day from which it is no more; its rows stay where they were.
    closed_on = models.DateField("注销日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="承接机构",
    )
    pinyin = models.CharField("拼音", max_length=600, blank=True)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)

    class Meta:
        verbose_name = "机构"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="institution")
                | (
                    Q(region__isnull=False)
                    & Q(pool__isnull=False)
                    & ~Q(level="")
                    & ~Q(ownership="")
                    & ~Q(institution_kind="")
                ),
                name="organisation_institution_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(kind="enterprise") | Q(is_manufacturer=False, is_distributor=False),
                name="organisation_only_enterprises_supply",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("enterprise", "platform")) | Q(region__isnull=False),
                name="organisation_authority_has_region",
            ),
            models.CheckConstraint(
                condition=~Q(kind="agency") | Q(pool__isnull=False),
                name="organisation_agency_has_pool",
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="organisation_credit_code",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(is_active=False),
                name="organisation_closed_is_off",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "region"], name="organisation_kind_region"),
            models.Index(fields=["initials"], name="organisation_initials"),
        ]

    def __str__(self) -> str:
        return self.name
