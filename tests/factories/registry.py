"""Which factory makes which model; a model without one fails a test."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model

from tests.factories import catalog, core, inbox, organisations, stages

FACTORIES: dict[str, Callable[[], Model]] = {
    "catalog.AgreementYear": catalog.agreement_year,
    "catalog.Batch": catalog.batch,
    "catalog.BatchParameter": catalog.batch_parameter,
    "catalog.Exemption": catalog.exemption,
    "catalog.Group": catalog.group,
    "catalog.ListedPrice": catalog.listed_price,
    "catalog.Product": catalog.product,
    "catalog.Selection": catalog.selection,
    "catalog.Substitute": catalog.substitute,
    "complaints.Complaint": stages.complaint,
    "contracts.AgreementLine": stages.agreement_line,
    "core.Attachment": core.attachment,
    "core.AuditEvent": core.audit_event,
    "core.AuditSeal": core.audit_seal,
    "core.CalendarDay": core.calendar_day,
    "core.CalendarYear": core.calendar_year,
    "core.IdempotentAnswer": core.idempotent_answer,
    "core.Job": core.job,
    "core.JobLogLine": core.job_log_line,
    "core.StoredFile": core.stored_file,
    "inbox.Notice": inbox.notice,
    "inbox.SavedView": inbox.saved_view,
    "inbox.Task": inbox.task,
    "monitoring.ComputedMonth": stages.computed_month,
    "monitoring.IndicatorValue": stages.indicator_value,
    "monitoring.Warning": stages.warning,
    "monitoring.WarningMonth": stages.warning_month,
    "monitoring.WarningStep": stages.warning_step,
    "organisations.ApiToken": lambda: organisations.api_token()[0],
    "organisations.Consortium": organisations.consortium,
    "organisations.ConsortiumMembership": organisations.membership,
    "organisations.Organisation": organisations.organisation,
    "organisations.Pool": organisations.pool,
    "organisations.Region": organisations.region,
    "organisations.Standing": organisations.standing,
    "organisations.User": organisations.person,
    "policy.Document": catalog.document,
    "policy.Parameter": catalog.parameter,
    "policy.ParameterValue": catalog.parameter_value,
    "policy.Policy": catalog.policy,
    "procurement.Delivery": stages.delivery,
    "procurement.LineDelta": stages.line_delta,
    "procurement.Order": stages.order,
    "procurement.OrderLine": stages.order_line,
    "procurement.Payment": stages.payment,
    "procurement.PurchaseHistory": stages.purchase_history,
    "procurement.Receipt": stages.receipt,
    "procurement.Return": stages.returned,
    "settlement.RetentionInput": stages.retention_input,
    "volumes.VolumeReportLine": stages.report_line,
}
