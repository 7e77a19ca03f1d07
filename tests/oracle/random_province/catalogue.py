"""Groups, products, substitutes, batches with years and overrides, selections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from ..periods import ONE_DAY, Month, add_months, midnight, year_before
from ..policies import POLICIES
from .codes import product_code
from .draft import Draft, number
from .places import Places

PACKS_OF = ("1", "1", "10", "28", "0.5", "2.3333", "7")


@dataclass
class Catalogue:
    products_of: dict[str, list[str]] = field(default_factory=dict)
    category_of: dict[str, str] = field(default_factory=dict)
    base_units: dict[str, Decimal] = field(default_factory=dict)
    manufacturer_of: dict[str, str] = field(default_factory=dict)
    price_of: dict[str, Decimal] = field(default_factory=dict)
    products: list[str] = field(default_factory=list)
    years_of: dict[str, list[tuple[int, date, date]]] = field(default_factory=dict)
    selected: dict[str, list[str]] = field(
        default_factory=dict
    )  # batch → products with any selection
    groups_of: dict[str, list[str]] = field(default_factory=dict)  # batch → groups
    hours: dict[tuple[str, str], int] = field(default_factory=dict)
    tolerance: dict[str, Decimal] = field(default_factory=dict)
    selected_prices: dict[tuple[str, str], list[Decimal]] = field(default_factory=dict)


def make_catalogue(draft: Draft, places: Places) -> Catalogue:
    catalogue = Catalogue()
    for index in range(1, 8):
        category = "consumable" if index > 5 else "drug"
        group = f"G{index}"
        draft.add("groups", code=group, name=f"第{index}品种", category=category, base_unit="片")
        usual = draft.rng.choice(PACKS_OF)
        for _ in range(draft.rng.randint(3, 5)):
            # Mostly one pack size in a group, so that prices per base unit can be equal.
            units = usual if draft.chance(0.7) else None
            add_product(draft, places, catalogue, group, category, base_units=units)
    for category in ("drug", "drug", "consumable"):
        add_product(draft, places, catalogue, None, category)
    for group in list(catalogue.products_of):
        others = [code for code in catalogue.products if code not in catalogue.products_of[group]]
        for code in draft.rng.sample(others, draft.rng.randint(0, 3)):
            draft.add("substitutes", group_code=group, product_code=code)
    for index, policy in enumerate((*POLICIES, draft.rng.choice(POLICIES)), start=1):
        make_batch(draft, places, catalogue, f"B{index}", policy)
    return catalogue


def add_product(
    draft: Draft,
    places: Places,
    catalogue: Catalogue,
    group: str | None,
    category: str,
    *,
    base_units: str | None = None,
    tags: str | None = None,
    manufacturer: str | None = None,
) -> str:
    rng = draft.rng
    code = product_code(rng, category, len(catalogue.products) + len(catalogue.category_of) + 1)
    choices = (
        "equal_quality",
        "equal_quality",
        "negotiated",
        "shortage",
        "key_monitored;emergency",
        "",
    )
    chosen = (
        tags if tags is not None else rng.choice((*choices, "", "", "equal_quality;negotiated"))
    )
    units = Decimal(base_units or rng.choice(PACKS_OF))
    price = number(rng.choice((5, 7.5, 12.3456, 0.95, 33.3333)))
    catalogue.manufacturer_of[code] = manufacturer or rng.choice(places.manufacturers)
    draft.add(
        "products",
        code=code,
        name=f"药品{code[:6]}",
        group_code=group,
        manufacturer_uscc=catalogue.manufacturer_of[code],
        category=category,
        specification=f"{units}片/盒",
        pack_unit="盒",
        base_units_per_pack=units,
        listed_price=price,
        tags=chosen,
    )
    catalogue.category_of[code] = category
    catalogue.base_units[code] = units
    catalogue.price_of[code] = price
    if tags is None:
        catalogue.products.append(code)
        if group:
            catalogue.products_of.setdefault(group, []).append(code)
    return code


def batch_years(draft: Draft) -> list[tuple[int, date, date]]:
    """Agreement years that begin and end on the days that decide, around the month."""
    month, rng = draft.month, draft.rng
    first, last = month.first_day, month.last_day
    inside = draft.day_between(first, last)
    starts_on = rng.choice(
        (
            add_months(first, -rng.randint(1, 11)) + timedelta(days=rng.randrange(28)),
            add_months(first, -rng.randint(1, 11)) + timedelta(days=rng.randrange(28)),
            first,
            last,
            inside,
            last + ONE_DAY,
        )
    )
    leap_day = next(
        (day for day in (date(2020, 2, 29), date(2024, 2, 29)) if 0 <= (last - day).days < 400),
        None,
    )
    if leap_day and rng.random() < 0.3:
        starts_on = leap_day
    turn = rng.choice(
        (inside, inside, last, last - ONE_DAY, first, first - ONE_DAY, last + timedelta(days=200))
    )
    if turn <= starts_on:
        turn = starts_on + timedelta(days=rng.choice((0, 40, 365)))
    return [
        (1, starts_on, turn),
        (2, turn + ONE_DAY, turn + timedelta(days=rng.choice((1, 20, 366)))),
    ][: rng.choice((1, 2, 2, 2))]


def make_batch(draft: Draft, places: Places, catalogue: Catalogue, code: str, policy: str) -> None:
    rng = draft.rng
    category = "consumable" if code == "B4" else "drug"
    years = batch_years(draft)
    effective_on = years[0][1] - timedelta(days=rng.choice((0, 0, 5)))
    ends_on = years[-1][2] + timedelta(days=rng.choice((0, 0, 30)))
    cycle = (effective_on, ends_on)
    add_batch(draft, catalogue, code, policy, category=category, cycle=cycle, years=years)
    add_overrides(draft, catalogue, code)
    groups = [
        group
        for group, members in catalogue.products_of.items()
        if catalogue.category_of[members[0]] == category
    ]
    catalogue.groups_of[code] = rng.sample(groups, min(len(groups), rng.randint(2, 3)))
    for place, group in enumerate(catalogue.groups_of[code]):
        standby_only = place == 1 and rng.random() < 0.3
        for product in rng.sample(catalogue.products_of[group], rng.randint(2, 3)):
            roles = ("standby",) if standby_only else ("selected", "selected", "standby")
            add_selections(draft, places, catalogue, code, product, cycle=cycle, roles=roles)
    ungrouped = [
        product for product in catalogue.products[-3:] if catalogue.category_of[product] == category
    ]
    if rng.random() < 0.6:
        add_selections(
            draft,
            places,
            catalogue,
            code,
            ungrouped[0],
            cycle=cycle,
            roles=("selected", "standby"),
        )


def add_batch(
    draft: Draft,
    catalogue: Catalogue,
    code: str,
    policy: str,
    *,
    category: str,
    cycle: tuple[date, date],
    years: list[tuple[int, date, date]],
) -> None:
    draft.add(
        "batches",
        code=code,
        name=f"批次{code}",
        category=category,
        organizer=draft.rng.choice(("national", "alliance", "province", "city")),
        policy_code=policy,
        issued_on=cycle[0] - timedelta(days=30),
        effective_on=cycle[0],
        ends_on=cycle[1],
    )
    catalogue.years_of[code] = years
    for year_no, starts_on, year_ends_on in years:
        draft.add(
            "batch_years",
            batch_code=code,
            year_no=year_no,
            starts_on=starts_on,
            ends_on=year_ends_on,
        )
        draft.edges += [midnight(starts_on), midnight(year_ends_on + ONE_DAY)]
        draft.edges += [midnight(year_before(starts_on))]


OVERRIDES: dict[str, tuple[str, ...]] = {
    "non_selected_share_max": ("0.4", "0.5", "0"),
    "report_drop_max": ("0.15", "0.2"),
    "report_rise_max": ("1",),
    "entry_check_month": ("1", "2", "4"),
    "response_hours": ("24", "60", "48"),
    "delivery_hours": ("48", "96"),
    "urgent_delivery_hours": ("12", "36"),
    "overrun_multiple": ("1", "2"),
    "substitute_ratio_max": ("0.5", "2"),
    "unreported_share_max": ("0.25", "0.5"),
    "fulfilment_rate_min": ("0.9",),
    "payment_due": ("2", "3", "1"),
    "payment_mode": ("institution", "fund"),
    "behind_orange": ("0.05",),
    "behind_red": ("0.2", "0.5"),
    "schedule_check": ("0",),
    "over_delivery_tolerance": ("0.1", "0.5"),
    "receipt_workdays": ("9",),
    "abnormal_multiple": ("50",),
    "response_rate_min": ("0.01",),
    "min_lines": ("1",),
}


def add_overrides(draft: Draft, catalogue: Catalogue, batch: str) -> None:
    for name in draft.rng.sample(sorted(OVERRIDES), draft.rng.choice((0, 2, 4, 6))):
        value = draft.rng.choice(OVERRIDES[name])
        clause = draft.rng.choice((None, f"执行文件 {batch} 第三条"))
        draft.add("batch_parameters", batch_code=batch, parameter=name, value=value, clause=clause)
        if name.endswith("_hours"):
            catalogue.hours[batch, name] = int(value)
        if name == "over_delivery_tolerance":
            catalogue.tolerance[batch] = Decimal(value)


def add_selections(
    draft: Draft,
    places: Places,
    catalogue: Catalogue,
    batch: str,
    product: str,
    *,
    cycle: tuple[date, date],
    roles: tuple[str, ...],
) -> None:
    """One to three supply regions, each whole or cut into periods with another price, another role, or a gap."""
    rng = draft.rng
    catalogue.selected.setdefault(batch, []).append(product)
    for region in rng.sample([places.province, *places.cities], rng.randint(1, 3)):
        for valid_from, valid_to in periods(draft, cycle):
            price = number(
                rng.choice(
                    (catalogue.price_of[product], catalogue.price_of[product] * Decimal("0.9"), 4)
                )
            )
            group = next(
                (name for name, members in catalogue.products_of.items() if product in members), ""
            )
            catalogue.selected_prices.setdefault((batch, group), []).append(price)
            draft.add(
                "selections",
                batch_code=batch,
                product_code=product,
                region_code=region,
                valid_from=valid_from,
                valid_to=valid_to,
                role=rng.choice(roles),
                price=price,
            )


def periods(draft: Draft, cycle: tuple[date, date]) -> list[tuple[date | None, date | None]]:
    starts_on, ends_on = cycle
    rng, month = draft.rng, draft.month
    turn = rng.choice(
        (draft.day_between(month.first_day, month.last_day), month.last_day, draft.edge_day())
    )
    if rng.random() < 0.45 or not starts_on < turn < ends_on:
        return [(rng.choice((None, starts_on)), rng.choice((None, ends_on)))]
    kind = rng.randrange(4)
    if kind == 0:
        return [(None, turn)]
    if kind == 1:
        return [(turn, None)]
    gap = timedelta(days=rng.choice((1, 1, 4)))
    if turn + gap > ends_on:
        return [(None, turn)]
    return [(None, turn), (turn + gap, rng.choice((None, ends_on)))]


def month_edges(month: Month) -> list[datetime]:
    return [
        month.cut,
        month.cut,
        month.cut,
        midnight(month.first_day),
        midnight(month.first_day.replace(month=1)),
    ]
