"""What a bulletin's page shows: its text with each figure opened, who holds it, what may be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitoring.documents.bulletin_texts import WORDINGS
from monitoring.models import Bulletin
from monitoring.queries.bulletin_figures import Figure
from monitoring.queries.bulletins import visible_bulletin_templates
from monitoring.rules.bulletin_text import FIGURES, TABLES, text_lines
from organisations.queries.scope import Scope


def template_for(scope: Scope, kind: str) -> dict[str, Any]:
    """The wording in use, as the form's initial values, with a note of where it comes from."""
    own = visible_bulletin_templates(scope).filter(kind=kind).order_by("-version_no").first()
    if own is None:
        shipped = WORDINGS[kind]
        return {
            "version": 0, "number_prefix": shipped.prefix, "title": shipped.title, "body": shipped.body,
            "note": "现用平台自带的文稿；保存后以本省的版本为准。",
        }  # fmt: skip
    return {
        "version": own.version_no, "number_prefix": own.prefix, "title": own.title, "body": own.body,
        "note": f"现用第 {own.version_no} 版，{own.set_by_name}保存。",
    }  # fmt: skip


def placeholder_help(words: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """Each placeholder with its meaning and, of one bulletin, what stands there."""
    given = words or {}
    return [
        {"name": f"{{{name}}}", "meaning": meaning, "words": given.get(name, "")}
        for name, meaning in (*FIGURES.items(), *TABLES.items())
    ]


def filled_lines(
    bulletin: Bulletin,
    figures: Mapping[str, Figure],
    paper: Mapping[str, Any],
    inputs_url: str,
    lines_url: str,
) -> list[dict[str, Any]]:
    """The body line by line: words, and figures that open to their frozen inputs; tables as printed."""
    tables = iter([each for each in paper["blocks"] if each["kind"] == "table"])
    rest = iter(_after_tables(paper["blocks"]))
    shown: list[dict[str, Any]] = []
    for line in text_lines(bulletin.body):
        if line.kind != "table":
            shown.append({"kind": line.kind, "parts": [
                _part(each, figures, inputs_url, lines_url) for each in line.parts
            ]})  # fmt: skip
            continue
        if _is_empty(str(line.parts[0]), figures):
            continue
        block = next(tables, None)
        if block is not None:
            shown.append({
                "kind": "table", "rows": block["rows"], "note": next(rest, ""),
                "columns": [
                    {"label": each["label"], "numeric": each.get("align") == "right"}
                    for each in block["columns"]
                ],
            })  # fmt: skip
    return shown


def _is_empty(name: str, figures: Mapping[str, Figure]) -> bool:
    """A list without names prints no table."""
    counted = {"名单：机构": "机构名单数", "名单：企业": "企业名单数"}.get(name)
    return counted is not None and figures[counted].words == "0"


def _after_tables(blocks: list[Mapping[str, Any]]) -> list[str]:
    """For each table, the line that says how many are left for the annex."""
    found = []
    for place, block in enumerate(blocks):
        if block["kind"] == "table":
            after = blocks[place + 1] if place + 1 < len(blocks) else {"kind": ""}
            words = str(after.get("text", ""))
            found.append(words if words.startswith("以上列出") else "")
    return found


def _part(
    part: str | tuple[str, str], figures: Mapping[str, Figure], inputs_url: str, lines_url: str
) -> dict[str, str]:
    if isinstance(part, str):
        return {"words": part}
    figure = figures[part[1]]
    if figure.query == "lines":
        return {"words": figure.words, "url": lines_url, "title": figure.name}
    if figure.query:
        return {"words": figure.words, "url": f"{inputs_url}?{figure.query}", "title": figure.name}
    return {"words": figure.words}


def holder_words(bulletin: Bulletin) -> str:
    """Who has it, in words."""
    match bulletin.state:
        case "draft":
            return f"{bulletin.issuer.name}核改文稿，发起数据核对"
        case "checking":
            return f"名单所列单位核对本单位数据；{bulletin.issuer.name}裁定异议"
        case "review":
            return f"{bulletin.issuer.name}的另一名审核或负责人审核"
        case "countersign":
            return f"{bulletin.countersigner.name if bulletin.countersigner else ''}会签"
        case "ready":
            return f"{bulletin.issuer.name}编号印发"
        case "issued":
            return "被通报单位签收并反馈整改情况"
    return ""
