"""Delivery relations as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracts.models import DeliveryRelation
from contracts.rules.relation import MOST_ROWS
from contracts.tables.relations import stage


class DeliveryRelationSerializer(serializers.ModelSerializer[DeliveryRelation]):
    """`stage` is what it is today in words; days are [valid_from, valid_until)."""

    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)
    distributor = serializers.CharField(source="distributor.code", read_only=True)
    distributor_name = serializers.CharField(source="distributor.name", read_only=True)
    pool = serializers.CharField(source="pool.code", read_only=True)
    county = serializers.CharField(source="county.code", default=None, read_only=True)
    batch = serializers.CharField(source="batch.code", default=None, read_only=True)
    replaces = serializers.CharField(source="replaces.relation_no", default=None, read_only=True)
    stage = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = DeliveryRelation
        fields = (
            "relation_no", "state", "stage", "product", "product_name", "manufacturer",
            "manufacturer_name", "distributor", "distributor_name", "pool", "county", "batch",
            "valid_from", "valid_until", "most", "replaces", "refusal_reason", "ending_reason",
            "pointed_at", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_stage(self, relation: DeliveryRelation) -> str:
        return stage(relation)


class NewRelationSerializer(serializers.Serializer[Any]):
    product_code = serializers.CharField(max_length=40)
    distributor_code = serializers.CharField(max_length=18)
    pool_code = serializers.CharField(max_length=20)
    county_code = serializers.CharField(max_length=6, required=False, allow_blank=True, default="")
    batch_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    replaces_no = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")


class NewRelationsSerializer(serializers.Serializer[Any]):
    relations = serializers.ListField(
        child=NewRelationSerializer(), min_length=1, max_length=MOST_ROWS
    )


class PointedSerializer(serializers.Serializer[Any]):
    relation_nos = serializers.ListField(child=serializers.CharField(), read_only=True)


class RelationStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class RelationRefusalSerializer(RelationStepSerializer):
    refusal_reason = serializers.CharField(max_length=500)


class RelationEndSerializer(RelationStepSerializer):
    ends = serializers.DateField()
    ending_reason = serializers.CharField(max_length=500)


class DistributorQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=60)
    pool = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class FoundDistributorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="organisation.code", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    fits = serializers.BooleanField(read_only=True)
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)
