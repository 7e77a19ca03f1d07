"""Kinds of jobs that only tests know; a worker of `tests.jobs.worker_app` knows them too.

The effect of each is one audit event, so that effects can be counted from outside.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import SystemActor, record
from core.jobs.context import JobContext
from core.jobs.kinds import JobRefused, job_kind

LEASE_SECONDS = 2
ATTEMPTS = 3
TESTER = SystemActor(audit_name="测试")
EFFECT = "test.effect"


def effects(job_id: int) -> int:
    """How often the job's effect was committed."""
    return AuditEvent.objects.filter(action=EFFECT, object_key=str(job_id)).count()


def write_effect(context: JobContext) -> None:
    record(by=TESTER, at=timezone.now(), action=EFFECT, object_key=context.job_id)


@job_kind("test_gate", label="测试：等门", max_attempts=ATTEMPTS, lease_seconds=LEASE_SECONDS)
def wait_at_gate(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the effect, then wait with the transaction open until the file `gate` is there."""
    context.log("开始")
    write_effect(context)
    context.progress(1, 2, "已写入，等待")
    while not Path(arguments["gate"]).exists():
        context.check_cancelled()
        time.sleep(0.05)
    context.progress(2, 2, "完成")
    context.log("结束")
    return {"effects": 1}


@job_kind("test_fail", label="测试：失败", max_attempts=ATTEMPTS, lease_seconds=LEASE_SECONDS)
def fail(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the effect, then fail until attempt number `good_from`."""
    write_effect(context)
    if context.attempt < arguments["good_from"]:
        raise ValueError("不成")
    return {}


@job_kind("test_refuse", label="测试：拒绝", max_attempts=ATTEMPTS, lease_seconds=LEASE_SECONDS)
def refuse(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    write_effect(context)
    raise JobRefused("第 3 行「采购数量」应大于 0")


@job_kind("test_slow_effect", label="测试：慢", max_attempts=ATTEMPTS, lease_seconds=LEASE_SECONDS)
def write_slowly(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the effect in the job's transaction, before and after some time."""
    time.sleep(0.04)
    write_effect(context)
    time.sleep(0.04)
    return {"effects": 1}


@job_kind(
    "test_split_effect", label="测试：分开", max_attempts=ATTEMPTS, lease_seconds=LEASE_SECONDS
)
def write_apart(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a job must not do: the effect is committed by a connection of its own."""
    time.sleep(0.02)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_write_and_close, context).result()
    time.sleep(0.06)
    return {}


def _write_and_close(context: JobContext) -> None:
    write_effect(context)
    connection.close()


@job_kind("test_under_fire", label="测试：故障之下", max_attempts=50, lease_seconds=LEASE_SECONDS)
def write_under_fire(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """The effect in the middle of some time; attempts enough for a day of faults."""
    time.sleep(0.15)
    write_effect(context)
    time.sleep(0.15)
    return {"effects": 1}
