"""From draft to review: the words are edited, those named look at their lines, objections are ruled on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import add_workdays, day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import Bulletin, BulletinLine, BulletinObjection
from monitoring.operations.bulletins.draft import OBJECT_TYPE
from monitoring.queries.bulletin_figures import number_on
from monitoring.queries.bulletins import bulletin_standings, own_ids
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.rules.bulletin_text import text_problems
from monitoring.states.bulletins import (
    BULLETIN_MACHINE,
    CLAUSE,
    DRAFTER,
    JOINT_CLAUSE,
    OBJECTION_MACHINE,
)
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

OBJECTION = OBJECTION_MACHINE.name
CHECK_TASK = "bulletin_check"


def bulletin_url(bulletin: Bulletin) -> str:
    return reverse("bulletin", args=[bulletin.bulletin_no])


def step(
    verb: str,
    bulletin: Bulletin,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
    inputs: dict[str, Any] | None = None,
) -> Bulletin:
    """Through the machine; what waited for the former state is over."""
    moved: Bulletin
    moved, _ = BULLETIN_MACHINE.perform(
        verb=verb, obj=bulletin, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda row: bulletin_standings(scope, row),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.bulletin_no], at=at)
    return moved


def ask(
    bulletin: Bulletin,
    organisation_id: int,
    act: str,
    title: str,
    roles: tuple[str, ...],
    at: datetime,
) -> None:
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act, title=title, object_type=OBJECT_TYPE,
                object_key=bulletin.bulletin_no, url=bulletin_url(bulletin), roles=roles,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def edit_bulletin(
    *,
    bulletin: Bulletin,
    title: str,
    body: str,
    is_joint: bool,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Bulletin:
    """Change the words; the figures in them stay named. Back to draft, the 核对期 once held stands.

    A text with an unknown placeholder is refused with line and column (MissingInput, body).
    """
    refuse_text(title, "title")
    refuse_text(body, "body")
    moved = step(
        "edit",
        bulletin,
        by,
        scope,
        at,
        seen_version,
        {"title": title.strip(), "body": body.strip()},
    )
    moved.edited_by_id = by.audit_id
    moved.is_joint = is_joint
    moved.countersigner = _commission(moved) if is_joint else None
    moved.figures_from["countersigner"] = moved.countersigner.name if moved.countersigner else ""
    moved.save(update_fields=["edited_by_id", "is_joint", "countersigner", "figures_from"])
    _close_check(moved, at)
    return moved


def refuse_text(words: str, field: str) -> None:
    """Raises MissingInput with every place that is wrong."""
    problems = text_problems(words)
    if problems:
        raise MissingInput(field, "；".join(str(each) for each in problems[:10]))


def _commission(bulletin: Bulletin) -> Organisation:
    region = bulletin.city_id or bulletin.province_id
    found = Organisation.objects.filter(
        kind="health_commission", region_id=region, is_active=True
    ).order_by("code").first()  # fmt: skip
    if found is None:
        raise MissingInput(
            "is_joint", "平台上没有同级卫生健康部门，不能联合印发：请先登记该机构", JOINT_CLAUSE
        )
    return found


@operation
def open_check(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Bulletin:
    """Begin the 核对期: each named party is asked to look at its own lines, until the last day.

    bulletin_check_workdays after this day; one task per party, whatever its number of lines.
    """
    moved = step("check", bulletin, by, scope, at, seen_version)
    due = add_workdays(at, int(number_on(moved, "bulletin_check_workdays")))
    moved.check_due_on, moved.check_due_provisional = due.day, due.provisional
    moved.save(update_fields=["check_due_on", "check_due_provisional"])
    named = set(
        moved.lines.filter(removed=False, organisation__isnull=False)
        .order_by().values_list("organisation_id", flat=True).distinct()
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=each, act="check_bulletin_lines",
                title=f"请核对拟通报的本单位数据，有异议的于 {due.day:%Y-%m-%d} 前提出",
                object_type=CHECK_TASK, object_key=f"{moved.bulletin_no}-{each}",
                url=bulletin_url(moved), severity="orange", due_at=due.ends_at,
                roles=ACTING_ROLES,
            )
            for each in sorted(named)
        ],
        at=at,
    )  # fmt: skip
    ask(
        moved,
        moved.issuer_id,
        "submit_bulletin",
        f"通报 {moved.bulletin_no} 正在数据核对期，请裁定异议并于期满后提交审核",
        ACTING_ROLES,
        at,
    )
    return moved


@operation
def object_to_line(
    *, line: BulletinLine, reason: str, by: User, scope: Scope, at: datetime
) -> BulletinObjection:
    """A named party says what is wrong with its own line, within the 核对期.

    Raises NotYours for another's line, TransitionRefused when the days are over or it was said.
    """
    if line.organisation_id not in own_ids(scope) or not scope.has_role(*ACTING_ROLES):
        raise NotYours("只有名单中的单位可以对本单位的数据提出异议")
    if not reason.strip():
        raise MissingInput("reason", "请填写异议理由：哪一项数据、实际情况、佐证")
    bulletin = Bulletin.objects.select_for_update().get(pk=line.bulletin_id)
    due = bulletin.check_due_on
    if bulletin.state != "checking" or due is None or at >= day_end(due):
        until = f"（核对期至 {due:%Y-%m-%d}）" if due else ""
        raise TransitionRefused(
            f"该通报不在数据核对期{until}，不能提出异议；印发后可在反馈整改时说明", CLAUSE
        )
    if BulletinObjection.objects.filter(bulletin=bulletin, line_no=line.line_no).exists():
        raise TransitionRefused("本条已提出过异议，请等待裁定")
    made = BulletinObjection.objects.create(
        bulletin=bulletin, line_no=line.line_no, organisation_id=line.organisation_id or 0,
        reason=reason.strip(), filed_at=at, filed_by_id=by.audit_id, filed_by_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action=f"{OBJECTION}.file", object_type=OBJECTION, object_key=made.pk,
        object_label=str(line), reason=made.reason, clause=CLAUSE,
        detail={"bulletin": bulletin.bulletin_no, "line": line.line_no, "rule": line.rule},
    )  # fmt: skip
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=bulletin.issuer_id, act="rule_on_objection",
                title=f"裁定通报核对异议：{line.subject_name}（{bulletin.bulletin_no} 第 {line.line_no} 条）",
                object_type=OBJECTION, object_key=str(made.pk),
                url=reverse("bulletin-line", args=[bulletin.bulletin_no, line.line_no]),
                severity="orange", due_at=day_end(due), roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    return made


@operation
def rule_on_objection(
    *,
    objection: BulletinObjection,
    verb: str,
    ruling: str,
    data_wrong: bool = False,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BulletinObjection:
    """`uphold` strikes the line from the lists, `reject` leaves it; both with the reason.

    `data_wrong` says that a figure is wrong: it is mended where it comes from, and the bulletin
    takes its figures anew before it goes to review. Raises MissingInput for a wrong figure of an
    objection that is not upheld.
    """
    if data_wrong and verb != "uphold":
        raise MissingInput("data_wrong", "数据有误的，异议应当成立：请改为“异议成立”，或取消勾选")
    bulletin = Bulletin.objects.select_for_update().get(pk=objection.bulletin_id)
    if bulletin.state not in ("draft", "checking"):
        raise TransitionRefused("该通报已提交审核，异议应在此前裁定：请先退回修改")
    moved: BulletinObjection
    moved, _ = OBJECTION_MACHINE.perform(
        verb=verb, obj=objection, by=by, at=at, inputs={"ruling": ruling.strip()},
        seen_version=seen_version,
        standings=lambda row: bulletin_standings(scope, bulletin) & {DRAFTER},
    )  # fmt: skip
    if data_wrong:
        moved.data_wrong = True
        moved.save(update_fields=["data_wrong"])
    if verb == "uphold":
        BulletinLine.objects.filter(bulletin=bulletin, line_no=moved.line_no).update(
            removed=True, removed_reason=moved.ruling
        )
    finish_tasks(object_type=OBJECTION, object_keys=[str(moved.pk)], at=at)
    notify(
        notices=[
            NewNotice(
                moved.organisation_id, f"bulletin-objection-{moved.pk}",
                f"通报核对异议已裁定：{moved.get_state_display()}", moved.ruling,
                reverse("bulletin-line", args=[bulletin.bulletin_no, moved.line_no]),
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


def wrong_figures(bulletin: Bulletin) -> int:
    """How many figures were found wrong since the bulletin last took its figures."""
    wrong = bulletin.objections.filter(state="upheld", data_wrong=True)
    taken = bulletin.figures_from.get("taken_at")
    return wrong.filter(state_at__gt=taken).count() if taken else wrong.count()


@operation
def submit_bulletin(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Bulletin:
    """To another person for review: the 核对期 is over and every objection is ruled on."""
    locked = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if DRAFTER not in bulletin_standings(scope, locked):
        raise NotYours("通报由起草单位的经办人员提交审核")
    due = locked.check_due_on
    if locked.state == "checking" and due is not None and shanghai_day(at) <= due:
        raise TransitionRefused(f"数据核对期至 {due:%Y-%m-%d}，期满后方可提交审核", CLAUSE)
    waiting = locked.objections.filter(state="filed").count()
    if waiting:
        raise TransitionRefused(f"还有 {waiting} 件异议没有裁定，请先裁定", CLAUSE)
    wrong = wrong_figures(locked)
    if wrong:
        raise TransitionRefused(
            f"有 {wrong} 件异议裁定为数据有误，正文和附表仍是有误的数据：请在源头更正并重新计算该月，"
            "再退回起草、重新取数",
            CLAUSE,
        )
    moved = step("submit", locked, by, scope, at, seen_version)
    # Whoever hands it in has vouched for the words: another person reviews them.
    moved.edited_by_id = by.audit_id
    moved.save(update_fields=["edited_by_id"])
    _close_check(moved, at)
    ask(
        moved,
        moved.issuer_id,
        "review_bulletin",
        f"审核通报 {moved.bulletin_no}",
        ("reviewer", "leader"),
        at,
    )
    return moved


@operation
def withdraw_bulletin(
    *,
    bulletin: Bulletin,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Bulletin:
    """Give the draft up; it is kept, and the period can be drafted anew."""
    moved = step("withdraw", bulletin, by, scope, at, seen_version, {"note": note.strip()})
    _close_check(moved, at)
    keys = [str(pk) for pk in moved.objections.values_list("pk", flat=True)]
    finish_tasks(object_type=OBJECTION, object_keys=keys, at=at)
    return moved


def _close_check(bulletin: Bulletin, at: datetime) -> None:
    """The parties' tasks end with the 核对期."""
    named = bulletin.lines.filter(organisation__isnull=False).order_by()
    keys = [
        f"{bulletin.bulletin_no}-{each}"
        for each in named.values_list("organisation_id", flat=True).distinct()
    ]
    finish_tasks(object_type=CHECK_TASK, object_keys=keys, at=at)
