"""Files that hang on a thing: how they are listed, taken and served."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from core.attachments.models import Attachment
from organisations.views.files import kept_file

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


def served(
    request: HttpRequest | Request, files: Iterable[Attachment], file_id: str
) -> FileResponse:
    """The one file of these with that number; 404 where there is none or it is held back."""
    return kept_file(request, next((file for file in files if file.pk == int(file_id)), None))
