"""Rows of exemptions.csv: verified shortages, winter surges, key-monitored drugs."""

from __future__ import annotations

import random

from interchange.demo import story
from interchange.demo.clock import Clock
from interchange.demo.demand import Demand, standby_window
from interchange.demo.products import ORIGINATOR, Group
from interchange.demo.tables import Tables


class _Register:
    """Numbers the exemptions of one province."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock
        self._serial = 0

    def write(
        self, group: Group, unit: str, kind: str, *, first: int, last: int | None, reason: str
    ) -> None:
        if group.batch is None:
            return
        self._serial += 1
        texts = self._clock.texts
        until = "" if last is None else texts[last]
        self._tables.row(
            "exemptions",
            (
                f"HM{self._serial:04d}",
                group.batch.code,
                group.code,
                "",
                unit,
                kind,
                texts[first],
                until,
                reason,
            ),
        )


def write_exemptions(
    rng: random.Random, tables: Tables, clock: Clock, groups: list[Group], demand: Demand
) -> None:
    register = _Register(tables, clock)
    reported: dict[str, list[str]] = {}
    for need in demand.needs:
        reported.setdefault(need.group.code, []).append(need.institution.code)
    for group in groups:
        if group.batch is None or group.batch.first_day >= clock.cutoff_day:
            continue
        units = reported.get(group.code, [])
        if group.code == story.STANDBY_GROUP:
            first, last = standby_window(clock)
            reason = "中选企业短期供应不足，启动备供，经核实"
            register.write(group, "", "standby_counts", first=first, last=last + 20, reason=reason)
        for product in group.of(ORIGINATOR):
            if "key_monitored" in product.tags and units:
                unit, first = rng.choice(units), group.batch.first_day
                reason = "列入重点监控目录，用量合理下降"
                register.write(group, unit, "agreed_volume", first=first, last=None, reason=reason)
        if group.season:
            first = max(group.batch.first_day, clock.month_start(3))
            reason = "呼吸道疾病流行期间需求激增，经核实"
            for unit in rng.sample(units, min(3, len(units))):
                register.write(
                    group, unit, "non_selected", first=first, last=first + 75, reason=reason
                )
    _guideline_change(rng, register, clock, groups, demand)


def _guideline_change(
    rng: random.Random, register: _Register, clock: Clock, groups: list[Group], demand: Demand
) -> None:
    national = [group for group in groups if group.batch and group.batch.key == "national"]
    for unit in demand.unreported[:1]:
        register.write(
            rng.choice(national),
            unit,
            "agreed_volume",
            first=clock.month_start(1),
            last=None,
            reason="临床指南变化",
        )
