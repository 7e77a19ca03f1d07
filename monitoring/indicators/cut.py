"""The month cut: its moments, and the policy values that the month is computed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from catalog.models import AgreementYear, Batch
from catalog.queries.dated import year_before
from catalog.queries.overrides import overrides_on
from organisations.models import Region
from policy.queries.read import (
    FALLBACK_POLICY,
    PolicyValue,
    province_policy_on,
    resolve,
    values_on,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BATCH_KEYS = ("response_hours", "delivery_hours", "urgent_delivery_hours", "payment_due")
PROVINCE_KEYS = ("reply_workdays", "promise_workdays", "receipt_workdays", "abnormal_multiple")


@dataclass(frozen=True)
class MonthCut:
    """A calendar month up to a cut, in Asia/Shanghai: the first instant after it, or an earlier one.

    until: the cut of a month that is still running; None for the month's own end. Then days count
    up to the cut's day, and a deadline counts once it is past.
    """

    first: date
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None and not self.start < self.until <= day_start(self.next_first):
            raise ValueError(f"{self.until} is not in {self.first:%Y-%m}")

    @property
    def next_first(self) -> date:
        return add_months(self.first, 1)

    @property
    def last_day(self) -> date:
        """The day of the last instant before the cut."""
        return (self.cut - timedelta.resolution).astimezone(SHANGHAI).date()

    @property
    def past_day(self) -> date:
        """The last day that is over at the cut; a deadline that ends with a day is past with it."""
        return self.cut.astimezone(SHANGHAI).date() - timedelta(days=1)

    @property
    def start(self) -> datetime:
        return day_start(self.first)

    @property
    def cut(self) -> datetime:
        return self.until or day_start(self.next_first)


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def add_months(day: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


Numbers = dict[str, dict[str, Decimal]]


@dataclass(frozen=True)
class UsedValues:
    """Numbers of a month's policies: by batch code, and by province code for what has no batch."""

    batches: Numbers
    provinces: Numbers

    def as_json(self) -> dict[str, dict[str, dict[str, str]]]:
        """As kept with the computed month; from_json gives it back."""
        return {
            name: {code: {k: str(v) for k, v in values.items()} for code, values in side.items()}
            for name, side in (("batches", self.batches), ("provinces", self.provinces))
        }

    @classmethod
    def from_json(cls, kept: dict[str, dict[str, dict[str, str]]]) -> UsedValues:
        def numbers(name: str) -> Numbers:
            return {
                code: {key: Decimal(text) for key, text in values.items()}
                for code, values in kept.get(name, {}).items()
            }

        return cls(batches=numbers("batches"), provinces=numbers("provinces"))


def parameters_of(
    month: MonthCut, used: UsedValues | None = None
) -> tuple[dict[str, Any], UsedValues]:
    """Every parameter of the stages and indicators, and the policy values behind them.

    `used`: the values that the month was computed with, so that its figures open as they were
    made; without them the values in force on the month's last day.
    """
    used = used or values_in_force(month)
    batches = dict(Batch.objects.filter(code__in=used.batches).values_list("code", "pk"))
    provinces = dict(Region.objects.filter(code__in=used.provinces).values_list("code", "pk"))
    numbers = {key: [used.batches[code][key] for code in batches] for key in BATCH_KEYS} | {
        key: [used.provinces[code][key] for code in provinces] for key in PROVINCE_KEYS
    }
    parameters: dict[str, Any] = {
        "month_first": month.first,
        "last_day": month.last_day,
        "past_day": month.past_day,
        "month_start": month.start,
        "cut": month.cut,
        "batch_ids": list(batches.values()),
        "province_ids": list(provinces.values()),
        **numbers,
        **_reach(month, numbers),
    }
    return parameters, used


def values_in_force(month: MonthCut) -> UsedValues:
    """What the indicators need of each batch's policy with its overrides, and of each province's.

    Where a policy has a parameter not in force the value of jiangxi-2024 serves.
    """
    on = month.last_day
    of_policy: dict[str, dict[str, PolicyValue]] = {}

    def policy(code: str) -> dict[str, PolicyValue]:
        if code not in of_policy:
            of_policy[code] = values_on(code, on)
        return of_policy[code]

    def needed(own: dict[str, PolicyValue], keys: tuple[str, ...]) -> dict[str, Decimal]:
        fallback = policy(FALLBACK_POLICY)
        return {key: (own[key] if own[key].in_force else fallback[key]).number for key in keys}

    overrides = overrides_on(on)
    batches = {
        batch.code: needed(
            resolve(policy(batch.policy.code), overrides.get(batch.pk, {})), BATCH_KEYS
        )
        for batch in Batch.objects.select_related("policy").order_by("id")
    }
    provinces = {}
    for region in Region.objects.filter(level=Region.Level.PROVINCE).order_by("id"):
        own = province_policy_on(region.code, on)
        provinces[region.code] = needed(policy(own.code if own else FALLBACK_POLICY), PROVINCE_KEYS)
    return UsedValues(batches=batches, provinces=provinces)


def _reach(month: MonthCut, numbers: dict[str, list[Decimal]]) -> dict[str, Any]:
    """How far back each source is read: as far as a window needs, so that partitions are pruned."""
    starts = AgreementYear.objects.filter(
        starts_on__lte=month.last_day, ends_on__gte=month.first
    ).aggregate(first=Min("starts_on"))["first"]
    batch_first: date = starts or month.first
    year_first = month.first.replace(month=1)
    response = timedelta(hours=_largest(numbers["response_hours"]))
    delivery = timedelta(
        hours=max(_largest(numbers["delivery_hours"]), _largest(numbers["urgent_delivery_hours"]))
    )
    payable_first = add_months(month.first, -int(_largest(numbers["payment_due"])))
    payable_last = add_months(month.first, -int(min(numbers["payment_due"], default=Decimal(0))))
    usual_first = add_months(month.first, -12)
    supply_from = min(day_start(batch_first), day_start(year_first) - delivery)
    prior_day = year_before(batch_first)
    delivered_from = month.first - _longest(_largest(numbers["receipt_workdays"]))
    complaint_from = month.first - _longest(
        _largest(numbers["reply_workdays"]) + _largest(numbers["promise_workdays"])
    )
    return {
        "year_start": day_start(year_first),
        "batch_from": day_start(batch_first),
        "prior_day": prior_day,
        "prior_from": day_start(prior_day),
        "response_from": month.start - response,
        "delivery_from": month.start - delivery,
        "supply_from": supply_from,
        "payable_from": day_start(payable_first),
        "payable_to": day_start(add_months(payable_last, 1)),
        "earliest": min(supply_from, month.start - response, day_start(payable_first)),
        "usual_first": usual_first,
        "usual_from": day_start(usual_first),
        "month_edges": [day_start(add_months(usual_first, index)) for index in range(12)],
        "calendar_from": min(delivered_from, complaint_from),
        "delivered_from": day_start(delivered_from),
        "complaint_from": day_start(complaint_from),
    }


def _largest(values: list[Decimal]) -> float:
    return float(max(values, default=Decimal(0)))


def _longest(workdays: float) -> timedelta:
    """Calendar days that so many working days can never exceed, holidays included."""
    return timedelta(days=int(workdays * 2) + 40)
