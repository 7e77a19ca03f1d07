"""Editing an office's guide, and searching all of them."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from organisations.models import GuideFile

PHONE_LINE = re.compile(r"^(?P<label>.{1,30}?)[：:]\s*(?P<number>[0-9+() -]{5,30})$")
MOST_PHONES = 10
KINDS = (("", "全部"), ("bureau", "医保局"), ("procurement_centre", "采购服务中心"))


class GuideSearch(forms.Form):
    """What the public search takes; anything else is as if it were not there."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    area = forms.RegexField(r"^[0-9]{6}\Z", label="地区", required=False)
    kind = forms.ChoiceField(label="机构", required=False, choices=KINDS)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class ContactsForm(forms.Form):
    """Address, phones and hours of the own office."""

    address = forms.CharField(label="地址", max_length=200)
    hours = forms.CharField(
        label="办公时间", max_length=200, help_text="如：工作日 9:00—12:00，13:30—17:00。"
    )
    phones = forms.CharField(
        label="电话",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个：用途：号码。只写办公电话，不写个人手机。",
    )
    transport = forms.CharField(label="交通", max_length=300, required=False)
    note = forms.CharField(
        label="说明", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_phones(self) -> list[dict[str, str]]:
        """Lines as {label, number}; a line that is neither is named."""
        found = []
        for number, line in enumerate(self.cleaned_data["phones"].splitlines(), start=1):
            if not line.strip():
                continue
            match = PHONE_LINE.match(line.strip())
            if match is None:
                raise forms.ValidationError(
                    f"第 {number} 行应写作“用途：号码”，如“业务咨询：0791-00000000”"
                )
            found.append({"label": match["label"].strip(), "number": match["number"].strip()})
        if len(found) > MOST_PHONES:
            raise forms.ValidationError(f"最多 {MOST_PHONES} 个电话")
        return found


class ServiceForm(forms.Form):
    """One service: who may, what to bring, the steps."""

    name = forms.CharField(label="事项", max_length=100)
    audience = forms.CharField(label="办理对象", max_length=200, required=False)
    time_limit = forms.CharField(label="办理时限", max_length=100, required=False)
    position = forms.IntegerField(
        label="顺序", min_value=0, max_value=999, initial=0, help_text="数小的排在前面。"
    )
    steps = forms.CharField(
        label="办理步骤",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一步。",
    )
    materials = forms.CharField(
        label="所需材料",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一项。",
    )


class ReceptionDayForm(forms.Form):
    """One day of reception."""

    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}))
    opens = forms.TimeField(label="开始", widget=forms.TimeInput(attrs={"type": "time"}))
    closes = forms.TimeField(label="结束", widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label="地点", max_length=200)
    topic = forms.CharField(label="接待内容", max_length=200, required=False)


class CancelDayForm(forms.Form):
    """Why a day of reception is called off."""

    note = forms.CharField(label="取消原因", max_length=200)


class GuideFileForm(forms.Form):
    """A form or manual; the file itself is taken from the upload control."""

    title = forms.CharField(label="名称", max_length=100)
    kind = forms.ChoiceField(label="种类", choices=GuideFile.Kind.choices)


def contacts_initial(guide: Any) -> dict[str, str]:
    """The guide as its form shows it."""
    lines = "\n".join(f"{phone['label']}：{phone['number']}" for phone in guide.phones)
    return {
        "address": guide.address,
        "hours": guide.hours,
        "phones": lines,
        "transport": guide.transport,
        "note": guide.note,
    }
