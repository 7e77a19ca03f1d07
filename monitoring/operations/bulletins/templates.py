"""The province's own wordings: each save is a new version, checked before it is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Max

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from monitoring.models import BulletinTemplate
from monitoring.operations.bulletins.prepare import refuse_text
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.bulletins import BulletinKind
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def save_template(
    *,
    kind: str,
    prefix: str,
    title: str,
    body: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BulletinTemplate:
    """Keep the next version; drafts made from now on begin with it, older ones keep theirs.

    `seen_version` is the version that was read (0 = the shipped one). Raises NotYours, StaleVersion,
    MissingInput with the field and, for an unknown placeholder, its line and column.
    """
    if not scope.is_province_bureau or not scope.has_role(*ACTING_ROLES):
        raise NotYours("通报模板由省级医保局维护")
    if kind not in BulletinKind.values:
        raise MissingInput("kind", "没有这一种通报")
    for field, words in (("number_prefix", prefix), ("title", title), ("body", body)):
        if not words.strip():
            raise MissingInput(field, "请填写：不能为空")
    if "{" in prefix or "}" in prefix:
        raise MissingInput("number_prefix", "发文代字中不能有占位符")
    refuse_text(title, "title")
    refuse_text(body, "body")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"bulletin template {scope.province_id} {kind}"],
        )
    own = BulletinTemplate.objects.filter(province_id=scope.province_id, kind=kind)
    last = own.aggregate(last=Max("version_no"))["last"] or 0
    if seen_version is not None and seen_version != last:
        raise StaleVersion("该模板在您编辑期间已有新的版本，请刷新后再保存")
    made = BulletinTemplate.objects.create(
        province_id=scope.province_id or 0, kind=kind, version_no=last + 1, prefix=prefix.strip(),
        title=title.strip(), body=body.strip(), set_at=at, set_by_id=by.audit_id,
        set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="bulletin_template.save", object_type="bulletin_template",
        object_key=made.pk, object_label=f"{BulletinKind(kind).label} 第 {made.version_no} 版",
        detail={"prefix": made.prefix, "title": made.title},
    )  # fmt: skip
    return made
