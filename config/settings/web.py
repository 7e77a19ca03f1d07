"""Requests, templates, static files."""

from pathlib import Path

from config import environment
from core.embedded.places import current_places

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = current_places().var
FILES_DIR = Path(environment.text("FILES_DIR") or VAR_DIR / "files")
"""Attachments, content-addressed."""

PAPER_FONTS_DIR = environment.text("PAPER_FONTS_DIR")
"""The site's own official fonts, which win over ours where they are there."""

AUDIT_HEAD_DIR = Path(environment.text("AUDIT_HEAD_DIR") or VAR_DIR / "audit-heads")
"""Heads of the audit chain, outside the database."""

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.audit.origin.RequestOriginMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.views.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Outside of what refuses (a form without its token, a page without the right).
    "core.audit.refusals.RefusalAuditMiddleware",
    "core.views.middleware.CleanTextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "organisations.views.session_rules.SessionRulesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "inbox.views.draft_middleware.DraftMiddleware",
    "core.views.middleware.RefusalAndOutageMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

# Both packages rewrite the loaders when installed by name, and the last one wins
# silently; so the chain is written by hand.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "organisations.views.frame.frame",
                "inbox.views.frame.notices",
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = environment.text("STATIC_ROOT") or None
# With a folder for collected files: hashed names and compressed copies. Without one the
# files are served from where they lie, so that nothing has to be collected first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "core.views.static_addresses.HashedFiles"
        if STATIC_ROOT
        else "core.views.static_addresses.PlainFiles",
        # Unlike what people hand in: the image collects them as root and serves them as its user.
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT
WHITENOISE_AUTOREFRESH = False
# Pages name the hashed files only; maps of sources are for developers. Halves the collecting.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2"),
    "map",
)

PUBLIC_PAGES_PER_MINUTE = environment.number("PUBLIC_PAGES_PER_MINUTE")
MAP_APPROVAL_NUMBER = environment.text("MAP_APPROVAL_NUMBER")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
