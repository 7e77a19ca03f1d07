"""挂网: whether a product may be bought, under which 挂网ID, and who closed it and why."""

import pghistory
from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product
from catalog.states.listing import (
    LISTING_MACHINE,
    ClosingReason,
    ListingState,
    ListingWay,
)
from core.database.serial import NextNumber, next_serial
from organisations.models.organisation import Organisation


class NextListingNo(NextNumber):
    """The next 挂网ID from the database's sequence, so that nobody gives the same one twice."""

    template = f"('GW' || {next_serial('catalog_listing_no', 9)})"


@pghistory.track()
class Listing(models.Model):
    """The one listing of a product; it is suspended, restored or withdrawn, never deleted.

    `closed_by` is the office that closed it; empty where a rule of the platform did, which then
    also opens it again. `since` is the day from which the state holds.
    """

    State = ListingState
    Way = ListingWay
    Reason = ClosingReason

    listing_no = models.CharField(
        "挂网ID", max_length=20, unique=True, db_default=NextListingNo(), editable=False
    )
    product = models.OneToOneField(
        Product, models.PROTECT, related_name="listing", verbose_name="产品"
    )
    way = models.CharField(
        "挂网方式", max_length=12, choices=Way.choices, default=Way.DIRECT, db_default="direct"
    )
    commitment = models.TextField("书面承诺", blank=True, default="", db_default="")
    listed_on = models.DateField("挂网日期")
    since = models.DateField("现状态自")
    reason_code = models.CharField(
        "原因类别", max_length=16, choices=Reason.choices, blank=True, default="", db_default=""
    )
    reason = models.TextField("原因", blank=True, default="", db_default="")
    clause = models.CharField("依据", max_length=200, blank=True, default="", db_default="")
    how_to_restore = models.TextField("恢复办法", blank=True, default="", db_default="")
    closed_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="关闭单位",
    )  # fmt: skip
    state = models.CharField(
        "状态", max_length=12, choices=State.choices, default=State.LISTED, db_default="listed"
    )
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1, db_default=1)

    class Meta:
        verbose_name = "挂网"
        constraints = [
            models.CheckConstraint(
                condition=~Q(way="conditional") | ~Q(commitment=""),
                name="listing_condition_is_written",
            ),
            models.CheckConstraint(
                condition=Q(state="listed") | (~Q(reason_code="") & ~Q(reason="")),
                name="listing_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(since__gte=F("listed_on")), name="listing_state_after_listing"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="listing_state")]
        triggers = [LISTING_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.listing_no


class ListingStep(models.Model):
    """One step of a listing's timeline: who did what, when, why and by which clause."""

    db_privileges = "append"

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("操作人编号", null=True)
    by_name = models.CharField("操作人", max_length=150)
    organisation_name = models.CharField("机构", max_length=200, blank=True)
    verb = models.CharField("动作", max_length=30)
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    reason_code = models.CharField("原因类别", max_length=16, blank=True)
    text = models.TextField("内容", blank=True)
    clause = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "挂网办理记录"
        indexes = [models.Index(fields=["listing", "id"], name="listing_step_order")]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.verb}"
