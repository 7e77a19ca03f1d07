"""Agreements of the running year in the demonstration: three real signatures, and some that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_UP, Decimal

from catalog.models import AgreementYear
from contracts.models import Agreement, AgreementLine, DeliveryRelation
from contracts.operations.agreements.adopt import adopt_lines
from contracts.operations.agreements.change import make_version
from contracts.operations.agreements.sign import sign_agreement
from contracts.operations.relations import Pointing, accept_relation, point_distributors
from contracts.queries.relations import in_force_on
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from organisations.queries.certificates import certificate_in_use
from organisations.queries.scope import scope_of

LEADERS = ("province", "hospital-leader", "consortium", "manufacturer", "distributor")
WAITING = 3
"""How many more of the two enterprises are signed by them and wait for their hospital."""
REASON = "约定量按整包装取整，并改在平台上签署电子协议"


@operation
def create_demo_signed(*, at: datetime) -> int:
    """The running year's loaded agreements of the demo people, signed anew by certificate.

    Gives how many are in force with three signatures; a second start finds them there.
    """
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=LEADERS)}
    if (
        set(people) != set(LEADERS)
        or certificate_in_use(people["manufacturer"].organisation) is None
    ):
        return 0
    today = shanghai_day(at)
    lines = _shared(people, today)
    if not lines or Agreement.objects.filter(agreement_no__in=_numbers(lines)).exists():
        return 0
    year = AgreementYear.objects.get(batch=lines[0].batch, year_no=lines[0].year_no)
    _relate(year, lines, people, at)
    adopt_lines(
        batch=year.batch, year_no=year.year_no, numbers=_numbers(lines), at=at,
        by=people["province"], scope=scope_of(people["province"], today),
    )  # fmt: skip
    return sum(_signed(line, people, at) for line in lines)


def _shared(people: dict[str, User], today: date) -> list[AgreementLine]:
    """Lines in force today between the two demo enterprises, the demo hospitals' own first."""
    own = [people[name].organisation_id for name in ("hospital-leader", "consortium")]
    running = AgreementYear.objects.filter(starts_on__lte=today, ends_on__gte=today)
    found: dict[str, AgreementLine] = {}
    for year in running.order_by("-starts_on", "batch__code"):
        rows = AgreementLine.objects.filter(
            batch=year.batch, year_no=year.year_no, agreement__isnull=True,
            manufacturer_id=people["manufacturer"].organisation_id,
            distributor_id=people["distributor"].organisation_id,
            institution_signed_at__isnull=False, manufacturer_signed_at__isnull=False,
            distributor_signed_at__isnull=False,
        ).select_related("batch", "product", "institution__pool__region__parent")  # fmt: skip
        mine = list(rows.filter(institution_id__in=own).order_by("agreement_no", "pk"))
        if people["hospital-leader"].organisation_id not in {row.institution_id for row in mine}:
            continue
        others = rows.exclude(institution_id__in=own).order_by("agreement_no", "pk")
        for row in [*mine, *others[:WAITING]]:
            found.setdefault(row.agreement_no, row)
        return list(found.values())
    return []


def _numbers(lines: Sequence[AgreementLine]) -> list[str]:
    return sorted({line.agreement_no for line in lines})


def _relate(
    year: AgreementYear, lines: Sequence[AgreementLine], people: dict[str, User], at: datetime
) -> None:
    """Delivery relations from today on, where the two have none for these products and pools."""
    today, maker, carrier = shanghai_day(at), people["manufacturer"], people["distributor"]
    places = {
        (line.product_id, line.institution.pool_id): line for line in lines
        if line.institution and line.institution.pool_id
    }  # fmt: skip
    held = set(
        DeliveryRelation.objects.filter(in_force_on(today), distributor=carrier.organisation)
        .values_list("product_id", "pool_id")
    )  # fmt: skip
    pools = Pool.objects.select_related("region__parent").in_bulk([pool for _, pool in places])
    pointings = [
        Pointing(
            product=line.product, distributor=carrier.organisation, pool=pools[pool], county=None,
            valid_from=today, valid_until=_free_until(line, pool, carrier), batch=year.batch,
        )
        for (product, pool), line in sorted(places.items())
        if (product, pool) not in held
    ]  # fmt: skip
    if not pointings:
        return
    made = point_distributors(pointings=pointings, by=maker, scope=scope_of(maker, today), at=at)
    for relation in made:
        accept_relation(relation=relation, by=carrier, scope=scope_of(carrier, today), at=at)


def _free_until(line: AgreementLine, pool: int, carrier: User) -> date | None:
    """The first day of a later relation of the same three; a day has one relation only."""
    later = DeliveryRelation.objects.filter(
        product=line.product, pool_id=pool, distributor=carrier.organisation,
        state__in=("pointed", "accepted"),
    )  # fmt: skip
    return later.order_by("valid_from").values_list("valid_from", flat=True).first()


def _signed(line: AgreementLine, people: dict[str, User], at: datetime) -> bool:
    """Its next version by all three; where the hospital has no account here, by the two."""
    head = Agreement.objects.filter(agreement_no=line.agreement_no, state="in_force").first()
    if head is None:
        return False
    maker, carrier, today = people["manufacturer"], people["distributor"], shanghai_day(at)
    pack = line.product.base_units_per_pack or Decimal(1)
    packs = (line.agreed_qty / pack).to_integral_value(ROUND_UP) + 1
    version = make_version(
        agreement=head, distributor=None, quantities={line.product_id: packs * pack},
        change_reason=REASON, by=maker, scope=scope_of(maker, today), at=at,
    )  # fmt: skip
    hospitals = {people[name].organisation_id: people[name] for name in LEADERS[1:3]}
    hospital = hospitals.get(line.institution_id or 0)
    for leader in (maker, carrier, *([hospital] if hospital else [])):
        version = sign_agreement(agreement=version, by=leader, scope=scope_of(leader, today), at=at)
    return version.state == "in_force"
