"""短缺药品清单 and 易短缺药品重点监测清单: dated entries, of the state or of the province."""

import pghistory
from django.db import models

from catalog.models.dated import DatedEntry, OfGroupOrProduct, dated_checks, group_or_product


@pghistory.track()
class ShortageEntry(OfGroupOrProduct, DatedEntry):
    """A group, or one product, on a list from a day to the day before another."""

    class Kind(models.TextChoices):
        SHORTAGE = "shortage", "短缺"
        EASILY_SHORT = "easily_short", "易短缺"

    class Source(models.TextChoices):
        NATIONAL = "national", "国家清单"
        PROVINCE = "province", "省级增补"

    kind = models.CharField("清单", max_length=12, choices=Kind.choices)
    source = models.CharField("来源", max_length=10, choices=Source.choices)

    class Meta:
        verbose_name = "短缺清单"
        constraints = [
            *group_or_product("shortage_entry", "once"),
            *dated_checks("shortage_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id or self.product_id} {self.kind}"
