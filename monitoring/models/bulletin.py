"""通报: a bulletin with its frozen content, and the province's own wordings of each kind."""

from django.db import models
from django.db.models import Q

from monitoring.states.bulletins import BULLETIN_MACHINE, BulletinState
from organisations.models import Organisation, Region
from organisations.models.stamps import party


class BulletinTemplate(models.Model):
    """One version of the wording of a kind; the highest version_no is what new drafts begin with.

    `prefix` is 发文机关代字, before 〔year〕 and number.
    """

    db_privileges = "append"

    province = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=12)
    version_no = models.PositiveIntegerField("第几版")
    prefix = models.CharField("发文代字", max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    set_at = models.DateTimeField("保存时间")
    set_by_id = models.BigIntegerField("保存人编号", null=True)
    set_by_name = models.CharField("保存人", max_length=150)

    class Meta:
        verbose_name = "通报模板"
        constraints = [
            models.UniqueConstraint(
                fields=["province", "kind", "version_no"], name="bulletin_template_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version_no}"


class Bulletin(models.Model):
    """One 通报 of one bureau for one period, from draft to closed.

    `body` holds the words with named placeholders; their figures come from the bulletin's own
    frozen inputs. From issued_at on nothing of it changes but its state (a trigger refuses the
    rest): `content` is what was printed, `content_digest` its SHA-256, `files` the names and
    SHA-256 of what was stored. A correction is another bulletin that names this one in `corrects`.
    """

    State = BulletinState

    bulletin_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=12)
    issuer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="印发单位"
    )
    countersigner = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="会签单位",
    )  # fmt: skip
    province = party("organisations.Region", "省份")
    city = party("organisations.Region", "设区市", null=True)
    period_from = models.DateField("期间起")
    period_to = models.DateField("期间止")
    prefix = models.CharField("发文代字", max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    is_joint = models.BooleanField("联合印发", default=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, related_name="corrections", null=True, blank=True,
        verbose_name="更正的通报",
    )  # fmt: skip
    correction_reason = models.CharField("更正理由", max_length=500, blank=True)
    # Which computation of each month it was drafted from: {"2026-10": {"revision", "computed_at"}}.
    figures_from = models.JSONField("数据来源", default=dict)
    drafted_at = models.DateTimeField("起草时间")
    drafted_by_id = models.BigIntegerField("起草人编号", null=True)
    drafted_by_name = models.CharField("起草人", max_length=150)
    edited_by_id = models.BigIntegerField("最后修改人编号", null=True)
    check_due_on = models.DateField("核对截止", null=True, blank=True)
    check_due_provisional = models.BooleanField("核对截止暂定", default=False)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    note = models.TextField("意见", max_length=2000, blank=True)
    row_version = models.PositiveIntegerField("版本", default=1)
    issue_year = models.PositiveSmallIntegerField("发文年份", null=True, blank=True)
    issue_seq = models.PositiveIntegerField("发文顺序号", null=True, blank=True)
    doc_number = models.CharField("发文字号", max_length=60, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by_id = models.BigIntegerField("印发人编号", null=True, blank=True)
    issued_by_name = models.CharField("印发人", max_length=150, blank=True)
    rectify_due_on = models.DateField("整改反馈截止", null=True, blank=True)
    content = models.JSONField("定稿内容", null=True, blank=True)
    content_digest = models.CharField("内容摘要", max_length=64, blank=True)
    files = models.JSONField("定稿文件", default=list)

    class Meta:
        verbose_name = "通报"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "period_from"],
                condition=Q(corrects__isnull=True) & ~Q(state="withdrawn"),
                name="bulletin_one_per_period",
            ),
            models.UniqueConstraint(
                fields=["issuer", "prefix", "issue_year", "issue_seq"],
                condition=Q(issue_seq__isnull=False), name="bulletin_number_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "closed"])
                | Q(issued_at__isnull=False, issue_seq__isnull=False, content__isnull=False)
                & ~Q(content_digest=""),
                name="bulletin_issued_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gt=models.F("period_from")), name="bulletin_period_in_order"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["province", "-id"], name="bulletin_province"),
            models.Index(fields=["issuer", "-id"], name="bulletin_issuer"),
        ]
        triggers = [BULLETIN_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.doc_number or self.bulletin_no
