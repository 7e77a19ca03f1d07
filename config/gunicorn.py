"""How gunicorn serves the pages: threads, so that a slow export does not block the rest."""

import multiprocessing
import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or min(4, multiprocessing.cpu_count()))
threads = int(os.environ.get("WEB_THREADS") or 8)
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "zhaocai"
# Nobody steers it at runtime, and its socket would lie in a home that is read-only in a container.
control_socket_disable = True
