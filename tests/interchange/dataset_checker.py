"""The load checks of the dataset format, restated plainly: names what is wrong with a folder.

Independent of the loader and of the generator on purpose. `problems(folder)` gives the first
findings as `file:line: reason`; an empty list means that the folder would load.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from .dataset_cells import KEYS, OPTIONAL, REFERENCES, Check, cell_check

Row = dict[str, str]


class Checker:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.tables: dict[str, list[Row]] = {name: self._read(name) for name in KEYS}
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
            self._parties()
            self._firms()
            self._catalogue()
            self._batches()
            self._volumes()
            self._flow()
            self._others()
        return self.problems

    def _keys(self, name: str, rows: list[Row]) -> None:
        columns = KEYS[name].split()
        seen = self.by_key.setdefault(name, {})
        for index, row in enumerate(rows):
            key = tuple(row[column] for column in columns)
            if key in seen:
                self.say(name, index, f"key twice: {key}")
            seen[key] = row

    def _cells(self, name: str, rows: list[Row]) -> None:
        if not rows:
            return
        optional = set(OPTIONAL.get(name, "").split())
        checks = [(column, self._cell_check(name, column)) for column in rows[0]]
        for index, row in enumerate(rows):
            for column, check in checks:
                value = row[column]
                if value == "":
                    if column not in optional:
                        self.say(name, index, f"{column} is empty")
                elif check is not None and not check(value):
                    self.say(name, index, f"{column}: {value!r}")

    def _cell_check(self, name: str, column: str) -> Check | None:
        if column in REFERENCES:
            known = {key[0] for key in self.by_key[REFERENCES[column]]}
            return known.__contains__
        return cell_check(name, column)

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

    def _firms(self) -> None:
        firms = self.by_key["enterprises"]
        for name, rows in self.tables.items():
            for index, row in enumerate(rows):
                maker, carrier = row.get("manufacturer_uscc"), row.get("distributor_uscc")
                if maker and firms[(maker,)]["is_manufacturer"] != "1":
                    self.say(name, index, "manufacturer does not manufacture")
                if carrier and firms[(carrier,)]["is_distributor"] != "1":
                    self.say(name, index, "distributor does not distribute")

    def _catalogue(self) -> None:
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
        rows = sorted(
            self.tables["batch_years"], key=lambda r: (r["batch_code"], int(r["year_no"]))
        )
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
            times = [
                orders[key[:1]]["sent_at"],
                line["responded_at"],
                row["shipped_at"],
                row["delivered_at"],
            ]
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
        sums: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = {}
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
            sums[key] = (
                taken + Decimal(row["accepted_packs"]),
                refused + Decimal(row["refused_packs"]),
            )
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


def problems(folder: Path) -> list[str]:
    return Checker(folder).run()
