"""Who there is, and who may see what."""

from organisations.models.api_token import ApiToken
from organisations.models.consortium import Consortium, ConsortiumMembership
from organisations.models.guide import Guide, GuideFile, GuideService, ReceptionDay
from organisations.models.organisation import Organisation
from organisations.models.region import Pool, Region
from organisations.models.standing import Standing
from organisations.models.user import User

__all__ = [
    "ApiToken",
    "Consortium",
    "ConsortiumMembership",
    "Guide",
    "GuideFile",
    "GuideService",
    "Organisation",
    "Pool",
    "ReceptionDay",
    "Region",
    "Standing",
    "User",
]
