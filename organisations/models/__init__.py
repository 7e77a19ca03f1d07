"""Who there is, and who may see what."""

from organisations.models.api_token import ApiToken
from organisations.models.certificate import OrganisationCertificate, TrustAnchor
from organisations.models.change import FormerName, OrganisationChange
from organisations.models.consortium import Consortium, ConsortiumMembership
from organisations.models.delegation import Delegation
from organisations.models.guide import Guide, GuideFile, GuideService, ReceptionDay
from organisations.models.organisation import Organisation
from organisations.models.outside_identity import OutsideIdentity
from organisations.models.region import Pool, Region
from organisations.models.registration import Registration, RegistrationStep
from organisations.models.second_factor import RecoveryCode, SecondFactor
from organisations.models.security_policy import PasswordRecord, SecurityPolicy
from organisations.models.standing import Standing
from organisations.models.user import User

__all__ = [
    "ApiToken",
    "Consortium",
    "ConsortiumMembership",
    "Delegation",
    "FormerName",
    "Guide",
    "GuideFile",
    "GuideService",
    "Organisation",
    "OrganisationCertificate",
    "OrganisationChange",
    "OutsideIdentity",
    "PasswordRecord",
    "Pool",
    "ReceptionDay",
    "RecoveryCode",
    "Region",
    "Registration",
    "RegistrationStep",
    "SecondFactor",
    "SecurityPolicy",
    "Standing",
    "TrustAnchor",
    "User",
]
