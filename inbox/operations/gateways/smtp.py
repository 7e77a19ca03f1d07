"""E-mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from django.conf import settings

from inbox.operations.gateways.base import GatewayProblem, Message

PERMANENT = range(500, 600)


class SmtpGateway:
    """One connection per message; with the account's password only over TLS."""

    def send(self, address: str, message: Message) -> None:
        try:
            with self._connected() as server:
                server.send_message(_mail(address, message), to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            final = bool(codes) and all(code in PERMANENT for code in codes)
            raise GatewayProblem("邮件服务器拒收该地址", is_final=final) from error
        except smtplib.SMTPAuthenticationError as error:
            raise GatewayProblem("邮件服务器不认可账号或口令") from error
        except smtplib.SMTPResponseException as error:
            raise GatewayProblem(f"邮件服务器应答 {error.smtp_code}") from error
        except smtplib.SMTPException as error:
            raise GatewayProblem("邮件服务器没有接受") from error
        except (OSError, ssl.SSLError) as error:
            raise GatewayProblem("邮件服务器连接不上") from error

    def _connected(self) -> smtplib.SMTP:
        host, port = settings.SMTP_HOST, settings.SMTP_PORT
        wait = settings.MESSAGE_TIMEOUT_SECONDS
        if settings.SMTP_SECURITY == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=wait, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=wait)
        try:
            if settings.SMTP_SECURITY == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.SMTP_USER:
                if settings.SMTP_SECURITY == "none":
                    raise GatewayProblem("SMTP_SECURITY 为 none 时不发送邮件账号的口令")
                server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        except BaseException:
            server.close()
            raise
        return server


def _mail(address: str, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = settings.MAIL_FROM
    mail["To"] = address
    mail["Subject"] = message.subject
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{message.key}@zhaocai>" if message.key else make_msgid(domain="zhaocai")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
