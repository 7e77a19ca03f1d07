"""The ledger: accounts, entries and their postings. Nothing is ever updated or deleted."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from organisations.models import Organisation, Pool
from settlement.states.ledger import Purpose, SourceKind


class LedgerAccount(models.Model):
    """One purpose of one pool, for an institution or an enterprise where the purpose names them."""

    db_privileges = "append"

    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="医疗机构"
    )
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="企业"
    )

    class Meta:
        verbose_name = "账户"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "purpose", "institution", "enterprise"],
                nulls_distinct=False,
                name="ledger_account_key",
            ),
            models.CheckConstraint(
                condition=(
                    Q(purpose__in=("fund",), institution__isnull=True, enterprise__isnull=True)
                    | Q(purpose="prepaid", enterprise__isnull=True)
                    | Q(purpose__in=("advance", "payable"), institution__isnull=True,
                        enterprise__isnull=False)
                    | Q(purpose__in=("claim", "goods", "own_cash", "retention"),
                        institution__isnull=False, enterprise__isnull=True)
                    | Q(purpose="owed", institution__isnull=False, enterprise__isnull=False)
                ),
                name="ledger_account_parties",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}（{self.pool}）"


class LedgerEntry(models.Model):
    """One event of money. (event_kind, event_identity) is the event's identity: it posts once.

    occurred_on: the business date, by which balances are asked; posted_at: when it was written.
    `line_count` and `digest` fix its postings: none can be added later, and the same event with
    other figures is refused. `reverses`: the entry that this one takes back, once.
    """

    db_privileges = "append"

    event_kind = models.CharField("事项种类", max_length=40)
    event_identity = models.CharField("事项标识", max_length=120)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    occurred_on = models.DateField("业务日期")
    posted_at = models.DateTimeField("记账时间")
    posted_by_id = models.BigIntegerField("记账人编号", null=True)
    posted_by_name = models.CharField("记账人", max_length=150)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲销的分录"
    )
    source_kind = models.CharField("来源", max_length=20, choices=SourceKind.choices)
    source_id = models.BigIntegerField("来源编号")
    source_label = models.CharField("来源名称", max_length=200)
    text = models.CharField("摘要", max_length=300)
    line_count = models.PositiveIntegerField("分录行数")
    digest = models.CharField("内容摘要", max_length=64)

    class Meta:
        verbose_name = "分录"
        constraints = [
            models.UniqueConstraint(
                fields=["event_kind", "event_identity"], name="ledger_entry_event"
            ),
            models.CheckConstraint(condition=Q(line_count__gte=2), name="ledger_entry_two_lines"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(source_kind="ledger_entry"),
                name="ledger_reversal_names_its_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "-occurred_on", "-id"], name="ledger_entry_pool"),
            models.Index(fields=["-occurred_on", "-id"], name="ledger_entry_newest"),
            models.Index(fields=["source_kind", "source_id"], name="ledger_entry_source"),
        ]

    def __str__(self) -> str:
        return f"{self.pk:08d}" if self.pk else self.text


class Posting(models.Model):
    """One side of an entry, in yuan: debit above 0, credit below."""

    db_privileges = "append"

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="postings")
    amount = models.DecimalField("金额（元）", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = "分录行"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.account_id} {self.amount}"

    @property
    def debit(self) -> Decimal | None:
        """Yuan as written under 借方; None where the line is a credit."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """Yuan as written under 贷方, above 0: a minus there would read as a 红字 entry."""
        return -self.amount if self.amount < 0 else None
