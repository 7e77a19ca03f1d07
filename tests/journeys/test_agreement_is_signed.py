"""A manufacturer names a distributor, who accepts; three leaders sign; the county sees it in force."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product
from contracts.models import Agreement, DeliveryRelation
from contracts.operations.agreements.generate import AgreedRow, generate_agreements, year_of
from core.audit.record import SystemActor
from organisations.models import Organisation, User
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.scope import scope_of
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser
TESTER = SystemActor("测试")
YEAR = 2


def organisation_of(username: str) -> Organisation:
    return User.objects.select_related("organisation__pool").get(username=username).organisation


def certified(*usernames: str) -> None:
    make_signing_root(name="测试根证书", by=TESTER, at=timezone.now())
    for username in usernames:
        issue_certificate(organisation=organisation_of(username), by=TESTER, at=timezone.now())


def generated(product: Product) -> Agreement:
    """By the province, from one agreed quantity of the hospital."""
    officer = User.objects.select_related("organisation__region").get(username="province")
    batch = product.selections.order_by("batch__code")[0].batch
    year_of(batch, YEAR)
    done = generate_agreements(
        batch=batch, year_no=YEAR, by=officer, scope=scope_of(officer, timezone.localdate()),
        at=timezone.now(),
        rows=[
            AgreedRow(
                organisation_of("hospital").pk, product.pk, Decimal(1200), Decimal("12.5"),
                organisation_of("distributor").pk,
            )
        ],
    )  # fmt: skip
    assert done.made == 1, done
    return Agreement.objects.get(basis="generated")


def test_relation_is_pointed_accepted_and_the_agreement_signed(sign_in: Open) -> None:
    certified("hospital", "manufacturer", "distributor")
    maker, carrier = organisation_of("manufacturer"), organisation_of("distributor")
    hospital = organisation_of("hospital")
    assert hospital.pool is not None
    product = Product.objects.filter(manufacturer=maker, selections__isnull=False).order_by("code")[
        0
    ]

    enterprise: Any = sign_in("manufacturer")
    enterprise.goto("/relations/new/")
    enterprise.fill("[name=product_codes]", product.code)
    enterprise.fill("[name=distributor_code]", "91360000MA0000000X")
    enterprise.check(f"[name=pool_codes][value='{hospital.pool.code}']")
    enterprise.fill("[name=valid_from]", f"{timezone.localdate():%Y-%m-%d}")
    enterprise.get_by_role("button", name="点选", exact=True).click()
    enterprise.wait_for_selector(".invalid-feedback, .zc-error-summary")
    assert DeliveryRelation.objects.count() == 0
    look(enterprise, "relation-wrong")
    enterprise.fill("[name=distributor_code]", carrier.code)
    enterprise.get_by_role("button", name="点选", exact=True).click()
    enterprise.wait_for_selector("text=待配送企业确认")
    relation = DeliveryRelation.objects.get()

    distributor: Any = sign_in("distributor")
    distributor.goto(f"/relations/{relation.relation_no}/")
    distributor.get_by_role("button", name="确认配送").click()
    distributor.wait_for_selector("text=生效中")

    agreement = generated(product)
    address = f"/agreements/of/{agreement.key}/"
    leader: Any = sign_in("hospital-leader")
    for number, page in enumerate((enterprise, distributor, leader)):
        page.goto(address)
        if number == 0:
            # Not agreed to: nothing is signed.
            page.locator("#sign form").evaluate("form => form.noValidate = true")
            page.locator("#sign").get_by_role("button", name="签署", exact=True).click()
            page.wait_for_selector(".invalid-feedback, .zc-error-summary")
            assert not agreement.signatures.exists()
        page.locator("#sign [name=agreed]").check()
        page.locator("#sign").get_by_role("button", name="签署", exact=True).click()
        page.wait_for_selector("text=生效" if number == 2 else "text=部分签署")
    agreement.refresh_from_db()
    assert (agreement.state, agreement.signatures.count()) == ("in_force", 3)
    leader.goto(f"{address}verify/")
    leader.wait_for_selector("text=文件与签署时一致")
    look(leader, "agreement-verified")

    county: Any = sign_in("county")
    county.goto(f"/agreements/progress/?batch={agreement.batch.code}&year_no={YEAR}")
    cells = county.locator("table tbody tr").last.locator("td").all_inner_texts()
    assert cells == ["1", "1", "0", "0", "0", "0", "0"]
    look(county, "agreement-progress")
