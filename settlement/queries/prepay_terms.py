"""What a batch's policy says of prepaying, and what agreements it is reckoned on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from catalog.models import AgreementYear, Batch
from catalog.queries.overrides import overrides_of
from contracts.models import AgreementLine
from organisations.models import Pool
from policy.queries.read import needed_values, resolve, values_on
from settlement.queries.agreed_money import WORTH, effective_lines


@dataclass(frozen=True)
class PrepayTerms:
    """ratio: of the yearly agreed amount; recipient: institution or agency; payee: who is settled."""

    ratio: Decimal
    recipient: str
    payee: str
    clause: str


def prepay_terms(batch: Batch, on: date) -> PrepayTerms | None:
    """None where the batch's policy prepays nothing on the day."""
    own = resolve(values_on(batch.policy.code, on), overrides_of(batch.pk, on))
    ratio, recipient = own["prepay_ratio"], own["prepay_recipient"]
    if not (ratio.in_force and recipient.in_force and ratio.number > 0):
        return None
    payee = needed_values(own, on)["settlement_payee"].text
    return PrepayTerms(ratio.number, recipient.text, payee, ratio.clause)


def worth_by_institution(
    year: AgreementYear, pool: Pool, at: datetime
) -> dict[int | None, Decimal]:
    """Σ agreed quantity × price per base unit of the agreements effective now, in yuan, exact."""
    rows = _lines(year, pool, at).values_list("institution_id").annotate(total=Sum(WORTH))
    return dict(rows.order_by("institution_id"))


def worth_by_payee(
    year: AgreementYear, pool: Pool, at: datetime, payee: str
) -> dict[int | None, Decimal]:
    """The same by the enterprise that statements are made for."""
    maker = F("manufacturer_id")
    who = Coalesce(F("distributor_id"), maker) if payee == "distributor" else Coalesce(maker, maker)
    rows = _lines(year, pool, at).annotate(payee=who).values_list("payee")
    return dict(rows.annotate(total=Sum(WORTH)).order_by("payee"))


def _lines(year: AgreementYear, pool: Pool, at: datetime) -> QuerySet[AgreementLine]:
    return effective_lines(at).filter(pool=pool, batch=year.batch_id, year_no=year.year_no)
