"""不限厂牌: no choice of products, no agreement, and it is said why."""

from __future__ import annotations

import pytest
from django.test import Client

import volumes.tasks  # noqa: F401 - its kinds of job get their names by being imported
from contracts.models import Agreement
from core.jobs.run import run
from core.transitions import TransitionRefused
from volumes.operations.agreed.agreements import request_agreements
from volumes.operations.agreed.choose import choose_products
from volumes.operations.agreed.rounds import confirm_round
from volumes.rules.unbound import RULE, bound_to_products

from tests.volumes.test_review_and_agreed import Land, computed, land, opened  # noqa: F401  isort: skip


@pytest.mark.parametrize(("levels", "bound"), [([], True), (["primary"], False), (["two"], True)])
def test_the_batch_names_the_levels(levels: list[str], bound: bool) -> None:
    said = bound_to_products("primary", levels, "批次文件 三")
    assert (said.ok, said.clause) == (bound, "" if bound else "批次文件 三")


def test_an_unbound_quantity_is_not_chosen_and_makes_no_agreement(
    land: Land,  # noqa: F811
    client: Client,
) -> None:
    land.up(land.report(land.b, (land.g1, 100, 100)))
    row = opened(land, unbound_levels=["primary"], unbound_clause="批次文件 三")
    with pytest.raises(TransitionRefused, match="不用选择产品，不生成三方协议"):
        choose_products(row=row, shares={}, **land.acting(land.b))
    client.force_login(land.user(land.b))
    page = client.get(f"/agreed/{row.round_no}/choice/").content.decode()
    assert RULE in page and "批次文件 三" in page
    computed(land, row)
    row.refresh_from_db()
    confirm_round(row=row, **land.office("province"))
    job = request_agreements(row=row, **land.office("province"))
    ended = run(job.pk)
    assert ended is not None
    assert (ended.state, ended.problem) == ("refused", f"1 行约定量都不限厂牌：{RULE}")
    assert not Agreement.objects.exists()
