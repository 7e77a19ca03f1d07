"""Many warnings at once: the answering side acknowledges, the bureau closes or returns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.transitions import Verdict
from monitoring.forms import BulkNoteForm
from monitoring.models import Warning
from monitoring.operations.answer_warning import (
    acknowledge_warning,
    close_warning,
    return_warning,
)
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_rows import label_of
from monitoring.queries.warning_standings import ACTING_ROLES, warning_standings
from monitoring.states import WARNING_MACHINE
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _answers(scope: Scope) -> bool:
    """Hospitals, enterprises and agencies are warned; authorities are not."""
    return scope.is_business and not scope.is_region_authority and scope.has_role(*ACTING_ROLES)


def _verifies(scope: Scope) -> bool:
    return scope.is_bureau and scope.has_role(*ACTING_ROLES)


def _verdict(verb: str) -> Any:
    transition = WARNING_MACHINE.named(verb)

    def verdict(scope: Scope, warning: Warning) -> Verdict:
        return WARNING_MACHINE.verdict(transition, warning, warning_standings(scope, warning))

    return verdict


def _named(warning: Warning) -> str:
    return f"{warning.warning_no} {label_of(warning)}"


def _version(warning: Warning) -> int:
    return warning.row_version


def _acknowledge(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return acknowledge_warning(warning=row, by=by, scope=scope, at=at, seen_version=version)


def _close(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return close_warning(
        warning=row, by=by, scope=scope, at=at, seen_version=version,
        closing_note=values["closing_note"],
    )  # fmt: skip


def _return(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return return_warning(
        warning=row, by=by, scope=scope, at=at, seen_version=version,
        closing_note=values["closing_note"],
    )  # fmt: skip


add(
    BulkAct(
        key="warning-acknowledge",
        page="warning-list",
        label="批量签收",
        unit="件",
        kind="primary",
        offered=_answers,
        rows=visible_warnings,
        name=_named,
        verdict=_verdict("acknowledge"),
        version=_version,
        perform=_acknowledge,
        note="签收表示已知悉，答复期限不变；说明仍须逐件提交。",
    ),
    BulkAct(
        key="warning-close",
        page="warning-list",
        label="批量办结",
        unit="件",
        kind="primary",
        offered=_verifies,
        rows=visible_warnings,
        name=_named,
        verdict=_verdict("close"),
        version=_version,
        perform=_close,
        form=BulkNoteForm,
        note="办结后通知被预警单位。选定之后又有变动的预警不会办结，原因列在结果中。",
    ),
    BulkAct(
        key="warning-return",
        page="warning-list",
        label="批量退回",
        unit="件",
        offered=_verifies,
        rows=visible_warnings,
        name=_named,
        verdict=_verdict("return"),
        version=_version,
        perform=_return,
        form=BulkNoteForm,
        note="退回后被预警单位须按意见补充说明，期限不变。",
    ),
)
