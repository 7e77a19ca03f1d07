"""Files that hang on a thing: how the API lists and takes them; views.files gives them out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

BINARY = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
FILE_PATH = r"files/(?P<file_id>\d{1,18})"

as_binary = extend_schema(responses=BINARY)


class KeptFileSerializer(serializers.Serializer[Any]):
    """A kept file; its bytes are at files/{id}/ of the thing once they have passed inspection."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(read_only=True)
    size_bytes = serializers.IntegerField(source="file.size_bytes", read_only=True)
    content_type = serializers.CharField(source="file.content_type", read_only=True)
    scan = serializers.CharField(source="file.scan", read_only=True)
    uploaded_at = serializers.DateTimeField(read_only=True)


def uploads_field(**more: Any) -> serializers.ListField:
    """Multipart `files`, one or several."""
    return serializers.ListField(child=serializers.FileField(), **more)
