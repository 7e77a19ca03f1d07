"""自动验收: what the clock has announced that it will accept of what nobody received."""

from django.db import models

from organisations.models.stamps import PartyStamps


class AutoAcceptance(PartyStamps):
    """One per delivery. `done_at` is empty until the day comes; received by hand, it never does."""

    db_privileges = "stage"

    delivery_id = models.BigIntegerField("配送编号", unique=True)
    recorded_at = models.DateTimeField("配送登记时间")
    line_id = models.BigIntegerField("订单行编号")
    announced_at = models.DateTimeField("公告时间")
    accept_at = models.DateTimeField("自动验收时间")
    done_at = models.DateTimeField("已自动验收时间", null=True)

    class Meta:
        verbose_name = "自动验收公告"
        indexes = [
            models.Index(
                fields=["accept_at"], condition=models.Q(done_at__isnull=True),
                name="auto_acceptance_due",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.accept_at:%Y-%m-%d}"
