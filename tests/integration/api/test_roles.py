"""Every operation by every role, against the table of the domain rules."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_named_type, is_composite_type

from front_desk import Auth, FrontDesk, Key
from seatsync.domain.roles import Role
from seatsync_graphql.schema import build_schema
from socket_talk import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLField

    from back_office import BackOffice

ID = "00000000-0000-0000-0000-000000000007"
EVERYONE = frozenset(Role)
PROVISIONING = frozenset({Role.PROVISIONING, Role.ADMIN})
BILLING = frozenset({Role.BILLING, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})

ALLOWED = {
    "subscriptionSyncPreview": PROVISIONING,
    "auditLog": ADMIN,
    "syncSubscriptions": PROVISIONING,
    "syncProvider": PROVISIONING,
    "syncProviderAccounts": PROVISIONING,
    "verifyConnectivity": PROVISIONING,
    "cancelJob": PROVISIONING,
    "retryJob": PROVISIONING,
    "mapProviderAccount": PROVISIONING,
    "setProviderAccountSync": PROVISIONING,
    "runScheduledJob": PROVISIONING,
    "setDefaultBillingContract": BILLING,
    "createAccount": BILLING,
    "createBillingContract": BILLING,
    "updateBillingContract": BILLING,
    "assignSubscriptions": BILLING,
    "setSubscriptionPrice": BILLING,
    "createSubscription": BILLING,
    "updateSubscription": BILLING,
    "updateApplicationSettings": ADMIN,
    "updateScheduledJob": ADMIN,
}
"""The mutations, and the queries that not everyone may ask who has any role."""

GIVEN = {
    "id": f'id: "{ID}"',
    "key": 'key: "px"',
    "billingContractId": f'billingContractId: "{ID}"',
    "subscriptionSyncPreview": f'billingContractId: "{ID}"',
}
INPUTS = {
    "syncSubscriptions": f'billingContractId: "{ID}"',
    "syncProvider": 'providerKey: "px"',
    "syncProviderAccounts": 'providerKey: "px"',
    "verifyConnectivity": 'providerKey: "px"',
    "cancelJob": f'jobId: "{ID}"',
    "retryJob": f'jobId: "{ID}"',
    "mapProviderAccount": f'providerAccountId: "{ID}"',
    "setProviderAccountSync": f'providerAccountId: "{ID}", syncEnabled: true',
    "setDefaultBillingContract": f'billingContractId: "{ID}"',
    "createAccount": 'name: "x"',
    "createBillingContract": f'accountId: "{ID}", name: "x"',
    "updateBillingContract": f'billingContractId: "{ID}"',
    "assignSubscriptions": f'subscriptionIds: ["{ID}"]',
    "setSubscriptionPrice": f'subscriptionIds: ["{ID}"], amount: "1", currency: "USD"',
    "createSubscription": f'billingContractId: "{ID}", name: "x", quantity: 1',
    "updateSubscription": f'subscriptionId: "{ID}"',
    "updateApplicationSettings": "",
    "updateScheduledJob": 'key: "prune"',
    "runScheduledJob": 'key: "prune"',
}

_SERVED = build_schema()
SCHEMA = _SERVED.graphql_schema
LINES = [line.strip() for line in str(_SERVED).splitlines()]
ROOTS = {
    "query": SCHEMA.query_type,
    "mutation": SCHEMA.mutation_type,
    "subscription": SCHEMA.subscription_type,
}
OPERATIONS = [
    (kind, name) for kind, root in ROOTS.items() if root is not None for name in root.fields
]
CALLERS: dict[str, frozenset[Role]] = {
    "nobody": frozenset(),
    **{role.value: frozenset({role}) for role in Role},
    "BOTH": frozenset({Role.BILLING, Role.PROVISIONING}),
}


def document(kind: str, name: str) -> str:
    """Write an operation that asks for as little as can be."""
    root = ROOTS[kind]
    assert root is not None
    field: GraphQLField = root.fields[name]
    required = [GIVEN[one] for one, its in field.args.items() if one in GIVEN and one != "filter"]
    if name in INPUTS:
        required = [f"input: {{{INPUTS[name]}}}"]
    arguments = f"({', '.join(required)})" if required else ""
    shown = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
    return f"{kind} {{ {name}{arguments}{shown} }}"


def allowed(name: str) -> frozenset[Role] | None:
    """Return the roles that open an operation; None if all callers may."""
    return None if name == "viewer" else ALLOWED.get(name, EVERYONE)


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """What the services allow is the same on either database."""
    return migrated_sqlite_url


@pytest.fixture
def desk(office: BackOffice) -> Iterator[FrontDesk]:
    keys = tuple(
        Key(name, hashlib.sha256(name.encode()).hexdigest(), tuple(roles))
        for name, roles in CALLERS.items()
    )
    desk = FrontDesk(office, auth=Auth("keys", keys))
    desk.agent.engine.preview_to_give = LookupError("nobody asks so far")
    yield desk
    desk.close()


def codes(errors: list[Any]) -> set[str]:
    return {error["extensions"]["code"] for error in errors}


def expect(name: str, caller: str, errors: list[Any]) -> None:
    opened_by = allowed(name)
    if opened_by is None or CALLERS[caller] & opened_by:
        assert "FORBIDDEN" not in codes(errors), (name, caller)
        return
    assert codes(errors) == {"FORBIDDEN"}, (name, caller)
    assert any(f"role {role}" in errors[0]["message"] for role in Role), errors


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation_is_open_to_those_who_may_and_to_nobody_else(
    desk: FrontDesk, caller: str
) -> None:
    headers = {"Authorization": f"Bearer {caller}"}
    for kind, name in OPERATIONS:
        if kind != "subscription":
            body = {"query": document(kind, name)}
            answer = desk.send("POST", "/graphql", json=body, headers=headers).json()
            expect(name, caller, answer.get("errors", []))


@pytest.mark.parametrize("caller", CALLERS)
def test_every_live_update_is_open_to_those_who_may_read(desk: FrontDesk, caller: str) -> None:
    headers = {"Authorization": f"Bearer {caller}"}
    with (
        Served(desk).open() as served,
        served.talk(additional_headers=headers) as client,
    ):
        client.subscribe("job", document("subscription", "job"))
        expect("job", caller, client.hear()["payload"])
        if not CALLERS[caller]:
            client.subscribe("report", document("subscription", "syncReport"))
            expect("syncReport", caller, client.hear()["payload"])


def test_whoever_was_refused_has_changed_nothing(desk: FrontDesk, office: BackOffice) -> None:
    headers = {"Authorization": "Bearer READER"}
    for name in INPUTS:
        body = {"query": document("mutation", name)}
        desk.send("POST", "/graphql", json=body, headers=headers)
    assert office.audited() == []
    assert office.rows("SELECT id FROM job") == []


@pytest.mark.parametrize(("kind", "name"), OPERATIONS)
def test_the_schema_declares_the_least_role_of_every_operation(kind: str, name: str) -> None:
    start = LINES.index(f"type {ROOTS[kind]} {{")
    fields = LINES[start : LINES.index("}", start)]
    [line] = [one for one in fields if one.startswith((f"{name}(", f"{name}:"))]
    opened_by = allowed(name)
    if opened_by is None:
        assert "@needs" not in line
        return
    least = min(opened_by, key=[Role.READER, Role.PROVISIONING, Role.BILLING, Role.ADMIN].index)
    assert line.endswith(f"@needs(role: {least})")
