"""Relations and renewals of the demonstration: by the steps that the demo people take themselves."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from catalog.models import AgreementYear, Batch, Product, Selection
from contracts.models import Agreement, AgreementLine, DeliveryRelation
from contracts.operations.agreements.generate import AgreedRow, generate_agreements
from contracts.operations.agreements.sign import sign_agreement
from contracts.operations.relations import Pointing, accept_relation, point_distributors
from core.operations import operation
from organisations.models import Organisation, Pool, User
from organisations.queries.certificates import certificate_in_use
from organisations.queries.scope import Scope, scope_of

USERNAMES = (
    "province", "hospital", "hospital-leader", "consortium", "manufacturer", "distributor",
)  # fmt: skip
MOST_LINES = 300
PRODUCTS = 6
SIGNED_BY_MAKER = 4


@operation
def create_demo_agreements(*, at: datetime) -> bool:
    """Next year's renewals to sign and relations to accept; a second start finds them there."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=USERNAMES
        )
    }
    if set(people) != set(USERNAMES) or Agreement.objects.exists():
        return False
    today = timezone.localdate(at)
    year = _coming_year(people, today)
    if year is None:
        return False
    _relate(year, people, today, at)
    _renew(year, people, today, at)
    _sign(people, today, at)
    return True


def _coming_year(people: dict[str, User], today: date) -> AgreementYear | None:
    """The next agreement year whose year before the demo manufacturer has agreed lines in."""
    maker = people["manufacturer"].organisation_id
    years = AgreementYear.objects.select_related("batch__policy").filter(
        starts_on__gt=today, year_no__gt=1
    )
    for year in years.order_by("starts_on", "pk"):
        before = AgreementLine.objects.filter(batch=year.batch, year_no=year.year_no - 1)
        if before.filter(manufacturer_id=maker).exists():
            return year
    return None


def _relate(year: AgreementYear, people: dict[str, User], today: date, at: datetime) -> None:
    """The demo manufacturer points the demo distributor; half is accepted, half waits.

    Left out is what the two have agreed on before, beyond the year's start: a day has one relation.
    """
    maker, carrier = people["manufacturer"], people["distributor"]
    start = max(year.starts_on, today)
    homes = (people[name].organisation.pool_id for name in ("hospital", "consortium"))
    places = {pk for pk in homes if pk is not None}
    pools = Pool.objects.select_related("region__parent").filter(pk__in=places).order_by("code")
    held = set(
        DeliveryRelation.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=start),
            distributor=carrier.organisation, state__in=("pointed", "accepted"),
        ).values_list("product_id", "pool_id")
    )  # fmt: skip
    pointings = [
        Pointing(
            product=product, distributor=carrier.organisation, pool=pool, county=None,
            valid_from=start, batch=year.batch,
        )
        for product in _won(year.batch, maker.organisation)
        for pool in pools
        if (product.pk, pool.pk) not in held
    ]  # fmt: skip
    if not pointings:
        return
    made = point_distributors(pointings=pointings, by=maker, scope=_scope(maker, today), at=at)
    for relation in DeliveryRelation.objects.filter(pk__in=[row.pk for row in made[::2]]):
        accept_relation(relation=relation, by=carrier, scope=_scope(carrier, today), at=at)


def _won(batch: Batch, maker: Organisation) -> list[Product]:
    won = Selection.objects.filter(batch=batch).values("product")
    return list(Product.objects.filter(pk__in=won, manufacturer=maker).order_by("code")[:PRODUCTS])


def _renew(year: AgreementYear, people: dict[str, User], today: date, at: datetime) -> None:
    """Last year's quantities again, for the demo hospitals and the demo enterprises."""
    hospitals = [people[name].organisation_id for name in ("hospital", "consortium")]
    concerned = Q(institution_id__in=hospitals) | Q(
        manufacturer_id=people["manufacturer"].organisation_id
    )
    lines = AgreementLine.objects.filter(
        concerned, batch=year.batch, year_no=year.year_no - 1, distributor_id__isnull=False
    ).order_by("institution_id", "product_id", "pk")
    first: dict[tuple[int, int], AgreementLine] = {}
    for line in lines:
        first.setdefault((line.institution_id or 0, line.product_id), line)
    rows = [
        AgreedRow(hospital, product, line.agreed_qty, line.price, line.distributor_id)
        for (hospital, product), line in list(first.items())[:MOST_LINES]
    ]
    if rows:
        officer = people["province"]
        generate_agreements(
            batch=year.batch, year_no=year.year_no, rows=rows, by=officer,
            scope=_scope(officer, today), at=at, basis=Agreement.Basis.RENEWAL,
        )  # fmt: skip


def _sign(people: dict[str, User], today: date, at: datetime) -> None:
    """The manufacturer has signed some, one of them is signed by all; the others wait."""
    maker, leader = people["manufacturer"], people["hospital-leader"]
    own = Agreement.objects.filter(manufacturer_id=maker.organisation_id).order_by("pk")
    if certificate_in_use(maker.organisation) is None:
        return
    first = list(own.filter(institution_id=leader.organisation_id)[:2])
    others = own.exclude(pk__in=[row.pk for row in first])[: SIGNED_BY_MAKER - len(first)]
    for agreement in [*first, *others]:
        sign_agreement(agreement=agreement, by=maker, scope=_scope(maker, today), at=at)
    carrier = people["distributor"]
    for agreement in first[:1]:
        if agreement.distributor_id == carrier.organisation_id:
            sign_agreement(agreement=agreement, by=carrier, scope=_scope(carrier, today), at=at)


def _scope(user: User, today: date) -> Scope:
    return scope_of(user, today)
