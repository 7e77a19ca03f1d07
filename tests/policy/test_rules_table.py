"""The shipped values are those of the specification's table, each with its clause."""

from datetime import date

import pytest

from policy.models import ParameterValue
from policy.queries.parse import parse_value
from policy.queries.read import value_of, values_on
from policy.queries.shipped import (
    shipped_documents,
    shipped_parameters,
    shipped_policies,
)
from tests.policy.rules_table import POLICIES, Expected, expected_values

TODAY = date(2026, 3, 31)
# Steps of a manufacturer's application: issue 4 asks for them as parameters with 平台默认.
APPLICATION_DAYS = {
    "application_accept_workdays": 5,
    "application_review_workdays": 10,
    "application_mend_workdays": 15,
    "application_publicity_workdays": 5,
    "application_objection_workdays": 10,
}
# Ways through the levels, warnings of papers, and recalls: issue 4 likewise.
CATALOGUE = {
    "application_route_new_product": "county/province",
    "application_route_renewal": "county/province",
    "application_route_registration_change": "county/province",
    "application_route_specification": "county/city/province",
    "application_route_code": "province",
    "application_route_withdrawal": "city/province",
    "application_route_price": "city/province",
    "application_route_linked_price": "province",
    "registration_notice_days": 90,
    "registration_urgent_days": 30,
    "recall_first_workdays": 1,
    "recall_second_workdays": 3,
    "recall_third_workdays": 7,
    # Steps of a complaint that the clauses leave open: issue 7 asks for a day for each.
    "complaint_confirm_workdays": 3,
    "complaint_close_workdays": 3,
    "complaint_supervise_workdays": 2,
    "complaint_level_workdays": 5,
    # 数据核对期 of a bulletin: issue 7 asks for it as a parameter.
    "bulletin_check_workdays": 3,
}
SCORE_WEIGHTS = {
    "score_weight_fulfilment": 30,
    "score_weight_complaint": 20,
    "score_weight_rectification": 15,
    "score_weight_response": 15,
    "score_weight_on_time": 20,
}


def test_every_key_of_the_table_ships_and_no_other() -> None:
    in_table = {expected.key for expected in expected_values()}
    assert len(in_table) == 51
    by_issue = set(SCORE_WEIGHTS) | set(APPLICATION_DAYS) | set(CATALOGUE)
    assert set(shipped_parameters()) == in_table | by_issue


@pytest.mark.parametrize(
    "expected",
    expected_values(),
    ids=lambda expected: f"{expected.policy}-{expected.key}",
)
def test_shipped_value_and_clause_equal_the_table(expected: Expected) -> None:
    [shipped] = [
        value
        for value in shipped_parameters()[expected.key].values
        if value.policy == expected.policy
    ]
    assert (shipped.value, shipped.clause) == (expected.value, expected.clause)


@pytest.mark.django_db
@pytest.mark.parametrize("policy", POLICIES)
def test_database_holds_the_table(policy: str) -> None:
    read = values_on(policy, TODAY)
    for expected in expected_values():
        if expected.policy == policy:
            value = read[expected.key]
            wanted = None if expected.value is None else parse_value(value.key, expected.value)
            assert (value.value, value.clause) == (wanted, expected.clause), expected.key
            assert value == value_of(policy, expected.key, TODAY)


@pytest.mark.django_db
def test_score_weights_make_a_hundred() -> None:
    for policy in POLICIES:
        read = values_on(policy, TODAY)
        assert {key: read[key].number for key in SCORE_WEIGHTS} == SCORE_WEIGHTS
    assert sum(SCORE_WEIGHTS.values()) == 100


@pytest.mark.django_db
def test_steps_of_applications_have_the_platforms_days() -> None:
    for policy in POLICIES:
        read = values_on(policy, TODAY)
        assert {key: read[key].number for key in APPLICATION_DAYS} == APPLICATION_DAYS
        assert {key: read[key].value for key in CATALOGUE} == CATALOGUE


def test_every_parameter_is_described_and_dated_in_every_policy() -> None:
    for key, parameter in shipped_parameters().items():
        assert parameter.label and parameter.meaning and parameter.narrowed_by, key
        assert {value.policy for value in parameter.values} == set(POLICIES), key


def test_every_value_starts_with_its_policy_and_names_its_document() -> None:
    starts = {policy.code: policy.effective_from for policy in shipped_policies()}
    documents = {document.code for document in shipped_documents()}
    for key, parameter in shipped_parameters().items():
        for value in parameter.values:
            assert value.valid_from >= starts[value.policy], key
            assert (
                min(other.valid_from for other in parameter.values if other.policy == value.policy)
                == starts[value.policy]
            ), key
            prefix = value.clause.split(" ")[0]
            assert value.document == (prefix if prefix in documents else None), key
            assert prefix in documents or value.clause == "平台默认", key


@pytest.mark.django_db
def test_every_value_in_the_database_has_a_clause() -> None:
    assert ParameterValue.objects.count() >= 280
    assert not ParameterValue.objects.filter(clause="").exists()
