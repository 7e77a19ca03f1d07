"""Configuration of the policy app: shipped values are brought up to date after every migrate."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def bring_up_to_date(sender: AppConfig, using: str, **_: Any) -> None:
    """Load shipped policies and calendar years that this database does not have yet."""
    # Deferred: models can only be imported once every app is loaded.
    from policy.operations.bring_up_to_date import bring_up_to_date as run

    run(using=using)


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = "政策参数"

    def ready(self) -> None:
        post_migrate.connect(bring_up_to_date, sender=self)
