"""Marks in every text and amount of every organisation's rows, and who may meet them."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponseBase

from tests.factories import catalog, inbox, stages
from tests.factories import organisations as make
from tests.factories.stages import Parties
from tests.matrix.actors import GROUPS
from tests.matrix.items import seed_item
from tests.matrix.places import Places

OF_A = frozenset({"a_clerk", "a_reviewer", "a_accountant", "token"})
OVER_X = frozenset(GROUPS["over_x"])
OVER_Q = frozenset({"city_q", "province", "regulator"})
NOBODY: frozenset[str] = frozenset()
KEEPERS_OF_NAMES = frozenset({"sysadmin", "secadmin", "auditor"})


@dataclass(frozen=True)
class Canary:
    """Texts that only these actors may ever receive."""

    name: str
    texts: tuple[str, ...]
    seen_by: frozenset[str]


@dataclass(frozen=True)
class Seeded:
    """The canaries of one set of rows and the rows' keys that addresses need."""

    canaries: tuple[Canary, ...]
    keys: dict[str, str]


# Rows of tests/matrix/applications.py: the reason of m1's, and hospital A's objection to it.
OVER_M1 = frozenset({"county_x", "city_p", "province", "health_x", "finance_p", "regulator", "m1"})
APPLICATIONS = (
    Canary("m1's applications", ("申记A7Q",), OVER_M1),
    Canary("A's objection", ("异记A7Q",), OVER_M1 | OF_A),
    Canary("twin's applications", ("申记T7Q", "异记T7Q"), NOBODY),
)

# Rows of tests/matrix/reports.py: words beside figures, and names of files, by hospital.
REPORTS = (
    Canary("A's report", ("报记A7Q",), OF_A | OVER_X),
    Canary("B's report", ("报记B7Q",), OVER_X | {"b_clerk"}),
    Canary("C's report", ("报记C7Q",), OVER_Q | {"c_clerk"}),
    Canary("twin's report", ("报记T7Q",), NOBODY),
)


def amount_texts(amount: Decimal) -> tuple[str, ...]:
    """As pages and exports may write it: with and without thousands groups, two places or four."""
    return (f"{amount:.4f}"[:-2], f"{amount:,.4f}"[:-2])


def seed(places: Places) -> Seeded:
    """Rows between each hospital and its suppliers, the twin's too."""
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X, frozenset({"m1", "d1"})),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk"}, frozenset({"m2", "d2"})),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk"}, frozenset({"m2", "d2"})),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY, NOBODY),
    )  # fmt: skip
    canaries: list[Canary] = []
    keys: dict[str, str] = {}
    for province in (places.bureau.region, places.bureau_t.region):
        stages.computed_month(province=province)
    for number, (letter, parties, unit, suppliers) in enumerate(plans, start=1):
        amount = Decimal("7000.0900") + number * Decimal("111.0137")
        canaries += _rows(letter, parties, amount, unit, suppliers)
        keys |= _keys(letter)
    canaries += _inbox(places)
    canaries += _names(places)
    canaries += APPLICATIONS
    canaries += REPORTS
    return Seeded(tuple(canaries), keys)


def _rows(
    letter: str,
    parties: Parties,
    amount: Decimal,
    unit: frozenset[str],
    suppliers: frozenset[str],
) -> list[Canary]:
    shared, own = f"数记{letter}共7Q", f"数记{letter}独7Q"
    _supply_rows(letter, parties, amount, shared)
    _unit_rows(letter, parties, amount + 5, own)
    _enterprise_rows(letter, parties, own)
    return [
        Canary(f"{letter} shared", (shared, *amount_texts(amount)), unit | suppliers),
        Canary(f"{letter} own", (own, *amount_texts(amount + 5)), unit),
    ]


def _supply_rows(letter: str, parties: Parties, amount: Decimal, mark: str) -> None:
    """What the enterprises of the row see too."""
    batch = catalog.batch(code=f"PC{letter}", name=f"批次{letter}")
    group = catalog.group(code=f"PZ{letter}", name=f"品种{letter}")
    product = catalog.product(
        code=f"XP{letter}", group=group, manufacturer=parties.manufacturer, listed_price=1
    )
    stages.agreement_line(
        parties, agreement_no=f"{mark}协议", batch=batch, product=product, price=amount
    )
    order = stages.order(parties, order_no=f"{mark}订单", receiving_place=f"{mark}地点")
    line = stages.order_line(parties, order=order, product=product, unit_price=amount)
    sent = stages.delivery(
        parties, line, delivery_no=f"{mark}配送", lot_no=f"{mark}批号", note_no=f"{mark}单",
        invoice_no=f"{mark}发票", shipped_at=stages.SENT, delivered_at=stages.SENT,
    )  # fmt: skip
    stages.receipt(parties, line, delivery_id=sent.pk)
    stages.returned(parties, line, return_no=f"{mark}退货")
    stages.progress(line)
    stages.payment(parties, payment_no=f"{mark}支付", amount=amount)
    stages.purchase_history(parties, product=product, amount=amount)
    stages.complaint(parties, complaint_no=f"{mark}诉求", product=product)


def _unit_rows(letter: str, parties: Parties, amount: Decimal, mark: str) -> None:
    """What only the institution and the authorities see."""
    hospital = parties.institution
    stages.report_line(hospital, explanation=f"{mark}报量说明", reported_qty=amount)
    stages.indicator_value(
        hospital, indicator="receipt_overdue_rate", window="month", numerator=amount,
        denominator=amount * 2,
    )  # fmt: skip
    catalog.exemption(institution=hospital, exemption_no=f"{mark}豁免", reason=f"{mark}事由")
    warning = stages.warning(
        hospital, warning_no=_warning_no(letter), measured=amount, threshold=amount * 2,
        explanation=f"{mark}说明", closing_note=f"{mark}意见",
    )  # fmt: skip
    stages.warning(
        hospital, warning_no=_explained_no(letter), rule="late_receipt", state="explained",
        measured=amount, threshold=amount * 2, explanation=f"{mark}已说明",
    )  # fmt: skip
    stages.warning_month(warning, measured=amount, threshold=amount * 2)
    stages.warning_step(warning, text=f"{mark}经过", by_name=f"{mark}人")
    make.standing(hospital, reason=f"{mark}标记")
    seed_item(letter, hospital, mark)


def _enterprise_rows(letter: str, parties: Parties, mark: str) -> None:
    """A figure and a warning of the manufacturer itself; checked by the visibility tests."""
    stages.indicator_value(
        parties.institution, institution=None, county=None, city=None, pool=None,
        enterprise=parties.manufacturer, subject_type="manufacturer",
        subject_code=parties.manufacturer.code, indicator="on_time_rate", window="month",
        product_code=f"XP{letter}",
    )  # fmt: skip


def _warning_no(letter: str) -> str:
    return f"YJ9{ord(letter)}7"


def _explained_no(letter: str) -> str:
    return f"YJ8{ord(letter)}7"


def _keys(letter: str) -> dict[str, str]:
    small = letter.lower()
    return {
        f"warning_{small}": _warning_no(letter),
        f"explained_{small}": _explained_no(letter),
        f"product_{small}": f"XP{letter}",
        f"group_{small}": f"PZ{letter}",
        f"batch_{small}": f"PC{letter}",
        f"exemption_{small}": f"数记{letter}独7Q豁免",
        f"order_{small}": f"数记{letter}共7Q订单",
        f"complaint_{small}": f"数记{letter}共7Q诉求",
    }


def _inbox(places: Places) -> list[Canary]:
    """Tasks, notices and jobs; each is of one organisation or person."""
    hospitals = (
        ("A", places.a, OF_A),
        ("B", places.b, frozenset({"b_clerk"})),
        ("T", places.t, NOBODY),
    )
    for letter, hospital, _ in hospitals:
        inbox.task(hospital, title=f"办记{letter}7Q", object_key=f"办记{letter}7Q")
        inbox.notice(hospital, title=f"知记{letter}7Q", body=f"知记{letter}7Q正文")
    inbox.task(places.a, title="办记A核7Q", roles=["reviewer"])
    return [
        *(Canary(f"{letter} inbox", (f"办记{letter}7Q", f"知记{letter}7Q"), seen)
          for letter, _, seen in hospitals),
        Canary("A reviewer's task", ("办记A核7Q",), frozenset({"a_reviewer"})),
        Canary("province's job", ("务记省7Q",), frozenset({"province"})),
        Canary("others' jobs", ("务记邻7Q", "务记甲7Q", "务记乙7Q"), NOBODY),
    ]  # fmt: skip


def _names(places: Places) -> list[Canary]:
    """Names of institutions: to whoever has a row with them, and the keepers of accounts."""
    seen = {
        "A": (places.a, OF_A | OVER_X | {"m1", "d1"}),
        "B": (places.b, OVER_X | {"b_clerk", "m2", "d2"}),
        "C": (places.c, OVER_Q | {"c_clerk", "m2", "d2"}),
        "T": (places.t, NOBODY),
    }
    return [
        Canary(
            f"{letter} name", (hospital.name, hospital.code), frozenset(actors) | KEEPERS_OF_NAMES
        )
        for letter, (hospital, actors) in seen.items()
    ]


def text_of(answer: HttpResponseBase) -> str:
    """Everything that an answer tells: headers, body, and the cells of a workbook."""
    body = (
        b"".join(answer.streaming_content)  # type: ignore[arg-type]
        if answer.streaming
        else answer.content  # type: ignore[attr-defined]
    )
    # The way back that a redirect to the sign-in page carries is what was asked for, not told.
    headers = "\n".join(
        f"{name}: {value}" for name, value in answer.items() if not str(value).startswith("/login/")
    )
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        return "\n".join([headers, *parts])
    return f"{headers}\n{_unescaped(body.decode('utf-8', 'replace'))}"


def _unescaped(text: str) -> str:
    """JSON's and a script block's escapes read as the characters that they stand for."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def met(text: str, canaries: tuple[Canary, ...]) -> list[Canary]:
    """Those of whom any mark stands in the text, in their order.

    Hundreds of marks are looked for in every answer. Each is looked for only where three letters of
    it that many marks share stand there at all: what is found is the same.
    """
    found = {
        place
        for fragment, marks in _by_fragment(canaries)
        if fragment in text
        for mark, place in marks
        if mark in text
    }
    return [canaries[place] for place in sorted(found)]


FRAGMENT = 3
"""Letters of a mark that stand for it; a shorter mark stands for itself."""
Fragments = list[tuple[str, list[tuple[str, int]]]]
_last: tuple[tuple[Canary, ...], Fragments] = ((), [])


def _by_fragment(canaries: tuple[Canary, ...]) -> Fragments:
    """Fragments with the marks that hold them and their canaries' places; each mark at one of them.

    Kept for the tuple of the world, which is one object to its end: to compare its canaries one by
    one would cost as much as the search.
    """
    global _last  # noqa: PLW0603 - one world a process
    if _last[0] is not canaries:
        _last = (canaries, _grouped(canaries))
    return _last[1]


def _grouped(canaries: tuple[Canary, ...]) -> Fragments:
    left = {(mark, place) for place, canary in enumerate(canaries) for mark in canary.texts}
    held = Counter(fragment for mark, _ in left for fragment in _fragments(mark))
    grouped: dict[str, list[tuple[str, int]]] = {}
    for mark, place in left:
        grouped.setdefault(max(_fragments(mark), key=lambda each: (held[each], each)), []).append(
            (mark, place)
        )
    return list(grouped.items())


def _fragments(mark: str) -> set[str]:
    return {mark[at : at + FRAGMENT] for at in range(max(len(mark) - FRAGMENT, 0) + 1)}
