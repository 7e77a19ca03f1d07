"""调剂: packs that one institution lets another have in a surge, recorded by both."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import QuantityField, whole
from organisations.models.stamps import PartyStamps, party
from procurement.models.surge_report import SurgeReport
from procurement.states.transfer import TRANSFER_MACHINE, TransferState


class Transfer(PartyStamps):
    """Of one product of a surge report. The stamps are the borrower's, `lender_…` the other side's.

    Packs are no purchase: neither orders nor receipts of either side change.
    """

    db_privileges = "stage"

    State = TransferState

    transfer_no = models.CharField("编号", max_length=24, unique=True)
    report = models.ForeignKey(
        SurgeReport, models.PROTECT, related_name="transfers", verbose_name="应急需求"
    )
    product = party("catalog.Product", "产品")
    lender = party("organisations.Organisation", "调出医疗机构")
    lender_county = party("organisations.Region", "调出机构所在县（市、区）", null=True)
    lender_city = party("organisations.Region", "调出机构所在设区市", null=True)
    asked_packs = QuantityField("需要包装数")
    words = models.CharField("说明", max_length=500, blank=True)
    asked_at = models.DateTimeField("申请时间")
    asker_name = models.CharField("申请人", max_length=150)
    offered_packs = QuantityField("可调出包装数", null=True)
    answer_words = models.CharField("不能调出的原因", max_length=500, blank=True)
    sent_packs = QuantityField("调出包装数", null=True)
    lot_no = models.CharField("批号", max_length=60, blank=True)
    expires_on = models.DateField("有效期至", null=True)
    sent_at = models.DateTimeField("调出时间", null=True)
    received_packs = QuantityField("收到包装数", null=True)
    received_words = models.CharField("数量不符的说明", max_length=500, blank=True)
    received_at = models.DateTimeField("收到时间", null=True)
    closing_words = models.CharField("撤回原因", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "调剂"
        constraints = [
            models.CheckConstraint(condition=Q(asked_packs__gt=0), name="transfer_asks_packs"),
            # Null where a step was not taken yet, which holds.
            models.CheckConstraint(
                condition=whole("asked_packs")
                & whole("offered_packs")
                & whole("sent_packs")
                & whole("received_packs"),
                name="transfer_whole_packs",
            ),
            models.CheckConstraint(
                condition=Q(offered_packs__isnull=True)
                | Q(offered_packs__gt=0, offered_packs__lte=F("asked_packs")),
                name="transfer_offers_at_most_what_is_asked",
            ),
            models.CheckConstraint(
                condition=Q(sent_packs__isnull=True)
                | Q(sent_packs__gt=0, sent_packs__lte=F("offered_packs")),
                name="transfer_sends_at_most_what_is_offered",
            ),
            models.CheckConstraint(
                condition=Q(received_packs__isnull=True)
                | Q(received_packs__gte=0, received_packs__lte=F("sent_packs")),
                name="transfer_receives_at_most_what_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(received_packs__isnull=True)
                | Q(received_packs=F("sent_packs"))
                | ~Q(received_words=""),
                name="transfer_difference_is_explained",
            ),
            models.CheckConstraint(
                condition=~Q(lender=F("institution")), name="transfer_between_two"
            ),
            models.UniqueConstraint(
                fields=["report", "lender"],
                condition=Q(state__in=("asked", "offered", "agreed")),
                name="transfer_one_open_per_lender",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "-id"], name="transfer_borrower"),
            models.Index(fields=["lender", "-id"], name="transfer_lender"),
            models.Index(fields=["-asked_at", "-id"], name="transfer_newest"),
        ]
        triggers = [TRANSFER_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.transfer_no
