"""The sample province with a file, committed in a database of its own, and one good backup of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from core.attachments.models import Attachment
from core.attachments.store import attach, path_of
from core.audit.record import SystemActor
from core.audit.sealing import seal_trail
from core.backup.make import make_backup
from tests.databases.sample import SampleOf
from tests.factories import organisations as make


@dataclass(frozen=True)
class Made:
    """A good backup and the name of the database that it was made of."""

    folder: Path
    database: str


@pytest.fixture(scope="module")
def made(
    sample_of: SampleOf,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Made]:
    with django_db_blocker.unblock(), sample_of() as name:
        make.person(make.organisation(), "clerk")
        upload = SimpleUploadedFile(
            "证据.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
        )
        attach(
            owner_type="warning", owner_id=1, uploads=[upload],
            by=SystemActor("测试"), at=timezone.now(),
        )  # fmt: skip
        seal_trail(at=timezone.now())
        target = tmp_path_factory.mktemp("backups")
        yield Made(make_backup(target, at=timezone.now(), say=lambda _: None), name)


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Path:
    """A copy of the good backup that a test may spoil."""
    target = tmp_path / made.folder.name
    shutil.copytree(made.folder, target)
    return target


@pytest.fixture
def files_home(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def stored_file(made: Made) -> Path:
    """The one file that a row of the database names; other tests' files lie beside it."""
    return path_of(Attachment.objects.get(owner_type="warning", owner_id=1).file)
