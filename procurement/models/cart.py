"""采购车: what a clerk is about to order, shared by the people of one institution."""

from django.db import models
from django.db.models import Q

from core.database.serial import NextNumber, next_serial
from core.numbers.fields import QuantityField
from organisations.models import Organisation
from organisations.models.stamps import PartyStamps, party
from procurement.models.receiving_place import ReceivingPlace
from procurement.states.cart import CART_MACHINE, CartState


class NextCartNo(NextNumber):
    """The next number from the database's sequence."""

    template = f"('CG' || {next_serial('procurement_cart_no', 8)})"


class Cart(PartyStamps):
    """One cart; an institution has at most one that is being filled for the first time.

    `row_version` rises with every change of its lines too, so that the later of two people on one
    cart is told. `amount` is what it came to when it was submitted or sent, in yuan. One that the
    hospital's own system sent, and that waits for approval, has that system's `client_no`, what the
    number stood for as `content_digest`, and its place in words.
    """

    State = CartState

    cart_no = models.CharField(
        "采购车编号", max_length=20, unique=True, db_default=NextCartNo(), editable=False
    )
    urgent = models.BooleanField("加急", default=False)
    place = models.ForeignKey(
        ReceivingPlace, models.PROTECT, null=True, related_name="+", verbose_name="收货地点"
    )
    client_no = models.CharField("院内单号", max_length=100, null=True)
    content_digest = models.CharField("内容摘要", max_length=64, blank=True)
    place_words = models.CharField("院内系统写明的收货地点", max_length=200, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True)
    checked = models.BooleanField("已确认超常规数量", default=False)
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    made_at = models.DateTimeField("建立时间")
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "采购车"
        constraints = [
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state="draft"), name="cart_one_draft"
            ),
            models.UniqueConstraint(fields=["institution", "client_no"], name="cart_client_no"),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="cart_institution")]
        triggers = [CART_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.cart_no


class CartLine(models.Model):
    """Packs of one product for one institution: the cart's own or, of a lead, a member."""

    db_privileges = "full"

    cart = models.ForeignKey(Cart, models.PROTECT, related_name="lines", verbose_name="采购车")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="收货机构"
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", verbose_name="产品"
    )
    packs = QuantityField("订购包装数")
    clinical_reason = models.CharField("临床理由", max_length=500, blank=True)
    batch_code = models.CharField("指定批次", max_length=40, blank=True)
    distributor_code = models.CharField("指定配送企业", max_length=18, blank=True)

    class Meta:
        verbose_name = "采购车行"
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "institution", "product"], name="cart_line_key"
            ),
            models.CheckConstraint(condition=Q(packs__gt=0), name="cart_line_positive"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.cart_id} {self.product_id}"


class OrderTemplate(PartyStamps):
    """A list of products with packs that an institution orders again and again.

    `rows` holds {"product": 国家医保编码, "packs": a decimal as text}; it names no price: prices
    are those of the day of ordering.
    """

    template_no = models.CharField("模板编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    rows = models.JSONField("产品与数量")
    is_open = models.BooleanField("使用中", default=True)
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "采购模板"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "name"], condition=Q(is_open=True),
                name="order_template_name",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class ClinicalReason(PartyStamps):
    """Why a non-selected product was ordered although a selected one exists; for 处方点评.

    `offered` is what the page said then: {"product", "name", "price"} of each selected product.
    """

    db_privileges = "append"

    line_id = models.BigIntegerField("订单行编号", unique=True)
    ordered_at = models.DateTimeField("发送时间")
    order = models.ForeignKey(
        "procurement.Order", models.PROTECT, related_name="clinical_reasons",
        db_constraint=False, verbose_name="订单",
    )  # fmt: skip
    product = party("catalog.Product", "产品")
    reason = models.CharField("临床理由", max_length=500)
    offered = models.JSONField("当时可选的中选产品", default=list)
    given_by_id = models.BigIntegerField("填写人编号", null=True)
    given_by_name = models.CharField("填写人", max_length=150)

    class Meta:
        verbose_name = "非中选采购理由"
        indexes = [
            models.Index(fields=["institution", "-ordered_at"], name="clinical_reason_inst"),
            models.Index(fields=["county", "-ordered_at"], name="clinical_reason_county"),
            models.Index(fields=["city", "-ordered_at"], name="clinical_reason_city"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.product_id}"
