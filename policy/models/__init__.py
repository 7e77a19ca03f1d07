"""Policies, their parameters, the dated values with their clauses, and changes of them."""

from policy.models.change import ValueChange
from policy.models.document import Document
from policy.models.parameter import Parameter
from policy.models.policy import Policy
from policy.models.value import ParameterValue

__all__ = ["Document", "Parameter", "ParameterValue", "Policy", "ValueChange"]
