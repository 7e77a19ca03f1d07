"""What the pages of imports show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.jobs.models import Job
from core.transitions import Verdict
from interchange.files import BY_NAME
from interchange.models import DatasetImport
from interchange.operations.import_files import marked_of
from interchange.queries.column_words import LABELS
from interchange.queries.imports import import_standings, state_shown
from interchange.states import AT_WORK, IMPORT_MACHINE
from organisations.queries.scope import Scope

PROBLEMS_PER_PAGE = 50
LOG_LINES = 60
FALLBACK_REMEDY = "对照模板改正后，重新上传全部文件"
PANEL_STATES = {"refused": "failed", "dead": "failed", "failed": "queued"}
NEXT = {
    "checking": "检查完成后会列入待办，可以离开本页",
    "checked": "核对下面的变化，确认后才写入",
    "refused": "按错误清单改正后，重新上传全部文件；什么都没有写入",
    "loading": "正在一次性写入，可以离开本页",
    "done": "涉及的月份请重新计算，看板和预警才会更新",
    "failed": "没有写入任何数据，可以重新上传",
    "cancelled": "没有写入任何数据",
}


@dataclass(frozen=True)
class ImportRow:
    """One import on the list."""

    row: DatasetImport
    state: str
    label: str
    level: str
    outcome: str


def import_row(row: DatasetImport) -> ImportRow:
    state, label, level = state_shown(row)
    return ImportRow(row, state, label, level, _outcome(row, state))


def _outcome(row: DatasetImport, state: str) -> str:
    if state == "refused":
        return f"{row.problem_count}{' 处以上' if row.more_problems else ' 处'}错误"
    if state == "failed":
        return row.note or (row.job.problem if row.job else "")
    if not row.totals or state not in ("checked", "loading", "done"):
        return ""
    verbs = ("新增", "更新", "不变") if state == "done" else ("将新增", "将更新", "不变")
    totals = [row.totals[key] for key in ("created", "updated", "unchanged")]
    return "，".join(f"{verb} {total:,}" for verb, total in zip(verbs, totals, strict=True)) + " 行"


def import_holder(row: DatasetImport, state: str) -> str:
    """Who has it now: a job, or those who may confirm; empty once it is over."""
    if state in ("checking", "loading"):
        return "后台任务"
    return f"{row.organisation.name}的数据导入人员" if state == "checked" else ""


def import_documents(row: DatasetImport) -> list[dict[str, Any]]:
    """Inputs of <c-documents>: the files handed in, which are not given out again, and the marked copy."""
    gone = "已按期清理" if row.files_removed_at else "只供检查和写入，不提供下载"
    told: list[dict[str, Any]] = [
        {
            "label": row.title, "size": row.size_bytes, "who": row.uploaded_by_name,
            "at": row.uploaded_at, "blocked": gone,
        }
    ]  # fmt: skip
    if row.problems and marked_of(row.import_no).is_file():
        address = reverse("import-marked", args=[row.import_no])
        told.append({"label": "错误标注的副本", "url": address})
    return told


@dataclass(frozen=True)
class FilePart:
    """One file of the preview: counts, first new rows, first changes."""

    name: str
    label: str
    counts: dict[str, int]
    columns: list[tuple[str, str]]
    new: list[Any]
    changed: list[Any]


def file_parts(row: DatasetImport) -> list[FilePart]:
    """The preview's files in words; columns that are empty in all the rows shown are left out."""
    return [_part(file) for file in row.preview.get("files", [])]


def _part(file: dict[str, Any]) -> FilePart:
    kept = [
        place
        for place, _ in enumerate(file["columns"])
        if any(cells[place] != "" for _, cells in file["new"])
    ]
    return FilePart(
        name=f"{file['name']}.csv",
        label=BY_NAME[file["name"]].label,
        counts={key: file[key] for key in ("created", "updated", "unchanged")},
        columns=[(file["columns"][place], LABELS[file["columns"][place]]) for place in kept],
        new=[(line, [cells[place] for place in kept]) for line, cells in file["new"]],
        changed=[
            (line, key, [(LABELS[column], before, after) for column, before, after in changes])
            for line, key, changes in file["changed"]
        ],
    )


@dataclass(frozen=True)
class ProblemPage:
    """One page of mistakes as the errors component takes them."""

    items: list[dict[str, Any]]
    total: int
    number: int
    pages: int


def problem_page(row: DatasetImport, number: int) -> ProblemPage:
    """The mistakes of page `number`, counted from 1; the nearest page where there is no such."""
    pages = max(1, -(-len(row.problems) // PROBLEMS_PER_PAGE))
    number = min(max(number, 1), pages)
    first = (number - 1) * PROBLEMS_PER_PAGE
    items = [problem_item(problem) for problem in row.problems[first : first + PROBLEMS_PER_PAGE]]
    return ProblemPage(items=items, total=len(row.problems), number=number, pages=pages)


def problem_item(problem: dict[str, Any]) -> dict[str, Any]:
    """What is wrong and the way out, which the reason names after its colon."""
    message, _, remedy = problem["reason"].partition("：")
    name = problem["file"]
    return {
        "file": name if "." in name else f"{name}.csv",
        "line": problem["line"],
        "column": problem["column"],
        "value": problem["value"],
        "message": message,
        "remedy": remedy or FALLBACK_REMEDY,
    }


def import_panel(row: DatasetImport) -> dict[str, Any]:
    """Inputs of components/progress.html; without `url` the page stops asking."""
    job = row.job
    if job is None:
        return {}
    state, label, _ = state_shown(row)
    working = row.state in AT_WORK and job.state in Job.OPEN_STATES
    log = list(job.log_lines.order_by("-id").values_list("text", flat=True)[:LOG_LINES])
    ended = {"done": "done", "checked": "done", "cancelled": "cancelled"}.get(state, "failed")
    return {
        "title": "写入" if row.confirmed_at else "检查",
        "url": reverse("import-panel", args=[row.import_no]) if working else "",
        "state": PANEL_STATES.get(job.state, job.state) if working else ended,
        "done": job.progress_done,
        "total": job.progress_total or 0,
        "step": job.stage or label,
        "message": "" if working else _outcome(row, state),
        "log": log[::-1],
        "cancel_url": reverse("import-cancel", args=[row.import_no]),
    }


def act_verdict(row: DatasetImport, scope: Scope, verb: str) -> Verdict:
    """Whether this person may do it now; the reason where not."""
    transition = IMPORT_MACHINE.named(verb)
    return IMPORT_MACHINE.verdict(transition, row, import_standings(scope, row))
