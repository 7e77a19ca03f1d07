"""A regulator asks who holds a lot, recalls it; the hospital reports what became of it; the recall ends."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Product
from organisations.models import Organisation, User
from procurement.models import Recall, RecallHolder
from tests.factories import stages
from tests.factories.stages import Parties
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser
LOT = "ZH260301"


def taken(hospital: Organisation, product: Product, packs: int) -> None:
    carrier = User.objects.get(username="distributor").organisation
    parties = Parties(hospital, product.manufacturer, carrier)
    line = stages.order_line(parties, product=product)
    sent = stages.delivery(parties, line, lot_no=LOT, packs=packs)
    stages.receipt(parties, line, delivery_id=sent.pk, accepted_packs=packs)


def test_from_the_question_who_holds_it_to_the_end(sign_in: Open) -> None:
    hospital = User.objects.get(username="hospital").organisation
    product = Product.objects.order_by("code")[0]
    taken(hospital, product, 12)

    regulator: Any = sign_in("regulator")
    regulator.goto("/recalls/lots/")
    regulator.locator("#id_product").press_sequentially(product.code[:12])
    regulator.locator(".zc-picker-list button").filter(has_text=product.code).first.click()
    regulator.wait_for_selector(f"#id_product[value='{product.code}']")
    regulator.fill("#id_lots", LOT)
    regulator.get_by_role("button", name="谁持有这个批号").click()
    regulator.get_by_text(hospital.name).first.wait_for()
    look(regulator, "lot-holders")
    regulator.get_by_role("link", name="发起召回").click()
    regulator.select_option("#id_level", "1")
    regulator.fill("#id_reason", "抽检不符合规定：有关物质")
    regulator.fill("#id_instruction", "立即停止使用，封存后退回配送企业")
    regulator.get_by_role("button", name="发起召回").click()
    regulator.wait_for_url("**/recalls/ZH*/")
    recall = Recall.objects.get()
    row = RecallHolder.objects.get(recall=recall, institution=hospital)
    assert row.lot_no == LOT
    look(regulator, "recall")

    clerk: Any = sign_in("hospital")
    clerk.goto("/tasks/")
    clerk.get_by_text(recall.recall_no).first.click()
    clerk.fill(f"#id_kept_{row.pk}", "8")
    clerk.fill(f"#id_sent_{row.pk}", "0")
    clerk.fill(f"#id_used_{row.pk}", "3")
    clerk.get_by_role("button", name="报告", exact=True).click()
    clerk.wait_for_selector("text=与应处置数 12 不符")
    clerk.fill(f"#id_used_{row.pk}", "4")
    clerk.get_by_role("button", name="报告", exact=True).click()
    clerk.wait_for_selector("text=已报告")
    look(clerk, "recall-reported")

    regulator.reload()
    regulator.fill("#id_words", "全部封存或已使用，患者随访由医院完成")
    regulator.get_by_role("button", name="办结召回").click()
    regulator.wait_for_selector("text=召回已办结")
    recall.refresh_from_db()
    assert (recall.state, str(RecallHolder.objects.get(pk=row.pk).used_packs)) == (
        "closed",
        "4.0000",
    )
