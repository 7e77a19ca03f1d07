"""Inspections, samples, reports, holds, editions of the catalogue's lists, and recalls."""

from __future__ import annotations

from datetime import date

from catalog.models import (
    CatalogueEdition,
    Conversion,
    EditionLine,
    Inspection,
    QualityHold,
    QualityReport,
    Sampling,
)
from organisations.models import Organisation
from procurement.models import Recall, RecallHolder
from tests.factories.catalog import group, product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import Parties, parties, regions

MADE = {"state_at": LONG_AGO, "state_by_name": "测试"}
DAY = date(2026, 3, 2)


def _area(of: Organisation) -> dict[str, object]:
    return {name: row for name, row in regions(of).items() if name != "pool"}


def _regulator(fields: dict[str, object]) -> dict[str, object]:
    regulator = fields.get("regulator") or organisation("regulator")
    return {
        "regulator": regulator, **_area(regulator), "recorded_at": LONG_AGO,  # type: ignore[arg-type]
        "recorded_by_name": "测试",
    }  # fmt: skip


def inspection(**fields: object) -> Inspection:
    values: dict[str, object] = {
        **_regulator(fields), "inspection_no": f"JC{number()}", "inspected_on": DAY,
        "coverage": "生产质量管理", "findings": "未见异常", "result": "pass",
    }  # fmt: skip
    values["enterprise"] = fields.get("enterprise") or organisation("enterprise")
    return Inspection.objects.create(**values | fields)


def sampling(**fields: object) -> Sampling:
    made = fields.get("product") or product()
    values: dict[str, object] = {
        **_regulator(fields), "sampling_no": f"CJ{number()}", "sampled_on": DAY, "lot_no": "L1",
        "paper_no": f"报告{number()}", "result": "pass", "product": made,
        "manufacturer": made.manufacturer,  # type: ignore[attr-defined]
    }  # fmt: skip
    values["drawn_from"] = fields.get("drawn_from") or values["manufacturer"]
    return Sampling.objects.create(**values | fields)


def quality_report(of: Parties | None = None, **fields: object) -> QualityReport:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "distributor": None, "report_no": f"ZL{number()}", "kind": "adverse",
        "severity": "usual", "occurred_on": DAY, "description": "皮疹", "reported_at": LONG_AGO,
        "reported_by_name": "测试", **MADE,
    }  # fmt: skip
    values["product"] = fields.get("product") or product(manufacturer=of.manufacturer)
    return QualityReport.objects.create(**values | fields)


def quality_hold(of: Organisation | None = None, **fields: object) -> QualityHold:
    """Of one institution, or of the whole region of an authority."""
    of = of or organisation()
    own = of.kind == "institution"
    made = fields.get("product") or product()
    values: dict[str, object] = {
        **_area(of), "hold_no": f"ZT{number()}", "product": made, "placed_by": of,
        "manufacturer": made.manufacturer,  # type: ignore[attr-defined]
        "institution": of if own else None, "area": None if own else of.region,
        "reason": "可疑不良反应", "placed_at": LONG_AGO, "placed_by_name": "测试", **MADE,
    }  # fmt: skip
    return QualityHold.objects.create(**values | fields)


def edition(**fields: object) -> CatalogueEdition:
    values: dict[str, object] = {
        "edition_no": f"BC{number()}", "kind": "substitutes", "title": "测试版次",
        "basis": "测试文件", "effective_from": date(2026, 4, 1), "proposed_at": LONG_AGO,
        "proposed_by_id": 0, "proposed_by_name": "测试", **MADE,
    }  # fmt: skip
    values["organisation"] = fields.get("organisation") or organisation("bureau")
    return CatalogueEdition.objects.create(**values | fields)


def edition_line(**fields: object) -> EditionLine:
    values: dict[str, object] = {"line_no": 1, "action": "add"}
    values["edition"] = fields.get("edition") or edition()
    values["product"] = fields.get("product") or product()
    values["group"] = fields.get("group") or group()
    return EditionLine.objects.create(**values | fields)


def conversion(**fields: object) -> Conversion:
    values: dict[str, object] = {"base_units_per_pack": 14}
    values["product"] = fields.get("product") or product()
    return Conversion.objects.create(**values | fields)


def recall(**fields: object) -> Recall:
    made = fields.get("product") or product()
    values: dict[str, object] = {
        "recall_no": f"ZH{number()}", "product": made, "lots": ["L1"], "level": "2",
        "manufacturer": made.manufacturer, "opened_by": made.manufacturer,  # type: ignore[attr-defined]
        "reason": "溶出度不合格", "instruction": "停止使用，封存待退", "due_at": LONG_AGO,
        "opened_at": LONG_AGO, "opener_name": "测试", **MADE,
    }  # fmt: skip
    return Recall.objects.create(**values | fields)


def recall_holder(of: Parties | None = None, **fields: object) -> RecallHolder:
    of = of or parties()
    made = fields.get("recall") or recall(product=product(manufacturer=of.manufacturer))
    values: dict[str, object] = {
        **of.stamps(), "recall": made, "product": made.product, "lot_no": "L1",  # type: ignore[attr-defined]
        "received_packs": 10, "returned_packs": 0, **MADE,
    }  # fmt: skip
    return RecallHolder.objects.create(**values | fields)
