"""Finance: what fell due, what of it was settled in time, and where it was not."""

from __future__ import annotations

from core.templatetags.formats import money_short, percent
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import figures
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_terms import Terms
from monitoring.queries.live import figures_in
from monitoring.queries.watchers.table import SHOWN, WatchedRow, WatchedTable, below, names
from organisations.queries.scope import Scope


def payments(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """Where most of what fell due in the month was not settled in time."""
    found = below(scope, subject, choice, terms, "payment_on_time_rate", "institution")
    open_first = sorted(found, key=lambda f: (f.numerator - f.denominator, f.subject_code))
    unpaid = [figure for figure in open_first if figure.numerator < figure.denominator][:SHOWN]
    named = names(scope, unpaid)
    return WatchedTable(
        title="到期未按时结清的货款", subtitle=f"{choice.month:%Y-%m} 到期，从多到少",
        name_head="医疗机构", note_head="按时结清率", text_head="未按时结清",
        parts_head="已按时结清 / 到期",
        rows=[
            WatchedRow(
                name=named.get(f.subject_code, f.subject_code), url=figure_url(f),
                note=percent(f.value), text=money_short(f.denominator - f.numerator),
                parts=f"{money_short(f.numerator)} / {money_short(f.denominator)}",
            )
            for f in unpaid
        ],
        empty="本月没有到期而未按时结清的货款",
    )  # fmt: skip


def payments_by_month(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """What fell due in each month of the choice and how much of it was settled in time."""
    rows: list[WatchedRow] = []
    for month in reversed(choice.months):
        for figure in figures(
            figures_in(scope, month, choice.running).filter(
                indicator="payment_on_time_rate", window="month", subject_type=subject.type,
                subject_code=subject.code,
            )
        ):  # fmt: skip
            rows.append(
                WatchedRow(
                    name=f"{month.year}年{month.month}月",
                    url=figure_url(figure),
                    note=percent(figure.value),
                    text=money_short(figure.denominator),
                    parts=money_short(figure.numerator),
                )
            )
    return WatchedTable(
        title="各月到期货款", subtitle="付款到期日在当月的中选收货金额",
        name_head="月份", note_head="按时结清率", text_head="到期", parts_head="已按时结清",
        rows=rows, empty="没有到期的货款",
    )  # fmt: skip
