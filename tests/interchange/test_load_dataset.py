"""Loading: whole or nothing, counts, what a second load and an update do."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.models import Batch, ListedPrice, Product
from complaints.models import Complaint
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from interchange.files import FILES
from interchange.operations.load_dataset import load
from interchange.runner.report import LoadFailed, LoadReport
from organisations.models import Organisation, Region
from procurement.models import (
    Delivery,
    LineDelta,
    LineProgress,
    Order,
    OrderLine,
    Payment,
    Receipt,
    Return,
)
from tests.interchange.small_province import (
    CARRIER,
    H1,
    H3,
    MAKER,
    X1,
    spoiled,
    with_row,
    write_folder,
)
from tests.interchange.small_province import FILES as TEXTS

pytestmark = pytest.mark.django_db

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 1, 8, tzinfo=SHANGHAI)
LOADER = SystemActor(audit_name="测试")


def load_folder(folder: Path, *, at: datetime = NOW, dry_run: bool = False) -> LoadReport:
    return load(folder, by=LOADER, at=at, dry_run=dry_run)


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    folder = write_folder(tmp_path / "province")
    report = load_folder(folder)
    assert report.problems == ()
    return folder


def rows_of(text: str) -> int:
    """Records of a small file: its lines, less the header and the one line break in a cell."""
    return text.count("\n") - 1 - text.count("，\n")


def test_first_load_creates_every_row(tmp_path: Path) -> None:
    report = load_folder(write_folder(tmp_path / "p"))
    assert report.problems == ()
    assert [(f.name, f.created, f.updated, f.unchanged) for f in report.files] == [
        (file.name, rows_of(TEXTS[file.name]), 0, 0) for file in FILES
    ]


def test_second_load_changes_nothing_and_says_so(loaded: Path) -> None:
    rows = sum(rows_of(text) for text in TEXTS.values())
    assert load_folder(loaded).totals == f"0 created, 0 updated, {rows} unchanged"


def test_lines_under_way_have_their_progress_and_follow_the_files(
    loaded: Path, tmp_path: Path
) -> None:
    (row,) = LineProgress.objects.all()
    assert (str(row), row.state, row.shipped_packs) == ("D3-1", "shipped", 20)
    arrived = "D3,1,1,20,2025-04-02T09:00:00,2025-04-02T15:00:00,,,,"
    text = TEXTS["deliveries"].replace("D3,1,1,20,,,,,,", arrived)
    assert load_folder(write_folder(tmp_path / "q", {"deliveries": text})).updated == 1
    row.refresh_from_db()
    assert (row.state, row.delivered_packs, row.row_version) == ("delivered", 20, 2)


def test_new_lines_get_their_progress_on_new_orders_and_on_those_that_were_there(
    loaded: Path, tmp_path: Path
) -> None:
    heads = {name: TEXTS[name].splitlines()[0] for name in ("orders", "order_lines")}
    rows = [
        f"D9,1,{X1},,5,1,confirmed,2025-05-01T09:00:00,,",
        f"D9,2,{X1},,6,1,rejected,2025-05-01T09:00:00,out_of_stock,",
        f"D9,3,{X1},,7,1,,,,",
        f"D3,9,{X1},,8,1,,,,",
    ]
    more = {
        "orders": f"{heads['orders']}\nD9,{H1},{CARRIER},2025-05-01T08:00:00,0,N9,\n",
        "order_lines": "\n".join([heads["order_lines"], *rows, ""]),
    }
    report = load_folder(write_folder(tmp_path / "more", dict.fromkeys(TEXTS, "") | more))
    assert (report.problems, report.totals) == ((), "5 created, 0 updated, 0 unchanged")
    assert {
        (str(row), row.state, row.packs, row.shipped_packs, row.due_at == row_due(row))
        for row in LineProgress.objects.select_related("order")
    } == {
        ("D3-1", "shipped", 20, 20, True), ("D3-9", "sent", 8, 0, True),
        ("D9-1", "confirmed", 5, 0, True), ("D9-3", "sent", 7, 0, True),
    }  # fmt: skip


def row_due(row: LineProgress) -> datetime:
    line = OrderLine.objects.get(pk=row.line_id)
    return line.response_due_at if row.state == "sent" else line.delivery_due_at


def test_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    report = load_folder(write_folder(tmp_path / "p"), dry_run=True)
    assert report.created == sum(rows_of(text) for text in TEXTS.values())
    assert not Region.objects.exists()
    assert not AuditEvent.objects.filter(action="dataset.load").exists()


def test_one_bad_row_means_nothing_is_written(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "p", spoiled("retention_inputs", 2, "fund_share", "1.1"))
    report = load_folder(folder)
    assert [str(problem) for problem in report.problems] == [
        "retention_inputs.csv:2: fund_share: 1.1: 应在 0 与 1 之间"
    ]
    assert not Region.objects.exists()


def test_files_may_be_absent_and_references_lead_into_the_database(
    loaded: Path, tmp_path: Path
) -> None:
    text = TEXTS["orders"].splitlines()[0] + f"\nD9,{H1},{CARRIER},2025-05-01T08:00:00,0,N9,\n"
    folder = write_folder(tmp_path / "more", dict.fromkeys(TEXTS, "") | {"orders": text})
    assert load_folder(folder).totals == "1 created, 0 updated, 0 unchanged"


def test_audit_keeps_counts_and_digests(loaded: Path) -> None:
    event = AuditEvent.objects.get(action="dataset.load")
    assert event.actor_name == "测试"
    assert event.detail["files"]["regions"]["created"] == 4
    assert len(event.detail["files"]["regions"]["sha256"]) == 64


def test_line_copies_its_parties_and_deadlines(loaded: Path) -> None:
    line = OrderLine.objects.get(order__order_no="D1", line_no=1)
    assert line.institution.code == H1
    assert line.manufacturer and line.manufacturer.code == MAKER
    assert line.distributor and line.distributor.code == CARRIER
    assert [line.county and line.county.code, line.city and line.city.code] == ["360102", "360100"]
    assert line.province.code == "360000"
    assert line.group and line.group.code == "G1"
    # B1 says 24 hours to answer; 72 to deliver is its policy's.
    assert line.response_due_at == datetime(2025, 3, 2, 8, tzinfo=SHANGHAI)
    assert line.delivery_due_at == datetime(2025, 3, 4, 8, tzinfo=SHANGHAI)


def test_urgent_line_without_batch_has_the_provinces_deadlines(loaded: Path) -> None:
    line = OrderLine.objects.get(order__order_no="D2")
    assert line.response_due_at == datetime(2025, 3, 4, 8, tzinfo=SHANGHAI)
    assert line.delivery_due_at == datetime(2025, 3, 3, 8, tzinfo=SHANGHAI)


def test_institution_of_a_city_has_no_county(loaded: Path) -> None:
    complaint = Complaint.objects.get(complaint_no="T2")
    assert complaint.county is None
    assert complaint.city and complaint.city.code == "360200"


def test_delivery_is_recorded_when_it_was_shipped_else_when_ordered(loaded: Path) -> None:
    first = Delivery.objects.get(delivery_no="1", line_id=line_id("D1", 1))
    under_way = Delivery.objects.get(line_id=line_id("D3", 1))
    assert first.recorded_at == datetime(2025, 3, 2, 9, tzinfo=SHANGHAI)
    assert under_way.recorded_at == datetime(2025, 4, 1, 8, tzinfo=SHANGHAI)


def test_names_are_spelled(loaded: Path) -> None:
    region = Region.objects.get(code="360100")
    assert (region.pinyin, region.initials) == ("nanchangshi", "ncs")
    assert Organisation.objects.get(code=MAKER).initials == "jyy"


def test_a_load_is_noted_for_the_live_figures(loaded: Path) -> None:
    noted = set(LineDelta.objects.values_list("kind", "line_id"))
    assert ("rebuild", None) in noted
    assert ("line", line_id("D1", 1)) in noted


def test_update_writes_what_differs_and_only_that(loaded: Path) -> None:
    before = OrderLine.objects.get(order__order_no="D1", line_no=2)
    write_folder(loaded, spoiled("order_lines", 3, "unit_price", "9.5"))
    assert load_folder(loaded).updated == 1
    after = OrderLine.objects.get(pk=before.pk)
    assert after.unit_price == Decimal("9.5")
    assert after.response_due_at == before.response_due_at


def test_price_of_a_line_reaches_its_deliveries_receipts_and_returns(loaded: Path) -> None:
    write_folder(loaded, spoiled("order_lines", 2, "unit_price", "0.75"))
    load_folder(loaded)
    line = line_id("D1", 1)
    for model in (Delivery, Receipt, Return):
        prices = set(model.objects.filter(line_id=line).values_list("unit_price", flat=True))
        assert prices == {Decimal("0.75")}


def test_order_sent_at_moves_its_lines_and_what_hangs_on_them(loaded: Path) -> None:
    write_folder(loaded, spoiled("orders", 2, "sent_at", "2025-02-28T08:00:00"))
    report = load_folder(loaded)
    assert report.problems == ()
    assert report.updated == 1
    moved = datetime(2025, 2, 28, 8, tzinfo=SHANGHAI)
    line = OrderLine.objects.get(order__order_no="D1", line_no=1)
    assert line.ordered_at == moved
    assert line.response_due_at == moved + timedelta(hours=24)
    for model in (Delivery, Receipt, Return, Payment):
        assert set(model.objects.filter(line_id=line.pk).values_list("ordered_at", flat=True)) == {
            moved
        }
    assert load_folder(loaded).updated == 0


def test_order_of_another_institution_is_stamped_anew(loaded: Path) -> None:
    write_folder(loaded, spoiled("orders", 2, "institution_code", H3))
    assert load_folder(loaded).problems == ()
    line = OrderLine.objects.get(order__order_no="D1", line_no=1)
    stamped = Receipt.objects.filter(line_id=line.pk).first()
    assert line.institution.code == H3
    assert stamped is not None
    assert (stamped.institution.code, stamped.city and stamped.city.code) == (H3, "360200")


def test_moved_institution_keeps_its_old_rows_where_they_were(loaded: Path) -> None:
    moved = spoiled("institutions", 2, "region_code", "360200")
    write_folder(loaded, moved)
    assert load_folder(loaded).updated == 1
    old = OrderLine.objects.get(order__order_no="D1", line_no=1)
    assert old.city and old.city.code == "360100"
    more = with_row("orders", f"D9,{H1},{CARRIER},2025-05-01T08:00:00,0,N9,")
    write_folder(loaded, moved | more)
    load_folder(loaded)
    new = Order.objects.get(order_no="D9")
    assert new.city and new.city.code == "360200"


def test_product_of_another_group_takes_its_lines_along(loaded: Path) -> None:
    changed = spoiled("products", 2, "group_code", "")
    write_folder(loaded, changed)
    assert load_folder(loaded).updated == 1
    assert OrderLine.objects.get(order__order_no="D1", line_no=1).group is None
    assert set(Receipt.objects.values_list("group_id", flat=True)) == {None}


def test_two_orders_may_exchange_their_own_numbers(loaded: Path) -> None:
    text = TEXTS["orders"].replace("N1", "N0").replace("N2", "N1").replace("N0", "N2")
    write_folder(loaded, {"orders": text})
    assert load_folder(loaded).updated == 2
    assert Order.objects.get(order_no="D1").client_no == "N2"


def test_listed_price_keeps_its_history(loaded: Path) -> None:
    write_folder(loaded, spoiled("products", 2, "listed_price", "0.9"))
    load_folder(loaded, at=NOW + timedelta(days=1))
    product = Product.objects.get(code=X1)
    assert list(
        ListedPrice.objects.filter(product=product)
        .order_by("valid_from")
        .values_list("price", "valid_from", "valid_to")
    ) == [
        (Decimal("0.85"), date(2000, 1, 1), date(2026, 5, 2)),
        (Decimal("0.9"), date(2026, 5, 2), None),
    ]


def test_batch_remembers_when_it_was_imported(loaded: Path) -> None:
    load_folder(loaded, at=NOW + timedelta(days=1))
    assert Batch.objects.get(code="B1").imported_at == NOW


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(LoadFailed, match="没有这个文件夹"):
        load_folder(tmp_path / "missing")


def test_delivered_within_the_batchs_tolerance(tmp_path: Path) -> None:
    over = spoiled("deliveries", 3, "packs", "4.5") | spoiled(
        "receipts", 3, "accepted_packs", "4.5"
    )
    refused = load_folder(write_folder(tmp_path / "p", over))
    assert [(p.file, p.line, p.column) for p in refused.problems] == [("deliveries", 3, "packs")]
    tolerant = with_row("batch_parameters", "B1,over_delivery_tolerance,0.05,")
    assert load_folder(write_folder(tmp_path / "p", over | tolerant)).problems == ()


def test_update_of_a_delivery_counts_once(loaded: Path, tmp_path: Path) -> None:
    header, first, *_ = TEXTS["deliveries"].splitlines()
    only = {"deliveries": f"{header}\n{first.replace(',6,', ',5,', 1)}\n"}
    folder = write_folder(tmp_path / "more", dict.fromkeys(TEXTS, "") | only)
    report = load_folder(folder)
    # 5 + 4 is within 10; but the receipts in the database took 6.
    assert [(p.file, p.line, p.column) for p in report.problems] == [("deliveries", 2, "packs")]
    assert "不等于配送的 5 包装" in report.problems[0].reason


def test_lowered_line_is_reported_where_its_deliveries_are_in_the_database(
    loaded: Path, tmp_path: Path
) -> None:
    text = spoiled("order_lines", 2, "packs", "9")
    folder = write_folder(tmp_path / "more", dict.fromkeys(TEXTS, "") | text)
    report = load_folder(folder)
    assert [(p.file, p.line, p.column) for p in report.problems] == [("order_lines", 2, "packs")]


def line_id(order_no: str, line_no: int) -> int:
    return OrderLine.objects.get(order__order_no=order_no, line_no=line_no).pk


def test_folder_without_any_file_is_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_dataset", str(tmp_path))
    said = capsys.readouterr().out
    assert "这个文件夹里没有数据集的 CSV 文件" in said
    assert said.endswith("0 created, 0 updated, 0 unchanged\n")
