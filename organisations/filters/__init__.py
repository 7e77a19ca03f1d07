"""Filters that pages, files of lists and the API share, one file per noun."""

from organisations.filters.administered import AdministeredFilter, ConsortiumFilter, TokenFilter
from organisations.filters.audit import AuditFilter
from organisations.filters.certificates import CertificateFilter, TrustAnchorFilter
from organisations.filters.directory import OrganisationFilter
from organisations.filters.people import AccountFilter, PersonFilter
from organisations.filters.registrations import OrganisationChangeFilter, RegistrationFilter

__all__ = [
    "AccountFilter",
    "AdministeredFilter",
    "AuditFilter",
    "CertificateFilter",
    "ConsortiumFilter",
    "OrganisationChangeFilter",
    "OrganisationFilter",
    "PersonFilter",
    "RegistrationFilter",
    "TokenFilter",
    "TrustAnchorFilter",
]
