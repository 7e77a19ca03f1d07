"""The codes of a whole 配送单 at once: as its distributor's own system lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from core.operations import operation
from core.transitions import MissingInput
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import Delivery
from procurement.operations.code_shipments import ShippedCode, ship_codes
from procurement.rules.receiving import CODE_CLAUSE


@operation
def ship_note_codes(
    *, codes: Mapping[int, Sequence[ShippedCode]], sent: Mapping[int, Delivery], by: User,
    scope: Scope, at: datetime,
) -> int:  # fmt: skip
    """Register codes by the id of their delivery, all or none; gives how many packs they stand for.

    Raises what `ship_codes` raises, of the first delivery with a fault.
    """
    if not codes:
        raise MissingInput("codes", "没有要登记的追溯码", CODE_CLAUSE)
    # A savepoint: a refusal at the second delivery leaves nothing of the first.
    with transaction.atomic():
        return sum(
            ship_codes(delivery=sent[key], codes=codes[key], by=by, scope=scope, at=at)
            for key in sorted(codes)
        )
