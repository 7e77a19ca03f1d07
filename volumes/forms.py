"""Forms of tasks, extensions, steps and letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from catalog.models import Batch
from catalog.queries.visible import visible_batches
from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation
from volumes.models import ReportTask
from volumes.models.second_product import SecondReason
from volumes.operations.tasks.draft import TaskValues
from volumes.states.letter import SignerPost
from volumes.states.reasons import LineReview, ReturnReason
from volumes.states.task import ReportLevel, TaskKind

REQUIRED = {"required": "请填写", "invalid": "请填写正确的值", "invalid_choice": "请从列表中选择"}
DAY = {"required": "请填写日期", "invalid": "日期写成 2026-01-31"}


def _day(label: str, **extra: Any) -> forms.DateField:
    return forms.DateField(
        label=label, input_formats=["%Y-%m-%d"], error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **extra,
    )  # fmt: skip


def _moment(label: str, **extra: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"required": "请填写时间", "invalid": "时间写成 2026-01-31 17:30"},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **extra,
    )


def _text(label: str, length: int, *, rows: int = 3, **extra: Any) -> forms.CharField:
    made: Any = forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=REQUIRED, **extra,
    )  # fmt: skip
    made.wide = True
    return cast(forms.CharField, made)


def _many(label: str, choices: Any, **extra: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, error_messages=REQUIRED,
        **extra,
    )  # fmt: skip


class TaskForm(forms.Form):
    """A task as its office fills it in; the last minute that is typed is no longer in the window."""

    title = forms.CharField(label="任务名称", max_length=200, error_messages=REQUIRED)
    kind = forms.ChoiceField(label="类别", choices=TaskKind.choices, error_messages=REQUIRED)
    batch_code = forms.ChoiceField(label="批次", error_messages=REQUIRED)
    year_no = forms.IntegerField(
        label="采购年度序号", min_value=1, max_value=99, error_messages=REQUIRED,
        help_text="批次的第几个采购年度",
    )  # fmt: skip
    opens_at = _moment("填报开始")
    closes_at = _moment("填报截止", help_text="到这一刻为止：最后一秒提交有效，到点即止")
    group_codes = _text(
        "品种代码", 40_000, required=False,
        help_text="一行一个或用空格隔开；不填即该批次中选结果里的全部品种",
    )  # fmt: skip
    region_codes = _text(
        "限定地区", 2_000, rows=2, required=False,
        help_text="市、县的区划代码；不填即本辖区全部",
    )  # fmt: skip
    institution_kinds = _many(
        "须报的机构类型", Organisation.InstitutionKind.choices, required=False,
        help_text="都不选即全部类型",
    )  # fmt: skip
    ownerships = _many(
        "须报的机构性质", Organisation.Ownership.choices, required=False, help_text="都不选即全部"
    )
    levels = _many(
        "须报的机构等级", Organisation.Level.choices, required=False, help_text="都不选即全部"
    )
    review_levels = _many("审核层级", ReportLevel.choices)
    prior_from = _day("上年实际自", required=False, help_text="不填即开始填报前的 12 个整月")
    prior_to = _day("上年实际至", required=False)
    others_may = forms.BooleanField(label="其他机构可以自愿填报", required=False)
    split_by_manufacturer = forms.BooleanField(label="可以按厂牌拆分", required=False)
    note = _text("填报要求", 2_000, required=False)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, batches: Iterable[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["batch_code"].choices = [  # type: ignore[attr-defined]
            (each.code, f"{each.name}（{each.code}）") for each in batches
        ]

    def values(self) -> TaskValues:
        """What the operation takes."""
        given = dict(self.cleaned_data)
        given.pop("version", None)
        for field in ("group_codes", "region_codes"):
            given[field] = given[field].replace("，", " ").replace(",", " ").split()
        return TaskValues(**given)


def initial_task(now: datetime) -> dict[str, Any]:
    """A window of two weeks from tomorrow's midnight, county to province."""
    start = datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min, tzinfo=SHANGHAI)
    return {
        "opens_at": start, "closes_at": start + timedelta(days=14),
        "review_levels": list(ReportLevel.values), "others_may": True, "year_no": 1,
        "ownerships": ["public"],
    }  # fmt: skip


def task_initial(task: ReportTask) -> dict[str, Any]:
    """The form of a draft as it stands."""
    return {
        name: getattr(task, name)
        for name in (
            "title", "kind", "year_no", "opens_at", "closes_at", "institution_kinds",
            "ownerships", "levels", "review_levels", "prior_from", "prior_to", "others_may",
            "split_by_manufacturer", "note",
        )
    } | {
        "batch_code": task.batch.code,
        "group_codes": "\n".join(
            task.task_groups.order_by("position").values_list("group__code", flat=True)
        ),
        "region_codes": " ".join(task.task_regions.values_list("region__code", flat=True)),
        "version": task.row_version,
    }  # fmt: skip


class StepForm(forms.Form):
    """A step: the version that was seen, and words where the step asks for them."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    opinion = _text("意见", 1_000, required=False)


class ExtensionForm(forms.Form):
    """A later end for one unit."""

    until = _moment("延期至")
    reason = _text("理由", 500)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class LetterForm(forms.Form):
    """The signed paper: who signed in which post, when, and the scan."""

    signer_name = forms.CharField(label="签署人", max_length=100, error_messages=REQUIRED)
    signer_post = forms.ChoiceField(
        label="职务", choices=SignerPost.choices, error_messages=REQUIRED
    )
    signed_on = _day("签署日期")
    files = forms.FileField(  # type: ignore[assignment]  # the field of attachments everywhere
        label="签字盖章扫描件",
        error_messages={"required": "请选择签字盖章后的扫描件（PDF、JPG、PNG）", "empty": "文件是空的，请重新选择"},
    )  # fmt: skip


class UploadForm(forms.Form):
    """A filled-in sheet."""

    file = forms.FileField(
        label="填好的报量表",
        error_messages={"required": "请选择填好的报量表", "empty": "文件是空的，请重新选择"},
    )


class ApplyForm(forms.Form):
    """Which checked file is written, over which version."""

    upload = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class JudgeForm(forms.Form):
    """What is said of the ticked lines of a report."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    verdict = forms.ChoiceField(label="结论", choices=LineReview.choices)
    reasons = forms.MultipleChoiceField(
        label="退回原因", choices=ReturnReason.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    note = forms.CharField(label="意见", max_length=300, required=False)


class ReviewStepForm(forms.Form):
    """Opinion and, where the window is over, until when the unit may mend it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    opinion = forms.CharField(
        label="意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="填报单位会看到。",
    )  # fmt: skip
    until = forms.DateTimeField(
        label="重新开放至", required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "时间写成 2026-01-31 17:30"},
        help_text="填报截止以后退回的，必填。",
    )  # fmt: skip

    def asking(self, *, reopens: bool) -> ReviewStepForm:
        """As shown where a report is returned or opened again, which takes a reason; the other
        steps of a level take none."""
        self.fields["opinion"].required = True
        if reopens:
            self.fields["until"].required = True
            self.fields["until"].help_text = "在此之前填报单位可以修改，须再次逐级审核。"
        return self


class RoundForm(forms.Form):
    """A round of agreed quantities of one batch year."""

    batch = forms.CharField(label="批次代码", max_length=40)
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)
    choice_until = forms.DateTimeField(
        label="机构选择截止", input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "请填写时间", "invalid": "时间写成 2026-01-31 17:30"},
        help_text="在此之前医疗机构可以选择中选产品，未选择的按规则分配。",
    )  # fmt: skip
    unbound_levels = forms.MultipleChoiceField(
        label="不限厂牌的机构等级", choices=Organisation.Level.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="批次文件规定基层小机构不与厂牌绑定的，勾选等级并写明依据。",
    )  # fmt: skip
    unbound_clause = forms.CharField(label="不限厂牌依据", max_length=200, required=False)

    def __init__(self, *args: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_batch(self) -> Batch:
        found = visible_batches(self.known.scope).filter(code=self.cleaned_data["batch"].strip())
        batch: Batch | None = found.first()
        if batch is None:
            raise forms.ValidationError("没有这个代码的批次，请到“采购批次”核对")
        return batch


class ChoiceForm(forms.Form):
    """Shares in per cent: one field per product, groups of products of the own region."""

    def __init__(
        self, *args: Any, offered: Mapping[str, Sequence[Any]],
        chosen: Mapping[str, int], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.offered = offered
        for offers in offered.values():
            for each in offers:
                self.fields[f"share_{each.code}"] = forms.IntegerField(
                    label=each.code, min_value=0, max_value=100, required=False,
                    initial=chosen.get(each.code),
                    widget=forms.NumberInput(attrs={"class": "form-control", "aria-label": f"{each.code} 份额（%）"}),
                )  # fmt: skip

    def shares(self) -> dict[str, dict[str, int]]:
        """Group → product → per cent, of groups where anything was chosen."""
        found = {
            group: {each.code: self.cleaned_data.get(f"share_{each.code}") or 0 for each in offers}
            for group, offers in self.offered.items()
        }
        return {group: shares for group, shares in found.items() if any(shares.values())}


class ChoiceRowForm(forms.Form):
    """One row of the workbook of shares; groups and products are those on offer to the unit."""

    group = forms.CharField(
        label="品种代码", max_length=40, error_messages={"required": "请填写品种代码"}
    )
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, error_messages={"required": "请填写国家医保编码"}
    )
    share = forms.IntegerField(
        label="份额（%）", min_value=0, max_value=100, required=False,
        error_messages={"invalid": "份额是 0 至 100 的整数，不带百分号", "min_value": "份额不能小于 0",
                        "max_value": "份额不能大于 100"},
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Mapping[str, Sequence[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    def clean_group(self) -> str:
        group: str = self.cleaned_data["group"]
        if group not in self.offered:
            raise forms.ValidationError(f"本单位没有可选择的品种 {group}")
        return group

    def clean_product_code(self) -> str:
        code: str = self.cleaned_data["product_code"]
        offers = self.offered.get(self.cleaned_data.get("group", ""), ())
        if offers and code not in {each.code for each in offers}:
            raise forms.ValidationError(f"{code} 不是本地区这个品种的中选产品")
        return code


class SecondProductForm(forms.Form):
    """Which second product, and why not the standby one; products come with the page."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    product_code = forms.CharField(
        label="第二规产品", max_length=27, error_messages={"required": "请选择一个产品"}
    )
    reason_code = forms.ChoiceField(
        label="未选备供的原因", choices=[("", "选备供产品的不填"), *SecondReason.choices], required=False,
        error_messages=REQUIRED,
    )  # fmt: skip
    explanation = _text("说明", 500, required=False)
