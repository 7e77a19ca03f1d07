"""Many applications at once: the enterprise submits its drafts, an office takes them in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import catalog.operations.listing_bulk  # noqa: F401 - adds the acts on listings and price tables
from catalog.models import ProductApplication
from catalog.operations.applications.review import accept_application
from catalog.operations.applications.submit import submit_application
from catalog.queries.applications import (
    ACTING_ROLES,
    application_standings,
    files_applications,
    visible_applications,
)
from catalog.states.application import APPLICATION_MACHINE
from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _takes_in(scope: Scope) -> bool:
    return scope.is_bureau and scope.has_role(*ACTING_ROLES)


def _verdict(verb: str) -> Any:
    transition = APPLICATION_MACHINE.named(verb)

    def verdict(scope: Scope, row: ProductApplication) -> Verdict:
        return APPLICATION_MACHINE.verdict(transition, row, application_standings(scope, row))

    return verdict


def _named(row: ProductApplication) -> str:
    return f"{row.application_no} {row.title}"


def _version(row: ProductApplication) -> int:
    return row.row_version


def _submit(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return submit_application(application=row, by=by, scope=scope, at=at, seen_version=version)


def _accept(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return accept_application(application=row, by=by, scope=scope, at=at, seen_version=version)


add(
    BulkAct(
        key="application-submit", page="application-list", label="批量提交", unit="件",
        kind="primary", offered=files_applications, rows=visible_applications, name=_named,
        verdict=_verdict("submit"), version=_version, perform=_submit,
        note="材料齐全的逐件提交；缺材料的不提交，原因列在结果中。",
    ),
    BulkAct(
        key="application-accept", page="application-list", label="批量受理", unit="件",
        kind="primary", offered=_takes_in, rows=visible_applications, name=_named,
        verdict=_verdict("accept"), version=_version, perform=_accept,
        note="受理表示材料齐全，自当日起计算审核期限。",
    ),
)  # fmt: skip
