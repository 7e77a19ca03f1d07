"""Carts, templates, places and the ordering setting as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import ProductCodeField
from core.api.numbers import PlainDecimalField
from procurement.models import Cart, CartLine, OrderTemplate, ReceivingPlace
from procurement.rules.ordering import MOST_LINES


class CartLineSerializer(serializers.ModelSerializer[CartLine]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    reason = serializers.CharField(source="clinical_reason", read_only=True)

    class Meta:
        model = CartLine
        fields = ("institution", "product", "product_name", "packs", "reason")
        read_only_fields = fields


class CartSerializer(serializers.ModelSerializer[Cart]):
    """`client_no` is that of the own system where it sent the cart; `state` says where it waits."""

    institution = serializers.CharField(source="institution.code", read_only=True)
    client_no = serializers.CharField(read_only=True, allow_null=True)
    receiving_place = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)
    lines = CartLineSerializer(many=True, read_only=True)

    class Meta:
        model = Cart
        fields = (
            "cart_no", "institution", "client_no", "state", "state_at", "urgent",
            "receiving_place", "amount", "return_reason", "version", "lines",
        )  # fmt: skip
        read_only_fields = fields

    def get_receiving_place(self, cart: Cart) -> str:
        return cart.place_words or (cart.place.words if cart.place else "")


class CartChangeLineSerializer(serializers.Serializer[Any]):
    """`institution` empty: the own; packs "0" takes the product out."""

    institution = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    product = ProductCodeField()
    packs = PlainDecimalField(max_digits=18, decimal_places=4, min_value=0)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default=None)


class CartChangeSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(
        child=CartChangeLineSerializer(), required=False, default=list, max_length=MOST_LINES
    )
    urgent = serializers.BooleanField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=1)


class CartStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    confirmed = serializers.BooleanField(required=False, default=False)


class CartReturnSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    return_reason = serializers.CharField(max_length=500)


class CartTemplateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)


class TemplateRowSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(read_only=True)
    packs = serializers.CharField(read_only=True)


class OrderTemplateSerializer(serializers.ModelSerializer[OrderTemplate]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    rows = TemplateRowSerializer(many=True, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = OrderTemplate
        fields = (
            "template_no", "institution", "name", "rows", "is_open", "changed_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class TemplateChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is; `is_open` false closes it."""

    name = serializers.CharField(max_length=60, required=False, default=None)
    is_open = serializers.BooleanField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=1)


class ReceivingPlaceSerializer(serializers.ModelSerializer[ReceivingPlace]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ReceivingPlace
        fields = (
            "institution", "name", "address", "contact", "phone", "hours", "is_default",
            "is_open", "version",
        )  # fmt: skip
        read_only_fields = fields


class PlaceSerializer(serializers.Serializer[Any]):
    """The place of this name is changed, with the version that was read; else it is a new one."""

    name = serializers.CharField(max_length=40)
    address = serializers.CharField(max_length=80)
    contact = serializers.CharField(max_length=20)
    phone = serializers.CharField(max_length=20)
    hours = serializers.CharField(max_length=30)
    is_default = serializers.BooleanField(required=False, default=False)
    is_open = serializers.BooleanField(required=False, default=True)
    version = serializers.IntegerField(min_value=1, required=False, default=None)


class OrderingSettingSerializer(serializers.Serializer[Any]):
    """Yuan; null: clerks send by themselves."""

    approval_over = PlainDecimalField(max_digits=17, decimal_places=2, min_value=0, allow_null=True)
