"""办事指南与联系方式: what an authority tells everybody, also those who have not signed in."""

import pghistory
from django.db import models
from django.db.models import F, Q

from core.attachments.models import Attachment
from organisations.models.organisation import Organisation


@pghistory.track()
class Guide(models.Model):
    """Address, phones and hours of one bureau or procurement centre; public, one per authority.

    `phones` is a list of {label, number}: office lines, never a person's own number.
    `reviewed_on` is the day on which its owner last said that it holds.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="guide", verbose_name="机构"
    )
    address = models.CharField("地址", max_length=200)
    hours = models.CharField("办公时间", max_length=200)
    phones = models.JSONField("电话", default=list)
    transport = models.CharField("交通", max_length=300, blank=True)
    note = models.TextField("说明", blank=True)
    reviewed_on = models.DateField("核对日期")
    updated_at = models.DateTimeField("更新时间")
    updated_by_id = models.BigIntegerField("更新人编号", null=True)
    updated_by_name = models.CharField("更新人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "办事指南"

    def __str__(self) -> str:
        return f"{self.organisation_id} 办事指南"


@pghistory.track()
class GuideService(models.Model):
    """One thing that people come for: who may, what to bring, the steps (one a line), how long."""

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="services")
    name = models.CharField("事项", max_length=100)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    audience = models.CharField("办理对象", max_length=200, blank=True)
    materials = models.TextField("所需材料", blank=True)
    steps = models.TextField("办理步骤")
    time_limit = models.CharField("办理时限", max_length=100, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("公开", default=True)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "办事事项"
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "name"],
                condition=Q(is_active=True),
                name="guide_service_one_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ReceptionDay(models.Model):
    """接待日: a day on which people are received in person, where, and about what."""

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="reception_days")
    day = models.DateField("日期")
    opens = models.TimeField("开始")
    closes = models.TimeField("结束")
    place = models.CharField("地点", max_length=200)
    topic = models.CharField("接待内容", max_length=200, blank=True)
    is_cancelled = models.BooleanField("已取消", default=False)
    cancel_note = models.CharField("取消原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "接待日"
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "day", "opens"],
                condition=Q(is_cancelled=False),
                name="reception_day_key",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="reception_day_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.opens:%H:%M}"


@pghistory.track()
class GuideFile(models.Model):
    """A form or manual for everybody to download; taken back rather than deleted."""

    class Kind(models.TextChoices):
        FORM = "form", "表格"
        MANUAL = "manual", "操作手册"

    guide = models.ForeignKey(Guide, models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    title = models.CharField("名称", max_length=100)
    is_withdrawn = models.BooleanField("已撤下", default=False)

    class Meta:
        verbose_name = "指南下载"

    def __str__(self) -> str:
        return self.title
