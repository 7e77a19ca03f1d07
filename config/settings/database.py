"""PostgreSQL: the application's role by default, the owner's for migrations."""

import os

from config import environment
from config.addresses import application_url, database, owner_url

PROCESS_IS_WEB = os.environ.get("ZHAOCAI_PROCESS") == "web"
"""Set by wsgi and runserver; everything else is a job or a command."""

if PROCESS_IS_WEB:
    _TIMEOUTS: dict[str, object] = {
        "lock_timeout": environment.number("WEB_LOCK_TIMEOUT_MS"),
        "statement_timeout": environment.number("WEB_STATEMENT_TIMEOUT_MS"),
        "idle_in_transaction_session_timeout": environment.number(
            "WEB_IDLE_TRANSACTION_TIMEOUT_MS"
        ),
    }
else:
    _TIMEOUTS = {"lock_timeout": environment.number("JOB_LOCK_TIMEOUT_MS")}

EMBEDDED_DATABASE = not environment.text("DATABASE_URL")

# Triggers ask for this setting row by row. Where it is missing they catch an exception, and each one
# makes PostgreSQL walk all deferred checks of the transaction: n rows then cost n².
_IGNORE_NONE: dict[str, object] = {"pgtrigger.ignore": "{}"}
# Small statements by many people at once: workers and compiled code cost more than they save.
_PLANNER: dict[str, object] = {"jit": "off", "max_parallel_workers_per_gather": 0}


def _options(settings: dict[str, object]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


DATABASES = {
    "default": database(
        application_url(),
        options=_options(_TIMEOUTS | _PLANNER | _IGNORE_NONE),
        CONN_MAX_AGE=environment.number("CONN_MAX_AGE"),
        CONN_HEALTH_CHECKS=True,
        ATOMIC_REQUESTS=False,
    ),
    "owner": database(
        owner_url(),
        options=_options(_PLANNER | _IGNORE_NONE),
        CONN_MAX_AGE=0,
        ATOMIC_REQUESTS=False,
    ),
}

# Connections speak UTC (Django's rule under USE_TZ); people see Asia/Shanghai.
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
LANGUAGES = [("zh-hans", "简体中文")]

# Triggers and history are written into migrations, never installed on the side.
PGTRIGGER_MIGRATIONS = True
PGTRIGGER_INSTALL_ON_MIGRATE = False
PGTRIGGER_SCHEMA_EDITOR = False
# The function that attaches the context is replaced by a migration of organisations (0009).
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False
