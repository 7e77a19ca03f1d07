"""Many relations, or many agreements, at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.forms.relations import BulkRefusalForm
from contracts.models import Agreement, DeliveryRelation
from contracts.operations.agreements.session import signing_session
from contracts.operations.agreements.sign import sign_agreement
from contracts.operations.relations import accept_relation, refuse_relation
from contracts.queries.agreements import (
    agreement_standings,
    sides,
    signed_already,
    visible_agreements,
)
from contracts.queries.relations import relation_standings, visible_relations
from contracts.rules.agreement import SIGNER_ROLE
from contracts.rules.relation import OFFICERS
from contracts.states.agreement import AGREEMENT_MACHINE
from contracts.states.relation import RELATION_MACHINE
from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _carries(scope: Scope) -> bool:
    return scope.is_business and scope.is_distributor and scope.has_role(*OFFICERS)


def _verdict(verb: str) -> Any:
    transition = RELATION_MACHINE.named(verb)

    def verdict(scope: Scope, relation: DeliveryRelation) -> Verdict:
        return RELATION_MACHINE.verdict(transition, relation, relation_standings(scope, relation))

    return verdict


def _named(relation: DeliveryRelation) -> str:
    return f"{relation.relation_no} {relation.product}"


def _version(relation: DeliveryRelation) -> int:
    return relation.row_version


def _rows(scope: Scope) -> Any:
    return visible_relations(scope).select_related("product__group", "distributor")


def _accept(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return accept_relation(relation=row, by=by, scope=scope, at=at, seen_version=version)


def _refuse(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return refuse_relation(
        relation=row, refusal_reason=values["words"], by=by, scope=scope, at=at,
        seen_version=version,
    )  # fmt: skip


add(
    BulkAct(
        key="relation-accept", page="relations", label="批量确认配送", unit="条", kind="primary",
        offered=_carries, rows=_rows, name=_named, verdict=_verdict("accept"), version=_version,
        perform=_accept,
        note="确认后自各自的生效日起由贵企业配送；更换配送企业的，原关系在生效日终止。",
    ),
    BulkAct(
        key="relation-refuse", page="relations", label="批量拒绝", unit="条",
        offered=_carries, rows=_rows, name=_named, verdict=_verdict("refuse"), version=_version,
        perform=_refuse, form=BulkRefusalForm, note="生产企业会看到拒绝原因，可另行点选。",
    ),
)  # fmt: skip


def _signs(scope: Scope) -> bool:
    return scope.is_business and scope.has_role(SIGNER_ROLE) and not scope.is_region_authority


def _sign_verdict(scope: Scope, agreement: Agreement) -> Verdict:
    already = signed_already(scope, agreement)
    if not already and not sides(scope, agreement):
        return already
    return AGREEMENT_MACHINE.verdict(
        AGREEMENT_MACHINE.named("sign"), agreement, agreement_standings(scope, agreement)
    )


def _agreements(scope: Scope) -> Any:
    return visible_agreements(scope).select_related(
        "batch", "institution", "manufacturer", "distributor"
    )


def _sign(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return sign_agreement(agreement=row, by=by, scope=scope, at=at, seen_version=version)


add(
    BulkAct(
        key="agreement-sign", page="agreements", label="批量签署", unit="份", kind="primary",
        icon="signature", offered=_signs, rows=_agreements, name=str, verdict=_sign_verdict,
        version=lambda row: int(row.row_version), perform=_sign,
        note="以本单位数字证书逐份签署，签署后不能撤回；选定之后文本或状态有变动的不会签署。"
        "超过 10 份转为后台任务，逐份提交，可以离开；中断后从断处继续，不会重复签署。",
        direct=10, stepwise=True, around=signing_session,
    )
)  # fmt: skip
