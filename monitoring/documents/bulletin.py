"""A bulletin from its frozen inputs: the paper's content, the annex's sheets, and their files.

The same inputs, lines, words and number give the same content, and the same content the same
bytes; nothing here reads a figure that may still change, nor the clock.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db import connection

from core.workdays.deadlines import shanghai_day
from monitoring.documents.official_document import Block, OfficialDocument, table, text
from monitoring.models import Bulletin, BulletinLine
from monitoring.queries.bulletin_figures import (
    Figure,
    Sight,
    figures_of,
    number_on,
    on_schedule,
    recipients_words,
    sight_of,
    signed_by,
)
from monitoring.queries.bulletin_places import places_of
from monitoring.queries.bulletin_sums import Subject, percent_words, points_words
from monitoring.rules.bulletin_lists import BY_RULE
from monitoring.rules.bulletin_text import TextLine, text_lines, title_parts

PRINTED = 30
"""Rows of a list that the paper prints; the annex has all."""
UNNUMBERED = "（待编号）"
MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
INPUTS_DIGEST = """
SELECT encode(sha256(convert_to(COALESCE(string_agg(
    concat_ws('|', month, indicator, "window", subject_type, subject_code, subject_name, batch_code,
              COALESCE(year_no::text, ''), category, numerator, denominator, row_count),
    chr(10) ORDER BY month, indicator, "window", subject_type, subject_code, batch_code, year_no,
                     category), ''), 'UTF8')), 'hex')
FROM monitoring_bulletininput WHERE bulletin_id = %s
"""


@dataclass(frozen=True)
class Sheet:
    """One sheet of the annex: heading, widths, rows of texts and numbers."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class BulletinContent:
    """All that is printed, with the digest of the inputs behind it."""

    paper: OfficialDocument
    sheets: tuple[Sheet, ...]
    inputs_digest: str

    def plain(self) -> dict[str, Any]:
        return {
            "paper": self.paper.content(),
            "sheets": [
                {"name": each.name, "columns": [list(pair) for pair in each.columns],
                 "rows": [list(row) for row in each.rows]}
                for each in self.sheets
            ],
            "inputs_digest": self.inputs_digest,
        }  # fmt: skip


def content_of(
    bulletin: Bulletin, *, number: str = "", at: datetime | None = None
) -> BulletinContent:
    """Build the content anew from inputs and lines; `at` is the moment of issue."""
    sight = sight_of(bulletin)
    figures = {each.name: each for each in figures_of(bulletin, sight)}
    # 双通报: amounts stand beside quantities where the province's policy says so.
    amounts = number_on(bulletin, "amount_share_bulletin") == 1
    tables = _Tables(bulletin, sight, amounts)
    blocks: list[Block] = []
    if bulletin.corrects is not None:
        former = f"《{(bulletin.corrects.content or {})['paper']['title']}》（{bulletin.corrects.doc_number}）"
        blocks.append(text(f"本通报更正{former}，更正理由：{bulletin.correction_reason}"))
    for line in text_lines(bulletin.body):
        blocks += _blocks(line, figures, tables)
    blocks += _rulings(bulletin)
    paper = OfficialDocument(
        issuer=bulletin.figures_from["issuer"], number=number or UNNUMBERED,
        title=_filled(title_parts(bulletin.title), figures), to=recipients_words(bulletin),
        blocks=tuple(blocks), notes=("附件：执行情况附表（电子表格，随本通报在平台下载）",),
        signed=signed_by(bulletin), signed_on=shanghai_day(at) if at else None,
        printer=f"{bulletin.figures_from['issuer']}办公室",
    )  # fmt: skip
    return BulletinContent(paper, tables.sheets(), _inputs_digest(bulletin))


def digest_of(plain: Mapping[str, Any]) -> str:
    """SHA-256 of the content as canonical JSON."""
    body = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def files_of(content: BulletinContent, *, at: datetime) -> dict[str, bytes]:
    """pdf, docx and xlsx; the same content and moment give the same bytes, in any time zone."""
    at = at.astimezone(UTC)
    return {
        "pdf": content.paper.pdf(at=at),
        "docx": content.paper.docx(),
        "xlsx": workbook(content.sheets, at=at),
    }


def workbook(sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """The annex as Excel; texts stay texts, whatever they begin with."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    # Without it the moment of writing would stand in the file.
    book.set_properties({"created": at.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#EAF0F7", "border": 1, "text_wrap": True})
    for each in sheets:
        sheet = book.add_worksheet(each.name)
        for place, (label, width) in enumerate(each.columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, label, head)
        for number, row in enumerate(each.rows, start=1):
            for place, words in enumerate(row):
                sheet.write_string(number, place, words)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(each.rows), 1), len(each.columns) - 1)
    book.close()
    return made.getvalue()


def _inputs_digest(bulletin: Bulletin) -> str:
    with connection.cursor() as cursor:
        cursor.execute(INPUTS_DIGEST, [bulletin.pk])
        return str(cursor.fetchone()[0])


def _filled(parts: Sequence[str | tuple[str, str]], figures: Mapping[str, Figure]) -> str:
    return "".join(each if isinstance(each, str) else figures[each[1]].words for each in parts)


def _rulings(bulletin: Bulletin) -> list[Block]:
    """What the 核对期 brought: nobody is named, but that lists and figures were mended is said.

    Bulletins drafted before this was said have no taken_at and stay as they were printed.
    """
    states = list(bulletin.objections.order_by("pk").values_list("state", "data_wrong"))
    if not states or "taken_at" not in bulletin.figures_from:
        return []
    upheld = sum(state == "upheld" for state, _ in states)
    wrong = sum(wrong for _, wrong in states)
    words = f"数据核对期内收到异议 {len(states)} 件，经核实成立 {upheld} 件，已从名单中删除"
    if wrong:
        words += f"；其中 {wrong} 件系数据有误，本通报的指标和名单已按更正后的数据重新取数"
    return [text(f"{words}。")]


def _blocks(line: TextLine, figures: Mapping[str, Figure], tables: _Tables) -> list[Block]:
    if line.kind == "table":
        return tables.named(str(line.parts[0]))
    return [{"kind": line.kind, "text": _filled(line.parts, figures)}]


class _Tables:
    """The tables of one bulletin: some rows on paper, all of them in the annex."""

    def __init__(self, bulletin: Bulletin, sight: Sight, amounts: bool) -> None:
        self.sight = sight
        self.amounts = amounts
        self.batch_names: dict[str, str] = bulletin.figures_from["batches"]
        self.regions = places_of(bulletin, sight.below)

    def named(self, name: str) -> list[Block]:
        match name:
            case "表：地区":
                return [self._rates(self.sight.below, "地区")]
            case "表：批次":
                return [self._batches()]
            case "表：机构":
                return [self._units()]
            case "表：企业":
                return [self._firms()]
            case "名单：机构":
                return self._names(firms=False)
            case _:
                return self._names(firms=True)

    def sheets(self) -> tuple[Sheet, ...]:
        found = []
        if self.sight.sums.batches:
            found += [
                self._sheet("各地区", self.sight.below, ""),
                *([self._batch_sheet()]),
                self._sheet("各医疗机构", "institution", "地区"),
            ]
        if self.sight.sums.subjects("distributor") or self.sight.sums.subjects("manufacturer"):
            found.append(self._firm_sheet())
        found.append(self._name_sheet())
        return tuple(found)

    # --- rates -------------------------------------------------------------------------------

    def _heads(self) -> list[str]:
        both = ["金额完成率"] if self.amounts else []
        last = ["集采金额占比"] if self.amounts else []
        return ["完成率", "较上期（百分点）", *both, "序时达标", "非中选占比", *last]

    def _cells(self, kind: str, code: str, batch: str = "") -> list[str]:
        sums = self.sight.sums
        now = sums.ratio("completion_rate", kind, code, batch=batch)
        then = sums.ratio("completion_rate", kind, code, batch=batch, before=True)
        cells = [now.words, points_words(now, then)]
        if self.amounts:
            cells.append(sums.ratio("completion_amount_rate", kind, code, batch=batch).words)
        cells.append(on_schedule(sums, kind, code, batch=batch).words)
        cells.append(sums.ratio("non_selected_share", kind, code, batch=batch).words)
        if self.amounts:
            cells.append(
                "—" if batch else sums.ratio("selected_amount_share", kind, code).words
            )  # fmt: skip
        return cells

    def _columns(self, first: str, width: int = 3) -> list[dict[str, Any]]:
        return [
            {"label": first, "width": width},
            *({"label": each, "width": 2, "align": "right"} for each in self._heads()),
        ]

    def _rates(self, kind: str, first: str) -> Block:
        rows = [[each.name, *self._cells(kind, each.code)] for each in self._subjects(kind)]
        whole = self.sight.whole
        rows.append(["合计", *self._cells(whole.kind, whole.code)])
        return table(self._columns(first), rows)

    def _batches(self) -> Block:
        whole, names = self.sight.whole, self.batch_names
        rows = [
            [names.get(code, code), *self._cells(whole.kind, whole.code, code)]
            for code in self.sight.sums.batches
        ]
        return table(self._columns("批次", 5), rows)

    def _units(self) -> Block:
        rated = sorted(
            self._subjects("institution"),
            key=lambda each: (
                self.sight.sums.ratio("completion_rate", "institution", each.code).value
                or Decimal(0),
                each.code,
            ),
        )[:PRINTED]
        rows = [[each.name, *self._cells("institution", each.code)] for each in rated]
        return table(self._columns("医疗机构", 5), rows)

    def _subjects(self, kind: str) -> list[Subject]:
        sums = self.sight.sums
        return [
            each for each in sums.subjects(kind)
            if sums.ratio("completion_rate", kind, each.code).denominator
        ]  # fmt: skip

    def _sheet(self, name: str, kind: str, extra: str) -> Sheet:
        quantity = ("约定采购量（计量单位）", "实际采购量（计量单位）")
        money = ("约定采购金额（元）", "实际采购金额（元）") if self.amounts else ()
        columns = (
            ("代码", 16), ("名称", 32), *(((extra, 14),) if extra else ()),
            *((each, 20) for each in (*quantity, *money)), *((each, 13) for each in self._heads()),
        )  # fmt: skip
        rows = []
        for each in self._subjects(kind):
            done = self.sight.sums.ratio("completion_rate", kind, each.code)
            paid = self.sight.sums.ratio("completion_amount_rate", kind, each.code)
            sums = [_number(done.denominator), _number(done.numerator)]
            if self.amounts:
                sums += [_number(paid.denominator), _number(paid.numerator)]
            place = [self.regions.get(each.code, "")] if extra else []
            rows.append((each.code, each.name, *place, *sums, *self._cells(kind, each.code)))
        return Sheet(name, columns, tuple(rows))

    def _batch_sheet(self) -> Sheet:
        whole, names = self.sight.whole, self.batch_names
        return Sheet(
            "各批次",
            (("代码", 16), ("名称", 32), *((each, 13) for each in self._heads())),
            tuple(
                (code, names.get(code, code), *self._cells(whole.kind, whole.code, code))
                for code in self.sight.sums.batches
            ),
        )

    # --- enterprises -------------------------------------------------------------------------

    def _firm_rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for kind, label in (("manufacturer", "生产企业"), ("distributor", "配送企业")):
            for each in self.sight.sums.subjects(kind):
                response = self.sight.sums.ratio("response_rate", kind, each.code)
                on_time = self.sight.sums.ratio("on_time_rate", kind, each.code)
                then = self.sight.sums.ratio("on_time_rate", kind, each.code, before=True)
                if not response.denominator and not on_time.denominator:
                    continue
                rows.append((
                    each.code, each.name, label, _number(on_time.denominator), response.words,
                    on_time.words, points_words(on_time, then),
                ))  # fmt: skip
        return rows

    def _firms(self) -> Block:
        columns = [
            {"label": "企业", "width": 4}, {"label": "类别", "width": 2},
            {"label": "响应率", "width": 2, "align": "right"},
            {"label": "及时率", "width": 2, "align": "right"},
            {"label": "较上期", "width": 2, "align": "right"},
        ]  # fmt: skip
        rows = [[name, label, response, on_time, change]
                for _, name, label, _, response, on_time, change in self._firm_rows()]  # fmt: skip
        return table(columns, rows[:PRINTED])

    def _firm_sheet(self) -> Sheet:
        columns = (("统一社会信用代码", 22), ("企业", 34), ("类别", 10), ("到期订单行", 12),
                   ("响应率", 12), ("及时率", 12), ("较上期", 12))  # fmt: skip
        return Sheet("各企业", columns, tuple(self._firm_rows()))

    # --- names -------------------------------------------------------------------------------

    def _names(self, *, firms: bool) -> list[Block]:
        chosen = [
            each for each in self.sight.lines
            if (each.subject_type in ("manufacturer", "distributor")) == firms
        ]  # fmt: skip
        if not chosen:
            return []
        by_rule: dict[str, list[BulletinLine]] = defaultdict(list)
        for each in chosen:
            by_rule[each.rule].append(each)
        # Fairly shared: every list is begun on paper, its rest is in the annex.
        share = max(PRINTED // len(by_rule), 5)
        rows: list[list[str]] = []
        for rule, lines in by_rule.items():
            rows += [
                [
                    each.subject_name,
                    BY_RULE[rule].heading,
                    percent_words(each.measured),
                    percent_words(each.threshold),
                    _items(each),
                ]
                for each in lines[:share]
            ]
        columns: list[dict[str, Any]] = [
            {"label": "单位", "width": 4}, {"label": "情形", "width": 4},
            {"label": "实测", "width": 2, "align": "right"},
            {"label": "标准", "width": 2, "align": "right"},
            {"label": "说明" if firms else "涉及", "width": 2},
        ]  # fmt: skip
        found: list[Block] = [table(columns, rows)]
        if len(chosen) > len(rows):
            found.append(
                text(f"以上列出 {len(rows)} 条，其余 {len(chosen) - len(rows)} 条见附件。")
            )
        return found

    def _name_sheet(self) -> Sheet:
        columns = (("序号", 8), ("情形", 24), ("代码", 22), ("单位", 34), ("地区", 14),
                   ("批次", 20), ("涉及项数", 10), ("实测值", 14), ("标准", 14), ("依据", 30),
                   ("说明", 24))  # fmt: skip
        names = self.batch_names
        rows = tuple(
            (
                str(each.line_no), BY_RULE[each.rule].heading, each.subject_code,
                each.subject_name, self.regions.get(each.subject_code, ""),
                names.get(each.batch_code, each.batch_code), str(each.items),
                percent_words(each.measured), percent_words(each.threshold), each.clause,
                each.remark,
            )
            for each in self.sight.lines
        )  # fmt: skip
        return Sheet("名单", columns, rows)


def measure_words(line: BulletinLine) -> str:
    """“81.20%／90.00%”."""
    return f"{percent_words(line.measured)}／{percent_words(line.threshold)}"


def _items(line: BulletinLine) -> str:
    return line.remark or (f"{line.items} 项" if line.subject_type == "institution" else "")


def _number(value: Decimal) -> str:
    words = f"{value:,.4f}".rstrip("0")
    return words.rstrip(".")
