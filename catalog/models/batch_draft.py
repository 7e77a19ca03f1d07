"""A batch being made, and the execution document that it is published with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from catalog.models.batch import Batch
from catalog.states.batch_draft import DRAFT_MACHINE, DocumentPart, DraftState
from core.attachments.models import Attachment
from organisations.models.organisation import Organisation


class BatchDraft(models.Model):
    """Sheets as they were typed or uploaded, checked as a whole; `batch` once it is published.

    `content` holds {sheet: [{"row": workbook row, column: text}]}, `problems` what the check
    found: [{sheet, row, column, value, reason}]. lead_workdays and lead_needed are working days
    between issue and start, as counted when it was submitted; a shorter one has its reason.
    """

    State = DraftState

    draft_no = models.CharField("编号", max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    province_code = models.CharField("省份", max_length=6)
    code = models.CharField("批次代码", max_length=40, blank=True)
    name = models.CharField("批次名称", max_length=200, blank=True)
    content = models.JSONField("内容", default=dict)
    source = models.CharField("来源", max_length=200, blank=True)
    problems = models.JSONField("错误", default=list)
    problem_count = models.PositiveIntegerField("错误数", default=0)
    checked_at = models.DateTimeField("检查时间", null=True)
    lead_workdays = models.IntegerField("提前公布工作日", null=True)
    lead_needed = models.IntegerField("应提前工作日", null=True)
    lead_reason = models.CharField("提前不足的说明", max_length=300, blank=True)
    batch = models.OneToOneField(
        Batch, models.PROTECT, null=True, blank=True, related_name="publication"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    note = models.CharField("退回或作废原因", max_length=300, blank=True)
    made_at = models.DateTimeField("建立时间")
    made_by_id = models.BigIntegerField("建立人编号", null=True)
    made_by_name = models.CharField("建立人", max_length=150)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by_id = models.BigIntegerField("提交人编号", null=True)
    submitted_by_name = models.CharField("提交人", max_length=150, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by_id = models.BigIntegerField("发布人编号", null=True)
    published_by_name = models.CharField("发布人", max_length=150, blank=True)

    class Meta:
        verbose_name = "批次草案"
        indexes = [models.Index(fields=["province_code", "-id"], name="batch_draft_newest")]
        constraints = [
            # Two people, in the database too.
            models.CheckConstraint(
                condition=Q(published_by_id__isnull=True)
                | ~Q(published_by_id=F("submitted_by_id")),
                name="batch_draft_published_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(batch__isnull=False),
                name="batch_draft_published_has_batch",
            ),
        ]
        triggers = [DRAFT_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.draft_no} {self.name}".strip()


class BatchDocument(models.Model):
    """One part of the execution document; a newer file of the same part replaces it."""

    Part = DocumentPart

    draft = models.ForeignKey(BatchDraft, models.PROTECT, related_name="documents")
    part = models.CharField("部分", max_length=10, choices=Part.choices)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField("替换时间", null=True)

    class Meta:
        verbose_name = "执行文件"
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "part"],
                condition=Q(replaced_at__isnull=True),
                name="batch_document_one_of_a_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.get_part_display()}"
