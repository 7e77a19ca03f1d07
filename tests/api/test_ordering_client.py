"""The example of a hospital's and a distributor's own system: order, ship, receive, by tokens."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from organisations.models import Organisation
from procurement.models import DeliveryNote, LineProgress, Order
from tests.factories import organisations as people
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
SCOPES = ("procurement:read", "procurement:write")


class Refused(Exception):
    """An answer that is no success."""


class Wire:
    """As docs/api/client.py's Client speaks, without the network (which its own test has)."""

    def __init__(self, of: Organisation, *roles: str) -> None:
        _, secret = people.api_token(of, *SCOPES, roles=roles or ("clerk",))
        self.client = Client(headers={"authorization": f"Token {secret}"})

    def get(self, path: str, **query: str) -> Any:
        return self._said(self.client.get(path, query))

    def post(self, path: str, data: dict[str, Any], key: str = "") -> Any:
        headers = {"idempotency-key": key or uuid.uuid4().hex}
        return self._said(
            self.client.post(path, data, content_type="application/json", headers=headers)
        )

    def rows(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        page = self.get(path, **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.get(page["next"])

    def _said(self, answer: Any) -> Any:
        if answer.status_code not in (200, 201, 202):
            raise Refused(answer.content.decode())
        return answer.json()


def _example() -> ModuleType:
    path = Path(settings.BASE_DIR) / "docs" / "api" / "ordering.py"
    spec = importlib.util.spec_from_file_location("example_ordering", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_order_ship_and_receive_each_sent_twice_and_done_once() -> None:
    example, market = _example(), Market()
    hospital, carrier = Wire(market.a), Wire(market.d1)
    packs = {market.selected.code: "30"}
    (placed,) = example.order(hospital, "HIS-001", "药库", packs)
    assert example.order(hospital, "HIS-001", "药库", packs) == [placed]
    assert Order.objects.count() == 1
    with pytest.raises(Refused, match="已用于内容不同的订单"):
        example.order(hospital, "HIS-001", "药库", {market.selected.code: "31"})

    lines = example.lines_to_ship(carrier)
    assert [line["order_no"] for line in lines] == [placed["order_no"]]
    note = example.ship(carrier, "ERP-001", lines, "L1", "2030-01-31")
    assert note["state"] == "delivered"
    assert example.lines_to_ship(carrier) == []
    again = {"client_no": "ERP-001", "own_no": "ERP-001", "rows": [
        {"order_no": lines[0]["order_no"], "line_no": 1, "packs": lines[0]["packs"],
         "lot_no": "L1", "expires_on": "2030-01-31", "codes": []}]}  # fmt: skip
    assert carrier.post("/api/v1/delivery-notes/", again)["note_no"] == note["note_no"]
    assert DeliveryNote.objects.count() == 1

    refused = {market.selected.code: ("2", "damaged")}
    assert example.receive(hospital, note["note_no"], refused) == 1
    row = LineProgress.objects.get()
    assert (row.state, row.accepted_packs, row.refused_packs) == ("received", 28, 2)
    assert list(hospital.rows("/api/v1/receiving/", note_no=note["note_no"])) == []
