"""The load checks of the dataset format, restated plainly: names what is wrong with a folder.

Independent of the loader and of the generator on purpose. `problems(folder)` gives the first
findings as `file:line: reason`; an empty list means that the folder would load.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]

_NUMBER = re.compile(r"-?\d{1,14}(\.\d{1,4})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_CODES = {
    "regions": r"\d{6}",
    "institutions": r"[HP]\d{11}",
    "products": r"X[A-Z0-9]{22}|Z[A-Z0-9]{19}|C[A-Z0-9]{19}|C[A-Z0-9]{26}",
}
_KEYS = {
    "regions": "code", "pools": "code", "institutions": "code", "consortia": "code",
    "consortium_members": "consortium_code institution_code valid_from", "enterprises": "uscc",
    "groups": "code", "products": "code", "substitutes": "group_code product_code",
    "batches": "code", "batch_years": "batch_code year_no", "batch_parameters": "batch_code parameter",
    "selections": "batch_code product_code region_code valid_from",
    "volume_reports": "batch_code year_no institution_code group_code",
    "agreements": "agreement_no product_code", "orders": "order_no",
    "order_lines": "order_no line_no", "deliveries": "order_no line_no delivery_no",
    "receipts": "order_no line_no delivery_no receipt_no", "returns": "return_no",
    "complaints": "complaint_no", "purchase_history": "institution_code product_code month",
    "exemptions": "exemption_no", "payments": "payment_no",
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
_OPTIONAL = {
    "regions": "parent_code", "consortium_members": "valid_to",
    "products": "group_code specification pack_unit listed_price tags", "batches": "issued_on",
    "batch_parameters": "clause", "selections": "valid_from valid_to",
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
_REFERENCES = {
    "region_code": "regions", "pool_code": "pools", "institution_code": "institutions",
    "lead_institution_code": "institutions", "consortium_code": "consortia",
    "manufacturer_uscc": "enterprises", "distributor_uscc": "enterprises",
    "enterprise_uscc": "enterprises", "group_code": "groups", "product_code": "products",
    "batch_code": "batches", "order_no": "orders", "parent_code": "regions",
}
_NUMBERS = re.compile(r"packs|_qty|price|amount|share|base_units|^value$")
_POSITIVE = {("order_lines", "packs"), ("deliveries", "packs"), ("returns", "packs"),
             ("purchase_history", "packs"), ("products", "base_units_per_pack"),
             ("agreements", "agreed_qty"), ("agreements", "price"), ("selections", "price")}


class Checker:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.tables: dict[str, list[Row]] = {name: self._read(name) for name in _KEYS}
        self.by_key: dict[str, dict[tuple[str, ...], Row]] = {}

    def _read(self, name: str) -> list[Row]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def say(self, table: str, index: int, reason: str) -> None:
        if len(self.problems) < 200:
            self.problems.append(f"{table}.csv:{index + 2}: {reason}")

    def run(self) -> list[str]:
        for name, rows in self.tables.items():
            self._keys(name, rows)
        for name, rows in self.tables.items():
            self._cells(name, rows)
        if not self.problems:
            for check in (self._parties, self._batches, self._volumes, self._flow, self._others):
                check()
        return self.problems

    def _keys(self, name: str, rows: list[Row]) -> None:
        columns = _KEYS[name].split()
        seen = self.by_key.setdefault(name, {})
        for index, row in enumerate(rows):
            key = tuple(row[column] for column in columns)
            if key in seen:
                self.say(name, index, f"key twice: {key}")
            seen[key] = row

    def _cells(self, name: str, rows: list[Row]) -> None:
        if not rows:
            return
        optional = set(_OPTIONAL.get(name, "").split())
        checks = [(column, self._cell_check(name, column)) for column in rows[0]]
        for index, row in enumerate(rows):
            for column, check in checks:
                value = row[column]
                if value == "":
                    if column not in optional:
                        self.say(name, index, f"{column} is empty")
                elif check is not None and not check(value):
                    self.say(name, index, f"{column}: {value!r}")

    def _cell_check(self, name: str, column: str) -> Callable[[str], bool] | None:
        choices = _CHOICES.get((name, column))
        if choices is not None:
            allowed = set(choices.split())
            return lambda value: value in allowed
        if name == "batch_parameters" and column == "value":
            return None
        if column == "uscc":
            return uscc_is_valid
        if column == "code" and name in _CODES:
            code = re.compile(_CODES[name])
            return lambda value: code.fullmatch(value) is not None
        if column in _REFERENCES:
            known = {key[0] for key in self.by_key[_REFERENCES[column]]}
            return lambda value: value in known
        if column == "tags":
            return lambda value: set(value.split(";")) <= _TAGS
        if column.endswith("_at"):
            return lambda value: bool(_STAMP.fullmatch(value)) and bool(datetime.fromisoformat(value))
        if column.endswith("_on") or column in ("valid_from", "valid_to"):
            return lambda value: bool(_DATE.fullmatch(value)) and bool(date.fromisoformat(value))
        if column == "month":
            return lambda value: re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value) is not None
        if column in ("urgent", "is_manufacturer", "is_distributor"):
            return lambda value: value in ("0", "1")
        if column in ("year_no", "line_no", "delivery_no", "receipt_no"):
            return lambda value: value.isascii() and value.isdigit() and int(value) >= 1
        if _NUMBERS.search(column):
            return self._number_check(name, column)
        return None

    def _number_check(self, name: str, column: str) -> Callable[[str], bool]:
        positive = (name, column) in _POSITIVE
        negative = name == "receipts"

        def check(value: str) -> bool:
            if _NUMBER.fullmatch(value) is None:
                return False
            return negative or (Decimal(value) > 0 if positive else Decimal(value) >= 0)

        return check

    def _each(self, name: str) -> Iterator[tuple[int, Row]]:
        yield from enumerate(self.tables[name])

    def _parties(self) -> None:
        for index, row in self._each("regions"):
            if (row["level"] == "province") != (row["parent_code"] == ""):
                self.say("regions", index, "parent_code")
        members: dict[str, list[tuple[date, date]]] = defaultdict(list)
        pairs = set()
        for index, row in self._each("consortium_members"):
            first, last = _day(row["valid_from"], date.min), _day(row["valid_to"], date.max)
            if last < first:
                self.say("consortium_members", index, "valid_to before valid_from")
            for start, end in members[row["institution_code"]]:
                if start <= last and first <= end:
                    self.say("consortium_members", index, "in two consortia on a day")
            members[row["institution_code"]].append((first, last))
            pairs.add((row["consortium_code"], row["institution_code"]))
        for index, row in self._each("consortia"):
            if (row["code"], row["lead_institution_code"]) not in pairs:
                self.say("consortia", index, "lead is not a member")
        firms = self.by_key["enterprises"]
        for name, rows in self.tables.items():
            for index, row in enumerate(rows):
                maker, carrier = row.get("manufacturer_uscc"), row.get("distributor_uscc")
                if maker and firms[(maker,)]["is_manufacturer"] != "1":
                    self.say(name, index, "manufacturer does not manufacture")
                if carrier and firms[(carrier,)]["is_distributor"] != "1":
                    self.say(name, index, "distributor does not distribute")
        groups, products = self.by_key["groups"], self.by_key["products"]
        for index, row in self._each("products"):
            if row["group_code"] and groups[(row["group_code"],)]["category"] != row["category"]:
                self.say("products", index, "category is not the group's")
        for index, row in self._each("substitutes"):
            if products[(row["product_code"],)]["group_code"] == row["group_code"]:
                self.say("substitutes", index, "substitute is of the group")

    def _batches(self) -> None:
        batches = self.by_key["batches"]
        before: dict[str, tuple[int, date]] = {}
        rows = sorted(self.tables["batch_years"], key=lambda r: (r["batch_code"], int(r["year_no"])))
        for row in rows:
            batch = batches[(row["batch_code"],)]
            first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
            if not batch["effective_on"] <= row["starts_on"] <= row["ends_on"] <= batch["ends_on"]:
                self.say("batch_years", 0, f"{row['batch_code']}: outside of the cycle")
            number, end = before.get(row["batch_code"], (0, first - timedelta(days=1)))
            if int(row["year_no"]) != number + 1 or first != end + timedelta(days=1):
                self.say("batch_years", 0, f"{row['batch_code']}: not contiguous")
            before[row["batch_code"]] = (int(row["year_no"]), last)
        periods: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
        regions = self.by_key["regions"]
        for index, row in self._each("selections"):
            key = (row["batch_code"], row["product_code"], row["region_code"])
            first_on, last_on = row["valid_from"] or "0000", row["valid_to"] or "9999"
            if last_on < first_on:
                self.say("selections", index, "valid_to before valid_from")
            if any(start <= last_on and first_on <= end for start, end in periods[key]):
                self.say("selections", index, "periods overlap")
            periods[key].append((first_on, last_on))
            if regions[(row["region_code"],)]["level"] == "county":
                self.say("selections", index, "supply region is a county")

    def _volumes(self) -> None:
        years = set(self.by_key["batch_years"])
        for name in ("volume_reports", "agreements", "retention_inputs"):
            for index, row in self._each(name):
                if (row["batch_code"], row["year_no"]) not in years:
                    self.say(name, index, "no such agreement year")
        for index, row in self._each("volume_reports"):
            if not row["submitted_at"] and row["status"] != "draft":
                self.say("volume_reports", index, "submitted_at")
        products = self.by_key["products"]
        for index, row in self._each("agreements"):
            if products[(row["product_code"],)]["manufacturer_uscc"] != row["manufacturer_uscc"]:
                self.say("agreements", index, "manufacturer is not the product's")

    def _flow(self) -> None:
        orders, lines = self.by_key["orders"], self.by_key["order_lines"]
        clients = set()
        for index, row in self._each("orders"):
            client = (row["institution_code"], row["client_no"])
            if row["client_no"] and client in clients:
                self.say("orders", index, "client_no twice")
            clients.add(client)
        for index, row in self._each("order_lines"):
            sent = orders[(row["order_no"],)]["sent_at"]
            if (row["response"] == "") != (row["responded_at"] == ""):
                self.say("order_lines", index, "response and responded_at")
            if row["reject_reason"] and row["response"] != "rejected":
                self.say("order_lines", index, "reject_reason")
            if any(at and at < sent for at in (row["responded_at"], row["cancelled_at"])):
                self.say("order_lines", index, "before sent_at")
        delivered: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for index, row in self._each("deliveries"):
            key = (row["order_no"], row["line_no"])
            line = lines.get(key)
            if line is None:
                self.say("deliveries", index, "no such line")
                continue
            times = [orders[key[:1]]["sent_at"], line["responded_at"], row["shipped_at"],
                     row["delivered_at"]]
            known = [time for time in times if time]
            if known != sorted(known):
                self.say("deliveries", index, f"times out of order: {known}")
            if line["response"] != "confirmed" or line["cancelled_at"]:
                self.say("deliveries", index, "delivered without a confirmation")
            delivered[key] += Decimal(row["packs"])
            if delivered[key] > Decimal(line["packs"]):
                self.say("deliveries", index, "more than ordered")
        self._receipts()

    def _receipts(self) -> None:
        deliveries = self.by_key["deliveries"]
        sums: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
        accepted: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for index, row in self._each("receipts"):
            key = (row["order_no"], row["line_no"], row["delivery_no"])
            delivery = deliveries.get(key)
            if delivery is None or not delivery["delivered_at"]:
                self.say("receipts", index, "nothing was delivered")
                continue
            if row["received_at"] < delivery["delivered_at"]:
                self.say("receipts", index, "received before delivered")
            taken, refused = sums.get(key, (Decimal(0), Decimal(0)))
            sums[key] = (taken + Decimal(row["accepted_packs"]),
                         refused + Decimal(row["refused_packs"]))
            accepted[key[:2]] += Decimal(row["accepted_packs"])
        for key, (taken, refused) in sums.items():
            if taken < 0 or refused < 0 or taken + refused != Decimal(deliveries[key]["packs"]):
                self.say("receipts", 0, f"{key}: accepted + refused is not what was delivered")
        returned: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for index, row in self._each("returns"):
            line_key = (row["order_no"], row["line_no"])
            returned[line_key] += Decimal(row["packs"])
            if returned[line_key] > accepted[line_key]:
                self.say("returns", index, "more than accepted")

    def _others(self) -> None:
        for index, row in self._each("complaints"):
            if row["replied_at"] and row["replied_at"] < row["filed_at"]:
                self.say("complaints", index, "replied before filed")
            if row["resolved_at"] and row["resolved_at"] < row["filed_at"]:
                self.say("complaints", index, "resolved before filed")
        for index, row in self._each("exemptions"):
            if row["to_on"] and row["to_on"] < row["from_on"]:
                self.say("exemptions", index, "to_on before from_on")
        lines = self.by_key["order_lines"]
        for index, row in self._each("payments"):
            if row["line_no"] and (row["order_no"], row["line_no"]) not in lines:
                self.say("payments", index, "no such line")
        for index, row in self._each("retention_inputs"):
            for column in ("fund_share_before", "fund_share", "insured_share"):
                if row[column] and not 0 <= Decimal(row[column]) <= 1:
                    self.say("retention_inputs", index, column)


def _day(text: str, default: date) -> date:
    return date.fromisoformat(text) if text else default


def uscc_is_valid(code: str) -> bool:
    """GB 32100: 18 characters, the last one checks the others."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or any(char not in letters for char in code):
        return False
    total = sum(letters.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return letters[(31 - total % 31) % 31] == code[17]


def problems(folder: Path) -> list[str]:
    return Checker(folder).run()
