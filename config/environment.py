"""Every environment variable that the platform reads, with its default.

Settings take their values from here and from nowhere else; `VARIABLES` is
also what the operations handbook prints.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable("DATABASE_URL", "", "应用角色的 PostgreSQL 地址；留空则启动内置 PostgreSQL"),
    Variable(
        "MIGRATION_DATABASE_URL",
        "",
        "属主角色的地址，用于 migrate 与建测试库；留空则同 DATABASE_URL",
    ),
    Variable("REDIS_URL", "", "Celery 队列的 Redis 地址；留空则启动内置 Redis"),
    Variable("ZHAOCAI_VAR", "", "内置服务、密钥与附件的目录；默认为项目下的 var/"),
    Variable("FILES_DIR", "", "附件目录，各 web 与 worker 共用；默认为 ZHAOCAI_VAR 下的 files/"),
    Variable(
        "AUDIT_HEAD_DIR",
        "",
        "审计摘要留存目录，应在数据库管理员够不到的地方；默认为 ZHAOCAI_VAR 下的 audit-heads/",
    ),
    Variable(
        "STATIC_ROOT", "", "collectstatic 的目标目录，生产环境必须设置；留空则直接从源目录提供"
    ),
    Variable("ZHAOCAI_ENV", "local", "local 或 production；production 拒绝不安全的设置"),
    Variable("DEBUG", "0", "调试页；生产环境必须为 0"),
    Variable("SECRET_KEY", "", "签名密钥；local 环境下自动生成并保存在 var/secrets"),
    Variable(
        "SECRET_KEY_FALLBACKS", "", "换下来的签名密钥，逗号分隔；留着才能读出已启用的动态口令"
    ),
    Variable(
        "SIGNING_KEY_PASSPHRASE",
        "",
        "保管签名私钥的口令，与数据库分开保管；local 环境下自动生成并保存在 var/secrets",
    ),
    Variable(
        "SIGNING_KEY_PASSPHRASE_FALLBACKS", "", "换下来的口令，逗号分隔；留着才能打开原来的私钥"
    ),
    Variable(
        "SEAL_PROVIDER",
        "core.signing.provider.BuiltInProvider",
        "签名的实现；接入持证机构的签章服务时换为其适配类",
    ),
    Variable(
        "PAPER_FONTS_DIR", "", "本单位公文字体（方正小标宋、仿宋_GB2312 等）的目录；留空用随附字体"
    ),
    Variable("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]", "允许的主机名，逗号分隔"),
    Variable("CSRF_TRUSTED_ORIGINS", "", "代理后的来源，如 https://zc.example.gov.cn，逗号分隔"),
    Variable(
        "HTTPS_ONLY", "", "1 时强制 HTTPS、安全 Cookie 与 HSTS；production 默认 1，local 默认 0"
    ),
    Variable("BEHIND_PROXY", "0", "1 时信任反向代理的 X-Forwarded-Proto 与最后一跳地址"),
    Variable("PORT", "8000", "make demo 与 make serve 的端口"),
    Variable("WEB_BIND", "127.0.0.1:8000", "gunicorn 监听的地址"),
    Variable("WEB_WORKERS", "", "gunicorn 进程数；默认为处理器数，至多 4"),
    Variable("WEB_THREADS", "8", "每个 gunicorn 进程的线程数"),
    Variable("CONN_MAX_AGE", "60", "数据库连接保持秒数"),
    Variable("WEB_LOCK_TIMEOUT_MS", "3000", "网页请求等待行锁的上限（毫秒）"),
    Variable("WEB_STATEMENT_TIMEOUT_MS", "15000", "网页请求单条语句的上限（毫秒）"),
    Variable("WEB_IDLE_TRANSACTION_TIMEOUT_MS", "30000", "网页请求事务空闲的上限（毫秒）"),
    Variable("JOB_LOCK_TIMEOUT_MS", "60000", "后台任务等待行锁的上限（毫秒）"),
    Variable("SESSION_IDLE_MINUTES", "30", "会话空闲退出（分钟）"),
    Variable("SESSION_ABSOLUTE_HOURS", "12", "会话最长时间（小时）"),
    Variable("LOGIN_FAILURE_LIMIT", "5", "连续登录失败几次后锁定"),
    Variable("LOGIN_LOCK_MINUTES", "30", "锁定时长（分钟）"),
    Variable("CELERY_VISIBILITY_TIMEOUT", "21600", "未确认任务重新投递前的秒数，须长于最长的任务"),
    Variable("QUEUE_PREFIX", "zhaocai:", "Redis 键的前缀，几套系统共用一个 Redis 时区分"),
    Variable("METRICS_TOKEN", "", "访问 /metrics 的令牌；留空则只允许本机访问"),
    Variable("PUBLIC_PAGES_PER_MINUTE", "240", "每个网页进程每分钟应答同一地址未登录访问的上限"),
    Variable("LOG_LEVEL", "INFO", "日志级别"),
    Variable("EMAIL_GATEWAY", "", "off、file 或 smtp；local 默认 file，production 默认 off"),
    Variable("SMS_GATEWAY", "", "off、file 或 http；local 默认 file，production 默认 off"),
    Variable("WECOM_GATEWAY", "", "off、file 或 wecom；local 默认 file，production 默认 off"),
    Variable("PLATFORM_URL", "", "外发通知中平台的网址，如 https://zc.example.gov.cn"),
    Variable("MESSAGE_TIMEOUT_SECONDS", "5", "等待邮件、短信、政务微信网关应答的秒数"),
    Variable("SMTP_HOST", "", "邮件服务器"),
    Variable("SMTP_PORT", "25", "邮件服务器端口"),
    Variable("SMTP_SECURITY", "starttls", "starttls、ssl 或 none（仅限内网）"),
    Variable("SMTP_USER", "", "邮件账号；留空则不认证"),
    Variable("SMTP_PASSWORD", "", "邮件口令"),
    Variable("MAIL_FROM", "", "发件地址"),
    Variable("SMS_URL", "", "短信网关的 HTTP 接口"),
    Variable("SMS_APP_ID", "", "短信网关的应用编号"),
    Variable("SMS_SECRET", "", "短信网关的签名密钥（HMAC-SHA256）"),
    Variable("SMS_SIGN_NAME", "", "短信签名"),
    Variable("SMS_NOTICE_TEMPLATE", "", "通知短信的模板编号，参数 kinds、count"),
    Variable("SMS_CODE_TEMPLATE", "", "验证码短信的模板编号，参数 code"),
    Variable("WECOM_URL", "https://qyapi.weixin.qq.com", "政务微信接口的网址，私有部署时修改"),
    Variable("WECOM_CORP_ID", "", "政务微信的企业编号"),
    Variable("WECOM_AGENT_ID", "", "政务微信的应用编号"),
    Variable("WECOM_SECRET", "", "政务微信的应用密钥"),
    Variable("LOG_FORMAT", "", "json 或 console；production 默认 json"),
    Variable("UPLOAD_MAX_MEGABYTES", "20", "单个附件的上限（MB）"),
    Variable("DATASET_MAX_MEGABYTES", "200", "一次上传的数据集文件合计的上限（MB）"),
    Variable("DATASET_UNPACKED_MAX_MEGABYTES", "4000", "数据集压缩包解开后的上限（MB）"),
    Variable("DATASET_FILES_KEEP_DAYS", "90", "导入办结后，上传的原文件保留的天数"),
    Variable("API_TOKEN_PER_MINUTE", "600", "每个接口令牌每分钟请求上限；令牌可另设"),
    Variable("API_PERSON_PER_MINUTE", "600", "每个登录用户每分钟接口请求上限"),
    Variable("API_ADDRESS_PER_MINUTE", "120", "每个来源地址未登录的每分钟接口请求上限"),
    Variable(
        "WEBHOOK_ALLOWED_NETWORKS",
        "",
        "允许回调的内部网段，逗号分隔，如 10.20.0.0/16；默认只许公网",
    ),
    Variable("WEBHOOK_ALLOWED_PORTS", "443", "回调地址允许的端口，逗号分隔"),
    Variable("WEBHOOK_CA_FILE", "", "另外信任的证书颁发机构文件（PEM），供内部网段的回调地址使用"),
    Variable("WEBHOOK_TIMEOUT_SECONDS", "10", "一次回调的总时限（秒）"),
    Variable("WEBHOOK_PAUSE_AFTER_DAYS", "5", "连续失败满几天自动暂停回调地址"),
    Variable("MAP_APPROVAL_NUMBER", "", "地图审图号，显示在示意图下方"),
    Variable("OIDC_ISSUER", "", "统一身份认证（OpenID Connect）的签发方地址；留空则不启用"),
    Variable("OIDC_CLIENT_ID", "", "在统一身份认证登记的应用编号"),
    Variable("OIDC_CLIENT_SECRET", "", "在统一身份认证登记的应用密钥"),
    Variable("OIDC_LABEL", "统一身份认证", "登录页上的名称"),
    Variable("ZHAOCAI_DEMO_CODES", "0", "1 时登录页显示演示账号的动态口令，由 make demo 设置"),
    Variable("ZHAOCAI_DEMO_PASSWORD", "", "演示账号的口令；留空则随机生成并显示"),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}
_TRUE = {"1", "true", "yes", "on"}


class BadEnvironmentError(Exception):
    """A variable has a value that cannot be used; the text names it."""


def text(name: str) -> str:
    """Value of `name`; KeyError when it is not listed above."""
    return os.environ.get(name, "").strip() or _BY_NAME[name].default


def flag(name: str, *, default: bool | None = None) -> bool:
    value = text(name)
    return default if value == "" and default is not None else value.lower() in _TRUE


def number(name: str) -> int:
    value = text(name)
    try:
        return int(value)
    except ValueError:
        raise BadEnvironmentError(f"环境变量 {name} 应为整数，现在是 {value!r}。") from None


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]
