"""Columns of agreements, powers of attorney and disposals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from contracts.queries.agreements import is_late, waiting_for
from contracts.states.agreement import AGREEMENT_LEVELS
from contracts.states.power import DISPOSAL_LEVELS, POWER_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column


def _state(levels: dict[str, str]) -> Any:
    return lambda row: Cell(row.get_state_display(), level=levels[row.state], nowrap=True)


def late(row: Any) -> bool:
    """Past its last day for signing, and not signed."""
    return is_late(row, timezone.localdate())


def _number(row: Any) -> Cell:
    return Cell(str(row), url=reverse("agreement", args=[row.key]))


def _until(row: Any) -> Cell:
    return Cell(f"{row.sign_by:%Y-%m-%d}", late=late(row), nowrap=True)


AGREEMENT_COLUMNS = (
    Column("number", "协议编号", str, 30, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 12, sort=("state",),
           shown=_state(AGREEMENT_LEVELS)),
    Column("waiting", "尚未签署", lambda r: "、".join(waiting_for(r)), 20),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           sort=("institution__name",)),
    Column("code", "机构编码", lambda r: r.institution.code, 16, offered=False),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 12, offered=False),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name, 28),
    Column("distributor", "配送企业", lambda r: r.distributor.name, 28),
    Column("batch", "批次", lambda r: r.batch.name, 26),
    Column("year", "年度", lambda r: r.year_no, 8, numeric=True),
    Column("until", "签订期限", lambda r: r.sign_by, 12, sort=("sign_by",), shown=_until),
    Column("made", "生成时间", lambda r: r.made_at, 18, sort=("made_at",), offered=False),
    Column("institution_signed", "医疗机构签订", lambda r: r.institution_signed_at, 18,
           offered=False),
    Column("manufacturer_signed", "生产企业签订", lambda r: r.manufacturer_signed_at, 18,
           offered=False),
    Column("distributor_signed", "配送企业签订", lambda r: r.distributor_signed_at, 18,
           offered=False),
    Column("reason", "拒签或终止原因", lambda r: r.refusal_reason or r.ending_reason, 30,
           offered=False),
)  # fmt: skip

POWER_COLUMNS = (
    Column("number", "编号", lambda r: r.power_no, 22, fixed=True,
           shown=lambda r: Cell(r.power_no, url=reverse("power", args=[r.power_no]), nowrap=True)),
    Column("state", "状态", lambda r: r.get_state_display(), 10, shown=_state(POWER_LEVELS)),
    Column("principal", "授权单位", lambda r: r.principal.name, 32),
    Column("agent", "代签单位", lambda r: r.agent.name, 32),
    Column("batch", "限于批次", lambda r: r.batch.name if r.batch else "全部批次", 26),
    Column("from", "自", lambda r: r.valid_from, 12),
    Column("to", "至（含当日）", lambda r: r.valid_to, 12),
    Column("registered", "登记时间", lambda r: r.registered_at, 18, sort=("registered_at",)),
)  # fmt: skip

DISPOSAL_COLUMNS = (
    Column("number", "编号", lambda r: r.disposal_no, 22, fixed=True,
           shown=lambda r: Cell(r.disposal_no, url=reverse("disposal", args=[r.disposal_no]),
                                nowrap=True)),
    Column("state", "状态", lambda r: r.get_state_display(), 10, shown=_state(DISPOSAL_LEVELS)),
    Column("organisation", "被处置单位", lambda r: r.organisation.name, 32),
    Column("kind", "方式", lambda r: r.get_kind_display(), 18),
    Column("batch", "批次", lambda r: r.batch.name, 26),
    Column("reason", "事由", lambda r: r.reason, 40),
    Column("decided_by", "作出单位", lambda r: r.decided_by.name, 28),
    Column("decided", "作出日期", lambda r: r.decided_on, 12, sort=("decided_at",)),
    Column("due", "要求完成", lambda r: r.due_on, 12),
    Column("outcome", "处置结果", lambda r: r.outcome, 40, offered=False),
)  # fmt: skip
