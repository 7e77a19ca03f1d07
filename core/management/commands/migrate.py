"""`migrate` as the tables' owner, then the grants of the application role."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate as django_migrate
from django.db import DEFAULT_DB_ALIAS, connections

from core.database.grants import GrantError, apply_grants, prepare_schemas
from core.database.growing import GrowingExecutor
from core.database.owner import acting_as_owner
from core.database.version import OldServerError, require_version

# Django's command takes its executor by this name and has no other place to say it.
django_migrate.MigrationExecutor = GrowingExecutor  # type: ignore[attr-defined]

_LOOK_ONLY = ("plan", "check_unapplied")


class Command(django_migrate.Command):
    help = "以属主角色执行数据库迁移，并为应用角色授权。"

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        application = connections[DEFAULT_DB_ALIAS].settings_dict["USER"]
        if settings.PRODUCTION and connections["owner"].settings_dict["USER"] == application:
            raise CommandError(
                "生产环境的 migrate 须以属主角色执行：请设置 MIGRATION_DATABASE_URL，"
                "其角色不同于 DATABASE_URL 的应用角色。"
            )
        with acting_as_owner(alias):
            connection = connections[alias]
            try:
                require_version(connection)
                if any(options.get(name) for name in _LOOK_ONLY):
                    super().handle(*args, **options)
                    return
                prepare_schemas(connection, application=application)
                super().handle(*args, **options)
                apply_grants(connection, application=application)
            except (OldServerError, GrantError) as error:
                raise CommandError(str(error)) from error
