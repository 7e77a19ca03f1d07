"""What a bulletin is made of (inputs, lines) and what comes back (objections, receipts)."""

from django.db import models

from core.numbers.fields import HeldField
from monitoring.models.bulletin import Bulletin
from monitoring.rules.bulletin_lists import BY_RULE
from monitoring.states.bulletins import (
    OBJECTION_MACHINE,
    RECEIPT_MACHINE,
    ObjectionState,
    ReceiptState,
)
from organisations.models import Organisation
from organisations.models.stamps import party


class BulletinInput(models.Model):
    """A figure as it stood when the draft was made, summed over groups and products.

    `row_count` says of how many figures of the month. Written anew while the bulletin is a draft;
    a trigger refuses any change once it is issued.
    """

    db_privileges = "full"

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="inputs")
    month = models.DateField("月份")
    indicator = models.CharField("指标", max_length=40)
    window = models.CharField("期间", max_length=5)
    subject_type = models.CharField("对象类型", max_length=12)
    subject_code = models.CharField("对象", max_length=40)
    subject_name = models.CharField("名称", max_length=200)
    batch_code = models.CharField("批次", max_length=40, blank=True)
    year_no = models.PositiveSmallIntegerField("年度序号", null=True, blank=True)
    category = models.CharField("类别", max_length=12, blank=True)
    numerator = HeldField("分子")
    denominator = HeldField("分母")
    row_count = models.PositiveIntegerField("指标值行数")
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)

    class Meta:
        verbose_name = "通报数据"
        indexes = [
            models.Index(
                fields=["bulletin", "indicator", "subject_type", "month", "id"],
                name="bulletin_input_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.indicator} {self.subject_code}"


class BulletinLine(models.Model):
    """One name on one of the bulletin's lists: who, by which rule, how far, by which clause.

    `items` says how many groups or products of the batch are concerned; measured is the worst of
    them. organisation is who is named and may object; empty for a pool.
    """

    db_privileges = "full"

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField("序号")
    rule = models.CharField("名单", max_length=40)
    subject_type = models.CharField("对象类型", max_length=12)
    subject_code = models.CharField("对象", max_length=40)
    subject_name = models.CharField("名称", max_length=200)
    batch_code = models.CharField("批次", max_length=40, blank=True)
    year_no = models.PositiveSmallIntegerField("年度序号", null=True, blank=True)
    items = models.PositiveIntegerField("涉及项数", default=1)
    severity = models.CharField("级别", max_length=8)
    measured = HeldField("实测值")
    threshold = HeldField("阈值")
    clause = models.CharField("依据", max_length=200, blank=True)
    remark = models.CharField("说明", max_length=200, blank=True)
    removed = models.BooleanField("已删除", default=False)
    removed_reason = models.CharField("删除理由", max_length=2000, blank=True)
    organisation = party("organisations.Organisation", "被点名单位", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)

    class Meta:
        verbose_name = "通报名单"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "line_no"], name="bulletin_line_no")
        ]
        indexes = [
            models.Index(fields=["organisation", "bulletin"], name="bulletin_line_named"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id}-{self.line_no}"

    @property
    def heading(self) -> str:
        """What the list is called."""
        return BY_RULE[self.rule].heading


class BulletinObjection(models.Model):
    """What a named party says against its line in the 核对期, and how it was ruled on.

    `data_wrong`: upheld because a figure is wrong, so that the bulletin is drafted anew from mended
    figures before it is reviewed.
    """

    State = ObjectionState

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="objections")
    line_no = models.PositiveIntegerField("名单序号")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.TextField("异议理由", max_length=2000)
    ruling = models.TextField("裁定理由", max_length=2000, blank=True)
    data_wrong = models.BooleanField("数据有误", default=False)
    filed_at = models.DateTimeField("提出时间")
    filed_by_id = models.BigIntegerField("提出人编号", null=True)
    filed_by_name = models.CharField("提出人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.FILED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "通报核对异议"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "line_no"], name="bulletin_objection_once")
        ]
        triggers = [OBJECTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.bulletin_id}-{self.line_no}"


class BulletinReceipt(models.Model):
    """One recipient of an issued bulletin: when it was read and, of a named one, its rectification."""

    State = ReceiptState

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="receipts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    is_named = models.BooleanField("被点名", default=False)
    sent_at = models.DateTimeField("送达时间")
    read_at = models.DateTimeField("签收时间", null=True, blank=True)
    read_by_id = models.BigIntegerField("签收人编号", null=True)
    read_by_name = models.CharField("签收人", max_length=150, blank=True)
    feedback = models.TextField("整改情况", max_length=4000, blank=True)
    note = models.TextField("核实意见", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SENT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "通报签收"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "organisation"], name="bulletin_receipt_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="bulletin_receipt_of")]
        triggers = [RECEIPT_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.bulletin_id}-{self.organisation_id}"
