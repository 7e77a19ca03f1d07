"""Service items, prices, consumables, candidates and eligibility as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import TraderCodeField
from catalog.forms.services import ServiceItemForm
from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from organisations.api.files import uploads_field
from organisations.models import Organisation

ITEM_CODE = r"[0-9A-Z][0-9A-Z.\-]{3,19}"


def _amount(digits: int = 18, **extra: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=4, **extra)


class ItemCodeField(serializers.CharField):
    """A service item by its code."""

    def to_internal_value(self, data: Any) -> Any:
        code, names = super().to_internal_value(data), self.context["known"]
        found = names.item(code) if len(code) <= 20 and code.isprintable() else None
        if found is None:
            raise serializers.ValidationError("没有这个服务项目，请核对编码")
        return found


class SubjectCodeField(serializers.CharField):
    """A group (or a product) by its code; empty is none."""

    def __init__(self, *, of: str, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, **kwargs)
        self.of, self.longest = of, longest

    def to_internal_value(self, data: Any) -> Any:
        code, names = super().to_internal_value(data), self.context["known"]
        if not code:
            return None
        possible = len(code) <= self.longest and code.isprintable()
        found = getattr(names, self.of)(code) if possible else None
        if found is None:
            raise serializers.ValidationError("没有这个编码的品种或产品，请核对")
        return found


class ServiceItemSerializer(serializers.ModelSerializer[ServiceItem]):
    """Prices as the reader's own city has them, else its province."""

    price = _amount(source="own_price", read_only=True, allow_null=True)
    neighbours = _amount(read_only=True, allow_null=True)
    national = _amount(read_only=True, allow_null=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ServiceItem
        fields = (
            "code", "name", "unit", "category", "content", "price", "neighbours", "national",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class NewServiceItemSerializer(serializers.Serializer[Any]):
    """A new item, or with `version` a change of one that is known under the code."""

    code = serializers.RegexField(ServiceItemForm.base_fields["code"].regex, max_length=20)  # type: ignore[attr-defined]
    name = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=20)
    category = serializers.ChoiceField(choices=ServiceItem.Category.choices)
    content = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ServicePriceSerializer(serializers.ModelSerializer[ServicePrice]):
    item = serializers.CharField(source="item.code", read_only=True)
    area = serializers.CharField(source="region.code", read_only=True)

    class Meta:
        model = ServicePrice
        fields = (
            "id", "item", "area", "kind", "level", "price", "valid_from", "valid_to", "clause",
            "held_back", "deferred_from", "set_at", "set_by_name",
        )  # fmt: skip
        read_only_fields = fields


class NewServicePriceSerializer(serializers.Serializer[Any]):
    """A price or a median of the own region."""

    item = ItemCodeField()
    kind = serializers.ChoiceField(choices=ServicePrice.Kind.choices)
    level = serializers.ChoiceField(
        choices=[("", "不分等级"), *Organisation.Level.choices], required=False, allow_blank=True
    )
    price = _amount()
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=200)


class DeferredDaySerializer(serializers.Serializer[Any]):
    deferred_from = serializers.DateField()


class ServiceConsumableSerializer(serializers.ModelSerializer[ServiceConsumable]):
    item = serializers.CharField(source="item.code", read_only=True)
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    product = serializers.CharField(source="product.code", default=None, read_only=True)

    class Meta:
        model = ServiceConsumable
        fields = (
            "id", "item", "group", "product", "way", "quantity", "valid_from", "valid_to",
            "clause", "set_at", "set_by_name",
        )  # fmt: skip
        read_only_fields = fields


class NewServiceConsumableSerializer(serializers.Serializer[Any]):
    """A group or a product; `quantity` per service in the group's base unit."""

    item = ItemCodeField()
    group = SubjectCodeField(of="group", longest=40)
    product = SubjectCodeField(of="product", longest=27)
    way = serializers.ChoiceField(choices=ServiceConsumable.Way.choices)
    quantity = _amount()
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=200)


class EndConsumableSerializer(serializers.Serializer[Any]):
    valid_to = serializers.DateField()


class CostStepSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    now = serializers.CharField()
    change = serializers.CharField()
    formula = serializers.CharField()
    code = serializers.CharField()
    clause = serializers.CharField()


class ServiceCandidateSerializer(serializers.ModelSerializer[ServiceCandidate]):
    item = serializers.CharField(source="item.code", read_only=True)
    area = serializers.CharField(source="region.code", read_only=True)
    price = _amount(source="price.price", read_only=True)
    new_price = _amount(source="new_price.price", default=None, read_only=True)
    steps = CostStepSerializer(many=True, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ServiceCandidate
        fields = (
            "candidate_no", "item", "area", "year", "ground", "accelerated", "listed_on", "price",
            "neighbours", "national", "cost_before", "cost_after", "steps", "state", "state_at",
            "way", "opinion", "reason", "new_price", "version",
        )  # fmt: skip
        read_only_fields = fields


class FoundCandidatesSerializer(serializers.Serializer[Any]):
    listed = serializers.ListField(child=serializers.CharField())
    known = serializers.IntegerField()
    left_out = serializers.ListField(child=serializers.CharField())


class SeenCandidateSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class EvaluateSerializer(SeenCandidateSerializer):
    way = serializers.ChoiceField(choices=ServiceCandidate.Way.choices)
    opinion = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class AdjustSerializer(SeenCandidateSerializer):
    price = _amount()
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=200)
    opinion = serializers.CharField(max_length=4000)
    held_back = serializers.BooleanField(required=False, default=False)
    deferred_from = serializers.DateField(required=False, allow_null=True, default=None)
    files = uploads_field(required=False, default=list)


class DeclineSerializer(SeenCandidateSerializer):
    reason = serializers.CharField(max_length=2000)


class ServiceEligibilitySerializer(serializers.ModelSerializer[ServiceEligibility]):
    institution_code = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = ServiceEligibility
        fields = (
            "id", "institution_code", "institution_name", "year", "verdict", "share", "reason",
            "clause", "valid_from", "valid_to", "set_at", "set_by_name",
        )  # fmt: skip
        read_only_fields = fields


class NewServiceEligibilitySerializer(serializers.Serializer[Any]):
    institution_code = TraderCodeField()
    year = serializers.IntegerField(min_value=2019, max_value=2100)
    verdict = serializers.ChoiceField(choices=ServiceEligibility.Verdict.choices)
    share = _amount(7, required=False, allow_null=True, default=None, min_value=0)
    reason = serializers.CharField(max_length=500)
    clause = serializers.CharField(max_length=200)
    valid_from = serializers.DateField()
