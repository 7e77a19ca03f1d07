"""What an account is for. A debit is positive, a credit negative; an asset's balance is a debit."""

from __future__ import annotations

from django.db import models


class Purpose(models.TextChoices):
    """`needs` below says which parties an account of the purpose names besides its pool."""

    FUND = "fund", "医保基金支付"
    PREPAID = "prepaid", "集采预付金"
    ADVANCE = "advance", "预付供货企业"
    CLAIM = "claim", "应从医保预拨付款扣除"
    PAYABLE = "payable", "应付货款"
    GOODS = "goods", "机构自付货款"
    OWED = "owed", "机构应付货款"
    OWN_CASH = "own_cash", "机构已付货款"
    RETENTION = "retention", "结余留用"


INSTITUTION = "institution"
ENTERPRISE = "enterprise"

NEEDS: dict[str, frozenset[str]] = {
    "fund": frozenset(),
    "prepaid": frozenset(),
    "advance": frozenset({ENTERPRISE}),
    "claim": frozenset({INSTITUTION}),
    "payable": frozenset({ENTERPRISE}),
    "goods": frozenset({INSTITUTION}),
    "owed": frozenset({INSTITUTION, ENTERPRISE}),
    "own_cash": frozenset({INSTITUTION}),
    "retention": frozenset({INSTITUTION}),
}
"""Exactly these parties; a prepaid account may name an institution (陕) or none (the agency, 赣2019)."""


class SourceKind(models.TextChoices):
    """What an entry comes of; its page is found by `queries/ledger.py`."""

    PREPAYMENT = "prepayment", "集采预付金"
    STATEMENT = "statement", "结算单"
    PAYMENT = "statement_payment", "货款支付"
    DEDUCTION = "deduction", "医保预拨付款扣除"
    ADVANCE = "advance", "预付供货企业"
    RETENTION = "retention", "结余留用"
    ENTRY = "ledger_entry", "冲销分录"
