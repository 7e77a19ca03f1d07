"""The province as of one month's cut: units, regions, roles of products in batches, exemptions, movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from .dataset import (
    Agreement,
    Batch,
    BatchYear,
    Dataset,
    Exemption,
    Institution,
    Line,
    Order,
    Product,
    Selection,
)
from .periods import BEGINNING, Month, Window
from .policies import Terms, province_policy

LineKey = tuple[str, str]


@dataclass(frozen=True)
class Movement:
    """Accepted packs of a line at an instant: a receipt (or its correction), or a return with a minus."""

    line: Line
    order: Order
    product: Product
    at: datetime
    packs: Decimal

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def base_quantity(self) -> Fraction:
        return Fraction(self.packs) * Fraction(self.product.base_units_per_pack)

    @property
    def amount(self) -> Fraction:
        return Fraction(self.packs) * Fraction(self.line.unit_price)


class World:
    def __init__(self, dataset: Dataset, month: Month) -> None:
        self.data = dataset
        self.month = month
        self.regions = {region.code: region for region in dataset.regions}
        self.institutions = {institution.code: institution for institution in dataset.institutions}
        self.products = {product.code: product for product in dataset.products}
        self.batches = {
            batch.code: batch for batch in sorted(dataset.batches, key=lambda batch: batch.code)
        }
        self.orders = {order.order_no: order for order in dataset.orders}
        self.lines: dict[LineKey, Line] = {
            (line.order_no, line.line_no): line for line in dataset.lines
        }
        self.years_of: dict[str, list[BatchYear]] = defaultdict(list)
        for year in dataset.years:
            self.years_of[year.batch_code].append(year)
        self.unit_of = self._units()
        self._roles: dict[tuple[str, str, str, date], str | None] = {}
        self.substitutes_of: dict[str, set[str]] = defaultdict(set)
        for substitute in dataset.substitutes:
            self.substitutes_of[substitute.group_code].add(substitute.product_code)
        self._selections: dict[tuple[str, str], list[Selection]] = defaultdict(list)
        self.selected_of_group: dict[tuple[str, str], list[Selection]] = defaultdict(list)
        self._batches_of_product: dict[str, set[str]] = defaultdict(set)
        for selection in dataset.selections:
            self._selections[selection.batch_code, selection.product_code].append(selection)
            self._batches_of_product[selection.product_code].add(selection.batch_code)
            group = self.products[selection.product_code].group_code
            if group and selection.role == "selected":
                self.selected_of_group[selection.batch_code, group].append(selection)
        self._overrides: dict[str, dict[str, tuple[str, str | None]]] = defaultdict(dict)
        for parameter in dataset.parameters:
            self._overrides[parameter.batch_code][parameter.parameter] = (
                parameter.value,
                parameter.clause,
            )
        self.movements = sorted(self._movements(), key=lambda movement: movement.at)

    # --- units and regions

    def _units(self) -> dict[str, str]:
        leads = {
            consortium.code: consortium.lead_institution_code for consortium in self.data.consortia
        }
        units = {code: code for code in self.institutions}
        day = self.month.last_day
        for member in self.data.members:
            if member.valid_from <= day and (member.valid_to is None or day <= member.valid_to):
                units[member.institution_code] = leads[member.consortium_code]
        return units

    def region_chain(self, region_code: str) -> list[str]:
        """The region and all that hold it; a region holds itself."""
        chain: list[str] = []
        code: str | None = region_code
        while code:
            chain.append(code)
            code = self.regions[code].parent_code
        return chain

    def rollups(self, unit: str) -> list[tuple[str, str]]:
        """(subject_type, subject_code) of the region rows that a unit's figures are summed into."""
        institution = self.institutions[unit]
        subjects = [
            (self.regions[code].level, code) for code in self.region_chain(institution.region_code)
        ]
        return [*subjects, ("pool", institution.pool_code)]

    @property
    def province_code(self) -> str:
        return next(region.code for region in self.data.regions if region.level == "province")

    # --- policies

    def province_terms(self) -> Terms:
        return Terms(province_policy(self.province_code, self.month.last_day), {})

    def batch_terms(self, batch_code: str) -> Terms:
        return Terms(self.batches[batch_code].policy_code, self._overrides[batch_code])

    # --- batches, agreement years, roles

    def year_on(self, batch_code: str, day: date) -> BatchYear | None:
        """The agreement year that holds the day; None: the batch is not in force."""
        for year in self.years_of[batch_code]:
            if year.starts_on <= day <= year.ends_on:
                return year
        return None

    def years_of_month(self) -> Iterator[tuple[Batch, BatchYear]]:
        """Every agreement year with a day in the month."""
        for batch in self.batches.values():
            for year in self.years_of[batch.code]:
                if year.starts_on <= self.month.last_day and year.ends_on >= self.month.first_day:
                    yield batch, year

    def year_to_date(self, year: BatchYear) -> Window:
        return Window(BEGINNING, self.month.cut).cut_to(year.starts_on, year.ends_on)

    def month_in(self, year: BatchYear) -> Window:
        return self.month.window.cut_to(year.starts_on, year.ends_on)

    def time_progress(self, year: BatchYear) -> Fraction:
        total = (year.ends_on - year.starts_on).days + 1
        elapsed = (min(self.month.last_day, year.ends_on) - year.starts_on).days + 1
        return Fraction(elapsed, total)

    def holding(self, selection: Selection, institution: Institution, day: date) -> bool:
        """Whether a selection holds for the institution's region on the day."""
        if selection.region_code not in self.region_chain(institution.region_code):
            return False
        if selection.valid_from and day < selection.valid_from:
            return False
        return not (selection.valid_to and day > selection.valid_to)

    def role(
        self, batch_code: str, product_code: str, institution_code: str, day: date
    ) -> str | None:
        """'selected', 'standby' or None for a batch in force, whatever batch a line names."""
        key = batch_code, product_code, institution_code, day
        if key not in self._roles:
            self._roles[key] = self._role(batch_code, product_code, institution_code, day)
        return self._roles[key]

    def _role(
        self, batch_code: str, product_code: str, institution_code: str, day: date
    ) -> str | None:
        if self.year_on(batch_code, day) is None:
            return None
        institution = self.institutions[institution_code]
        roles = {
            selection.role
            for selection in self._selections[batch_code, product_code]
            if self.holding(selection, institution, day)
        }
        if "selected" in roles:
            return "selected"
        return "standby" if roles else None

    def line_roles(self, line: Line, institution_code: str, day: date) -> dict[str, str]:
        """Batch → role of the batches in which the line is a selected or standby line on the day, by batch code."""
        roles: dict[str, str] = {}
        for batch_code in sorted(self._batches_of_product[line.product_code]):
            if line.batch_code and line.batch_code != batch_code:
                continue
            role = self.role(batch_code, line.product_code, institution_code, day)
            if role:
                roles[batch_code] = role
        return roles

    def covered_groups(self, batch_code: str) -> list[str]:
        return sorted(group for batch, group in self.selected_of_group if batch == batch_code)

    def lowest_selected_price(
        self, batch_code: str, group: str, institution_code: str, day: date
    ) -> Fraction | None:
        """Lowest selected price per base unit of the group for the institution's region on the day."""
        institution = self.institutions[institution_code]
        prices = [
            Fraction(selection.price)
            / Fraction(self.products[selection.product_code].base_units_per_pack)
            for selection in self.selected_of_group[batch_code, group]
            if self.holding(selection, institution, day)
        ]
        return min(prices) if prices else None

    # --- exemptions and agreements

    def exemption_matches(
        self, exemption: Exemption, kind: str, batch_code: str, product: Product, unit: str
    ) -> bool:
        """All but the days: each empty column means all, the institution is taken as its unit."""
        return (
            exemption.kind == kind
            and exemption.batch_code in (None, batch_code)
            and exemption.group_code in (None, product.group_code)
            and exemption.product_code in (None, product.code)
            and (
                exemption.institution_code is None
                or self.unit_of[exemption.institution_code] == unit
            )
        )

    def exempt_on(self, kind: str, batch_code: str, product: Product, unit: str, day: date) -> bool:
        for exemption in self.data.exemptions:
            if not self.exemption_matches(exemption, kind, batch_code, product, unit):
                continue
            if (exemption.from_on is None or exemption.from_on <= day) and (
                exemption.to_on is None or day <= exemption.to_on
            ):
                return True
        return False

    def is_effective(self, agreement: Agreement) -> bool:
        """All three parties signed before the cut."""
        signatures = (
            agreement.institution_signed_at,
            agreement.manufacturer_signed_at,
            agreement.distributor_signed_at,
        )
        return all(signed is not None and signed < self.month.cut for signed in signatures)

    # --- movements

    def _movements(self) -> Iterator[Movement]:
        for receipt in self.data.receipts:
            yield self._movement(
                receipt.order_no, receipt.line_no, receipt.received_at, receipt.accepted_packs
            )
        for returned in self.data.returns:
            yield self._movement(
                returned.order_no, returned.line_no, returned.returned_at, -returned.packs
            )

    def _movement(self, order_no: str, line_no: str, at: datetime, packs: Decimal) -> Movement:
        line = self.lines[order_no, line_no]
        return Movement(line, self.orders[order_no], self.products[line.product_code], at, packs)

    def movements_in(self, window: Window) -> Iterator[Movement]:
        for movement in self.movements:
            if window.holds(movement.at):
                yield movement

    def base_quantity(self, product_code: str, packs: Decimal) -> Fraction:
        return Fraction(packs) * Fraction(self.products[product_code].base_units_per_pack)

    def unit_of_order(self, order: Order) -> str:
        return self.unit_of[order.institution_code]
