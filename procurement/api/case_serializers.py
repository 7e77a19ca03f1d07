"""What steps of cases take by API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class CaseWordsSerializer(serializers.Serializer[Any]):
    """The words that a step needs, with the version that was read."""

    words = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1)
