"""Columns of lists; their Excel files have the same. One file per noun."""

from organisations.tables.administered import (
    ADMINISTERED_COLUMNS,
    CONSORTIUM_COLUMNS,
    TOKEN_COLUMNS,
)
from organisations.tables.audit import AUDIT_COLUMNS
from organisations.tables.certificates import ANCHOR_COLUMNS, CERTIFICATE_COLUMNS
from organisations.tables.directory import DIRECTORY_COLUMNS, kind_words
from organisations.tables.people import ACCOUNT_COLUMNS, PEOPLE_COLUMNS
from organisations.tables.registrations import CHANGE_COLUMNS, REGISTRATION_COLUMNS

__all__ = [
    "ACCOUNT_COLUMNS",
    "ADMINISTERED_COLUMNS",
    "ANCHOR_COLUMNS",
    "AUDIT_COLUMNS",
    "CERTIFICATE_COLUMNS",
    "CHANGE_COLUMNS",
    "CONSORTIUM_COLUMNS",
    "DIRECTORY_COLUMNS",
    "PEOPLE_COLUMNS",
    "REGISTRATION_COLUMNS",
    "TOKEN_COLUMNS",
    "kind_words",
]
