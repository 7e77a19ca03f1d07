"""The two jobs of an import, and the nightly clearing of old files."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from core.jobs.models import Job
from interchange.operations.check_import import check_import, load_import
from interchange.operations.clean_files import clean_import_files
from interchange.operations.upload_dataset import CHECK, LOAD
from monitoring.tasks import Requester

LEASE_SECONDS = 120


def _page(job: Job) -> str:
    return reverse("import-detail", args=[job.key])


def _asker(context: JobContext) -> Requester:
    job = Job.objects.get(pk=context.job_id)
    return Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)


@job_kind(
    CHECK, label="检查导入的数据集", lease_seconds=LEASE_SECONDS, result_url=_page,
    result_label="查看导入",
)  # fmt: skip
def run_check(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Check what was handed in."""
    return check_import(
        import_no=arguments["import_no"], context=context, by=_asker(context), at=timezone.now()
    )


@job_kind(
    LOAD, label="写入导入的数据集", lease_seconds=LEASE_SECONDS, result_url=_page,
    result_label="查看导入",
)  # fmt: skip
def run_load(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write what was confirmed."""
    return load_import(
        import_no=arguments["import_no"], context=context, by=_asker(context), at=timezone.now()
    )


@shared_task(name="interchange.clean_import_files")
def clean_files() -> None:
    """Nightly: files of imports that ended long ago."""
    clean_import_files(at=timezone.now())
