"""One 注册证: what it is and how long, who uses it, its papers, and a renewal that starts from there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ProductApplication, Registration
from catalog.operations.applications.papers import HandedPaper, hand_in_papers
from catalog.operations.applications.problems import WrongApplication
from catalog.operations.registrations import record_registration
from catalog.queries.application_offices import reviewing_levels, routes_of
from catalog.queries.expiry import ExpiryDays, expiry_days
from core.audit.models import AuditEvent
from core.transitions import MissingInput
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.models import Parameter, Policy
from policy.operations.set_value import set_value
from tests.catalog.applications.cast import JOB, NOW, NUMBER, PDF, TODAY, Cast, the_cast
from tests.factories import catalog as make
from tests.factories import organisations as people

DAYS = ExpiryDays(notice=90, urgent=30)


@pytest.fixture
def cast(db: None) -> Cast:
    return the_cast()


@pytest.mark.parametrize(
    ("left", "words", "level"),
    [
        (None, "没有现行登记", "grey"), (91, "有效", "green"), (90, "90 天后到期", "yellow"),
        (31, "31 天后到期", "yellow"), (30, "30 天后到期", "orange"), (1, "1 天后到期", "orange"),
        (0, "已到期，暂停采购", "red"), (-5, "已到期，暂停采购", "red"),
    ],
)  # fmt: skip
def test_stage_by_the_days_left(left: int | None, words: str, level: str) -> None:
    assert DAYS.stage(left) == (words, level)


def paper(cast: Cast, days: int = 400, number: str = NUMBER) -> str:
    row = make.registration(number=number, manufacturer=cast.maker)
    make.registration_version(
        registration=row, expires_on=timezone.localdate() + timedelta(days=days)
    )
    make.product_registration(product=cast.product, registration=row)
    return f"/catalog/registrations/{number}/"


def page(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_maker_starts_the_renewal_from_the_paper_and_others_do_not(
    cast: Cast, client: Client
) -> None:
    address = paper(cast, days=10)
    own = page(client, cast.clerk, address)
    assert f"/catalog/applications/new/renewal/?product={cast.product.code}" in own
    assert "10 天后到期" in own and cast.product.code in own
    for user in (cast.hospital, cast.county):
        assert "/catalog/applications/new/" not in page(client, user, address)


def test_while_one_renewal_is_open_a_second_is_not_offered(cast: Cast, client: Client) -> None:
    address = paper(cast)
    row = cast.submit(cast.hand_in(cast.file()))
    own = page(client, cast.clerk, address)
    assert f"已有申请 {row.application_no}" in own
    assert "/catalog/applications/new/renewal/" not in own
    assert "/catalog/applications/new/registration_change/" in own


def test_papers_and_applications_are_shown_to_those_who_see_the_application(
    cast: Cast, client: Client
) -> None:
    address = paper(cast)
    row = cast.submit(cast.hand_in(cast.file()))
    for user, seen in ((cast.clerk, True), (cast.county, True), (cast.hospital, False)):
        text = page(client, user, address)
        assert (row.application_no in text) is seen
        assert ("registration_scan.pdf" in text) is seen


def test_versions_products_and_steps_by_page_and_api(cast: Cast, client: Client) -> None:
    address = paper(cast, days=5)
    registration = Registration.objects.get(number=NUMBER)
    record_registration(
        number=NUMBER, kind=registration.kind, manufacturer=cast.maker, holder="新持有人",
        issued_on=date(2026, 1, 1), expires_on=date(2040, 1, 1), scope_text="片剂",
        valid_from=timezone.localdate(), source="申请 SQ1", by=JOB, at=timezone.now(),
    )  # fmt: skip
    text = page(client, cast.hospital, address)
    assert "2040-01-01" in text and "新持有人" in text and "登记注册证" not in text
    told = client.get(f"/api/v1/registration-papers/{NUMBER}/").json()
    assert told["standing_words"] == "有效" and len(told["versions"]) == 2
    assert [each["code"] for each in told["products"]] == [cast.product.code]
    assert client.get("/catalog/registrations/国药准字H00000000/").status_code == 404


def test_as_many_queries_for_thirty_products_as_for_one(cast: Cast, client: Client) -> None:
    address = paper(cast)
    client.force_login(cast.clerk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    queries()
    few = queries()
    registration = Registration.objects.get(number=NUMBER)
    for _ in range(30):
        product = make.product(manufacturer=cast.maker, group=cast.product.group)
        make.product_registration(product=product, registration=registration)
    assert queries() == few


def test_list_shows_the_own_papers_and_those_that_run_out(cast: Cast, client: Client) -> None:
    paper(cast, days=20)
    foreign = make.registration(number="国药准字H20219999")
    make.registration_version(
        registration=foreign, expires_on=timezone.localdate() + timedelta(days=60)
    )

    def numbers(query: str) -> set[str]:
        text = page(client, cast.clerk, f"/catalog/registrations/?{query}")
        return {each for each in (NUMBER, foreign.number) if each in text}

    assert numbers("") == numbers("expiry=notice") == {NUMBER, foreign.number}
    assert numbers("own=1") == numbers("expiry=urgent") == {NUMBER}
    assert numbers("own=0") == {foreign.number}
    assert numbers("expiry=expired") == set()


# --- several papers at once ------------------------------------------------------------------


def scan(name: str, body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def test_all_papers_of_a_device_in_one_go(client: Client, db: None) -> None:
    cast = the_cast("consumable")
    row = cast.file(registration_number="国械注准20213010001")
    client.force_login(cast.clerk)
    address = f"/catalog/applications/{row.application_no}/papers/"
    wrong = client.post(
        address,
        {
            "file-registration_scan": scan("证.pdf"), "file-registration_form": scan("表.pdf"),
            "sub-registration_form": "registration_annex", "file-production_approval": scan("x.exe"),
        },
    )  # fmt: skip
    text = wrong.content.decode()
    assert wrong.status_code == 400 and "请说明没有医疗器械产品注册证登记表的原因" in text
    assert not row.papers.exists()
    assert client.post(address, {}).status_code == 400
    done = client.post(
        address,
        {
            "file-registration_scan": scan("证.pdf"), "file-registration_form": scan("表.pdf"),
            "sub-registration_form": "registration_annex", "why-registration_form": "进口产品没有",
            "file-production_approval": scan("认可.pdf"),
        },
    )  # fmt: skip
    assert done.status_code == 302
    held = dict(row.papers.values_list("paper", "substitute"))
    assert held == {
        "registration_scan": "", "registration_form": "registration_annex",
        "production_approval": "",
    }  # fmt: skip
    assert AuditEvent.objects.filter(action="product_application.paper").count() == 3


def test_one_bad_file_keeps_none(cast: Cast) -> None:
    row = cast.file()
    who = {"by": cast.clerk, "scope": cast.scope(cast.clerk), "at": NOW}
    with pytest.raises(WrongApplication) as refused:
        hand_in_papers(
            application=row, **who,  # type: ignore[arg-type]
            handed=[HandedPaper("registration_scan", scan("证.exe", b"MZ")), HandedPaper("packaging", scan("a.pdf"))],
        )  # fmt: skip
    assert "不需要这份材料" in refused.value.problems["packaging"]
    with pytest.raises(WrongApplication):
        hand_in_papers(
            application=row, **who,  # type: ignore[arg-type]
            handed=[HandedPaper("registration_scan", scan("证.exe", b"MZ"))],
        )  # fmt: skip
    with pytest.raises(MissingInput):
        hand_in_papers(application=row, handed=[], **who)  # type: ignore[arg-type]
    assert not row.papers.exists()


# --- what the province sets ------------------------------------------------------------------


def policy_of(cast: Cast) -> Policy:
    """The cast's province gets the policy of 江西 2026 as its own."""
    policy = Policy.objects.get(code="jiangxi-2026")
    region = cast.county.organisation.region.parent.parent  # type: ignore[union-attr]
    assert region is not None
    Policy.objects.filter(pk=policy.pk).update(province_code=region.code)
    return policy


def put(policy: Policy, key: str, value: str) -> None:
    set_value(
        policy=policy, parameter=Parameter.objects.get(key=key), value=value,
        valid_from=date(2026, 6, 1), clause="省局通知", document=None, reason="简化",
        issued_until=None, by=JOB, at=NOW,
    )  # fmt: skip


def test_route_of_review_is_the_provinces_from_the_day_it_set_it(cast: Cast) -> None:
    province = cast.province.organisation.region
    assert province is not None
    assert routes_of(province, TODAY)["renewal"] == ("county", "province")
    put(policy_of(cast), "application_route_renewal", "province")
    assert routes_of(province, date(2026, 5, 31))["renewal"] == ("county", "province")
    assert reviewing_levels(cast.maker, TODAY)["renewal"] == ("province",)
    row: ProductApplication = cast.submit(cast.hand_in(cast.file()))
    assert (row.path, row.office_id) == (["province"], cast.province.organisation_id)


def test_days_of_warning_are_the_provinces(cast: Cast) -> None:
    scope = scope_of(cast.clerk, TODAY)
    assert expiry_days(scope, TODAY) == DAYS
    policy = policy_of(cast)
    put(policy, "registration_notice_days", "180")
    put(policy, "registration_urgent_days", "60")
    assert expiry_days(scope, TODAY) == ExpiryDays(notice=180, urgent=60)
    assert (
        expiry_days(
            scope_of(people.person(people.organisation("enterprise", region=None), "clerk"), TODAY),
            TODAY,
        ).notice
        == 180
    )
