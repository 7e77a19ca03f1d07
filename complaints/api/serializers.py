"""Complaints, their threads and contacts as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import ProductCodeField
from complaints.models import Complaint, ComplaintMessage, LiaisonContact
from organisations.api.files import uploads_field
from organisations.api.parties import PARTY_FIELDS, PartySerializer


class ComplaintSerializer(PartySerializer[Complaint]):
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)
    state = serializers.CharField(source="stage", read_only=True)
    due_on = serializers.DateField(source="due", read_only=True)
    level = serializers.CharField(source="case.level", default=None, read_only=True)
    bureau_due_on = serializers.DateField(source="case.bureau_due_on", default=None, read_only=True)
    content = serializers.CharField(source="case.content", default="", read_only=True)
    order_no = serializers.CharField(source="case.order_no", default="", read_only=True)
    line_no = serializers.IntegerField(source="case.line_no", default=None, read_only=True)
    lot_no = serializers.CharField(source="case.lot_no", default="", read_only=True)
    prior_price = serializers.DecimalField(
        source="case.prior_price", max_digits=18, decimal_places=4, default=None, read_only=True
    )
    version = serializers.IntegerField(source="case.row_version", default=None, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "complaint_no", "filed_by", "category", "product", "filed_at", "replied_at",
            "promised_on", "resolved_at", "withdrawn_at", "state", "due_on", "level",
            "bureau_due_on", "content", "order_no", "line_no", "lot_no", "prior_price", "version",
            *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields = fields


class NewComplaintSerializer(serializers.Serializer[Any]):
    category = serializers.ChoiceField(choices=Complaint.Category.choices)
    content = serializers.CharField(max_length=4000)
    product = ProductCodeField(required=False, allow_null=True)
    order_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    line_no = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=100_000
    )
    lot_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    prior_price = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True, min_value=0
    )
    hold_use = serializers.BooleanField(required=False, default=False)
    files = uploads_field(required=False, default=list)


class ComplaintVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ComplaintReplySerializer(ComplaintVersionSerializer):
    reply = serializers.CharField(max_length=4000)
    promised_on = serializers.DateField()
    files = uploads_field(required=False, default=list)


class ComplaintClaimSerializer(ComplaintVersionSerializer):
    solution = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ComplaintConfirmSerializer(ComplaintVersionSerializer):
    pass


class ComplaintRefuseSerializer(ComplaintVersionSerializer):
    refusal = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ComplaintWithdrawSerializer(ComplaintVersionSerializer):
    withdrawal = serializers.CharField(max_length=2000)


class ComplaintCloseSerializer(ComplaintVersionSerializer):
    conclusion = serializers.CharField(max_length=4000)


class ComplaintWordsSerializer(ComplaintVersionSerializer):
    text = serializers.CharField(max_length=4000)


class NewMessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ComplaintMessageSerializer(serializers.ModelSerializer[ComplaintMessage]):
    organisation = serializers.CharField(source="organisation.code", default=None, read_only=True)
    organisation_name = serializers.CharField(
        source="organisation.name", default=None, read_only=True
    )

    class Meta:
        model = ComplaintMessage
        fields = ("id", "at", "kind", "organisation", "organisation_name", "text")
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer[LiaisonContact]):
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = LiaisonContact
        fields = (
            "contact_no", "organisation", "organisation_name", "product", "name", "post", "phone",
            "checked_on", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    post = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=20)
    product = ProductCodeField(required=False, allow_null=True)
