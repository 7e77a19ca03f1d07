"""Drug regulator: enterprises that fall behind, and products that are complained of for quality."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.queries.visible import visible_complaints
from core.templatetags.formats import percent
from monitoring.indicators.cut import add_months
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import choice_condition, figures, latest_years
from monitoring.queries.dashboard_subject import ENTERPRISE_TYPES, Subject
from monitoring.queries.figure_address import with_query
from monitoring.queries.figure_terms import Terms
from monitoring.queries.live import figures_in
from monitoring.queries.watchers.table import SHOWN, WatchedRow, WatchedTable, names, parts
from organisations.queries.scope import Scope

QUALITY = ("quality", "unclear_lot", "packaging")
"""Categories of complaints that concern the drug regulator: 质量或不良反应、批号、包装."""


def weakest_suppliers(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """Manufacturers and distributors of the province whose deliveries fell behind most."""
    rows = figures_in(scope, choice.month, choice.running).filter(
        choice_condition(choice, terms), indicator="fulfilment_rate", window="month",
        subject_type__in=ENTERPRISE_TYPES, province_id=subject.province_id,
    )  # fmt: skip
    known = [figure for figure in latest_years(figures(rows)) if figure.value is not None]
    top = sorted(known, key=lambda f: (f.value, f.subject_type, f.subject_code))[:SHOWN]
    named = names(scope, top)
    labels = {"manufacturer": "生产企业", "distributor": "配送企业"}
    return WatchedTable(
        title="供应配送率最低的企业", subtitle="全省中选产品，本月配送时限到期的订单",
        name_head="企业", note_head="类别", text_head="供应配送率", parts_head="已配送 / 订购",
        rows=[
            WatchedRow(
                name=named.get(f.subject_code, f.subject_code),
                url=with_query(
                    reverse("dashboard-subject", args=[f.subject_type, f.subject_code]),
                    choice.query(indicator=""),
                ),
                note=labels[f.subject_type], text=percent(f.value), parts=parts(f, {}),
            )
            for f in top
        ],
        empty="本月没有到期的订单，或您的查看范围不含企业的全省指标",
    )  # fmt: skip


def quality(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> WatchedTable:
    """Products that institutions of the region complained of for their quality in twelve months."""
    ends = timezone.make_aware(datetime.combine(add_months(choice.month, 1), time.min))
    begins = timezone.make_aware(datetime.combine(add_months(choice.month, -11), time.min))
    counted = (
        visible_complaints(scope)
        .filter(
            category__in=QUALITY, filed_at__gte=begins, filed_at__lt=ends, product__isnull=False,
            filed_by=Complaint.FiledBy.INSTITUTION, **{subject.column: subject.pk},
        )
        .order_by()
        .values(
            code=F("product__code"), product_name=F("product__name"),
            maker=F("product__manufacturer__name"),
        )
        .annotate(filed=Count("pk"), unsolved=Count("pk", filter=Q(resolved_at__isnull=True)))
        .order_by("-filed", "code")[:SHOWN]
    )  # fmt: skip
    return WatchedTable(
        title="质量诉求最多的产品", subtitle="近 12 个月，质量或不良反应、批号、包装",
        name_head="产品", note_head="生产企业", text_head="诉求", parts_head="尚未解决",
        rows=[
            WatchedRow(
                name=row["product_name"],
                url=reverse("dashboard-product", args=[row["code"]]), note=row["maker"] or "",
                text=f"{row['filed']:,} 件", parts=f"{row['unsolved']:,} 件",
            )
            for row in counted
        ],
        empty="近 12 个月没有质量诉求",
    )  # fmt: skip
