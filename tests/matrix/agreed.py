"""Quantity accounts and 进院 checks of each hospital, of the actors' province and the twin."""

from __future__ import annotations

import io
from datetime import date, timedelta

from django.utils import timezone

from catalog.models import Batch, Group, Product
from core.attachments.store import keep_made
from organisations.models import Organisation
from tests.factories import agreed as make
from tests.factories import catalog, reports, stages
from tests.factories.organisations import LONG_AGO
from tests.factories.stages import Parties
from tests.matrix.actors import Cast
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places
from volumes.models import AgreedRound, VolumeReport
from volumes.queries.agreed_files import OWNER_TYPE


def seed_agreed(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X, frozenset({"m1", "d1"})),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk"}, frozenset({"m2", "d2"})),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk"}, frozenset({"m2", "d2"})),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY, NOBODY),
    )  # fmt: skip
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for letter, parties, unit, suppliers in plans:
        mark, small = f"账记{letter}7Q", letter.lower()
        batch = Batch.objects.get(code=f"PC{letter}")
        product = Product.objects.get(code=f"XP{letter}")
        catalog.agreement_year(
            batch=batch, year_no=9, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        stages.agreement_line(
            parties, agreement_no=f"{mark}协议", batch=batch, product=product, year_no=9,
            institution_signed_at=LONG_AGO, manufacturer_signed_at=LONG_AGO,
            distributor_signed_at=LONG_AGO,
        )  # fmt: skip
        check = make.entry_check(
            parties.institution, check_no=f"JY7{ord(letter)}", batch=batch, product=product,
            year_no=9, state="explained", reason_code="no_need", explanation=f"进记{letter}7Q",
        )  # fmt: skip
        make.second_choice(
            parties.institution, product=product, group=product.group or catalog.group(),
            explanation=f"规记{letter}7Q",
        )  # fmt: skip
        keys[f"entry_{small}"] = check.check_no
        keys[f"unit_{small}"] = parties.institution.code
        canaries += [
            Canary(f"{letter} account", (mark,), unit | suppliers),
            Canary(f"{letter} second product", (f"规记{letter}7Q",), unit),
            Canary(f"{letter} entry check", (f"进记{letter}7Q", check.check_no), unit),
        ]
    return Seeded(tuple(canaries), keys)


def _choices(places: Places, row: AgreedRound, hospital: Organisation, asked: Group) -> None:
    """One selected product of m1's (the twin's m3's), reported and chosen; in the own round by all."""
    own = hospital == places.a
    offered = catalog.product(
        code=f"X{row.round_no}", group=asked, manufacturer=places.m1 if own else places.m3
    )
    catalog.selection(batch=row.batch, product=offered, region=row.province)
    beside = catalog.product(group=asked, manufacturer=offered.manufacturer)
    for unit in (places.a, places.b, places.c) if own else (hospital,):
        make.second_choice(unit, product=beside)
        stages.report_line(unit, batch=row.batch, group=asked)
        make.allotment_choice(
            unit, round=row, group=asked, product=offered, manufacturer=offered.manufacturer,
            share=100,
        )  # fmt: skip


def seed_reviews(places: Places, cast: Cast) -> dict[str, str]:
    """A's report before county x, and three of the twin; a round of the province, three of the twin."""
    keys: dict[str, str] = {}
    own = reports.report_task(
        organisation=places.bureau, batch=catalog.batch(code="RVA"), state="open",
        opens_at=timezone.now() - timedelta(days=5), closes_at=timezone.now() + timedelta(days=5),
        title="审批甲",
    )  # fmt: skip
    twin = reports.report_task(organisation=places.bureau_t, batch=catalog.batch(), state="open")
    other = reports.report_task(organisation=places.bureau_t, batch=catalog.batch(), state="open")
    third = reports.report_task(organisation=places.bureau_t, batch=catalog.batch(), state="open")
    asked = catalog.group(code="GRV", name="审核品种")
    for letter, task, hospital, office in (
        ("a", own, places.a, places.bureau_x), ("v", third, places.t, places.bureau_t),
        ("t", twin, places.t, places.bureau_t), ("u", other, places.t, places.bureau_t),
    ):  # fmt: skip
        report = reports.volume_report(
            hospital, task, report_no=f"RV7Q{letter.upper()}", state="drafting"
        )
        stages.report_line(
            hospital, report=report, batch=task.batch, year_no=task.year_no, group=asked,
            status="draft", submitted_at=None, explanation=f"审记{letter.upper()}7Q",
        )  # fmt: skip
        held = VolumeReport.objects.filter(pk=report.pk)
        for state in ("hospital_review", "leader_review"):
            held.update(state=state)
        held.update(state="submitted", submitted_at=LONG_AGO, office=office)
        held.update(state="county_review", level="county")
        keys[f"rv_{letter}"] = report.report_no
    for letter, bureau, hospital in (
        ("p", places.bureau, places.a), ("t", places.bureau_t, places.t),
        ("u", places.bureau_t, places.t), ("v", places.bureau_t, places.t),
    ):  # fmt: skip
        row = make.agreed_round(
            bureau, round_no=f"YD7Q{letter.upper()}", state="computed",
            choice_until=timezone.now() + timedelta(days=9), batch=catalog.batch(),
        )  # fmt: skip
        catalog.agreement_year(batch=row.batch, year_no=1)
        quantity = make.agreed_quantity(hospital, round=row, group=asked, reported_qty="7777.7701")
        make.agreed_share(quantity)
        keys[f"round_{letter}"] = row.round_no
        _choices(places, row, hospital, asked)
    kept = keep_made(
        owner_type=OWNER_TYPE, owner_id=cast.users["province"].pk, name="约定.xlsx",
        body=io.BytesIO(b"y"), content_type="text/plain", by=cast.users["province"], at=LONG_AGO,
    )  # fmt: skip
    return keys | {"rw_p": str(kept.pk), "rv_task": own.task_no, "rv_twin": twin.task_no,
                   "rv_other": other.task_no}  # fmt: skip
