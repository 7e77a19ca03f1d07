"""An institution chooses the products that its agreed quantities go to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from catalog.models import AgreementYear, Group, Product
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.operations.tasks import finish_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import AgreedRound, AllotmentChoice, VolumeReportLine
from volumes.operations.agreed.rounds import OBJECT_TYPE
from volumes.queries.agreed import Offer, offers_at, offers_of
from volumes.queries.standings import ACTING_ROLES
from volumes.rules.unbound import bound_to_products
from volumes.rules.window import moment
from volumes.states.agreed import CLAUSE

Shares = Mapping[str, Mapping[str, int]]
"""Group code → product code → per cent; a group without any is allotted by the rule."""


def choosable(row: AgreedRound, institution: Organisation) -> dict[str, list[Offer]]:
    """Group code → the products of the unit's supply region, for every group that it reported."""
    year = AgreementYear.objects.get(batch_id=row.batch_id, year_no=row.year_no)
    groups = dict(
        VolumeReportLine.objects.filter(
            batch_id=row.batch_id, year_no=row.year_no, institution=institution, status="approved",
            reported_qty__gt=0,
        ).values_list("group_id", "group__code")
    )  # fmt: skip
    here = offers_at(offers_of(row.batch, year), _regions(institution))
    return {code: here[pk] for pk, code in sorted(groups.items(), key=lambda g: g[1]) if pk in here}


@operation
def choose_products(
    *, row: AgreedRound, shares: Shares, by: User, scope: Scope, at: datetime
) -> int:
    """Write the own institution's choice, whole: what is not named is allotted by the rule.

    Per group the shares add up to 100. The last second of the window counts. Raises NotYours,
    TransitionRefused, MissingInput naming the group.
    """
    if scope.kind != "institution" or not scope.has_role(*ACTING_ROLES):
        raise NotYours("由填报单位的经办、审核或负责人选择", CLAUSE)
    held = AgreedRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.state == AgreedRound.State.CONFIRMED:
        raise TransitionRefused("约定采购量已经确认，不能再选择；更换产品请办理协议变更", CLAUSE)
    if at >= held.choice_until:
        raise TransitionRefused(
            f"选择已于 {moment(held.choice_until)} 截止，未选择的按规则分配", CLAUSE
        )
    institution = Organisation.objects.select_related("region__parent__parent").get(
        pk=scope.organisation_id
    )
    bound = bound_to_products(institution.level, held.unbound_levels, held.unbound_clause)
    if not bound:
        raise TransitionRefused(bound.reason, bound.clause)
    offered = choosable(held, institution)
    for group, chosen in shares.items():
        if group not in offered:
            raise MissingInput(group, f"本单位没有可选择的品种 {group}", CLAUSE)
        known = {each.code for each in offered[group]}
        wrong = set(chosen) - known
        if wrong:
            raise MissingInput(group, f"{sorted(wrong)[0]} 不是本地区这个品种的中选产品", CLAUSE)
        if any(share < 0 for share in chosen.values()) or sum(chosen.values()) not in (0, 100):
            raise MissingInput(
                group, f"{group} 各产品份额合计应为 100%，现为 {sum(chosen.values())}%", CLAUSE
            )
    own = AllotmentChoice.objects.filter(round=held, institution=institution)
    own.delete()
    stamps = _stamps(institution)
    groups = {each.code: each.pk for each in Group.objects.filter(code__in=list(shares))}
    products = {
        each.code: each
        for each in Product.objects.filter(code__in=[c for s in shares.values() for c in s])
    }
    made = [
        AllotmentChoice(
            round=held, institution=institution, group_id=groups[group], product=products[code],
            manufacturer_id=products[code].manufacturer_id, share=share, chosen_at=at,
            chosen_by_name=by.audit_name, **stamps,
        )
        for group, chosen in shares.items()
        for code, share in chosen.items()
        if share
    ]  # fmt: skip
    AllotmentChoice.objects.bulk_create(made, batch_size=1000)
    record(
        by=by, at=at, action="agreed_round.choose", object_type=OBJECT_TYPE, object_key=held.pk,
        object_label=str(held), clause=CLAUSE, detail={"products": len(made)},
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[f"{held.round_no}/{institution.pk}"], at=at)
    return len(made)


def _regions(institution: Organisation) -> list[int | None]:
    stamps = _stamps(institution)
    return [stamps["city_id"], stamps["province_id"]]


def _stamps(institution: Organisation) -> dict[str, int | None]:
    found: dict[str, int | None] = {"county_id": None, "city_id": None, "province_id": None}
    step = institution.region
    while step is not None:
        found[f"{step.level}_id"] = step.pk
        step = step.parent
    return {**found, "pool_id": institution.pool_id}
