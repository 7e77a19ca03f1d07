"""Addresses of the whole platform; each app brings its own list."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import autodiscover_modules

from config.health import healthz, readyz
from config.metrics import metrics

# Workers find the tasks by themselves. Pages name a job, say its result and link to it by its kind,
# which the tasks register: without this a web process knew only the kinds that some view imports.
autodiscover_modules("tasks")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/", include("config.api")),
    *(
        path("", include(import_module(f"{app}.urls")))
        for app in settings.OUR_APPS
        if find_spec(f"{app}.urls") is not None
    ),
]

if settings.DEBUG:
    from core.views.gallery import gallery

    urlpatterns += [
        path("gallery/", gallery, name="gallery"),
        path("gallery/<slug:page>/", gallery, name="gallery-page"),
    ]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.permission_denied"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"
