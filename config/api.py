"""Addresses of the REST API: `urlpatterns` of each app's `api/urls.py` under /api/v1/."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from config.openapi.view import SchemaView


def _has(module: str) -> bool:
    package = module.rsplit(".", 1)[0]
    return find_spec(package) is not None and find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    # The split view keeps its script out of the page, as the content policy demands.
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    *(
        path("v1/", include(import_module(f"{app}.api.urls")))
        for app in settings.OUR_APPS
        if _has(f"{app}.api.urls")
    ),
]
