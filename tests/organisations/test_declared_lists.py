"""The lists of people, organisations, applications and integrations: search, file, cost per row."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.pinyin import spell
from organisations.models import Organisation, User
from tests.factories import feed, inbox
from tests.factories import organisations as make
from tests.factories import people as offices

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One list: its address, its file's, who reads it, and a row of this name for that person."""

    url: str
    file: str
    reader: Callable[[], User]
    row: Callable[[User, str], object]
    words: str = "zsx"
    name: str = "赵数行"


def admin() -> User:
    return make.person(make.organisation("bureau"), "admin", "clerk", "reviewer")


def named(kind: str) -> Callable[[User, str], object]:
    return lambda reader, name: make.organisation(kind, name=name, initials=spell(name).initials)


def consortium(reader: User, name: str) -> object:
    lead = make.organisation(region=reader.organisation.region)
    made = make.consortium(lead)
    made.name = name
    made.save()
    return made


def token(reader: User, name: str) -> object:
    made, _ = make.api_token(reader.organisation, "inbox:read")
    made.name = name
    made.save()
    return made


def change(reader: User, name: str) -> object:
    of = make.organisation(
        region=reader.organisation.region, name=name, initials=spell(name).initials
    )
    return offices.organisation_change(of, bureau=reader.organisation)


def announcement(reader: User, name: str) -> object:
    made = inbox.announcement(title=name, initials=spell(name).initials, state="published")
    return inbox.announcement_recipient(made, reader.organisation)


def delivery(reader: User, name: str) -> object:
    return inbox.delivery_attempt(make.person(reader.organisation, name=name))


CASES = {
    "people": Case(
        "/people/", "/people-export/", admin,
        lambda reader, name: make.person(reader.organisation, "clerk", name=name),
    ),
    "accounts": Case(
        "/platform/accounts/", "/platform/accounts-export/",
        lambda: make.administrator("security"), lambda reader, name: make.person(name=name),
    ),
    "organisations": Case(
        "/platform/organisations/", "/platform/organisations-export/",
        lambda: make.administrator("system"), named("institution"),
    ),
    "consortia": Case("/consortia/", "/consortia-export/", admin, consortium),
    "tokens": Case("/tokens/", "/tokens/export/", admin, token),
    "registrations": Case(
        "/registrations/", "/registrations/export/", admin,
        lambda reader, name: offices.registration(reader.organisation, name=name),
    ),
    "changes": Case("/organisation-changes/", "/organisation-changes/export/", admin, change),
    "announcements": Case("/announcements/", "/announcements/export/", admin, announcement),
    "webhooks": Case(
        "/webhooks/", "/webhooks/export/", admin,
        lambda reader, name: feed.webhook_endpoint(reader.organisation, name=name),
    ),
    "deliveries": Case("/deliveries/", "/deliveries/export/", admin, delivery),
}  # fmt: skip


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def signed_in(case: Case) -> tuple[Client, User]:
    client, reader = Client(), case.reader()
    client.force_login(reader)
    return client, reader


def cells(client: Client, url: str) -> list[tuple[Any, ...]]:
    answer: Any = client.get(url)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(load_workbook(io.BytesIO(body)).active.values)


def test_search_by_initials_finds_the_row_on_page_and_in_file(case: Case) -> None:
    client, reader = signed_in(case)
    case.row(reader, case.name)
    case.row(reader, "别的名称")
    page = client.get(f"{case.url}?q={case.words}")
    assert page.context["total"] == 1
    assert case.name in page.content.decode()
    assert "别的名称" not in page.content.decode()
    assert len(cells(client, f"{case.file}?q={case.words}")) == 2
    assert client.get(f"{case.url}?q=qqqq").context["total"] == 0


def test_queries_do_not_grow_with_rows(case: Case) -> None:
    client, reader = signed_in(case)
    case.row(reader, case.name)
    client.get(case.url)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(case.url).status_code == 200
        counts.append(len(caught))
        case.row(reader, "第二行")
        case.row(reader, "第三行")
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_columns_with_buttons_are_not_in_the_file(case: Case) -> None:
    client, reader = signed_in(case)
    case.row(reader, case.name)
    heads = cells(client, case.file)[0]
    assert "办理" not in heads
    assert len(heads) >= 4


def test_condition_that_is_not_understood_gives_no_file() -> None:
    client, _ = signed_in(CASES["registrations"])
    assert client.get("/registrations/export/?state=draft").status_code == 400
    assert client.get("/registrations/export/?state=submitted").status_code == 200


def test_name_that_changes_is_found_by_its_new_initials() -> None:
    person = make.person(name="张三")
    assert person.initials == "zs"
    person.name = "李四"
    person.save(update_fields=["name", "initials"])
    assert User.objects.get(pk=person.pk).initials == "ls"


def test_state_and_role_narrow_the_people() -> None:
    client, reader = signed_in(CASES["people"])
    make.person(reader.organisation, "clerk", name="在用的")
    make.person(reader.organisation, "leader", name="停用的", is_active=False)
    off = client.get("/people/?state=off").context["rows"]
    assert [person.name for person in off] == ["停用的"]
    clerks = client.get("/people/?role=clerk").context["rows"]
    assert {person.pk for person in clerks} == {
        reader.pk, User.objects.get(name="在用的").pk,
    }  # fmt: skip


def test_organisations_without_an_admin_are_found() -> None:
    client, _ = signed_in(CASES["organisations"])
    managed = make.organisation()
    make.person(managed, "admin")
    bare = make.organisation()
    rows = client.get("/platform/organisations/?admin=0&kind=institution").context["rows"]
    assert [row.pk for row in rows] == [bare.pk]
    assert Organisation.objects.filter(kind="institution").count() == 2


def test_attempts_of_one_webhook_are_listed_by_outcome() -> None:
    client, reader = signed_in(CASES["webhooks"])
    endpoint = feed.webhook_endpoint(reader.organisation)
    gone = feed.webhook_delivery(endpoint, state="given_up", attempts_made=1)
    feed.webhook_attempt(gone, outcome="unreached", problem="连接超时")
    feed.webhook_attempt(feed.webhook_delivery(endpoint), outcome="accepted", status=200)
    feed.webhook_attempt(feed.webhook_delivery(), outcome="unreached", problem="别人的")
    page = client.get(f"/webhooks/{endpoint.number}/attempts/?outcome=unreached")
    assert [row.problem for row in page.context["rows"]] == ["连接超时"]
    assert f"/webhooks/{endpoint.number}/deliveries/{gone.pk}/again/" in page.content.decode()
    assert client.get(f"/webhooks/{endpoint.number}/attempts/?q=chg_1x").context["total"] == 0


def test_revoking_from_the_list_asks_first_and_names_its_row() -> None:
    client, reader = signed_in(CASES["tokens"])
    made, _ = make.api_token(reader.organisation)
    page = client.get("/tokens/").content.decode()
    asked = f"ask-tokens-{made.token_key}-revoke-"
    assert f'data-dialog-open="{asked}"' in page
    assert f'formaction="/tokens/{made.token_key}/revoke/"' not in page
    dialog = page.split(f'<dialog id="{asked}"')[1].split("</dialog>")[0]
    assert f'action="/tokens/{made.token_key}/revoke/"' in dialog
    assert "吊销：测试令牌" in dialog and "不能恢复" in dialog
    assert 'aria-label="吊销：测试令牌"' in page
    client.post(f"/tokens/{made.token_key}/revoke/")
    assert client.get("/tokens/?state=revoked").context["total"] == 1
    assert client.get("/tokens/?state=live").context["total"] == 0
