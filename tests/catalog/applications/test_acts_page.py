"""What a reviewer typed stays on the page when a step or a ruling is refused."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.operations.applications.objections import file_objection
from tests.catalog.applications.cast import NOW, Cast, the_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return the_cast()


def test_return_without_an_opinion_keeps_the_words_by_item(client: Client, cast: Cast) -> None:
    row = cast.at_province()
    client.force_login(cast.province)
    answer = client.post(
        f"/catalog/applications/{row.application_no}/acts/return/",
        {"version": row.row_version, "opinion": "", "finding-expires_on": "与证件不符"},
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="与证件不符"' in page and "没有办理" in page
    row.refresh_from_db()
    assert row.state == "in_review"


def test_ruling_without_words_stays_on_the_page_of_the_application(
    client: Client, cast: Cast
) -> None:
    row = cast.published()
    objection = file_objection(
        application=row, text="规格不实", uploads=[], by=cast.hospital,
        scope=cast.scope(cast.hospital), at=NOW,
    )  # fmt: skip
    client.force_login(cast.province)
    answer = client.post(
        f"/catalog/applications/{row.application_no}/objections/{objection.objection_no}/",
        {"version": objection.row_version, "ruling": "", "upheld": "0"},
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "没有裁定" in page and "请填写裁定理由" in page and "规格不实" in page
    objection.refresh_from_db()
    assert objection.state == "open"
