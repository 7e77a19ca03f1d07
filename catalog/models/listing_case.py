"""Between enterprises, hospitals and the offices: requests to restore, and 函询 with their answers."""

from django.db import models
from django.db.models import Q

from catalog.models.listing import Listing
from catalog.models.product import Product
from catalog.states.listing_case import (
    INQUIRY_MACHINE,
    REQUEST_MACHINE,
    InquiryState,
    RequestState,
)
from organisations.models.organisation import Organisation


class ListingRequest(models.Model):
    """Somebody asks the office that closed a listing to restore it; the office answers with reason."""

    db_privileges = "stage"

    State = RequestState

    request_no = models.CharField("申请编号", max_length=24, unique=True)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="requests")
    requester = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="申请单位"
    )
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="受理单位"
    )
    text = models.TextField("申请理由")
    answer = models.TextField("答复", blank=True)
    created_at = models.DateTimeField("申请时间")
    created_by_name = models.CharField("申请人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "恢复挂网申请"
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "requester"],
                condition=Q(state="submitted"),
                name="listing_request_one_open_each",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state"], name="listing_request_office"),
            models.Index(fields=["requester", "-created_at"], name="listing_request_asker"),
        ]
        triggers = [REQUEST_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.request_no


class Inquiry(models.Model):
    """函询: an office asks an enterprise about a product; due on a day, answered with evidence."""

    db_privileges = "stage"

    State = InquiryState

    class Subject(models.TextChoices):
        PRICE_RISE = "price_rise", "价格异常上涨"
        OVER_MAXIMUM = "over_maximum", "超过最高挂网价"
        MARK = "mark", "红黄标"
        SHORTAGE = "shortage", "短缺供应"
        OTHER = "other", "其他"

    inquiry_no = models.CharField("函询编号", max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="inquiries")
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="被函询企业"
    )
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="函询单位"
    )
    subject = models.CharField("事由", max_length=16, choices=Subject.choices)
    question = models.TextField("函询内容")
    clause = models.CharField("依据", max_length=200)
    due_on = models.DateField("答复期限")
    due_provisional = models.BooleanField("期限暂定", default=False)
    answer = models.TextField("企业答复", blank=True)
    closing_note = models.TextField("处理意见", blank=True)
    sent_at = models.DateTimeField("发出时间")
    sent_by_name = models.CharField("发出人", max_length=150)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=150, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SENT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "价格函询"
        indexes = [
            models.Index(fields=["-sent_at", "-id"], name="inquiry_newest"),
            models.Index(fields=["enterprise", "-sent_at"], name="inquiry_enterprise"),
        ]
        triggers = [INQUIRY_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.inquiry_no


class InquiryStep(models.Model):
    """One step of an inquiry's timeline."""

    db_privileges = "append"

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("操作人编号", null=True)
    by_name = models.CharField("操作人", max_length=150)
    organisation_name = models.CharField("机构", max_length=200, blank=True)
    verb = models.CharField("动作", max_length=30)
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    text = models.TextField("内容", blank=True)

    class Meta:
        verbose_name = "函询办理记录"
        indexes = [models.Index(fields=["inquiry", "id"], name="inquiry_step_order")]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.verb}"
