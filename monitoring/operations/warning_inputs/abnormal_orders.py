"""The abnormal lines of the month per unit and product, for one warning each."""

from __future__ import annotations

from django.db import connection

from monitoring.indicators.cut import MonthCut, parameters_of
from monitoring.indicators.render import render


def make_abnormal_orders(month: MonthCut) -> None:
    """Fill rule_abnormal_order: the largest line's base quantity ÷ the unit's mean month.

    The lines are the indicator's own, so that both mean the same by 'abnormal'.
    """
    parameters, _ = parameters_of(month)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.rule_abnormal_order")
        cursor.execute(
            f"""
            CREATE TEMP TABLE rule_abnormal_order ON COMMIT DROP AS
            SELECT l.unit_id, p.code AS product_code,
                   max(l.quantity)::numeric(60, 30) * 12 / t.total AS multiple
            FROM ({render("abnormal_order_rate")}) l
            JOIN ind_usual t ON t.unit_id = l.unit_id AND t.product_id = l.product_id
            JOIN catalog_product p ON p.id = l.product_id
            WHERE l.numerator = 1
            GROUP BY l.unit_id, p.code, t.total
            """,
            parameters,
        )
