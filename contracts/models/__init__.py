"""采: what was agreed between institution, manufacturer and distributor."""

from contracts.models.agreement_line import AgreementLine

__all__ = ["AgreementLine"]
