"""Why nothing was found, and what may have been meant."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection, transaction

from catalog.models import Product, Registration
from catalog.queries.product_search import typed_words
from catalog.queries.visible import visible_products
from catalog.rules.code_segments import (
    as_code,
    form_problem,
    is_meant_as_code,
    is_near,
    swapped_letters,
    unknown_from,
)
from organisations.queries.scope import Scope

ALIKE = 5
LEAST_ALIKE = 0.25


@dataclass(frozen=True)
class NotFound:
    """Reasons in words, and products that may have been meant, the likeliest first."""

    reasons: list[str]
    alike: list[Product] = field(default_factory=list)


def explain_not_found(scope: Scope, text: str) -> NotFound:
    """For a search without result: what is wrong with a code, else names that are alike."""
    words = typed_words(text)
    whole = "".join(words)
    if not whole or not scope.is_business:
        return NotFound([])
    if is_meant_as_code(whole):
        return _by_code(scope, as_code(whole))
    reasons = [
        "目录中没有这样的产品：名称、拼音首字母、编码、挂网ID、注册证号、企业和品种都没有对得上的"
    ]
    papers = Registration.objects.filter(number__iexact=whole).select_related("manufacturer")
    reasons += [
        f"注册证 {paper.number}（{paper.manufacturer.name}）已登记，但没有关联挂网产品：请该企业提交挂网或关联申请"
        for paper in papers[:1]
    ]
    if len(words) > 1:
        reasons.append("几个词须同时对上同一个产品；可以只留一个词再找")
    reasons.append("尚未挂网的产品不在目录中：请生产企业提交挂网申请，由省级采购服务中心办理")
    return NotFound(reasons, alike_by_name(scope, max(words, key=len)))


def alike_by_name(scope: Scope, words: str, most: int = ALIKE) -> list[Product]:
    """Products whose names share most with the words."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LEAST_ALIKE)]
        )
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "SELECT id FROM (SELECT id, similarity(name, %s) AS alike, code FROM catalog_product"
            " WHERE name %% %s) f ORDER BY alike DESC, code LIMIT %s",
            [words, words, most],
        )
        ids = [row[0] for row in cursor.fetchall()]
    found = visible_products(scope).select_related("group", "manufacturer").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def explain_code(scope: Scope, text: str) -> list[str]:
    """What is wrong with a code that no product has; two look-ups in the index."""
    code = as_code(text)
    wrong = form_problem(code)
    said = [f"医保编码书写有误：{wrong}"] if wrong else []
    mended = swapped_letters(code)
    rows = visible_products(scope)
    if mended and rows.filter(code=mended).exists():
        said.append(f"是否把数字 0、1 写成了字母 O、I？目录中有 {mended}")
    elif near := _neighbours(scope, code):
        where = unknown_from(code, near)
        if where and not (wrong and len(code) < 20):
            said.append(where)
    if not wrong:
        said.append(
            f"编码 {code} 的写法没有问题，但没有挂网：请生产企业提交挂网申请，或核对是否已换新编码"
        )
    return said


def _by_code(scope: Scope, code: str) -> NotFound:
    near = _neighbours(scope, code)
    rows = visible_products(scope).select_related("group", "manufacturer")
    near = [each for each in near if is_near(code, each)]
    found = {product.code: product for product in rows.filter(code__in=near)}
    mended = swapped_letters(code)
    if mended:
        found |= {p.code: p for p in rows.filter(code=mended)}
        near = [mended, *near]
    return NotFound(
        explain_code(scope, code), [found[each] for each in dict.fromkeys(near) if each in found]
    )


def _neighbours(scope: Scope, code: str) -> list[str]:
    """The codes next to it in order: one of them has the longest common beginning."""
    rows = visible_products(scope)
    before = rows.filter(code__lt=code).order_by("-code").values_list("code", flat=True)[:1]
    after = rows.filter(code__gt=code).order_by("code").values_list("code", flat=True)[:1]
    return [*before, *after]
