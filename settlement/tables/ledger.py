"""Columns of the trial balance."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column


def _party(row: Any) -> str:
    names = [each.name for each in (row.institution, row.enterprise) if each is not None]
    return " / ".join(names)


def _purpose(row: Any) -> Cell:
    return Cell(row.get_purpose_display(), url=reverse("ledger-account", args=[row.pk]))


ACCOUNT_COLUMNS = (
    Column("purpose", "账户", lambda r: r.get_purpose_display(), 24, fixed=True, shown=_purpose),
    Column("party", "单位", _party, 34),
    Column("pool", "统筹区", lambda r: r.pool.name, 14, sort=("pool__code", "id")),
    Column("debit", "借方合计", lambda r: r.debit, 16, numeric=True, unit="元"),
    Column("credit", "贷方合计", lambda r: r.credit, 16, numeric=True, unit="元"),
    Column("balance", "余额（借为正）", lambda r: r.balance, 16, numeric=True, unit="元"),
)
