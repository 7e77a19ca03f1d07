"""The days of the province: who orders what, day by day, and complaints that follow."""

from __future__ import annotations

import random
from collections.abc import Callable

from interchange.demo.clock import DAY, HOUR, Clock
from interchange.demo.complaints import Complaints
from interchange.demo.demand import Stream, season_factor
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import TERTIARY, Institution
from interchange.demo.lines import Head, Line
from interchange.demo.products import SELECTED, STANDBY
from interchange.demo.supply import Supply
from interchange.demo.tables import Tables
from interchange.demo.volumes import price_on

_PLACES = ("中心药库", "西药库", "门诊药房", "器材库")


class OrderBook:
    def __init__(
        self,
        rng: random.Random,
        clock: Clock,
        tables: Tables,
        *,
        streams: dict[Institution, list[Stream]],
        complaints: Complaints,
        year_starts: frozenset[int],
    ) -> None:
        self._rng = rng
        self._clock = clock
        self._tables = tables
        self._streams = streams
        self._complaints = complaints
        self._year_starts = year_starts
        self._supply = Supply(rng, clock, tables)
        self._serials: dict[int, int] = {}
        self._client_serials: dict[str, int] = {}

    def run(self, progress: Callable[[str], None] | None) -> None:
        clock = self._clock
        month = None
        for day in range(clock.start, clock.cutoff_day):
            if progress and clock.texts[day][:7] != month:
                month = clock.texts[day][:7]
                progress(f"{month} 的订单、配送与收货")
            self._day(day)

    def _day(self, day: int) -> None:
        rng, clock = self._rng, self._clock
        weekday = clock.dates[day].weekday()
        holiday = day in clock.holidays
        if day in self._year_starts:
            self._stock_up(day)
        for institution, streams in self._streams.items():
            open_today = weekday in institution.weekdays
            if weekday == 5:
                open_today = institution.level == TERTIARY and rng.random() < 0.3
            if not open_today or (holiday and rng.random() < 0.9):
                continue
            due = [one for one in streams if one.due <= day]
            if due:
                self._order(institution, day, due)

    def _stock_up(self, day: int) -> None:
        """With a new agreement year everybody orders its products within days."""
        for streams in self._streams.values():
            for stream in streams:
                group = stream.product.group
                if (
                    group is not None
                    and group.batch is not None
                    and stream.product.part == SELECTED
                    and any(first == day for first, _ in group.batch.years)
                ):
                    stream.due = min(stream.due, day + self._rng.uniform(0, 5))

    def _order(self, institution: Institution, day: int, due: list[Stream]) -> None:
        month = self._clock.dates[day].month
        baskets: dict[str, list[tuple[Stream, int]]] = {}
        for stream in due:
            packs = self._packs(stream, day, month)
            if packs > 0:
                baskets.setdefault(stream.distributor.uscc, []).append((stream, packs))
        for basket in baskets.values():
            head = self._head(institution, basket[0][0].distributor, day)
            for position, (stream, packs) in enumerate(basket, start=1):
                self._send(head, stream, packs, position)

    def _packs(self, stream: Stream, day: int, month: int) -> int:
        rng = self._rng
        need = stream.rate(day) * stream.interval * season_factor(stream.season, month)
        need = need * rng.uniform(0.87, 1.13) + stream.carry
        stream.due += stream.interval
        packs = int(need + 0.5)
        stream.carry = need - packs
        if packs > 4 and rng.random() < 0.0016:
            extra = packs * rng.randrange(3, 6)
            stream.carry -= extra * 0.5
            packs += extra
        return packs

    def _head(self, institution: Institution, distributor: Enterprise, day: int) -> Head:
        rng, clock = self._rng, self._clock
        sent = day * DAY + rng.randrange(8 * HOUR + 1800, 17 * HOUR + 1800)
        urgent = rng.random() < 0.025
        index = clock.month_index[day]
        self._serials[index] = self._serials.get(index, 0) + 1
        text = clock.texts[day]
        number = f"D{text[2:4]}{text[5:7]}{self._serials[index]:06d}"
        client_no, place = "", ""
        if institution.own_system:
            serial = self._client_serials.get(institution.code, 0) + 1
            self._client_serials[institution.code] = serial
            client_no = f"CG{text[:4]}-{serial:06d}"
        if institution.level == TERTIARY:
            place = rng.choice(_PLACES)
        self._tables.row(
            "orders",
            (
                number,
                institution.code,
                distributor.uscc,
                clock.stamp(sent),
                int(urgent),
                client_no,
                place,
            ),
        )
        return Head(number, institution, distributor, sent, urgent)

    def _send(self, head: Head, stream: Stream, packs: int, position: int) -> None:
        product, day = stream.product, head.sent // DAY
        batch = product.group.batch if product.group else None
        named = (
            batch is not None
            and product.part in (SELECTED, STANDBY)
            and head.institution.city in product.cities
            and batch.year_on(day) is not None
        )
        line = Line(
            head=head,
            number=position,
            stream=stream,
            batch=batch if named else None,
            packs=packs,
            cents=price_on(product, day),
        )
        outcome = self._supply.fulfil(line)
        stream.carry += outcome.missing_packs
        self._complaints.after(line, outcome)
