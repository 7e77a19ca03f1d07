"""What is bought: groups, products and their prices, batches and their results."""

from catalog.models.application import (
    ApplicationItem,
    ApplicationPaper,
    ApplicationStep,
    ProductApplication,
)
from catalog.models.application_objection import ApplicationObjection
from catalog.models.batch import AgreementYear, Batch, BatchParameter
from catalog.models.batch_draft import BatchDocument, BatchDraft
from catalog.models.conversion import Conversion
from catalog.models.edition import CatalogueEdition, EditionLine
from catalog.models.exemption import Exemption
from catalog.models.group import Group, Substitute
from catalog.models.hospital_item import HospitalItem, ItemMapping
from catalog.models.inspection import Inspection, Sampling
from catalog.models.listing import Listing, ListingStep
from catalog.models.listing_case import Inquiry, InquiryStep, ListingRequest
from catalog.models.maximum_price import MaximumPrice
from catalog.models.override_change import OverrideChange
from catalog.models.price_calculation import PriceCalculation
from catalog.models.price_mark import PriceMark, PriceMultiple
from catalog.models.product import ListedPrice, Product
from catalog.models.quality_hold import QualityHold
from catalog.models.quality_report import QualityReport
from catalog.models.reference_product import ReferenceProduct
from catalog.models.registration import ProductRegistration, Registration, RegistrationVersion
from catalog.models.result_change import ResultChange
from catalog.models.selection import Selection
from catalog.models.service_candidate import ServiceCandidate, ServiceEligibility
from catalog.models.service_item import ServiceConsumable, ServiceItem, ServicePrice
from catalog.models.shortage import ShortageEntry

__all__ = [
    "AgreementYear",
    "ApplicationItem",
    "ApplicationObjection",
    "ApplicationPaper",
    "ApplicationStep",
    "Batch",
    "BatchDocument",
    "BatchDraft",
    "BatchParameter",
    "CatalogueEdition",
    "Conversion",
    "EditionLine",
    "Exemption",
    "Group",
    "HospitalItem",
    "Inquiry",
    "InquiryStep",
    "Inspection",
    "ItemMapping",
    "ListedPrice",
    "Listing",
    "ListingRequest",
    "ListingStep",
    "MaximumPrice",
    "OverrideChange",
    "PriceCalculation",
    "PriceMark",
    "PriceMultiple",
    "Product",
    "ProductApplication",
    "ProductRegistration",
    "QualityHold",
    "QualityReport",
    "ReferenceProduct",
    "Registration",
    "RegistrationVersion",
    "ResultChange",
    "Sampling",
    "Selection",
    "ServiceCandidate",
    "ServiceConsumable",
    "ServiceEligibility",
    "ServiceItem",
    "ServicePrice",
    "ShortageEntry",
    "Substitute",
]
