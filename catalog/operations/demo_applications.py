"""Registrations and applications of the demonstration, made by the same steps that people take."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Product, ProductRegistration, Registration, RegistrationVersion
from catalog.models.application import ProductApplication
from catalog.operations.applications.drafts import draft_application
from catalog.operations.applications.objections import file_objection
from catalog.operations.applications.papers import category_of, hand_in_paper
from catalog.operations.applications.review import (
    accept_application,
    forward_application,
    publish_application,
    return_application,
)
from catalog.operations.applications.submit import submit_application
from catalog.queries.application_target import current_values
from catalog.rules.applications.papers import papers_of
from core.operations import operation
from core.workdays.deadlines import add_workdays, shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
# Days left of every fortieth product's paper; of all others years.
SOON = {0: -3, 7: 12, 13: 25, 21: 60, 34: 88}


@operation
def create_demo_applications(*, at: datetime) -> int:
    """Papers for every product, and applications of the demonstration's manufacturer at each step.

    Nothing where papers are recorded already. Gives the number of applications.
    """
    if Registration.objects.exists():
        return 0
    today = shanghai_day(at)
    _record_papers(today)
    maker = (
        User.objects.select_related("organisation__region").filter(username="manufacturer").first()
    )
    county = _officer_of("county")
    if maker is None or county is None:
        return 0
    if maker.organisation.region_id is None:
        Organisation.objects.filter(pk=maker.organisation_id).update(
            region=county.organisation.region
        )
        maker.organisation.region = county.organisation.region
    return len(_applications(maker, at, today))


def _record_papers(today: date) -> None:
    """A number for each product, some of them about to expire, so that lists and warnings show."""
    products = list(Product.objects.order_by("code"))
    papers = Registration.objects.bulk_create(
        (
            Registration(
                number=f"国药准字H{20150000 + index}" if product.category == "drug"
                else f"国械注准2015303{index:04d}",
                kind="drug_approval" if product.category == "drug" else "device_registration",
                manufacturer_id=product.manufacturer_id,
            )
            for index, product in enumerate(products)
        ),
        batch_size=1000,
    )  # fmt: skip
    since = today - timedelta(days=1500)
    names = dict(Organisation.objects.filter(is_manufacturer=True).values_list("pk", "name"))
    RegistrationVersion.objects.bulk_create(
        (
            RegistrationVersion(
                registration=paper, holder=names[paper.manufacturer_id], issued_on=since,
                expires_on=today + timedelta(days=SOON.get(index % 40, 400 + index % 900)),
                valid_from=since, source="演示数据",
            )
            for index, paper in enumerate(papers)
        ),
        batch_size=1000,
    )  # fmt: skip
    ProductRegistration.objects.bulk_create(
        (
            ProductRegistration(product=product, registration=paper, valid_from=since)
            for product, paper in zip(products, papers, strict=True)
        ),
        batch_size=1000,
    )


def _applications(maker: User, at: datetime, today: date) -> list[ProductApplication]:
    """One of each stage, as far as the manufacturer has products for them."""
    scope = scope_of(maker, today)
    products = list(
        Product.objects.filter(
            manufacturer=maker.organisation, listed_price__gt=1, prices__isnull=False,
            listing__state="listed",
        )
        .distinct()
        .order_by("code")[:5]
    )  # fmt: skip
    made: list[ProductApplication] = []
    for step, product in enumerate(products):
        kind = "price" if step == 3 else "renewal"
        row = draft_application(
            kind=kind, product=product, values=_values(kind, product, today),
            reason="注册证即将到期，申请延续" if kind == "renewal" else "成本下降，主动降价",
            by=maker, scope=scope, at=at,
        )  # fmt: skip
        made.append(row)
        if step == 0:
            continue
        _hand_in(row, maker, scope, at)
        row = submit_application(application=row, by=maker, scope=scope, at=at)
        if step >= 2:
            _review(row, step, at, today)
    return made


def _review(row: ProductApplication, step: int, at: datetime, today: date) -> None:
    """2: returned by the county; 3: with the city or the province; 4: published, with an objection."""
    officer = _officer(row)
    if officer is None:
        return
    row = accept_application(application=row, by=officer, scope=scope_of(officer, today), at=at)
    if step == 2:
        return_application(
            application=row, opinion="扫描件第二页看不清，请重新上传", by=officer, at=at,
            findings={"paper:registration_scan": "第二页看不清"}, scope=scope_of(officer, today),
        )  # fmt: skip
    if step < 4:
        return
    while row.level != row.path[-1]:
        row = forward_application(
            application=row, by=officer, scope=scope_of(officer, today), at=at
        )
        found = _officer(row)
        if found is None:
            return
        officer = found
    row = publish_application(
        application=row, effective_on=add_workdays(at, 10).day, by=officer, at=at,
        scope=scope_of(officer, today),
    )  # fmt: skip
    hospital = User.objects.filter(username="hospital").first()
    if hospital is not None:
        file_objection(
            application=row, text="新证的规格与在用产品外包装不一致，请核对。", uploads=[],
            by=hospital, scope=scope_of(hospital, today), at=at,
        )  # fmt: skip


def _officer(row: ProductApplication) -> User | None:
    return User.objects.filter(
        organisation=row.office, is_active=True, roles__overlap=["reviewer", "leader"]
    ).first()


def _officer_of(level: str) -> User | None:
    return (
        User.objects.select_related("organisation__region")
        .filter(
            organisation__kind="bureau", organisation__region__level=level, is_active=True,
            roles__overlap=["reviewer", "leader"],
        )
        .order_by("pk")
        .first()
    )  # fmt: skip


def _values(kind: str, product: Product, today: date) -> dict[str, object]:
    now: dict[str, object] = dict(current_values(kind, product, today))
    if kind == "renewal":
        expires = today + timedelta(days=5 * 365)
        return now | {"issued_on": today.isoformat(), "expires_on": expires.isoformat()}
    lower = (product.listed_price or Decimal(10)) * Decimal("0.9")
    return {"price": str(lower.quantize(Decimal("0.01")))}


def _hand_in(row: ProductApplication, maker: User, scope: Scope, at: datetime) -> None:
    for paper in papers_of(row.kind, category_of(row)):
        missing = paper.code == "production_approval"
        hand_in_paper(
            application=row, paper=paper.code, by=maker, scope=scope, at=at,
            upload=SimpleUploadedFile(f"{paper.label}.pdf", PDF),
            substitute="production_licence" if missing else "",
            missing_reason="进口产品没有该表" if missing else "",
        )  # fmt: skip
