"""What becomes of an order line: answer, deliveries, receipt, return, payment.

Each step draws its chances from the distributor (and how far it is), the weekday, holidays, and
the institution's own habits. Steps that would lie in the future are drawn, but not written.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from interchange.demo import geography, story
from interchange.demo.batches import Batch
from interchange.demo.clock import DAY, HOUR, Clock, add_months
from interchange.demo.demand import Stream
from interchange.demo.enterprises import Enterprise, decline
from interchange.demo.institutions import Institution
from interchange.demo.tables import Tables

_REFUSALS = ("out_of_stock", "no_delivery_relation", "price", "other")
_REFUSAL_WEIGHTS = (0.72, 0.14, 0.06, 0.08)
_FAULTS_OF_ORDER = ("duplicate", "institution_error", "delisted")


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as it was sent."""

    order_no: str
    number: int
    institution: Institution
    distributor: Enterprise
    stream: Stream
    batch: Batch | None
    packs: int
    cents: int
    sent: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the institution sees in the end: for complaints and for the next order."""

    missing_packs: int
    late_days: int
    refused: str
    known_at: int


class Supply:
    def __init__(self, rng: random.Random, clock: Clock, tables: Tables) -> None:
        self._rng = rng
        self._clock = clock
        self._tables = tables
        self._returns = 0
        self._payments = 0
        self._distance: dict[tuple[str, str], float] = {}

    def fulfil(self, line: Line) -> Outcome:
        """Writes the line and all that follows it."""
        rng = self._rng
        worse = 1.0
        if line.distributor.failing:
            worse = decline(self._clock, self._clock.month_index[line.sent // DAY])
        draw = rng.random()
        if draw < 0.0035:
            return self._cancelled(line)
        if draw < 0.0060:
            return self._rejected(line, rng.choice(_FAULTS_OF_ORDER), late=False)
        if rng.random() < line.distributor.refuses * worse:
            reason = rng.choices(_REFUSALS, _REFUSAL_WEIGHTS)[0]
            return self._rejected(line, reason, late=rng.random() < 0.15)
        slow = rng.random() < line.distributor.slow_answer * worse * self._weekend(line, 1.6)
        if slow and rng.random() < 0.08:
            self._line(line, "", None, "", None)
            return Outcome(line.packs, 9, "", line.sent + 9 * DAY)
        answered = self._answer_time(line, slow)
        self._line(line, "confirmed", answered, "", None)
        return self._deliver(line, answered, worse)

    def _weekend(self, line: Line, factor: float) -> float:
        day = line.sent // DAY
        weekday = self._clock.dates[day].weekday()
        if day + 1 in self._clock.holidays:
            return factor * 1.8
        return factor if weekday >= 4 else 1.0

    def _line(
        self, line: Line, response: str, responded: int | None, reason: str, cancelled: int | None
    ) -> None:
        stamp, cutoff = self._clock.stamp, self._clock.cutoff
        answered = responded is not None and responded < cutoff
        called_off = cancelled is not None and cancelled < cutoff
        self._tables.row(
            "order_lines",
            (
                line.order_no,
                line.number,
                line.stream.product.code,
                line.batch.code if line.batch else "",
                line.packs,
                f"{line.cents // 100}.{line.cents % 100:02d}",
                response if answered else "",
                stamp(responded) if responded is not None and answered else "",
                reason if answered else "",
                stamp(cancelled) if cancelled is not None and called_off else "",
            ),
        )

    def _cancelled(self, line: Line) -> Outcome:
        cancelled = line.sent + self._rng.randrange(900, 9 * HOUR)
        self._line(line, "", None, "", cancelled)
        return Outcome(line.packs, 0, "", cancelled)

    def _rejected(self, line: Line, reason: str, *, late: bool) -> Outcome:
        answered = self._answer_time(line, late)
        self._line(line, "rejected", answered, reason, None)
        again = 0 if reason in _FAULTS_OF_ORDER else line.packs
        return Outcome(again, 0, reason, answered)

    def _answer_time(self, line: Line, slow: bool) -> int:
        """Minutes to hours in office time; the next morning for what came in the afternoon."""
        rng = self._rng
        if slow:
            return line.sent + rng.randrange(49 * HOUR, 130 * HOUR)
        if line.urgent:
            return line.sent + rng.randrange(300, 3 * HOUR)
        answered = line.sent + 600 + int(rng.expovariate(1 / (2.6 * HOUR)))
        evening = line.sent // DAY * DAY + 18 * HOUR
        if answered < evening:
            return answered
        morning = line.sent // DAY * DAY + DAY + 8 * HOUR + rng.randrange(0, 2 * HOUR)
        return max(min(morning, line.sent + 44 * HOUR), line.sent + 600)

    def _deliver(self, line: Line, answered: int, worse: float) -> Outcome:
        rng = self._rng
        late = self._is_late(line, answered, worse)
        split = line.packs >= 6 and rng.random() < 0.05
        short = line.packs >= 4 and rng.random() < 0.005 * worse
        parts = [line.packs]
        if split or short:
            first = max(1, int(line.packs * rng.uniform(0.5, 0.85)))
            parts = [first] if short else [first, line.packs - first]
        accepted = 0
        latest = line.sent
        received_last = line.sent
        for index, packs in enumerate(parts):
            slow_rest = index > 0 and rng.random() < 0.3
            arrived = self._arrival(line, answered, late or slow_rest, worse)
            latest = max(latest, arrived)
            taken, received = self._delivery(line, index + 1, packs, answered, arrived)
            accepted += taken
            received_last = max(received_last, received)
        self._send_back(line, accepted, received_last)
        late_days = (latest - line.sent) // DAY - 3 if late else 0
        return Outcome(line.packs - accepted, late_days, "", latest)

    def _is_late(self, line: Line, answered: int, worse: float) -> bool:
        distributor, city = line.distributor, line.institution.city
        key = (distributor.uscc, city)
        if key not in self._distance:
            self._distance[key] = geography.kilometres(distributor.home, city) / 100 * 0.005
        chance = (distributor.late * worse + self._distance[key]) * self._weekend(line, 1.8)
        if line.urgent:
            chance += 0.03
        deadline = line.sent + (24 if line.urgent else 72) * HOUR
        return self._rng.random() < chance or answered + 4 * HOUR > deadline

    def _arrival(self, line: Line, answered: int, late: bool, worse: float) -> int:
        """On a working day's hours; a van that comes in time may come on a Saturday."""
        rng, clock = self._rng, self._clock
        sent_day = line.sent // DAY
        deadline = line.sent + (24 if line.urgent else 72) * HOUR
        earliest = answered + 2 * HOUR
        if late:
            begin = max(deadline, earliest) + 1800
            arrived = begin + int(rng.expovariate(1 / ((40 + 14 * worse) * HOUR)))
            day = arrived // DAY
            while day in clock.holidays or clock.dates[day].weekday() == 6:
                day += 1
            return max(begin, day * DAY + rng.randrange(8 * HOUR, 18 * HOUR))
        if line.urgent:
            return rng.randrange(earliest, max(earliest + 1, min(deadline, earliest + 18 * HOUR)))
        day = sent_day + rng.choices((1, 2, 3), (0.46, 0.42, 0.12))[0]
        if clock.dates[day].weekday() == 6:
            day += rng.choice((-1, -1, 1)) if day < sent_day + 3 else -1
        second = rng.randrange(8 * HOUR, 18 * HOUR)
        return max(earliest, min(day * DAY + second, deadline - rng.randrange(300, 2 * HOUR)))

    def _delivery(
        self, line: Line, number: int, packs: int, answered: int, arrived: int
    ) -> tuple[int, int]:
        """Writes a delivery and its receipt; gives the accepted packs and when."""
        rng, clock = self._rng, self._clock
        span = arrived - answered
        shipped = answered + int(span * rng.uniform(0.35, 0.85))
        lost = rng.random() < 0.0008
        lot = f"{clock.texts[max(0, line.sent // DAY - rng.randrange(30, 300))][2:7]}"
        expires = clock.dates[line.sent // DAY] + timedelta(days=rng.randrange(240, 900))
        note = rng.random()
        if shipped < clock.cutoff:
            seen = arrived < clock.cutoff and not lost
            self._tables.row(
                "deliveries",
                (
                    line.order_no,
                    line.number,
                    number,
                    packs,
                    clock.stamp(shipped),
                    clock.stamp(arrived) if seen else "",
                    lot.replace("-", "") + f"{rng.randrange(1, 60):02d}",
                    expires.isoformat(),
                    f"PS{line.order_no[1:]}" if note < 0.8 else "",
                    f"{line.distributor.serial % 1000:03d}{shipped // 7 % 100_000:05d}"
                    if note < 0.7
                    else "",
                ),
            )
        if lost:
            return 0, arrived
        return self._receive(line, number, packs, arrived)

    def _receive(self, line: Line, number: int, packs: int, arrived: int) -> tuple[int, int]:
        rng, clock = self._rng, self._clock
        received = arrived + 900 + int(rng.expovariate(1 / (7 * HOUR)))
        received = min(received, arrived + 60 * HOUR)
        if line.institution.tardy and rng.random() < line.institution.tardy:
            received = arrived + rng.randrange(6 * DAY, 17 * DAY)
        refused = 0
        draw = rng.random()
        if draw < 0.0015:
            refused = packs
        elif draw < 0.006 and packs > 2:
            refused = rng.randrange(1, max(2, packs // 4))
        accepted = packs - refused
        if received < clock.cutoff:
            self._receipt(line, number, 1, accepted, refused, received)
            self._pay(line, accepted, received)
        if accepted > 5 and rng.random() < 0.003:
            wrong = rng.randrange(1, max(2, accepted // 6))
            corrected = received + rng.randrange(DAY, 4 * DAY)
            if corrected < clock.cutoff:
                self._receipt(line, number, 2, -wrong, wrong, corrected)
            accepted -= wrong
        return accepted, received

    def _receipt(
        self, line: Line, number: int, serial: int, accepted: int, refused: int, at: int
    ) -> None:
        self._tables.row(
            "receipts",
            (line.order_no, line.number, number, serial, accepted, refused, self._clock.stamp(at)),
        )

    def _send_back(self, line: Line, accepted: int, received: int) -> None:
        rng = self._rng
        if accepted < 2 or rng.random() >= 0.005:
            return
        packs = rng.randrange(1, max(2, accepted // 3))
        returned = received + rng.randrange(5 * DAY, 40 * DAY)
        if returned < self._clock.cutoff:
            self._returns += 1
            self._tables.row(
                "returns",
                (f"TH{self._returns:06d}", line.order_no, line.number, packs,
                 self._clock.stamp(returned)),
            )

    def _pay(self, line: Line, accepted: int, received: int) -> None:
        """The fund pays selected products in the month after; one pool is slow."""
        rng, clock = self._rng, self._clock
        day = received // DAY
        product = line.stream.product
        group = product.group
        batch = group.batch if group else None
        selected = product.part in ("selected", "standby") and batch is not None
        if not selected or batch is None or accepted <= 0 or batch.year_on(day) is None:
            return
        months = 1
        late = rng.random() < line.institution.late_payer
        if late:
            months = rng.choice((2, 2, 2, 3, 3, 4))
        start = clock.day(add_months(clock.dates[day], months))
        paid = start + rng.randrange(4, 26)
        if paid >= clock.cutoff_day:
            return
        if late and rng.random() < 0.06:
            return
        self._payments += 1
        cents = accepted * line.cents
        payer = "institution" if batch.policy.startswith(("shandong", "shaanxi")) else "fund"
        self._tables.row(
            "payments",
            (f"FK{self._payments:07d}", line.institution.code, line.distributor.uscc,
             line.batch.code if line.batch else "", line.order_no, line.number,
             f"{cents // 100}.{cents % 100:02d}", clock.texts[paid], payer),
        )


def late_payer_share(institution: Institution) -> float:
    """Share of what an institution receives that its pool pays too late."""
    if institution.pool == story.SLOW_PAYING_POOL:
        return 0.18 if institution.level == "tertiary" else 0.4
    return 0.0
