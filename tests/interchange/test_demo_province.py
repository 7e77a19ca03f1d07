"""The demo province loads, repeats itself, stays out of the future and tells its stories."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from interchange.demo import generate, story
from interchange.demo.codes import uscc_check
from tests.interchange.dataset_cells import uscc_is_valid
from tests.interchange.dataset_checker import problems

LAST_MONTH = date(2026, 11, 1)
TABLES_WITH_ROWS = {
    "regions": 112,
    "pools": 12,
    "institutions": 90,
    "batches": 7,
    "batch_years": 12,
    "groups": 45,
}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small province of the full fifteen months."""
    folder = tmp_path_factory.mktemp("province")
    generate(folder, last_month=LAST_MONTH, institutions=90)
    return folder


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few months of a few institutions, for tests that break a row."""
    folder = tmp_path_factory.mktemp("smallest")
    generate(folder, last_month=LAST_MONTH, institutions=30, months=5)
    return folder


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def test_every_load_check_passes(province: Path) -> None:
    assert problems(province) == []


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (("receipts", "accepted_packs", "999999"), "is not what was delivered"),
        (("deliveries", "packs", "999999"), "more than ordered"),
        (("deliveries", "delivered_at", "2001-01-01T00:00:00"), "times out of order"),
        (("enterprises", "uscc", "911101089972C3656X"), "uscc"),
        (("products", "code", "XA02BCA0080101"), "code"),
        (("batch_years", "starts_on", "2031-01-01"), "cycle"),
        (("order_lines", "responded_at", "2001-01-01T00:00:00"), "before sent_at"),
        (("selections", "region_code", "360102"), "county"),
        (("returns", "packs", "999999"), "more than accepted"),
        (("agreements", "price", "0"), "price"),
        (("payments", "amount", "1.00001"), "amount"),
        (("complaints", "category", "late"), "category"),
    ],
)
def test_the_checker_finds_a_broken_row(
    smallest: Path, tmp_path: Path, broken: tuple[str, str, str], found: str
) -> None:
    name, column, value = broken
    folder = tmp_path / "broken"
    shutil.copytree(smallest, folder)
    table = list(rows(folder, name))
    next(row for row in table if row[column])[column] = value
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    assert any(found in problem for problem in problems(folder))


def test_all_files_hold_rows(province: Path) -> None:
    counts = {
        path.stem: sum(1 for _ in rows(province, path.stem)) for path in province.glob("*.csv")
    }
    assert len(counts) == 25
    assert min(counts.values()) > 0
    assert {name: counts[name] for name in TABLES_WITH_ROWS} == TABLES_WITH_ROWS


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        generate(tmp_path / name, last_month=LAST_MONTH, institutions=30, months=4)
    generate(tmp_path / "other", last_month=LAST_MONTH, institutions=30, months=4, seed=7)
    assert digest(tmp_path / "first") == digest(tmp_path / "second")
    assert digest(tmp_path / "first") != digest(tmp_path / "other")


@pytest.mark.parametrize("last_month", [date(2025, 2, 1), date(2026, 3, 1), date(2027, 12, 1)])
def test_any_last_month_loads(tmp_path: Path, last_month: date) -> None:
    generate(tmp_path, last_month=last_month, institutions=40, months=5)
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("today", "first_hidden_day"),
    [(None, "2026-11-22"), (date(2026, 11, 9), "2026-11-09"), (date(2027, 3, 1), "2026-12-01")],
)
def test_nothing_lies_in_the_future(
    tmp_path: Path, today: date | None, first_hidden_day: str
) -> None:
    generate(tmp_path, last_month=LAST_MONTH, today=today, institutions=40, months=4)
    latest = max(
        value
        for path in tmp_path.glob("*.csv")
        for row in rows(tmp_path, path.stem)
        for column, value in row.items()
        if column.endswith("_at") or column == "paid_on"
    )
    assert "2026-11-0" < latest < first_hidden_day


def test_today_before_the_last_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the last month"):
        generate(tmp_path, last_month=LAST_MONTH, today=date(2026, 10, 31))


def test_a_year_changes_inside_the_months(province: Path) -> None:
    inside = [
        row
        for row in rows(province, "batch_years")
        if row["year_no"] == "2" and "2025-09" < row["starts_on"] < "2026-11"
    ]
    assert len(inside) == 1
    signed = {
        row["year_no"]
        for row in rows(province, "agreements")
        if row["batch_code"] == inside[0]["batch_code"]
    }
    assert signed == {"1", "2"}


def test_failing_distributor_answers_ever_later(province: Path) -> None:
    sent = {row["order_no"]: row for row in rows(province, "orders")}
    late: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    packs: dict[tuple[str, str], str] = {}
    for row in rows(province, "order_lines"):
        order = sent[row["order_no"]]
        packs[row["order_no"], row["line_no"]] = order["distributor_uscc"]
        half = "late" if order["sent_at"] >= "2026-07" else "early"
        if order["sent_at"] < "2026-11-15":
            total[order["distributor_uscc"], half] += 1
            late[order["distributor_uscc"], half] += row["response"] != "confirmed"
    shares = {
        firm: late[firm, "late"] / total[firm, "late"]
        for firm, half in total
        if half == "late" and total[firm, "late"] > 100
    }
    worst = max(shares, key=lambda firm: shares[firm])
    assert shares[worst] > 2 * late[worst, "early"] / total[worst, "early"]
    assert sorted(shares.values())[-2] < shares[worst] / 2


def test_slow_pool_leaves_receipts_unpaid(province: Path) -> None:
    pools = {row["code"]: row["pool_code"] for row in rows(province, "institutions")}
    buyers = {row["order_no"]: row["institution_code"] for row in rows(province, "orders")}
    received: dict[tuple[str, str], str] = {}
    for row in rows(province, "receipts"):
        key = (row["order_no"], row["line_no"])
        if row["receipt_no"] == "1":
            received[key] = max(received.get(key, ""), row["received_at"])
    late: dict[str, int] = defaultdict(int)
    for row in rows(province, "payments"):
        months = _months(row["paid_on"]) - _months(received[row["order_no"], row["line_no"]])
        if months > 1:
            late[pools[buyers[row["order_no"]]]] += 1
    assert late[story.SLOW_PAYING_POOL] > 20
    assert sum(late.values()) - late[story.SLOW_PAYING_POOL] < 5


def _months(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7])


def test_unsigned_county_has_not_signed(province: Path) -> None:
    unsigned = {
        row["institution_code"][1:7]
        for row in rows(province, "agreements")
        if row["batch_code"].startswith("JX-YP-2026") and not row["institution_signed_at"]
    }
    assert story.UNSIGNED_COUNTY in unsigned


def test_enterprise_codes_carry_their_check_character() -> None:
    assert uscc_check("91350100M000100Y4") == "3"
    assert uscc_is_valid("91350100M000100Y43")
    assert not uscc_is_valid("91350100M000100Y44")
