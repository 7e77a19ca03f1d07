"""Hand in a paper of an application, or say why there is none and what stands in its place."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from catalog.models import ApplicationPaper, ProductApplication
from catalog.operations.applications.drafts import may_write
from catalog.queries.applications import OBJECT_TYPE
from catalog.rules.applications.papers import PAPERS_BY_CODE, papers_of
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
    if paper not in asked:
        raise MissingInput("paper", "该类申请不需要这份材料，请核对材料清单")
    named = PAPERS_BY_CODE[paper].substitutes
    if substitute and substitute not in named:
        words = "、".join(named.values())
        raise MissingInput(
            "substitute",
            f"{asked[paper].label}可用的替代材料：{words}" if named
            else f"{asked[paper].label}没有可用的替代材料，必须提交",
        )  # fmt: skip
    if substitute and not missing_reason.strip():
        raise MissingInput("missing_reason", f"请说明没有{asked[paper].label}的原因")
    if upload is None:
        raise MissingInput("files", "请选择文件")
    [kept] = attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=[upload], by=by, at=at)
    if kept.file.scan == StoredFile.Scan.QUARANTINED:
        raise MissingInput("files", f"“{kept.name}”含有病毒，没有保存，请检查后重新选择")
    found, _ = ApplicationPaper.objects.update_or_create(
        application=row, paper=paper,
        defaults={
            "attachment": kept, "substitute": substitute, "finding": "",
            "missing_reason": missing_reason.strip()[:300] if substitute else "",
        },
    )  # fmt: skip
    record(
        by=by, at=at, action="product_application.paper", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=row.application_no, reason=found.missing_reason,
        detail={"paper": paper, "file": kept.name, "substitute": substitute},
    )  # fmt: skip
    return found


def missing_papers(row: ProductApplication) -> list[str]:
    """Labels of what is still to be handed in."""
    held = set(row.papers.filter(attachment__isnull=False).values_list("paper", flat=True))
    return [each.label for each in papers_of(row.kind, category_of(row)) if each.code not in held]
