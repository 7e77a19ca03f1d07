"""What people type about their lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from inbox.models import Announcement
from organisations.models import Organisation

Choices = Sequence[tuple[str, str]]


class ViewNameForm(forms.Form):
    name = forms.CharField(
        label="视图名称",
        max_length=60,
        error_messages={"required": "请给视图起个名称", "max_length": "名称不超过 60 个字"},
    )
    opens = forms.BooleanField(label="打开列表时默认显示", required=False)


class AnnouncementSearch(forms.Form):
    """Filters of lists of announcements; anything unknown is as if it were not there."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Announcement.Category.choices]
    )
    reading = forms.ChoiceField(
        label="阅读", required=False, choices=[("", "全部"), ("unread", "未读")]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class AnnouncementForm(forms.Form):
    """An announcement as it is written. Whom it is for: nothing chosen means all in one's sight."""

    title = forms.CharField(label="标题", max_length=120)
    category = forms.ChoiceField(label="类别", choices=Announcement.Category.choices)
    valid_until = forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="过后不再显示在列表和首页；留空为长期。",
    )
    body = forms.CharField(
        label="正文",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="空一行另起一段。文件在下面上传。",
    )
    kinds = forms.MultipleChoiceField(
        label="发给哪些机构",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != "platform"],
        help_text="不选为全部类别。",
    )
    area = forms.ChoiceField(
        label="限定地区", required=False, help_text="企业不分地区，选了企业即发给全部企业。"
    )
    batch_code = forms.ChoiceField(
        label="限定批次", required=False, help_text="只发给该批次协议的医疗机构和企业。"
    )
    is_public = forms.BooleanField(
        label="同时向社会公开", required=False, help_text="无须登录即可查看，不得写入业务数据。"
    )
    needs_receipt = forms.BooleanField(
        label="须阅读回执", required=False, help_text="未读的单位每天提醒一次，最多两周。"
    )
    is_pinned = forms.BooleanField(label="置顶", required=False)

    def __init__(self, *args: Any, areas: Choices, batches: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("area", areas), ("batch_code", batches)):
            self.fields[name].choices = [("", "不限"), *offered]  # type: ignore[attr-defined]


class AnnouncementNoteForm(forms.Form):
    """Why it is returned or withdrawn."""

    note = forms.CharField(label="理由", max_length=500, required=False)
