"""联络人: whom to call on each of the four sides."""

from django.db import models
from django.db.models import Q

from catalog.models import Product
from organisations.models.organisation import Organisation


class LiaisonContact(models.Model):
    """A person of an organisation, for one product or (product NULL) for everything else.

    It ends by `ended_at`; `checked_on` is the day on which its organisation last said that it is
    still right.
    """

    contact_no = models.CharField("编号", max_length=18, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="单位"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name="产品"
    )
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("岗位", max_length=60)
    phone = models.CharField("工作电话", max_length=20)
    checked_on = models.DateField("核对日期")
    checked_by_id = models.BigIntegerField("核对人编号", null=True)
    checked_by_name = models.CharField("核对人", max_length=150)
    ended_at = models.DateTimeField("停用时间", null=True)
    ended_by_id = models.BigIntegerField("停用人编号", null=True)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "联络人"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "product", "name"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="liaison_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "id"], name="liaison_organisation"),
            models.Index(
                fields=["checked_on"], condition=Q(ended_at__isnull=True), name="liaison_checked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.post}）"
