"""追溯码 and UDI: which product a mark stands for, where each code is, where it was, what was odd."""

from django.db import models
from django.db.models import Q

from catalog.models import Product
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps, party


class CodeKind(models.TextChoices):
    DRUG = "drug", "药品追溯码"
    UDI = "udi", "医疗器械唯一标识"


class ProductMark(models.Model):
    """The first seven digits of a drug's codes, or a device's GTIN: one stands for one product."""

    db_privileges = "append"

    kind = models.CharField("种类", max_length=4, choices=CodeKind.choices)
    mark = models.CharField("标识", max_length=14, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    bound_at = models.DateTimeField("登记时间")
    bound_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "产品标识"

    def __str__(self) -> str:
        return self.mark


class TraceCode(PartyStamps):
    """One pack, or one case (`is_case`) that stands for the packs whose `parent` it is.

    Stamps, delivery and state are those of the last shipment; CodeEvent keeps the whole way.
    Ticked: scanned at the door before the receipt is posted.
    """

    db_privileges = "stage"

    class State(models.TextChoices):
        SHIPPED = "shipped", "已发货"
        TICKED = "ticked", "已核对"
        RECEIVED = "received", "已收货"
        RETURNED = "returned", "已退货"

    code = models.CharField("追溯码", max_length=120, unique=True)
    kind = models.CharField("种类", max_length=4, choices=CodeKind.choices)
    product = party("catalog.Product", "产品")
    lot_no = models.CharField("批号", max_length=60, blank=True)
    expires_on = models.DateField("有效期至", null=True)
    is_case = models.BooleanField("箱码", default=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="packs", verbose_name="所属箱码"
    )
    delivery_id = models.BigIntegerField("配送编号", db_index=True)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    state_at = models.DateTimeField("状态时间")

    class Meta:
        verbose_name = "追溯码"
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_case=True) | Q(parent__isnull=True), name="case_in_no_case"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CodeEvent(PartyStamps):
    """Where a code was shipped, received and returned; stamps are those of that delivery.

    Corrected: its pack is not among the accepted ones after all.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        SHIPPED = "shipped", "发货"
        RECEIVED = "received", "收货"
        RETURNED = "returned", "退货"
        CORRECTED = "corrected", "更正退出"

    trace_code = models.ForeignKey(
        TraceCode,
        models.PROTECT,
        related_name="events",
        db_constraint=False,
        db_index=False,
        verbose_name="追溯码",
    )
    kind = models.CharField("事件", max_length=10, choices=Kind.choices)
    at = models.DateTimeField("时间")
    delivery_id = models.BigIntegerField("配送编号")
    note_no = models.CharField("配送单号", max_length=60, blank=True)
    by_name = models.CharField("办理人", max_length=150)

    class Meta:
        verbose_name = "追溯码流向"
        indexes = [
            models.Index(fields=["trace_code", "at"], name="code_event_code"),
            models.Index(fields=["delivery_id"], name="code_event_delivery"),
            models.Index(
                fields=["institution", "at"],
                condition=Q(kind="received"),
                name="code_event_received",
            ),
            models.Index(
                fields=["institution", "at"],
                condition=Q(kind="corrected"),
                name="code_event_corrected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trace_code_id} {self.get_kind_display()}"


class CodeFinding(PartyStamps):
    """A code that was scanned again, or elsewhere than where it was shipped to: 串货、回流.

    Stamps are those of the delivery at whose receipt it was scanned; `other` is the institution
    that has received it or that it was shipped to.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        REPEATED = "repeated", "重复收货"
        ELSEWHERE = "elsewhere", "串货"

    trace_code = models.ForeignKey(
        TraceCode, models.PROTECT, related_name="findings", verbose_name="追溯码"
    )
    kind = models.CharField("发现", max_length=10, choices=Kind.choices)
    product = party("catalog.Product", "产品")
    other = party("organisations.Organisation", "原收货机构")
    delivery_id = models.BigIntegerField("配送编号")
    found_at = models.DateTimeField("发现时间")
    by_name = models.CharField("扫码人", max_length=150)

    class Meta:
        verbose_name = "异常扫码"
        constraints = [
            models.UniqueConstraint(
                fields=["trace_code", "kind", "delivery_id"], name="code_finding_once"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "found_at", "id"], name="finding_institution"),
            models.Index(fields=["found_at", "id"], name="finding_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.trace_code} {self.get_kind_display()}"
