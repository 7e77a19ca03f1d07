"""The CSV files of the dataset: their columns, and one open writer for each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

COLUMNS: dict[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "regions": "code name level parent_code",
        "pools": "code name region_code",
        "institutions": "code name region_code pool_code level ownership kind",
        "consortia": "code name lead_institution_code",
        "consortium_members": "consortium_code institution_code valid_from valid_to",
        "enterprises": "uscc name is_manufacturer is_distributor",
        "groups": "code name category base_unit",
        "products": "code name group_code manufacturer_uscc category specification pack_unit"
        " base_units_per_pack listed_price tags",
        "substitutes": "group_code product_code",
        "batches": "code name category organizer policy_code issued_on effective_on ends_on",
        "batch_years": "batch_code year_no starts_on ends_on",
        "batch_parameters": "batch_code parameter value clause",
        "selections": "batch_code product_code region_code valid_from valid_to role price",
        "volume_reports": "batch_code year_no institution_code group_code reported_qty"
        " prior_year_qty explanation submitted_at status",
        "agreements": "agreement_no batch_code year_no institution_code manufacturer_uscc"
        " distributor_uscc product_code agreed_qty price institution_signed_at"
        " manufacturer_signed_at distributor_signed_at",
        "orders": "order_no institution_code distributor_uscc sent_at urgent client_no"
        " receiving_place",
        "order_lines": "order_no line_no product_code batch_code packs unit_price response"
        " responded_at reject_reason cancelled_at",
        "deliveries": "order_no line_no delivery_no packs shipped_at delivered_at lot_no"
        " expires_on note_no invoice_no",
        "receipts": "order_no line_no delivery_no receipt_no accepted_packs refused_packs"
        " received_at",
        "returns": "return_no order_no line_no packs returned_at",
        "complaints": "complaint_no filed_by institution_code manufacturer_uscc distributor_uscc"
        " product_code category filed_at replied_at promised_on resolved_at",
        "purchase_history": "institution_code product_code month packs amount",
        "exemptions": "exemption_no batch_code group_code product_code institution_code kind"
        " from_on to_on reason",
        "payments": "payment_no institution_code enterprise_uscc batch_code order_no line_no"
        " amount paid_on payer",
        "retention_inputs": "batch_code year_no pool_code group_code baseline_price"
        " fund_share_before fund_share insured_share",
    }.items()
}


class Tables:
    """Opens every file of the folder, header written; `row` appends to one of them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}
        self.counts: dict[str, int] = dict.fromkeys(COLUMNS, 0)

    def __enter__(self) -> Tables:
        self._directory.mkdir(parents=True, exist_ok=True)
        for name, columns in COLUMNS.items():
            file = self._stack.enter_context(
                (self._directory / f"{name}.csv").open("w", encoding="utf-8", newline="")
            )
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(columns)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def row(self, name: str, values: Sequence[object]) -> None:
        self._writers[name].writerow(values)
        self.counts[name] += 1

    def rows(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        for values in rows:
            self.row(name, values)


def yuan(cents: int) -> str:
    """Money as the dataset writes it."""
    return f"{cents // 100}.{cents % 100:02d}"
