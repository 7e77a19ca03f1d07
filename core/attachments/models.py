"""Files that people hand in: content-addressed on disk, described by a row."""

from django.db import models


class StoredFile(models.Model):
    """The bytes of one file under the data folder, named by their SHA-256."""

    class Scan(models.TextChoices):
        PENDING = "pending", "待检查"
        CLEAN = "clean", "通过"
        QUARANTINED = "quarantined", "已隔离"

    sha256 = models.CharField("摘要", max_length=64, unique=True)
    size_bytes = models.PositiveBigIntegerField("大小")
    content_type = models.CharField("类型", max_length=100)
    scan = models.CharField("检查", max_length=12, choices=Scan.choices, default=Scan.PENDING)
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = "文件"

    def __str__(self) -> str:
        return self.sha256


class Attachment(models.Model):
    """A file under the name its uploader gave it, owned by one object of an app.

    It is read only through the owning object's view, which decides who may see it.
    """

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    name = models.CharField("文件名", max_length=200)
    owner_type = models.CharField("所属对象类型", max_length=60)
    owner_id = models.BigIntegerField("所属对象编号")
    note = models.CharField("说明", max_length=200, blank=True)
    uploaded_by_id = models.BigIntegerField("上传人编号")
    uploaded_by_name = models.CharField("上传人", max_length=150)
    uploaded_organisation_id = models.BigIntegerField("上传机构编号", null=True)
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"
        indexes = [models.Index(fields=["owner_type", "owner_id", "id"], name="attachment_owner")]

    def __str__(self) -> str:
        return self.name
