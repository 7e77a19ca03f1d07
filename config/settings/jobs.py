"""Celery: a message may be lost or repeated, the job row in PostgreSQL decides."""

from config import environment
from config.addresses import redis_url

_VISIBILITY_TIMEOUT = environment.number("CELERY_VISIBILITY_TIMEOUT")
_TRANSPORT = {
    "visibility_timeout": _VISIBILITY_TIMEOUT,
    # Unacknowledged messages are looked for at each sweep, not at every tenth.
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
}

EMBEDDED_BROKER = not environment.text("REDIS_URL")

CELERY_BROKER_URL = redis_url()
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **_TRANSPORT,
    "global_keyprefix": environment.text("QUEUE_PREFIX"),
}
CELERY_VISIBILITY_TIMEOUT = _VISIBILITY_TIMEOUT
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 4 * 3600
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 300
CELERY_TASK_DEFAULT_QUEUE = "zhaocai"
# A web request must not hang on a dead broker: the sweeper rings again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True
