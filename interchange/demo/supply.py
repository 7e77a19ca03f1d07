"""What a distributor makes of an order line: an answer, deliveries, or nothing.

Each step draws its chances from the distributor (and how far it is), the weekday, holidays, and
the institution's own habits. Steps that would lie in the future are drawn, but not written.
"""

from __future__ import annotations

import random

from interchange.demo import geography
from interchange.demo.clock import DAY, HOUR, Clock
from interchange.demo.enterprises import decline
from interchange.demo.lines import Line, Outcome
from interchange.demo.receiving import Receiving
from interchange.demo.tables import Tables, yuan

_REFUSALS = ("out_of_stock", "no_delivery_relation", "price", "other")
_REFUSAL_WEIGHTS = (0.72, 0.14, 0.06, 0.08)
_FAULTS_OF_ORDER = ("duplicate", "institution_error", "delisted")


class Supply:
    def __init__(self, rng: random.Random, clock: Clock, tables: Tables) -> None:
        self._rng = rng
        self._clock = clock
        self._tables = tables
        self._receiving = Receiving(rng, clock, tables)
        self._distance: dict[tuple[str, str], float] = {}

    def fulfil(self, line: Line) -> Outcome:
        """Writes the line and all that follows it."""
        rng = self._rng
        worse = 1.0
        if line.head.distributor.failing:
            worse = decline(self._clock, self._clock.month_index[line.head.sent // DAY])
        draw = rng.random()
        if draw < 0.0035:
            return self._cancelled(line)
        if draw < 0.0060:
            return self._rejected(line, rng.choice(_FAULTS_OF_ORDER), late=False)
        if rng.random() < line.head.distributor.refuses * worse:
            reason = rng.choices(_REFUSALS, _REFUSAL_WEIGHTS)[0]
            return self._rejected(line, reason, late=rng.random() < 0.15)
        slow = rng.random() < line.head.distributor.slow_answer * worse * self._weekend(line, 1.6)
        if slow and rng.random() < 0.08:
            self._line(line, "", None, "", None)
            return Outcome(line.packs, 9, "", line.head.sent + 9 * DAY)
        answered = self._answer_time(line, slow)
        self._line(line, "confirmed", answered, "", None)
        return self._deliver(line, answered, worse)

    def _weekend(self, line: Line, factor: float) -> float:
        day = line.head.sent // DAY
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
                line.head.number,
                line.number,
                line.stream.product.code,
                line.batch.code if line.batch else "",
                line.packs,
                yuan(line.cents),
                response if answered else "",
                stamp(responded) if responded is not None and answered else "",
                reason if answered else "",
                stamp(cancelled) if cancelled is not None and called_off else "",
            ),
        )

    def _cancelled(self, line: Line) -> Outcome:
        cancelled = line.head.sent + self._rng.randrange(900, 9 * HOUR)
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
            return line.head.sent + rng.randrange(49 * HOUR, 130 * HOUR)
        if line.head.urgent:
            return line.head.sent + rng.randrange(300, 3 * HOUR)
        answered = line.head.sent + 600 + int(rng.expovariate(1 / (2.6 * HOUR)))
        evening = line.head.sent // DAY * DAY + 18 * HOUR
        if answered < evening:
            return answered
        morning = line.head.sent // DAY * DAY + DAY + 8 * HOUR + rng.randrange(0, 2 * HOUR)
        return max(min(morning, line.head.sent + 44 * HOUR), line.head.sent + 600)

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
        latest = line.head.sent
        received_last = line.head.sent
        for index, packs in enumerate(parts):
            slow_rest = index > 0 and rng.random() < 0.3
            arrived = self._arrival(line, answered, late or slow_rest, worse)
            latest = max(latest, arrived)
            taken, received = self._delivery(line, index + 1, packs, answered, arrived)
            accepted += taken
            received_last = max(received_last, received)
        self._receiving.send_back(line, accepted, received_last)
        late_days = (latest - line.head.sent) // DAY - 3 if late else 0
        return Outcome(line.packs - accepted, late_days, "", latest)

    def _is_late(self, line: Line, answered: int, worse: float) -> bool:
        distributor, city = line.head.distributor, line.head.institution.city
        key = (distributor.uscc, city)
        if key not in self._distance:
            self._distance[key] = geography.kilometres(distributor.home, city) / 100 * 0.005
        chance = (distributor.late * worse + self._distance[key]) * self._weekend(line, 1.8)
        if line.head.urgent:
            chance += 0.03
        deadline = line.head.sent + (24 if line.head.urgent else 72) * HOUR
        return self._rng.random() < chance or answered + 4 * HOUR > deadline

    def _arrival(self, line: Line, answered: int, late: bool, worse: float) -> int:
        """On a working day's hours; a van that comes in time may come on a Saturday."""
        rng, clock = self._rng, self._clock
        sent_day = line.head.sent // DAY
        deadline = line.head.sent + (24 if line.head.urgent else 72) * HOUR
        earliest = answered + 2 * HOUR
        if late:
            begin = max(deadline, earliest) + 1800
            arrived = begin + int(rng.expovariate(1 / ((40 + 14 * worse) * HOUR)))
            day = arrived // DAY
            while day in clock.holidays or clock.dates[day].weekday() == 6:
                day += 1
            return max(begin, day * DAY + rng.randrange(8 * HOUR, 18 * HOUR))
        if line.head.urgent:
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
        lot = f"{clock.texts[max(0, line.head.sent // DAY - rng.randrange(30, 300))][2:7]}"
        expires = clock.texts[line.head.sent // DAY + rng.randrange(240, 900)]
        note = rng.random()
        if shipped < clock.cutoff:
            seen = arrived < clock.cutoff and not lost
            self._tables.row(
                "deliveries",
                (
                    line.head.number,
                    line.number,
                    number,
                    packs,
                    clock.stamp(shipped),
                    clock.stamp(arrived) if seen else "",
                    lot.replace("-", "") + f"{rng.randrange(1, 60):02d}",
                    expires,
                    f"PS{line.head.number[1:]}" if note < 0.8 else "",
                    f"{line.head.distributor.serial % 1000:03d}{shipped // 7 % 100_000:05d}"
                    if note < 0.7
                    else "",
                ),
            )
        if lost:
            return 0, arrived
        return self._receiving.receive(line, number, packs, arrived)
