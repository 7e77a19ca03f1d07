"""Services whose price is to be looked at because of collective purchasing, and who goes first (S2-9)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models.dated import DatedEntry, dated_checks, one_a_day
from catalog.models.service_item import ServiceItem, ServicePrice
from catalog.states.service_candidate import (
    CANDIDATE_MACHINE,
    AdjustingWay,
    CandidateGround,
    CandidateState,
)
from core.numbers.fields import HeldField, QuantityField
from organisations.models.organisation import Organisation
from organisations.models.region import Region


class ServiceCandidate(models.Model):
    """One service of one region in one year, with the figures of the day on which it was listed.

    `cost_before` and `cost_after`: consumables of one service in yuan, before the batch and now.
    `steps` is how they came, line by line, with the price rows; kept as they were.
    """

    State = CandidateState
    Ground = CandidateGround
    Way = AdjustingWay

    candidate_no = models.CharField("编号", max_length=24, unique=True)
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="candidates")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    year = models.PositiveSmallIntegerField("年度")
    ground = models.CharField("依据情形", max_length=10, choices=Ground.choices)
    accelerated = models.BooleanField("低于中位价")
    listed_on = models.DateField("列入日期")
    price = models.ForeignKey(
        ServicePrice, models.PROTECT, related_name="+", verbose_name="现行价格"
    )
    neighbours = QuantityField("周边中位价", null=True)
    national = QuantityField("全国中位价", null=True)
    cost_before = HeldField("集采前耗材成本", null=True)
    cost_after = HeldField("现耗材成本", null=True)
    steps = models.JSONField("计算步骤")
    way = models.CharField("评估方式", max_length=10, choices=Way.choices, blank=True)
    opinion = models.TextField("评估意见", blank=True)
    reason = models.TextField("不予调整原因", blank=True)
    new_price = models.OneToOneField(
        ServicePrice, models.PROTECT, null=True, blank=True, related_name="candidate",
        verbose_name="新价格",
    )  # fmt: skip
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.LISTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "服务价格调整候选"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "region", "item", "ground"], name="service_candidate_once_a_year"
            ),
            models.CheckConstraint(
                condition=~Q(state="adjusted") | Q(new_price__isnull=False),
                name="service_candidate_adjusted_to_a_price",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""),
                name="service_candidate_declined_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["region", "-id"], name="service_candidate_newest")]
        triggers = [CANDIDATE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.candidate_no


@pghistory.track()
class ServiceEligibility(DatedEntry):
    """Whether an institution used selected products as required, so that it goes first (S2-9.2).

    Entered with its basis: the yearly assessment is not computed here. `share` is the figure that
    the assessment gives, where it gives one.
    """

    class Verdict(models.TextChoices):
        FIRST = "first", "优先执行"
        DEFERRED = "deferred", "暂缓执行"

    institution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    year = models.PositiveSmallIntegerField("考核年度")
    verdict = models.CharField("结论", max_length=10, choices=Verdict.choices)
    share = models.DecimalField("考核值", max_digits=7, decimal_places=4, null=True, blank=True)
    reason = models.CharField("理由", max_length=500)

    class Meta:
        verbose_name = "调价执行资格"
        constraints = [
            one_a_day("service_eligibility_one_a_day", ["institution"]),
            models.CheckConstraint(condition=~Q(reason=""), name="service_eligibility_has_reason"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0), name="service_eligibility_share"
            ),
            *dated_checks("service_eligibility"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year} {self.verdict}"
