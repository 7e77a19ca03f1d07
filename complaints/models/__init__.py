"""问题直报: what one side says of another's supply, payment or conduct."""

from complaints.models.complaint import Complaint

__all__ = ["Complaint"]
