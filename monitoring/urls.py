"""Addresses of monitoring's pages."""

from django.urls import path, re_path

from monitoring.views import (
    action_acts,
    actions,
    assessments,
    bulletin_parts,
    bulletins,
    dashboard,
    early_notices,
    entry_checks,
    exemption_applications,
    figures,
    indicators,
    jobs,
    leads,
    periodic_reports,
    products,
    rehearsals,
    sanction_case_acts,
    sanction_cases,
    score_appeals,
    scores,
    site_inspection_acts,
    site_inspections,
    supply_limits,
    trainings,
    warning_acts,
    warnings,
)
from monitoring.views.action_forms import VERBS
from monitoring.views.sanction_case_forms import STEPS

ACTION_VERBS = "|".join(VERBS)
SANCTION_STEPS = "|".join(STEPS)

SUBJECT = (
    r"(?P<subject_type>province|city|county|pool|institution|manufacturer|distributor)"
    r"/(?P<code>[0-9A-Za-z_-]{1,40})/"
)

PRODUCT = r"product/(?P<code>[0-9A-Za-z_-]{1,40})/"

FIGURE = (
    r"(?P<month>[0-9-]{1,10})/(?P<indicator>[a-z_]{1,40})/(?P<window>month|ytd)"
    r"/(?P<subject_type>[a-z]{1,12})/(?P<subject_code>[0-9A-Za-z_-]{1,40})/"
)

urlpatterns = [
    path("reports/", periodic_reports.PeriodicReportListView.as_view(), name="periodic-reports"),
    path(
        "reports/export/",
        periodic_reports.PeriodicReportExportView.as_view(),
        name="periodic-reports-export",
    ),
    path(
        "reports/new/",
        periodic_reports.PeriodicReportNewView.as_view(),
        name="periodic-report-new",
    ),
    path(
        "reports/<str:report_no>/",
        periodic_reports.PeriodicReportView.as_view(),
        name="periodic-report",
    ),
    path(
        "reports/<str:report_no>/edit/",
        periodic_reports.PeriodicReportEditView.as_view(),
        name="periodic-report-edit",
    ),
    path(
        "reports/<str:report_no>/step/<slug:verb>/",
        periodic_reports.PeriodicReportStepView.as_view(),
        name="periodic-report-step",
    ),
    path(
        "reports/<str:report_no>/files/<int:file_id>/",
        periodic_reports.PeriodicReportFileView.as_view(),
        name="periodic-report-file",
    ),
    path("assessments/", assessments.AssessedUnitListView.as_view(), name="assessed-units"),
    path(
        "assessments/export/",
        assessments.AssessedUnitExportView.as_view(),
        name="assessed-units-export",
    ),
    path(
        "assessments/groups/", assessments.AssessedGroupListView.as_view(), name="assessed-groups"
    ),
    path(
        "assessments/groups/export/",
        assessments.AssessedGroupExportView.as_view(),
        name="assessed-groups-export",
    ),
    path("assessments/compute/", assessments.AssessYearView.as_view(), name="assess-year"),
    path("monitoring/", dashboard.OwnDashboardView.as_view(), name="dashboard"),
    re_path(
        rf"^monitoring/{SUBJECT}$", dashboard.DashboardView.as_view(), name="dashboard-subject"
    ),
    re_path(
        rf"^monitoring/{PRODUCT}$",
        products.ProductDashboardView.as_view(),
        name="dashboard-product",
    ),
    re_path(
        rf"^monitoring/{PRODUCT}supply/$",
        products.ProductSupplyView.as_view(),
        name="dashboard-product-supply",
    ),
    re_path(
        rf"^monitoring/{PRODUCT}demand/$",
        products.ProductDemandView.as_view(),
        name="dashboard-product-demand",
    ),
    re_path(
        rf"^monitoring/{PRODUCT}demand/export/$",
        products.ProductDemandExportView.as_view(),
        name="dashboard-product-demand-export",
    ),
    path("monitoring/compute/", jobs.ComputeMonthView.as_view(), name="compute-month"),
    path("jobs/", jobs.JobListView.as_view(), name="job-list"),
    path("jobs/<int:pk>/", jobs.JobDetailView.as_view(), name="job-detail"),
    path("jobs/<int:pk>/panel/", jobs.JobPanelView.as_view(), name="job-panel"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("monitoring/indicators/", indicators.IndicatorListView.as_view(), name="indicator-list"),
    path(
        "monitoring/indicators/<slug:indicator>/",
        indicators.IndicatorDetailView.as_view(),
        name="indicator-detail",
    ),
    path(
        "monitoring/indicators/<slug:indicator>/export/",
        indicators.IndicatorExportView.as_view(),
        name="indicator-export",
    ),
    re_path(rf"^monitoring/figures/{FIGURE}$", figures.FigureView.as_view(), name="figure-detail"),
    re_path(
        rf"^monitoring/figures/{FIGURE}export/$",
        figures.FigureExportView.as_view(),
        name="figure-export",
    ),
    path("monitoring/warnings/", warnings.WarningListView.as_view(), name="warning-list"),
    path(
        "monitoring/warnings/export/", warnings.WarningExportView.as_view(), name="warning-export"
    ),
    path(
        "monitoring/warnings/<str:warning_no>/",
        warnings.WarningDetailView.as_view(),
        name="warning-detail",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/print/",
        warnings.WarningPrintView.as_view(),
        name="warning-print",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/acknowledge/",
        warning_acts.AcknowledgeView.as_view(),
        name="warning-acknowledge",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/explain/",
        warning_acts.ExplainView.as_view(),
        name="warning-explain",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/close/",
        warning_acts.CloseView.as_view(),
        name="warning-close",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/return/",
        warning_acts.ReturnView.as_view(),
        name="warning-return",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/files/<int:file_id>/",
        warning_acts.WarningFileView.as_view(),
        name="warning-file",
    ),
    path("actions/", actions.ActionListView.as_view(), name="action-list"),
    path("actions/export/", actions.ActionExportView.as_view(), name="action-export"),
    path("actions/new/", actions.ActionNewView.as_view(), name="action-new"),
    path("actions/of/<str:action_no>/", actions.ActionView.as_view(), name="action-detail"),
    path(
        "actions/of/<str:action_no>/files/<int:file_id>/",
        actions.ActionFileView.as_view(),
        name="action-file",
    ),
    re_path(
        rf"^actions/of/(?P<action_no>[^/]{{1,40}})/(?P<verb>{ACTION_VERBS})/\Z",
        action_acts.ActionActView.as_view(),
        name="action-act",
    ),
    path(
        "monitoring/supply-limits/",
        supply_limits.SupplyLimitListView.as_view(),
        name="supply-limits",
    ),
    path(
        "monitoring/supply-limits-export/",
        supply_limits.SupplyLimitExportView.as_view(),
        name="supply-limits-export",
    ),
    path(
        "monitoring/early/",
        early_notices.EarlyNoticeListView.as_view(),
        name="early-notices",
    ),
    path(
        "monitoring/early-export/",
        early_notices.EarlyNoticeExportView.as_view(),
        name="early-notices-export",
    ),
    path("entry-checks/", entry_checks.EntryListView.as_view(), name="entry-checks"),
    path(
        "entry-checks-export/", entry_checks.EntryExportView.as_view(), name="entry-checks-export"
    ),
    path("entry-checks/<str:check_no>/", entry_checks.EntryView.as_view(), name="entry-check"),
    path(
        "entry-checks/<str:check_no>/explain/",
        entry_checks.EntryExplainView.as_view(),
        name="entry-check-explain",
    ),
    path(
        "entry-checks/<str:check_no>/follow/",
        entry_checks.EntryFollowView.as_view(),
        name="entry-check-follow",
    ),
    path(
        "entry-checks/<str:check_no>/return/",
        entry_checks.EntryReturnView.as_view(),
        name="entry-check-return",
    ),
    path(
        "monitoring/rehearsals/<str:change_no>/",
        rehearsals.RehearsalView.as_view(),
        name="rehearsal",
    ),
    path(
        "monitoring/rehearsals/<str:change_no>/panel/",
        rehearsals.RehearsalPanelView.as_view(),
        name="rehearsal-panel",
    ),
    path(
        "monitoring/rehearsals/<str:change_no>/<str:month>/",
        rehearsals.RehearsalMonthView.as_view(),
        name="rehearsal-month",
    ),
    path(
        "exemption-applications/",
        exemption_applications.ExemptionApplicationListView.as_view(),
        name="exemption-applications",
    ),
    path(
        "exemption-applications/export/",
        exemption_applications.ExemptionApplicationExportView.as_view(),
        name="exemption-applications-export",
    ),
    path(
        "exemption-applications/new/",
        exemption_applications.ExemptionApplicationNewView.as_view(),
        name="exemption-application-new",
    ),
    path(
        "exemption-applications/granted/",
        exemption_applications.GrantedExemptionListView.as_view(),
        name="granted-exemptions",
    ),
    path(
        "exemption-applications/granted/export/",
        exemption_applications.GrantedExemptionExportView.as_view(),
        name="granted-exemptions-export",
    ),
    path(
        "exemption-applications/of/<str:application_no>/",
        exemption_applications.ExemptionApplicationView.as_view(),
        name="exemption-application",
    ),
    path(
        "exemption-applications/of/<str:application_no>/files/<int:file_id>/",
        exemption_applications.ExemptionApplicationFileView.as_view(),
        name="exemption-application-file",
    ),
    re_path(
        r"^exemption-applications/of/(?P<application_no>[^/]{1,40})"
        r"/(?P<verb>check|return|resubmit|grant|refuse|withdraw)/\Z",
        exemption_applications.ExemptionApplicationActView.as_view(),
        name="exemption-application-act",
    ),
    path(
        "site-inspections/",
        site_inspections.SiteInspectionListView.as_view(),
        name="site-inspections",
    ),
    path(
        "site-inspections/export/",
        site_inspections.SiteInspectionExportView.as_view(),
        name="site-inspections-export",
    ),
    path(
        "site-inspections/new/",
        site_inspections.SiteInspectionNewView.as_view(),
        name="site-inspection-new",
    ),
    path(
        "site-inspections/of/<str:inspection_no>/",
        site_inspections.SiteInspectionView.as_view(),
        name="site-inspection",
    ),
    path(
        "site-inspections/of/<str:inspection_no>/files/<int:file_id>/",
        site_inspections.SiteInspectionFileView.as_view(),
        name="site-inspection-file",
    ),
    re_path(
        r"^site-inspections/of/(?P<inspection_no>[^/]{1,40})"
        r"/(?P<verb>visit|reschedule|cancel|feed_back|answer|judge)/\Z",
        site_inspection_acts.SiteInspectionActView.as_view(),
        name="site-inspection-act",
    ),
    path("sanctions/", sanction_cases.SanctionCaseListView.as_view(), name="sanction-cases"),
    path(
        "sanctions/export/",
        sanction_cases.SanctionCaseExportView.as_view(),
        name="sanction-cases-export",
    ),
    path("sanctions/new/", sanction_cases.SanctionCaseNewView.as_view(), name="sanction-case-new"),
    path(
        "sanctions/of/<str:case_no>/",
        sanction_cases.SanctionCaseView.as_view(),
        name="sanction-case",
    ),
    path(
        "sanctions/of/<str:case_no>/files/<int:file_id>/",
        sanction_cases.SanctionCaseFileView.as_view(),
        name="sanction-case-file",
    ),
    re_path(
        rf"^sanctions/of/(?P<case_no>[^/]{{1,40}})/(?P<verb>{SANCTION_STEPS})/\Z",
        sanction_case_acts.SanctionCaseActView.as_view(),
        name="sanction-case-act",
    ),
    path("scores/", scores.ScoreListView.as_view(), name="score-list"),
    path("scores/export/", scores.ScoreExportView.as_view(), name="score-export"),
    path("scores/of/<str:score_no>/", scores.ScoreView.as_view(), name="score-detail"),
    path(
        "scores/of/<str:score_no>/appeal/",
        scores.ScoreAppealNewView.as_view(),
        name="score-appeal",
    ),
    path(
        "scores/of/<str:score_no>/propose/",
        scores.ScoreProposeView.as_view(),
        name="score-propose",
    ),
    path("score-appeals/", score_appeals.ScoreAppealListView.as_view(), name="score-appeal-list"),
    path(
        "score-appeals/export/",
        score_appeals.ScoreAppealExportView.as_view(),
        name="score-appeal-export",
    ),
    path(
        "score-appeals/of/<str:appeal_no>/",
        score_appeals.ScoreAppealView.as_view(),
        name="score-appeal-detail",
    ),
    path(
        "score-appeals/of/<str:appeal_no>/files/<int:file_id>/",
        score_appeals.ScoreAppealFileView.as_view(),
        name="score-appeal-file",
    ),
    re_path(
        r"^score-appeals/of/(?P<appeal_no>[^/]{1,40})/(?P<verb>uphold|reject|withdraw)/\Z",
        score_appeals.ScoreAppealActView.as_view(),
        name="score-appeal-act",
    ),
    path("leads/", leads.LeadListView.as_view(), name="leads"),
    path("leads-export/", leads.LeadExportView.as_view(), name="leads-export"),
    path("leads-search/", leads.LeadSearchView.as_view(), name="lead-search"),
    path("leads/<str:lead_no>/", leads.LeadView.as_view(), name="lead"),
    path(
        "leads/<str:lead_no>/files/<int:file_id>/",
        leads.LeadFileView.as_view(),
        name="lead-file",
    ),
    re_path(
        r"^leads/(?P<lead_no>[^/]{1,40})/(?P<verb>confirm|dismiss|reopen|transfer|answer)/\Z",
        leads.LeadActView.as_view(),
        name="lead-act",
    ),
    path("trainings/", trainings.TrainingListView.as_view(), name="trainings"),
    path("trainings-export/", trainings.TrainingExportView.as_view(), name="trainings-export"),
    path("trainings-coverage/", trainings.TrainingCoverageView.as_view(), name="training-coverage"),
    path(
        "trainings-coverage/export/",
        trainings.TrainingCoverageExportView.as_view(),
        name="training-coverage-export",
    ),
    path("trainings-new/", trainings.TrainingNewView.as_view(), name="training-new"),
    path("trainings/<str:training_no>/", trainings.TrainingView.as_view(), name="training"),
    path(
        "trainings/<str:training_no>/edit/",
        trainings.TrainingEditView.as_view(),
        name="training-edit",
    ),
    path(
        "trainings/<str:training_no>/files/<int:file_id>/",
        trainings.TrainingFileView.as_view(),
        name="training-file",
    ),
    path(
        "trainings/<str:training_no>/step/<slug:verb>/",
        trainings.TrainingStepView.as_view(),
        name="training-step",
    ),
    path("bulletins/", bulletins.BulletinListView.as_view(), name="bulletins"),
    path("bulletins-export/", bulletins.BulletinExportView.as_view(), name="bulletins-export"),
    path("bulletins-new/", bulletins.BulletinNewView.as_view(), name="bulletin-new"),
    path(
        "bulletins-template/<slug:kind>/",
        bulletins.BulletinTemplateView.as_view(),
        name="bulletin-template",
    ),
    path("bulletins/<str:bulletin_no>/", bulletins.BulletinView.as_view(), name="bulletin"),
    path(
        "bulletins/<str:bulletin_no>/edit/",
        bulletins.BulletinEditView.as_view(),
        name="bulletin-edit",
    ),
    path(
        "bulletins/<str:bulletin_no>/step/<slug:verb>/",
        bulletins.BulletinStepView.as_view(),
        name="bulletin-step",
    ),
    path(
        "bulletins/<str:bulletin_no>/verify/",
        bulletins.BulletinVerifyView.as_view(),
        name="bulletin-verify",
    ),
    path(
        "bulletins/<str:bulletin_no>/files/<slug:kind>/",
        bulletins.BulletinFileView.as_view(),
        name="bulletin-file",
    ),
    path(
        "bulletins/<str:bulletin_no>/figures/",
        bulletins.BulletinInputListView.as_view(),
        name="bulletin-inputs",
    ),
    path(
        "bulletins/<str:bulletin_no>/figures/export/",
        bulletins.BulletinInputExportView.as_view(),
        name="bulletin-inputs-export",
    ),
    path(
        "bulletins/<str:bulletin_no>/lines/",
        bulletins.BulletinLineListView.as_view(),
        name="bulletin-lines",
    ),
    path(
        "bulletins/<str:bulletin_no>/lines/export/",
        bulletins.BulletinLineExportView.as_view(),
        name="bulletin-lines-export",
    ),
    path(
        "bulletins/<str:bulletin_no>/lines/<int:line_no>/",
        bulletin_parts.BulletinLineView.as_view(),
        name="bulletin-line",
    ),
    path(
        "bulletins/<str:bulletin_no>/receipts/",
        bulletins.BulletinReceiptListView.as_view(),
        name="bulletin-receipts",
    ),
    path(
        "bulletins/<str:bulletin_no>/receipts/export/",
        bulletins.BulletinReceiptExportView.as_view(),
        name="bulletin-receipts-export",
    ),
    path(
        "bulletins/<str:bulletin_no>/receipts/<str:code>/",
        bulletin_parts.BulletinReceiptView.as_view(),
        name="bulletin-receipt",
    ),
    path(
        "bulletins/<str:bulletin_no>/receipts/<str:code>/files/<int:file_id>/",
        bulletin_parts.BulletinReceiptFileView.as_view(),
        name="bulletin-receipt-file",
    ),
]
