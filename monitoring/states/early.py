"""Which limits are looked ahead to, and the words of the method."""

from django.db import models


class EarlyRule(models.TextChoices):
    NON_SELECTED_SHARE = "non_selected_share", "非中选占比将超限"
    FULFILMENT_RATE = "fulfilment_rate", "供应配送率将低于规定"
    OVERRUN = "overrun", "采购量将远超约定量"


METHOD = (
    "推算方法：占比和配送率以年度累计为起点，剩余天数按最近一个月的日均采购量外推；"
    "完成率按年度至今的日均外推。现在还没有超限、推算到年末会超限的列出；已经超限的看预警。"
)
"""Stated on the page: the pace of the last month for shares, of the year so far for completion."""
