"""What is installed."""

OUR_APPS = [
    "core",
    "organisations",
    "inbox",
    "policy",
    "catalog",
    "contracts",
    "procurement",
    "volumes",
    "complaints",
    "monitoring",
    "settlement",
    "interchange",
]

INSTALLED_APPS = [
    # Before Django's own, so that their commands and templates win.
    *OUR_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its widgets' templates, found by TemplatesSetting
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "django_structlog",
    "django_prometheus",
]

AUTH_USER_MODEL = "organisations.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
