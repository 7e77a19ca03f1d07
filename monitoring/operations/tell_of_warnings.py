"""Tell those concerned of a month's new warnings: tasks one by one, notices once a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse

from core.operations import operation
from core.workdays.deadlines import day_end
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from monitoring.models import Warning
from monitoring.operations.answer_warning import warning_url
from monitoring.queries.warning_parties import answerers, bureaus_of_regions
from monitoring.queries.warning_standings import ACTING_ROLES, OBJECT_TYPE
from monitoring.rules import RULES_BY_CODE


@operation
def tell_of_new_warnings(opened: Sequence[Warning], *, month: date, at: datetime) -> None:
    """A task for whoever answers each warning; one notice per organisation, not a flood.

    Answering parties are told how many they have to answer, bureaus how many their region has.
    """
    parties = answerers(opened)
    tasks = [
        NewTask(
            organisation_id=organisation_id,
            act="answer_warning",
            title=f"答复预警：{RULES_BY_CODE[warning.rule].label}（{warning.warning_no}）",
            object_type=OBJECT_TYPE,
            object_key=warning.warning_no,
            url=warning_url(warning),
            severity=warning.severity,
            due_at=day_end(warning.answer_due_on) if warning.answer_due_on else None,
            roles=ACTING_ROLES,
        )
        for warning in opened
        for organisation_id in parties.get(warning.pk, [])
    ]
    open_tasks(tasks=tasks, at=at)
    to_answer = Counter(task.organisation_id for task in tasks)
    notices = [
        _notice(
            organisation_id, month, at, f"{_words(month)}监测新发出 {count} 条预警，请签收并说明"
        )
        for organisation_id, count in sorted(to_answer.items())
    ]
    in_region = Counter(
        region_id
        for warning in opened
        for region_id in (warning.county_id, warning.city_id, warning.province_id)
        if region_id is not None
    )
    notices += [
        _notice(
            bureau_id, month, at, f"{_words(month)}监测：辖区新发出 {in_region[region_id]} 条预警"
        )
        for bureau_id, region_id in bureaus_of_regions(in_region)
    ]
    notify(notices=notices, at=at)


def _words(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _notice(organisation_id: int, month: date, at: datetime, title: str) -> NewNotice:
    return NewNotice(
        organisation_id=organisation_id,
        key=f"warnings:{at.isoformat()}:{month:%Y-%m}:{organisation_id}",
        title=title,
        url=f"{reverse('warning-list')}?stage=open&month={month:%Y-%m}",
    )
