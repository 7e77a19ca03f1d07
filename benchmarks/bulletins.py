"""BULLETIN: a province's month with 2,500 institutions drafted, issued and made anew to compare.

Whatever the number of order lines asked for: this province has 2,500 institutions, and nearly all
of them break some limit. All three are jobs for a list as long as this one.
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from benchmarks import databases, province
from benchmarks.province import LAST_YEAR
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import clocked
from core.audit.record import SystemActor
from core.workdays.deadlines import SHANGHAI
from monitoring.models import Bulletin, BulletinInput, BulletinLine
from monitoring.operations.bulletins.acts import perform_act
from monitoring.operations.bulletins.draft import draft_bulletin
from monitoring.operations.bulletins.issue import Verified, verify_bulletin
from monitoring.operations.compute_month import compute_month
from organisations.models import Organisation, Region, User
from organisations.queries.scope import scope_of

LINES, INSTITUTIONS = 500_000, 2_500
MONTH = date(LAST_YEAR, 12, 1)
# The month is computed after its end; 核对期 is over before the bulletin is handed in.
COMPUTED = datetime(LAST_YEAR + 1, 1, 5, 9, tzinfo=SHANGHAI)
HANDED_IN = COMPUTED + timedelta(days=21)
CLOCK = SystemActor(audit_name="性能")
JOB_SECONDS = 30.0


def measure(bench: Bench, seed: float) -> list[Result]:
    """In a database of its own, which is dropped at the end."""
    database = bench.new("bulletin")
    databases.point_at(database)
    folder = settings.FILES_DIR
    try:
        with tempfile.TemporaryDirectory() as held:
            settings.FILES_DIR = Path(held)
            filling = clocked(
                lambda: province.draw(LINES, seed, institutions=INSTITUTIONS)
            ) + clocked(lambda: compute_month(MONTH, by=CLOCK, at=COMPUTED))
            return _measured(filling)
    finally:
        settings.FILES_DIR = folder
        bench.drop(database)
        databases.point_at(bench.template)


def _measured(filling: float) -> list[Result]:
    officer, head = _people()
    made: list[Bulletin] = []
    drafting = clocked(
        lambda: made.append(
            draft_bulletin(
                kind="monthly", first=MONTH, issuer=head.organisation, by=CLOCK, at=COMPUTED
            )
        )
    )
    (bulletin,) = made
    for verb, who, at in (
        ("check", officer, COMPUTED), ("submit", officer, HANDED_IN), ("approve", head, HANDED_IN),
    ):  # fmt: skip
        bulletin = _act(verb, bulletin, who, at)
    issuing = clocked(lambda: _act("issue", bulletin, head, HANDED_IN))
    bulletin.refresh_from_db()
    found: list[Verified] = []
    comparing = clocked(lambda: found.append(verify_bulletin(bulletin)))
    lines = BulletinLine.objects.filter(bulletin=bulletin).count()
    inputs = BulletinInput.objects.filter(bulletin=bulletin).count()
    note = f"造数和计算 {filling:.0f}s；冻结指标 {inputs:,} 行，名单 {lines:,} 条"
    return [
        Result("BULLETIN", f"起草 {INSTITUTIONS:,} 家的月度通报（后台任务）", f"{drafting:.1f}s",
               f"{JOB_SECONDS:.0f}s", drafting / JOB_SECONDS, 1.0, note),
        Result("BULLETIN", "编号印发：定稿、PDF、Word、Excel、送达", f"{issuing:.2f}s",
               f"{JOB_SECONDS:.0f}s", issuing / JOB_SECONDS, 1.0),
        Result("BULLETIN", "核验：由冻结数据重新生成并逐字节比对", f"{comparing:.2f}s",
               f"{JOB_SECONDS:.0f}s", comparing / JOB_SECONDS if found[0].same else None, 1.0,
               "；".join(found[0].problems)),
    ]  # fmt: skip


def _people() -> tuple[User, User]:
    """An officer and the head of the province's bureau."""
    region = Region.objects.get(level="province")
    # The province is drawn with numbers of its own, past the sequence.
    last = Organisation.objects.latest("pk").pk
    bureau = Organisation.objects.create(
        pk=last + 1, code="B-BENCH", name="省医疗保障局", kind="bureau", region=region
    )
    Organisation.objects.create(
        pk=last + 2,
        code="W-BENCH",
        name="省卫生健康委员会",
        kind="health_commission",
        region=region,
    )
    made = [
        User.objects.create(
            username=name, name=name, organisation=bureau, roles=["clerk", "leader", "reviewer"],
            created_at=COMPUTED, password_changed_at=COMPUTED,
        )
        for name in ("bench-officer", "bench-head")
    ]  # fmt: skip
    officer, head = User.objects.select_related("organisation__region__parent__parent").filter(
        pk__in=[each.pk for each in made]
    ).order_by("pk")  # fmt: skip
    return officer, head


def _act(verb: str, bulletin: Bulletin, who: User, at: datetime) -> Bulletin:
    return perform_act(
        verb, bulletin, note="", by=who, scope=scope_of(who, at.date()), at=at, seen_version=None
    )
