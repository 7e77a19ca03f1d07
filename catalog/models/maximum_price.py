"""最高挂网价 of a group or of one product, from a day on, by the clause that sets it (S2-10.3)."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models.dated import DatedEntry, OfGroupOrProduct, dated_checks, group_or_product
from core.numbers.fields import QuantityField


@pghistory.track()
class MaximumPrice(OfGroupOrProduct, DatedEntry):
    """A group's is per base unit, a product's per pack; the product's own goes before its group's.

    It binds what is not selected. `suspends` is the rule that the province switches on: a product
    over it is suspended by the daily job, else an officer decides on each.
    """

    price = QuantityField("最高挂网价")
    suspends = models.BooleanField("超过即暂停", default=False)

    class Meta:
        verbose_name = "最高挂网价"
        constraints = [
            *group_or_product("maximum_price", "one_a_day"),
            models.CheckConstraint(condition=Q(price__gt=0), name="maximum_price_positive"),
            *dated_checks("maximum_price"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id or self.product_id} {self.price} {self.valid_from}"
