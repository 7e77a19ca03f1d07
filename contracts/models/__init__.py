"""采: delivery relations, and what was agreed between institution, manufacturer and distributor."""

from contracts.models.agreement import Agreement, AgreementItem, AgreementSignature
from contracts.models.agreement_line import AgreementLine
from contracts.models.delivery_relation import DeliveryRelation
from contracts.models.disposal import Disposal
from contracts.models.power_of_attorney import PowerOfAttorney
from contracts.states.agreement import AgreementState, Party

__all__ = [
    "Agreement",
    "AgreementItem",
    "AgreementLine",
    "AgreementSignature",
    "AgreementState",
    "DeliveryRelation",
    "Disposal",
    "Party",
    "PowerOfAttorney",
]
