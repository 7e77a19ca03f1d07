"""The page that docs/handbook/catalogue-questions.md names for a question answers it, read by who asks it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Listing
from organisations.models import User
from tests.catalog.applications.cast import NUMBER, TODAY, Cast, the_cast
from tests.factories import catalog as make
from tests.ui.test_catalogue_questions import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    return the_cast()


def test_each_of_the_sixteen_is_answered_on_its_page(cast: Cast, client: Client) -> None:
    listing = Listing.objects.get(product=cast.product)
    batch = make.batch(
        name="第59批", issued_on=date(2026, 3, 1), effective_on=date(2026, 4, 1),
        ends_on=date(2028, 3, 31),
    )  # fmt: skip
    paper = make.registration(number=NUMBER, manufacturer=cast.maker)
    make.registration_version(registration=paper, expires_on=date(2026, 6, 1))
    make.product_registration(product=cast.product, registration=paper)
    lone = make.registration(number="国药准字H20219999", manufacturer=cast.maker)
    make.registration_version(registration=lone)
    draft = cast.draft("price", {"price": "9"})
    handed_in = cast.submitted()
    Listing.objects.filter(pk=listing.pk).update(
        state="suspended", reason_code="over_maximum", reason="高于最高挂网价",
        closed_by=cast.province.organisation, how_to_restore="降到最高挂网价以内，再申请恢复",
    )  # fmt: skip
    own = f"/catalog/applications/{handed_in.application_no}/"
    applications, kinds = "/catalog/applications/", "/catalog/applications/new/"
    registration, search = f"/catalog/registrations/{NUMBER}/", "/search/?q="
    maker, hospital = cast.clerk, cast.hospital
    asked: dict[int, tuple[User, str, tuple[str, ...]]] = {
        1: (maker, kinds, ("新增产品", "县级", "省级", "注册证（批准文号）扫描件")),
        2: (maker, f"/catalog/applications/{draft.application_no}/", ("价格说明", "替代")),
        3: (maker, "/catalog/batches/", (batch.name, "2026-03-01", "2026-04-01")),
        4: (maker, f"{search}{lone.number}", ("已登记", "关联")),
        5: (maker, registration, ("已到期，暂停采购", "自动恢复")),
        6: (maker, registration, ("申报延续（换证）",)),
        7: (maker, applications, (draft.application_no, handed_in.application_no, "草稿", "县医保")),
        8: (maker, own, ("进度", "县级", "公示", "下一步")),
        9: (maker, applications, ("状态", "现在由谁办", "办理期限")),
        10: (maker, own, ("县医保", "2026-06-15", "办理期限")),
        11: (maker, kinds, ("医保编码变更", "国家医保信息业务编码查询结果")),
        12: (maker, kinds, ("规格包装变更", "产品包装及标签实样图片")),
        13: (maker, registration, ("申报内容变更",)),
        14: (maker, f"{kinds}linked_price/?product={cast.product.code}", ("联动省份", "该省挂网价")),
        15: (hospital, f"{search}{cast.product.name}", (listing.listing_no,)),
        16: (hospital, f"/catalog/listings/{listing.listing_no}/",
             ("省医保", "高于最高挂网价", "降到最高挂网价以内", "申请恢复")),
    }  # fmt: skip
    assert sorted(asked) == [int(row[0]) for row in rows()]
    for number, (who, path, words) in asked.items():
        client.force_login(who)
        answer = client.get(path)
        assert answer.status_code == 200, (number, path)
        page = answer.content.decode()
        assert [word for word in words if word not in page] == [], (number, path)
