"""S-12: no test makes the platform log a mobile, identity card or bank card number.

Every record of every logger is read before the platform's own masking (config/masking.py), so that
the mask stays the last resort and hides no line of code that quotes a person. A test that leaked
fails by the name of the logger. What the embedded services wrote meanwhile is read at the end.
`@pytest.mark.quotes_numbers` is for the tests of the mask itself.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.masking import NUMBERS, masked
from core.embedded.places import current_places
from core.embedded.record import read_record

AROUND = 60
_BEGAN: pytest.StashKey[dict[Path, int]] = pytest.StashKey()
_FOUND: pytest.StashKey[list[str]] = pytest.StashKey()


class Reader(logging.Handler):
    """Keeps where a number stood, masked; takes nothing away and writes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = words_of(record)
        hit = NUMBERS.search(text)
        if hit is not None:
            self.found.append(f"{record.name}：{excerpt(text, hit.start())}")

    def taken(self) -> list[str]:
        """What was found since it was last asked for."""
        found, self.found = self.found, []
        return found


READER = Reader()


def words_of(record: logging.LogRecord) -> str:
    """All that a formatter may write of it: the message with its arguments, and what was raised."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError):
        text = f"{record.msg} {record.args}"
    raised = record.exc_info[1] if record.exc_info else None
    return text if raised is None else f"{text}\n{''.join(traceback.format_exception(raised))}"


def excerpt(text: str, place: int) -> str:
    """What stands around a number, with the number itself masked."""
    return masked(text)[max(0, place - AROUND) : place + AROUND].replace("\n", " ")


def listen(reader: Reader) -> None:
    """Read what reaches the root, and every logger that keeps its lines from it."""
    known = logging.root.manager.loggerDict.values()
    apart = [each for each in known if isinstance(each, logging.Logger) and not each.propagate]
    for logger in (logging.root, *apart):
        if reader not in logger.handlers:
            logger.addHandler(reader)


def found_in_file(path: Path, start: int) -> list[str]:
    """The lines of a service's log after `start` bytes that show a number, masked."""
    if not path.exists():
        return []
    with path.open("rb") as lines:
        lines.seek(start if start <= path.stat().st_size else 0)
        text = lines.read().decode(errors="replace")
    return [f"{path.name}：{excerpt(text, hit.start())}" for hit in NUMBERS.finditer(text)]


def _service_logs() -> list[Path]:
    """Of the embedded servers; those of a configured server are its operator's."""
    record = read_record(current_places())
    if record is None:
        return []
    return [record.home_path / "postgres.log", record.home_path / "redis" / "redis.log"]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """After the services have started (tests/plugins/services.py)."""
    config.stash[_BEGAN] = {
        path: path.stat().st_size if path.exists() else 0 for path in _service_logs()
    }


def _judge(item: pytest.Item) -> None:
    found = READER.taken()
    if found and item.get_closest_marker("quotes_numbers") is None:
        pytest.fail("日志里有个人号码（S-12）：\n" + "\n".join(found), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    listen(READER)
    result = yield
    _judge(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    result = yield
    _judge(item)
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One process looks, when the others are done: the services are everybody's."""
    if hasattr(session.config, "workerinput"):
        return
    found = [
        line
        for path, start in session.config.stash[_BEGAN].items()
        for line in found_in_file(path, start)
    ]
    if found:
        session.config.stash[_FOUND] = found
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = terminalreporter.config.stash.get(_FOUND, [])
    if found:
        terminalreporter.section("服务的日志里有个人号码（S-12）", red=True)
        for line in found[:20]:
            terminalreporter.write_line(line)
