"""The policy texts that values cite."""

from django.db import models


class Document(models.Model):
    """A normative text, cited by its short code in every clause (赣2024 三)."""

    code = models.CharField("简称", max_length=20, unique=True)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "政策文件"
        verbose_name_plural = "政策文件"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title
