"""甲企业 in a county with its bureaus, its products, and what a complete renewal says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Product, ProductApplication
from catalog.operations.applications.drafts import draft_application
from catalog.operations.applications.papers import category_of, hand_in_paper
from catalog.operations.applications.review import (
    accept_application,
    forward_application,
    publish_application,
)
from catalog.operations.applications.submit import submit_application
from catalog.operations.listings import list_product
from catalog.rules.applications.papers import papers_of
from core.audit.record import SystemActor
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import organisations as people

# A Monday; 2026-06-19 is the Dragon Boat festival.
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)
TODAY = date(2026, 6, 15)
PDF = b"%PDF-1.4 test"
NUMBER = "国药准字H20210001"
JOB = SystemActor("测试")


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def renewal(**changes: object) -> dict[str, object]:
    return {
        "registration_number": NUMBER, "holder": "甲公司", "issued_on": "2026-06-01",
        "expires_on": "2031-05-31", "scope": "片剂",
    } | changes  # fmt: skip


@dataclass
class Cast:
    maker: Organisation
    clerk: User
    county: User
    county_clerk: User
    city: User
    province: User
    hospital: User
    stranger: User
    product: Product

    def scope(self, user: User) -> Scope:
        return scope_of(user, TODAY)

    def file(self, **values: object) -> ProductApplication:
        """A draft of a renewal, complete but for its papers."""
        return self.draft("renewal", renewal(**values))

    def draft(
        self, kind: str, values: dict[str, object], product: Product | None = None
    ) -> ProductApplication:
        return draft_application(
            kind=kind, product=product or self.product, values=values, reason="到期延续",
            by=self.clerk, scope=self.scope(self.clerk), at=NOW,
        )  # fmt: skip

    def hand_in(self, row: ProductApplication) -> ProductApplication:
        for paper in papers_of(row.kind, category_of(row)):
            hand_in_paper(
                application=row, paper=paper.code, by=self.clerk, scope=self.scope(self.clerk),
                upload=SimpleUploadedFile(f"{paper.code}.pdf", PDF), at=NOW,
            )  # fmt: skip
        return row

    def submit(self, row: ProductApplication, at: datetime = NOW) -> ProductApplication:
        return submit_application(
            application=row, by=self.clerk, scope=self.scope(self.clerk), at=at
        )

    def submitted(self, **values: object) -> ProductApplication:
        return self.submit(self.hand_in(self.file(**values)))

    def at_province(self, row: ProductApplication | None = None) -> ProductApplication:
        """Taken in and passed on by everybody below the province."""
        row = row or self.submitted()
        offices = {"county": self.county, "city": self.city, "province": self.province}
        by = offices[row.level]
        row = accept_application(application=row, by=by, scope=self.scope(by), at=NOW)
        while row.level != "province":
            by = offices[row.level]
            row = forward_application(application=row, by=by, scope=self.scope(by), at=NOW)
        return row

    def published(self, row: ProductApplication | None = None) -> ProductApplication:
        """Publicity of five working days: from Monday 06-15 to Tuesday 06-23."""
        return publish_application(
            application=self.at_province(row), effective_on=date(2026, 7, 1), by=self.province,
            scope=self.scope(self.province), at=NOW,
        )  # fmt: skip


def the_cast(category: str = "drug") -> Cast:
    county = people.county()
    city = county.parent
    assert city is not None and city.parent is not None
    maker = people.organisation("enterprise", name="甲企业", region=county)
    product = make.product(
        manufacturer=maker, category=category, name="甲片", specification="10mg*24片",
        pack_unit="盒", listed_price=12,
        code="XA10ADM080B002010107103" if category == "drug" else "C" + "1" * 19,
        group=make.group(category=category),
    )  # fmt: skip
    product.refresh_from_db()
    make.listed_price(product=product, price=12)
    list_product(product=product, by=JOB, at=NOW, listed_on=date(2025, 1, 1))
    county_bureau = people.organisation("bureau", name="县医保", region=county)
    return Cast(
        maker=maker,
        clerk=people.person(maker, "clerk"),
        county=people.person(county_bureau, "reviewer"),
        county_clerk=people.person(county_bureau, "clerk"),
        city=people.person(people.organisation("bureau", name="市医保", region=city), "reviewer"),
        province=people.person(
            people.organisation("bureau", name="省医保", region=city.parent), "leader"
        ),
        hospital=people.person(people.organisation("institution", region=county), "clerk"),
        stranger=people.person(people.organisation("enterprise"), "clerk"),
        product=product,
    )
