"""Score all enterprises of every period that a month's figures count in, by version (赣2024 六)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from catalog.queries.province_values import province_values
from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from monitoring.models import ComputedMonth, SupplyScore
from monitoring.operations import score_sums as sql
from monitoring.rules.score import (
    ScorePeriod,
    after,
    complete_quarters,
    month_of,
    touched_by,
)
from monitoring.states.action_kinds import KINDS
from monitoring.states.score import (
    DISQUALIFY_AFTER,
    LONGEST_ROW,
    REDUCE_AFTER,
    SCORE_CLAUSE,
    STEPS_OF,
    Part,
    Source,
)
from organisations.models import Organisation, Region

WEIGHTS = {part.value: f"score_weight_{part.value}" for part in Part}


@dataclass(frozen=True)
class Scored:
    """How many versions were written, and of which periods."""

    versions: int
    periods: Sequence[str]


@operation
def score_month(*, month: date, by: Actor, at: datetime) -> Scored:
    """Score what the figures of the month that begins on `month` count in.

    Only ended months that are computed; run again with the same figures it writes nothing. The
    enterprises are told of new versions, the province of those that give reason for a measure.
    """
    return _score([month], None, Source.RECOMPUTED, by, at)


@operation
def score_months(*, months: Sequence[date], by: Actor, at: datetime) -> Scored:
    """The same for several months in one pass, each period once: what a province starts with."""
    return _score(months, None, Source.RECOMPUTED, by, at)


@operation
def score_again(*, score: SupplyScore, by: Actor, at: datetime) -> Scored:
    """After an appeal was upheld: the same for its enterprise alone, from the period's first month."""
    return _score([score.period_from], score.enterprise_id, Source.APPEAL, by, at)


def _score(
    months: Sequence[date], enterprise_id: int | None, source: str, by: Actor, at: datetime
) -> Scored:
    plans = _plans(months, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('supply_scores'))")
        # What was just computed is guessed to be few rows, and a nested loop over it takes a minute.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for table in sql.TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(sql.PERIODS)
        _fill(cursor, plans)
        firsts = [each.first for plan in plans for each in plan.periods]
        if not firsts:
            cursor.execute("SET LOCAL enable_nestloop = on")
            return Scored(0, ())
        last = max(each.last for plan in plans for each in plan.periods)
        marks: dict[str, Any] = {
            "since": after(min(firsts), -3 * LONGEST_ROW), "until": last, "last": last,
            "enterprise": enterprise_id, "back": LONGEST_ROW, "reduce": REDUCE_AFTER,
            "disqualify": DISQUALIFY_AFTER, "source": source, "at": at,
            "by_name": by.audit_name,
            "answered": [code for code, kind in KINDS.items() if kind.answered],
        }  # fmt: skip
        for statement in (
            sql.FIGURES, sql.CORRECTIONS, sql.PARTS, sql.POINTS, sql.LOW, sql.SCORES, sql.CHANGED,
            sql.RETIRE,
        ):  # fmt: skip
            cursor.execute(statement, marks)
            # A table that was just filled has no statistics, and one wrong guess costs seconds.
            made_table = statement.split()[3]
            if made_table in sql.TABLES:
                cursor.execute(f"ANALYZE {made_table}")
        cursor.execute(sql.INSERT, marks)
        made = [pk for pk, _ in cursor.fetchall()]
        cursor.execute(sql.INSERT_PARTS, marks)
        cursor.execute("SET LOCAL enable_nestloop = on")
    words = sorted({each.words for plan in plans for each in plan.periods})
    key = f"{max(months):%Y-%m}"
    if made:
        _tell(made, at)
        record(
            by=by, at=at, action="supply_score.compute", object_type="month",
            object_key=key, object_label=key, clause=SCORE_CLAUSE,
            detail={"versions": len(made), "source": source},
        )  # fmt: skip
    return Scored(len(made), words)


@dataclass(frozen=True)
class _Plan:
    """What is scored in one province."""

    province: Region
    periods: Sequence[ScorePeriod]
    quarters: Sequence[ScorePeriod]


def _plans(months: Sequence[date], at: datetime) -> list[_Plan]:
    today = shanghai_day(at)
    computed: dict[int, set[date]] = defaultdict(set)
    for province_id, first in ComputedMonth.objects.values_list("province_id", "month"):
        if month_of(first).last < today:
            computed[province_id].add(first)
    provinces = Region.objects.in_bulk(computed)
    return [
        _Plan(
            provinces[pk],
            sorted({each for month in months for each in touched_by(month, there)}),
            complete_quarters(there),
        )
        for pk, there in sorted(computed.items())
    ]


def _fill(cursor: Any, plans: Sequence[_Plan]) -> None:
    """Periods with the policy values of their last day, and the quarters that are complete."""
    periods, weights, quarters = [], [], []
    for plan in plans:
        for each in plan.periods:
            values = province_values(plan.province, each.last)
            periods.append(
                (each.period, each.first, each.last, plan.province.pk,
                 values["response_rate_min"].number, values["on_time_rate_min"].number,
                 values["min_lines"].number)
            )  # fmt: skip
            weights += [
                (each.period, each.first, plan.province.pk, part, values[key].number)
                for part, key in WEIGHTS.items()
            ]
        quarters += [(each.first, each.last, plan.province.pk) for each in plan.quarters]
    cursor.executemany("INSERT INTO score_period VALUES (%s, %s, %s, %s, %s, %s, %s)", periods)
    cursor.executemany("INSERT INTO score_weight VALUES (%s, %s, %s, %s, %s)", weights)
    cursor.executemany("INSERT INTO score_quarter VALUES (%s, %s, %s)", quarters)


def _tell(made: Sequence[int], at: datetime) -> None:
    """One notice for each enterprise, however many of its scores are new; one for each province."""
    of_enterprise: dict[int, list[SupplyScore]] = defaultdict(list)
    advised: dict[int, list[SupplyScore]] = defaultdict(list)
    for row in SupplyScore.objects.filter(pk__in=made).order_by("pk"):
        of_enterprise[row.enterprise_id].append(row)
        if row.grade in STEPS_OF and row.period != "month":
            advised[row.province_id].append(row)
    notices = [
        NewNotice(
            pk, f"supply-score-{rows[-1].pk}", f"供应评分已出：{len(rows)} 项",
            "得分由五项构成，打开可以看到每一项的数据；有异议的可在期限内申诉。",
            f"{reverse('score-list')}?current=1",
        )
        for pk, rows in of_enterprise.items()
    ]  # fmt: skip
    bureaus = Organisation.objects.filter(
        kind="bureau", is_active=True, region__in=list(advised)
    ).values_list("pk", "region_id")
    notices += [
        NewNotice(
            pk, f"supply-score-advised-{advised[region_id or 0][-1].pk}",
            f"供应评分：{len(advised[region_id or 0])} 项达到建议采取措施的等级",
            "请逐项核对后决定是否提出约谈、减少约定采购量、信用评价等措施。",
            f"{reverse('score-list')}?current=1&advised=1",
        )
        for pk, region_id in bureaus
    ]  # fmt: skip
    notify(notices=notices, at=at)
