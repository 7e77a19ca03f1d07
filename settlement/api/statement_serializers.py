"""Statements, bank orders, deductions and the ledger as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from settlement.models import (
    BankOrder,
    Deduction,
    LedgerAccount,
    LedgerEntry,
    LedgerReversal,
    Posting,
    Statement,
    StatementLine,
)


def yuan(**options: Any) -> serializers.DecimalField:
    """Money, to 0.01, as text."""
    return serializers.DecimalField(max_digits=18, decimal_places=2, **options)


class MoneyStatementSerializer(serializers.ModelSerializer[Statement]):
    pool = serializers.CharField(source="pool.code", read_only=True)
    payee = serializers.CharField(source="payee.code", read_only=True)
    payee_name = serializers.CharField(source="payee.name", read_only=True)
    payer = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    total = yuan(source="shown_total", read_only=True)
    paid = yuan(source="shown_paid", read_only=True, allow_null=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Statement
        fields = (
            "statement_no", "pool", "payee", "payee_name", "month", "mode", "payer", "part_no",
            "total", "paid", "due_on", "reply_due_on", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class MoneyLineSerializer(serializers.ModelSerializer[StatementLine]):
    line = serializers.IntegerField(source="pk", read_only=True)
    order_line_no = serializers.IntegerField(source="line_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    batch = serializers.CharField(source="batch.code", read_only=True)
    happened_at = serializers.DateTimeField(source="fact_at", read_only=True)

    class Meta:
        model = StatementLine
        fields = (
            "line", "kind", "order_no", "order_line_no", "happened_at", "institution", "product",
            "batch", "packs", "unit_price", "amount", "invoice_no", "state", "reason", "reply",
        )  # fmt: skip
        read_only_fields = fields


class StatementVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class DisputedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500)


class RepliedLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(min_value=1)
    reply = serializers.CharField(max_length=500)


class StatementConfirmSerializer(StatementVersionSerializer):
    disputes = DisputedLineSerializer(many=True, required=False, default=list)
    invoice_no = serializers.CharField(max_length=60, required=False, default="")


class StatementAnswerSerializer(StatementVersionSerializer):
    disputes = DisputedLineSerializer(many=True, required=False, default=list)
    replies = RepliedLineSerializer(many=True, required=False, default=list)


class StatementReturnSerializer(StatementVersionSerializer):
    return_reason = serializers.CharField(max_length=500)


class StatementReopenSerializer(serializers.Serializer[Any]):
    reopen_reason = serializers.CharField(max_length=500)


class OwnPaymentSerializer(serializers.Serializer[Any]):
    amount = yuan(min_value=0)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=60)


class StatementBeginSerializer(serializers.Serializer[Any]):
    month = serializers.DateField()


class BankOrderSerializer(serializers.ModelSerializer[BankOrder]):
    statement = serializers.CharField(source="statement.statement_no", read_only=True)
    payee = serializers.CharField(source="statement.payee.code", read_only=True)
    payee_name = serializers.CharField(source="statement.payee.name", read_only=True)

    class Meta:
        model = BankOrder
        fields = (
            "order_no", "statement", "payee", "payee_name", "amount", "exported_at", "state",
            "bank_ref", "bank_words", "returned_ref", "returned_on",
        )  # fmt: skip
        read_only_fields = fields


class BankAnswerRowSerializer(serializers.Serializer[Any]):
    order_no = serializers.CharField(max_length=40)
    amount = yuan(min_value=0)
    paid_on = serializers.DateField()
    bank_ref = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    succeeded = serializers.BooleanField()
    returned = serializers.BooleanField(required=False, default=False)
    words = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["succeeded"] and attrs["returned"]:
            raise serializers.ValidationError(
                {"returned": "一行不能既是付款成功又是退汇；退汇的行 succeeded 填 false"}
            )
        return attrs


class BankAnswerSerializer(serializers.Serializer[Any]):
    rows = serializers.ListField(child=BankAnswerRowSerializer(), min_length=1, max_length=10_000)
    dry_run = serializers.BooleanField(required=False, default=False)


class BankRowErrorSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    column = serializers.CharField()
    reason = serializers.CharField()


class BankResultSerializer(serializers.Serializer[Any]):
    paid = serializers.IntegerField()
    failed = serializers.IntegerField()
    repeated = serializers.IntegerField()
    amount = yuan()
    returned = serializers.IntegerField()
    row_errors = BankRowErrorSerializer(many=True, source="errors")


class DeductionSerializer(serializers.ModelSerializer[Deduction]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    shortfall = yuan(read_only=True)
    entry = serializers.IntegerField(source="entry_id", read_only=True, allow_null=True)
    taken_back = serializers.BooleanField(read_only=True)

    class Meta:
        model = Deduction
        fields = (
            "institution", "institution_name", "month", "record_no", "allocated", "claim", "kept",
            "shortfall", "entry", "taken_back", "recorded_at",
        )  # fmt: skip
        read_only_fields = fields


class NewDeductionSerializer(serializers.Serializer[Any]):
    institution = serializers.CharField(max_length=40)
    month = serializers.DateField()
    allocated = yuan(min_value=0)


class LedgerAccountSerializer(serializers.ModelSerializer[LedgerAccount]):
    account = serializers.IntegerField(source="pk", read_only=True)
    pool = serializers.CharField(source="pool.code", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    enterprise = serializers.CharField(source="enterprise.code", read_only=True, allow_null=True)
    debit = yuan(read_only=True)
    credit = yuan(read_only=True)
    balance = yuan(read_only=True)

    class Meta:
        model = LedgerAccount
        fields = (
            "account", "purpose", "pool", "institution", "enterprise", "debit", "credit", "balance",
        )  # fmt: skip
        read_only_fields = fields


class PostingSerializer(serializers.ModelSerializer[Posting]):
    class Meta:
        model = Posting
        fields = ("account", "amount")
        read_only_fields = fields


class LedgerEntrySerializer(serializers.ModelSerializer[LedgerEntry]):
    entry = serializers.IntegerField(source="pk", read_only=True)
    pool = serializers.CharField(source="pool.code", read_only=True)
    lines = serializers.SerializerMethodField()

    class Meta:
        model = LedgerEntry
        fields = (
            "entry", "pool", "occurred_on", "posted_at", "text", "source_kind", "source_label",
            "reverses", "lines",
        )  # fmt: skip
        read_only_fields = fields

    def get_lines(self, row: Any) -> list[dict[str, Any]]:
        """Only lines of accounts that the reader sees."""
        return [
            {"account": line.account_id, "amount": f"{line.amount:.2f}"} for line in row.seen_lines
        ]


class ReversalAskSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class ReversalDecisionSerializer(StatementVersionSerializer):
    agree = serializers.BooleanField()
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class LedgerReversalSerializer(serializers.ModelSerializer[LedgerReversal]):
    entry = serializers.IntegerField(source="entry_id", read_only=True)
    mirror = serializers.IntegerField(source="mirror_id", read_only=True, allow_null=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = LedgerReversal
        fields = ("entry", "mirror", "reason", "note", "asked_at", "state", "state_at", "version")
        read_only_fields = fields
