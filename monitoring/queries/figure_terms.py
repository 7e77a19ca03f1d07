"""The limits and 序时进度 that figures are held against, for any month, read once per page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from catalog.models import AgreementYear, Batch, BatchParameter
from catalog.queries.visible import (
    visible_agreement_years,
    visible_batch_parameters,
    visible_batches,
)
from monitoring.indicators.cut import MonthCut
from monitoring.queries.live import Live, live_of
from organisations.queries.scope import Scope
from policy.models import ParameterValue, Policy
from policy.queries.parse import parse_value
from policy.queries.read import PolicyValue
from policy.queries.visible import visible_parameter_values, visible_policies

LIMITS = {
    "response_rate": "response_rate_min",
    "on_time_rate": "on_time_rate_min",
    "fulfilment_rate": "fulfilment_rate_min",
    "non_selected_share": "non_selected_share_max",
    "unreported_share": "unreported_share_max",
    "substitute_ratio": "substitute_ratio_max",
    "selected_amount_share": "amount_share_min",
}
"""The parameter that each indicator is held against, where there is one."""

GAPS = ("behind_orange", "behind_red")
SCHEDULED = frozenset({"completion_rate", "completion_amount_rate", "completion_capped_rate"})
"""Held against 序时进度."""


@dataclass(frozen=True)
class Terms:
    """Batches with their years, and the dated values of the parameters that were asked for."""

    batches: dict[str, Batch]
    years: dict[tuple[str, int], AgreementYear]
    own_policies: dict[str, list[Policy]]
    values: dict[tuple[int, str], list[ParameterValue]]
    overrides: dict[tuple[str, str], list[BatchParameter]]
    live: Live | None = None

    def last_day(self, month: date) -> date:
        """The day on which the month's figures are judged: its last, or that of the running cut."""
        if self.live is not None and self.live.month == month:
            return self.live.cut.last_day
        return MonthCut(month).last_day

    def limit(
        self, key: str, on: date, *, batch_code: str = "", province_code: str = ""
    ) -> PolicyValue | None:
        """The value in force for a row of this batch, or of this province; None if there is none."""
        if batch_code:
            batch = self.batches.get(batch_code)
            own = self._of_policy(batch.policy, key, on) if batch else None
            for row in self.overrides.get((batch_code, key), []):
                if row.holds_on(on):
                    clause = row.clause or (own.clause if own else "")
                    return PolicyValue(key, parse_value(key, row.value), clause, overridden=True)
            return own if own and own.in_force else None
        policies = [p for p in self.own_policies.get(province_code, []) if p.effective_from <= on]
        own = self._of_policy(policies[-1], key, on) if policies else None
        return own if own and own.in_force else None

    def _of_policy(self, policy: Policy, key: str, on: date) -> PolicyValue | None:
        day = max(on, policy.effective_from)
        for row in self.values.get((policy.pk, key), []):
            if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day):
                value = None if row.value is None else parse_value(key, row.value)
                return PolicyValue(key, value, row.clause)
        return None

    def progress(self, batch_code: str, year_no: int | None, month: date) -> Decimal | None:
        """序时进度 of an agreement year at the month's cut; None for an unknown year."""
        year = self.years.get((batch_code, year_no or 0))
        if year is None:
            return None
        total = (year.ends_on - year.starts_on + timedelta(days=1)).days
        last = min(self.last_day(month), year.ends_on)
        elapsed = (last - year.starts_on + timedelta(days=1)).days
        return Decimal(max(elapsed, 0)) / total

    def batch_name(self, code: str) -> str:
        return self.batches[code].name if code in self.batches else code


def terms_for(scope: Scope, keys: Iterable[str]) -> Terms:
    """Read everything in six queries, whatever the number of batches, months and rows."""
    wanted = sorted(set(keys))
    own: dict[str, list[Policy]] = {}
    for policy in visible_policies(scope).order_by("effective_from"):
        own.setdefault(policy.province_code, []).append(policy)
    values: dict[tuple[int, str], list[ParameterValue]] = {}
    rows = visible_parameter_values(scope).filter(parameter__key__in=wanted)
    for row in rows.select_related("parameter").order_by("valid_from"):
        values.setdefault((row.policy_id, row.parameter.key), []).append(row)
    overrides: dict[tuple[str, str], list[BatchParameter]] = {}
    own_values = visible_batch_parameters(scope).filter(parameter__in=wanted)
    for each in own_values.select_related("batch"):
        overrides.setdefault((each.batch.code, each.parameter), []).append(each)
    batches = visible_batches(scope).select_related("policy").order_by("code")
    years = visible_agreement_years(scope).select_related("batch")
    return Terms(
        live=live_of(scope),
        batches={batch.code: batch for batch in batches},
        years={(year.batch.code, year.year_no): year for year in years},
        own_policies=own,
        values=values,
        overrides=overrides,
    )
