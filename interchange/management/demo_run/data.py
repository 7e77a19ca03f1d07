"""The demo's data: generated, loaded and computed once, kept afterwards."""

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db.models import DateTimeField, Max, Min
from django.db.models.functions import Trunc
from django.utils import timezone

from core.database.fingerprint import database_fingerprint
from core.workdays.deadlines import last_published_year
from monitoring.models import ComputedMonth
from organisations.models import Organisation
from procurement.models import Order

Say = Callable[[str], None]


def bring_database_up_to_date(say: Say) -> None:
    """Migrate, unless the last start left this database in exactly this state."""
    note = settings.VAR_DIR / "demo.json"
    present = database_fingerprint(settings.BASE_DIR, settings.OUR_APPS)
    if note.exists() and json.loads(note.read_text()).get("database") == present:
        return
    say("建立数据库表、授权、写入政策参数与工作日历")
    call_command("migrate", verbosity=0, interactive=False)
    note.write_text(json.dumps({"database": present}))


def is_loaded() -> bool:
    return Organisation.objects.filter(kind=Organisation.Kind.INSTITUTION).exists()


def generate_and_load(say: Say) -> None:
    """Write the demo province as a dataset folder and load it, all or nothing."""
    # Deferred: only the first start needs the generator.
    from interchange.demo import generate

    folder: Path = settings.VAR_DIR / "demo-dataset"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    last_month, today = demo_end(timezone.localdate(), last_published_year())
    say(f"生成演示省数据（至 {last_month:%Y-%m}）")
    generate(folder, last_month=last_month, today=today, progress=lambda text: say(f"  {text}"))
    say("装入数据集")
    call_command("load_dataset", str(folder))


def demo_end(today: date, published: int) -> tuple[date, date]:
    """(first day of the last month, day from which nothing happens any more).

    The demo ends with this month, or with the calendar when that ends earlier. On the 1st of a
    month nothing has happened in it yet, so the month before is the last.
    """
    if today.year > published:
        return date(published, 12, 1), date(published + 1, 1, 1)
    if today.day == 1:
        before = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
        return before, today
    return today.replace(day=1), today


def months_to_compute() -> list[date]:
    """Ended months with orders that have not been computed yet, the oldest first.

    A month that still runs is not judged: its cut lies ahead, and half a month of purchases
    against a whole month's time progress would warn everybody.
    """
    span = Order.objects.aggregate(
        first=Trunc(Min("sent_at"), "month", output_field=DateTimeField()),
        last=Trunc(Max("sent_at"), "month", output_field=DateTimeField()),
    )
    if span["first"] is None:
        return []
    done = set(ComputedMonth.objects.values_list("month", flat=True))
    last_ended = timezone.localdate().replace(day=1) - timedelta(days=1)
    month, last = span["first"].date(), min(span["last"].date(), last_ended)
    months = []
    while month <= last:
        if month not in done:
            months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months
