"""Files of imports go after their time; what the report refers to stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.audit.models import AuditEvent
from interchange.operations.clean_files import clean_import_files
from interchange.operations.import_files import folder_of, marked_of, root
from tests.factories.interchange import dataset_import

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR, settings.DATASET_FILES_KEEP_DAYS = tmp_path, 90


def kept(number: int, state: str, days: float) -> Any:
    """An import of this age with a file and a marked copy."""
    row = dataset_import(
        import_no=f"DR20260101-{number:04d}", state=state, state_at=NOW - timedelta(days=days)
    )
    folder_of(row.import_no).mkdir(parents=True)
    (folder_of(row.import_no) / "orders.csv").write_text("x")
    root().mkdir(exist_ok=True)
    marked_of(row.import_no).write_bytes(b"marked")
    return row


@pytest.mark.parametrize(("days", "gone"), [(89.99, False), (90, True), (400, True)])
def test_files_go_when_their_days_are_over(days: float, gone: bool) -> None:
    row = kept(1, "refused", days)
    assert clean_import_files(at=NOW) == int(gone)
    row.refresh_from_db()
    assert folder_of(row.import_no).exists() is not gone
    assert (row.files_removed_at == NOW) is gone
    assert marked_of(row.import_no).exists()


@pytest.mark.parametrize("state", ["checking", "checked", "loading"])
def test_what_is_open_keeps_its_files_however_old(state: str) -> None:
    row = kept(2, state, 1000)
    assert clean_import_files(at=NOW) == 0
    assert folder_of(row.import_no).exists()


def test_second_run_does_nothing_and_the_trail_has_one_event() -> None:
    row = kept(3, "done", 100)
    assert (clean_import_files(at=NOW), clean_import_files(at=NOW)) == (1, 0)
    events = AuditEvent.objects.filter(action="dataset_import.clean_files")
    assert [event.object_key for event in events] == [row.import_no]
