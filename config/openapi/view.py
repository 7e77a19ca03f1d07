"""The description over HTTP: made once per process, since it is the same for everybody."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

KIND = "application/vnd.oai.openapi+json"


class SchemaView(SpectacularAPIView):
    """Gives JSON, whatever is accepted; making and writing it takes seconds, so it is kept."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(_written(), content_type=KIND)


@functools.cache
def _written() -> bytes:
    made = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(made, ensure_ascii=False, default=str).encode()
