"""A query put into SQL once answers as the query itself does, with what is stored at that moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from core.database.prepared import CannotPrepare, Prepared, PreparedValues
from organisations.models import ConsortiumMembership, Organisation, User
from organisations.queries.scope import scope_of
from organisations.queries.sign_in_backend import WITH_ORGANISATION, PeopleBackend, _people
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


def _whole(user: User) -> dict[str, object]:
    """Every column of the person and of what was loaded with it, and which relations were."""
    organisation = user.organisation
    region = organisation.region
    rows = [user, organisation, organisation.pool, region, region and region.parent]
    return {
        "columns": [row and {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
                    for row in rows],
        "loaded": [sorted(row._state.fields_cache) for row in rows if row],
        "merged": sorted(user.predecessor_ids),  # type: ignore[attr-defined]
    }  # fmt: skip


def test_the_person_of_a_session_is_the_same_row() -> None:
    bureau, hospital = make.organisation("bureau"), make.organisation()
    gone = make.organisation(is_active=False, closed_on=date(2026, 1, 1), successor=hospital)
    for user in (make.person(bureau, "clerk"), make.person(hospital, "clerk", "reviewer")):
        read = PeopleBackend().get_user(user.pk)
        assert read is not None
        assert _whole(read) == _whole(_people(user.pk).get())
    assert read.predecessor_ids == [gone.pk]  # type: ignore[attr-defined]


def test_it_is_read_anew_each_time(django_assert_num_queries: object) -> None:
    user = make.person(make.organisation(), "clerk")
    backend = PeopleBackend()
    for change in ({"roles": ["reviewer"]}, {"session_epoch": 7}, {"name": "新名"}):
        User.objects.filter(pk=user.pk).update(**change)
        read = backend.get_user(user.pk)
        assert {name: getattr(read, name) for name in change} == change
    Organisation.objects.filter(pk=user.organisation_id).update(is_active=False)
    assert backend.get_user(user.pk) is None
    assert backend.get_user(0) is None


def test_relations_come_without_a_query(django_assert_num_queries: object) -> None:
    user = make.person(make.organisation(), "clerk")
    with django_assert_num_queries(1):  # type: ignore[operator]
        read = PeopleBackend().get_user(user.pk)
        assert read is not None
        for path in WITH_ORGANISATION:
            row: object = read
            for name in path.split("__"):
                row = row and getattr(row, name)


@pytest.mark.parametrize(("days", "leads"), [(-1, False), (0, True), (30, True), (31, False)])
def test_members_of_a_day(days: int, leads: bool) -> None:
    """The day is a value of the query, both ends included."""
    lead, member = make.organisation(), make.organisation()
    first = date(2026, 3, 1)
    ConsortiumMembership.objects.create(
        consortium=make.consortium(lead), institution=member,
        valid_from=first, valid_to=first + timedelta(days=30),
    )  # fmt: skip
    scope = scope_of(make.person(lead, "clerk"), first + timedelta(days=days))
    assert (member.pk in scope.institution_ids) == leads


@pytest.mark.parametrize(("seconds", "status"), [(5, 200), (0, 302)])
def test_a_session_ends_in_its_second(client: Client, seconds: int, status: int) -> None:
    client.force_login(make.person(make.organisation(), "clerk"))
    assert client.get("/notices/").status_code == 200
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=seconds))
    assert client.get("/notices/").status_code == status


def test_a_deleted_session_is_over(client: Client) -> None:
    client.force_login(make.person(make.organisation(), "clerk"))
    Session.objects.all().delete()
    assert client.get("/notices/").status_code == 302


def _named(name: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(name=name, name__isnull=False)


def test_values_with_signs_of_sql_stay_values() -> None:
    prepared: Prepared[Organisation] = Prepared(_named, "\x01")
    for name in ("甲%s院", "乙'院", '丙"院', "丁%%(x)s", "\\"):
        made = make.organisation(name=name)
        assert [row.pk for row in prepared.rows(name)] == [made.pk]
    assert prepared.rows("' OR '1'='1") == []


def _kinds(pks: list[int]) -> QuerySet[Organisation, tuple[int, str]]:
    return Organisation.objects.filter(pk__among=pks).order_by("pk").values_list("pk", "kind")


def test_a_list_of_any_length_is_one_value() -> None:
    made = [make.organisation(), make.organisation("bureau"), make.organisation()]
    prepared = PreparedValues(_kinds, [-1])
    wanted = [(row.pk, row.kind) for row in made]
    assert prepared.rows([row.pk for row in made]) == wanted
    assert prepared.rows([made[1].pk, 0, made[1].pk]) == [wanted[1]]
    assert prepared.rows([]) == []
    # Relations take it too, and rows without one are not among any.
    member = make.consortium(made[0])
    assert list(type(member).objects.filter(lead__among=[made[0].pk])) == [member]
    assert not Organisation.objects.filter(successor__among=[made[0].pk]).exists()


def test_a_value_that_is_not_in_the_sql_is_refused() -> None:
    with pytest.raises(CannotPrepare):
        PreparedValues(lambda _: Organisation.objects.values_list("pk", flat=True), -1).values(3)
