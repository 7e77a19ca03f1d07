"""What the endpoints of applications give and take."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import (
    ApplicationItem,
    ApplicationObjection,
    ApplicationPaper,
    ApplicationStep,
    ProductApplication,
    Registration,
    RegistrationVersion,
)
from catalog.queries.application_rows import holder_of
from catalog.queries.registration_page import Covered
from catalog.states.application import ApplicationKind
from organisations.api.files import uploads_field

TEXT = {"max_length": 1000, "allow_blank": True, "required": False, "default": ""}


class ProductApplicationSerializer(serializers.ModelSerializer[ProductApplication]):
    """An application: where it is, who has it, since when and until when."""

    organisation = serializers.CharField(source="organisation.code", read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)
    holder = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ProductApplication
        fields: tuple[str, ...] = (
            "application_no", "kind", "organisation", "product", "title", "state", "level",
            "holder", "held_since", "due_on", "submitted_at", "publicity_from", "publicity_to",
            "effective_on", "effect_problem", "opinion", "reason", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_holder(self, row: ProductApplication) -> str:
        return holder_of(row)


class ApplicationItemSerializer(serializers.ModelSerializer[ApplicationItem]):
    class Meta:
        model = ApplicationItem
        fields = ("field", "before", "after", "finding")
        read_only_fields = fields


class ApplicationPaperSerializer(serializers.ModelSerializer[ApplicationPaper]):
    file_id = serializers.IntegerField(source="attachment_id", allow_null=True, read_only=True)

    class Meta:
        model = ApplicationPaper
        fields = ("paper", "file_id", "substitute", "missing_reason", "finding")
        read_only_fields = fields


class StepSerializer(serializers.ModelSerializer[ApplicationStep]):
    class Meta:
        model = ApplicationStep
        fields = ("at", "by_name", "organisation_name", "label", "text")
        read_only_fields = fields


class ObjectionSerializer(serializers.ModelSerializer[ApplicationObjection]):
    application = serializers.CharField(source="application.application_no", read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ApplicationObjection
        fields = (
            "objection_no", "application", "organisation", "text", "filed_at", "rule_due_on",
            "state", "ruling", "version",
        )  # fmt: skip
        read_only_fields = fields


class ApplicationDetailSerializer(ProductApplicationSerializer):
    """The application with its items, papers, objections and steps."""

    items = ApplicationItemSerializer(many=True, read_only=True)
    papers = ApplicationPaperSerializer(many=True, read_only=True)
    objections = ObjectionSerializer(many=True, read_only=True)
    timeline = serializers.SerializerMethodField()

    class Meta(ProductApplicationSerializer.Meta):
        fields = (
            *ProductApplicationSerializer.Meta.fields,
            "items",
            "papers",
            "objections",
            "timeline",
        )
        read_only_fields = fields

    def get_timeline(self, row: ProductApplication) -> list[dict[str, Any]]:
        return [dict(each) for each in StepSerializer(row.steps.order_by("pk"), many=True).data]


class PublicitySerializer(serializers.ModelSerializer[ProductApplication]):
    """What is published of an application: nothing of papers, opinions and objections."""

    organisation = serializers.CharField(source="organisation.code", read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)
    items = serializers.SerializerMethodField()

    class Meta:
        model = ProductApplication
        fields = (
            "application_no", "kind", "organisation", "product", "title", "state",
            "publicity_from", "publicity_to", "effective_on", "items",
        )  # fmt: skip
        read_only_fields = fields

    def get_items(self, row: ProductApplication) -> list[dict[str, str]]:
        return [
            {"field": item.field, "before": item.before, "after": item.after}
            for item in row.items.all()
        ]


class RegistrationPaperSerializer(serializers.ModelSerializer[Registration]):
    """A 注册证 with the paper that holds today."""

    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    holder = serializers.CharField(allow_null=True, read_only=True)
    issued_on = serializers.DateField(allow_null=True, read_only=True)
    expires_on = serializers.DateField(allow_null=True, read_only=True)
    product_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Registration
        fields: tuple[str, ...] = (
            "number", "kind", "manufacturer", "holder", "issued_on", "expires_on", "product_count"
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class RegistrationVersionSerializer(serializers.ModelSerializer[RegistrationVersion]):
    """One dated version of the paper; `valid_to` is the first day on which it holds no more."""

    class Meta:
        model = RegistrationVersion
        fields = (
            "holder", "issued_on", "expires_on", "scope", "valid_from", "valid_to", "source"
        )  # fmt: skip
        read_only_fields = fields


class CoveredProductSerializer(serializers.Serializer[Covered]):
    """A product that uses the number, and since when."""

    code = serializers.CharField(source="product.code", read_only=True)
    name = serializers.CharField(source="product.name", read_only=True)
    valid_from = serializers.DateField(read_only=True)
    valid_to = serializers.DateField(allow_null=True, read_only=True)


class RegistrationPaperDetailSerializer(RegistrationPaperSerializer):
    """With its versions, the newest first, and the first fifty products."""

    standing_words = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()
    products = serializers.SerializerMethodField()

    class Meta(RegistrationPaperSerializer.Meta):
        fields = (
            *RegistrationPaperSerializer.Meta.fields, "standing_words", "versions", "products"
        )  # fmt: skip
        read_only_fields = fields

    def get_standing_words(self, row: Registration) -> str:
        return str(self.context["page"].state)

    @extend_schema_field(RegistrationVersionSerializer(many=True))
    def get_versions(self, row: Registration) -> Any:
        return RegistrationVersionSerializer(self.context["page"].versions, many=True).data

    @extend_schema_field(CoveredProductSerializer(many=True))
    def get_products(self, row: Registration) -> Any:
        return CoveredProductSerializer(self.context["page"].products, many=True).data


class ApplicationValuesSerializer(serializers.Serializer[Any]):
    """Values by field code, as typed; days as YYYY-MM-DD, numbers as strings."""

    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2000), allow_empty=False
    )
    reason = serializers.CharField(**TEXT)  # type: ignore[arg-type]


class NewApplicationSerializer(ApplicationValuesSerializer):
    kind = serializers.ChoiceField(choices=ApplicationKind.choices)
    product_code = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default=""
    )
    province_code = serializers.CharField(
        max_length=6, required=False, allow_blank=True, default=""
    )


class EditedApplicationSerializer(ApplicationValuesSerializer):
    version = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


class PaperInputSerializer(serializers.Serializer[Any]):
    """One paper; multipart with its file as `files`."""

    paper = serializers.CharField(max_length=30)
    substitute = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    missing_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default=""
    )
    files = serializers.FileField()


class ApplicationStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


class ReviewStepSerializer(ApplicationStepSerializer):
    opinion = serializers.CharField(**TEXT)  # type: ignore[arg-type]


class DatedStepSerializer(ReviewStepSerializer):
    effective_on = serializers.DateField(required=False, allow_null=True, default=None)


class PublishStepSerializer(ReviewStepSerializer):
    effective_on = serializers.DateField()


class ReturnStepSerializer(ReviewStepSerializer):
    findings = serializers.DictField(
        child=serializers.CharField(max_length=300), required=False, default=dict
    )


class NewObjectionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
    files = uploads_field(required=False, default=list)


class RulingSerializer(ApplicationStepSerializer):
    upheld = serializers.BooleanField()
    ruling = serializers.CharField(max_length=1000)
