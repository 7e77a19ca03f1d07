"""What is typed about delivery relations."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from catalog.models import Batch, Product
from contracts.models import DeliveryRelation
from contracts.operations.relations import Pointing, point_fault
from contracts.queries import pointing
from contracts.queries.distributor_search import barred
from organisations.models import Organisation, Pool, Region
from organisations.queries.scope import Scope

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PointForm(forms.Form):
    """Own products (by code, or all of a batch) × pools, one distributor."""

    batch_code = forms.ChoiceField(
        label="批次", required=False,
        help_text="不填产品编码时，点选本企业在这一批次的全部中选（备供）产品。",
    )  # fmt: skip
    product_codes = forms.CharField(
        label="国家医保编码", required=False, max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="每行一个；只能是本企业的产品。",
    )  # fmt: skip
    distributor_code = forms.CharField(
        label="配送企业信用代码", max_length=18,
        help_text="不知道代码，或点选不到，请用“查找配送企业”：会说明原因。",
    )  # fmt: skip
    pool_codes = forms.MultipleChoiceField(
        label="统筹区", widget=forms.CheckboxSelectMultiple, help_text="可选多个。"
    )
    county_code = forms.CharField(
        label="限于县（市、区）", required=False, max_length=6,
        help_text="6 位行政区划代码；不填为整个统筹区。",
    )  # fmt: skip
    valid_from = forms.DateField(label="生效日期", widget=DAY)
    valid_until = forms.DateField(
        label="终止日期", required=False, widget=DAY, help_text="当天起不再配送；不填为长期。"
    )
    replaces_no = forms.CharField(
        label="更换的配送关系编号", required=False, max_length=24,
        help_text="更换配送企业时填写；新关系确认后，原关系在新关系生效日终止，已发订单不变。",
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        offered = [("", "（不限批次）")]
        offered += list(pointing.own_batches(scope).values_list("code", "name"))
        batch, places = self.fields["batch_code"], self.fields["pool_codes"]
        assert isinstance(batch, forms.ChoiceField)
        assert isinstance(places, forms.MultipleChoiceField)
        batch.choices = offered
        self.pools = pointing.pools(scope)
        places.choices = [(code, pool.name) for code, pool in self.pools.items()]

    def clean_distributor_code(self) -> Organisation:
        code = self.cleaned_data["distributor_code"].strip()
        found = pointing.enterprises(self.scope, [code]).get(code)
        if found is None:
            raise forms.ValidationError(
                "没有这个信用代码的企业：请核对 18 位代码，或用“查找配送企业”看原因"
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        codes = given.get("batch_code") or ""
        batch = pointing.batches(self.scope, [codes]).get(codes) if codes else None
        given["products"] = self._products(given, batch)
        given["batch"] = batch
        given["county"] = self._county(given)
        given["replaces"] = self._replaces(given)
        return given

    def _products(self, given: dict[str, Any], batch: Batch | None) -> list[Product]:
        codes = list(dict.fromkeys(re.findall(r"\S+", given.get("product_codes") or "")))
        if not codes and batch is None:
            self.add_error("product_codes", "请填写产品编码，或选择批次")
            return []
        if not codes and batch is not None:
            return pointing.won_products(self.scope, batch)
        found = pointing.own_products(self.scope, codes)
        missing = [code for code in codes if code not in found]
        if missing:
            shown = "、".join(missing[:5])
            self.add_error("product_codes", f"不是本企业的产品：{shown}，请核对编码")
        return list(found.values())

    def _county(self, given: dict[str, Any]) -> Region | None:
        code = (given.get("county_code") or "").strip()
        if not code:
            return None
        if len(given.get("pool_codes") or []) != 1:
            self.add_error("county_code", "限于一个县时，只选它所在的一个统筹区")
        found = pointing.counties(self.scope, [code]).get(code)
        if found is None:
            self.add_error("county_code", "没有这个区划代码的县（市、区）")
        return found

    def _replaces(self, given: dict[str, Any]) -> DeliveryRelation | None:
        number = (given.get("replaces_no") or "").strip()
        if not number:
            return None
        found = pointing.to_replace(self.scope, number)
        if found is None:
            self.add_error("replaces_no", "没有这个编号的、本企业的配送关系")
        return found

    def pointings(self) -> list[Pointing]:
        """One for each product and pool."""
        given = self.cleaned_data
        return [
            Pointing(
                product=product, distributor=given["distributor_code"], pool=self.pools[code],
                county=given["county"], valid_from=given["valid_from"],
                valid_until=given["valid_until"], batch=given["batch"],
                replaces=given["replaces"],
            )
            for product in given["products"]
            for code in given["pool_codes"]
        ]  # fmt: skip


class RelationStepForm(forms.Form):
    """A step on one relation with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RefuseRelationForm(RelationStepForm):
    words = forms.CharField(
        label="拒绝原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class EndRelationForm(RelationStepForm):
    ends = forms.DateField(
        label="终止日期", widget=DAY, help_text="当天起不再配送；已发的订单仍由原企业配送。"
    )
    words = forms.CharField(
        label="终止原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class BulkRefusalForm(forms.Form):
    words = forms.CharField(
        label="拒绝原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class PointRowForm(forms.Form):
    """One row of the sheet; codes are looked up by whoever reads the sheet."""

    product_code = forms.CharField(label="国家医保编码", max_length=40)
    distributor_code = forms.CharField(label="配送企业信用代码", max_length=18)
    pool_code = forms.CharField(label="统筹区代码", max_length=20)
    county_code = forms.CharField(label="县代码", max_length=6, required=False)
    batch_code = forms.CharField(label="批次代码", max_length=40, required=False)
    valid_from = forms.DateField(label="生效日期")
    valid_until = forms.DateField(label="终止日期", required=False)

    def __init__(self, *args: Any, known: RowNames, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        look = self.known
        found: dict[str, Any] = {}
        for name, rows, why in (
            ("product_code", look.products, "不是本企业的产品，请核对编码"),
            (
                "distributor_code",
                look.distributors,
                "没有这个信用代码的企业，请核对，或用“查找配送企业”看原因",
            ),
            ("pool_code", look.pools, "没有这个代码的统筹区"),
            ("county_code", look.counties, "没有这个区划代码的县（市、区）"),
            ("batch_code", look.batches, "没有这个代码的批次"),
        ):
            code = given.get(name)
            found[name] = rows.get(code) if code else None
            if code and found[name] is None:
                self.add_error(name, why)
        if not self.errors:
            given["pointing"] = Pointing(
                product=found["product_code"], distributor=found["distributor_code"],
                pool=found["pool_code"], county=found["county_code"], batch=found["batch_code"],
                valid_from=given["valid_from"], valid_until=given["valid_until"],
            )  # fmt: skip
            fault = point_fault(given["pointing"], look.scope, look.barred)
            if fault:
                self.add_error(ROW_FIELDS.get(fault[0]), fault[1])
        return given


ROW_FIELDS = {
    "product": "product_code", "distributor": "distributor_code", "county": "county_code",
    "valid_from": "valid_from", "valid_until": "valid_until",
}  # fmt: skip


class RowNames:
    """What the codes of a sheet stand for, looked up in five queries."""

    def __init__(self, scope: Scope, rows: list[dict[str, str]]) -> None:
        def codes(name: str) -> set[str]:
            return {row.get(name, "") for row in rows} - {""}

        self.scope = scope
        self.products: dict[str, Product] = pointing.own_products(scope, codes("product_code"))
        self.distributors = pointing.enterprises(scope, codes("distributor_code"))
        self.barred = barred(self.distributors.values(), scope.on)
        self.pools: dict[str, Pool] = pointing.pools(scope, codes("pool_code"))
        self.counties = pointing.counties(scope, codes("county_code"))
        self.batches = pointing.batches(scope, codes("batch_code"))
