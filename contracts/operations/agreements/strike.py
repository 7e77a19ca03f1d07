"""A product leaves the agreements of a batch from a day on: its selection was cancelled (S2-2.3, 3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse

from catalog.models import AgreementYear, Batch, Product, Selection
from catalog.queries.in_force import holds_on
from contracts.models import Agreement, AgreementItem, AgreementLine
from contracts.operations.agreements.asking import ask_to_sign
from contracts.operations.agreements.writing import TextRow, stage, write_staged
from contracts.states.agreement import AGREEMENT_MACHINE, PENDING
from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from core.workdays.deadlines import SHANGHAI
from inbox.operations.notices import NewNotice, notify
from organisations.models import Region

OPEN = (*PENDING, "in_force")

# State by SQL: the table's own trigger still refuses what the machine does not know.
LEAVE = """
UPDATE contracts_agreement SET state = %s, state_at = %s, state_by_id = %s, state_by_name = %s,
       row_version = row_version + 1, ending_reason = %s
WHERE id = ANY(%s)
"""


@dataclass(frozen=True)
class Struck:
    """How many lines ended, new versions wait for signatures, agreements ended as a whole."""

    ended: int
    versions: int
    terminated: int


@dataclass(frozen=True)
class _Plan:
    """What happens to the heads: ids that go, and the texts of the versions that come."""

    superseded: list[int]
    terminated: list[Agreement]
    texts: dict[int, list[TextRow]]


@operation
def strike_product(
    *,
    batch: Batch,
    product: Product,
    region: Region,
    on: date,
    reason: str,
    clause: str,
    by: Actor,
    at: datetime,
) -> Struck:
    """End the product's lines of the supply region from the beginning of `on`.

    Institutions that another result of the batch still supplies (their city's, their province's)
    keep theirs. A constant number of statements a year.

    An agreement with other products gets a new version without this one, which all three sign; what
    was in force stays so for the others until then. One that held nothing else ends; a version that
    waited for signatures is replaced. Years that ended before `on` stay. Run again it finds nothing.
    """
    with transaction.atomic():
        years = list(AgreementYear.objects.filter(batch=batch, ends_on__gte=on))
        numbers = {year.year_no for year in years}
        lines = _lines_without_result(batch, product, region, on).filter(year_no__in=numbers)
        touched = sorted(set(lines.values_list("agreement_no", flat=True)))
        plan = _plan(batch, product, _heads(batch, numbers, touched))
        midnight = datetime.combine(on, time.min, SHANGHAI)
        with connection.cursor() as cursor:
            # As in writing: the history's trigger walks through whatever checks are deferred.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            ended = lines.update(ended_at=min(at, midnight))
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _leave("superseded", plan.superseded, "", by, at)
        _leave("terminated", [each.pk for each in plan.terminated], reason[:500], by, at)
        made: list[int] = []
        for year in years:
            made += _versions(year, plan.texts.get(year.year_no, []), by, at)
        rows = list(Agreement.objects.filter(pk__in=made).order_by("pk"))
        _keep(rows, plan.terminated, product, reason, clause, by, at)
    _tell(batch, product, [*rows, *plan.terminated], reason, at)
    return Struck(ended, len(rows), len(plan.terminated))


def _lines_without_result(
    batch: Batch, product: Product, region: Region, on: date
) -> QuerySet[AgreementLine]:
    still = Selection.objects.filter(
        holds_on(on), Q(region=OuterRef("city_id")) | Q(region=OuterRef("province_id")),
        batch=batch, product=product, role=Selection.Role.SELECTED,
    )  # fmt: skip
    return AgreementLine.objects.filter(
        ~Exists(still), Q(city=region) | Q(province=region),
        batch=batch, product=product, ended_at__isnull=True,
    )  # fmt: skip


def _heads(batch: Batch, years: set[int], numbers: Sequence[str]) -> dict[str, list[Agreement]]:
    """Open versions of these numbers, locked, oldest first."""
    found: dict[str, list[Agreement]] = {}
    rows = Agreement.objects.select_for_update(of=("self",)).filter(
        batch=batch, year_no__in=years, agreement_no__in=numbers, state__in=OPEN
    )
    for row in rows.order_by("agreement_no", "version"):
        found.setdefault(row.agreement_no, []).append(row)
    return found


def _plan(batch: Batch, product: Product, heads: dict[str, list[Agreement]]) -> _Plan:
    open_ones = [row.pk for rows in heads.values() for row in rows]
    items: dict[int, list[AgreementItem]] = {}
    for item in AgreementItem.objects.filter(agreement__in=open_ones).order_by("line_no"):
        items.setdefault(item.agreement_id, []).append(item)
    gone: set[tuple[str, int]] = set(
        AgreementLine.objects.filter(
            batch=batch, agreement_no__in=list(heads), ended_at__isnull=False
        ).values_list("agreement_no", "product_id")
    )
    newest = dict(
        Agreement.objects.filter(agreement_no__in=list(heads))
        .order_by()
        .values_list("agreement_no")
        .annotate(newest=Max("version"))
    )
    plan = _Plan([], [], {})
    for number, rows in heads.items():
        base = rows[-1]
        if all(each.product_id != product.pk for each in items.get(base.pk, [])):
            # A version without the product waits already.
            continue
        left = [
            each for each in items[base.pk]
            if each.product_id != product.pk and (number, each.product_id) not in gone
        ]  # fmt: skip
        plan.superseded.extend(each.pk for each in rows if each.state in PENDING)
        if not left:
            plan.terminated.extend(each for each in rows if each.state == "in_force")
            continue
        plan.texts.setdefault(base.year_no, []).extend(
            TextRow(
                base.institution_id or 0, base.manufacturer_id or 0, base.distributor_id or 0,
                each.product_id, each.agreed_qty, each.price, number, newest[number] + 1, base.pk,
                f"{product.name}不再列入：本地区已不由它中选供应",
            )
            for each in left
        )  # fmt: skip
    return plan


def _leave(state: str, ids: Collection[int], reason: str, by: Actor, at: datetime) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [state, at, by.audit_id, by.audit_name, reason, list(ids)])


def _versions(year: AgreementYear, texts: Sequence[TextRow], by: Actor, at: datetime) -> list[int]:
    """Ids of the new heads; lines that were never in force wait for them."""
    if not texts:
        return []
    stage(texts)
    made = write_staged(year=year, basis=Agreement.Basis.CHANGE, lines="", by=by, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contracts_agreementline l SET agreement_id = a.id FROM contracts_agreement a"
            " WHERE a.id = ANY(%s) AND l.agreement_no = a.agreement_no"
            " AND l.agreement_id IS NOT NULL AND l.institution_signed_at IS NULL"
            " AND l.ended_at IS NULL",
            [made],
        )
    return made


def _keep(
    made: Sequence[Agreement],
    ended: Sequence[Agreement],
    product: Product,
    reason: str,
    clause: str,
    by: Actor,
    at: datetime,
) -> None:
    """One event on each agreement's trail."""
    record_many(
        [
            NewEvent(
                "agreement.strike_last" if each.state == "in_force" else "agreement.strike",
                AGREEMENT_MACHINE.name, str(each.pk), str(each), reason, clause,
                {"product": product.code},
            )
            for each in (*made, *ended)
        ],
        by=by, at=at,
    )  # fmt: skip


def _tell(
    batch: Batch, product: Product, rows: Sequence[Agreement], reason: str, at: datetime
) -> None:
    """Each party once, with how many of its agreements; the tasks to sign of each year."""
    count = Counter(
        pk
        for row in rows
        for pk in {row.institution_id, row.manufacturer_id, row.distributor_id}
        if pk is not None
    )
    url = f"{reverse('agreements')}?batch={batch.code}"
    notify(
        notices=[
            NewNotice(
                pk, f"strike-{batch.pk}-{product.pk}-{at:%Y%m%d}-{pk}",
                f"{product}不再列入三方协议：涉及本单位 {number} 份"[:300], reason[:500], url,
            )
            for pk, number in sorted(count.items())
        ],
        at=at,
    )  # fmt: skip
    for year in sorted({row.year_no for row in rows}):
        ask_to_sign(batch_id=batch.pk, year_no=year, at=at, among=sorted(count))
