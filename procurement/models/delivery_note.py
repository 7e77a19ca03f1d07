"""A 配送单: what a distributor sends to one institution at once, of any number of orders."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps
from procurement.states.delivery_note import NOTE_MACHINE, NoteState


class DeliveryNote(PartyStamps):
    """The head; its rows are the deliveries with its note_no, recorded at its shipped_at.

    Manufacturer stays empty: one note carries many makers' products. `note_no` is the platform's,
    `own_no` the distributor's own. Sending the same `client_no` again with the same content gives
    the first note; `content` is the digest by which that is seen. Temperatures are °C.
    """

    State = NoteState

    note_no = models.CharField("配送单号", max_length=24, unique=True)
    own_no = models.CharField("企业单号", max_length=60, blank=True)
    client_no = models.CharField("提交编号", max_length=100, null=True, blank=True)
    content = models.CharField("内容摘要", max_length=64, blank=True)
    receiving_place = models.CharField("收货地点", max_length=200, blank=True)
    invoice_no = models.CharField("发票号", max_length=60, blank=True)
    carrier = models.CharField("承运单位", max_length=100, blank=True)
    plate_no = models.CharField("车牌号", max_length=20, blank=True)
    driver = models.CharField("送货人及电话", max_length=60, blank=True)
    planned_at = models.DateTimeField("预计到达", null=True, blank=True)
    cold_chain = models.BooleanField("冷链", default=False)
    cold_device = models.CharField("冷链设备", max_length=60, blank=True)
    lowest_celsius = models.DecimalField("启运最低温", max_digits=5, decimal_places=1, null=True)
    highest_celsius = models.DecimalField("启运最高温", max_digits=5, decimal_places=1, null=True)
    row_count = models.PositiveIntegerField("行数")
    packs = QuantityField("包装数合计")
    shipped_at = models.DateTimeField("发货时间")
    delivered_at = models.DateTimeField("送达时间", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SHIPPED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "配送单"
        constraints = [
            models.UniqueConstraint(
                fields=["distributor", "own_no"], condition=~Q(own_no=""), name="note_own_no_once"
            ),
            models.UniqueConstraint(
                fields=["distributor", "client_no"], name="note_client_no_once"
            ),
            models.CheckConstraint(
                condition=Q(cold_chain=False)
                | ~Q(cold_device="")
                & Q(lowest_celsius__isnull=False)
                & Q(highest_celsius__gte=F("lowest_celsius")),
                name="note_cold_chain_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(row_count__gt=0, packs__gt=0), name="note_carries_something"
            ),
            models.CheckConstraint(
                condition=Q(state="shipped", delivered_at__isnull=True)
                | Q(state="delivered", delivered_at__gte=F("shipped_at")),
                name="note_delivered_after_shipped",
            ),
        ]
        indexes = [
            models.Index(fields=[side, "shipped_at", "id"], name=f"note_{side}")
            for side in ("distributor", "institution", "county", "city")
        ] + [models.Index(fields=["shipped_at", "id"], name="note_newest")]
        triggers = [NOTE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.note_no
