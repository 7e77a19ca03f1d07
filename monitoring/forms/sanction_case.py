"""What is typed about a 惩戒案件: the case, the notice, the decision, words of the other steps."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput, product_field
from catalog.forms.quality import DAY, say_what_is_missing
from catalog.queries.visible import visible_batches, visible_products
from core.numbers.typed import TypedNumber
from monitoring.forms import SeenVersion
from monitoring.models import SanctionCase
from monitoring.queries.actions import open_subjects, visible_actions
from monitoring.rules.credit_scale import CAUSES, scale_on
from monitoring.states.sanction_case import SANCTION_CLAUSE, SanctionKind
from organisations.queries.scope import Scope

CHOOSE = [("", "请选择")]


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SanctionDraftForm(forms.Form):
    """Everything named is looked for among what the officer sees."""

    kind = forms.ChoiceField(label="惩戒种类", choices=[*CHOOSE, *SanctionKind.choices])
    cause = forms.ChoiceField(label="事由类别", choices=[*CHOOSE, *CAUSES])
    subject = forms.CharField(
        label="当事企业", max_length=40, widget=CodeInput("enterprise"),
        help_text="输入名称、拼音首字母或代码，从列出的企业中选择。",
    )  # fmt: skip
    occurred_on = forms.DateField(
        label="行为发生日",
        widget=DAY,
        help_text="信用评价按发生日适用 2020 年版或 2025 年版裁量基准。",
    )
    batch = forms.CharField(
        label="批次", max_length=40, required=False, widget=CodeInput("batch"),
        help_text="取消中选资格、按采购文件惩戒必填。输入名称或代码选择。",
    )  # fmt: skip
    product = product_field("产品", required=False)
    amount = TypedNumber(
        label="涉案金额", unit="元", max_digits=18, decimal_places=2, min_value=0, required=False,
        help_text="商业贿赂、涉税案件按金额对应等级。",
    )  # fmt: skip
    topmost = forms.BooleanField(
        label="顶格情形", required=False,
        help_text="向医保、集采机构人员行贿，或国家集采中围标串标。",
    )  # fmt: skip
    action = forms.CharField(
        label="所依措施编号", max_length=40, required=False,
        help_text="由约谈、告诫、警示等监管措施转来的填写。",
    )  # fmt: skip
    clause = forms.CharField(label="依据", max_length=300, initial=SANCTION_CLAUSE)
    matter = forms.CharField(
        label="事实和证据", max_length=4000, widget=_words(5), help_text="写入告知书和决定书。"
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["product"].help_text = "取消中选资格必填；信用评价填写涉案产品。"
        for name in ("matter", "clause"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_subject(self) -> Any:
        code = self.cleaned_data["subject"].strip()
        found = open_subjects(self.scope).filter(kind="enterprise", code=code).first()
        if found is None:
            raise forms.ValidationError(f"没有代码为“{code}”的企业，请输入名称后从列表选择")
        return found

    def clean_batch(self) -> Any:
        code = self.cleaned_data["batch"].strip()
        if not code:
            return None
        found = visible_batches(self.scope).select_related("policy").filter(code=code).first()
        if found is None:
            raise forms.ValidationError(f"没有代码为“{code}”的批次，请输入名称后从列表选择")
        return found

    def clean_product(self) -> Any:
        code = self.cleaned_data["product"].strip()
        if not code:
            return None
        found = visible_products(self.scope).filter(code=code).first()
        if found is None:
            raise forms.ValidationError("没有这个国家医保编码的产品，请输入名称后从列表选择")
        return found

    def clean_action(self) -> Any:
        number = self.cleaned_data["action"].strip()
        if not number:
            return None
        found = visible_actions(self.scope).filter(action_no=number).first()
        if found is None:
            raise forms.ValidationError(f"没有编号为“{number}”的监管措施，请核对编号")
        return found


class _OfCase(SeenVersion):
    """Forms that depend on the case's kind and scale."""

    def __init__(self, *args: Any, of: SanctionCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        self.shape()
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def shape(self) -> None:
        return

    def grades(self, name: str) -> None:
        """The grades of the case's own scale; no such field for the other kinds."""
        if self.of.kind == SanctionKind.CREDIT:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*CHOOSE, *scale_on(self.of.occurred_on).grades]
            field.required = True
        else:
            del self.fields[name]


class SanctionNoticeForm(_OfCase):
    proposed_grade = forms.ChoiceField(label="拟定等级", required=False)
    due_on = forms.DateField(
        label="陈述申辩期限",
        required=False,
        widget=DAY,
        help_text="不填为 5 个工作日，也不得更短。",
    )
    proposal = forms.CharField(
        label="拟处理意见", max_length=4000, widget=_words(4), help_text="写入告知书。"
    )

    def shape(self) -> None:
        self.grades("proposed_grade")


class SanctionWordsForm(_OfCase):
    """One text; `name` and `label` come with the step."""

    def __init__(self, *args: Any, name: str, label: str, **kwargs: Any) -> None:
        self.asked = (name, label)
        super().__init__(*args, **kwargs)

    def shape(self) -> None:
        name, label = self.asked
        self.fields[name] = forms.CharField(label=label, max_length=4000, widget=_words(4))


class SanctionDecisionForm(_OfCase):
    grade = forms.ChoiceField(label="失信等级", required=False)
    effective_on = forms.DateField(label="生效日", widget=DAY, help_text="最早为明天。")
    effective_to = forms.DateField(
        label="截止日", required=False, widget=DAY, help_text="含当日；不填的执行到准予修复。"
    )
    decision = forms.CharField(
        label="决定内容", max_length=4000, widget=_words(4), help_text="写入决定书，含复核意见。"
    )
    grade_reason = forms.CharField(
        label="等级理由", max_length=2000, required=False, widget=_words(2),
        help_text="与裁量基准对应的等级不一致时必填。",
    )  # fmt: skip

    def shape(self) -> None:
        self.grades("grade")
        if self.of.kind != SanctionKind.CREDIT:
            del self.fields["grade_reason"]
        if self.of.kind == SanctionKind.CANCEL:
            del self.fields["effective_to"]


class SanctionJudgeForm(_OfCase):
    verdict = forms.ChoiceField(
        label="核实结果", choices=[*CHOOSE, ("yes", "准予修复"), ("no", "不予修复")]
    )
    note = forms.CharField(label="核实意见", max_length=4000, widget=_words(3))
