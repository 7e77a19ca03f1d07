"""Where an institution takes goods in: with contact and hours, kept by the institution itself."""

from django.db import models
from django.db.models import Q

from organisations.models.stamps import PartyStamps


class ReceivingPlace(PartyStamps):
    """One place. What an order says of it is copied when it is sent: later changes move no order.

    The lengths add up to less than Order.receiving_place holds.
    """

    name = models.CharField("名称", max_length=40)
    address = models.CharField("地址", max_length=80)
    contact = models.CharField("联系人", max_length=20)
    phone = models.CharField("联系电话", max_length=20)
    hours = models.CharField("收货时间", max_length=30)
    is_default = models.BooleanField("默认", default=False)
    is_open = models.BooleanField("使用中", default=True)
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "收货地点"
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="receiving_place_name"),
            models.UniqueConstraint(
                fields=["institution"], condition=Q(is_default=True),
                name="receiving_place_one_default",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_open=True),
                name="receiving_place_default_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """As it stands on an order."""
        return f"{self.name}，{self.address}，{self.contact} {self.phone}，{self.hours}"
