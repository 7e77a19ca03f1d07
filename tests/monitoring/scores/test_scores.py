"""企业供应评分: each point is weight × rate, no data is no score, appeals make a new version (赣2024 六)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from monitoring.models import ScoreAppeal, SupervisionAction, SupplyScore
from monitoring.operations.score_appeals import appeal_score, close_appeal, uphold_appeal
from monitoring.operations.score_steps import propose_from_score
from monitoring.queries.score_page import part_rows
from monitoring.queries.scores import appeal_until, visible_scores
from monitoring.rules.score import ScorePeriod, period_words, touched_by
from tests.factories.actions import supervision_action
from tests.factories.organisations import organisation
from tests.factories.scores import supply_score, supply_score_part
from tests.monitoring.scores.cast import NOW, Cast, evidence
from tests.monitoring.scores.twin import Event, expected, months_on

pytestmark = pytest.mark.django_db

SEPTEMBER, MARCH = date(2025, 9, 1), date(2026, 3, 1)


def test_points_are_the_shared_weight_times_the_rate() -> None:
    """Without complaints and actions their 35 go to the others in proportion, and sum to 100."""
    cast = Cast()
    cast.month(cast.maker, MARCH, fulfilment=(90, 100), response=(19, 20), on_time=(18, 20))
    cast.score(MARCH)
    score = cast.current(cast.maker, "month", MARCH)
    parts = {each.part: each for each in score.parts.all()}
    assert parts["fulfilment"].shared_weight == Decimal("46.1538")  # 30 ÷ 65
    assert parts["fulfilment"].points == Decimal("41.5385")
    assert (parts["complaint"].points, parts["complaint"].shared_weight) == (None, 0)
    # (30 × 0.9 + 15 × 0.95 + 20 × 0.9) ÷ 65 × 100
    assert score.score == Decimal("91.1538")
    assert score.grade == "incentive"  # exactly at both limits


@pytest.mark.parametrize(
    ("response", "on_time", "grade"),
    [
        ((19, 20), (18, 20), "incentive"),
        ((94, 100), (90, 100), "normal"),
        ((20, 20), (89, 100), "risk"),
        ((9, 9), (10, 10), "normal"),  # too few lines to be told apart from luck
        ((20, 20), (0, 9), "none"),
        (None, None, "none"),
    ],
)
def test_a_months_grade(
    response: tuple[int, int] | None, on_time: tuple[int, int] | None, grade: str
) -> None:
    cast = Cast()
    parts = {"response": response, "on_time": on_time, "complaint": (1, 1)}
    cast.month(cast.maker, MARCH, **{name: pair for name, pair in parts.items() if pair})
    cast.score(MARCH)
    assert cast.current(cast.maker, "month", MARCH).grade == grade


def test_no_data_is_no_score_and_never_full_marks() -> None:
    cast = Cast()
    cast.month(cast.maker, date(2026, 2, 1), on_time=(20, 20))
    cast.computed(MARCH)
    cast.score(date(2026, 2, 1), MARCH)
    score = cast.current(cast.maker, "month", MARCH)
    assert (score.score, score.grade) == (None, "none")
    assert cast.current(cast.maker, "month", date(2026, 2, 1)).score == 100


def test_quarters_in_a_row_lead_from_a_notice_to_the_end_of_the_qualification() -> None:
    """1 quarter 风险提示, 2 and 3 减少约定采购量, 4 取消资格建议; a good one begins anew."""
    cast = Cast()
    months = [months_on(date(2024, 10, 1), n) for n in range(18)]
    for month in months:
        good = month < date(2025, 1, 1) or month >= date(2026, 1, 1)
        cast.month(cast.maker, month, on_time=(10 if good else 8, 10))
    cast.score(*months)
    grades = {
        months_on(date(2024, 10, 1), 3 * n): cast.current(
            cast.maker, "quarter", months_on(date(2024, 10, 1), 3 * n)
        )
        for n in range(6)
    }
    assert [each.grade for each in grades.values()] == [
        "normal", "risk", "reduce", "reduce", "disqualify", "normal",
    ]  # fmt: skip
    assert [each.low_quarters for each in grades.values()] == [0, 1, 2, 3, 4, 0]
    year = cast.current(cast.maker, "year", date(2025, 1, 1))
    assert (year.grade, year.score) == ("disqualify", 80)


def test_rectification_counts_what_was_accepted_by_its_day() -> None:
    cast = Cast()
    cast.month(cast.maker, MARCH, on_time=(10, 10))
    due = date(2026, 3, 20)
    in_time = datetime(2026, 3, 20, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    common = {
        "office": cast.bureau, "level": "province", "kind": "interview", "due_on": due,
        "note": "已核实",
    }  # fmt: skip
    for state, outcome, at in (
        ("closed", "accepted", in_time),
        ("closed", "accepted", in_time + timedelta(minutes=1)),
        ("issued", "", None),
        ("withdrawn", "", None),
    ):
        supervision_action(cast.maker, state=state, outcome=outcome, outcome_at=at, **common)
    cast.score(MARCH)
    score = cast.current(cast.maker, "month", MARCH)
    part = score.parts.get(part="rectification")
    assert (part.numerator, part.denominator) == (1, 3)
    row = part_rows(cast.acting(cast.bureau)["scope"], score)[2]
    assert len(row.links) == 3


def test_a_period_with_a_month_missing_is_not_scored() -> None:
    months = {date(2026, 1, 1), date(2026, 3, 1)}
    assert touched_by(MARCH, months) == [ScorePeriod("month", MARCH, date(2026, 3, 31))]
    assert touched_by(date(2026, 2, 1), months) == []
    whole = {months_on(date(2025, 1, 1), n) for n in range(15)}
    words = [period_words(each.period, each.first) for each in touched_by(date(2025, 12, 1), whole)]
    assert words == ["2025年12月", "2025年第4季度", "2026年第1季度", "2025年"]


def test_the_running_month_is_not_scored() -> None:
    cast = Cast()
    cast.month(cast.maker, date(2026, 4, 1), on_time=(10, 10))
    assert cast.score(date(2026, 4, 1)).versions == 0


@pytest.mark.parametrize("seed", [1])
def test_sql_and_plain_python_agree(seed: int) -> None:
    """Random figures, actions and corrections of six enterprises over fifteen months."""
    luck = random.Random(seed)
    cast = Cast()
    firms = [
        organisation(
            "enterprise", is_manufacturer=n % 3 != 1, is_distributor=n % 3 != 0
        )
        for n in range(6)
    ]  # fmt: skip
    months = [months_on(date(2025, 1, 1), n) for n in range(15)]
    computed = {month for month in months if luck.random() > 0.05}
    events: list[Event] = []
    for month in computed:
        cast.computed(month)
        for firm in firms:
            for side, holds in (
                ("manufacturer", firm.is_manufacturer), ("distributor", firm.is_distributor)
            ):  # fmt: skip
                for part in ("fulfilment", "complaint", "response", "on_time"):
                    if not holds or luck.random() < 0.4:
                        continue
                    whole = Decimal(luck.randint(1, 30))
                    share = Decimal(luck.randint(0, int(whole)))
                    if luck.random() < 0.7:
                        share = whole
                    cast.figure(firm, month, part, share, whole, side)
                    events.append(Event(side, firm.pk, part, month, month, share, whole))
    for firm in firms[:3]:
        due = months_on(date(2025, 3, 1), luck.randint(0, 11))
        accepted = luck.random() < 0.5
        supervision_action(
            firm, office=cast.bureau, level="province", kind="remind", state="closed", due_on=due,
            outcome="accepted" if accepted else "not_accepted", note="已核实",
            outcome_at=datetime(due.year, due.month, due.day, tzinfo=UTC),
        )  # fmt: skip
        events += [
            Event(side, firm.pk, "rectification", due.replace(day=1), due.replace(day=1),
                  Decimal(accepted), Decimal(1))
            for side, holds in (("manufacturer", firm.is_manufacturer),
                                ("distributor", firm.is_distributor)) if holds
        ]  # fmt: skip
    cast.score(*months)
    fixed = SupplyScore.objects.filter(
        period="month", parts__part="on_time", parts__denominator__gt=5
    ).order_by("pk").first()  # fmt: skip
    assert fixed is not None
    appeal = ScoreAppeal.objects.create(
        appeal_no="PS1", score=fixed, part="on_time", claim="晚到", filed_at=NOW, state="upheld",
        note="属实", state_at=NOW, numerator_change=0, denominator_change=-1,
        filed_by_name="测试", state_by_name="测试", enterprise=fixed.enterprise,
        province=fixed.province,
    )  # fmt: skip
    part = fixed.parts.get(part="on_time")
    if part.numerator == part.denominator:
        ScoreAppeal.objects.filter(pk=appeal.pk).update(numerator_change=-1)
        appeal.refresh_from_db()
    events.append(
        Event(fixed.side, fixed.enterprise_id, "on_time", fixed.period_from, fixed.period_from,
              appeal.numerator_change, appeal.denominator_change, figure=False)
    )  # fmt: skip
    cast.score(*months)
    checked = 0
    for score in SupplyScore.objects.filter(is_current=True):
        own = [e for e in events if (e.side, e.enterprise) == (score.side, score.enterprise_id)]
        said = expected(own, score.period, score.period_from, computed)
        assert said is not None
        found = (score.score, score.grade, score.low_quarters)
        assert found == (said.score, said.grade, said.low_quarters), score
        checked += 1
    assert checked > 60
    assert cast.score(*months).versions == 0


def test_an_upheld_appeal_makes_a_new_version_that_a_new_computation_keeps() -> None:
    cast = Cast()
    for month in (date(2026, 1, 1), date(2026, 2, 1), MARCH):
        cast.month(cast.maker, month, on_time=(8, 10))
    cast.score(MARCH)
    score = cast.current(cast.maker, "month", MARCH)
    appeal = appeal_score(
        score=score, part="on_time", claim="两行医院要求延后", uploads=[evidence()],
        **cast.acting(cast.maker),
    )  # fmt: skip
    assert Task.objects.filter(organisation=cast.bureau, act="rule_appeal").exists()
    with pytest.raises(TransitionRefused, match="已有申诉待裁定"):
        appeal_score(
            score=score, part="on_time", claim="再来", uploads=[evidence()],
            **cast.acting(cast.maker),
        )  # fmt: skip
    with pytest.raises(MissingInput, match="不能大于"):
        uphold_appeal(
            appeal=appeal, note="属实", numerator=Decimal(9), denominator=Decimal(8),
            **cast.acting(cast.bureau),
        )  # fmt: skip
    with pytest.raises(MissingInput, match="相同"):
        uphold_appeal(
            appeal=appeal, note="属实", numerator=Decimal(8), denominator=Decimal(10),
            **cast.acting(cast.bureau),
        )  # fmt: skip
    with pytest.raises(NotYours):
        uphold_appeal(
            appeal=appeal, note="属实", numerator=Decimal(8), denominator=Decimal(8),
            **cast.acting(cast.maker),
        )  # fmt: skip
    ruled = uphold_appeal(
        appeal=appeal, note="属实，核减两行", numerator=Decimal(8), denominator=Decimal(8),
        **cast.acting(cast.bureau),
    )  # fmt: skip
    assert ruled.result is not None
    assert (ruled.result.version, ruled.result.score, ruled.result.source) == (2, 100, "appeal")
    # The quarter holds the month, so it is corrected too: 24 of 28.
    quarter = cast.current(cast.maker, "quarter", date(2026, 1, 1))
    assert (quarter.version, quarter.score) == (2, Decimal("85.7143"))
    assert not Task.objects.filter(act="rule_appeal", done_at__isnull=True).exists()
    assert Notice.objects.filter(organisation=cast.maker, title__contains="申诉成立").exists()
    assert AuditEvent.objects.filter(action="score_appeal.uphold").exists()
    assert cast.score(MARCH).versions == 0
    cast.figure(cast.maker, MARCH, "response", 9, 10)
    cast.score(MARCH)
    again = cast.current(cast.maker, "month", MARCH)
    assert (again.version, again.source) == (3, "recomputed")
    assert again.parts.get(part="on_time").denominator == 8


def test_one_appeals_with_evidence_in_time_against_what_stands() -> None:
    cast = Cast()
    score = supply_score(cast.maker, province=cast.region, made_at=NOW)
    supply_score_part(score)
    until = appeal_until(score)
    assert until.day == date(2026, 4, 24)  # ten working days after 10 April
    last = datetime(2026, 4, 24, 15, 59, tzinfo=UTC)
    given = {"score": score, "part": "on_time", "claim": "晚到有因"}
    with pytest.raises(MissingInput, match="佐证"):
        appeal_score(**given, uploads=[], **cast.acting(cast.maker))
    with pytest.raises(NotYours):
        appeal_score(**given, uploads=[evidence()], **cast.acting(cast.carrier))
    with pytest.raises(TransitionRefused, match="2026-04-24"):
        appeal_score(
            **given, uploads=[evidence()], **cast.acting(cast.maker, last + timedelta(minutes=1))
        )
    made = appeal_score(**given, uploads=[evidence()], **cast.acting(cast.maker, last))
    taken = close_appeal(appeal=made, verb="withdraw", **cast.acting(cast.maker, last))
    assert taken.state == "withdrawn"
    SupplyScore.objects.filter(pk=score.pk).update(is_current=False)
    with pytest.raises(TransitionRefused, match="新的版本"):
        appeal_score(**given, uploads=[evidence()], **cast.acting(cast.maker))


def test_a_grade_gives_reason_for_some_measures_once() -> None:
    cast = Cast()
    score = supply_score(cast.maker, province=cast.region, grade="risk", score=Decimal("71.5"))
    supply_score_part(score, numerator=71, denominator=100)
    with pytest.raises(MissingInput, match="没有这种措施"):
        propose_from_score(score=score, kind="credit", **cast.acting(cast.bureau))
    with pytest.raises(NotYours):
        propose_from_score(score=score, kind="interview", **cast.acting(cast.city))
    made = propose_from_score(score=score, kind="interview", **cast.acting(cast.bureau))
    assert made.state == "proposed"
    assert "配送及时率 71.00%" in made.matter
    with pytest.raises(TransitionRefused, match="已提出"):
        propose_from_score(score=score, kind="interview", **cast.acting(cast.bureau))
    assert SupervisionAction.objects.count() == 1


def test_an_enterprise_sees_its_own_and_a_city_none() -> None:
    cast = Cast()
    mine = supply_score(cast.maker, province=cast.region)
    supply_score(cast.carrier, province=cast.region)

    def seen(of: object) -> list[str]:
        rows = visible_scores(cast.acting(of)["scope"])  # type: ignore[arg-type]
        return list(rows.values_list("score_no", flat=True))

    assert seen(cast.maker) == [mine.score_no]
    assert len(seen(cast.bureau)) == 2
    assert seen(cast.city) == []


@pytest.mark.django_db(transaction=True)
def test_two_officers_rule_at_once_and_one_is_told() -> None:
    cast = Cast()
    cast.month(cast.maker, MARCH, on_time=(8, 10))
    cast.score(MARCH)
    appeal = appeal_score(
        score=cast.current(cast.maker, "month", MARCH), part="on_time", claim="晚到有因",
        uploads=[evidence()], **cast.acting(cast.maker),
    )  # fmt: skip
    acting = cast.acting(cast.bureau)
    start, said = Barrier(2), []

    def rule(verb: str) -> None:
        start.wait()
        try:
            if verb == "reject":
                close_appeal(appeal=appeal, verb="reject", note="不属实", seen_version=1, **acting)
            else:
                uphold_appeal(
                    appeal=appeal, note="属实", numerator=Decimal(8), denominator=Decimal(8),
                    seen_version=1, **acting,
                )  # fmt: skip
            said.append("done")
        except (StaleVersion, Refusal) as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=rule, args=(verb,)) for verb in ("reject", "uphold")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["StaleVersion", "done"]
    appeal.refresh_from_db()
    versions = SupplyScore.objects.filter(period="month").count()
    assert versions == (2 if appeal.state == "upheld" else 1)
