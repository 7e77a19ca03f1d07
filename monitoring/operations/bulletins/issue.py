"""Review, countersign, number and freeze a bulletin, send it out, and make it anew to compare."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from core.attachments.models import Attachment
from core.attachments.store import keep_made, path_of
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import add_workdays, day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from monitoring.documents.bulletin import MIME, content_of, digest_of, files_of
from monitoring.models import Bulletin, BulletinReceipt
from monitoring.operations.bulletins.draft import OBJECT_TYPE
from monitoring.operations.bulletins.prepare import ask, bulletin_url, step
from monitoring.queries.bulletin_figures import number_on
from monitoring.queries.bulletins import DECIDING_ROLES, bulletin_standings
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.bulletins import BULLETIN_MACHINE, ISSUER, RECEIPT_MACHINE
from organisations.models import User
from organisations.queries.scope import Scope

RECEIPT = RECEIPT_MACHINE.name
CHANGED = "重新生成的内容与印发时不一致"

# Bureaus and health commissions of the region's subtree, and whoever is named.
SEND = """
INSERT INTO monitoring_bulletinreceipt
    (bulletin_id, organisation_id, is_named, sent_at, read_by_name, feedback, note, state,
     state_at, state_by_id, state_by_name, row_version)
SELECT %(bulletin)s, x.id, bool_or(x.named), %(at)s, '', '', '', 'sent', %(at)s, %(by_id)s,
       %(by_name)s, 1
FROM (
    SELECT o.id, false AS named
    FROM organisations_organisation o
    JOIN organisations_region r ON r.id = o.region_id
    LEFT JOIN organisations_region above ON above.id = r.parent_id
    WHERE o.kind IN ('bureau', 'health_commission') AND o.is_active AND o.id <> %(issuer)s
      AND %(region)s IN (r.id, above.id, above.parent_id)
    UNION ALL
    SELECT l.organisation_id, true FROM monitoring_bulletinline l
    WHERE l.bulletin_id = %(bulletin)s AND l.organisation_id IS NOT NULL AND NOT l.removed
) x
GROUP BY x.id
ORDER BY x.id
RETURNING organisation_id, is_named
"""


@operation
def review_bulletin(
    *,
    bulletin: Bulletin,
    verb: str,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Bulletin:
    """Another person's decision: approve, send (to the countersigner), return with a note."""
    if verb not in ("approve", "send", "return"):
        raise KeyError(verb)
    moved = step(verb, bulletin, by, scope, at, seen_version, {"note": note.strip()})
    _hand_on(moved, at)
    return moved


@operation
def countersign_bulletin(
    *,
    bulletin: Bulletin,
    verb: str,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Bulletin:
    """The health commission agrees (`countersign`) or sends it back with its opinion (`refuse`)."""
    if verb not in ("countersign", "refuse"):
        raise KeyError(verb)
    moved = step(verb, bulletin, by, scope, at, seen_version, {"note": note.strip()})
    _hand_on(moved, at)
    return moved


def _hand_on(bulletin: Bulletin, at: datetime) -> None:
    number = bulletin.bulletin_no
    match bulletin.state:
        case "draft":
            title = f"通报 {number} 被退回：{bulletin.note}"
            ask(bulletin, bulletin.issuer_id, "draft_bulletin", title, ACTING_ROLES, at)
        case "countersign":
            if bulletin.countersigner_id is not None:
                title = f"会签联合通报 {number}"
                ask(bulletin, bulletin.countersigner_id, "countersign", title, DECIDING_ROLES, at)
        case "ready":
            title = f"通报 {number} 可以编号印发"
            ask(bulletin, bulletin.issuer_id, "issue_bulletin", title, DECIDING_ROLES, at)


@operation
def issue_bulletin(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Bulletin:
    """Give the next number of the year, freeze content and files, and send it to its recipients.

    The number is taken in the transaction that uses it: none is lost, none is given twice. Named
    parties answer within rectification_workdays. Raises PaperError where it cannot be printed.
    """
    moved = Bulletin.objects.select_for_update(of=("self",)).get(pk=bulletin.pk)
    refuse_issue(moved, scope, seen_version)
    day = shanghai_day(at)
    moved.issue_year = day.year
    moved.issue_seq = _next_number(moved)
    moved.doc_number = f"{moved.prefix}〔{moved.issue_year}〕{moved.issue_seq}号"
    # By the names that they bear on this day.
    moved.figures_from["issuer"] = moved.issuer.name
    if moved.countersigner is not None:
        moved.figures_from["countersigner"] = moved.countersigner.name
    content = content_of(moved, number=moved.doc_number, at=at)
    moved.content = content.plain()
    moved.content_digest = digest_of(moved.content)
    moved.files = []
    for kind, body in files_of(content, at=at).items():
        name = f"{moved.doc_number}{'附件' if kind == 'xlsx' else ''}.{kind}"
        keep_made(
            owner_type=OBJECT_TYPE, owner_id=moved.pk, name=name, body=io.BytesIO(body),
            content_type=MIME[kind], by=by, at=at,
        )  # fmt: skip
        moved.files.append({"kind": kind, "name": name, "sha256": hashlib.sha256(body).hexdigest()})
    moved.rectify_due_on = add_workdays(at, int(number_on(moved, "rectification_workdays"))).day
    moved.issued_at, moved.issued_by_id, moved.issued_by_name = at, by.audit_id, by.audit_name
    # From this update on the trigger lets nothing but the state change, which comes next.
    moved.save(
        update_fields=[
            "issue_year", "issue_seq", "doc_number", "figures_from", "content", "content_digest",
            "files", "rectify_due_on", "issued_at", "issued_by_id", "issued_by_name",
        ]
    )  # fmt: skip
    moved = step("issue", moved, by, scope, at, None)
    _send(moved, by, at)
    return moved


def refuse_issue(bulletin: Bulletin, scope: Scope, seen_version: int | None) -> None:
    """What the machine would say at the end, before anything is numbered or printed."""
    said = BULLETIN_MACHINE.verdict(
        BULLETIN_MACHINE.named("issue"), bulletin, bulletin_standings(scope, bulletin)
    )
    if ISSUER not in bulletin_standings(scope, bulletin):
        raise NotYours.of(said)
    if seen_version is not None and bulletin.row_version != seen_version:
        raise StaleVersion(f"该通报已由{bulletin.state_by_name}更新，请刷新后再办理")
    if not said:
        raise TransitionRefused.of(said)


def _next_number(bulletin: Bulletin) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"bulletin number {bulletin.issuer_id} {bulletin.prefix} {bulletin.issue_year}"],
        )
    last = Bulletin.objects.filter(
        issuer=bulletin.issuer, prefix=bulletin.prefix, issue_year=bulletin.issue_year
    ).aggregate(last=Max("issue_seq"))["last"]
    return int(last or 0) + 1


def _send(bulletin: Bulletin, by: User, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            SEND,
            {"bulletin": bulletin.pk, "at": at, "by_id": by.audit_id, "by_name": by.audit_name,
             "issuer": bulletin.issuer_id, "region": bulletin.city_id or bulletin.province_id},
        )  # fmt: skip
        sent = cursor.fetchall()
    named = [organisation for organisation, is_named in sent if is_named]
    due = bulletin.rectify_due_on
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=each, act="answer_bulletin",
                title=f"签收{bulletin.doc_number}并反馈整改情况", object_type=RECEIPT,
                object_key=f"{bulletin.bulletin_no}-{each}", url=bulletin_url(bulletin),
                severity="red", due_at=day_end(due) if due else None, roles=ACTING_ROLES,
            )
            for each in named
        ],
        at=at,
    )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                each, f"bulletin-{bulletin.pk}-{each}", f"收到通报：{bulletin.doc_number}", "",
                bulletin_url(bulletin),
            )
            for each, _ in sent
        ],
        at=at,
    )  # fmt: skip


@operation
def close_bulletin(
    *, bulletin: Bulletin, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Bulletin:
    """Every named party's rectification was accepted."""
    if ISSUER not in bulletin_standings(scope, bulletin):
        raise NotYours("通报由印发单位的审核或负责人办结")
    left = BulletinReceipt.objects.filter(bulletin=bulletin, is_named=True).exclude(
        state="accepted"
    )
    count = left.count()
    if bulletin.state == "issued" and count:
        raise TransitionRefused(f"还有 {count} 家被通报单位没有完成整改，不能办结")
    return step("close", bulletin, by, scope, at, seen_version)


@dataclass(frozen=True)
class Verified:
    """What making an issued bulletin anew gave; `problems` is empty where all is the same."""

    digest: str
    problems: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.problems


def verify_bulletin(bulletin: Bulletin) -> Verified:
    """Make content and files of an issued bulletin anew from its frozen inputs and compare.

    Writes nothing. Compares the digest of the content, the bytes of each file, and the stored
    files with what was noted when it was issued. Raises StaleVersion for one that is not issued.
    """
    at = bulletin.issued_at
    if at is None:
        raise StaleVersion("该通报尚未印发，没有可比对的定稿")
    content = content_of(bulletin, number=bulletin.doc_number, at=at)
    digest = digest_of(content.plain())
    problems = []
    if digest != bulletin.content_digest or digest_of(bulletin.content or {}) != digest:
        problems.append(f"{CHANGED}：摘要 {digest}，印发时 {bulletin.content_digest}")
    made = files_of(content, at=at)
    stored = {
        each.name: each
        for each in Attachment.objects.filter(
            owner_type=OBJECT_TYPE, owner_id=bulletin.pk
        ).select_related("file")
    }
    for file in bulletin.files:
        if hashlib.sha256(made[file["kind"]]).hexdigest() != file["sha256"]:
            problems.append(f"{file['name']}：重新生成的文件与印发时不同（字体或排版程序可能已变）")
        kept = stored.get(file["name"])
        if kept is None or not path_of(kept.file).exists():
            problems.append(f"{file['name']}：存档文件缺失")
        elif hashlib.sha256(path_of(kept.file).read_bytes()).hexdigest() != file["sha256"]:
            problems.append(f"{file['name']}：存档文件与印发时登记的摘要不符")
    return Verified(digest, tuple(problems))
