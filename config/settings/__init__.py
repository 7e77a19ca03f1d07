"""Django settings, one module per concern; values come from `config.environment`."""

from config.safety import refuse_unsafe_production
from config.settings.applications import *  # noqa: F403
from config.settings.database import *  # noqa: F403
from config.settings.jobs import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.messages import *  # noqa: F403
from config.settings.rest import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.web import *  # noqa: F403

if PRODUCTION:
    refuse_unsafe_production(globals())
