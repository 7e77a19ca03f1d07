"""A province bureau's importer, uploads of the small province, and a worker that is called by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

import interchange.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.jobs.models import Job
from core.jobs.run import run
from interchange.models import DatasetImport
from interchange.operations.upload_dataset import upload_dataset
from organisations.models import Region, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import organisations as make
from tests.interchange.small_province import FILES

NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)
Texts = Mapping[str, str | bytes]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test's uploads in a folder of its own."""
    monkeypatch.setattr(settings, "FILES_DIR", str(tmp_path / "files"))
    return tmp_path / "files"


@pytest.fixture
def importer(db: None) -> User:
    """Of a province that has nothing yet but its own region, named as the small province does."""
    province, _ = Region.objects.get_or_create(
        code="360000", defaults={"name": "江西省", "level": "province"}
    )
    return make.person(make.organisation("bureau", region=province), "importer")


@pytest.fixture
def site(client: Client, importer: User) -> Client:
    client.force_login(importer)
    return client


def scope(user: User) -> Scope:
    return scope_of(user, timezone.localdate())


def zipped(files: Texts | None = None, folder: str = "") -> bytes:
    """The small province (or these files) as a zip."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (FILES if files is None else files).items():
            packed.writestr(f"{folder}{name}.csv", text)
    return kept.getvalue()


def upload(content: bytes, name: str = "数据.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def hand_in(by: User, *uploads: SimpleUploadedFile) -> DatasetImport:
    return upload_dataset(
        uploads=uploads or [upload(zipped())], by=by, scope=scope(by), at=timezone.now()
    )


def work(row: DatasetImport) -> DatasetImport:
    """Run the job that waits, as a worker does; the import as it stands then."""
    row.refresh_from_db()
    assert row.job_id is not None
    run(row.job_id)
    return DatasetImport.objects.select_related("job").get(pk=row.pk)


def job_of(row: DatasetImport) -> Job:
    assert row.job is not None
    return row.job
