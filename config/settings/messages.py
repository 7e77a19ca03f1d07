"""Notices outside the page: which gateway serves each channel, and how to reach it."""

from config import environment

_DEFAULT = "off" if environment.text("ZHAOCAI_ENV") == "production" else "file"

MESSAGE_GATEWAYS = {
    "email": environment.text("EMAIL_GATEWAY") or _DEFAULT,
    "sms": environment.text("SMS_GATEWAY") or _DEFAULT,
    "wecom": environment.text("WECOM_GATEWAY") or _DEFAULT,
}
"""Per channel: off, file (writes to the data folder, for demonstration), or smtp, http, wecom."""

PLATFORM_URL = environment.text("PLATFORM_URL")
MESSAGE_TIMEOUT_SECONDS = environment.number("MESSAGE_TIMEOUT_SECONDS")

SMTP_HOST = environment.text("SMTP_HOST")
SMTP_PORT = environment.number("SMTP_PORT")
SMTP_SECURITY = environment.text("SMTP_SECURITY")
SMTP_USER = environment.text("SMTP_USER")
SMTP_PASSWORD = environment.text("SMTP_PASSWORD")
MAIL_FROM = environment.text("MAIL_FROM")

SMS_URL = environment.text("SMS_URL")
SMS_APP_ID = environment.text("SMS_APP_ID")
SMS_SECRET = environment.text("SMS_SECRET")
SMS_SIGN_NAME = environment.text("SMS_SIGN_NAME")
SMS_NOTICE_TEMPLATE = environment.text("SMS_NOTICE_TEMPLATE")
SMS_CODE_TEMPLATE = environment.text("SMS_CODE_TEMPLATE")

WECOM_URL = environment.text("WECOM_URL")
WECOM_CORP_ID = environment.text("WECOM_CORP_ID")
WECOM_AGENT_ID = environment.text("WECOM_AGENT_ID")
WECOM_SECRET = environment.text("WECOM_SECRET")
