"""What runs when. Each tick inserts a job unique on (kind, period); repeats change nothing."""

from typing import Any

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep jobs": {
        "task": "core.jobs.sweep_jobs",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "seal audit trail": {
        "task": "core.audit.seal_audit_trail",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "export audit head": {
        "task": "core.audit.export_audit_head",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    # Hourly, so that a worker that was down at midnight makes up for it.
    "changes of organisations": {
        "task": "organisations.take_due_effects",
        "schedule": crontab(minute="5"),
    },
    "report tasks": {
        "task": "volumes.follow_tasks",
        "schedule": crontab(minute="2"),
    },
    "forget old answers": {
        "task": "core.api.forget_old_answers",
        "schedule": crontab(hour="3", minute="20"),
    },
    # A tick that no worker took in time is dropped: the next one does its work.
    "keep live figures current": {
        "task": "monitoring.keep_live_current",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "hand out changes": {
        "task": "inbox.hand_out_changes",
        "schedule": 10.0,
        "options": {"expires": 9},
    },
    "forget old changes": {
        "task": "inbox.forget_changes",
        "schedule": crontab(hour="3", minute="40"),
    },
    "plan notices outside": {
        "task": "inbox.plan_deliveries",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    **{
        f"send by {channel}": {
            "task": "inbox.send_messages",
            "schedule": 30.0,
            "args": [channel],
            "options": {"expires": 25},
        }
        for channel in ("email", "sms", "wecom")
    },
    # Once a day each; the second run is for a worker that was down at the first.
    "remind of unread announcements": {
        "task": "inbox.remind_unread",
        "schedule": crontab(hour="9-10", minute="5"),
    },
    "clear files of old imports": {
        "task": "interchange.clean_import_files",
        "schedule": crontab(hour="2", minute="50"),
    },
    "forget old drafts": {
        "task": "inbox.forget_drafts",
        "schedule": crontab(hour="3", minute="40"),
    },
    "review hospitals' own lists": {
        "task": "catalog.review_hospital_items",
        "schedule": crontab(minute="38"),
    },
    "check listed prices": {
        "task": "catalog.check_prices",
        "schedule": crontab(minute="8"),
    },
    "agreements of the day": {
        "task": "contracts.follow_agreements",
        "schedule": crontab(hour="0-23", minute="22"),
    },
    "statements of ended months": {
        "task": "settlement.follow_statements",
        "schedule": crontab(minute="27"),
    },
    "certificates that end": {
        "task": "inbox.remind_of_certificates",
        "schedule": crontab(hour="1-23", minute="12"),
    },
    "follow the preparation of batches": {
        "task": "catalog.follow_preparation",
        "schedule": crontab(hour="1-23", minute="18"),
    },
    # Once a day each; every hour, so that a worker that was down makes up for it.
    "applications of the day": {
        "task": "catalog.take_due_applications",
        "schedule": crontab(hour="0-23", minute="15"),
    },
    "bulletins of what ended": {
        "task": "monitoring.draft_due_bulletins",
        "schedule": crontab(hour="3-23", minute="40"),
    },
    "assessments of what ended": {
        "task": "monitoring.assess_due_years",
        "schedule": crontab(hour="3-23", minute="34"),
    },
    "reports of what ended": {
        "task": "monitoring.draft_due_reports",
        "schedule": crontab(hour="4-23", minute="37"),
    },
    "leads of the newest month": {
        "task": "monitoring.find_due_leads",
        "schedule": crontab(hour="4-23", minute="46"),
    },
    "warnings of the day": {
        "task": "monitoring.raise_daily_warnings",
        "schedule": crontab(hour="1-23", minute="25"),
    },
    "lists of late answers": {
        "task": "procurement.make_delayed_lists",
        "schedule": crontab(hour="8-23", minute="10"),
    },
    "selections cancelled from today": {
        "task": "procurement.follow_results",
        "schedule": crontab(minute="2"),
    },
    "lines never shipped": {
        "task": "procurement.follow_idle_lines",
        "schedule": crontab(minute="16"),
    },
    "accept what nobody received": {
        "task": "procurement.accept_unreceived",
        "schedule": crontab(hour="6-23", minute="36"),
    },
    "ask for stock reports": {
        "task": "procurement.remind_of_stock",
        "schedule": crontab(hour="7-23", minute="50"),
    },
    "compare progress with the facts": {
        "task": "procurement.compare_progress",
        "schedule": crontab(hour="2-6", minute="44"),
    },
    "look ahead to the year's end": {
        "task": "monitoring.look_ahead",
        "schedule": crontab(hour="4-23", minute="50"),
    },
    "steps behind what was not mended": {
        "task": "monitoring.propose_steps",
        "schedule": crontab(hour="2-23", minute="45"),
    },
    "sanctions of the day": {
        "task": "monitoring.enact_sanctions",
        "schedule": crontab(minute="4"),
    },
    "entry checks of the day": {
        "task": "monitoring.list_entry_checks",
        "schedule": crontab(hour="1-23", minute="33"),
    },
    "clocks of complaints": {
        "task": "complaints.follow_complaints",
        "schedule": crontab(minute="12"),
    },
    "warnings of the hour": {
        "task": "monitoring.raise_hourly_warnings",
        "schedule": crontab(minute="28"),
    },
    # On the 1st, and again every hour of that day in case the worker was down.
    "compute last month": {
        "task": "monitoring.compute_last_month",
        "schedule": crontab(day_of_month="1", hour="2-23", minute="10"),
    },
}
