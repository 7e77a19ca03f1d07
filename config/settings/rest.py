"""REST API defaults and its OpenAPI description."""

from ipaddress import ip_network

from config import environment

REST_FRAMEWORK = {
    # The token first: without credentials the answer is then 401 with its scheme.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organisations.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsing.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.openapi.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "STRICT_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "招采接口",
    "DESCRIPTION": (
        "药品和医用耗材带量采购全流程接口。以登录会话或机构接口令牌（`Authorization: Token …`）调用；"
        "看得到的内容与页面相同。列表按游标翻页；写入可带 `Idempotency-Key`；错误为 "
        "`application/problem+json`。对接说明见随平台提供的 docs/api。"
    ),
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # Enumerations stay where they are used: fields of many objects share names like `state`.
    "POSTPROCESSING_HOOKS": ["config.openapi.hooks.complete"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Our token model stands on knox's abstract one; knox' own table is never made.
KNOX_TOKEN_MODEL = "organisations.ApiToken"  # noqa: S105 - a model, not a secret
REST_KNOX = {"TOKEN_TTL": None}

# Requests per minute, counted in Redis; a token may have a limit of its own.
API_COUNT_PREFIX = f"{environment.text('QUEUE_PREFIX')}rate:"
API_TOKEN_PER_MINUTE = environment.number("API_TOKEN_PER_MINUTE")
API_PERSON_PER_MINUTE = environment.number("API_PERSON_PER_MINUTE")
API_ADDRESS_PER_MINUTE = environment.number("API_ADDRESS_PER_MINUTE")

WEBHOOK_ALLOWED_NETWORKS = [
    ip_network(text) for text in environment.words("WEBHOOK_ALLOWED_NETWORKS")
]
WEBHOOK_ALLOWED_PORTS = [int(text) for text in environment.words("WEBHOOK_ALLOWED_PORTS")]
WEBHOOK_CA_FILE = environment.text("WEBHOOK_CA_FILE")
WEBHOOK_TIMEOUT_SECONDS = environment.number("WEBHOOK_TIMEOUT_SECONDS")
WEBHOOK_PAUSE_AFTER_DAYS = environment.number("WEBHOOK_PAUSE_AFTER_DAYS")

# The choice of a filter that filters nothing.
FILTERS_EMPTY_CHOICE_LABEL = "全部"
