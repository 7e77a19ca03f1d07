"""报: what institutions say that they need."""

from volumes.models.agreed import AgreedQuantity, AgreedRound, AgreedShare, AllotmentChoice
from volumes.models.group_total import GroupTotal
from volumes.models.letter import CommitmentLetter
from volumes.models.member_sheet import MemberSheet, MemberSheetLine
from volumes.models.report import ReportExtension, VolumeReport
from volumes.models.report_count import ReportCount
from volumes.models.report_line import ReportLineReview, ReportLineSplit, VolumeReportLine
from volumes.models.second_product import SecondProductChoice
from volumes.models.task import ReportTask, ReportTaskGroup, ReportTaskRegion

__all__ = [
    "AgreedQuantity",
    "AgreedRound",
    "AgreedShare",
    "AllotmentChoice",
    "CommitmentLetter",
    "GroupTotal",
    "MemberSheet",
    "MemberSheetLine",
    "ReportCount",
    "ReportExtension",
    "ReportLineReview",
    "ReportLineSplit",
    "ReportTask",
    "ReportTaskGroup",
    "ReportTaskRegion",
    "SecondProductChoice",
    "VolumeReport",
    "VolumeReportLine",
]
