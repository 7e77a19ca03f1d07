"""New names and codes, mergers and closures: from their day, with a history that follows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Task
from organisations.models import FormerName, Organisation, OrganisationChange
from organisations.operations.change_organisation import (
    apply_for_change,
    decide_change,
    take_due_effects,
)
from organisations.queries.changes import name_on
from organisations.queries.directory import organisation_matching
from organisations.queries.scope import scope_of
from organisations.queries.visibility import party_rows
from procurement.models import Order
from tests.days import dated, in_days, today
from tests.factories import inbox, people, stages
from tests.factories import organisations as make
from tests.factories.stages import Parties
from tests.organisations.test_registration import PDF, credit_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path


class World:
    def __init__(self) -> None:
        county = make.county()
        pool = make.pool(county)
        self.bureau = make.organisation("bureau", region=county)
        self.hospital = make.organisation(name="老城医院", region=county, pool=pool)
        self.other = make.organisation(name="新城医院", region=county, pool=pool)
        self.admin = make.person(self.hospital, "admin", "clerk")
        self.reviewer = make.person(self.bureau, "reviewer")

    def apply(self, **changes: Any) -> OrganisationChange:
        values: dict[str, Any] = {
            "organisation": self.hospital, "kind": "rename", "new_name": "东城医院",
            "effective_on": today(), "reason": "批复", "by": self.admin, "at": timezone.now(),
            "uploads": [SimpleUploadedFile("批复.pdf", PDF)],
        }  # fmt: skip
        return apply_for_change(**values | changes)

    def decide(self, row: OrganisationChange, verb: str, **more: Any) -> OrganisationChange:
        scope = scope_of(self.reviewer, today())
        return decide_change(
            change=row, verb=verb, by=self.reviewer, scope=scope, at=timezone.now(), **more
        )


@pytest.fixture
def world() -> World:
    return World()


def test_new_name_from_its_day_and_the_old_one_is_kept(world: World) -> None:
    row = world.apply()
    assert Task.objects.get(object_key=row.change_no).organisation == world.bureau
    assert world.decide(row, "accept").state == "in_force"
    world.hospital.refresh_from_db()
    assert (world.hospital.name, world.hospital.initials) == ("东城医院", "dcyy")
    assert name_on(world.hospital, today() - timedelta(days=1)) == "老城医院"
    assert name_on(world.hospital, today()) == "东城医院"
    found = Organisation.objects.filter(organisation_matching("老城"))
    assert list(found) == [world.hospital]
    told = AuditEvent.objects.get(action="organisation.rename").detail
    assert (told["before"]["name"], told["after"]["name"]) == ("老城医院", "东城医院")


def test_two_renames_each_have_their_time(world: World) -> None:
    people.former_name(world.hospital, name="第一名", valid_to=date(2025, 1, 1))
    people.former_name(world.hospital, name="第二名", valid_to=date(2026, 1, 1))
    assert name_on(world.hospital, date(2024, 12, 31)) == "第一名"
    assert name_on(world.hospital, date(2025, 1, 1)) == "第二名"
    assert name_on(world.hospital, date(2026, 1, 1)) == "老城医院"


def test_later_day_waits_for_the_clock(world: World) -> None:
    row = world.decide(world.apply(effective_on=in_days(10)), "accept")
    assert row.state == "accepted"
    assert take_due_effects(at=timezone.now()) == 0
    assert take_due_effects(at=timezone.now() + timedelta(days=10)) == 1
    world.hospital.refresh_from_db()
    assert world.hospital.name == "东城医院"
    assert take_due_effects(at=timezone.now() + timedelta(days=11)) == 0


def test_code_of_an_enterprise_changes_with_its_check_sign(world: World) -> None:
    make.organisation("bureau", region=make.region())
    firm = make.organisation("enterprise", code=credit_code(31))
    by = make.person(firm, "admin")
    with pytest.raises(MissingInput, match="校验位"):
        world.apply(organisation=firm, by=by, kind="recode", new_code=credit_code(32)[:17] + "0"
                    if credit_code(32)[17] != "0" else credit_code(32)[:17] + "1")  # fmt: skip
    row = world.apply(organisation=firm, by=by, kind="recode", new_code=credit_code(32))
    reviewer = make.person(row.bureau, "reviewer")
    decide_change(
        change=row, verb="accept", by=reviewer, scope=scope_of(reviewer, today()), at=timezone.now()
    )
    firm.refresh_from_db()
    assert firm.code == credit_code(32)
    assert FormerName.objects.get().code == credit_code(31)
    assert Organisation.objects.filter(organisation_matching(credit_code(31))).get() == firm


def test_merger_closes_hands_over_and_lets_the_successor_read(world: World) -> None:
    firm, carrier = (
        make.organisation("enterprise"),
        make.organisation("enterprise", is_distributor=True, is_manufacturer=False),
    )
    old = stages.order(Parties(world.hospital, firm, carrier))
    inbox.task(world.hospital, title="没办完的事")
    successor = make.person(world.other, "clerk")
    before = Order.objects.filter(party_rows(scope_of(successor, today())))
    assert not before.exists()
    client = Client()
    client.force_login(world.admin)
    assert client.get("/").status_code == 200
    row = world.apply(kind="merger", successor_code=world.other.code)
    assert world.decide(row, "accept").state == "in_force"
    world.hospital.refresh_from_db()
    assert (world.hospital.is_active, world.hospital.closed_on) == (False, today())
    assert client.get("/").status_code == 302
    moved = Task.objects.get(title="没办完的事")
    assert (moved.organisation, moved.done_at) == (world.other, None)
    old.refresh_from_db()
    assert old.institution == world.hospital, "rows stay where they were"
    seen = Order.objects.filter(party_rows(scope_of(successor, today())))
    assert [order.pk for order in seen] == [old.pk]
    told = AuditEvent.objects.get(action="organisation.merger")
    assert told.detail["successor"] == world.other.code


def test_closure_without_successor_ends_what_waits(world: World) -> None:
    inbox.task(world.hospital, title="没办完的事")
    world.decide(world.apply(kind="closure"), "accept")
    assert Task.objects.get(title="没办完的事").done_at is not None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"effective_on": timedelta(days=-1)}, "不能早于今天"),
        ({"uploads": []}, "证明材料"),
        ({"new_name": "老城医院"}, "不同的新名称"),
        ({"kind": "merger", "successor_code": "NOPE"}, "核对承接机构"),
        ({"kind": "recode", "new_code": "123"}, "18 位"),
    ],
)
def test_application_that_cannot_be_is_refused(
    world: World, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(MissingInput, match=why):
        world.apply(**dated(changes))


def test_one_open_application_per_kind(world: World) -> None:
    row = world.apply(effective_on=in_days(10))
    with pytest.raises(TransitionRefused, match="已有申请在办理"):
        world.apply(new_name="西城医院")
    world.decide(row, "refuse", review_note="材料不符")
    assert world.apply(new_name="西城医院").state == "submitted"


def test_only_the_bureau_it_was_filed_with_decides(world: World) -> None:
    row = world.apply()
    scope = scope_of(world.admin, today())
    with pytest.raises(NotYours):
        decide_change(change=row, verb="accept", by=world.admin, scope=scope, at=timezone.now())


def test_pages_from_application_to_decision(world: World) -> None:
    client = Client()
    client.force_login(world.admin)
    data = {
        "kind": "rename", "new_name": "东城医院", "effective_on": in_days(10).isoformat(),
        "reason": "赣卫〔2026〕1 号", "files": SimpleUploadedFile("批复.pdf", PDF),
    }  # fmt: skip
    url = client.post("/organisation-changes/new/", data)["Location"]
    assert client.get(url).status_code == 200
    bureau = Client()
    bureau.force_login(world.reviewer)
    assert "老城医院" in bureau.get("/organisation-changes/").content.decode()
    assert bureau.post(f"{url}return/", {"version": 1, "review_note": ""}).status_code == 400
    assert bureau.post(f"{url}accept/", {"version": 1}).status_code == 302
    stale = bureau.post(f"{url}accept/", {"version": 1, "review_note": "后到的意见"})
    assert (stale.status_code, "后到的意见" in stale.content.decode()) == (409, True)
    stranger = Client()
    stranger.force_login(make.person(None, "admin"))
    assert stranger.get(url).status_code == 404
