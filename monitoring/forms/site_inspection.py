"""What is typed about a 督导检查: the plan, the results of each item, answers and judgements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.forms.quality import DAY, say_what_is_missing
from monitoring.forms import SeenVersion
from monitoring.models import SiteInspection, SiteInspectionItem
from monitoring.queries.actions import open_subjects, visible_actions
from monitoring.queries.site_inspections import items_of, to_mend
from monitoring.rules.inspection import Found
from monitoring.states.site_inspection import ItemResult
from organisations.models import Organisation
from organisations.queries.scope import Scope

RESULTS = [("", "请选择"), *ItemResult.choices]
VERDICTS = [("", "请选择"), ("yes", "整改到位"), ("no", "整改不到位")]


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class InspectionPlanForm(forms.Form):
    """An officer plans: everything named is looked for among what the officer sees."""

    name = forms.CharField(label="任务名称", max_length=100)
    subjects = forms.CharField(
        label="被检查单位代码", max_length=2000, widget=_words(2),
        help_text="医疗机构或企业的机构代码；可填多家，用空格、逗号或换行分开，最多 50 家。",
    )  # fmt: skip
    planned_on = forms.DateField(label="计划日期", widget=DAY)
    inspectors = forms.CharField(label="检查人员", max_length=500, help_text="姓名用顿号分开。")
    announced = forms.BooleanField(
        label="事先通知", required=False, initial=True,
        help_text="不勾选的，反馈之前被检查单位看不到这项检查。",
    )  # fmt: skip
    action = forms.CharField(
        label="所依措施编号",
        max_length=40,
        required=False,
        help_text="依督导、约谈等在办措施检查的填写。",
    )
    matter = forms.CharField(label="检查事由", max_length=4000, widget=_words(3))
    items = forms.CharField(
        label="检查内容", max_length=12000, required=False, widget=_words(7),
        help_text="一行一项，最多 40 项；不填用该类单位的标准清单。",
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        for name in ("subjects", "matter", "items"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_subjects(self) -> list[Organisation]:
        typed = self.cleaned_data["subjects"].replace(",", " ").replace("，", " ").split()
        codes = list(dict.fromkeys(typed))
        rows = open_subjects(self.scope).select_related("region__parent__parent")
        found = {each.code: each for each in rows.filter(code__in=codes)}
        missing = [code for code in codes if code not in found]
        if missing:
            raise forms.ValidationError(
                f"辖区内没有代码为“{missing[0]}”的医疗机构，也没有这家企业，请核对代码"
            )
        return [found[code] for code in codes]

    def clean_action(self) -> Any:
        number = self.cleaned_data["action"].strip()
        if not number:
            return None
        found = visible_actions(self.scope).filter(action_no=number).first()
        if found is None:
            raise forms.ValidationError(f"没有编号为“{number}”的监管措施，请核对编号")
        return found

    def clean_items(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]


class InspectionWordsForm(SeenVersion):
    note = forms.CharField(label="原因", max_length=4000, widget=_words(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class InspectionDayForm(InspectionWordsForm):
    planned_on = forms.DateField(label="新的日期", widget=DAY)
    field_order = ("planned_on", "note")


class InspectionFeedBackForm(SeenVersion):
    due_on = forms.DateField(
        label="整改期限", required=False, widget=DAY,
        help_text="不填按省级设定的整改工作日；没有发现问题的留空。",
    )  # fmt: skip
    conclusion = forms.CharField(
        label="反馈意见", max_length=4000, widget=_words(4), help_text="写入反馈意见书。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class _OfItems(SeenVersion):
    """Fields for each item of one inspection, named by the item's number."""

    def __init__(self, *args: Any, of: SiteInspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(self.chosen(of))
        for each in self.items:
            self.add(each)

    def chosen(self, of: SiteInspection) -> Iterable[SiteInspectionItem]:
        return to_mend(of)

    def add(self, item: SiteInspectionItem) -> None:
        raise NotImplementedError


class InspectionVisitForm(_OfItems):
    """Day and people first, then three fields for each item."""

    visited_on = forms.DateField(label="检查日期", widget=DAY)
    present = forms.CharField(label="在场人员", max_length=500, help_text="被检查单位的陪同人员。")
    visit_note = forms.CharField(label="检查情况", max_length=4000, widget=_words(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visit_note"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)
        for each in self.items:
            self.fields[f"result_{each.seq}"].error_messages["required"] = (
                f"请选择第 {each.seq} 项的检查结果"
            )

    def chosen(self, of: SiteInspection) -> Iterable[SiteInspectionItem]:
        return items_of(of)

    def add(self, item: SiteInspectionItem) -> None:
        result = forms.ChoiceField(label=f"{item.seq}. {item.matter}", choices=RESULTS)
        result.wide = True  # type: ignore[attr-defined]
        self.fields[f"result_{item.seq}"] = result
        for name, label in (("finding", "发现的问题"), ("demand", "整改要求")):
            self.fields[f"{name}_{item.seq}"] = forms.CharField(
                label=f"第 {item.seq} 项{label}", max_length=2000, required=False, widget=_words(2)
            )

    def found(self) -> dict[int, Found]:
        """What was typed, by the item's number."""
        data = self.cleaned_data
        return {
            each.seq: Found(
                data[f"result_{each.seq}"], data[f"finding_{each.seq}"], data[f"demand_{each.seq}"]
            )
            for each in self.items
        }


class InspectionAnswerForm(_OfItems):
    def add(self, item: SiteInspectionItem) -> None:
        name = f"answer_{item.seq}"
        self.fields[name] = forms.CharField(
            label=f"第 {item.seq} 项整改情况", max_length=2000, widget=_words(3),
            initial=item.answer, help_text=f"问题：{item.finding}；要求：{item.demand}",
        )  # fmt: skip
        self.fields[name].error_messages["required"] = f"请填写第 {item.seq} 项的整改情况"

    def answers(self) -> dict[int, str]:
        return {each.seq: self.cleaned_data[f"answer_{each.seq}"] for each in self.items}


class InspectionJudgeForm(_OfItems):
    note = forms.CharField(label="核实意见", max_length=4000, widget=_words(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(f"verdict_{each.seq}" for each in self.items), "note"])
        self.fields["note"].wide = True  # type: ignore[attr-defined]
        self.fields["note"].error_messages["required"] = "请填写核实意见"

    def add(self, item: SiteInspectionItem) -> None:
        name = f"verdict_{item.seq}"
        self.fields[name] = forms.ChoiceField(
            label=f"第 {item.seq} 项", choices=VERDICTS, help_text=f"整改情况：{item.answer}"
        )
        self.fields[name].error_messages["required"] = f"请认定第 {item.seq} 项是否整改到位"

    def verdicts(self) -> dict[int, bool]:
        return {each.seq: self.cleaned_data[f"verdict_{each.seq}"] == "yes" for each in self.items}
