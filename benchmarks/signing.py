"""SIGNING: one leader signs five hundred agreements as one act, then the next side signs them.

The very steps of the job, in this process: each agreement locked, its paper set (first side) or
read (second side), signed by the organisation's certificate, kept as a file, its trail written and
committed by itself. The files lie in a folder of this run.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from benchmarks import databases, reporting
from benchmarks.province import LAST_YEAR
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import clocked
from catalog.models import AgreementYear, Batch, Product
from contracts.models import Agreement, AgreementSignature
from contracts.operations.agreements.generate import AgreedRow, generate_agreements
from contracts.operations.agreements.sign import sign_many
from core.audit.record import SystemActor
from inbox.operations.bulk_steps import do_steps
from organisations.models import Organisation, User
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.scope import scope_of

AT = datetime(LAST_YEAR, 11, 3, 2, tzinfo=UTC)
CLOCK = SystemActor(audit_name="性能")
SIGNED, PRODUCTS = 500, 3
SECONDS = 60.0
WORDS = {"manufacturer": "首签，含排版", "distributor": "第二方"}


def measure(bench: Bench, seed: float) -> list[Result]:
    """In a database of its own, which is dropped at the end."""
    database = bench.new("signing")
    databases.point_at(database)
    folder = settings.FILES_DIR
    try:
        with tempfile.TemporaryDirectory() as held:
            settings.FILES_DIR = Path(held)
            parties = _agreed(seed)
            return [_signed(side, organisation) for side, organisation in parties.items()]
    finally:
        settings.FILES_DIR = folder
        bench.drop(database)
        databases.point_at(bench.template)


def _agreed(seed: float) -> dict[str, Organisation]:
    """Five hundred institutions with one manufacturer's three products; who signs first and second."""
    officer = reporting.draw_people(seed)
    batch = Batch.objects.order_by("code")[0]
    last = AgreementYear.objects.filter(batch=batch).order_by("-year_no")[0]
    year = AgreementYear.objects.create(
        batch=batch, year_no=last.year_no + 1, starts_on=last.ends_on.replace(year=LAST_YEAR + 1),
        ends_on=last.ends_on.replace(year=LAST_YEAR + 2),
    )  # fmt: skip
    counted = Product.objects.values("manufacturer").annotate(n=Count("pk"))
    maker = counted.filter(n__gte=PRODUCTS).order_by("manufacturer")[0]["manufacturer"]
    products = Product.objects.filter(manufacturer=maker).order_by("pk")[:PRODUCTS]
    carriers = Organisation.objects.filter(is_distributor=True, is_manufacturer=False)
    carrier = carriers.order_by("pk")[0]
    units = Organisation.objects.filter(kind="institution").order_by("pk")[:SIGNED]
    rows = [
        AgreedRow(unit.pk, product.pk, Decimal(100), Decimal(5), carrier.pk)
        for unit in units
        for product in products
    ]
    made = generate_agreements(
        batch=batch, year_no=year.year_no, rows=rows, by=officer,
        scope=scope_of(officer, AT.date()), at=AT,
    )  # fmt: skip
    assert made.made == SIGNED, made
    make_signing_root(name="性能测试根", by=CLOCK, at=AT)
    parties = {"manufacturer": Organisation.objects.get(pk=maker), "distributor": carrier}
    for each in parties.values():
        issue_certificate(organisation=each, by=CLOCK, at=AT)
    return parties


def _signed(side: str, organisation: Organisation) -> Result:
    leader = _leader(organisation)
    scope = scope_of(leader, AT.date())
    keys = [row.key for row in Agreement.objects.order_by("pk")]
    run = sign_many(keys=keys, by=leader, scope=scope, at=AT)
    began = time.process_time()
    seconds = clocked(
        lambda: do_steps(run_id=run.pk, scope=scope, by=leader, at=AT, tell=lambda done: None)
    )
    used = time.process_time() - began
    number = AgreementSignature.objects.filter(party=side).count()
    whole = number == SIGNED
    return Result(
        "SIGNING", f"签署 {number} 份三方协议（{WORDS[side]}）", f"{seconds:.1f}s", f"{SECONDS:.0f}s",
        seconds / SECONDS if whole else None, 1.0,
        f"每份 {seconds / SIGNED * 1000:.0f}ms，其中本进程的处理器时间 {used / SIGNED * 1000:.0f}ms"
        if whole else "没有全部签署",
    )  # fmt: skip


def _leader(organisation: Organisation) -> User:
    name = f"bench-leader-{organisation.code}"
    User.objects.create(
        username=name, created_at=AT, name="负责人", organisation=organisation, roles=["leader"]
    )
    rows = User.objects.select_related("organisation__region__parent__parent")
    return rows.get(username=name)
