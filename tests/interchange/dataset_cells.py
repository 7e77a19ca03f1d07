"""What a single cell of the dataset may hold: columns, choices, code formats, numbers, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

Check = Callable[[str], bool]

_CODES = {
    "regions": r"\d{6}",
    "institutions": r"[HP]\d{11}",
    "products": r"X[A-Z0-9]{22}|Z[A-Z0-9]{19}|C[A-Z0-9]{19}|C[A-Z0-9]{26}",
}
KEYS = {
    "regions": "code",
    "pools": "code",
    "institutions": "code",
    "consortia": "code",
    "consortium_members": "consortium_code institution_code valid_from",
    "enterprises": "uscc",
    "groups": "code",
    "products": "code",
    "substitutes": "group_code product_code",
    "batches": "code",
    "batch_years": "batch_code year_no",
    "batch_parameters": "batch_code parameter",
    "selections": "batch_code product_code region_code valid_from",
    "volume_reports": "batch_code year_no institution_code group_code",
    "agreements": "agreement_no product_code",
    "orders": "order_no",
    "order_lines": "order_no line_no",
    "deliveries": "order_no line_no delivery_no",
    "receipts": "order_no line_no delivery_no receipt_no",
    "returns": "return_no",
    "complaints": "complaint_no",
    "purchase_history": "institution_code product_code month",
    "exemptions": "exemption_no",
    "payments": "payment_no",
    "retention_inputs": "batch_code year_no pool_code group_code",
}
_CHOICES = {
    ("regions", "level"): "province city county",
    ("institutions", "level"): "tertiary secondary primary other",
    ("institutions", "ownership"): "public private military",
    ("institutions", "kind"): "hospital township community clinic pharmacy",
    ("groups", "category"): "drug consumable",
    ("products", "category"): "drug consumable",
    ("batches", "category"): "drug consumable",
    ("batches", "organizer"): "national alliance province city",
    ("batches", "policy_code"): "jiangxi-2019 jiangxi-2024 jiangxi-2026 shandong-2023 shaanxi-2024",
    ("selections", "role"): "selected standby",
    ("volume_reports", "status"): "draft submitted returned approved",
    ("order_lines", "response"): "confirmed rejected",
    ("order_lines", "reject_reason"): "out_of_stock no_delivery_relation price delisted duplicate"
    " institution_error other",
    ("complaints", "filed_by"): "institution enterprise",
    ("complaints", "category"): "shortage late_delivery selective_delivery refused_after_agreed"
    " form_or_strength packaging unclear_lot quality pre_price_lower abnormal_price not_paid"
    " not_received abnormal_order other",
    ("exemptions", "kind"): "agreed_volume non_selected standby_counts",
    ("payments", "payer"): "fund institution",
}
_TAGS = {"negotiated", "equal_quality", "shortage", "emergency", "key_monitored"}
OPTIONAL = {
    "regions": "parent_code",
    "consortium_members": "valid_to",
    "products": "group_code specification pack_unit listed_price tags",
    "batches": "issued_on",
    "batch_parameters": "clause",
    "selections": "valid_from valid_to",
    "volume_reports": "prior_year_qty explanation submitted_at",
    "agreements": "institution_signed_at manufacturer_signed_at distributor_signed_at",
    "orders": "client_no receiving_place",
    "order_lines": "batch_code response responded_at reject_reason cancelled_at",
    "deliveries": "shipped_at delivered_at lot_no expires_on note_no invoice_no",
    "receipts": "receipt_no",
    "complaints": "filed_by manufacturer_uscc distributor_uscc product_code category replied_at"
    " promised_on resolved_at",
    "exemptions": "batch_code group_code product_code institution_code from_on to_on reason",
    "payments": "batch_code order_no line_no",
    "retention_inputs": "baseline_price fund_share_before fund_share insured_share",
}
REFERENCES = {
    "region_code": "regions",
    "pool_code": "pools",
    "institution_code": "institutions",
    "lead_institution_code": "institutions",
    "consortium_code": "consortia",
    "manufacturer_uscc": "enterprises",
    "distributor_uscc": "enterprises",
    "enterprise_uscc": "enterprises",
    "group_code": "groups",
    "product_code": "products",
    "batch_code": "batches",
    "order_no": "orders",
    "parent_code": "regions",
}
_NUMBERS = re.compile(r"packs|_qty|price|amount|share|base_units")
_POSITIVE = {
    ("order_lines", "packs"),
    ("deliveries", "packs"),
    ("returns", "packs"),
    ("purchase_history", "packs"),
    ("products", "base_units_per_pack"),
    ("agreements", "agreed_qty"),
    ("agreements", "price"),
    ("selections", "price"),
}


def uscc_is_valid(code: str) -> bool:
    """GB 32100: 18 characters, the last one checks the others."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or any(char not in letters for char in code):
        return False
    total = sum(letters.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return letters[(31 - total % 31) % 31] == code[17]


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _is_stamp(value: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", value):
        return False
    return bool(datetime.fromisoformat(value))


def _is_day(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(date.fromisoformat(value))


def _is_tags(value: str) -> bool:
    return set(value.split(";")) <= _TAGS


_is_flag = _matches("[01]")
_is_count = _matches("[1-9][0-9]*")
_is_number = _matches(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
_BY_COLUMN: dict[str, Check] = {
    "uscc": uscc_is_valid,
    "tags": _is_tags,
    "month": _matches(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "valid_from": _is_day,
    "valid_to": _is_day,
    "urgent": _is_flag,
    "is_manufacturer": _is_flag,
    "is_distributor": _is_flag,
    "year_no": _is_count,
    "line_no": _is_count,
    "delivery_no": _is_count,
    "receipt_no": _is_count,
}
_BY_ENDING: dict[str, Check] = {"_at": _is_stamp, "_on": _is_day}


def cell_check(table: str, column: str) -> Check | None:
    """The check of a filled cell; None where any text will do."""
    choices = _CHOICES.get((table, column))
    if choices is not None:
        return set(choices.split()).__contains__
    if column == "code" and table in _CODES:
        return _matches(_CODES[table])
    known = _BY_COLUMN.get(column) or _BY_ENDING.get(column[-3:])
    if known is None and _NUMBERS.search(column):
        return _number_check(table, column)
    return known


def _number_check(table: str, column: str) -> Check:
    positive = (table, column) in _POSITIVE
    negative = table == "receipts"

    def check(value: str) -> bool:
        if not _is_number(value):
            return False
        return negative or (Decimal(value) > 0 if positive else Decimal(value) >= 0)

    return check
