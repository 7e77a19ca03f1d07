"""Database addresses: URLs to Django's dictionaries."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment import BadEnvironmentError, text
from core.embedded import addresses as embedded


def application_url() -> str:
    return text("DATABASE_URL") or embedded.database_url(embedded.APPLICATION)


def owner_url() -> str:
    if text("DATABASE_URL"):
        return text("MIGRATION_DATABASE_URL") or text("DATABASE_URL")
    return embedded.database_url(embedded.OWNER)


def redis_url() -> str:
    return text("REDIS_URL") or embedded.redis_url()


def database(url: str, *, options: str = "", **extra: Any) -> dict[str, Any]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?host=…`.

    `options` are server settings given at connect (`-c name=value …`).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise BadEnvironmentError(
            "数据库地址应为 postgresql://用户:口令@主机:端口/库名，"
            f"现在以 {parts.scheme or '（空）'}:// 开头或缺少库名。"
        )
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", None) or parts.port or ""),
        "OPTIONS": {**query, **({"options": options} if options else {})},
        **extra,
    }
