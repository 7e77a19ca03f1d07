"""Hand in the papers of an application, or say why there is none and what stands in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from catalog.models import ApplicationPaper, ProductApplication
from catalog.operations.applications.drafts import may_write
from catalog.operations.applications.problems import WrongApplication
from catalog.queries.applications import OBJECT_TYPE
from catalog.rules.applications.papers import PAPERS_BY_CODE, Paper, papers_of
from core.attachments.models import StoredFile
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput
from organisations.models import User
from organisations.queries.scope import Scope


def category_of(row: ProductApplication) -> str:
    """drug or consumable, of the product or of the one that it is to become."""
    if row.product is not None:
        return str(row.product.category)
    return str(row.items.filter(field="category").values_list("after", flat=True).first() or "")


@dataclass(frozen=True)
class HandedPaper:
    """A file as one of the papers; with `substitute` it stands for one that does not exist."""

    paper: str
    upload: UploadedFile | None
    substitute: str = ""
    missing_reason: str = ""


@operation
def hand_in_papers(
    *,
    application: ProductApplication,
    handed: Sequence[HandedPaper],
    by: User,
    scope: Scope,
    at: datetime,
) -> list[ApplicationPaper]:
    """Keep several files, each as its paper, all or none; earlier ones stay in the trail.

    Raises WrongApplication with every problem by the paper's code, MissingInput for no file.
    """
    row = ProductApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    may_write(row, scope, None)
    if not handed:
        raise MissingInput("files", "没有选择文件：请在要交的材料旁选择文件")
    asked = {each.code: each for each in papers_of(row.kind, category_of(row))}
    problems = {}
    for each in handed:
        wrong = _fault(each, asked)
        if wrong is not None:
            problems[each.paper] = wrong[1]
    if problems:
        raise WrongApplication(problems)
    # A savepoint: what is refused at the last file leaves nothing of those before it.
    with transaction.atomic():
        kept = []
        for each in handed:
            try:
                kept.append(_keep(row, each, by, at))
            except MissingInput as refused:
                problems[each.paper] = refused.reason
        if problems:
            raise WrongApplication(problems)
    return kept


@operation
def hand_in_paper(
    *,
    application: ProductApplication,
    paper: str,
    upload: UploadedFile | None,
    by: User,
    scope: Scope,
    at: datetime,
    substitute: str = "",
    missing_reason: str = "",
) -> ApplicationPaper:
    """Keep the file as that paper; an earlier one stays in the trail and is shown no more.

    With `substitute` the file is what stands in the place of a paper that does not exist, which
    only papers with named substitutes allow. Raises MissingInput naming the field.
    """
    row = ProductApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    may_write(row, scope, None)
    asked = {each.code: each for each in papers_of(row.kind, category_of(row))}
    handed = HandedPaper(paper, upload, substitute, missing_reason)
    wrong = _fault(handed, asked)
    if wrong is not None:
        raise MissingInput(*wrong)
    return _keep(row, handed, by, at)


def _fault(handed: HandedPaper, asked: Mapping[str, Paper]) -> tuple[str, str] | None:
    """The field and what is wrong with it; None for what can be kept."""
    if handed.paper not in asked:
        return "paper", "该类申请不需要这份材料，请核对材料清单"
    label = asked[handed.paper].label
    named = PAPERS_BY_CODE[handed.paper].substitutes
    if handed.substitute and handed.substitute not in named:
        words = "、".join(named.values())
        return (
            "substitute",
            f"{label}可用的替代材料：{words}" if named else f"{label}没有可用的替代材料，必须提交",
        )
    if handed.substitute and not handed.missing_reason.strip():
        return "missing_reason", f"请说明没有{label}的原因"
    if handed.upload is None:
        return "files", "请选择文件"
    return None


def _keep(row: ProductApplication, handed: HandedPaper, by: User, at: datetime) -> ApplicationPaper:
    uploads = [handed.upload] if handed.upload else []
    [kept] = attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    if kept.file.scan == StoredFile.Scan.QUARANTINED:
        raise MissingInput("files", f"“{kept.name}”含有病毒，没有保存，请检查后重新选择")
    reason = handed.missing_reason.strip()[:300] if handed.substitute else ""
    found, _ = ApplicationPaper.objects.update_or_create(
        application=row, paper=handed.paper,
        defaults={
            "attachment": kept, "substitute": handed.substitute, "finding": "",
            "missing_reason": reason,
        },
    )  # fmt: skip
    record(
        by=by, at=at, action="product_application.paper", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=row.application_no, reason=found.missing_reason,
        detail={"paper": handed.paper, "file": kept.name, "substitute": handed.substitute},
    )  # fmt: skip
    return found


def missing_papers(row: ProductApplication) -> list[str]:
    """Labels of what is still to be handed in."""
    held = set(row.papers.filter(attachment__isnull=False).values_list("paper", flat=True))
    return [each.label for each in papers_of(row.kind, category_of(row)) if each.code not in held]
