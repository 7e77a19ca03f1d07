"""问题直报: what one side says of another's supply, payment or conduct."""

from complaints.models.case import ComplaintCase, ComplaintMessage
from complaints.models.complaint import Complaint
from complaints.models.liaison import LiaisonContact

__all__ = ["Complaint", "ComplaintCase", "ComplaintMessage", "LiaisonContact"]
