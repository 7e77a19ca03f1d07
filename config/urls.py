"""Addresses of the whole platform; each app brings its own list."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []

for _app in settings.OUR_APPS:
    if find_spec(f"{_app}.urls") is not None:
        urlpatterns.append(path("", include(import_module(f"{_app}.urls"))))
