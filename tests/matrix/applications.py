"""Applications of m1 in county x, three of the twin's, and objections, for routes_applications.yaml."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Product, ProductApplication
from core.attachments.store import attach
from core.audit.record import SystemActor
from organisations.models import Organisation
from tests.factories import applications as make
from tests.factories import catalog
from tests.factories.organisations import LONG_AGO
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
BY = SystemActor("测试")


def seed_applications(places: Places) -> dict[str, str]:
    """Keys `sq_a` (submitted), `sq_r`, `sq_q` (in review), `sq_d` (draft), `sq_p` (published), `sq_t`…"""
    product = Product.objects.get(code="XPA")
    county = places.bureau_x.region
    keys: dict[str, str] = {}

    def filed(
        key: str, state: str, office: Organisation | None, level: str, **more: object
    ) -> ProductApplication:
        row = make.application(
            application_no=f"SQ2025A-{key.upper()}", product=product, organisation=places.m1,
            county=county, city=county.parent, province=county.parent.parent,  # type: ignore[union-attr]
            target_key=f"对象{key}", state=state, office=office, level=level,
            reason="申记A7Q", submitted_at=None if state == "draft" else LONG_AGO, **more,
        )  # fmt: skip
        make.application_item(application=row)
        keys[f"sq_{key}"] = row.application_no
        return row

    first = filed("a", "submitted", places.bureau_x, "county")
    paper = catalog.registration(number="国药准字H20250001", manufacturer=places.m1)
    catalog.registration_version(registration=paper)
    catalog.product_registration(product=product, registration=paper)
    keys["paper_a"] = paper.number
    keys["sf_a"] = _file("product_application", first.pk)
    filed("r", "in_review", places.bureau_x, "county")
    filed("q", "in_review", places.bureau, "province")
    filed("d", "draft", None, "county")
    today = timezone.localdate()
    published = filed(
        "p", "publicity", places.bureau, "province", publicity_from=today,
        publicity_to=today + timedelta(days=9), effective_on=today + timedelta(days=20),
    )  # fmt: skip
    objection = make.application_objection(
        application=published, organisation=places.a, text="异记A7Q", objection_no="YY2025A-1"
    )
    keys["yy_a"], keys["yf_a"] = (
        objection.objection_no,
        _file("application_objection", objection.pk),
    )
    twin = places.bureau_t.region
    for letter in "tuv":
        row = make.application(
            application_no=f"SQ2025T-{letter.upper()}", province=twin, state="submitted",
            product=Product.objects.get(code="XPT"), organisation=places.m3,
            office=places.bureau_t, level="province", target_key=f"对象{letter}",
            reason="申记T7Q", submitted_at=LONG_AGO,
        )  # fmt: skip
        keys[f"sq_{letter}"] = row.application_no
        other = make.application_objection(
            application=row,
            organisation=places.t,
            text="异记T7Q",
            objection_no=f"YY2025T-{letter.upper()}",
        )
        keys[f"yy_{letter}"] = other.objection_no
    return keys


def _file(owner_type: str, owner_id: int) -> str:
    [kept] = attach(
        owner_type=owner_type, owner_id=owner_id, by=BY, at=LONG_AGO,
        uploads=[SimpleUploadedFile("材料.pdf", PDF)],
    )  # fmt: skip
    return str(kept.pk)
