"""An import from upload to written rows: what is shown first is what is written, or nothing is."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import NotYours, TransitionRefused
from inbox.models import Task
from interchange.models import DatasetImport
from interchange.operations.import_files import folder_of, marked_of
from interchange.operations.upload_dataset import cancel_import, confirm_import
from interchange.queries.import_page import act_verdict, file_parts, problem_page
from interchange.runner.preview import FIRST_ROWS
from organisations.models import Organisation, User
from procurement.models import Order
from tests.factories import organisations as make
from tests.interchange.small_province import FILES, H1, spoiled, with_row
from tests.interchange.upload.conftest import hand_in, job_of, scope, upload, work, zipped

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(row: DatasetImport, by: User) -> DatasetImport:
    return work(confirm_import(row=row, by=by, scope=scope(by), at=timezone.now()))


def test_nothing_is_written_before_it_is_confirmed(importer: User) -> None:
    row = work(hand_in(importer))
    assert (row.state, row.totals["updated"]) == ("checked", 0)
    assert row.totals["created"] == row.totals["created"] > 40
    assert not Order.objects.exists()
    assert Task.objects.filter(object_key=row.import_no, done_at=None).count() == 1
    done = confirm(row, importer)
    assert (done.state, done.totals) == ("done", row.totals)
    assert Order.objects.count() == len(FILES["orders"].splitlines()) - 1
    assert not Task.objects.filter(object_key=row.import_no, done_at=None).exists()
    event = AuditEvent.objects.filter(action="dataset.load").latest("id")
    assert event.object_key == row.import_no
    assert {name: kept["sha256"] for name, kept in event.detail["files"].items()} == {
        kept["name"]: kept["sha256"] for kept in row.files
    }


def test_same_files_again_are_all_unchanged(importer: User) -> None:
    first = confirm(work(hand_in(importer)), importer)
    again = work(hand_in(importer, upload(zipped(folder="江西/数据/"), "again.zip")))
    assert again.totals == {
        "created": 0, "updated": 0, "unchanged": sum(first.totals.values()),
    }  # fmt: skip


def test_preview_names_first_rows_and_what_changes(importer: User) -> None:
    confirm(work(hand_in(importer)), importer)
    changed = FILES["institutions"].replace("甲医院", "甲一医院")
    row = work(hand_in(importer, upload(changed.encode("utf-8-sig"), "institutions.csv")))
    (part,) = file_parts(row)
    assert part.counts == {"created": 0, "updated": 1, "unchanged": 2}
    assert part.changed == [(2, H1, [("名称", "甲医院", "甲一医院")])]
    confirm(row, importer)
    assert Organisation.objects.get(code=H1).name == "甲一医院"


def test_many_new_rows_are_counted_and_the_first_shown(importer: User) -> None:
    many = "code,name,level,parent_code\n360000,江西省,province,\n" + "".join(
        f"3601{n:02d},区{n},{'city' if n == 0 else 'county'},{360000 if n == 0 else 360100}\n"
        for n in range(40)
    )
    (part,) = file_parts(work(hand_in(importer, upload(many.encode(), "regions.csv"))))
    assert (part.counts["created"], len(part.new)) == (40, FIRST_ROWS)


def test_mistakes_are_listed_and_marked_and_nothing_is_written(importer: User) -> None:
    files = dict(spoiled("orders", 2, "urgent", "是"))
    row = work(hand_in(importer, upload(zipped(FILES | files))))
    assert (row.state, row.problem_count) == ("refused", 1)
    (item,) = problem_page(row, 1).items
    assert (item["file"], item["line"], item["column"], item["value"]) == (
        "orders.csv", 2, "urgent", "是",
    )  # fmt: skip
    assert item["remedy"] and not Order.objects.exists()
    with zipfile.ZipFile(marked_of(row.import_no)) as marked:
        assert sorted(marked.namelist()) == ["orders.csv", "错误清单.txt"]
        lines = list(csv.reader(io.StringIO(marked.read("orders.csv").decode("utf-8-sig"))))
    assert lines[0][-1] == "错误说明"
    assert lines[1][-1].startswith("urgent：应为 0（否）或 1（是）")
    assert [cells[-1] for cells in lines[2:]] == [""] * (len(lines) - 2)


def test_mistakes_are_paged(importer: User) -> None:
    bad = "code,name,region_code\n" + "".join(f"P{n},统筹区{n},999999\n" for n in range(120))
    row = work(hand_in(importer, upload(bad.encode(), "pools.csv")))
    pages = [problem_page(row, number) for number in (0, 1, 2, 3, 99)]
    assert [(page.number, len(page.items)) for page in pages] == [
        (1, 50), (1, 50), (2, 50), (3, 20), (3, 20),
    ]  # fmt: skip


def test_data_that_moved_since_the_preview_is_shown_anew(importer: User) -> None:
    confirm(work(hand_in(importer)), importer)
    changed = FILES["institutions"].replace("甲医院", "甲一医院")
    row = work(hand_in(importer, upload(changed.encode(), "institutions.csv")))
    # The counts stay the same, what is overwritten does not.
    Organisation.objects.filter(code=H1).update(name="甲二医院")
    again = confirm(row, importer)
    assert again.state == "checked"
    assert "预览之后数据有变化" in again.note
    assert file_parts(again)[0].changed == [(2, H1, [("名称", "甲二医院", "甲一医院")])]
    assert Organisation.objects.get(code=H1).name == "甲二医院"
    assert confirm(again, importer).state == "done"
    assert Organisation.objects.get(code=H1).name == "甲一医院"


def test_bytes_that_changed_on_disk_are_not_loaded(importer: User) -> None:
    row = work(hand_in(importer))
    path = folder_of(row.import_no) / "groups.csv"
    path.write_text(path.read_text().replace("导丝", "钢丝"))
    failed = confirm(row, importer)
    assert (failed.state, Order.objects.count()) == ("failed", 0)
    assert "与存放的文件不一致" in failed.note


def test_rows_of_another_province_are_mistakes(importer: User) -> None:
    files = dict(with_row("regions", "370000,山东省,province,"))
    row = work(hand_in(importer, upload(zipped(FILES | files))))
    (item,) = problem_page(row, 1).items
    assert (item["file"], item["value"], item["message"]) == (
        "regions.csv", "370000", "属于其他省份，不能由本省导入",
    )  # fmt: skip


def test_another_provinces_orders_cannot_be_overwritten(importer: User) -> None:
    confirm(work(hand_in(importer)), importer)
    shandong = make.region(code="370000", name="山东省")
    other = make.person(make.organisation("bureau", region=shandong), "importer")
    names = [line.split(",")[0] for line in FILES["orders"].splitlines()[1:]]
    row = work(hand_in(other, upload(FILES["orders"].encode(), "orders.csv")))
    page = problem_page(row, 1)
    assert row.state == "refused"
    assert page.total == len(names)
    assert {item["message"] for item in page.items} == {"属于其他省份，不能由本省导入"}


@pytest.mark.parametrize("stage", ["queued", "checked"])
def test_cancelled_before_it_is_written(importer: User, stage: str) -> None:
    row = hand_in(importer)
    if stage == "checked":
        row = work(row)
    cancel_import(row=row, by=importer, scope=scope(importer), at=timezone.now())
    row = work(row)
    assert row.state == "cancelled"
    assert not Order.objects.exists()
    with pytest.raises(TransitionRefused):
        confirm_import(row=row, by=importer, scope=scope(importer), at=timezone.now())


def test_cancelled_while_it_is_written(importer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = work(hand_in(importer))
    confirmed = confirm_import(row=row, by=importer, scope=scope(importer), at=timezone.now())

    def cancel_meanwhile(*_: object, **__: object) -> list[object]:
        import threading

        from django.db import connection

        def cancel() -> None:
            cancel_import(row=row, by=importer, scope=scope(importer), at=timezone.now())
            connection.close()

        thread = threading.Thread(target=cancel)
        thread.start()
        thread.join()
        return row.files

    monkeypatch.setattr("interchange.operations.check_import._digests", cancel_meanwhile)
    row = work(confirmed)
    assert (row.state, job_of(row).state) == ("cancelled", "cancelled")
    assert not Order.objects.exists()
    assert not AuditEvent.objects.filter(action="dataset.load").exists()


def test_confirmed_once_even_when_asked_twice(importer: User) -> None:
    row = work(hand_in(importer))
    confirm(row, importer)
    with pytest.raises(TransitionRefused):
        confirm_import(row=row, by=importer, scope=scope(importer), at=timezone.now())


def test_an_officer_without_the_right_reads_and_does_not_act(
    importer: User, client: Client
) -> None:
    clerk = make.person(importer.organisation, "clerk")
    row = work(hand_in(importer))
    with pytest.raises(NotYours):
        hand_in(clerk)
    client.force_login(clerk)
    assert client.get(f"/imports/{row.import_no}/").status_code == 200
    assert client.post("/imports/", {"files": upload(zipped())}).status_code == 403
    assert client.post(f"/imports/{row.import_no}/confirm/").status_code == 403
    assert not act_verdict(row, scope(clerk), "confirm")


def test_pages_lead_from_upload_to_result(site: Client, own_files: Path) -> None:
    answer = site.post("/imports/", {"files": upload(zipped())})
    row = DatasetImport.objects.get()
    assert answer["Location"] == f"/imports/{row.import_no}/"
    assert (
        f'hx-get="/imports/{row.import_no}/panel/"' in site.get(answer["Location"]).content.decode()
    )
    work(row)
    assert site.get(f"/imports/{row.import_no}/panel/")["HX-Refresh"] == "true"
    shown = site.get(f"/imports/{row.import_no}/").content.decode()
    assert "确认写入" in shown and "hx-get" not in shown
    assert site.get(f"/imports/{row.import_no}/marked/").status_code == 404
    done = site.post(f"/imports/{row.import_no}/confirm/", {"version": str(row.row_version + 1)})
    assert done.status_code == 302
    work(row)
    listed = site.get("/imports/").content.decode()
    assert "已导入" in listed and row.import_no in listed


def test_a_version_seen_before_is_refused(site: Client, importer: User) -> None:
    row = work(hand_in(importer))
    answer = site.post(f"/imports/{row.import_no}/confirm/", {"version": "1"})
    assert answer.status_code == 409
    assert DatasetImport.objects.get().state == "checked"


def test_marked_copy_can_be_fetched(site: Client, importer: User) -> None:
    row = work(hand_in(importer, upload(b"code,name,region_code\nP1,x,999999\n", "pools.csv")))
    assert (
        f"/imports/{row.import_no}/marked/"
        in site.get(f"/imports/{row.import_no}/").content.decode()
    )
    answer = site.get(f"/imports/{row.import_no}/marked/")
    body = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(body)) as marked:
        assert "999999" in marked.read("pools.csv").decode("utf-8-sig")
