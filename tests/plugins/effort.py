"""How often the tests of reliability repeat: a little in CI, fully in `make bench-reliability`."""

from collections.abc import Callable

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--effort",
        choices=("ci", "full"),
        default="ci",
        help="repetitions of tests marked `reliability`: CI's or the full figures",
    )


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`rounds(ci, full)`: how often to repeat in this run."""

    def choose(ci: int, full: int) -> int:
        return full if request.config.getoption("--effort") == "full" else ci

    return choose
