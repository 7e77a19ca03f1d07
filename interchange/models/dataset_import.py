"""One upload of a dataset: what was handed in, what it would change, and what became of it."""

from __future__ import annotations

from django.db import models

from core.jobs.models import Job
from interchange.states import IMPORT_MACHINE, ImportState
from organisations.models import Organisation


class DatasetImport(models.Model):
    """Files of the province's dataset, checked first, written once somebody has confirmed.

    The bytes lie under FILES_DIR/imports until the import is long over (`files_removed_at`); the
    marked copy that its report offers stays. `files` lists them [{name, size, sha256}]; `preview` is
    what the check found ({files, print}); `problems` its mistakes, the first thousand; `totals`
    the rows of all files that are new, changed and unchanged. `job` is the one at work, or the last that was.
    """

    State = ImportState

    import_no = models.CharField("导入编号", max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="dataset_imports")
    province_code = models.CharField("省份", max_length=6)
    title = models.CharField("文件", max_length=200)
    is_archive = models.BooleanField("压缩包", default=False)
    size_bytes = models.PositiveBigIntegerField("大小")
    files = models.JSONField("文件清单", default=list)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.CHECKING)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    preview = models.JSONField("预览", default=dict)
    note = models.TextField("说明", blank=True)
    problems = models.JSONField("错误", default=list)
    problem_count = models.PositiveIntegerField("列出的错误数", default=0)
    more_problems = models.BooleanField("还有错误未列出", default=False)
    totals = models.JSONField("合计行数", default=dict)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by_id = models.BigIntegerField("上传人编号", null=True)
    uploaded_by_name = models.CharField("上传人", max_length=150)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_by_name = models.CharField("确认人", max_length=150, blank=True)
    files_removed_at = models.DateTimeField("文件清理时间", null=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "数据导入"
        indexes = [
            models.Index(fields=["province_code", "-uploaded_at", "-id"], name="import_newest")
        ]
        triggers = [IMPORT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.import_no
