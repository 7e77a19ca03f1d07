"""Who may come in, and what browsers are told."""

from csp.constants import NONE, SELF

from config import environment
from core.embedded.places import current_places
from core.embedded.secrets import secret

PRODUCTION = environment.text("ZHAOCAI_ENV") == "production"
DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY") or (
    "" if PRODUCTION else secret(current_places(), "django-secret-key")
)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

# Keys with which organisations sign lie in the database, under this passphrase, which does not.
SIGNING_KEY_PASSPHRASE = environment.text("SIGNING_KEY_PASSPHRASE") or (
    "" if PRODUCTION else secret(current_places(), "signing-key-passphrase")
)
SIGNING_KEY_PASSPHRASE_FALLBACKS = environment.words("SIGNING_KEY_PASSPHRASE_FALLBACKS")
SEAL_PROVIDER = environment.text("SEAL_PROVIDER")

HTTPS_ONLY = environment.flag("HTTPS_ONLY", default=PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

SESSION_ENGINE = "organisations.queries.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = environment.number("SESSION_IDLE_MINUTES") * 60
SESSION_ABSOLUTE_SECONDS = environment.number("SESSION_ABSOLUTE_HOURS") * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = False  # htmx reads it to send X-CSRFToken
CSRF_COOKIE_SAMESITE = "Lax"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "organisations.queries.sign_in_backend.PeopleBackend",
]
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "organisations.operations.password_strength.SimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone")},
    },
    {"NAME": "organisations.operations.password_strength.LengthValidator"},
    {"NAME": "organisations.operations.password_strength.CommonValidator"},
    {"NAME": "organisations.operations.password_strength.NumericValidator"},
    {"NAME": "organisations.operations.password_strength.CompositionValidator"},
    {"NAME": "organisations.operations.password_strength.HabitValidator"},
]

# S-1: per account and per address, counted in the database.
# The numbers are what the security administrator set last; these until then.
LOGIN_FAILURE_LIMIT = environment.number("LOGIN_FAILURE_LIMIT")
LOGIN_LOCK_MINUTES = environment.number("LOGIN_LOCK_MINUTES")
AXES_FAILURE_LIMIT = "organisations.queries.lock_rules.failure_limit"
AXES_COOLOFF_TIME = "organisations.queries.lock_rules.lock_lasts"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCK_OUT_AT_FAILURE = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "organisations.views.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "core.audit.origin.client_ip"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["password"]

_MEGABYTE = 2**20
UPLOAD_MAX_BYTES = environment.number("UPLOAD_MAX_MEGABYTES") * _MEGABYTE
DATASET_FILES_KEEP_DAYS = environment.number("DATASET_FILES_KEEP_DAYS")
DATASET_MAX_BYTES = environment.number("DATASET_MAX_MEGABYTES") * _MEGABYTE
DATASET_UNPACKED_MAX_BYTES = environment.number("DATASET_UNPACKED_MAX_MEGABYTES") * _MEGABYTE
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * _MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * _MEGABYTE
FILE_UPLOAD_PERMISSIONS = 0o600

# An outside sign-in, where one is configured; accounts are bound by their owners.
OIDC_ISSUER = environment.text("OIDC_ISSUER")
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.text("OIDC_CLIENT_SECRET")
OIDC_LABEL = environment.text("OIDC_LABEL")

# The demonstration shows its accounts' codes on the sign-in page; refused in production.
DEMO_SHOWS_CODES = environment.flag("ZHAOCAI_DEMO_CODES")

METRICS_TOKEN = environment.text("METRICS_TOKEN")
