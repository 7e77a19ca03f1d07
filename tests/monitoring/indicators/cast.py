"""The fixed cast of the cases: who there is, what is selected, and how a case's purchases are told.

A case is a YAML file that a reader of the clauses can check by hand: purchases and papers on one
side, the figures that must come of them on the other. Everything is in March 2026, in batch 甲批
(jiangxi-2024, year 1 = 2026) unless a case says otherwise.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

Tables = dict[str, list[tuple[Any, ...]]]
CODES = {
    "甲医院": "H36010200001",
    "甲分院": "H36010200002",
    "乙医院": "H36010200003",
    "丙医院": "H36020200001",
    "中选企业": "9131011556AGHC613U",
    "原研企业": "9133010677G902H16T",
    "配送企业": "9132010294D3K36A4A",
    "中选药": "XM12DAA001A001010210001",
    "备供药": "XC05BCA002A001010510002",
    "原研药": "XC09BXA011A001010610011",
    "同质药": "XC07DXA007A001010910007",
    "替代药": "XA13DAA066A001010210066",
    "国谈药": "XN06BXA073A001010110073",
    "奥美拉唑": "G1",
    "兰索拉唑": "G2",
    "甲批": "B1",
    "东湖区": "360102",
    "南昌市": "360100",
    "江西省": "360000",
    "南昌统筹区": "3601",
}
PEOPLE: Tables = {
    "regions": [
        ("code", "name", "level", "parent_code"),
        ("360000", "江西省", "province", ""),
        ("360100", "南昌市", "city", "360000"),
        ("360102", "东湖区", "county", "360100"),
        ("360200", "景德镇市", "city", "360000"),
    ],
    "pools": [
        ("code", "name", "region_code"),
        ("3601", "南昌市统筹区", "360100"),
        ("3602", "景德镇市统筹区", "360200"),
    ],
    "institutions": [
        ("code", "name", "region_code", "pool_code", "level", "ownership", "kind"),
        (CODES["甲医院"], "甲医院", "360102", "3601", "tertiary", "public", "hospital"),
        (CODES["甲分院"], "甲分院", "360102", "3601", "primary", "public", "township"),
        (CODES["乙医院"], "乙医院", "360102", "3601", "secondary", "public", "hospital"),
        (CODES["丙医院"], "丙医院", "360200", "3602", "secondary", "public", "hospital"),
    ],
    "enterprises": [
        ("uscc", "name", "is_manufacturer", "is_distributor"),
        (CODES["中选企业"], "中选企业", "1", "0"),
        (CODES["原研企业"], "原研企业", "1", "0"),
        (CODES["配送企业"], "配送企业", "0", "1"),
    ],
    "consortia": [("code", "name", "lead_institution_code"), ("Y1", "甲医共体", CODES["甲医院"])],
    "consortium_members": [
        ("consortium_code", "institution_code", "valid_from", "valid_to"),
        ("Y1", CODES["甲医院"], "2025-01-01", ""),
        ("Y1", CODES["甲分院"], "2026-03-31", ""),
    ],
}
GOODS: Tables = {
    "groups": [
        ("code", "name", "category", "base_unit"),
        ("G1", "奥美拉唑", "drug", "支"),
        ("G2", "兰索拉唑", "drug", "支"),
    ],
    "products": [
        (
            "code", "name", "group_code", "manufacturer_uscc", "category",
            "base_units_per_pack", "tags",
        ),
        (CODES["中选药"], "中选药", "G1", CODES["中选企业"], "drug", "10", ""),
        (CODES["备供药"], "备供药", "G1", CODES["原研企业"], "drug", "10", ""),
        (CODES["原研药"], "原研药", "G1", CODES["原研企业"], "drug", "5", ""),
        (CODES["同质药"], "同质药", "G1", CODES["原研企业"], "drug", "10", "equal_quality"),
        (CODES["替代药"], "替代药", "G2", CODES["原研企业"], "drug", "2", ""),
        (CODES["国谈药"], "国谈药", "", CODES["原研企业"], "drug", "1", "negotiated"),
    ],
    "substitutes": [("group_code", "product_code"), ("G1", CODES["替代药"])],
    "batches": [
        (
            "code", "name", "category", "organizer", "policy_code", "issued_on",
            "effective_on", "ends_on",
        ),
        ("B1", "甲批", "drug", "national", "jiangxi-2024", "", "2026-01-01", "2026-12-31"),
    ],
    "batch_years": [
        ("batch_code", "year_no", "starts_on", "ends_on"),
        ("B1", "1", "2026-01-01", "2026-12-31"),
    ],
    "selections": [
        (
            "batch_code", "product_code", "region_code", "valid_from", "valid_to", "role", "price",
        ),
        ("B1", CODES["中选药"], "360000", "", "", "selected", "20"),
        ("B1", CODES["备供药"], "360100", "", "", "standby", "30"),
    ],
}  # fmt: skip
HEADERS = {
    "orders": ("order_no", "institution_code", "distributor_uscc", "sent_at", "urgent"),
    "order_lines": (
        "order_no", "line_no", "product_code", "batch_code", "packs", "unit_price", "response",
        "responded_at", "reject_reason", "cancelled_at",
    ),
    "deliveries": ("order_no", "line_no", "delivery_no", "packs", "shipped_at", "delivered_at"),
    "receipts": (
        "order_no", "line_no", "delivery_no", "accepted_packs", "refused_packs", "received_at",
    ),
    "returns": ("return_no", "order_no", "line_no", "packs", "returned_at"),
}  # fmt: skip
PAPERS = {
    "reports": "volume_reports",
    "agreements": "agreements",
    "complaints": "complaints",
    "history": "purchase_history",
    "exemptions": "exemptions",
    "payments": "payments",
    "parameters": "batch_parameters",
}


def code(value: Any) -> str:
    """A name of the cast as its code; anything else as it is written."""
    text = "" if value is None else str(value)
    return CODES.get(text, text)


def write_case(folder: Path, case: dict[str, Any]) -> None:
    """The case as a dataset folder."""
    folder.mkdir(parents=True)
    tables: Tables = {**PEOPLE, **GOODS}
    tables |= {name: [header] for name, header in HEADERS.items()}
    for number, purchase in enumerate(case.get("purchases", []), start=1):
        _add_purchase(tables, f"D{number}", purchase)
    for name, target in PAPERS.items():
        rows = case.get(name, [])
        if rows:
            header = tuple(dict.fromkeys(key for row in rows for key in row))
            tables[target] = [header, *(tuple(row.get(key) for key in header) for row in rows)]
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[code(cell) for cell in row] for row in table])


def _add_purchase(tables: dict[str, list[tuple[Any, ...]]], no: str, p: dict[str, Any]) -> None:
    """One order of one line; delivered, received and returned whole unless told otherwise."""
    sent = p["sent"]
    tables["orders"].append((no, p["by"], "配送企业", sent, "1" if p.get("urgent") else "0"))
    answered = p.get("confirmed") or p.get("rejected_at")
    response = "confirmed" if p.get("confirmed") else "rejected" if answered else ""
    tables["order_lines"].append(
        (
            no, "1", p["product"], p.get("batch"), p["packs"], p.get("price", 1), response,
            answered, p.get("rejected"), p.get("cancelled"),
        )
    )  # fmt: skip
    if "delivered" in p:
        packs = p.get("delivered_packs", p["packs"])
        delivered = p["delivered"]
        tables["deliveries"].append((no, "1", "1", packs, delivered, delivered))
        if "received" in p:
            accepted = p.get("accepted", packs)
            tables["receipts"].append((no, "1", "1", accepted, packs - accepted, p["received"]))
    if "returned" in p:
        tables["returns"].append((f"T{no}", no, "1", p["returned_packs"], p["returned"]))
