"""For a load balancer: is the process alive, and can it serve."""

from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.celery import app

_WORKER_ANSWER_SECONDS = 1.0


@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; looks at nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is there, else 503 with the parts that are not, in Chinese.

    A missing worker costs the second for which its answer is awaited.
    """
    parts = {name: _outcome(check) for name, check in CHECKS.items()}
    ready = all(outcome == "ok" for outcome in parts.values())
    return JsonResponse(
        {"ready": ready, "parts": parts},
        status=200 if ready else 503,
        json_dumps_params={"ensure_ascii": False},
    )


def _outcome(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        return f"不可用（{type(error).__name__}）"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"有 {len(waiting)} 个迁移尚未执行" if waiting else "ok"


def _broker() -> str:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=2)
    return "ok"


def _worker() -> str:
    answers = app.control.ping(timeout=_WORKER_ANSWER_SECONDS, limit=1)
    return "ok" if answers else "没有后台任务进程应答"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "worker": _worker,
}
