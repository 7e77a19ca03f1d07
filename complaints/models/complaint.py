"""A complaint and the clock on its reply and its solution."""

from django.db import models

from catalog.models import Product
from organisations.models.stamps import PartyStamps


class Complaint(PartyStamps):
    """Filed by the institution, or by an enterprise against it; indicators count the former.

    The facts that figures read: the first reply and its promise, when it was last said to be
    solved (empty again when the filer denies it), and when it was taken back.
    """

    class FiledBy(models.TextChoices):
        INSTITUTION = "institution", "医疗机构"
        ENTERPRISE = "enterprise", "企业"

    class Category(models.TextChoices):
        SHORTAGE = "shortage", "供应不足"
        LATE_DELIVERY = "late_delivery", "配送不及时"
        SELECTIVE_DELIVERY = "selective_delivery", "选择性配送"
        REFUSED_AFTER_AGREED = "refused_after_agreed", "完成约定量后不配送"
        FORM_OR_STRENGTH = "form_or_strength", "剂型规格不适宜"
        PACKAGING = "packaging", "包装不合理"
        UNCLEAR_LOT = "unclear_lot", "批号印刷不清晰"
        QUALITY = "quality", "质量或不良反应"
        PRE_PRICE_LOWER = "pre_price_lower", "集采前价格更低"
        ABNORMAL_PRICE = "abnormal_price", "价格异常"
        NOT_PAID = "not_paid", "不按时结算"
        NOT_RECEIVED = "not_received", "不及时收货"
        ABNORMAL_ORDER = "abnormal_order", "异常订单"
        OTHER = "other", "其他"

    complaint_no = models.CharField("编号", max_length=60, unique=True)
    filed_by = models.CharField(
        "提出方", max_length=12, choices=FiledBy.choices, default=FiledBy.INSTITUTION
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    category = models.CharField("类别", max_length=24, choices=Category.choices, blank=True)
    filed_at = models.DateTimeField("提出时间")
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    promised_on = models.DateField("承诺解决日期", null=True, blank=True)
    resolved_at = models.DateTimeField("解决时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "诉求"
        indexes = [
            models.Index(fields=["filed_at"], name="complaint_filed"),
            models.Index(fields=["institution", "filed_at"], name="complaint_institution"),
            models.Index(fields=["manufacturer", "filed_at"], name="complaint_manufacturer"),
            models.Index(fields=["distributor", "filed_at"], name="complaint_distributor"),
        ]

    def __str__(self) -> str:
        return self.complaint_no
