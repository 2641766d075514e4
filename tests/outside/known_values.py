"""What an agent knows, for those who make up requests: with made-up ids alone, none gets far."""

from __future__ import annotations

import httpx

PAGED = (
    "accounts",
    "billingContracts",
    "subscriptions",
    "providerAccounts",
    "jobs",
    "syncRuns",
    "syncReport",
    "auditLog",
)
LISTS = " ".join(f"{name}(first: 20) {{ edges {{ cursor node {{ id }} }} }}" for name in PAGED)
KEYS = "providers { key } scheduledJobs { key }"

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
    asked = {"query": f"{{ {LISTS} {KEYS} }}"}
    data = httpx.post(address, json=asked, timeout=30).raise_for_status().json()["data"]
    ids = {name: [edge["node"]["id"] for edge in data[name]["edges"]] for name in PAGED}
    cursors = {_cursors(name): [edge["cursor"] for edge in data[name]["edges"]] for name in PAGED}
    providers = [provider["key"] for provider in data["providers"]]
    return {
        **ids,
        **cursors,
        "ids": [identifier for listed in ids.values() for identifier in listed],
        "providers": [*providers, "manual"],
        "keys": [*providers, *(job["key"] for job in data["scheduledJobs"])],
        "lengths": [1, 2, 3, 20, 500, 501],
        "currencies": ["USD", "EUR"],
    }


def bindings() -> dict[str, str]:
    """Return where known values belong, as schemathesis names places, and their names."""
    places = ("", "input.", "filter.")
    arguments = {f"*.*.{place}{name}": of for name, of in OF_ARGUMENTS.items() for place in places}
    ids = {f"Query.{query}.id": of for query, of in OF_IDS.items()}
    ends = {f"Query.{name}.{end}": _cursors(name) for name in PAGED for end in ("after", "before")}
    return arguments | ids | ends


def _cursors(name: str) -> str:
    return f"{name}Cursors"
