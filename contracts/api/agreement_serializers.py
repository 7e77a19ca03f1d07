"""Agreements as the API takes and gives them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from contracts.models import Agreement, AgreementItem, AgreementSignature
from contracts.queries.agreements import waiting_for
from contracts.rules.agreement import MOST_SIGNED
from organisations.api.parties import PARTY_FIELDS, PartySerializer

POSITIVE = Decimal("0.0001")


class AgreementItemSerializer(serializers.ModelSerializer[AgreementItem]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)

    class Meta:
        model = AgreementItem
        fields = ("line_no", "product", "product_name", "agreed_qty", "price")
        read_only_fields = fields


class AgreementSignatureSerializer(serializers.ModelSerializer[AgreementSignature]):
    signed_for = serializers.CharField(source="party", read_only=True)
    signed_by = serializers.CharField(source="organisation.name", read_only=True)
    power_no = serializers.CharField(source="power.power_no", default=None, read_only=True)

    class Meta:
        model = AgreementSignature
        fields = (
            "signed_for", "signed_by", "signer_name", "post", "power_no", "certificate_serial",
            "signed_at", "revision_digest",
        )  # fmt: skip
        read_only_fields = fields


class AgreementSerializer(PartySerializer[Agreement]):
    """One version; `key` (number~version) is its address."""

    key = serializers.CharField(read_only=True)
    agreement_version = serializers.IntegerField(source="version", read_only=True)
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    waiting = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = (
            "key", "agreement_no", "agreement_version", "state", "waiting", "batch", "year_no",
            "starts_on", "ends_on", "sign_by", "basis", "change_reason", "explanation",
            "text_digest", "institution_signed_at", "manufacturer_signed_at",
            "distributor_signed_at", "refusal_reason", "refused_party", "ending_reason", "made_at",
            "state_at", "version", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields

    def get_waiting(self, agreement: Agreement) -> list[str]:
        return waiting_for(agreement)


class AgreementDetailSerializer(AgreementSerializer):
    items = AgreementItemSerializer(many=True, read_only=True)
    signatures = AgreementSignatureSerializer(many=True, read_only=True)

    class Meta(AgreementSerializer.Meta):
        fields: tuple[str, ...] = (*AgreementSerializer.Meta.fields, "items", "signatures")
        read_only_fields: Any = fields


class SignSerializer(serializers.Serializer[Any]):
    text_digest = serializers.CharField(min_length=64, max_length=64)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class SignManySerializer(serializers.Serializer[Any]):
    agreements = serializers.ListField(
        child=serializers.CharField(max_length=66), min_length=1, max_length=MOST_SIGNED
    )


class SignedManySerializer(serializers.Serializer[Any]):
    run = serializers.IntegerField(read_only=True)
    job = serializers.IntegerField(read_only=True, allow_null=True)
    state = serializers.CharField(read_only=True)
    signed = serializers.IntegerField(read_only=True)
    not_signed = serializers.ListField(child=serializers.CharField(), read_only=True)


class AgreementRefusalSerializer(serializers.Serializer[Any]):
    refusal_reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class TerminationSerializer(serializers.Serializer[Any]):
    ending_reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class NewQuantitySerializer(serializers.Serializer[Any]):
    product_code = serializers.CharField(max_length=40)
    agreed_qty = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=POSITIVE)


class AgreementChangeSerializer(serializers.Serializer[Any]):
    change_reason = serializers.CharField(max_length=500)
    distributor_code = serializers.CharField(
        max_length=18, required=False, allow_blank=True, default=""
    )
    quantities = serializers.ListField(
        child=NewQuantitySerializer(), required=False, default=list, max_length=1000
    )
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class AgreedRowSerializer(serializers.Serializer[Any]):
    institution_code = serializers.CharField(max_length=18)
    product_code = serializers.CharField(max_length=40)
    agreed_qty = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=POSITIVE)
    price = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=POSITIVE)
    distributor_code = serializers.CharField(
        max_length=18, required=False, allow_blank=True, default=""
    )
    explanation = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default=""
    )


class NewAgreementsSerializer(serializers.Serializer[Any]):
    """Without `rows`: from the loaded lines, as a job."""

    batch_code = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    rows = serializers.ListField(
        child=AgreedRowSerializer(), required=False, default=list, max_length=2_000
    )


class GeneratedSerializer(serializers.Serializer[Any]):
    made = serializers.IntegerField(read_only=True)
    lines = serializers.IntegerField(read_only=True)
    left_out = serializers.ListField(child=serializers.CharField(), read_only=True)
    job = serializers.IntegerField(read_only=True, allow_null=True)


class CheckedSignatureSerializer(serializers.Serializer[Any]):
    signed_for = serializers.CharField(source="label", read_only=True)
    signer = serializers.CharField(read_only=True)
    serial = serializers.CharField(read_only=True)
    signed_at = serializers.DateTimeField(source="at", read_only=True, allow_null=True)
    good = serializers.BooleanField(read_only=True)
    words = serializers.CharField(read_only=True)


class CheckedSerializer(serializers.Serializer[Any]):
    intact = serializers.BooleanField(read_only=True)
    words = serializers.CharField(read_only=True)
    sha256 = serializers.CharField(read_only=True)
    signatures = CheckedSignatureSerializer(many=True, read_only=True)


class PlaceProgressSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(read_only=True)
    place = serializers.CharField(read_only=True)
    agreements = serializers.IntegerField(read_only=True)
    in_force = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(read_only=True)
    late = serializers.IntegerField(read_only=True)
    waiting = serializers.SerializerMethodField()

    def get_waiting(self, row: Any) -> dict[str, int]:
        return {party: number for party, _, number in row.waiting}


class ProgressQuerySerializer(serializers.Serializer[Any]):
    batch_code = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
