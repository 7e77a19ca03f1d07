"""M-4: what was backed up comes back, equal in every table, and the record of it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.backup.owner import owner_connection
from core.backup.problems import BackupError
from core.backup.restore import restore_backup, throwaway_database
from tests.core.backup.conftest import Made


def _quiet(_: str) -> None:
    return None


def test_a_drill_brings_everything_back_and_writes_its_record(made: Made, tmp_path: Path) -> None:
    call_command("restore_backup", str(made.folder), "--drill", "--record", str(tmp_path))
    (record,) = tmp_path.glob("恢复测试记录-*.md")
    text = record.read_text()
    assert "结论：通过" in text
    assert "附件 1 个" in text


def test_restored_database_serves_the_application_role(made: Made, files_home: Path) -> None:
    with throwaway_database() as name:
        outcome = restore_backup(
            made.folder, database=name, files_home=files_home, now=timezone.now(), say=_quiet
        )
        assert outcome.differences == []
        assert outcome.manifest.rows > 20_000
        with owner_connection(name) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege('zhaocai_app', 'core_auditevent', 'INSERT'),"
                " has_table_privilege('zhaocai_app', 'core_auditevent', 'DELETE'),"
                " has_table_privilege('zhaocai_app', 'organisations_user', 'SELECT')"
            )
            assert cursor.fetchone() == (True, False, True)


def test_a_row_changed_after_the_restore_would_be_named(
    made: Made, files_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison can fail: one changed name, one trigger less, one sequence behind."""
    from core.backup import restore

    compare = restore._compare

    def spoil(manifest: object, database: str, home: Path) -> list[str]:
        with owner_connection(database) as connection, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE organisations_region SET name = name || '改' WHERE id ="
                " (SELECT min(id) FROM organisations_region)"
            )
            cursor.execute("SELECT pg_get_serial_sequence('organisations_region', 'id')")
            cursor.execute("SELECT setval(%s, 1, false)", [cursor.fetchone()[0]])
            cursor.execute(
                "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
                " AND tgparentid = 0 LIMIT 1"
            )
            name, table = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
            connection.commit()
        return compare(manifest, database, home)

    monkeypatch.setattr(restore, "_compare", spoil)
    with throwaway_database() as name:
        outcome = restore_backup(
            made.folder, database=name, files_home=files_home, now=timezone.now(), say=_quiet
        )
    told = "\n".join(outcome.differences)
    assert "表 public.organisations_region" in told
    assert "triggers" in told
    assert "序列落后：organisations_region.id" in told


def test_nothing_is_restored_over_a_database_in_use(made: Made, files_home: Path) -> None:
    with pytest.raises(BackupError, match="不是空的"):
        restore_backup(
            made.folder,
            database=made.database,
            files_home=files_home,
            now=timezone.now(),
            say=_quiet,
        )


def test_another_secret_key_is_named(made: Made, tmp_path: Path, settings: Any) -> None:
    settings.SECRET_KEY = "another-key-" * 6
    with pytest.raises(CommandError, match="SECRET_KEY 不是备份时的"):
        call_command("restore_backup", str(made.folder), "--drill", "--record", str(tmp_path))
