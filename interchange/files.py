"""The files of the dataset in the order in which they load."""

from catalog.datasets.batch_parameters import BATCH_PARAMETERS
from catalog.datasets.batch_years import BATCH_YEARS
from catalog.datasets.batches import BATCHES
from catalog.datasets.exemptions import EXEMPTIONS
from catalog.datasets.groups import GROUPS
from catalog.datasets.products import PRODUCTS
from catalog.datasets.selections import SELECTIONS
from catalog.datasets.substitutes import SUBSTITUTES
from complaints.datasets.complaints import COMPLAINTS
from contracts.datasets.agreements import AGREEMENTS
from core.datasets import DatasetFile
from organisations.datasets.consortia import CONSORTIA
from organisations.datasets.consortium_members import CONSORTIUM_MEMBERS
from organisations.datasets.enterprises import ENTERPRISES
from organisations.datasets.institutions import INSTITUTIONS
from organisations.datasets.pools import POOLS
from organisations.datasets.regions import REGIONS
from procurement.datasets.deliveries import DELIVERIES
from procurement.datasets.order_lines import ORDER_LINES
from procurement.datasets.orders import ORDERS
from procurement.datasets.payments import PAYMENTS
from procurement.datasets.purchase_history import PURCHASE_HISTORY
from procurement.datasets.receipts import RECEIPTS
from procurement.datasets.returns import RETURNS
from settlement.datasets.retention_inputs import RETENTION_INPUTS
from volumes.datasets.volume_reports import VOLUME_REPORTS

FILES: tuple[DatasetFile, ...] = (
    REGIONS,
    POOLS,
    INSTITUTIONS,
    CONSORTIA,
    CONSORTIUM_MEMBERS,
    ENTERPRISES,
    GROUPS,
    PRODUCTS,
    SUBSTITUTES,
    BATCHES,
    BATCH_YEARS,
    BATCH_PARAMETERS,
    SELECTIONS,
    VOLUME_REPORTS,
    AGREEMENTS,
    ORDERS,
    ORDER_LINES,
    DELIVERIES,
    RECEIPTS,
    RETURNS,
    COMPLAINTS,
    PURCHASE_HISTORY,
    EXEMPTIONS,
    PAYMENTS,
    RETENTION_INPUTS,
)

BY_NAME = {file.name: file for file in FILES}
POSITIONS = {file.name: position for position, file in enumerate(FILES)}

# Files whose rows hang on orders: of the database only the orders that these name are read.
ABOUT_ORDERS = ("orders", "order_lines", "deliveries", "receipts", "returns", "payments")
