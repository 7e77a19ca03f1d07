"""Processes started are watched and gone afterwards, with all their children."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from core.processes.supervisor import ProcessDied, Supervisor

PARENT_OF_TWO = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(600)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(cwd=tmp_path, logs=tmp_path / "logs")


def _alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_stop_ends_the_whole_group(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    supervisor.start("two", [sys.executable, "-c", PARENT_OF_TWO, str(note)])
    deadline = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    grandchild = int(note.read_text())
    supervisor.check()
    assert _alive(grandchild)
    supervisor.stop()
    time.sleep(0.2)
    assert not _alive(grandchild)


def test_death_is_told_with_the_end_of_the_log(supervisor: Supervisor) -> None:
    supervisor.start("short", [sys.executable, "-c", "import sys; sys.exit('没有磁盘空间')"])
    with pytest.raises(ProcessDied, match="short 意外退出（状态 1）[\\s\\S]*没有磁盘空间"):
        for _ in range(200):
            supervisor.check()
            time.sleep(0.05)
    supervisor.stop()


KILLED_SUPERVISOR = """
import sys, time
from pathlib import Path
from core.processes.supervisor import Supervisor
here = Path(sys.argv[1])
supervisor = Supervisor(cwd=here, logs=here / "logs")
supervisor.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
(here / "pid").write_text(str(supervisor._children[0].process.pid))
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to end the children")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_SUPERVISOR, str(tmp_path)], cwd=settings.BASE_DIR
    )
    note = tmp_path / "pid"
    deadline = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(note.read_text())
    assert _alive(child)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)
