"""进院排查: an institution with agreed quantity of a selected product and no first receipt yet."""

from django.db import models
from django.db.models import Q

from catalog.models import Batch, Product
from core.numbers.fields import QuantityField
from monitoring.states import ENTRY_MACHINE, ENTRY_REASONS, EntryState
from organisations.models.stamps import PartyStamps


class EntryCheck(PartyStamps):
    """One institution × product × batch year, from the day it was found until the first receipt.

    Quantities are base units. Manufacturer and distributor stay empty: reasons are between the
    institution and the authorities of its region.
    """

    State = EntryState

    check_no = models.CharField("编号", max_length=40, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="entry_checks")
    year_no = models.PositiveSmallIntegerField("年度序号")
    product = models.ForeignKey(Product, models.PROTECT, related_name="entry_checks")
    agreed_qty = QuantityField("约定采购量")
    opened_at = models.DateTimeField("列入时间")
    reason_code = models.CharField("未进院原因", max_length=20, choices=ENTRY_REASONS, blank=True)
    explanation = models.TextField("说明", max_length=2000, blank=True)
    follow_up = models.TextField("跟进意见", max_length=2000, blank=True)
    first_received_at = models.DateTimeField("首次验收", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.WAITING)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "进院排查"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "institution", "product"], name="entry_check_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "closed"))
                | (~Q(reason_code="") & ~Q(explanation="")),
                name="entry_check_explained_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", first_received_at__isnull=False)
                | (~Q(state="closed") & Q(first_received_at__isnull=True)),
                name="entry_check_closed_by_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "-id"], name="entry_check_institution"),
            models.Index(fields=["county", "-id"], name="entry_check_county"),
            models.Index(fields=["city", "-id"], name="entry_check_city"),
            models.Index(fields=["province", "-id"], name="entry_check_province"),
        ]
        triggers = [ENTRY_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.check_no
