"""Saved views, default views and chosen columns of a list: the person's own, on every visit."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import SavedView
from organisations.models import User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
LIST = "/monitoring/warnings/"


@pytest.fixture
def user() -> User:
    return make.person(make.organisation("bureau", region=make.county()), "clerk")


@pytest.fixture
def reader(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


def save(
    client: Client, name: str, query: str = "severity=red&cursor=x&page=3", **more: str
) -> HttpResponse:
    data = {"page": "warning-list", "name": name, "query": query, "path": LIST, **more}
    answer: HttpResponse = client.post("/views/save/", data)
    return answer


def test_view_keeps_conditions_and_leaves_the_place_in_the_list(reader: Client) -> None:
    answer = save(reader, "红色")
    assert answer["Location"] == f"{LIST}?severity=red"
    page = reader.get(LIST).content.decode()
    assert "红色" in page
    assert "打开列表时" in reader.get("/views/").content.decode()


def test_used_name_is_refused_with_a_way_out_and_what_was_typed(reader: Client) -> None:
    save(reader, "红色")
    answer = save(reader, "红色", "severity=orange")
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "已有名为“红色”的视图，请换一个名称" in text
    assert "severity=orange" in text
    assert SavedView.objects.count() == 1


def test_list_opens_with_its_default_and_whole_on_request(reader: Client) -> None:
    save(reader, "红色", opens="1")
    assert reader.get(LIST)["Location"] == f"{LIST}?severity=red"
    assert reader.get(f"{LIST}?all=1").status_code == 200
    view = SavedView.objects.get()
    reader.post(f"/views/{view.pk}/whole/")
    assert reader.get(LIST).status_code == 200


def test_deleted_default_lets_the_list_open_whole(reader: Client) -> None:
    save(reader, "红色", opens="1")
    reader.post(f"/views/{SavedView.objects.get().pk}/delete/")
    assert reader.get(LIST).status_code == 200
    assert not SavedView.objects.exists()


def test_rename(reader: Client) -> None:
    save(reader, "红色")
    view = SavedView.objects.get()
    reader.post(f"/views/{view.pk}/rename/", {"name": "最急的"})
    view.refresh_from_db()
    assert view.name == "最急的"
    reader.post(f"/views/{view.pk}/rename/", {"name": " "})
    view.refresh_from_db()
    assert view.name == "最急的"


def test_colleague_has_neither_views_nor_columns(reader: Client, user: User) -> None:
    save(reader, "红色", opens="1")
    choose(reader, ["rule", "number"])
    colleague = Client()
    colleague.force_login(make.person(user.organisation, "clerk"))
    assert colleague.get(LIST).status_code == 200
    assert "预警编号</th>" not in heads(colleague)
    view = SavedView.objects.get()
    assert colleague.post(f"/views/{view.pk}/delete/").status_code == 404


def choose(client: Client, columns: list[str], **more: str) -> None:
    data = {"page": "warning-list", "columns": columns, "query": "", "path": LIST, **more}
    assert client.post("/views/columns/", data).status_code == 302


def heads(client: Client, query: str = "all=1") -> list[str]:
    context = client.get(f"{LIST}?{query}").context
    return [column["label"] for column in context["columns"]]


def test_columns_are_remembered_and_fixed_ones_stay(reader: Client) -> None:
    choose(reader, ["number", "due", "no such column"])
    assert heads(reader) == ["预警", "预警编号", "答复期限"]
    assert heads(reader, "columns=severity") == ["级别", "预警"]
    choose(reader, [], reset="1")
    assert "预警编号" not in heads(reader)
    assert "对象" in heads(reader)


def test_answer_goes_back_to_our_own_pages_only(reader: Client) -> None:
    answer = save(reader, "红色", path="//evil.example/")
    assert answer["Location"] == "/views/"
