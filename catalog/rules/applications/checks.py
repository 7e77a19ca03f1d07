"""What is wrong with the values of an application taken together; nothing is mended silently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

Problems = dict[str, str]
"""By field; '' stands for the whole."""


def problems_of(
    kind: str, values: Mapping[str, str], before: Mapping[str, str], *, today: date
) -> Problems:
    """Every contradiction, by field. `values` and `before` are kept texts by field code."""
    found: Problems = {}
    if kind in ("new_product", "renewal", "registration_change"):
        _paper(kind, values, before, today, found)
    if kind in ("price", "linked_price"):
        _price(kind, values, before, today, found)
    if kind == "new_product":
        _category(values, found)
    if kind == "code" and values.get("code", "")[:1] != before.get("code", "")[:1]:
        found["code"] = "新编码与原编码的类别（首字母）不同，不是同一产品，请申报新增产品"
    if kind == "withdrawal" and values.get("stop_supply_on", "") < today.isoformat():
        found["stop_supply_on"] = f"最后供货日期不能早于今天（{today}）"
    changed = [code for code, text in values.items() if text != before.get(code, "")]
    if kind in ("specification", "code", "registration_change", "price") and not changed:
        found[""] = "与现有登记完全相同，没有需要变更的内容"
    return found


def _paper(
    kind: str, values: Mapping[str, str], before: Mapping[str, str], today: date, found: Problems
) -> None:
    issued, expires = values.get("issued_on", ""), values.get("expires_on", "")
    if issued > today.isoformat():
        found["issued_on"] = f"批准日期不能晚于今天（{today}）"
    if expires <= issued:
        found["expires_on"] = "有效期截止须晚于批准日期，请核对证件"
    elif expires <= today.isoformat():
        found["expires_on"] = "证件已经过期，请提交延续后的注册证"
    if kind != "renewal" or "expires_on" in found:
        return
    if before.get("expires_on") and expires <= before["expires_on"]:
        found["expires_on"] = (
            f"新证有效期须晚于现行登记的 {before['expires_on']}；有效期不变的请选“注册证内容变更”"
        )


def _price(
    kind: str, values: Mapping[str, str], before: Mapping[str, str], today: date, found: Problems
) -> None:
    price = Decimal(values["price"])
    if kind == "linked_price":
        if price > Decimal(values["linked_price"]):
            found["price"] = "联动后的挂网价不能高于所联动省份的价格"
        if values["linked_on"] > today.isoformat():
            found["linked_on"] = "该省价格尚未执行，请在执行后申报联动"
    if before.get("price") and price == Decimal(before["price"]):
        found["price"] = "与现行挂网价相同，没有需要调整的内容"


def _category(values: Mapping[str, str], found: Problems) -> None:
    drug = values.get("category") == "drug"
    if drug != (values.get("code", "")[:1] in ("X", "Z")):
        found["code"] = "编码与类别不一致：药品编码以 X 或 Z 开头，耗材以 C 开头"
    if drug != values.get("registration_number", "").startswith("国药准字"):
        found["registration_number"] = "注册证号与类别不一致：药品填“国药准字”，耗材填“械注”号"
