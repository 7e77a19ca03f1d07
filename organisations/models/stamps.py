"""Columns that say who may see a row, copied when it is made."""

from django.db import models


def party(related: str, verbose_name: str, *, null: bool = False) -> models.ForeignKey:
    """A party column without a row-level constraint or an index of its own.

    Bulk loading cannot pay for enforced keys on the large tables; a nightly orphan check stands in.
    """
    return models.ForeignKey(
        related,
        models.PROTECT,
        verbose_name=verbose_name,
        null=null,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )


class PartyStamps(models.Model):
    """The ordering institution, its region and pool, and the two enterprises of a row.

    They serve visibility only; figures join region and unit when they are computed.
    `county` is empty where the institution's region is a city or the province.
    """

    institution = party("organisations.Organisation", "医疗机构")
    manufacturer = party("organisations.Organisation", "生产企业", null=True)
    distributor = party("organisations.Organisation", "配送企业", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    pool = party("organisations.Pool", "统筹区", null=True)

    class Meta:
        abstract = True
