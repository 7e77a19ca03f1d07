"""From the draft to the day on which it holds: who has it, until when, and what it changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.transaction import atomic

from catalog.models import ListedPrice, Listing, Product, ProductApplication, Selection
from catalog.operations.applications.due import take_due_applications
from catalog.operations.applications.effect import take_effect
from catalog.operations.applications.objections import file_objection, rule_objection
from catalog.operations.applications.problems import WrongApplication
from catalog.operations.applications.review import (
    accept_application,
    approve_application,
    forward_application,
    publish_application,
    refuse_application,
    return_application,
)
from catalog.operations.applications.submit import withdraw_application
from catalog.queries.applications import visible_applications, visible_public_applications
from catalog.queries.registrations import registration_state
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from tests.catalog.applications.cast import NOW, TODAY, Cast, later, renewal, the_cast
from tests.factories import catalog as make
from tests.factories import listings as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return the_cast()


def holder(row: ProductApplication) -> tuple[str, str, date | None]:
    row.refresh_from_db()
    return row.state, row.office.name if row.office else "", row.due_on


def open_tasks() -> list[tuple[str, str]]:
    rows = Task.objects.filter(done_at__isnull=True).order_by("pk")
    return list(rows.values_list("act", "organisation__name"))


def test_each_step_names_the_holder_and_the_working_day_until_which(cast: Cast) -> None:
    row = cast.submitted()
    assert holder(row) == ("submitted", "县医保", date(2026, 6, 23))
    assert open_tasks() == [("accept_application", "县医保")]
    row = accept_application(
        application=row, by=cast.county_clerk, scope=cast.scope(cast.county_clerk), at=NOW
    )
    assert holder(row) == ("in_review", "县医保", date(2026, 6, 30))
    row = forward_application(
        application=row, by=cast.county, scope=cast.scope(cast.county), at=NOW
    )
    assert holder(row) == ("in_review", "省医保", date(2026, 6, 30))
    assert open_tasks() == [("review_application", "省医保")]
    row = publish_application(
        application=row, effective_on=date(2026, 6, 24), by=cast.province,
        scope=cast.scope(cast.province), at=NOW,
    )  # fmt: skip
    assert holder(row) == ("publicity", "省医保", date(2026, 6, 23))
    assert Notice.objects.filter(organisation=cast.maker).count() == 4


@pytest.mark.parametrize(("day", "state"), [(23, "publicity"), (24, "approved"), (30, "approved")])
def test_publicity_lasts_through_its_last_day(cast: Cast, day: int, state: str) -> None:
    row = cast.published()
    take_due_applications(on=date(2026, 6, day), at=later(day - 15))
    assert holder(row)[0] == state


def test_old_paper_holds_until_the_day_and_the_new_one_from_it(cast: Cast) -> None:
    old = make.registration(number="国药准字H20110009", manufacturer=cast.maker)
    make.registration_version(registration=old, expires_on=date(2026, 6, 20))
    make.product_registration(product=cast.product, registration=old)
    sister = make.product(manufacturer=cast.maker)
    make.product_registration(product=sister, registration=old)
    row = cast.published()
    take_due_applications(on=date(2026, 6, 24), at=later(9))
    assert registration_state(cast.product, date(2026, 6, 30)).status == "expired"
    counts = take_due_applications(on=date(2026, 7, 1), at=later(16))
    assert (counts.in_force, holder(row)[0]) == (1, "in_force")
    for product in (cast.product, sister):
        state = registration_state(product, date(2026, 7, 1))
        assert (state.status, state.number) == ("in_force", "国药准字H20210001")
    assert open_tasks() == []
    assert take_due_applications(on=date(2026, 7, 1), at=later(16)).in_force == 0


def test_returned_by_item_comes_back_to_the_level_that_returned_it(cast: Cast) -> None:
    row = cast.at_province()
    row = return_application(
        application=row, opinion="证件看不清", findings={"holder": "与扫描件不一致",
        "paper:registration_scan": "缺附页"}, by=cast.province, scope=cast.scope(cast.province),
        at=NOW,
    )  # fmt: skip
    assert holder(row) == ("returned", "", date(2026, 7, 7))
    assert row.items.get(field="holder").finding == "与扫描件不一致"
    assert row.papers.get(paper="registration_scan").finding == "缺附页"
    assert open_tasks() == [("mend_application", "甲企业")]
    row = cast.submit(row, later(1))
    assert holder(row)[:2] == ("submitted", "省医保")
    assert row.items.get(field="holder").finding == ""


def test_return_without_a_reason_or_with_an_unknown_item_is_refused(cast: Cast) -> None:
    row = cast.at_province()
    scope = cast.scope(cast.province)
    with pytest.raises(MissingInput, match="意见"):
        return_application(
            application=row, opinion=" ", findings={}, by=cast.province, scope=scope, at=NOW
        )
    with pytest.raises(MissingInput, match="不认识"):
        return_application(
            application=row,
            opinion="改",
            findings={"x": "y"},
            by=cast.province,
            scope=scope,
            at=NOW,
        )


def test_refused_and_withdrawn_end_and_leave_the_catalogue_alone(cast: Cast) -> None:
    row = refuse_application(
        application=cast.at_province(), opinion="不符合", by=cast.province,
        scope=cast.scope(cast.province), at=NOW,
    )  # fmt: skip
    assert holder(row) == ("refused", "", None)
    again = withdraw_application(
        application=cast.submitted(), by=cast.clerk, scope=cast.scope(cast.clerk), at=NOW
    )
    assert holder(again) == ("withdrawn", "", None)
    assert registration_state(cast.product, TODAY).status == "not_recorded"
    assert open_tasks() == []


def test_only_the_office_that_has_it_acts_and_its_reviewer_decides(cast: Cast) -> None:
    row = cast.submitted()
    for user in (cast.province, cast.city, cast.stranger, cast.hospital, cast.clerk):
        with pytest.raises(NotYours):
            accept_application(application=row, by=user, scope=cast.scope(user), at=NOW)
    clerk = cast.county_clerk
    row = accept_application(application=row, by=clerk, scope=cast.scope(clerk), at=NOW)
    with pytest.raises(NotYours):
        forward_application(application=row, by=clerk, scope=cast.scope(clerk), at=NOW)


def test_levels_cannot_be_skipped_and_publicity_not_either(cast: Cast) -> None:
    row = accept_application(
        application=cast.submitted(), by=cast.county, scope=cast.scope(cast.county), at=NOW
    )
    with pytest.raises(TransitionRefused, match="上级尚未审核"):
        publish_application(
            application=row, effective_on=date(2026, 7, 1), by=cast.county,
            scope=cast.scope(cast.county), at=NOW,
        )  # fmt: skip
    row = forward_application(
        application=row, by=cast.county, scope=cast.scope(cast.county), at=NOW
    )
    with pytest.raises(TransitionRefused, match="须先公示"):
        approve_application(
            application=row, by=cast.province, scope=cast.scope(cast.province), at=NOW
        )


def test_effect_before_the_end_of_publicity_is_refused(cast: Cast) -> None:
    with pytest.raises(MissingInput, match="公示期满"):
        publish_application(
            application=cast.at_province(), effective_on=date(2026, 6, 23), by=cast.province,
            scope=cast.scope(cast.province), at=NOW,
        )  # fmt: skip


def test_seen_version_is_compared(cast: Cast) -> None:
    row = cast.submitted()
    with pytest.raises(StaleVersion):
        accept_application(
            application=row, by=cast.county, scope=cast.scope(cast.county), at=NOW, seen_version=1
        )


def test_objection_holds_it_up_until_it_is_ruled_on(cast: Cast) -> None:
    row = cast.published()
    objection = file_objection(
        application=row, text="规格不实", uploads=[], by=cast.hospital,
        scope=cast.scope(cast.hospital), at=NOW,
    )  # fmt: skip
    counts = take_due_applications(on=date(2026, 6, 24), at=later(9))
    assert (counts.approved, counts.held_up) == (0, 1)
    with pytest.raises(TransitionRefused, match="没有裁定"):
        approve_application(
            application=row, by=cast.province, scope=cast.scope(cast.province), at=later(9)
        )
    with pytest.raises(MissingInput):
        rule_objection(
            objection=objection, upheld=False, ruling="", by=cast.province,
            scope=cast.scope(cast.province), at=later(9),
        )  # fmt: skip
    rule_objection(
        objection=objection, upheld=False, ruling="经核对一致", by=cast.province,
        scope=cast.scope(cast.province), at=later(9),
    )  # fmt: skip
    assert take_due_applications(on=date(2026, 6, 25), at=later(10)).approved == 1


def test_upheld_objection_leads_to_return_not_to_approval(cast: Cast) -> None:
    row = cast.published()
    objection = file_objection(
        application=row, text="规格不实", uploads=[], by=cast.stranger,
        scope=cast.scope(cast.stranger), at=NOW,
    )  # fmt: skip
    rule_objection(
        objection=objection, upheld=True, ruling="属实", by=cast.province,
        scope=cast.scope(cast.province), at=NOW,
    )  # fmt: skip
    assert take_due_applications(on=date(2026, 6, 24), at=later(9)).approved == 0
    row = return_application(
        application=row, opinion="按异议补正", findings={}, by=cast.province,
        scope=cast.scope(cast.province), at=later(9),
    )  # fmt: skip
    assert holder(row)[0] == "returned"


@pytest.mark.parametrize(("days", "ok"), [(0, True), (8, True), (9, False)])
def test_objections_are_taken_through_the_last_day(cast: Cast, days: int, ok: bool) -> None:
    row = cast.published()
    if ok:
        file_objection(
            application=row, text="不实", uploads=[], by=cast.hospital,
            scope=cast.scope(cast.hospital), at=later(days),
        )  # fmt: skip
        return
    with pytest.raises(TransitionRefused, match="公示期"):
        file_objection(
            application=row, text="不实", uploads=[], by=cast.hospital,
            scope=cast.scope(cast.hospital), at=later(days),
        )  # fmt: skip


def test_applicant_and_a_second_open_one_cannot_object(cast: Cast) -> None:
    row = cast.published()
    with pytest.raises(NotYours):
        file_objection(
            application=row,
            text="x",
            uploads=[],
            by=cast.clerk,
            scope=cast.scope(cast.clerk),
            at=NOW,
        )
    for expected in (None, "正在裁定"):
        if expected is None:
            file_objection(
                application=row, text="不实", uploads=[], by=cast.hospital,
                scope=cast.scope(cast.hospital), at=NOW,
            )  # fmt: skip
        else:
            with pytest.raises(TransitionRefused, match=expected):
                file_objection(
                    application=row, text="不实", uploads=[], by=cast.hospital,
                    scope=cast.scope(cast.hospital), at=NOW,
                )  # fmt: skip


def test_code_needs_no_publicity_and_holds_at_once_when_today_is_the_day(cast: Cast) -> None:
    row = cast.at_province(
        cast.submit(cast.hand_in(cast.draft("code", {"code": "XA10ADM080B002010107199"})))
    )
    row = approve_application(
        application=row, by=cast.province, scope=cast.scope(cast.province), at=NOW,
        effective_on=TODAY,
    )  # fmt: skip
    assert holder(row)[0] == "in_force"
    assert Product.objects.get(pk=cast.product.pk).code == "XA10ADM080B002010107199"


def test_what_cannot_take_effect_says_why_and_goes_back_to_the_office(cast: Cast) -> None:
    row = cast.at_province(
        cast.submit(cast.hand_in(cast.draft("code", {"code": "XA10ADM080B002010107199"})))
    )
    row = approve_application(
        application=row, by=cast.province, scope=cast.scope(cast.province), at=NOW,
        effective_on=date(2026, 6, 16),
    )  # fmt: skip
    make.product(code="XA10ADM080B002010107199")
    row = take_effect(application=row, at=later(1))
    assert (row.state, "已在目录中" in row.effect_problem) == ("approved", True)
    assert open_tasks() == [("review_application", "省医保")]
    row = return_application(
        application=row, opinion="编码已被占用", findings={}, by=cast.province,
        scope=cast.scope(cast.province), at=later(1),
    )  # fmt: skip
    assert holder(row)[0] == "returned"


def in_force(cast: Cast, kind: str, values: dict[str, object]) -> ProductApplication:
    row = cast.published(cast.submit(cast.hand_in(cast.draft(kind, values))))
    take_due_applications(on=date(2026, 6, 24), at=later(9))
    take_due_applications(on=date(2026, 7, 1), at=later(16))
    row.refresh_from_db()
    return row


def test_price_holds_from_its_day_and_keeps_the_history(cast: Cast) -> None:
    assert in_force(cast, "price", {"price": "9.5"}).state == "in_force"
    cast.product.refresh_from_db()
    assert cast.product.listed_price == Decimal("9.5")
    rows = ListedPrice.objects.filter(product=cast.product).order_by("valid_from")
    assert [(row.price, row.valid_to) for row in rows] == [
        (Decimal(12), date(2026, 7, 1)), (Decimal("9.5"), None)
    ]  # fmt: skip


def test_linked_price_names_its_province_as_source(cast: Cast) -> None:
    in_force(
        cast, "linked_price",
        {"price": "8", "linked_province": "北京市", "linked_price": "8", "linked_on": "2026-05-01",
         "linked_source": "https://example.org/jg"},
    )  # fmt: skip
    assert "北京市" in ListedPrice.objects.get(product=cast.product, price=8).source


def test_specification_and_withdrawal_change_product_and_listing(cast: Cast) -> None:
    in_force(
        cast, "specification", {"name": "甲片", "specification": "10mg*48片", "pack_unit": "盒"}
    )
    assert Product.objects.get(pk=cast.product.pk).specification == "10mg*48片"
    assert in_force(cast, "withdrawal", {"stop_supply_on": "2026-06-30"}).state == "in_force"
    assert Listing.objects.get(product=cast.product).state == "withdrawn"


def test_new_product_is_listed_priced_and_papered_on_its_day(cast: Cast) -> None:
    from catalog.operations.applications.drafts import draft_application

    values = renewal(
        code="XB10ADM080B002010107101", name="新片", category="药品", group=cast.product.group.code,  # type: ignore[union-attr]
        specification="5mg*12片", pack_unit="盒", base_units_per_pack="12", price="20.50",
        registration_number="国药准字H20260001",
    )  # fmt: skip
    draft = draft_application(
        kind="new_product", product=None, values=values, reason="", by=cast.clerk,
        scope=cast.scope(cast.clerk), at=NOW,
    )  # fmt: skip
    row = cast.published(cast.submit(cast.hand_in(draft)))
    take_due_applications(on=date(2026, 6, 24), at=later(9))
    take_due_applications(on=date(2026, 7, 1), at=later(16))
    made = Product.objects.get(code="XB10ADM080B002010107101")
    assert (made.listed_price, made.initials, made.listing.listed_on) == (
        Decimal("20.5"), "xp", date(2026, 7, 1),
    )  # fmt: skip
    assert registration_state(made, date(2026, 7, 1)).status == "in_force"
    row.refresh_from_db()
    assert row.product == made


def test_second_open_application_for_the_same_product_is_refused(cast: Cast) -> None:
    cast.submitted()
    second = cast.hand_in(cast.file())
    with pytest.raises(TransitionRefused, match="在办"):
        cast.submit(second)
    assert holder(second)[0] == "draft"


def test_who_sees_a_draft_a_handed_in_one_and_a_published_one(cast: Cast) -> None:
    row = cast.file()

    def seeing(query: object) -> list[str]:
        people = {
            "clerk": cast.clerk, "county": cast.county, "city": cast.city,
            "province": cast.province, "hospital": cast.hospital, "stranger": cast.stranger,
        }  # fmt: skip
        return [
            name for name, user in people.items()
            if query(cast.scope(user)).filter(pk=row.pk).exists()  # type: ignore[operator]
        ]  # fmt: skip

    assert seeing(visible_applications) == ["clerk"]
    cast.submit(cast.hand_in(row))
    assert seeing(visible_applications) == ["clerk", "county", "city", "province"]
    assert seeing(visible_public_applications) == []
    row.refresh_from_db()
    cast.published(row)
    assert seeing(visible_public_applications) == [
        "clerk", "county", "city", "province", "hospital", "stranger"
    ]  # fmt: skip


def test_every_step_is_in_the_trail(cast: Cast) -> None:
    cast.published()
    found = AuditEvent.objects.filter(object_type="product_application").order_by("pk")
    assert list(found.values_list("action", flat=True)) == [
        "product_application.draft", "attachment.add", "product_application.paper",
        "product_application.submit", "product_application.accept", "product_application.forward",
        "product_application.publish",
    ]  # fmt: skip


def test_enterprise_without_a_place_here_goes_to_the_province(cast: Cast) -> None:
    cast.maker.region = None
    cast.maker.save(update_fields=["region"])
    cast.clerk.refresh_from_db()
    cast.clerk.organisation.refresh_from_db()
    row = cast.submitted()
    assert (row.path, holder(row)[1]) == (["province"], "省医保")


# --- the bounds of a price ------------------------------------------------------------------------


def through(cast: Cast) -> None:
    """12 yuan a year ago, on the shortage list and listed 直通: 1.5 times at most, 18 no more."""
    made.shortage_entry(group=cast.product.group, valid_from=date(2025, 1, 1))
    Listing.objects.filter(product=cast.product).update(way="through")


def priced(cast: Cast, price: str) -> ProductApplication:
    return cast.hand_in(cast.draft("price", {"price": price}))


def test_an_enterprise_gets_no_price_beyond_a_small_rise_by_application(cast: Cast) -> None:
    through(cast)
    row = priced(cast, "18")
    with (
        pytest.raises(WrongApplication, match="不能按直通挂网.*请先变更挂网方式") as wrong,
        atomic(),
    ):
        cast.submit(row)
    assert list(wrong.value.problems) == ["price"]
    row.refresh_from_db()
    assert row.state == "draft"
    assert cast.submit(priced(cast, "17.99")).state == "submitted"


def test_a_price_asked_for_before_the_way_changed_is_neither_published_nor_taken(
    cast: Cast,
) -> None:
    row = cast.submit(priced(cast, "18"))
    through(cast)
    with pytest.raises(WrongApplication, match="不能按直通挂网"), atomic():
        cast.published(row)
    Listing.objects.filter(product=cast.product).update(way="direct")
    row = cast.published(row)
    Listing.objects.filter(product=cast.product).update(way="through")
    take_due_applications(on=date(2026, 6, 24), at=later(9))
    take_due_applications(on=date(2026, 7, 1), at=later(16))
    row.refresh_from_db()
    assert row.state == "approved" and "不能按直通挂网" in row.effect_problem
    cast.product.refresh_from_db()
    assert cast.product.listed_price == Decimal(12)


def test_a_selected_product_asks_for_no_other_price_and_none_is_over_the_maximum(
    cast: Cast,
) -> None:
    batch = make.batch(effective_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    held = make.selection(batch=batch, product=cast.product, price="12")
    with pytest.raises(WrongApplication, match="中选产品按中选价 12.00 元挂网"), atomic():
        cast.submit(priced(cast, "11"))
    Selection.objects.filter(pk=held.pk).update(role="standby")
    made.maximum_price(product=cast.product, price="15", valid_from=date(2026, 1, 1))
    with pytest.raises(WrongApplication, match="高于最高挂网价 15.00 元"), atomic():
        cast.submit(priced(cast, "15.01"))
