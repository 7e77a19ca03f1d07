"""What a single cell may hold: one spoiled cell, one report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.audit.record import SystemActor
from interchange.operations.load_dataset import load
from tests.interchange.small_province import H1, X1, spoiled, write_folder

pytestmark = pytest.mark.django_db

NUMBER = "不是数：整数部分至多 14 位"
DAY = "不是日期：应写作 YYYY-MM-DD"
INSTANT = "不是时间：应写作 YYYY-MM-DDTHH:MM:SS"

WRONG: list[tuple[str, int, str, str, str]] = [
    ("regions", 2, "code", "36000", "6 位数字的行政区划代码"),
    ("regions", 2, "name", "", "必填，不能为空"),
    ("regions", 2, "name", "省" * 101, "过长：至多 100 个字符"),
    ("regions", 4, "level", "town", "不在可选值内：应为 province、city、county"),
    ("institutions", 4, "code", "H3602020000", "12 位定点编码"),
    ("institutions", 4, "code", "A36020200003", "12 位定点编码"),
    ("institutions", 4, "ownership", "PUBLIC", "不在可选值内"),
    ("consortium_members", 3, "valid_to", "2025-02-29", DAY),
    ("consortium_members", 3, "valid_to", "2025-2-1", DAY),
    ("consortium_members", 3, "valid_to", "2025-12-31 ", DAY),
    ("enterprises", 4, "uscc", "9133010677G902H16I", "18 位统一社会信用代码"),
    ("enterprises", 4, "is_manufacturer", "true", "应为 0（否）或 1（是）"),
    ("products", 5, "base_units_per_pack", "0", "应大于 0"),
    ("products", 5, "base_units_per_pack", "1.00000", NUMBER),
    ("products", 5, "base_units_per_pack", "123456789012345", NUMBER),
    ("products", 5, "base_units_per_pack", "1e3", NUMBER),
    ("products", 5, "base_units_per_pack", "+1", NUMBER),
    ("products", 5, "base_units_per_pack", "1.", NUMBER),
    ("products", 5, "base_units_per_pack", ".5", NUMBER),
    ("products", 5, "base_units_per_pack", "１", NUMBER),
    ("products", 5, "listed_price", "-0.0001", "不能为负"),
    ("products", 5, "tags", "shortage;", "应为以“;”分隔的标记"),
    ("products", 5, "tags", "rare", "应为以“;”分隔的标记"),
    ("batches", 2, "organizer", "county", "不在可选值内"),
    ("batch_years", 4, "year_no", "1.5", "不是整数"),
    ("batch_years", 4, "year_no", "32768", "应为 0 至 32767 之间的整数"),
    ("selections", 4, "price", "0.0000", "应大于 0"),
    ("volume_reports", 2, "reported_qty", "-1", "不能为负"),
    ("agreements", 2, "agreed_qty", "0", "应大于 0"),
    ("orders", 4, "sent_at", "2025-04-01", INSTANT),
    ("orders", 4, "sent_at", "2025-04-01T24:00", INSTANT),
    ("orders", 4, "sent_at", "2025-04-01T08:00:60", INSTANT),
    ("orders", 4, "sent_at", "2025-04-31T08:00:00", INSTANT),
    ("orders", 4, "sent_at", "2025-04-01T08:00:00.1234567", INSTANT),
    ("orders", 4, "sent_at", "2025-04-01T08:00:00+0800", INSTANT),
    ("orders", 4, "sent_at", "2025-04-01T08", INSTANT),
    ("orders", 4, "sent_at", "0206-04-01T08:00:00", INSTANT),
    ("orders", 4, "urgent", "", "必填，不能为空"),
    ("order_lines", 4, "line_no", "x", "不是整数"),
    ("order_lines", 4, "packs", "0", "应大于 0"),
    ("order_lines", 3, "reject_reason", "other ", "不在可选值内"),
    ("receipts", 4, "receipt_no", "0", "应为 1 至 2147483647 之间的整数"),
    ("complaints", 2, "category", "noise", "不在可选值内"),
    ("purchase_history", 2, "month", "2024-13", "不是月份：应写作 YYYY-MM"),
    ("purchase_history", 2, "packs", "0", "应大于 0"),
    ("payments", 2, "payer", "bank", "不在可选值内"),
    ("retention_inputs", 2, "insured_share", "1.0001", "应在 0 与 1 之间"),
]

RIGHT: list[tuple[str, int, str, str]] = [
    ("products", 5, "base_units_per_pack", "00012345678901.5000"),
    ("products", 5, "listed_price", "-0"),
    ("products", 5, "name", "  =HYPERLINK()  "),
    ("products", 5, "name", '"引号 "" 与\n换行"'),
    ("orders", 3, "sent_at", "2025-03-02T00:00Z"),
    ("orders", 3, "sent_at", "2025-03-01 23:58:59.999999-00:01"),
    ("receipts", 2, "receipt_no", ""),
    ("deliveries", 2, "expires_on", "9999-12-31"),
    ("retention_inputs", 2, "insured_share", "1.0000"),
    ("complaints", 2, "filed_by", ""),
]


def report_of(folder: Path) -> list[str]:
    by = SystemActor(audit_name="测试")
    report = load(folder, by=by, at=datetime(2026, 5, 1, tzinfo=UTC), dry_run=True)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(("name", "line", "column", "value", "reason"), WRONG)
def test_wrong_cell_is_reported_at_its_place(
    tmp_path: Path, name: str, line: int, column: str, value: str, reason: str
) -> None:
    found = report_of(write_folder(tmp_path, spoiled(name, line, column, value)))
    # A spoiled key leaves others without what they refer to; the cell itself is reported once.
    own = [text for text in found if text.startswith(f"{name}.csv:{line}: {column}: ")]
    assert len(own) == 1
    assert own[0].startswith(f"{name}.csv:{line}: {column}: {value}: ")
    assert reason in own[0]


@pytest.mark.parametrize(("name", "line", "column", "value"), RIGHT)
def test_right_cell_is_taken(tmp_path: Path, name: str, line: int, column: str, value: str) -> None:
    assert report_of(write_folder(tmp_path, spoiled(name, line, column, value))) == []


def test_every_wrong_cell_of_a_folder_is_reported(tmp_path: Path) -> None:
    changes: dict[str, str] = {}
    changes |= spoiled("regions", 2, "name", "")
    changes |= spoiled("products", 5, "tags", "rare")
    changes |= spoiled("orders", 4, "urgent", "2")
    changes |= spoiled("receipts", 2, "received_at", "soon")
    changes |= spoiled("payments", 3, "amount", "-1")
    assert [text.rsplit(": ", 1)[0] for text in report_of(write_folder(tmp_path, changes))] == [
        "regions.csv:2: name: ",
        "products.csv:5: tags: rare",
        "orders.csv:4: urgent: 2",
        "receipts.csv:2: received_at: soon",
        "payments.csv:3: amount: -1",
    ]


def test_no_more_than_a_thousand_rows_are_listed(tmp_path: Path) -> None:
    header = "institution_code,product_code,month,packs,amount\n"
    row = f"{H1},{X1},2024-05,0,0\n"
    found = report_of(write_folder(tmp_path, {"purchase_history": header + row * 1200}))
    assert len(found) == 1000
    assert found[0].startswith("purchase_history.csv:2: packs: 0: ")
