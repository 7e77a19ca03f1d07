"""Filters of carts and templates, for the API."""

from __future__ import annotations

import django_filters

from procurement.models import Cart, OrderTemplate


class CartFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Cart.State.choices
    )
    client_no = django_filters.CharFilter(label="院内单号", max_length=100)

    class Meta:
        model = Cart
        fields: tuple[str, ...] = ()


class OrderTemplateFilter(django_filters.FilterSet):
    is_open = django_filters.BooleanFilter(label="使用中")

    class Meta:
        model = OrderTemplate
        fields: tuple[str, ...] = ()
