"""The human loop: who may do what on a warning, in which state, and what else happens."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, ProgrammingError, transaction

from core.attachments.models import Attachment
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from monitoring.models import Warning, WarningStep
from monitoring.operations.answer_warning import (
    acknowledge_warning,
    close_warning,
    explain_warning,
    return_warning,
)
from tests.monitoring.warnings.cast import NOW, Cast, the_cast

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n"


def acknowledge(cast: Cast, user=None, version=None) -> Warning:
    user = user or cast.clerk
    return acknowledge_warning(
        warning=cast.warning, by=user, scope=cast.scope(user), at=NOW, seen_version=version
    )


def explain(cast: Cast, text: str = "已增加采购，月底前补齐", files=(), user=None) -> Warning:
    user = user or cast.clerk
    return explain_warning(
        warning=cast.warning,
        explanation=text,
        uploads=list(files),
        by=user,
        scope=cast.scope(user),
        at=NOW,
    )


def close(cast: Cast, user=None, note: str = "情况属实") -> Warning:
    user = user or cast.county
    return close_warning(
        warning=cast.warning, closing_note=note, by=user, scope=cast.scope(user), at=NOW
    )


def send_back(cast: Cast, user=None, note: str = "请补充采购计划") -> Warning:
    user = user or cast.county
    return return_warning(
        warning=cast.warning, closing_note=note, by=user, scope=cast.scope(user), at=NOW
    )


def test_whole_loop_leaves_every_step_in_timeline_and_audit() -> None:
    cast = the_cast()
    acknowledge(cast)
    explain(cast)
    send_back(cast)
    explain(cast, "补充采购计划如下")
    assert close(cast).state == "closed"
    steps = WarningStep.objects.filter(warning=cast.warning).order_by("pk")
    assert list(steps.values_list("verb", "from_state", "to_state")) == [
        ("acknowledge", "open", "acknowledged"),
        ("explain", "acknowledged", "explained"),
        ("return", "explained", "returned"),
        ("explain", "returned", "explained"),
        ("close", "explained", "closed"),
    ]
    audited = AuditEvent.objects.filter(object_type="warning").order_by("pk")
    assert list(audited.values_list("action", flat=True)) == [
        "warning.acknowledge", "warning.explain", "warning.return", "warning.explain",
        "warning.close",
    ]  # fmt: skip


def test_explanation_hands_the_task_to_the_nearest_bureau() -> None:
    cast = the_cast()
    explain(cast)
    waiting = Task.objects.filter(done_at__isnull=True)
    assert [(task.organisation.name, task.act) for task in waiting] == [
        ("县医保", "verify_warning")
    ]
    assert Notice.objects.filter(organisation=cast.county.organisation).count() == 1


def test_return_hands_the_task_back_and_close_leaves_none() -> None:
    cast = the_cast()
    explain(cast)
    send_back(cast)
    waiting = Task.objects.filter(done_at__isnull=True)
    assert [(task.organisation.name, task.act) for task in waiting] == [
        ("甲医院", "answer_warning")
    ]
    explain(cast)
    close(cast)
    assert not Task.objects.filter(done_at__isnull=True).exists()


def test_evidence_is_kept_with_the_warning() -> None:
    cast = the_cast()
    explain(cast, files=[SimpleUploadedFile("计划.pdf", PDF)])
    kept = Attachment.objects.get(owner_type="warning", owner_id=cast.warning.pk)
    assert (kept.name, kept.file.size_bytes, kept.file.scan) == ("计划.pdf", len(PDF), "clean")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("木马.exe", b"MZ", "不能上传"),
        ("计划.pdf", b"MZ not a pdf", "内容与扩展名"),
        ("计划.pdf", b"", "空文件"),
        ("无扩展名", PDF, "不能上传"),
    ],
)
def test_wrong_evidence_is_refused_and_nothing_is_written(
    name: str, body: bytes, said: str
) -> None:
    cast = the_cast()
    with pytest.raises(MissingInput, match=said), transaction.atomic():
        explain(cast, files=[SimpleUploadedFile("好.pdf", PDF), SimpleUploadedFile(name, body)])
    cast.warning.refresh_from_db()
    assert (cast.warning.state, Attachment.objects.count()) == ("open", 0)


@pytest.mark.parametrize(
    "who", ["storekeeper", "neighbour", "county", "province", "other_city", "health", "stranger"]
)
def test_nobody_else_answers_for_the_hospital(who: str) -> None:
    cast = the_cast()
    with pytest.raises(NotYours, match="由被预警单位办理"):
        acknowledge(cast, getattr(cast, who))
    assert Warning.objects.get(pk=cast.warning.pk).state == "open"


@pytest.mark.parametrize("who", ["clerk", "neighbour", "other_city", "health", "stranger"])
def test_only_a_bureau_of_its_region_verifies(who: str) -> None:
    cast = the_cast()
    explain(cast)
    with pytest.raises(NotYours, match="由所属医保局办理"):
        close(cast, getattr(cast, who))
    assert Warning.objects.get(pk=cast.warning.pk).state == "explained"


@pytest.mark.parametrize("who", ["county", "city", "province"])
def test_every_bureau_up_the_region_may_verify(who: str) -> None:
    cast = the_cast()
    explain(cast)
    assert close(cast, getattr(cast, who)).state == "closed"


def test_step_from_a_wrong_state_says_where_it_is_and_what_is_needed() -> None:
    cast = the_cast()
    with pytest.raises(
        TransitionRefused, match="当前状态为“待签收”，只有“已说明待核实”的预警可以核实办结"
    ):
        close(cast)
    acknowledge(cast)
    with pytest.raises(TransitionRefused, match="当前状态为“已签收”"):
        acknowledge(cast)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_empty_explanation_is_refused(text: str) -> None:
    cast = the_cast()
    with pytest.raises(MissingInput, match="请填写情况说明"):
        explain(cast, text)
    assert Warning.objects.get(pk=cast.warning.pk).state == "open"


def test_whoever_saw_an_older_version_is_told_who_changed_it() -> None:
    cast = the_cast()
    seen = cast.warning.row_version
    acknowledge(cast, version=seen)
    with pytest.raises(StaleVersion, match="请刷新后再办理"):
        explain_warning(
            warning=cast.warning,
            explanation="晚到的说明",
            uploads=[],
            by=cast.clerk,
            scope=cast.scope(cast.clerk),
            at=NOW,
            seen_version=seen,
        )


@pytest.mark.parametrize(
    ("source", "target"), [("open", "closed"), ("acknowledged", "closed"), ("recovered", "open")]
)
def test_database_itself_refuses_a_step_outside_the_table(source: str, target: str) -> None:
    cast = the_cast(state=source)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Warning.objects.filter(pk=cast.warning.pk).update(state=target)
