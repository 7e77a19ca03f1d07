"""管: indicators of each month, the warnings that they raise, and the answers to those."""

from monitoring.models.action import ActionInvite, ActionWarning, SupervisionAction
from monitoring.models.assessment import AssessedGroup, AssessedUnit, YearAssessment
from monitoring.models.bulletin import Bulletin, BulletinTemplate
from monitoring.models.bulletin_part import (
    BulletinInput,
    BulletinLine,
    BulletinObjection,
    BulletinReceipt,
)
from monitoring.models.computed_month import ComputedMonth
from monitoring.models.early_notice import EarlyNotice
from monitoring.models.entry_check import EntryCheck
from monitoring.models.exemption_application import ExemptionApplication
from monitoring.models.figure_columns import FigureColumns
from monitoring.models.indicator_value import IndicatorValue
from monitoring.models.lead import Lead, LeadSearch
from monitoring.models.live_month import LiveMonth
from monitoring.models.live_value import LiveValue
from monitoring.models.rehearsal import Rehearsal, RehearsalRow
from monitoring.models.report import PeriodicReport
from monitoring.models.sanction_case import SanctionCase, SanctionResult
from monitoring.models.score import (
    ScoreAction,
    ScoreAppeal,
    SupplyScore,
    SupplyScorePart,
)
from monitoring.models.site_inspection import SiteInspection, SiteInspectionItem
from monitoring.models.training import Training, TrainingAttendance
from monitoring.models.warning import Warning, WarningMonth, WarningStep

__all__ = [
    "ActionInvite",
    "ActionWarning",
    "AssessedGroup",
    "AssessedUnit",
    "Bulletin",
    "BulletinInput",
    "BulletinLine",
    "BulletinObjection",
    "BulletinReceipt",
    "BulletinTemplate",
    "ComputedMonth",
    "EarlyNotice",
    "EntryCheck",
    "ExemptionApplication",
    "FigureColumns",
    "IndicatorValue",
    "Lead",
    "LeadSearch",
    "LiveMonth",
    "LiveValue",
    "PeriodicReport",
    "Rehearsal",
    "RehearsalRow",
    "SanctionCase",
    "SanctionResult",
    "ScoreAction",
    "ScoreAppeal",
    "SiteInspection",
    "SiteInspectionItem",
    "SupervisionAction",
    "SupplyScore",
    "SupplyScorePart",
    "Training",
    "TrainingAttendance",
    "Warning",
    "WarningMonth",
    "WarningStep",
    "YearAssessment",
]
