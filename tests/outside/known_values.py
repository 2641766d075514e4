"""What an agent knows, for those who make up requests: with made-up ids alone, none gets far."""

from __future__ import annotations

from typing import Any

import httpx

LISTS = """{
  accounts(first: 20) { nodes { id } }
  billingContracts(first: 20) { nodes { id } }
  subscriptions(first: 20) { nodes { id } edges { cursor } }
  providerAccounts(first: 20) { nodes { id } }
  jobs(first: 20) { nodes { id } }
  syncRuns(first: 20) { nodes { id } }
  syncReport(first: 20) { nodes { id } }
  auditLog(first: 20) { nodes { id } }
  providers { key }
  scheduledJobs { key }
}"""

OF_ARGUMENTS = {
    "accountId": "accounts",
    "billingContractId": "billingContracts",
    "subscriptionId": "subscriptions",
    "subscriptionIds[*]": "subscriptions",
    "providerAccountId": "providerAccounts",
    "jobId": "jobs",
    "runId": "syncRuns",
    "targetId": "ids",
    "providerKey": "providers",
    "providerKeys[*]": "providers",
    "key": "keys",
    "after": "cursors",
    "before": "cursors",
    "first": "lengths",
    "last": "lengths",
    "currency": "currencies",
}
"""Which of the known values fit an argument or an input's field of this name."""

OF_IDS = {
    "account": "accounts",
    "billingContract": "billingContracts",
    "subscription": "subscriptions",
    "providerAccount": "providerAccounts",
    "job": "jobs",
    "syncRun": "syncRuns",
    "node": "ids",
}
"""Which of the known values are the `id` of a query."""


def known_values(address: str) -> dict[str, list[str | int]]:
    """Ask the agent at a GraphQL endpoint what there is; return names of values, and the values."""
    answer = httpx.post(address, json={"query": LISTS}, timeout=30).raise_for_status().json()
    data = answer["data"]
    listed = {name: _ids(found) for name, found in data.items() if isinstance(found, dict)}
    providers = [provider["key"] for provider in data["providers"]]
    return listed | {
        "ids": [identifier for ids in listed.values() for identifier in ids],
        "providers": [*providers, "manual"],
        "keys": [*providers, *(job["key"] for job in data["scheduledJobs"])],
        "cursors": [edge["cursor"] for edge in data["subscriptions"]["edges"]],
        "lengths": [1, 2, 3, 20, 500, 501],
        "currencies": ["USD", "EUR"],
    }


def bindings() -> dict[str, str]:
    """Return where known values belong, as schemathesis names places, and their names."""
    places = ("", "input.", "filter.")
    bound = {f"*.*.{place}{name}": of for name, of in OF_ARGUMENTS.items() for place in places}
    return bound | {f"Query.{query}.id": of for query, of in OF_IDS.items()}


def _ids(found: dict[str, Any]) -> list[str | int]:
    return [node["id"] for node in found["nodes"]]
