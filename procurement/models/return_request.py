"""An institution asks to send packs back, or to have them exchanged; the distributor answers."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import QuantityField
from procurement.models.line_copies import LineCopies
from procurement.states.return_request import OPEN, REQUEST_MACHINE, RequestState


class ReturnRequest(LineCopies):
    """Packs of one delivery. What was returned becomes a Return with `return_no`.

    An exchange leaves the quantity as it is: lot, expiry and note of the packs that come instead
    are recorded here; only an exchange that does not come about turns into a return.
    """

    db_privileges = "stage"

    State = RequestState

    class Kind(models.TextChoices):
        RETURN = "return", "退货"
        EXCHANGE = "exchange", "换货"

    class Reason(models.TextChoices):
        DAMAGED = "damaged", "破损"
        NEAR_EXPIRY = "near_expiry", "近效期"
        QUALITY = "quality", "质量问题"
        RECALL = "recall", "召回"
        WRONG = "wrong", "品种、规格或批号不符"
        SURPLUS = "surplus", "多订或停用"
        OTHER = "other", "其他"

    request_no = models.CharField("申请号", max_length=24, unique=True)
    delivery_id = models.BigIntegerField("配送编号")
    note_no = models.CharField("配送单号", max_length=60, blank=True)
    lot_no = models.CharField("批号", max_length=60, blank=True)
    packs = QuantityField("包装数")
    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    reason = models.CharField("原因", max_length=16, choices=Reason.choices)
    words = models.CharField("说明", max_length=500, blank=True)
    asked_at = models.DateTimeField("申请时间")
    answer_words = models.CharField("拒绝原因", max_length=500, blank=True)
    turn_words = models.CharField("改为退货的原因", max_length=500, blank=True)
    new_note_no = models.CharField("补发配送单号", max_length=60, blank=True)
    new_lot_no = models.CharField("补发批号", max_length=60, blank=True)
    new_expires_on = models.DateField("补发有效期至", null=True)
    return_no = models.CharField("退货号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "退换货申请"
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="return_request_packs"),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(words=""), name="return_request_other_has_words"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_no=""),
                name="return_request_returned_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], condition=Q(state__in=OPEN), name="request_open_line"),
            models.Index(fields=["delivery_id"], name="request_delivery"),
            models.Index(fields=["institution", "asked_at", "id"], name="request_institution"),
            models.Index(fields=["distributor", "asked_at", "id"], name="request_distributor"),
            models.Index(fields=["asked_at", "id"], name="request_newest"),
        ]
        triggers = [REQUEST_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.request_no
