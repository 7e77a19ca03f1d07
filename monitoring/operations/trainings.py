"""Keep a record of a training: write it down, record it, mend it; remind bureaus late in the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.urls import reverse

from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import Training, TrainingAttendance
from monitoring.queries.trainings import (
    bureaus_without,
    keeps_trainings,
    training_kinds,
    training_standings,
)
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.training import (
    AUTHOR,
    REMINDED_FROM_MONTH,
    TRAINING_CLAUSE,
    TRAINING_MACHINE,
    YEARLY_KINDS,
)
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations

OBJECT_TYPE = TRAINING_MACHINE.name
MOST_LINES = 5_000
MOST_PEOPLE = 10_000


@dataclass(frozen=True)
class TrainingWords:
    """What is written down; `attended` has a line of code and number of people for each one."""

    kind: str
    title: str
    held_on: date
    place: str
    content: str
    attended: str
    own_people: int = 0


def training_url(row: Training) -> str:
    return reverse("training", args=[row.training_no])


def parse_attended(text: str) -> list[tuple[str, int]]:
    """(code, people) of lines such as `H36010001 12`; a tab or comma parts them too.

    Raises MissingInput (attended) naming every line that cannot be read, nothing is guessed.
    """
    found: dict[str, int] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.replace(",", " ").replace("，", " ").split()
        if not parts:
            continue
        if len(parts) != 2 or not (parts[1].isascii() and parts[1].isdigit()):
            wrong.append(f"第 {number} 行“{line.strip()[:40]}”应为“机构代码 人数”")
        elif not 0 < int(parts[1][:9]) <= MOST_PEOPLE:
            wrong.append(f"第 {number} 行人数应在 1 到 {MOST_PEOPLE} 之间")
        elif parts[0] in found:
            wrong.append(f"第 {number} 行机构代码 {parts[0][:40]} 重复")
        else:
            found[parts[0]] = int(parts[1])
    if len(found) > MOST_LINES:
        wrong.append(f"一次不超过 {MOST_LINES} 家单位")
    if wrong:
        raise MissingInput("attended", "；".join(wrong[:20]), TRAINING_CLAUSE)
    return list(found.items())


@operation
def save_training(
    *,
    words: TrainingWords,
    uploads: Sequence[UploadedFile] = (),
    training: Training | None = None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Training:
    """Write a new draft, or change one; attendance is replaced as a whole.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    if not keeps_trainings(scope):
        raise NotYours("培训记录由医保局和医疗机构的经办、审核或负责人登记", TRAINING_CLAUSE)
    lines = _checked(words, scope, shanghai_day(at))
    if training is None:
        row = _new(scope)
    else:
        row = Training.objects.select_for_update(of=("self",)).get(pk=training.pk)
        if AUTHOR not in training_standings(scope, row):
            raise NotYours("培训记录由组织单位修改", TRAINING_CLAUSE)
        if seen_version is not None and row.row_version != seen_version:
            raise StaleVersion(f"该培训记录已由{row.state_by_name or '他人'}更新，请刷新后再办理")
        if row.state != "draft":
            raise TransitionRefused("已登记的培训记录先点“更正”再修改", TRAINING_CLAUSE)
        row.row_version += 1
    row.kind, row.title, row.held_on = words.kind, words.title.strip(), words.held_on
    row.place, row.content = words.place.strip(), words.content.strip()
    row.own_people = words.own_people
    row.people = words.own_people + sum(people for _, people in lines)
    row.state_at, row.state_by_id, row.state_by_name = at, by.audit_id, by.audit_name
    row.save()
    row.attendances.all().delete()
    TrainingAttendance.objects.bulk_create(
        [TrainingAttendance(training=row, organisation=each, people=n) for each, n in lines]
    )
    if uploads:
        attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="training.save", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.training_no, clause=TRAINING_CLAUSE,
        detail={"kind": row.kind, "held_on": f"{row.held_on}", "organisations": len(lines),
                "people": row.people},
    )  # fmt: skip
    return row


def _new(scope: Scope) -> Training:
    assert scope.province_id is not None  # bureaus and institutions stand in a region
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_training_no')")
        number = cursor.fetchone()[0]
    return Training(
        training_no=f"PX{number:06d}", organiser_id=scope.organisation_id,
        county_id=scope.county_id, city_id=scope.city_id, province_id=scope.province_id,
    )  # fmt: skip


def _checked(words: TrainingWords, scope: Scope, today: date) -> list[tuple[Organisation, int]]:
    if words.kind not in training_kinds(scope):
        raise MissingInput("kind", "请从列表中选择种类", TRAINING_CLAUSE)
    for name, label in (("title", "主题"), ("content", "内容")):
        if not getattr(words, name).strip():
            raise MissingInput(name, f"请填写{label}", TRAINING_CLAUSE)
    if words.held_on > today:
        raise MissingInput("held_on", "培训举办之后再登记，日期不能晚于今天", TRAINING_CLAUSE)
    parsed = parse_attended(words.attended)
    known = visible_organisations(scope).filter(
        code__in=[code for code, _ in parsed], is_active=True
    )
    by_code = {each.code: each for each in known}
    missing = [code for code, _ in parsed if code not in by_code]
    if missing:
        shown = "、".join(missing[:10]) + ("等" if len(missing) > 10 else "")
        raise MissingInput(
            "attended", f"没有代码为 {shown} 的在用机构，请到“机构”核对代码", TRAINING_CLAUSE
        )
    if not parsed and not words.own_people:
        raise MissingInput("attended", "请填写参加单位和人数，或本单位参加人数", TRAINING_CLAUSE)
    return [(by_code[code], people) for code, people in parsed]


@operation
def perform_training_step(
    *,
    training: Training,
    verb: str,
    note: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Training:
    """`record` it, so that it counts and those who came see it, or `recall` it to be mended.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput (note).
    """
    moved: Training
    moved, _ = TRAINING_MACHINE.perform(
        verb=verb, obj=training, by=by, at=at, seen_version=seen_version,
        inputs={"note": note.strip()} if verb == "recall" else {},
        standings=lambda row: training_standings(scope, row),
    )  # fmt: skip
    if verb == "record":
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[_year_key(moved)], at=at)
        notify(
            notices=[
                NewNotice(
                    each, f"training-{moved.pk}-{each}", f"培训材料：{moved.title}"[:200], "",
                    training_url(moved),
                )
                for each in moved.attendances.values_list("organisation_id", flat=True)
            ],
            at=at,
        )  # fmt: skip
    return moved


def _year_key(row: Training) -> str:
    return f"{row.held_on.year}-{row.kind}-{row.organiser_id}"


@operation
def remind_of_trainings(*, at: datetime) -> int:
    """From October on: a task for each yearly training that a bureau has not recorded; how many."""
    today = shanghai_day(at)
    if today.month < REMINDED_FROM_MONTH:
        return 0
    tasks = [
        NewTask(
            organisation_id=each.pk, act="hold_training",
            title=f"{today.year} 年尚未登记{kind.label}，请组织并登记", object_type=OBJECT_TYPE,
            object_key=f"{today.year}-{kind}-{each.pk}", url=reverse("training-new"),
            roles=OFFICERS,
        )
        for kind in YEARLY_KINDS
        for each in bureaus_without(kind, today)
    ]  # fmt: skip
    open_tasks(tasks=tasks, at=at)
    return len(tasks)
