"""The catalogue as the API gives it; references are business codes, numbers travel as strings."""

from __future__ import annotations

from rest_framework import serializers

from catalog.models import (
    AgreementYear,
    Batch,
    BatchParameter,
    Exemption,
    Group,
    ListedPrice,
    Product,
    Selection,
)


class BatchSerializer(serializers.ModelSerializer[Batch]):
    policy = serializers.CharField(source="policy.code", read_only=True)
    group_count = serializers.IntegerField(read_only=True)
    selected_count = serializers.IntegerField(read_only=True)
    standby_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Batch
        fields = (
            "code", "name", "category", "organizer", "policy", "issued_on", "imported_at",
            "effective_on", "ends_on", "group_count", "selected_count", "standby_count",
        )  # fmt: skip
        read_only_fields = fields


class AgreementYearSerializer(serializers.ModelSerializer[AgreementYear]):
    batch = serializers.CharField(source="batch.code", read_only=True)

    class Meta:
        model = AgreementYear
        fields = ("batch", "year_no", "starts_on", "ends_on")
        read_only_fields = fields


class BatchParameterSerializer(serializers.ModelSerializer[BatchParameter]):
    batch = serializers.CharField(source="batch.code", read_only=True)

    class Meta:
        model = BatchParameter
        fields = ("batch", "parameter", "value", "clause", "valid_from", "valid_to")
        read_only_fields = fields


class SelectionSerializer(serializers.ModelSerializer[Selection]):
    """`starts_on` and `ends_on` are the result's own dates or the batch's cycle."""

    batch = serializers.CharField(source="batch.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    group = serializers.CharField(source="product.group.code", default=None, read_only=True)
    region = serializers.CharField(source="region.code", read_only=True)
    starts_on = serializers.DateField(read_only=True)
    ends_on = serializers.DateField(read_only=True)

    class Meta:
        model = Selection
        fields = (
            "batch", "product", "group", "region", "role", "price", "valid_from", "valid_to",
            "starts_on", "ends_on",
        )  # fmt: skip
        read_only_fields = fields


class GroupSerializer(serializers.ModelSerializer[Group]):
    product_count = serializers.IntegerField(read_only=True)
    selected_count = serializers.IntegerField(read_only=True)
    batch_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Group
        fields = (
            "code", "name", "category", "base_unit", "product_count", "selected_count",
            "batch_count",
        )  # fmt: skip
        read_only_fields = fields


class ProductSerializer(serializers.ModelSerializer[Product]):
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)

    class Meta:
        model = Product
        fields = (
            "code", "name", "group", "manufacturer", "manufacturer_name", "category",
            "specification", "pack_unit", "base_units_per_pack", "listed_price", "tags",
        )  # fmt: skip
        read_only_fields = fields


class ListedPriceSerializer(serializers.ModelSerializer[ListedPrice]):
    product = serializers.CharField(source="product.code", read_only=True)

    class Meta:
        model = ListedPrice
        fields = ("product", "price", "valid_from", "valid_to", "source")
        read_only_fields = fields


class ExemptionSerializer(serializers.ModelSerializer[Exemption]):
    batch = serializers.CharField(source="batch.code", default=None, read_only=True)
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)
    institution = serializers.CharField(source="institution.code", default=None, read_only=True)

    class Meta:
        model = Exemption
        fields = (
            "exemption_no", "batch", "group", "product", "institution", "kind", "from_on", "to_on",
            "reason",
        )  # fmt: skip
        read_only_fields = fields
