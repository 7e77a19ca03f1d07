"""What is typed about an action: drafting, taking, the words of a step, minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from catalog.forms.quality import DAY, say_what_is_missing
from complaints.queries.visible import visible_complaints
from monitoring.forms import SeenVersion
from monitoring.models import SupervisionAction, Warning
from monitoring.queries.actions import invitable, open_subjects, visible_actions
from monitoring.queries.visible import visible_warnings
from monitoring.states.action_kinds import KINDS
from organisations.queries.scope import Scope

KIND_CHOICES = [("", "请选择"), *((code, kind.label) for code, kind in KINDS.items())]
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ActionDraftForm(forms.Form):
    """An officer drafts: everything named is looked for among what the officer sees."""

    subject = forms.CharField(
        label="对象代码", max_length=40, help_text="医疗机构或企业的机构代码。"
    )
    kind = forms.ChoiceField(label="措施", choices=KIND_CHOICES)
    warnings = forms.CharField(
        label="关联预警编号", max_length=2000, required=False, widget=_words(2),
        help_text="可填多条，用空格、逗号或换行分开；须是同一对象的预警。",
    )  # fmt: skip
    complaint = forms.CharField(label="关联诉求编号", max_length=60, required=False)
    former = forms.CharField(label="上一步措施编号", max_length=40, required=False)
    matter = forms.CharField(
        label="事由",
        max_length=4000,
        widget=_words(5),
        help_text="什么问题、依据什么数据；写入函件。",
    )
    demand = forms.CharField(label="整改要求", max_length=4000, widget=_words(3), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        for name in ("warnings", "matter", "demand"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_subject(self) -> Any:
        code = self.cleaned_data["subject"].strip()
        found = (
            open_subjects(self.scope).select_related("region__parent__parent").filter(code=code)
        ).first()
        if found is None:
            raise forms.ValidationError(
                f"辖区内没有代码为“{code}”的医疗机构，也没有这家企业，请核对代码"
            )
        return found

    def clean_warnings(self) -> list[Warning]:
        numbers = self.cleaned_data["warnings"].replace(",", " ").replace("，", " ").split()
        found = {
            row.warning_no: row
            for row in visible_warnings(self.scope).filter(warning_no__in=numbers)
        }
        missing = [each for each in numbers if each not in found]
        if missing:
            raise forms.ValidationError(f"没有编号为“{missing[0]}”的预警，请核对编号")
        return [found[each] for each in dict.fromkeys(numbers)]

    def clean_complaint(self) -> Any:
        return self._one(visible_complaints(self.scope), "complaint", "complaint_no", "诉求")

    def clean_former(self) -> Any:
        return self._one(visible_actions(self.scope), "former", "action_no", "监管措施")

    def _one(self, rows: Any, name: str, field: str, what: str) -> Any:
        number = self.cleaned_data[name].strip()
        if not number:
            return None
        found = rows.filter(**{field: number}).first()
        if found is None:
            raise forms.ValidationError(f"没有编号为“{number}”的{what}，请核对编号")
        return found


class ActionTakeForm(SeenVersion):
    """What the officer decides when taking it; which of the fields count depends on the kind."""

    kind = forms.ChoiceField(label="措施", choices=KIND_CHOICES)
    due_on = forms.DateField(
        label="整改期限", required=False, widget=DAY,
        help_text="不填按省级设定的整改工作日；不要求答复的措施留空。",
    )  # fmt: skip
    matter = forms.CharField(label="事由", max_length=4000, widget=_words(5))
    demand = forms.CharField(label="整改要求", max_length=4000, widget=_words(3))
    meeting_at = forms.DateTimeField(
        label="会议时间",
        required=False,
        widget=MOMENT,
        help_text="约谈、告诫、督导、联合约谈填写。",
    )
    meeting_place = forms.CharField(label="会议地点", max_length=200, required=False)
    invited: Any = forms.ModelMultipleChoiceField(
        label="参加或接收单位", queryset=None, required=False, to_field_name="code",
        help_text="联合约谈须选卫健委，移交线索须选纪检监察；可多选。",
    )  # fmt: skip
    effective_from = forms.DateField(
        label="起始日期", required=False, widget=DAY,
        help_text="报量风险提示、减少约定采购量、暂停直接结算填写。",
    )  # fmt: skip
    effective_to = forms.DateField(
        label="终止日期", required=False, widget=DAY, help_text="期满自行终止。"
    )

    def __init__(self, *args: Any, scope: Scope, of: SupervisionAction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["invited"]
        chosen.queryset = invitable(scope)
        side = "institution" if of.institution_id else "enterprise"
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            (code, kind.label)
            for code, kind in KINDS.items()
            if side in kind.of and (scope.region_level == "province" or not kind.province_only)
        ]
        for name in ("matter", "demand"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_meeting_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["meeting_at"]
        return timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at


class ActionWordsForm(SeenVersion):
    """The words of a step: an answer, a judgement, a reason."""

    words = forms.CharField(max_length=4000, widget=_words(4))

    def __init__(self, *args: Any, label: str = "意见", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        say_what_is_missing(self)


class ActionMinutesForm(SeenVersion):
    attendees = forms.CharField(label="参加人员", max_length=1000, widget=_words(2))
    minutes = forms.CharField(label="纪要内容", max_length=8000, widget=_words(6))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class BulkDismissForm(forms.Form):
    """One reason for all of the chosen proposals."""

    note = forms.CharField(
        label="不予采取的理由（写入所选的每一项）", max_length=2000, widget=_words(3)
    )
