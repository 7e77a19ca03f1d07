"""The parties of a stage row as the API gives them: codes and names, never row ids."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

M = TypeVar("M", bound=Model)

PARTY_FIELDS = (
    "institution", "institution_name", "manufacturer", "manufacturer_name", "distributor",
    "distributor_name", "county",
)  # fmt: skip
PARTIES = ("institution", "manufacturer", "distributor", "county")
"""What a query has to select along, so that a page stays one query."""


class PartySerializer(serializers.ModelSerializer[M]):
    """Base of serializers of models with PartyStamps; put PARTY_FIELDS into `fields`."""

    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)
    manufacturer: Any = serializers.CharField(
        source="manufacturer.code", default=None, read_only=True
    )
    manufacturer_name: Any = serializers.CharField(
        source="manufacturer.name", default=None, read_only=True
    )
    distributor: Any = serializers.CharField(
        source="distributor.code", default=None, read_only=True
    )
    distributor_name: Any = serializers.CharField(
        source="distributor.name", default=None, read_only=True
    )
    county: Any = serializers.CharField(source="county.code", default=None, read_only=True)
