"""Open a round, ask the institutions to choose, confirm what was computed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from catalog.models import AgreementYear, Batch
from core.audit.record import record
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import AgreedRound, VolumeReport, VolumeReportLine
from volumes.queries.agreed import agreed_ratio, opens_rounds, ratios_of, round_standings
from volumes.queries.standings import ACTING_ROLES
from volumes.states.agreed import CLAUSE, ROUND_MACHINE

OBJECT_TYPE = ROUND_MACHINE.name
COMPUTE_AGREED = "compute_agreed"


def round_url(row: AgreedRound) -> str:
    """The round's page."""
    return reverse("agreed-round", args=[row.round_no])


@operation
def open_round(
    *,
    batch: Batch,
    year_no: int,
    choice_until: datetime,
    unbound_levels: Sequence[str],
    unbound_clause: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> AgreedRound:
    """Every unit with a confirmed figure of the batch year is asked to choose its products.

    The ratio is the batch's own, else its policy's, on the year's first day. Raises NotYours,
    MissingInput naming the field, TransitionRefused where the round is there already or reports
    still wait.
    """
    if not opens_rounds(scope):
        raise NotYours("约定采购量由省级医保局的经办、审核或负责人发起", CLAUSE)
    year = AgreementYear.objects.filter(batch=batch, year_no=year_no).first()
    if year is None:
        raise MissingInput("year_no", "这个批次没有这个采购年度，请核对", CLAUSE)
    if choice_until <= at:
        raise MissingInput("choice_until", "选择截止时间须晚于现在", CLAUSE)
    unknown = set(unbound_levels) - set(Organisation.Level.values)
    if unknown:
        raise MissingInput("unbound_levels", "请从列表中选择机构等级", CLAUSE)
    if unbound_levels and not unbound_clause.strip():
        raise MissingInput("unbound_clause", "部分机构不限厂牌的，请写明批次文件的依据", CLAUSE)
    if AgreedRound.objects.filter(
        batch=batch, year_no=year_no, province=scope.province_id
    ).exists():
        raise TransitionRefused("这个批次年度的约定采购量已经发起，请在列表中打开", CLAUSE)
    lines = VolumeReportLine.objects.filter(
        batch=batch, year_no=year_no, province=scope.province_id, status="approved"
    )
    if not lines.exists():
        raise TransitionRefused("这个批次年度还没有已确认的报量，请先完成报量审核", CLAUSE)
    value = agreed_ratio(batch, year.starts_on)
    row = AgreedRound.objects.create(
        round_no=f"YD{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        batch=batch, year_no=year_no, organisation_id=scope.organisation_id,
        province_id=scope.province_id or 0, choice_until=choice_until,
        unbound_levels=sorted(set(unbound_levels)), unbound_clause=unbound_clause.strip(),
        ratios="/".join(f"{each.normalize():f}" for each in ratios_of(value)),
        ratio_clause=value.clause, opened_at=at, opened_by_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    asked = sorted(set(lines.order_by().values_list("institution_id", flat=True)))
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act="choose_products",
                title=f"选择中选产品：{batch.name} 第 {year_no} 年约定采购量",
                object_type=OBJECT_TYPE, object_key=f"{row.round_no}/{pk}",
                url=reverse("agreed-choice", args=[row.round_no]), due_at=choice_until,
                roles=ACTING_ROLES,
            )
            for pk in asked
        ],
        at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="agreed_round.open", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=value.clause or CLAUSE,
        detail={"ratios": row.ratios, "units": len(asked), "unbound": row.unbound_levels},
    )  # fmt: skip
    return row


@operation
def request_computation(
    *, row: AgreedRound, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Job:
    """Queue the computation; it may be asked for again until the round is confirmed.

    Raises NotYours, TransitionRefused, StaleVersion.
    """
    held = _checked(row, "compute", scope, seen_version)
    return enqueue(
        kind=COMPUTE_AGREED, key=held.round_no, arguments={"round": held.round_no}, by=by, at=at
    )


@operation
def confirm_round(
    *, row: AgreedRound, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> AgreedRound:
    """From now on the quantities stand: units and manufacturers are told, agreements can be made.

    Refused while reports of the batch year are still under review.
    """
    held = _checked(row, "confirm", scope, seen_version)
    waiting = VolumeReport.objects.filter(
        task__batch=held.batch_id, task__year_no=held.year_no, province=held.province_id,
        state__in=("submitted", "county_review", "city_review", "province_review"),
    ).count()  # fmt: skip
    if waiting:
        raise TransitionRefused(
            f"还有 {waiting} 份报量在审核中：请先完成审核，再测算和确认", CLAUSE
        )
    moved: AgreedRound
    moved, _ = ROUND_MACHINE.perform(
        verb="confirm", obj=held, by=by, at=at, seen_version=seen_version,
        standings=lambda each: round_standings(scope, each),
    )  # fmt: skip
    units = list(moved.quantities.order_by().values_list("institution_id", flat=True).distinct())
    makers = list(
        Organisation.objects.filter(
            pk__in=moved.quantities.filter(shares__agreed_qty__gt=0).values("shares__manufacturer")
        ).values_list("pk", flat=True)
    )
    finish_tasks(
        object_type=OBJECT_TYPE, object_keys=[f"{moved.round_no}/{pk}" for pk in units], at=at
    )
    notify(
        notices=[
            NewNotice(
                pk, f"agreed-{moved.round_no}-{pk}",
                f"约定采购量已确认：{moved.batch.name} 第 {moved.year_no} 年", "", url,
            )
            for parties, url in (
                (units, f"{reverse('agreed-quantities')}?round={moved.round_no}"),
                (makers, f"{reverse('agreed-shares')}?round={moved.round_no}"),
            )
            for pk in parties
            if pk is not None
        ],
        at=at,
    )  # fmt: skip
    return moved


def _checked(row: AgreedRound, verb: str, scope: Scope, seen_version: int | None) -> AgreedRound:
    """The locked row, if this step can be done by this person now."""
    held = AgreedRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    verdict = ROUND_MACHINE.verdict(ROUND_MACHINE.named(verb), held, round_standings(scope, held))
    if not verdict:
        if not round_standings(scope, held):
            raise NotYours.of(verdict)
        raise TransitionRefused.of(verdict)
    if seen_version is not None and held.row_version != seen_version:
        raise StaleVersion("这个批次年度的约定采购量刚刚有变动，请刷新核对后再办理", CLAUSE)
    return held
