"""公告: what an office tells many organisations, or everybody; never deleted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from inbox.states import ANNOUNCEMENT_MACHINE, AnnouncementState
from organisations.models import Organisation, Region, User


class Announcement(models.Model):
    """One version of an announcement. A correction is a new version that takes its place.

    `kinds`, `region` and `batch_code` say to whom; empty ones do not narrow. At publication
    they become AnnouncementRecipient rows, which decide who sees it and who has still to read it.
    """

    State = AnnouncementState

    class Category(models.TextChoices):
        NOTICE = "notice", "通知公告"
        POLICY = "policy", "政策文件"
        TRAINING = "training", "培训"
        DOWNLOAD = "download", "资料下载"

    code = models.CharField("编号", max_length=30, unique=True)
    series = models.CharField("原始编号", max_length=30)
    version_no = models.PositiveSmallIntegerField("版次", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="announcements", verbose_name="发布单位"
    )
    title = models.CharField("标题", max_length=120)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    category = models.CharField("类别", max_length=10, choices=Category.choices)
    body = models.TextField("正文")
    is_public = models.BooleanField("向社会公开", default=False)
    needs_receipt = models.BooleanField("须阅读回执", default=False)
    is_pinned = models.BooleanField("置顶", default=False)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="机构类别"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地区"
    )
    batch_code = models.CharField("批次", max_length=40, blank=True)
    dropped_files = ArrayField(models.BigIntegerField(), default=list, blank=True)
    submitted_by_id = models.BigIntegerField("提交人编号", null=True)
    review_note = models.TextField("退回理由", blank=True)
    withdrawal_note = models.TextField("撤回原因", blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by_name = models.CharField("发布人", max_length=150, blank=True)
    created_at = models.DateTimeField("起草时间")
    created_by_name = models.CharField("起草人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "公告"
        constraints = [
            models.UniqueConstraint(fields=["series", "version_no"], name="announcement_version"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "submitted")) | Q(published_at__isnull=False),
                name="announcement_published_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-published_at", "-id"], name="announcement_newest"),
            models.Index(fields=["organisation", "-id"], name="announcement_of_office"),
        ]
        triggers = [ANNOUNCEMENT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.title


class AnnouncementRecipient(models.Model):
    """An organisation that a published announcement was meant for."""

    db_privileges = "append"

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="recipients")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "公告对象"
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "organisation"], name="announcement_recipient_key"
            )
        ]
        indexes = [models.Index(fields=["organisation", "announcement"], name="announced_to")]

    def __str__(self) -> str:
        return f"{self.announcement_id} → {self.organisation_id}"


class AnnouncementReceipt(models.Model):
    """A person of an organisation has opened an announcement; the first time counts."""

    db_privileges = "append"

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="receipts")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    read_at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = "阅读回执"
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "user"], name="announcement_receipt_key"
            )
        ]
        indexes = [
            models.Index(fields=["announcement", "organisation"], name="announcement_read_by")
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.user_id}"
