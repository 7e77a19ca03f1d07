"""A province's importer hands in a wrong file, mends it by the marked copy, and has it written."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.jobs.run import run
from interchange.models import DatasetImport
from organisations.models import Organisation
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser

HEADER = "code,name,region_code,pool_code,level,ownership,kind\n"


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_DIR", str(tmp_path / "files"))


def work() -> None:
    """What a worker does with the job that waits."""
    job = DatasetImport.objects.latest("id").job
    assert job is not None
    run(job.pk)


def row_of(hospital: Organisation, name: str, level: str) -> str:
    assert hospital.region is not None
    assert hospital.pool is not None
    return (
        f"{hospital.code},{name},{hospital.region.code},{hospital.pool.code},{level},"
        f"{hospital.ownership},{hospital.institution_kind}\n"
    )


def test_wrong_then_right(sign_in: Open, tmp_path: Path) -> None:
    hospital = Organisation.objects.filter(kind="institution", pool__isnull=False).order_by("pk")[0]
    table = tmp_path / "institutions.csv"
    page: Any = sign_in("province")
    page.goto("/imports/")
    look(page, "import-list")

    table.write_text(HEADER + row_of(hospital, "更名后的医院", "三级"), encoding="utf-8-sig")
    page.set_input_files("#id_files", str(table))
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_selector("text=等待检查")
    work()
    page.wait_for_selector("text=文件未导入：没有写入任何数据")
    look(page, "import-errors")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载标注了错误的原表").click()
    with zipfile.ZipFile(downloading.value.path()) as marked:
        assert "不在可选值内" in marked.read("institutions.csv").decode("utf-8-sig")

    table.write_text(
        HEADER + row_of(hospital, "更名后的医院", str(hospital.level)), encoding="utf-8-sig"
    )
    page.goto("/imports/")
    page.set_input_files("#id_files", str(table))
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_selector("text=等待检查")
    work()
    # The page finds out by itself, and what it shows is not written yet.
    page.wait_for_selector("text=将更新 1")
    page.wait_for_selector("text=更名后的医院")
    look(page, "import-preview")
    assert not Organisation.objects.filter(name="更名后的医院").exists()
    page.get_by_role("button", name="确认写入").first.click()
    page.locator("dialog[open]").get_by_role("button", name="确认写入").click()
    page.wait_for_selector("text=等待写入")
    work()
    page.wait_for_selector("text=写入的变化")
    look(page, "import-done")
    assert Organisation.objects.get(code=hospital.code).name == "更名后的医院"
