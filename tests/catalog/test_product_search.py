"""Everybody finds a product by what they have of it, best first, and reads why it is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Listing, Product
from catalog.queries.found_rows import found_rows
from catalog.queries.not_found import explain_not_found
from catalog.queries.orderable import why_not_orderable
from catalog.queries.product_search import find_products, found_products
from core.pinyin.spell import spell
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.catalog.conftest import Shelf
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import quality, stages
from tests.factories.contracts import delivery_relation
from tests.factories.hospital_items import hospital_item, item_mapping

CODE = "XA10ADM080B002010107103"
DAY = date(2026, 6, 15)


def listed(name: str, code: str, **fields: object) -> Product:
    said = spell(name)
    product = make.product(
        code=code, name=name, pinyin=said.pinyin, initials=said.initials, **fields
    )
    make.listing(product=product)
    make.listed_price(product=product, price=product.listed_price, valid_from=date(2020, 1, 1))
    return product


@pytest.fixture
def maker(db: None) -> object:
    return people.organisation("enterprise", name="江右华康制药有限公司", initials="jyhkzyyxgs")


@pytest.fixture
def injection(maker: object) -> Product:
    group = make.group(name="头孢曲松", initials="tbqs", pinyin="toubaoqusong")
    return listed("注射用头孢曲松钠", CODE, manufacturer=maker, specification="1g", group=group)


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_of(people.person(people.organisation(), "clerk"), DAY)


def codes(scope: Scope, text: str) -> list[str]:
    return [product.code for product in found_products(scope, find_products(scope, text))]


@pytest.mark.parametrize(
    "words",
    [
        CODE, CODE.lower(), "XA10AD", "M080B002", "注射用头孢曲松钠", "注射用", "头孢", "曲松", "孢曲松",
        "zsytbqsn", "tbqs", "zhusheyong", "江右华康", "华康", "jyhk", "头孢 华康", "曲松 1g", "ＸＡ１０ＡＤ",
    ],
)  # fmt: skip
def test_found_by(words: str, injection: Product, scope: Scope) -> None:
    listed("阿托伐他汀钙片", "XC10AAA001A001010100001")
    assert codes(scope, words) == [CODE]


def test_found_by_numbers(injection: Product, scope: Scope) -> None:
    paper = make.registration(number="国药准字H20051234", manufacturer=injection.manufacturer)
    make.product_registration(product=injection, registration=paper)
    listing_no = Listing.objects.get(product=injection).listing_no
    assert codes(scope, "国药准字H20051234") == [CODE]
    assert codes(scope, "国药准字H2005") == [CODE]
    assert codes(scope, listing_no) == codes(scope, listing_no.lower()) == [CODE]


def test_the_exact_code_comes_first_though_many_begin_with_it(scope: Scope) -> None:
    for number in range(60):
        listed(f"产品{number}", f"C0101010101010101010{number:07d}")
    exact = listed("最后一个", "C0101010101010101010")
    found = find_products(scope, exact.code)
    assert found.ids[0] == exact.pk
    assert len(found.ids) == 50 and found.more


def test_nothing_for_nothing_and_for_who_sees_no_catalogue(injection: Product) -> None:
    admin = scope_of(people.administrator("system"), DAY)
    assert find_products(admin, CODE).ids == []
    clerk = scope_of(people.person(people.organisation(), "clerk"), DAY)
    for words in ("", "   ", "%", "_", "\\", "'; DROP TABLE x--", "\x00", "齉" * 80):
        assert find_products(clerk, words).ids == []


def test_a_hospital_finds_by_its_own_code_and_nobody_else_does(injection: Product) -> None:
    hospital, other = people.organisation(), people.organisation()
    item_mapping(hospital_item(hospital, his_code="HIS-77", standing="mapped"), product=injection)
    own = scope_of(people.person(hospital, "clerk"), DAY)
    assert codes(own, "HIS-77") == [CODE]
    assert codes(scope_of(people.person(other, "clerk"), DAY), "HIS-77") == []


# --- what stands in the way ------------------------------------------------------------------


@pytest.fixture
def on_shelf(shelf: Shelf) -> Shelf:
    """The shelf's product listed at a price, and delivered to both hospitals."""
    make.listing(product=shelf.product)
    make.listed_price(product=shelf.product, price=5, valid_from=date(2020, 1, 1))
    for hospital in (shelf.hospital, shelf.foreign_hospital):
        delivered(hospital, shelf.product)
    return shelf


def delivered(hospital: Organisation, product: Product) -> None:
    hospital.pool = hospital.pool or people.pool(hospital.region.parent)
    hospital.save(update_fields=["pool"])
    carrier = people.organisation("enterprise", is_manufacturer=False, is_distributor=True)
    delivery_relation(
        stages.Parties(hospital, product.manufacturer, carrier), product=product, state="accepted"
    )


def reasons(shelf: Shelf, on: date = DAY, foreign: bool = False) -> list[tuple[str, bool]]:
    hospital = shelf.foreign_hospital if foreign else shelf.hospital
    return [(each.code, each.blocks) for each in why_not_orderable(hospital, shelf.product, on)]


def agree(shelf: Shelf, **fields: object) -> None:
    signed = {f"{who}_signed_at": datetime(2026, 1, 2, tzinfo=UTC)
              for who in ("institution", "manufacturer", "distributor")}  # fmt: skip
    parties = stages.Parties(
        shelf.hospital, shelf.product.manufacturer,
        people.organisation("enterprise", is_manufacturer=False, is_distributor=True),
    )  # fmt: skip
    stages.agreement_line(
        parties, batch=shelf.batch, product=shelf.product, year_no=1, **signed | fields
    )


def test_nothing_stands_in_the_way_with_an_agreement(on_shelf: Shelf) -> None:
    agree(on_shelf)
    assert reasons(on_shelf) == []


def test_without_agreement_it_is_said_but_not_forbidden(on_shelf: Shelf) -> None:
    assert reasons(on_shelf) == [("no_agreement", False)]


def test_a_product_that_nobody_delivers_cannot_be_ordered(shelf: Shelf) -> None:
    make.listing(product=shelf.product)
    make.listed_price(product=shelf.product, price=5, valid_from=date(2020, 1, 1))
    assert reasons(shelf) == [("no_relation", True), ("no_agreement", False)]
    agree(shelf)
    assert reasons(shelf) == []


def test_an_unsigned_agreement_names_who_is_missing(on_shelf: Shelf) -> None:
    agree(on_shelf, distributor_signed_at=None)
    (only,) = why_not_orderable(on_shelf.hospital, on_shelf.product, DAY)
    assert (only.code, only.text) == ("agreement_unsigned", "三方协议尚未生效：待配送企业签订")


def test_an_agreement_of_last_year_does_not_count(on_shelf: Shelf) -> None:
    agree(on_shelf)
    assert reasons(on_shelf, date(2026, 12, 31)) == []
    assert reasons(on_shelf, date(2027, 1, 1)) == [("no_agreement", False)]


def test_the_lead_of_the_consortium_signs_for_its_members(on_shelf: Shelf) -> None:
    lead = people.organisation(region=on_shelf.hospital.region)
    people.consortium(lead, on_shelf.hospital)
    signed = dict.fromkeys(
        ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at"),
        datetime(2026, 1, 2, tzinfo=UTC),
    )
    parties = stages.Parties(lead, on_shelf.product.manufacturer, people.organisation("enterprise"))
    stages.agreement_line(
        parties, batch=on_shelf.batch, product=on_shelf.product, year_no=1, **signed
    )
    assert reasons(on_shelf) == []


def test_selected_for_another_city_only(on_shelf: Shelf) -> None:
    (only,) = why_not_orderable(on_shelf.foreign_hospital, on_shelf.product, DAY)
    assert (only.code, only.blocks) == ("other_region", False)
    assert on_shelf.city.name in only.text and only.ask


def test_selected_for_the_whole_province_is_not_elsewhere(on_shelf: Shelf) -> None:
    make.selection(batch=on_shelf.batch, product=on_shelf.product, region=on_shelf.province)
    assert reasons(on_shelf, foreign=True) == [("no_agreement", False)]


def test_a_result_that_is_over_says_nothing(on_shelf: Shelf) -> None:
    assert reasons(on_shelf, on_shelf.batch.ends_on + timedelta(days=1), foreign=True) == []


def test_not_listed_and_suspended_block(shelf: Shelf) -> None:
    assert ("not_listed", True) in reasons(shelf)
    office = people.organisation("bureau", name="江右省医保局")
    make.listed_price(product=shelf.product, price=5, valid_from=date(2020, 1, 1))
    make.listing(
        product=shelf.product, state="suspended", reason_code="over_maximum", reason="高于最高挂网价",
        how_to_restore="调价后申请恢复", closed_by=office,
    )  # fmt: skip
    first = why_not_orderable(shelf.hospital, shelf.product, DAY)[0]
    assert first.blocks and "高于最高挂网价" in first.text
    assert "调价后申请恢复" in first.ask and "江右省医保局" in first.ask


def test_a_hold_of_the_own_institution_stands_in_its_own_way(
    on_shelf: Shelf, client: Client
) -> None:
    agree(on_shelf)
    hold = quality.quality_hold(
        on_shelf.hospital, product=on_shelf.product, lot_no="", reason="外观异常"
    )
    (only,) = why_not_orderable(on_shelf.hospital, on_shelf.product, DAY)
    assert (only.code, only.blocks) == ("held", True) and "外观异常" in only.text
    assert "held" not in [code for code, _ in reasons(on_shelf, foreign=True)]
    client.force_login(people.person(on_shelf.hospital, "clerk"))
    page = client.get("/search/", {"q": on_shelf.product.code}).content.decode()
    assert "不能采购" in page and "外观异常" in page
    hold.state = "lifted"
    hold.lift_reason = "复检合格"
    hold.save(update_fields=["state", "lift_reason"])
    assert reasons(on_shelf) == []


def test_an_expired_paper_blocks_by_search_and_says_who_renews(on_shelf: Shelf) -> None:
    agree(on_shelf)
    paper = make.registration(manufacturer=on_shelf.product.manufacturer)
    make.registration_version(registration=paper, expires_on=DAY)
    make.product_registration(product=on_shelf.product, registration=paper)
    (only,) = why_not_orderable(on_shelf.hospital, on_shelf.product, DAY)
    assert (only.code, only.blocks) == ("registration", True) and "申报注册证延续" in only.ask
    assert reasons(on_shelf, DAY - timedelta(days=1)) == []


def test_a_closed_hospital_orders_nothing(on_shelf: Shelf) -> None:
    on_shelf.hospital.is_active = False
    assert reasons(on_shelf)[0] == ("institution_closed", True)


def test_the_price_is_the_selections_where_the_region_is_supplied(on_shelf: Shelf) -> None:
    def row(hospital: object) -> tuple[Decimal | None, str, str]:
        user = people.person(hospital, "clerk")  # type: ignore[arg-type]
        (found,) = found_rows(scope_of(user, DAY), [on_shelf.product], DAY, user.organisation)
        return found.price, found.price_words, found.standing

    assert row(on_shelf.hospital) == (Decimal("5.6"), "中选价", "中选")
    assert row(on_shelf.foreign_hospital) == (Decimal(5), "挂网价", "非中选")


def test_rows_cost_the_same_queries_for_one_and_for_many(on_shelf: Shelf) -> None:
    user = people.person(on_shelf.hospital, "clerk")
    scope = scope_of(user, DAY)
    many = [on_shelf.product, *(listed(f"甲{n}", f"Z{n:019d}") for n in range(5))]

    def queries(products: list[Product]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found_rows(scope, products, DAY, user.organisation)
        return len(caught)

    assert queries(many[:1]) == queries(many)


# --- nothing found ---------------------------------------------------------------------------


def test_a_wrong_code_is_explained_by_its_segment(injection: Product, scope: Scope) -> None:
    said = explain_not_found(scope, "XA10ADM080B009010107103")
    assert "第 11–14 位（剂型码）“B009”在目录中没有" in said.reasons[0]
    assert [product.code for product in said.alike] == [CODE]
    short = explain_not_found(scope, CODE[:-2])
    assert "只有 21 位" in short.reasons[0]
    swapped = explain_not_found(scope, "XA1OADM080B002010107103")
    assert CODE in swapped.reasons[0] and swapped.alike[0].code == CODE


def test_a_name_that_is_nearly_right_is_offered(injection: Product, scope: Scope) -> None:
    said = explain_not_found(scope, "注射用头袍曲松钠")
    assert [product.code for product in said.alike] == [CODE]
    assert any("尚未挂网" in reason for reason in said.reasons)


def test_a_paper_without_product_is_told(scope: Scope) -> None:
    make.registration(number="国械注准20253140001")
    said = explain_not_found(scope, "国械注准20253140001")
    assert any("没有关联挂网产品" in reason for reason in said.reasons)


# --- page and API ----------------------------------------------------------------------------


def test_page_and_api_say_the_same(client: Client, on_shelf: Shelf) -> None:
    user: User = people.person(on_shelf.foreign_hospital, "clerk")
    client.force_login(user)
    page = client.get("/search/", {"q": "阿托伐"}).content.decode()
    assert "可采购，有提示" in page and on_shelf.city.name in page
    found = client.get("/api/v1/product-search/", {"q": "阿托伐"}).json()["results"][0]
    assert found["code"] == "XA01" and found["is_orderable"] is True
    assert [each["code"] for each in found["obstacles"]] == ["other_region"]
    nothing = client.get("/search/", {"q": "绝无此药"}).content.decode()
    assert "没有找到" in nothing and "尚未挂网的产品不在目录中" in nothing
    assert client.get("/api/v1/product-search/", {"q": " "}).status_code == 400


def test_who_does_not_order_reads_that_it_is_listed_not_that_it_may_be_ordered(
    client: Client, on_shelf: Shelf
) -> None:
    client.force_login(
        people.person(people.organisation("bureau", region=on_shelf.hospital.region), "clerk")
    )
    page = client.get("/search/", {"q": "阿托伐"}).content.decode()
    assert "在网" in page and "挂网情况" in page and "可采购" not in page


def test_the_page_names_the_office_to_ask(client: Client, shelf: Shelf) -> None:
    bureau = people.organisation("bureau", region=shelf.hospital.region, name="甲县医保局")
    people.guide(bureau, phones=[{"label": "挂网咨询", "number": "0791-1234567"}])
    client.force_login(people.person(shelf.hospital, "clerk"))
    page = client.get("/search/", {"q": "阿托伐"}).content.decode()
    assert "不能采购" in page and "问谁：甲县医保局" in page and "0791-1234567" in page
