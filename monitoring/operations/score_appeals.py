"""An enterprise appeals against a part of its score; the province rules, and a new version follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.urls import reverse

from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import ScoreAppeal, SupplyScore, SupplyScorePart
from monitoring.operations.score_month import score_again
from monitoring.queries.scores import appeal_until, score_standings
from monitoring.rules.score import period_words
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.score import APPEAL_MACHINE, APPELLANT, RULER, SCORE_CLAUSE, Part
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

EVIDENCE = "score_appeal"
OBJECT_TYPE = APPEAL_MACHINE.name


@operation
def appeal_score(
    *,
    score: SupplyScore,
    part: str,
    claim: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> ScoreAppeal:
    """Appeal against one part, with evidence, within appeal_workdays of the version.

    Raises NotYours, MissingInput, TransitionRefused where the time has passed, the version is not
    the current one, or the same part is under appeal.
    """
    locked = SupplyScore.objects.select_for_update().get(pk=score.pk)
    if APPELLANT not in score_standings(scope, locked):
        raise NotYours("评分申诉由被评分企业的经办、审核或负责人提出", SCORE_CLAUSE)
    if part not in Part.values:
        raise MissingInput("part", "请从列表中选择申诉的项目", SCORE_CLAUSE)
    if not claim.strip():
        raise MissingInput("claim", "请填写申诉理由：哪些数据不对、应为多少", SCORE_CLAUSE)
    if not uploads:
        raise MissingInput("files", "请上传佐证材料，如签收单、沟通记录", SCORE_CLAUSE)
    if not locked.is_current:
        raise TransitionRefused("该评分已有新的版本，请在新版本上申诉", SCORE_CLAUSE)
    until = appeal_until(score)
    if shanghai_day(at) > until.day:
        raise TransitionRefused(
            f"申诉期限为 {until.day:%Y-%m-%d}，已过期；数据确有错误的请联系省级医保局重新计算",
            SCORE_CLAUSE,
        )
    if locked.appeals.filter(part=part, state="submitted").exists():
        raise TransitionRefused("该项目已有申诉待裁定，补充内容请撤回后重新提出", SCORE_CLAUSE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_score_appeal_no')")
        number = f"PS{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:05d}"
    made = ScoreAppeal.objects.create(
        appeal_no=number, score=locked, part=part, claim=claim.strip(), filed_at=at,
        filed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name, enterprise_id=locked.enterprise_id,
        province_id=locked.province_id,
    )  # fmt: skip
    attach(owner_type=EVIDENCE, owner_id=made.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="score_appeal.file", object_type=OBJECT_TYPE, object_key=made.pk,
        object_label=made.appeal_no, clause=SCORE_CLAUSE,
        detail={"score": locked.score_no, "part": part, "files": len(uploads)},
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act="rule_appeal",
                title=f"裁定评分申诉：{score.enterprise.name} "
                f"{period_words(score.period, score.period_from)} {made.get_part_display()}",
                object_type=OBJECT_TYPE, object_key=made.appeal_no, url=appeal_url(made),
                severity="orange", roles=OFFICERS,
            )
            for pk in _bureaus(made)
        ],
        at=at,
    )  # fmt: skip
    return made


@operation
def uphold_appeal(
    *,
    appeal: ScoreAppeal,
    note: str,
    numerator: Decimal,
    denominator: Decimal,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ScoreAppeal:
    """The appeal holds: the part's figures are as given here, and a new version is computed.

    `numerator` and `denominator` are those of the part as they should be in this period. The
    difference also counts in every longer period that holds it, and stays when a month is computed
    again. Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    stands = _current(appeal)
    part = stands.parts.get(part=appeal.part)
    if RULER in score_standings(scope, appeal) and appeal.state == "submitted":
        _check_correction(part, numerator, denominator)
    moved: ScoreAppeal
    moved, _ = APPEAL_MACHINE.perform(
        verb="uphold", obj=appeal, by=by, at=at, inputs={"note": note.strip()},
        seen_version=seen_version, standings=lambda row: score_standings(scope, row),
    )  # fmt: skip
    moved.numerator_change = numerator - part.numerator
    moved.denominator_change = denominator - part.denominator
    moved.save(update_fields=["numerator_change", "denominator_change"])
    score_again(score=stands, by=by, at=at)
    moved.result = _current(moved)
    moved.save(update_fields=["result"])
    _close(moved, f"申诉成立，更正后 {moved.result.score or 0:.2f} 分", at)
    return moved


@operation
def close_appeal(
    *,
    appeal: ScoreAppeal,
    verb: str,
    note: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ScoreAppeal:
    """`reject` by the province with words, `withdraw` by the enterprise; the score stays as it is.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    inputs = {"note": note.strip()} if verb == "reject" else {}
    moved: ScoreAppeal
    moved, _ = APPEAL_MACHINE.perform(
        verb=verb, obj=appeal, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda row: score_standings(scope, row),
    )  # fmt: skip
    _close(moved, "申诉不成立" if verb == "reject" else "", at)
    return moved


def _check_correction(part: SupplyScorePart, numerator: Decimal, denominator: Decimal) -> None:
    if numerator < 0 or denominator < 0:
        raise MissingInput("numerator", "分子、分母不能是负数", SCORE_CLAUSE)
    if numerator > denominator:
        raise MissingInput("numerator", "分子不能大于分母，请核对后重新填写", SCORE_CLAUSE)
    if (part.numerator, part.denominator) == (numerator, denominator):
        raise MissingInput(
            "numerator", "核定后的数与现在的相同；不需要更正的请认定申诉不成立", SCORE_CLAUSE
        )


def appeal_url(appeal: ScoreAppeal) -> str:
    return reverse("score-appeal-detail", args=[appeal.appeal_no])


def _current(appeal: ScoreAppeal) -> SupplyScore:
    """The version that stands of the score that was appealed against."""
    of = appeal.score
    return SupplyScore.objects.get(
        enterprise_id=of.enterprise_id, side=of.side, province_id=of.province_id,
        period=of.period, period_from=of.period_from, is_current=True,
    )  # fmt: skip


def _bureaus(appeal: ScoreAppeal) -> list[int]:
    return list(
        Organisation.objects.filter(
            kind="bureau", is_active=True, region_id=appeal.province_id
        ).values_list("pk", flat=True)
    )


def _close(appeal: ScoreAppeal, told: str, at: datetime) -> None:
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[appeal.appeal_no], at=at)
    if not told:
        return
    notify(
        notices=[
            NewNotice(
                appeal.enterprise_id, f"score-appeal-{appeal.pk}-{appeal.row_version}",
                f"评分{told}（{appeal.appeal_no}）", appeal.note[:500], appeal_url(appeal),
            )
        ],
        at=at,
    )  # fmt: skip
