"""What a dashboard shows of its subject: month, batch, category and ranked indicator, all from the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitoring.indicators.cut import add_months
from monitoring.models import ComputedMonth
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import read_month
from monitoring.queries.figure_terms import Terms
from monitoring.queries.live import Live
from monitoring.queries.visible import visible_computed_months
from organisations.queries.scope import Scope

TREND_MONTHS = 12


@dataclass(frozen=True)
class Choice:
    """`months` are those with figures among the twelve that end with `month`, oldest first.

    first_indicator: what is shown where none was chosen.
    live: the running month where it is the chosen one; `running`: where there is one.
    """

    month: date
    months: tuple[date, ...]
    computed: ComputedMonth | None
    options: tuple[date, ...]
    batch: str
    category: str
    indicator: str
    live: Live | None = None
    running: date | None = None
    first_indicator: str = ""

    @property
    def has_figures(self) -> bool:
        return self.live is not None or self.computed is not None

    @property
    def previous(self) -> date:
        return add_months(self.month, -1)

    def query(self, **changes: str) -> dict[str, str]:
        """The choice as an address carries it, with changes; what is chosen by default is left out."""
        chosen = {
            "month": f"{self.month:%Y-%m}",
            "batch": self.batch,
            "category": self.category,
            "indicator": self.indicator,
        } | changes
        if self.options and chosen["month"] == f"{self.options[0]:%Y-%m}":
            chosen["month"] = ""
        if chosen["indicator"] == self.first_indicator:
            chosen["indicator"] = ""
        return {name: value for name, value in chosen.items() if value}


def read_choice(
    scope: Scope, subject: Subject, terms: Terms, given: Mapping[str, Any]
) -> Choice | None:
    """The choice of an address, by default the running month; None where there are no figures.

    Raises MissingInput for a text that is no month. An unknown batch, category or indicator shows
    all, as if it were not there: a link that outlived its batch still opens.
    """
    rows = visible_computed_months(scope).order_by("-month", "pk")
    if subject.province_id is not None:
        rows = rows.filter(province_id=subject.province_id)
    computed: dict[date, ComputedMonth] = {}
    for row in rows:
        computed.setdefault(row.month, row)
    text = str(given.get("month", "") or "")
    live = terms.live
    options = tuple(sorted({*computed, *([live.month] if live else [])}, reverse=True))
    if not options and not text:
        return None
    month = read_month(text) if text else options[0]
    first = add_months(month, 1 - TREND_MONTHS)
    batch = str(given.get("batch", "") or "")
    category = str(given.get("category", "") or "")
    return Choice(
        month=month,
        months=tuple(sorted(one for one in options if first <= one <= month)),
        computed=computed.get(month),
        options=options,
        batch=batch if batch in terms.batches else "",
        category=category if category in ("drug", "consumable") else "",
        indicator=str(given.get("indicator", "") or ""),
        live=live if live and live.month == month else None,
        running=live.month if live else None,
    )
