"""Batches, their agreement years and parameters, placed relative to the first order month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from interchange.demo import geography
from interchange.demo.clock import Clock

POLICY_2026_FROM = date(2026, 1, 1)


@dataclass(slots=True, eq=False)
class Batch:
    key: str
    code: str
    name: str
    category: str
    organizer: str
    policy: str
    years: list[tuple[int, int]]  # first and last day of each agreement year
    cities: tuple[str, ...]
    ratio: float  # agreed quantity ÷ reported quantity
    document: str
    parameters: tuple[tuple[str, str, str], ...] = ()

    @property
    def first_day(self) -> int:
        return self.years[0][0]

    @property
    def last_day(self) -> int:
        return self.years[-1][1]

    def year_on(self, day: int) -> int | None:
        """Number of the agreement year that holds the day."""
        for number, (first, last) in enumerate(self.years, start=1):
            if first <= day <= last:
                return number
        return None


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    name: str
    category: str
    organizer: str
    policy: str  # empty: 江西's own, by the starting day
    month: int  # months after the first order month
    day: int
    years: int
    ratio: float
    limit: str = ""  # non_selected_share_max of the batch's own document


_PLANS = (
    _Plan(
        "national",
        "{year}年国家组织药品集中带量采购（演示）",
        "drug",
        "national",
        "",
        0,
        16,
        2,
        0.8,
    ),
    _Plan(
        "expiring",
        "国家组织药品集中带量采购到期接续（演示）",
        "drug",
        "national",
        "jiangxi-2019",
        1,
        1,
        1,
        0.8,
    ),
    _Plan(
        "shandong",
        "省际联盟药品集中带量采购（鲁牵头，演示）",
        "drug",
        "alliance",
        "shandong-2023",
        3,
        1,
        2,
        0.9,
    ),
    _Plan(
        "alliance",
        "{year}年省际联盟药品集中带量采购（演示）",
        "drug",
        "alliance",
        "",
        4,
        5,
        2,
        0.8,
        "0.4",
    ),
    _Plan(
        "shaanxi",
        "肝功生化类检测试剂省际联盟集中带量采购（演示）",
        "consumable",
        "alliance",
        "shaanxi-2024",
        5,
        1,
        2,
        0.9,
    ),
    _Plan(
        "city",
        "{year}年南昌市医用耗材带量联动采购（演示）",
        "consumable",
        "city",
        "",
        6,
        1,
        1,
        0.9,
        "0.4",
    ),
    _Plan(
        "province",
        "{year}年江西省级药品集中带量采购（演示）",
        "drug",
        "province",
        "",
        7,
        1,
        2,
        0.8,
        "0.35",
    ),
)
_PREFIXES = {"shandong": "SD", "shaanxi": "SX"}


def _anniversary(day: date, years: int) -> date:
    if day.month == 2 and day.day == 29:
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)


def build_batches(clock: Clock) -> dict[str, Batch]:
    serials: dict[tuple[str, str, int], int] = {}
    batches: dict[str, Batch] = {}
    all_cities = tuple(geography.cities())
    for plan in _PLANS:
        start = clock.dates[clock.month_start(_offset(clock, plan.month))].replace(day=plan.day)
        years = []
        for number in range(plan.years):
            last = _anniversary(start, number + 1) - timedelta(days=1)
            years.append((clock.day(_anniversary(start, number)), clock.day(last)))
        prefix = _PREFIXES.get(plan.key, "JX")
        kind = "YP" if plan.category == "drug" else "HC"
        serial = serials[prefix, kind, start.year] = serials.get((prefix, kind, start.year), 0) + 1
        policy = plan.policy or ("jiangxi-2026" if start >= POLICY_2026_FROM else "jiangxi-2024")
        seat = {"SD": "鲁", "SX": "陕"}.get(prefix, "赣")
        document = f"{seat}集采执行〔{start.year}〕{len(batches) + 1}号（演示）"
        parameters = [("agreed_ratio", f"{plan.ratio:g}", f"{document} 二")]
        if plan.limit and policy == "jiangxi-2026":
            parameters.append(("non_selected_share_max", plan.limit, f"{document} 三(二)"))
        batches[plan.key] = Batch(
            key=plan.key,
            code=f"{prefix}-{kind}-{start.year}-{serial}",
            name=plan.name.format(year=start.year),
            category=plan.category,
            organizer=plan.organizer,
            policy=policy,
            years=years,
            cities=(geography.CAPITAL,) if plan.organizer == "city" else all_cities,
            ratio=plan.ratio,
            document=document,
            parameters=tuple(parameters),
        )
    return batches


def _offset(clock: Clock, month: int) -> int:
    """Months of the plan are those of a 15-month province; a shorter one is squeezed."""
    return month if clock.months >= 12 else month * clock.months // 15
