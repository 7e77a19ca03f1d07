"""What is bought: groups, products and their prices, batches and their results."""

from catalog.models.batch import AgreementYear, Batch, BatchParameter
from catalog.models.exemption import Exemption
from catalog.models.group import Group, Substitute
from catalog.models.listing import Listing, ListingStep
from catalog.models.product import ListedPrice, Product
from catalog.models.registration import ProductRegistration, Registration, RegistrationVersion
from catalog.models.selection import Selection

__all__ = [
    "AgreementYear",
    "Batch",
    "BatchParameter",
    "Exemption",
    "Group",
    "ListedPrice",
    "Listing",
    "ListingStep",
    "Product",
    "ProductRegistration",
    "Registration",
    "RegistrationVersion",
    "Selection",
    "Substitute",
]
