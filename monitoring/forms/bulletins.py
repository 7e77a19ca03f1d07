"""What people type about a bulletin; page and API share the operations behind it."""

from __future__ import annotations

from django import forms

from monitoring.forms import SeenVersion
from monitoring.states.bulletins import BulletinKind


class BulletinNewForm(forms.Form):
    """Which bulletin to draft."""

    kind = forms.ChoiceField(label="种类", choices=BulletinKind.choices)
    month = forms.RegexField(
        r"^[0-9]{4}-(0[1-9]|1[0-2])$", label="期间的第一个月", strip=True,
        widget=forms.TextInput(attrs={"placeholder": "2026-10", "autocomplete": "off"}),
        help_text="月度填该月，季度填 1、4、7 或 10 月，年度填 1 月，如 2026-10。",
        error_messages={"invalid": "请按 年-月 填写，如 2026-10"},
    )  # fmt: skip

    def __init__(self, *args: object, kinds: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [each for each in BulletinKind.choices if each[0] in kinds]


class BulletinTextForm(SeenVersion):
    """The words of one bulletin; its figures are placeholders."""

    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(
        label="正文", max_length=20_000, widget=forms.Textarea(attrs={"rows": 24}),
        help_text="每段一行；“一、”起首为一级标题，“（一）”起首为二级标题；{名称} 处填入冻结的数据。",
    )  # fmt: skip
    is_joint = forms.BooleanField(
        label="与卫生健康部门联合印发", required=False,
        help_text="联合印发的，审核后送同级卫生健康部门会签。",
    )  # fmt: skip


class BulletinTemplateForm(forms.Form):
    """The province's wording of a kind."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    number_prefix = forms.CharField(
        label="发文代字", max_length=40, help_text="发文字号为：代字〔年份〕顺序号，如 赣医保集采通报〔2026〕3号。"
    )  # fmt: skip
    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(
        label="正文", max_length=20_000, widget=forms.Textarea(attrs={"rows": 24}),
        help_text="保存时检查占位符：不认识的占位符会指出在第几行第几个字。",
    )  # fmt: skip


class BulletinNoteForm(SeenVersion):
    note = forms.CharField(
        label="意见", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ObjectionForm(forms.Form):
    reason = forms.CharField(
        label="异议理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪一项数据不符、实际情况是什么、依据在哪里。",
        error_messages={"required": "请填写异议理由：哪一项数据、实际情况、佐证"},
    )  # fmt: skip


class RulingForm(SeenVersion):
    ruling = forms.CharField(
        label="裁定理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请填写裁定理由"},
    )  # fmt: skip
    data_wrong = forms.BooleanField(
        label="指标数据有误", required=False,
        help_text="勾选后，须在源头更正、重新计算该月并重新取数，通报方可提交审核。",
    )  # fmt: skip


class FeedbackForm(SeenVersion):
    feedback = forms.CharField(
        label="整改情况", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明原因、已采取的措施、完成时间；可上传佐证材料。",
        error_messages={"required": "请填写整改情况"},
    )  # fmt: skip


class JudgementForm(SeenVersion):
    note = forms.CharField(
        label="核实意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写核实意见；退回的，写明要补充什么"},
    )  # fmt: skip
