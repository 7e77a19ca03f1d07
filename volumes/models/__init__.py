"""报: what institutions say that they need."""

from volumes.models.report_line import VolumeReportLine

__all__ = ["VolumeReportLine"]
