"""Quality work of the demonstration: inspections, samples, reports, a hold, editions of the lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import CatalogueEdition, Inspection, Product, Selection, Substitute
from catalog.operations.editions import (
    NewLine,
    decide_edition,
    line_faults,
    propose_edition,
)
from catalog.operations.inspections import (
    NewInspection,
    NewSampling,
    record_follow_up,
    record_inspections,
    record_samplings,
)
from catalog.operations.quality_reports import answer_report, report_quality
from catalog.queries.editions import in_force_on
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import Scope, scope_of

MAKERS = 5
COLLEAGUE, PUBLISHER = "province-colleague", "province"


@operation
def create_demo_quality(*, at: datetime) -> bool:
    """By the steps that the demo people take themselves; a second start finds everything there."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region").filter(
            username__in=("regulator", "manufacturer", "hospital", COLLEAGUE, PUBLISHER)
        )
    }
    regulator = people.get("regulator")
    if regulator is None or Inspection.objects.exists():
        return False
    products = _of_the_selected(people.get("manufacturer"))
    if products:
        _inspect(products, regulator, at)
        _report(products, people, at)
    if COLLEAGUE in people:
        _end_substitutes(people[COLLEAGUE], people.get(PUBLISHER), at)
    return True


def _of_the_selected(maker: User | None) -> list[Product]:
    """One selected product of each of the first manufacturers, the demo manufacturer's first."""
    chosen = Selection.objects.filter(role="selected", valid_to=None)
    rows: QuerySet[Product] = (
        Product.objects.filter(pk__in=chosen.values("product"))
        .select_related("manufacturer")
        .order_by("manufacturer", "code")
        .distinct("manufacturer")
    )
    own = maker.organisation_id if maker else None
    return sorted(rows, key=lambda p: (p.manufacturer_id != own, p.code))[:MAKERS]


def _inspect(products: list[Product], regulator: User, at: datetime) -> None:
    """One with a term to put things right, another followed up, the rest in order; one failed lot."""
    today, scope = timezone.localdate(at), _scope(regulator, at)
    to_mend = {
        0: ("洁净区温湿度记录有 3 处缺失，偏差未按规程调查。", today + timedelta(days=14)),
        1: ("稳定性考察计划未覆盖本年上市批次。", today - timedelta(days=2)),
    }
    made = record_inspections(
        inspections=[
            NewInspection(
                enterprise=product.manufacturer, inspected_on=today - timedelta(days=20 - place),
                coverage=f"中选产品 {product} 的生产质量管理",
                findings=to_mend[place][0] if place in to_mend else "生产、检验和放行记录完整，未见异常。",
                result="rectify" if place in to_mend else "pass",
                rectify_by=to_mend[place][1] if place in to_mend else None,
            )
            for place, product in enumerate(products)
        ],
        by=regulator, scope=scope, at=at,
    )  # fmt: skip
    for row in made[1:2]:
        record_follow_up(
            inspection=row, follow_up="企业已补充考察计划并完成首次取样，整改到位。",
            followed_up_on=today, by=regulator, scope=scope, at=at,
        )  # fmt: skip
    failed = products[0]
    record_samplings(
        samplings=[
            NewSampling(
                product=product, lot_no=f"{today:%y}{place + 1:02d}01",
                drawn_from=product.manufacturer, sampled_on=today - timedelta(days=15 - place),
                paper_no=f"演示检验〔{today:%Y}〕{place + 1:03d}",
                result="fail" if product is failed else "pass",
                failed_items="溶出度" if product is failed else "",
            )
            for place, product in enumerate(products)
        ],
        by=regulator, scope=scope, at=at,
    )  # fmt: skip


def _report(products: list[Product], people: dict[str, User], at: datetime) -> None:
    """The hospital's two: a severe one that it holds back, and one that its maker has explained."""
    hospital, maker = people.get("hospital"), people.get("manufacturer")
    if hospital is None:
        return
    today = timezone.localdate(at)
    for place, (kind, severity, words) in enumerate(
        (
            (
                "adverse",
                "severe",
                "患者用药 20 分钟后出现全身皮疹、血压下降，已停药抢救，现已平稳。",
            ),
            ("risk", "usual", "同一批号两盒铝塑包装封口不严，已单独存放。"),
        )
    ):
        report = report_quality(
            product=products[0], kind=kind, severity=severity, lot_no=f"{today:%y}0{place + 1}01",
            occurred_on=today - timedelta(days=3 - place), description=words,
            hold_use=place == 0, by=hospital, scope=_scope(hospital, at), at=at,
        )  # fmt: skip
        if place == 1 and maker and report.manufacturer_id == maker.organisation_id:
            answer_report(
                report=report, by=maker, scope=_scope(maker, at), at=at,
                answer="已调取该批留样和在线封口记录，未见异常；已安排到院取回两盒检验。",
            )  # fmt: skip


def _end_substitutes(colleague: User, second: User | None, at: datetime) -> None:
    """Two substitutes end with next month: one edition is published, the next waits for `province`.

    From next month on, so that no figure of the demonstration moves.
    """
    first = (timezone.localdate(at).replace(day=1) + timedelta(days=32)).replace(day=1)
    held = (
        Substitute.objects.filter(in_force_on(first))
        .select_related("group", "product")
        .order_by("group__code", "product__code")[:2]
    )
    stories = (("停产品种退出（演示）", "演示：已停产，不再供应"),
               ("可替代药品调整（演示）", "演示：已退出临床路径"))  # fmt: skip
    for row, (title, why) in zip(held, stories, strict=False):
        edition = _propose_end(row, title, why, first, colleague, at)
        if edition is None or second is None or title != stories[0][0]:
            return
        decide_edition(edition=edition, verb="publish", by=second, scope=_scope(second, at), at=at)


def _propose_end(
    row: Substitute, title: str, why: str, first: date, by: User, at: datetime
) -> CatalogueEdition | None:
    line = NewLine("end", row.product, row.group, None, why)
    if line_faults(CatalogueEdition.Kind.SUBSTITUTES, [line], first):
        return None
    return propose_edition(
        kind=CatalogueEdition.Kind.SUBSTITUTES, title=title,
        basis="演示：关于调整可替代药品参考监测范围的通知", effective_from=first, lines=[line],
        by=by, scope=_scope(by, at), at=at,
    )  # fmt: skip


def _scope(person: User, at: datetime) -> Scope:
    return scope_of(person, timezone.localdate(at))
