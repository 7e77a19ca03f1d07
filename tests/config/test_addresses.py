"""Database URLs as Django's dictionaries."""

import pytest

from config.addresses import database
from config.environment import BadEnvironmentError


def test_url_with_host_and_port() -> None:
    entry = database("postgresql://me:p%40ss@db.example:6432/zc", options="-c lock_timeout=1")
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "zc",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"options": "-c lock_timeout=1"},
    }


def test_url_with_socket_and_ssl() -> None:
    entry = database("postgresql://me@/zc?host=/run/pg&sslmode=require")
    assert (entry["HOST"], entry["PORT"], entry["OPTIONS"]) == (
        "/run/pg",
        "",
        {"sslmode": "require"},
    )


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://a@b/", "nonsense"])
def test_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(BadEnvironmentError, match="postgresql://"):
        database(url)
