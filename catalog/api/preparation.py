"""落地准备 as the API gives it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ReadinessSerializer(serializers.Serializer[Any]):
    """`state` done, missing, or unknown: not recorded on the platform, never done."""

    state = serializers.CharField(read_only=True)
    words = serializers.CharField(read_only=True)


class PreparationSerializer(serializers.Serializer[Any]):
    """A product with its items by code."""

    product = serializers.CharField(source="product.code", read_only=True)
    missing = serializers.IntegerField(read_only=True)
    items = serializers.DictField(child=ReadinessSerializer(), read_only=True)


class ToldSerializer(serializers.Serializer[Any]):
    told = serializers.IntegerField(read_only=True)
