"""The figures that stand in a bulletin's words, each with the frozen inputs that it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from monitoring.models import Bulletin, BulletinLine
from monitoring.queries.bulletin_period import period_before, period_words
from monitoring.queries.bulletin_sums import Ratio, Subject, Sums, change_words, percent_words

RATES = {
    "签约率": "signing_rate", "完成率": "completion_rate", "金额完成率": "completion_amount_rate",
    "非中选占比": "non_selected_share", "集采金额占比": "selected_amount_share",
    "响应率": "response_rate", "及时率": "on_time_rate", "收货逾期率": "receipt_overdue_rate",
    "结清率": "payment_on_time_rate", "解决率": "resolve_on_time_rate",
    "考核合格率": "assessment_pass_rate",
}  # fmt: skip
CHANGES = {
    "完成率变化": "completion_rate", "金额完成率变化": "completion_amount_rate",
    "及时率变化": "on_time_rate",
}  # fmt: skip
BEHIND = "behind_schedule_rate"
EDGE = 3


@dataclass(frozen=True)
class Figure:
    """What is printed for a placeholder, and which inputs it opens to ('' = none of them)."""

    name: str
    words: str
    query: str = ""


@dataclass(frozen=True)
class Sight:
    """Whom a bulletin is of: the whole, the level below it, and the lines that were not struck."""

    whole: Subject
    below: str
    sums: Sums
    lines: list[BulletinLine]


def number_on(bulletin: Bulletin, key: str) -> Decimal:
    """A policy value as it stood when the draft was made: kept with the draft, never read anew."""
    return Decimal(bulletin.figures_from["values"][key])


def sight_of(bulletin: Bulletin) -> Sight:
    """Reads inputs and lines; two queries."""
    frozen = bulletin.figures_from
    return Sight(
        whole=Subject("city" if bulletin.city_id else "province", frozen["code"], frozen["region"]),
        below="county" if bulletin.city_id else "city",
        sums=Sums(bulletin),
        lines=list(bulletin.lines.filter(removed=False).order_by("line_no")),
    )


def figures_of(bulletin: Bulletin, sight: Sight) -> list[Figure]:
    """Every placeholder of `monitoring.rules.bulletin_text.FIGURES`, in that order."""
    sums, whole = sight.sums, sight.whole
    before = period_before(bulletin.period_from, bulletin.period_to)
    found = {
        "期间": Figure("期间", period_words(bulletin.period_from, bulletin.period_to)),
        "上期": Figure("上期", period_words(*before)),
        "范围": Figure("范围", "全省" if bulletin.city_id is None else "全市"),
        "批次数": Figure("批次数", str(len(sums.batches)), _query("completion_rate", whole.kind)),
        "机构数": Figure(
            "机构数", str(_holders(sums)), _query("completion_rate", "institution")
        ),
        "达标比例": Figure("达标比例", _on_schedule(sums, whole), _query(BEHIND, whole.kind)),
        "最高地区": _edge("最高地区", sight, highest=True),
        "最低地区": _edge("最低地区", sight, highest=False),
        "及时率标准": Figure("及时率标准", percent_words(number_on(bulletin, "on_time_rate_min"))),
    }  # fmt: skip
    for name, indicator in RATES.items():
        ratio = sums.ratio(indicator, whole.kind, whole.code)
        found[name] = Figure(name, ratio.words, _query(indicator, whole.kind))
    for name, indicator in CHANGES.items():
        now = sums.ratio(indicator, whole.kind, whole.code)
        then = sums.ratio(indicator, whole.kind, whole.code, before=True)
        found[name] = Figure(name, change_words(now, then), _query(indicator, whole.kind))
    found |= _counts(sight.lines)
    return list(found.values())


def _counts(lines: Iterable[BulletinLine]) -> dict[str, Figure]:
    units = {each.subject_code for each in lines if each.subject_type in ("institution", "pool")}
    firms = {
        each.subject_code for each in lines if each.subject_type in ("manufacturer", "distributor")
    }
    again = {each.subject_code for each in lines if each.remark}
    return {
        name: Figure(name, str(len(codes)), "lines")
        for name, codes in (("机构名单数", units), ("企业名单数", firms), ("连续企业数", again))
    }


def _holders(sums: Sums) -> int:
    """Institutions with an agreed quantity in the period."""
    return sum(
        1 for each in sums.subjects("institution")
        if sums.ratio("completion_rate", "institution", each.code).denominator
    )  # fmt: skip


def on_schedule(sums: Sums, kind: str, code: str, *, batch: str = "") -> Ratio:
    """Assessed pairs that are not behind the time progress ÷ assessed pairs."""
    behind = sums.ratio(BEHIND, kind, code, batch=batch)
    return Ratio(behind.denominator - behind.numerator, behind.denominator)


def _on_schedule(sums: Sums, whole: Subject) -> str:
    return on_schedule(sums, whole.kind, whole.code).words


def _edge(name: str, sight: Sight, *, highest: bool) -> Figure:
    rated: list[tuple[Decimal, Subject]] = []
    for each in sight.sums.subjects(sight.below):
        value = sight.sums.ratio("completion_rate", sight.below, each.code).value
        if value is not None:
            rated.append((value, each))
    # The same share: the lower code first, whichever end is read.
    rated.sort(key=lambda pair: (-pair[0] if highest else pair[0], pair[1].code))
    words = "、".join(f"{each.name}（{percent_words(value)}）" for value, each in rated[:EDGE])
    return Figure(name, words or "—", _query("completion_rate", sight.below))


def _query(indicator: str, subject_type: str) -> str:
    return urlencode({"indicator": indicator, "subject_type": subject_type})


def recipients_words(bulletin: Bulletin) -> str:
    """主送机关, by the issuer's level."""
    below = "各县（市、区）医疗保障局" if bulletin.city_id else "各设区市医疗保障局"
    if bulletin.is_joint:
        below += "、卫生健康委"
    if bulletin.kind == "enterprise":
        return f"{below}，有关企业"
    return f"{below}，有关医疗机构、企业"


def signed_by(bulletin: Bulletin) -> tuple[str, ...]:
    """署名, the host first; by the names of their time."""
    frozen = bulletin.figures_from
    return tuple(each for each in (frozen["issuer"], frozen.get("countersigner", "")) if each)
