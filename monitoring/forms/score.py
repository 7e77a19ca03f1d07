"""What is typed about a score: an appeal, the ruling on it, the measure that is proposed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import say_what_is_missing
from core.numbers.typed import TypedNumber
from monitoring.forms import SeenVersion
from monitoring.models import SupplyScore
from monitoring.states.action_kinds import KINDS
from monitoring.states.score import STEPS_OF, Part


class ScoreAppealForm(forms.Form):
    part = forms.ChoiceField(label="申诉项目", choices=[("", "请选择"), *Part.choices])
    claim = forms.CharField(
        label="申诉理由", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明哪些数据不对、应为多少；佐证材料必传。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class ScoreProposeForm(forms.Form):
    """Only the kinds that the grade gives reason for."""

    kind = forms.ChoiceField(label="措施")

    def __init__(self, *args: Any, score: SupplyScore, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", "请选择")] + [
            (code, KINDS[code].label) for code in STEPS_OF.get(score.grade, ())
        ]
        say_what_is_missing(self)


class AppealUpholdForm(SeenVersion):
    numerator = TypedNumber(
        label="更正后的分子", min_value=Decimal(0), max_digits=28, decimal_places=8
    )
    denominator = TypedNumber(
        label="更正后的分母", min_value=Decimal(0), max_digits=28, decimal_places=8
    )
    note = forms.CharField(
        label="裁定意见", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明核实情况和更正依据，企业可见。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)


class AppealRejectForm(SeenVersion):
    note = forms.CharField(
        label="裁定意见", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明核实情况和不予更正的理由，企业可见。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)
