"""Papers that bear a date name everybody as on that day, however they are called today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from organisations.models import Organisation
from procurement.documents.notes import delivery_paper, goods_paper
from procurement.models import Delivery
from settlement.documents.statement import statement_paper
from tests.factories import money
from tests.factories.organisations import person
from tests.factories.people import former_name
from tests.factories.shipping import sent_note
from tests.factories.stages import SENT, order_line, parties

pytestmark = pytest.mark.django_db


def renamed(organisation: Organisation, then: str, until: date) -> str:
    """It was called `then` before the day; gives today's name."""
    former_name(organisation, name=then, valid_to=until)
    return organisation.name


def test_delivery_papers_bear_the_names_of_the_day_of_shipping() -> None:
    of = parties()
    note, sent = sent_note(of)
    after = date(SENT.year + 1, 1, 1)
    for organisation, then in (
        (of.institution, "旧院名"), (of.manufacturer, "旧厂名"), (of.distributor, "旧配送名"),
    ):  # fmt: skip
        renamed(organisation, then, after)
    rows = list(Delivery.objects.filter(pk=sent.pk))
    told = [each["name"] for each in delivery_paper(note, rows)["parties"]]
    assert told == ["旧配送名", "旧院名"]
    assert goods_paper(note, rows)["blocks"][0]["rows"][0][3] == "旧厂名"
    renamed(of.institution, "更早的名", date(SENT.year, 1, 1))
    assert delivery_paper(note, rows)["parties"][1]["name"] == "旧院名"


def test_order_on_paper_bears_the_names_of_the_day_it_was_sent(client: Client) -> None:
    of = parties()
    order = order_line(of).order
    now = renamed(of.institution, "旧院名", date(SENT.year + 1, 1, 1))
    client.force_login(person(of.institution, "clerk"))
    text = client.get(f"/orders/of/{order.order_no}/paper/").content.decode()
    assert "<td>旧院名</td>" in text and f"<td>{now}</td>" not in text


def test_statement_is_named_by_its_day_of_approval() -> None:
    row = money.statement()
    line = row.lines.get()
    line.place = 1
    hospital, payee = line.institution, row.payee
    renamed(hospital, "旧院名", date(2026, 4, 11))
    now = renamed(payee, "旧配送名", date(2026, 4, 10))
    paper = statement_paper(row, [line], Decimal(40))
    assert paper["parties"][0]["name"] == "旧配送名"
    row.approved_on = date(2026, 4, 10)
    paper = statement_paper(row, [line], Decimal(40))
    assert (paper["parties"][0]["name"], paper["blocks"][0]["rows"][0][2]) == (now, "旧院名")
