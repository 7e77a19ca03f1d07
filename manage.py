#!/usr/bin/env python
"""Runs the platform's commands; starts the embedded services when a command needs them."""

import os
import sys

NEED_NO_SERVICE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemigrations",
    "services",
    "spectacular",
    "startapp",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    asks_for_help = {"-h", "--help", "--version"} & set(sys.argv[1:])
    if command == "runserver":
        os.environ.setdefault("ZHAOCAI_PROCESS", "web")
    if command not in NEED_NO_SERVICE and not asks_for_help:
        start_services()
    if command == "services":
        # Asks nothing of the apps: loading them takes longer than starting the servers.
        from core.management.commands.services import Command

        Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def start_services() -> None:
    from core.embedded import services
    from core.embedded.errors import EmbeddedServiceError

    try:
        started = services.ensure_started()
    except EmbeddedServiceError as error:
        sys.exit(str(error))
    # For commands that stop at their end what was started for them.
    os.environ["ZHAOCAI_STARTED"] = " ".join(
        name for name in ("postgres", "redis") if getattr(started, name)
    )


if __name__ == "__main__":
    main()
