"""S-12: the reader of the whole run's logs (tests/plugins/personal_numbers.py) finds what it is there for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.plugins import personal_numbers
from tests.plugins.personal_numbers import Reader, found_in_file, listen

MOBILE, CARD, BANK = "13879100001", "36010219900307451X", "6222021502001234567"

pytestmark = pytest.mark.quotes_numbers


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A second one, on the platform's own loggers, gone afterwards."""
    reader = Reader()
    listen(reader)
    yield reader
    for logger in (logging.root, *logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.removeHandler(reader)


@pytest.mark.parametrize("number", [MOBILE, CARD, BANK])
@pytest.mark.parametrize("name", ["organisations.views", "django.request", "django.server"])
def test_number_in_a_record_of_any_logger_is_found_and_not_repeated(
    reader: Reader, name: str, number: str
) -> None:
    logging.getLogger(name).warning("sent to %s", number)
    (found,) = reader.taken()
    assert found.startswith(f"{name}：sent to {number[:3]}")
    assert number not in found
    assert reader.taken() == []


def test_number_in_a_bound_value_of_a_structured_line_is_found(reader: Reader) -> None:
    structlog.get_logger("core.outgoing").warning("not delivered", phone=MOBILE)
    assert len(reader.taken()) == 1


def test_number_in_what_was_raised_is_found(reader: Reader) -> None:
    try:
        raise ValueError(f"unexpected {CARD}")
    except ValueError:
        logging.getLogger("core.jobs").exception("job failed")
    assert len(reader.taken()) == 1


def test_ordinary_lines_are_left_alone(reader: Reader) -> None:
    logging.getLogger("core.jobs").warning("订单 XC10AAA002A001011210741 共 23870.15 元")
    assert reader.taken() == []


def test_log_of_a_service_is_read_from_where_the_run_began(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    before = f"of another run {MOBILE}\n".encode()
    log.write_bytes(before + f"DETAIL: ({BANK})\n".encode())
    assert found_in_file(log, len(before)) == [f"postgres.log：DETAIL: (622{'*' * 16}) "]
    assert len(found_in_file(log, 10**9)) == 2, "a log that was begun anew is read whole"
    assert found_in_file(tmp_path / "none.log", 0) == []


def test_test_that_leaks_fails_and_one_that_may_does_not(pytester: pytest.Pytester) -> None:
    """The control: in a run of its own with this very plugin."""
    pytester.makepyfile(
        test_leaks=f"""
        import logging, pytest
        def test_leaks(): logging.getLogger("a").warning("to {MOBILE}")
        def test_is_clean(): logging.getLogger("a").warning("to nobody")
        @pytest.mark.quotes_numbers
        def test_may(): logging.getLogger("a").warning("to {MOBILE}")
        @pytest.fixture
        def late():
            yield
            logging.getLogger("a").warning("to {CARD}")
        def test_leaks_at_its_end(late): pass
        """
    )
    result = pytester.inline_run(
        "-p", personal_numbers.__name__, "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:playwright",
        "--override-ini", "markers=quotes_numbers: may",
    )  # fmt: skip
    said = [
        (report.nodeid.rpartition("::")[2], report.when, report.outcome)
        for report in result.getreports("pytest_runtest_logreport")
        if report.outcome == "failed"
    ]
    assert said == [
        ("test_leaks", "call", "failed"),
        ("test_leaks_at_its_end", "teardown", "failed"),
    ]
