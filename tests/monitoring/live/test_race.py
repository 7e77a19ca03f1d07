"""Writers and folds at the same time: what a fold has not seen, the next one counts, and only once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from monitoring.indicators.cut import MonthCut
from monitoring.models import LiveMonth
from monitoring.operations.live.keep_current import keep_current
from tests.monitoring.indicators.provinces import TESTER, differences
from tests.monitoring.live.mixes import Writer, count_notes
from tests.monitoring.live.test_fold import live_figures, rebuilt

START = datetime(2026, 3, 18, 1, tzinfo=UTC)
WRITES = 40


def test_folds_beside_writers_count_every_write_once(loaded_sample: str) -> None:
    assert keep_current(by=TESTER, at=START).did == "rebuilt"
    failures: list[BaseException] = []
    writing = threading.Event()
    outcomes: list[str] = []
    latest = START

    def write(seed: int) -> None:
        writer = Writer(seed)
        try:
            for number in range(WRITES):
                for act in (writer.receive, writer.answer, writer.correct_receipt):
                    act(START - timedelta(minutes=number))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def fold(offset: int) -> None:
        nonlocal latest
        second = 0
        try:
            while not writing.is_set():
                second += 2
                at = START + timedelta(seconds=second + offset)
                outcomes.append(keep_current(by=TESTER, at=at).did)
                latest = max(latest, at)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)]
    folders = [threading.Thread(target=fold, args=(offset,)) for offset in (0, 1)]
    for thread in (*writers, *folders):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in folders:
        thread.join()
    assert failures == []
    assert outcomes.count("folded") > 1
    # How often the folds came round depends on the machine: the last one must lie behind them all.
    end = latest + timedelta(hours=1)
    assert keep_current(by=TESTER, at=end).did == "folded"
    assert (count_notes(), LiveMonth.objects.get().cut) == (0, end)
    assert differences(live_figures(), rebuilt(MonthCut(date(2026, 3, 1), end))) == []
