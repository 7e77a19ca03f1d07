"""Listings and what their prices are held against, as the API tells and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import (
    Inquiry,
    Listing,
    ListingRequest,
    MaximumPrice,
    PriceCalculation,
    PriceMark,
    PriceMultiple,
    Product,
    ShortageEntry,
)


def _amount(**extra: Any) -> serializers.DecimalField:
    """Yuan, a multiple, a strength or a number of pieces: 18 digits, four of them decimals."""
    return serializers.DecimalField(max_digits=18, decimal_places=4, **extra)


class ListingSerializer(serializers.ModelSerializer[Product]):
    """A listed product; prices in yuan per pack."""

    listing_no = serializers.CharField(source="listing.listing_no", read_only=True)
    product = serializers.CharField(source="code", read_only=True)
    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    state = serializers.CharField(source="listing.state", read_only=True)
    way = serializers.CharField(source="listing.way", read_only=True)
    commitment = serializers.CharField(source="listing.commitment", read_only=True)
    listed_on = serializers.DateField(source="listing.listed_on", read_only=True)
    since = serializers.DateField(source="listing.since", read_only=True)
    reason_code = serializers.CharField(source="listing.reason_code", read_only=True)
    reason = serializers.CharField(source="listing.reason", read_only=True)
    clause = serializers.CharField(source="listing.clause", read_only=True)
    how_to_restore = serializers.CharField(source="listing.how_to_restore", read_only=True)
    closed_by_name = serializers.CharField(
        source="listing.closed_by.name", default="", read_only=True
    )
    is_selected = serializers.BooleanField(read_only=True)
    selected_price = _amount(read_only=True, allow_null=True)
    maximum_price = _amount(read_only=True, allow_null=True)
    mark_level = serializers.CharField(read_only=True, allow_null=True)
    shortage_kind = serializers.CharField(read_only=True, allow_null=True)
    version = serializers.IntegerField(source="listing.row_version", read_only=True)

    class Meta:
        model = Product
        fields = (
            "listing_no", "product", "name", "manufacturer", "state", "way", "commitment", "listed_on", "since",
            "reason_code", "reason", "clause", "how_to_restore", "closed_by_name", "listed_price",
            "is_selected", "selected_price", "maximum_price", "mark_level", "shortage_kind",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class NewListingSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=27)
    way = serializers.ChoiceField(choices=Listing.Way.choices)
    commitment = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ListingCloseSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    reason_code = serializers.ChoiceField(choices=Listing.Reason.choices)
    reason = serializers.CharField(max_length=1000)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)
    how_to_restore = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class ListingRestoreSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=1000)


class ListingWaySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    way = serializers.ChoiceField(choices=Listing.Way.choices)
    commitment = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=1000)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ListingPriceSerializer(serializers.Serializer[Any]):
    price = _amount()
    valid_from = serializers.DateField()
    source = serializers.CharField(max_length=100)  # type: ignore[assignment]
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CheckJobSerializer(serializers.Serializer[Any]):
    job = serializers.IntegerField(read_only=True)


class ListingRequestSerializer(serializers.ModelSerializer[ListingRequest]):
    listing_no = serializers.CharField(source="listing.listing_no", read_only=True)
    requester_name = serializers.CharField(source="requester.name", read_only=True)
    office_name = serializers.CharField(source="office.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ListingRequest
        fields = (
            "request_no", "listing_no", "requester_name", "office_name", "text", "answer", "state",
            "state_at", "created_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewRequestSerializer(serializers.Serializer[Any]):
    listing_no = serializers.CharField(max_length=20)
    text = serializers.CharField(max_length=2000)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class RequestAnswerSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    answer = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class _SubjectSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    product = serializers.CharField(max_length=27, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=200)


class NewMaximumPriceSerializer(_SubjectSerializer):
    price = _amount()
    suspends = serializers.BooleanField(required=False, default=False)


class NewShortageSerializer(_SubjectSerializer):
    kind = serializers.ChoiceField(choices=ShortageEntry.Kind.choices)
    source = serializers.ChoiceField(choices=ShortageEntry.Source.choices)  # type: ignore[assignment]


class EntryEndSerializer(serializers.Serializer[Any]):
    valid_to = serializers.DateField()


class EndShortageSerializer(EntryEndSerializer):
    clause = serializers.CharField(max_length=200)


class MaximumPriceSerializer(serializers.ModelSerializer[MaximumPrice]):
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)

    class Meta:
        model = MaximumPrice
        fields = ("id", "group", "product", "price", "suspends", "valid_from", "valid_to", "clause")
        read_only_fields = fields


class ShortageSerializer(serializers.ModelSerializer[ShortageEntry]):
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)

    class Meta:
        model = ShortageEntry
        fields = ("id", "group", "product", "kind", "source", "valid_from", "valid_to", "clause")
        read_only_fields = fields


class PriceMultipleSerializer(serializers.ModelSerializer[PriceMultiple]):
    class Meta:
        model = PriceMultiple
        fields = (
            "id", "name", "reference", "category", "quality", "yellow", "red", "valid_from",
            "valid_to", "clause",
        )  # fmt: skip
        read_only_fields = ("id", "valid_to")


class ReferenceProductSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=27)
    clause = serializers.CharField(max_length=200)


class PriceMarkSerializer(serializers.ModelSerializer[PriceMark]):
    product = serializers.CharField(source="product.code", read_only=True)
    reference = serializers.CharField(source="multiple.reference", read_only=True)
    reference_product = serializers.CharField(
        source="reference_product.code", default=None, read_only=True
    )
    clause = serializers.CharField(source="multiple.clause", read_only=True)

    class Meta:
        model = PriceMark
        fields = (
            "product", "level", "unit_price", "reference", "reference_price", "reference_product",
            "ratio", "threshold", "since", "until", "clause",
        )  # fmt: skip
        read_only_fields = fields


class InquirySerializer(serializers.ModelSerializer[Inquiry]):
    product = serializers.CharField(source="product.code", read_only=True)
    enterprise = serializers.CharField(source="enterprise.code", read_only=True)
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    office_name = serializers.CharField(source="office.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Inquiry
        fields = (
            "inquiry_no", "product", "enterprise", "enterprise_name", "office_name", "subject",
            "question", "clause", "due_on", "due_provisional", "answer", "closing_note", "sent_at",
            "answered_at", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewInquirySerializer(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=27)
    subject = serializers.ChoiceField(choices=Inquiry.Subject.choices)
    question = serializers.CharField(max_length=4000)
    workdays = serializers.IntegerField(min_value=1, max_value=60)
    clause = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class InquiryAnswerSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    answer = serializers.CharField(max_length=4000)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class InquirySettleSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    closing_note = serializers.CharField(max_length=2000)


class RatioSerializer(serializers.Serializer[Any]):
    """Both specifications; strength in one unit on both sides, volumes in ml, amounts in yuan."""

    product = serializers.CharField(max_length=27)
    representative = serializers.CharField(max_length=27)
    representative_strength = _amount()
    strength = _amount()
    representative_count = _amount()
    count = _amount()
    representative_volume = _amount(required=False, allow_null=True)
    volume = _amount(required=False, allow_null=True)
    volume_amount = _amount(required=False)
    material = serializers.ChoiceField(choices=["none", "plastic", "soft"], required=False)
    material_amount = _amount(required=False)


class RatioConfirmSerializer(RatioSerializer):
    representative_price = _amount()
    expected = _amount()
    valid_from = serializers.DateField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class RatioStepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    formula = serializers.CharField()
    clause = serializers.CharField()


class RatioResultSerializer(serializers.Serializer[Any]):
    representative_price = _amount()
    steps = RatioStepSerializer(many=True)
    result = _amount()


class PriceCalculationSerializer(serializers.ModelSerializer[PriceCalculation]):
    product = serializers.CharField(source="product.code", read_only=True)
    representative = serializers.CharField(source="representative.code", read_only=True)
    steps = RatioStepSerializer(many=True, read_only=True)

    class Meta:
        model = PriceCalculation
        fields = (
            "product", "representative", "steps", "result", "note", "confirmed_at",
            "confirmed_by_name",
        )  # fmt: skip
        read_only_fields = fields
