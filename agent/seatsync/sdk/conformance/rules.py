"""All rules, chapter by chapter, in the order in which they are shown."""

from __future__ import annotations

from seatsync.sdk.conformance.behaviour_rules import BEHAVIOUR
from seatsync.sdk.conformance.contract_rules import CONTRACT
from seatsync.sdk.conformance.fault_rules import FAULTS
from seatsync.sdk.conformance.page_rules import PAGES
from seatsync.sdk.conformance.reading_rules import READING
from seatsync.sdk.conformance.secrecy_rules import SECRECY

CHAPTERS = (CONTRACT, READING, PAGES, FAULTS, BEHAVIOUR, SECRECY)
RULES = tuple(rule for chapter in CHAPTERS for rule in chapter)
RULES_BY_NAME = {rule.name: rule for rule in RULES}
