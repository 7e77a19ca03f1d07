"""Health commission: substitutes bought instead, and selected products that did not enter (进院)."""

from __future__ import annotations

from django.db.models import Count, Max, Q
from django.urls import reverse

from catalog.queries.visible import visible_groups
from core.templatetags.formats import percent
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import figure_url, with_query
from monitoring.queries.figure_terms import Terms
from monitoring.queries.watchers.table import (
    SHOWN,
    WatchedRow,
    WatchedTable,
    below,
    names,
    parts,
    rows_below,
)
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


def substitutes(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """Where substitutes of selected medicines are bought most against the year before."""
    found = below(scope, subject, choice, terms, "substitute_ratio", "institution")
    known = [figure for figure in found if figure.value is not None]
    top = sorted(known, key=lambda f: (-(f.value or 0), f.subject_code, f.group_code))[:SHOWN]
    named = names(scope, top)
    groups = {
        group.code: group
        for group in visible_groups(scope).filter(code__in={f.group_code for f in top})
    }
    return WatchedTable(
        title="可替代药品采购比最高", subtitle="采购年度至今与上年度之比",
        name_head="医疗机构", note_head="品种", text_head="采购比", parts_head="本年度 / 上年度",
        rows=[
            WatchedRow(
                name=named.get(f.subject_code, f.subject_code), url=figure_url(f),
                note=groups[f.group_code].name if f.group_code in groups else f.group_code,
                text=percent(f.value), parts=parts(f, groups),
            )
            for f in top
        ],
        empty="没有可替代药品的采购",
    )  # fmt: skip


def not_entered(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """进院: institutions with most products that they agreed on and have not bought at all."""
    agreed = rows_below(scope, subject, choice, terms, "completion_rate", "institution")
    years = agreed.order_by().values_list("batch_code").annotate(newest=Max("year_no"))
    latest = Q(pk__in=[])
    for batch, year in years:
        latest |= Q(batch_code=batch, year_no=year)
    counted = (
        agreed.filter(latest, denominator__gt=0)
        .order_by()
        .values("subject_code")
        .annotate(agreed=Count("product_code"), none=Count("pk", filter=Q(numerator__lte=0)))
        .filter(none__gt=0)
        .order_by("-none", "subject_code")[:SHOWN]
    )
    rows = list(counted)
    named = dict(
        visible_organisations(scope)
        .filter(code__in=[row["subject_code"] for row in rows])
        .values_list("code", "name")
    )
    address = reverse("indicator-detail", args=["completion_rate"])
    return WatchedTable(
        title="中选产品未进院", subtitle="有约定量、采购年度至今尚未采购的产品",
        name_head="医疗机构", note_head="", text_head="尚未采购", parts_head="有约定量",
        rows=[
            WatchedRow(
                name=named.get(row["subject_code"], row["subject_code"]),
                url=with_query(
                    address,
                    {"month": f"{choice.month:%Y-%m}", "subject_type": "institution",
                     "subject_code": row["subject_code"], "sort": "value"},
                ),
                note="", text=f"{row['none']:,} 个", parts=f"{row['agreed']:,} 个",
            )
            for row in rows
        ],
        empty="有约定量的产品均已采购",
    )  # fmt: skip
