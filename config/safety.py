"""Production starts only with safe settings; what is unsafe is named."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe_production(values: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured with every unsafe variable and what to set it to."""
    problems = unsafe_settings(values)
    if problems:
        raise ImproperlyConfigured(
            "ZHAOCAI_ENV=production，以下设置不安全，拒绝启动：\n"
            + "\n".join(f"  - {problem}" for problem in problems)
        )


def unsafe_settings(values: Mapping[str, Any]) -> list[str]:
    """Names and reasons of the settings with which production must not start."""
    own = values["DATABASES"]["default"]
    hosts = values["ALLOWED_HOSTS"]
    rules = (
        (values["DEBUG"], "DEBUG 必须为 0"),
        (len(values["SECRET_KEY"]) < 50, "SECRET_KEY 必须设置，且不少于 50 个字符"),
        (
            len(values["SIGNING_KEY_PASSPHRASE"]) < 32,
            "SIGNING_KEY_PASSPHRASE 必须设置，且不少于 32 个字符",
        ),
        (
            values["SIGNING_KEY_PASSPHRASE"] == values["SECRET_KEY"],
            "SIGNING_KEY_PASSPHRASE 不能与 SECRET_KEY 相同",
        ),
        (not hosts or "*" in hosts, "ALLOWED_HOSTS 必须列出主机名，不能为 *"),
        (
            hosts == ["127.0.0.1", "localhost", "[::1]"],
            "ALLOWED_HOSTS 仍是默认值，必须设为对外的主机名",
        ),
        (not values["STATIC_ROOT"], "STATIC_ROOT 必须设置，并先执行 collectstatic"),
        (not values["HTTPS_ONLY"], "HTTPS_ONLY 必须为 1（Cookie 与 HSTS）"),
        (
            own["USER"].endswith("_super") or own["USER"] == "postgres",
            "DATABASE_URL 不能用超级用户",
        ),
        (values["EMBEDDED_DATABASE"], "DATABASE_URL 必须设置：内置 PostgreSQL 只用于演示与测试"),
        (values["DEMO_SHOWS_CODES"], "ZHAOCAI_DEMO_CODES 只用于演示，必须为 0"),
        (values["EMBEDDED_BROKER"], "REDIS_URL 必须设置：内置 Redis 只用于演示与测试"),
    )
    return [reason for unsafe, reason in rules if unsafe]
