"""Filters of agreement lines that lists and the API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from contracts.models import AgreementLine

SIGNED = (
    ("all", "三方均已签订"),
    ("institution", "待医疗机构签订"),
    ("manufacturer", "待生产企业签订"),
    ("distributor", "待配送企业签订"),
)
SIGNATURES = ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at")


class AgreementLineFilter(django_filters.FilterSet):
    """By agreement, batch, year, product, party, and by whose signature is missing."""

    agreement_no = django_filters.CharFilter(label="协议编号", max_length=60)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    manufacturer = django_filters.CharFilter(
        label="生产企业代码", field_name="manufacturer__code", max_length=40
    )
    distributor = django_filters.CharFilter(
        label="配送企业代码", field_name="distributor__code", max_length=40
    )
    signed = django_filters.ChoiceFilter(label="签订", choices=SIGNED, method="by_signed")

    class Meta:
        model = AgreementLine
        fields: tuple[str, ...] = ()

    def by_signed(
        self, rows: QuerySet[AgreementLine], name: str, value: str
    ) -> QuerySet[AgreementLine]:
        if value == "all":
            return rows.filter(Q(**{f"{column}__isnull": False for column in SIGNATURES}))
        return rows.filter(**{f"{value}_signed_at__isnull": True})
