"""A check is left out only where no file that it reads has rows: what it reads is read off its SQL."""

from __future__ import annotations

import re

import pytest

from core.datasets import Check
from interchange.files import BY_NAME, FILES
from interchange.runner.checking import read_by

CHECKS = [(file.name, check) for file in FILES for check in file.checks]


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_every_check_reads_the_rows_that_it_can_find_fault_with(name: str, check: Check) -> None:
    blamed = set(re.findall(r"'([a-z_]+)'", check.sql)) & set(BY_NAME)
    assert blamed, name
    assert read_by(check.sql) >= blamed, name


def test_relations_of_the_database_alone_are_no_reason_to_run_a_check() -> None:
    sql = "SELECT FROM s_orders s JOIN d_products d USING (x) JOIN v_batch_years ON my_v_thing"
    assert read_by(sql) == {"orders", "batch_years"}
