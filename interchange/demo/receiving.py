"""What an institution does with a delivery: it accepts, corrects, sends back; the payer pays."""

from __future__ import annotations

import random

from interchange.demo import story
from interchange.demo.clock import DAY, HOUR, Clock, add_months
from interchange.demo.institutions import Institution
from interchange.demo.lines import Line
from interchange.demo.tables import Tables, yuan


class Receiving:
    def __init__(self, rng: random.Random, clock: Clock, tables: Tables) -> None:
        self._rng = rng
        self._clock = clock
        self._tables = tables
        self._returns = 0
        self._payments = 0

    def receive(self, line: Line, number: int, packs: int, arrived: int) -> tuple[int, int]:
        """Accepted packs, corrections included, and when the receipt was written."""
        rng, clock = self._rng, self._clock
        received = arrived + 900 + int(rng.expovariate(1 / (7 * HOUR)))
        received = _by_day(min(received, arrived + 60 * HOUR))
        if line.head.institution.tardy and rng.random() < line.head.institution.tardy:
            received = _by_day(arrived + rng.randrange(6 * DAY, 17 * DAY))
        refused = 0
        draw = rng.random()
        if draw < 0.0015:
            refused = packs
        elif draw < 0.006 and packs > 2:
            refused = rng.randrange(1, max(2, packs // 4))
        accepted = packs - refused
        if received < clock.cutoff:
            self._receipt(line, number, 1, accepted=accepted, refused=refused, at=received)
            self._pay(line, accepted, received)
        if accepted > 5 and rng.random() < 0.003:
            wrong = rng.randrange(1, max(2, accepted // 6))
            corrected = received + rng.randrange(DAY, 4 * DAY)
            if corrected < clock.cutoff:
                self._receipt(line, number, 2, accepted=-wrong, refused=wrong, at=corrected)
            accepted -= wrong
        return accepted, received

    def _receipt(
        self, line: Line, number: int, serial: int, *, accepted: int, refused: int, at: int
    ) -> None:
        self._tables.row(
            "receipts",
            (
                line.head.number,
                line.number,
                number,
                serial,
                accepted,
                refused,
                self._clock.stamp(at),
            ),
        )

    def send_back(self, line: Line, accepted: int, received: int) -> None:
        rng = self._rng
        if accepted < 2 or rng.random() >= 0.005:
            return
        packs = rng.randrange(1, max(2, accepted // 3))
        returned = received + rng.randrange(5 * DAY, 40 * DAY)
        if returned < self._clock.cutoff:
            self._returns += 1
            self._tables.row(
                "returns",
                (
                    f"TH{self._returns:06d}",
                    line.head.number,
                    line.number,
                    packs,
                    self._clock.stamp(returned),
                ),
            )

    def _pay(self, line: Line, accepted: int, received: int) -> None:
        """The fund pays selected products in the month after; one pool is slow."""
        rng, clock = self._rng, self._clock
        day = received // DAY
        product = line.stream.product
        group = product.group
        batch = group.batch if group else None
        selected = product.part in ("selected", "standby") and batch is not None
        if not selected or batch is None or accepted <= 0:
            return
        # A delivery just before the start belongs to a line whose rest is received in the batch.
        if not batch.first_day - 30 <= day <= batch.last_day:
            return
        months = 1
        late = rng.random() < line.head.institution.late_payer
        if late:
            months = rng.choice((2, 2, 2, 3, 3, 4))
        start = clock.day(add_months(clock.dates[day], months))
        paid = start + rng.randrange(4, 19)
        if paid >= clock.cutoff_day:
            return
        if late and rng.random() < 0.06:
            return
        payer = "institution" if batch.policy.startswith(("shandong", "shaanxi")) else "fund"
        if payer == "fund" and self._is_left_to_the_platform(line, day):
            return
        self._payments += 1
        cents = accepted * line.cents
        self._tables.row(
            "payments",
            (
                f"FK{self._payments:07d}",
                line.head.institution.code,
                line.head.distributor.uscc,
                line.batch.code if line.batch else "",
                line.head.number,
                line.number,
                yuan(cents),
                clock.texts[paid],
                payer,
            ),
        )

    def _is_left_to_the_platform(self, line: Line, day: int) -> bool:
        """Nobody has paid it when the demonstration begins: its statements do."""
        clock, head = self._clock, line.head
        since = clock.day(add_months(clock.dates[clock.cutoff_day].replace(day=1), -3))
        return (
            head.distributor.platform_paid
            and head.institution.pool == story.PLATFORM_PAID_POOL
            and day >= since
        )


def _by_day(instant: int) -> int:
    """The same instant by day, the next morning by night: store-rooms close."""
    hour = instant % DAY // HOUR
    if 8 <= hour < 20:
        return instant
    return instant + (32 - hour) % 24 * HOUR + instant // 7 % 40 * 60


def late_payer_share(institution: Institution) -> float:
    """Share of what an institution receives that its pool pays too late."""
    if institution.pool == story.SLOW_PAYING_POOL:
        return 0.18 if institution.level == "tertiary" else 0.4
    return 0.0
