"""One hospital's door: a note of two deliveries, its people on both sides, codes of the product."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import connection

from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.models import Delivery, LineProgress, OrderLine, Receipt, ReturnRequest
from procurement.operations.line_progress import CHOSEN
from procurement.operations.receipts import TakenRow, correct_receipt, receive
from procurement.operations.return_requests import ask_return, step_request
from procurement.queries.line_facts import write_progress
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties

# 星期三, no holiday near.
WEDNESDAY = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
D = Decimal


class Door:
    """甲医院 buys of one distributor; another hospital and another distributor stand beside it."""

    def __init__(self) -> None:
        county = people.county()
        self.province = county.parent.parent  # type: ignore[union-attr]
        self.hospital = people.organisation(name="甲医院", region=county)
        self.other = people.organisation(name="乙医院", region=county)
        self.maker = people.organisation("enterprise", region=county)
        self.carrier = people.organisation(
            "enterprise", is_manufacturer=False, is_distributor=True, region=county
        )
        self.bureau = people.organisation("bureau", region=self.province)
        self.product = make.product(name="缬沙坦胶囊", manufacturer=self.maker)

    def line(self, packs: int = 10, of: Organisation | None = None, **more: Any) -> OrderLine:
        parties = Parties(of or self.hospital, self.maker, self.carrier)
        fields: dict[str, Any] = {
            "packs": packs, "product": self.product, "response": "confirmed",
            "responded_at": stages.SENT,
        }  # fmt: skip
        return stages.order_line(parties, **fields | more)

    def ship(self, line: OrderLine, packs: int = 10, **more: Any) -> Delivery:
        fields: dict[str, Any] = {
            "packs": packs, "note_no": "PSD1", "lot_no": "L1", "expires_on": date(2028, 1, 31),
            "shipped_at": stages.SENT, "recorded_at": stages.SENT,
            "delivered_at": stages.SENT + timedelta(days=1),
        }  # fmt: skip
        made = stages.delivery(line=line, **fields | more)
        # As the distributor's shipping does: the progress follows the facts.
        sql = write_progress(CHOSEN, by="测试", only_under_way=False, renew=True)
        ignored = pgtrigger.ignore("procurement.LineProgress:order_line_states")
        with ignored, connection.cursor() as cursor:
            cursor.execute(sql, [[line.pk], [line.ordered_at]])
        made.refresh_from_db()
        return made

    def acting(self, of: Organisation, *roles: str, at: datetime | None = None) -> dict[str, Any]:
        made = people.person(of, *(roles or ("clerk",)))
        user = User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)
        at = at or WEDNESDAY
        return {"by": user, "scope": scope_of(user, at.date()), "at": at}

    def take(
        self, sent: Delivery, accepted: int | Decimal = 10, refused: int | Decimal = 0, **more: Any
    ) -> list[Receipt]:
        who = more.pop("who", None) or self.acting(self.hospital, "storekeeper")
        return receive(rows=[TakenRow(sent, D(accepted), D(refused), **more)], **who)

    def correct(self, sent: Delivery, accepted: int, refused: int, **more: Any) -> Receipt:
        who = more.pop("who", None) or self.acting(self.hospital, "storekeeper")
        words = more.pop("words", "清点有误")
        return correct_receipt(
            delivery=sent, accepted=D(accepted), refused=D(refused), words=words, **who, **more
        )

    def ask(self, sent: Delivery, packs: int, kind: str = "return", **more: Any) -> ReturnRequest:
        who = more.pop("who", None) or self.acting(self.hospital, "storekeeper")
        fields: dict[str, Any] = {"reason": "damaged", "words": "", **more}
        return ask_return(delivery=sent, packs=D(packs), kind=kind, **fields, **who)

    def answer(self, asked: ReturnRequest, verb: str, **more: Any) -> ReturnRequest:
        ours = verb in ("withdraw", "exchange", "turn")
        who = more.pop("who", None) or self.acting(self.hospital if ours else self.carrier)
        return step_request(request=asked, verb=verb, **who, **more)

    def sums(self, line: OrderLine) -> tuple[str, int, int, int, int]:
        row = LineProgress.objects.get(line_id=line.pk)
        packs = (row.delivered_packs, row.accepted_packs, row.refused_packs, row.returned_packs)
        return (row.state, *map(int, packs))  # type: ignore[return-value]
