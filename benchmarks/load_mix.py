"""What clients ask under load: the operations for front ends, most of which read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api_client import post

if TYPE_CHECKING:
    from random import Random

    from load_agent import Running

OPERATIONS = Path(__file__).parents[1] / "graphql" / "operations"
ACCOUNTS = 40
"""How many customers are mapped before the load begins."""

READS = {
    "viewer": 2,
    "settings": 2,
    "providers": 3,
    "schedule": 1,
    "jobs": 2,
    "runs": 2,
    "find-accounts": 4,
    "find-contracts": 4,
    "provider-accounts": 3,
    "unassigned": 4,
    "find-exceptions": 2,
    "report": 3,
    "contract": 8,
    "subscription-history": 8,
}
CHANGES = {"set-price": 2, "create-account": 1, "assign": 1}
"""How often each operation is asked for, compared with the others."""

PRICE = {"amount": "12.50", "currency": "USD"}

IDS = """{
  accounts(first: 100) { nodes { id } }
  billingContracts(first: 100) { nodes { id } }
  subscriptions(first: 500) { nodes { id } }
  providerAccounts(first: 100) { nodes { id name } }
}"""
CUSTOMER = """mutation (
  $id: ID!, $name: String!, $contract: CreateBillingContractInput!, $of: ID!
) {
  createAccount(input: { id: $id, name: $name }) { userErrors { message } }
  createBillingContract(input: $contract) { userErrors { message } }
  mapProviderAccount(input: { providerAccountId: $of, accountId: $id }) { userErrors { message } }
}"""


@dataclass(frozen=True, slots=True)
class Mix:
    """The requests that clients choose from."""

    texts: dict[str, str]
    ids: dict[str, list[str]]

    @classmethod
    async def of(cls, agent: Running) -> Mix:
        """Know what there is to ask for."""
        found = await agent.data(IDS)
        ids = {noun: [node["id"] for node in page["nodes"]] for noun, page in found.items()}
        texts = {
            name: (OPERATIONS / f"{name}.graphql").read_text("utf-8") for name in READS | CHANGES
        }
        return cls(texts, ids)

    def request(self, random: Random) -> tuple[str, bytes]:
        """Choose an operation; return its name and the request."""
        shares = READS | CHANGES
        [name] = random.choices([*shares], [*shares.values()])
        body = {"query": self.texts[name], "variables": self._variables(name, random)}
        return name, post("/graphql", json.dumps(body).encode())

    def _variables(self, name: str, random: Random) -> dict[str, Any]:
        def one(noun: str) -> str:
            return random.choice(self.ids[noun])

        text = str(random.randrange(10**6))
        variables: dict[str, dict[str, Any]] = {
            "contract": {"billingContractId": one("billingContracts")},
            "subscription-history": {"subscriptionId": one("subscriptions")},
            "find-accounts": {"search": text[:2]},
            "find-contracts": {"search": text[:2]},
            "provider-accounts": {"search": text[:2]},
            "set-price": {"subscriptionIds": [one("subscriptions")]} | PRICE,
            "create-account": {"name": f"Example {text}"},
            "assign": {"subscriptionIds": [one("subscriptions")]},
        }
        return variables.get(name, {})


async def fill(agent: Running, random: Random) -> None:
    """Make accounts with a default contract each, and map customers to them."""
    known = (await agent.data(IDS))["providerAccounts"]["nodes"]
    for customer in known[:ACCOUNTS]:
        account = f"{random.getrandbits(128):032x}"
        contract = {"accountId": account, "name": "Monthly", "currency": "USD", "isDefault": True}
        await agent.data(
            CUSTOMER, id=account, name=customer["name"], contract=contract, of=customer["id"]
        )
