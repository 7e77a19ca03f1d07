"""What stands out in the demo province: every name here is a plot that a figure has to show.

Everything else behaves well enough that these are found among some hundreds of warnings.
"""

from __future__ import annotations

SLOW_CITIES = {"360300": 0.86, "360200": 0.89}
SLOW_PAYING_POOL = "3609"
PLATFORM_PAID_POOL = (
    "3611"  # what these distributors brought in the last three ended months is unpaid:
)
PLATFORM_PAID_DISTRIBUTORS = (1, 7, 8, 9, 10)  # the demonstration settles it on the platform
UNSIGNED_COUNTY = "360424"
CONSORTIUM_COUNTIES = (
    "360124",
    "360425",
    "360733",
    "360734",
    "360829",
    "360827",
    "360921",
    "361022",
    "361030",
    "361128",
    "361127",
)
STORY_COUNTIES = (UNSIGNED_COUNTY, *CONSORTIUM_COUNTIES)

FAILING_DISTRIBUTOR = 4  # index among the distributors
FAILING_CITIES = ("360400", "360200", "361100")  # where it delivers most
FAILING_MONTHS = 6  # it gets worse month by month over the last two quarters
WEAK_DISTRIBUTORS = (7, 9)

NON_SELECTED_SHARE_OF_OFFENDER = 0.62
NON_SELECTED_SHARE_OF_FOLLOWERS = (0.34, 0.46)
FOLLOWERS = 4
OVERBUY_FACTOR = 6.2
UNREPORTED_UNITS = 3
BOOMING_GROUP = "YP010"  # its substitutes boom
BOOM_UNITS = 9
STANDBY_GROUP = "YP007"  # short of supply for some weeks: standby products are bought
STANDBY_CITIES = ("360700", "360800")
