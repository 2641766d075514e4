"""How things are billed: the closed vocabularies that contracts and subscriptions share."""

from enum import StrEnum


class BillingType(StrEnum):
    """Whether seats are counted or consumption is metered."""

    LICENSE = "LICENSE"
    USAGE = "USAGE"


class BillingPolicy(StrEnum):
    """Whether a contract bills before or after the period."""

    ADVANCE = "ADVANCE"
    ARREARS = "ARREARS"


class BillingFrequency(StrEnum):
    """How often a bill is made."""

    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    ANNUAL = "ANNUAL"
    TRIENNIAL = "TRIENNIAL"
