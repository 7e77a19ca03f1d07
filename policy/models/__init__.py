"""Policies, their parameters and the dated values with their clauses."""

from policy.models.document import Document
from policy.models.parameter import Parameter
from policy.models.policy import Policy
from policy.models.value import ParameterValue

__all__ = ["Document", "Parameter", "ParameterValue", "Policy"]
