"""The warnings of a month: each indicator row against the rules in force for its subject's policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .dataset import BatchYear
from .periods import Month
from .policies import Terms, policy_clause
from .rows import Row
from .terms import abnormal, reports, supply
from .world import World

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class MonthlyWarning:
    rule: str
    severity: str
    subject_type: str
    subject_code: str
    batch_code: str
    year_no: str
    group_code: str
    product_code: str
    measured: Fraction
    threshold: Fraction
    clause: str


def number(text: str) -> Fraction:
    return Fraction(text)


def raised(row: Row, rule: str, severity: str, threshold: Fraction, clause: str) -> MonthlyWarning:
    key = row.key
    assert row.value is not None
    return MonthlyWarning(
        rule,
        severity,
        key.subject_type,
        key.subject_code,
        key.batch_code,
        key.year_no,
        key.group_code,
        key.product_code,
        row.value,
        threshold,
        clause,
    )


Rule = Callable[[Row, Fraction, Terms], Iterator[MonthlyWarning]]


class Rules:
    """The rules of one month over its indicator rows."""

    def __init__(self, world: World, rows: list[Row]) -> None:
        self.world = world
        self.rows = rows
        self.years = {
            (year.batch_code, str(year.year_no)): year for _, year in world.years_of_month()
        }
        self.explained = reports.explained_reports(world)
        self.agreed = {
            (row.key.subject_code, row.key.batch_code, row.key.year_no, row.key.product_code)
            for row in rows
            if row.key.indicator == "completion_rate" and row.denominator > 0
        }
        self.unit_rules: dict[tuple[str, str], Rule] = {
            ("report_deviation", "ytd"): self.report_deviation,
            ("signing_rate", "ytd"): self.unsigned_agreement,
            ("completion_rate", "ytd"): self.completion,
            ("non_selected_share", "ytd"): self.non_selected,
            ("unreported_share", "ytd"): self.unreported_purchase,
            ("substitute_ratio", "ytd"): self.substitute_growth,
            ("fulfilment_rate", "ytd"): self.low_fulfilment,
            ("receipt_overdue_rate", "month"): self.late_receipt,
        }
        self.enterprise_rules: dict[tuple[str, str], Rule] = {
            ("response_rate", "month"): self.low_response,
            ("on_time_rate", "month"): self.late_delivery,
        }
        self._months: dict[Month, dict[tuple[str, str], Row]] = {}

    def all(self) -> list[MonthlyWarning]:
        found = [
            warning
            for row in self.rows
            if row.value is not None
            for warning in self.of_row(row, row.value)
        ]
        found += self.abnormal_orders()
        return sorted(
            found,
            key=lambda warning: (
                warning.rule,
                warning.severity,
                warning.subject_type,
                warning.subject_code,
                warning.batch_code,
                warning.year_no,
                warning.group_code,
                warning.product_code,
            ),
        )

    def of_row(self, row: Row, value: Fraction) -> Iterator[MonthlyWarning]:
        key = row.key
        batch = key.batch_code
        terms = self.world.batch_terms(batch) if batch else self.world.province_terms()
        if key.subject_type == "institution":
            rules = self.unit_rules.get((key.indicator, key.window))
        elif key.subject_type in ("distributor", "manufacturer"):
            rules = self.enterprise_rules.get((key.indicator, key.window))
        else:
            rules = None
        if rules is not None:
            yield from rules(row, value, terms)
        if key.indicator == "payment_on_time_rate":
            yield from self.late_payment(row, value, terms)

    def non_selected(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        if not row.assessed:
            return
        parameter = "non_selected_share_max"
        limit = terms.in_force(parameter)
        if limit is not None and value > number(limit):
            clause = terms.clause(parameter)
            yield raised(row, "non_selected_share", "orange", number(limit), clause)
        if value > HALF:
            # The policy's own clause: the limit of this rule is not the one that a batch may override.
            assert terms.policy is not None
            own_clause = policy_clause(terms.policy, parameter)
            yield raised(row, "selected_below_non_selected", "red", HALF, own_clause)

    def unreported_purchase(
        self, row: Row, value: Fraction, terms: Terms
    ) -> Iterator[MonthlyWarning]:
        limit = terms.in_force("unreported_share_max")
        if limit is not None and value > number(limit):
            clause = terms.clause("unreported_share_max")
            yield raised(row, "unreported_purchase", "orange", number(limit), clause)

    def low_response(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        limit = terms.in_force("response_rate_min")
        if limit is not None and self.enough_lines(row, terms) and value < number(limit):
            clause = terms.clause("response_rate_min")
            yield raised(row, "low_response", "orange", number(limit), clause)

    def late_receipt(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        enough = row.denominator >= number(terms.value("min_deliveries"))
        if terms.in_force("receipt_workdays") and enough and value > 0:
            clause = terms.clause("receipt_workdays")
            yield raised(row, "late_receipt", "yellow", Fraction(0), clause)

    def late_payment(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        """Names who pays: the institution, or the pool's agency where the fund does."""
        payer = {"institution": "institution", "fund": "pool"}[terms.value("payment_mode")]
        if terms.in_force("payment_due") and row.key.subject_type == payer and value < 1:
            clause = terms.clause("payment_due")
            yield raised(row, "late_payment", "orange", Fraction(1), clause)

    def enough_lines(self, row: Row, terms: Terms) -> bool:
        return row.denominator >= number(terms.value("min_lines"))

    def report_deviation(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        key = row.key
        if (key.batch_code, int(key.year_no), key.group_code, key.subject_code) in self.explained:
            return
        drop, rise = terms.in_force("report_drop_max"), terms.in_force("report_rise_max")
        if drop is not None and value < -number(drop):
            yield raised(
                row, "report_drop", "yellow", -number(drop), terms.clause("report_drop_max")
            )
        if rise is not None and value > number(rise):
            yield raised(
                row, "report_rise", "yellow", number(rise), terms.clause("report_rise_max")
            )

    def unsigned_agreement(
        self, row: Row, value: Fraction, terms: Terms
    ) -> Iterator[MonthlyWarning]:
        """After the effective date; red from the entry_check_month-th calendar month of the agreement year."""
        last_day = self.world.month.last_day
        if value >= 1 or last_day <= self.world.batches[row.key.batch_code].effective_on:
            return
        starts_on = self.years[row.key.batch_code, row.key.year_no].starts_on
        month_no = (last_day.year - starts_on.year) * 12 + last_day.month - starts_on.month + 1
        red_from = terms.in_force("entry_check_month")
        severity = "red" if red_from is not None and month_no >= number(red_from) else "orange"
        yield raised(
            row, "unsigned_agreement", severity, Fraction(1), terms.clause("entry_check_month")
        )

    def completion(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        if row.assessed:
            yield from self.behind_schedule(row, value, terms)
            yield from self.overrun(row, value, terms)

    def behind_schedule(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        year: BatchYear = self.years[row.key.batch_code, row.key.year_no]
        progress = self.world.time_progress(year)
        if terms.in_force("schedule_check") != "1" or value >= progress:
            return
        gap = progress - value
        if gap > number(terms.value("behind_red")) or year.ends_on <= self.world.month.last_day:
            severity = "red"
        elif gap > number(terms.value("behind_orange")):
            severity = "orange"
        else:
            severity = "yellow"
        yield raised(row, "behind_schedule", severity, progress, terms.clause("schedule_check"))

    def overrun(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        limit = terms.in_force("overrun_multiple")
        if limit is not None and value > number(limit):
            yield raised(row, "overrun", "yellow", number(limit), terms.clause("overrun_multiple"))

    def substitute_growth(
        self, row: Row, value: Fraction, terms: Terms
    ) -> Iterator[MonthlyWarning]:
        limit = terms.in_force("substitute_ratio_max")
        if limit is None:
            return
        progress = self.world.time_progress(self.years[row.key.batch_code, row.key.year_no])
        clause = terms.clause("substitute_ratio_max")
        if value > number(limit):
            yield raised(row, "substitute_growth", "orange", number(limit), clause)
        elif value > progress:
            yield raised(row, "substitute_growth", "yellow", progress, clause)

    def low_fulfilment(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        key = row.key
        limit = terms.in_force("fulfilment_rate_min")
        agreed = (key.subject_code, key.batch_code, key.year_no, key.product_code) in self.agreed
        if limit is not None and agreed and value < number(limit):
            yield raised(
                row, "low_fulfilment", "orange", number(limit), terms.clause("fulfilment_rate_min")
            )

    def late_delivery(self, row: Row, value: Fraction, terms: Terms) -> Iterator[MonthlyWarning]:
        limit = terms.in_force("on_time_rate_min")
        if limit is None or not self.enough_lines(row, terms) or value >= number(limit):
            return
        severity = "red" if self.low_quarters(row, terms, number(limit)) else "orange"
        yield raised(
            row, "late_delivery", severity, number(limit), terms.clause("on_time_rate_min")
        )

    def low_quarters(self, row: Row, terms: Terms, limit: Fraction) -> bool:
        """Whether each of the last on_time_quarters completed calendar quarters is below the limit."""
        quarters = terms.in_force("on_time_quarters")
        if quarters is None:
            return False
        month = self.world.month
        after_quarter = month.first_day.month % 3
        last = month.plus(-after_quarter)
        for quarter in range(int(quarters)):
            lines = on_time = Fraction(0)
            for back in range(3):
                part = self.on_time_rows(last.plus(-3 * quarter - back)).get(
                    (row.key.subject_type, row.key.subject_code)
                )
                if part:
                    lines += Fraction(part.denominator)
                    on_time += Fraction(part.numerator)
            if lines < number(terms.value("min_lines")) or on_time / lines >= limit:
                return False
        return True

    def on_time_rows(self, month: Month) -> dict[tuple[str, str], Row]:
        """The month's on_time_rate rows of enterprises, computed at that month's own cut."""
        if month not in self._months:
            facts = supply.Supply(World(self.world.data, month))
            rows = supply.supply_rows(facts, "on_time_rate", "month", month.window)
            self._months[month] = {
                (row.key.subject_type, row.key.subject_code): row
                for row in rows
                if row.key.subject_type in ("distributor", "manufacturer")
            }
        return self._months[month]

    def abnormal_orders(self) -> Iterator[MonthlyWarning]:
        """One warning per unit and product, measured by its largest line."""
        terms = self.world.province_terms()
        limit = terms.in_force("abnormal_multiple")
        if limit is None:
            return
        largest: dict[tuple[str, str], Fraction] = {}
        for sent in abnormal.lines_of_month(self.world):
            if sent.multiple is not None and sent.multiple > number(limit):
                key = sent.unit, sent.product_code
                largest[key] = max(sent.multiple, largest.get(key, sent.multiple))
        for (unit, product_code), measured in largest.items():
            yield MonthlyWarning(
                "abnormal_order",
                "yellow",
                "institution",
                unit,
                "",
                "",
                "",
                product_code,
                measured,
                number(limit),
                terms.clause("abnormal_multiple"),
            )


def warnings(world: World, rows: list[Row]) -> list[MonthlyWarning]:
    """Sorted by rule, severity and subject keys, as text."""
    return Rules(world, rows).all()
