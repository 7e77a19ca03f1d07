"""Production refuses unsafe settings, each by name."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.safety import refuse_unsafe_production, unsafe_settings

SAFE: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "x" * 50,
    "SIGNING_KEY_PASSPHRASE": "y" * 32,
    "ALLOWED_HOSTS": ["zc.example.gov.cn"],
    "STATIC_ROOT": "/srv/static",
    "HTTPS_ONLY": True,
    "DATABASES": {"default": {"USER": "zhaocai_app"}},
    "EMBEDDED_DATABASE": False,
    "EMBEDDED_BROKER": False,
    "DEMO_SHOWS_CODES": False,
}


def test_safe_settings_start() -> None:
    assert unsafe_settings(SAFE) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"DEBUG": True}, "DEBUG"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SIGNING_KEY_PASSPHRASE": ""}, "SIGNING_KEY_PASSPHRASE"),
        ({"SIGNING_KEY_PASSPHRASE": "x" * 50}, "SIGNING_KEY_PASSPHRASE"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"]}, "ALLOWED_HOSTS"),
        ({"STATIC_ROOT": None}, "STATIC_ROOT"),
        ({"HTTPS_ONLY": False}, "HTTPS_ONLY"),
        ({"DATABASES": {"default": {"USER": "postgres"}}}, "DATABASE_URL"),
        ({"EMBEDDED_DATABASE": True}, "DATABASE_URL"),
        ({"EMBEDDED_BROKER": True}, "REDIS_URL"),
        ({"DEMO_SHOWS_CODES": True}, "ZHAOCAI_DEMO_CODES"),
    ],
)
def test_unsafe_setting_is_refused_by_name(change: dict[str, Any], name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"  - {name}"):
        refuse_unsafe_production({**SAFE, **change})
