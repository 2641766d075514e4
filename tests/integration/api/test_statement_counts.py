"""Every connection and every nested field takes as many statements for a long page as a short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_required_argument,
)

from front_desk import FrontDesk
from seatsync.domain.ids import new_id
from seatsync.domain.roles import LOCAL
from seatsync.mirror.database import Mirror
from seatsync_graphql.schema import build_schema

from back_office import BackOffice  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphql import GraphQLField

SHORT, LONG = 3, 24
COUNTS = ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed")

SCHEMA = build_schema().graphql_schema
ROOT = SCHEMA.query_type
assert ROOT is not None
LISTS = [name for name, field in ROOT.fields.items() if "first" in field.args]


def fields_of(kind: Any) -> dict[str, GraphQLField]:
    """Return the fields that can be asked for without knowing an id."""
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    return {
        name: field
        for name, field in kind.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
    }


def leaves(kind: Any) -> str:
    names = [
        name
        for name, field in fields_of(kind).items()
        if not is_composite_type(get_named_type(field.type))
    ]
    return " ".join(names) or "__typename"


def nested(kind: Any) -> dict[str, GraphQLField]:
    return {
        name: field
        for name, field in fields_of(kind).items()
        if is_composite_type(get_named_type(field.type))
    }


def record_of(field: GraphQLField) -> Any:
    """Return the type of the records that a field leads to, through its connection."""
    kind: Any = get_named_type(field.type)
    return get_named_type(kind.fields["nodes"].type) if is_connection(kind) else kind


def is_connection(kind: Any) -> bool:
    return str(kind).endswith("Connection")


def selection(name: str, field: GraphQLField, inner: str) -> str:
    if is_connection(get_named_type(field.type)):
        return f"{name}(first: 2) {{ totalCount pageInfo {{ endCursor }} nodes {{ {inner} }} }}"
    return f"{name} {{ {inner} }}"


def paths(kind: Any) -> Iterator[tuple[str, str]]:
    """Yield every nested field of a record, alone and with each of its own nested fields."""
    for name, field in nested(kind).items():
        record = record_of(field)
        yield name, selection(name, field, leaves(record))
        for second, its in nested(record).items():
            inner = selection(second, its, leaves(record_of(its)))
            yield f"{name}.{second}", selection(name, field, inner)


def cases() -> Iterator[Any]:
    assert ROOT is not None
    for name in LISTS:
        record = record_of(ROOT.fields[name])
        yield pytest.param(name, leaves(record), id=name)
        for path, text in paths(record):
            yield pytest.param(name, text, id=f"{name}.{path}")


@pytest.fixture(scope="module")
def crowded(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDesk]:
    """Serve a mirror in which every list is longer than a long page, once for all cases."""
    path = tmp_path_factory.mktemp("crowd") / "seatsync.db"
    path.write_bytes(migrated_file.read_bytes())
    mirror = Mirror.open(f"sqlite:///{path}")
    office = BackOffice(mirror)
    fill(office)
    desk = FrontDesk(office)
    yield desk
    desk.close()
    mirror.close()


def fill(office: BackOffice) -> None:
    with office.mirror.writing():
        for number in range(LONG + 2):
            office.provider(f"p{number}")
    for number in range(LONG + 2):
        key = f"p{number}"
        account = office.account(f"account {number}")
        contract = office.contract(account, f"contract {number}", is_default=True)
        for copy in range(2):
            customer = office.customer(f"c{copy}", account if copy else None, key)
            job = office.syncs.sync_provider(LOCAL, key, f"{key} {copy}")
            office.jobs.cancel(LOCAL, job.id)
            run = add_run(office, key, contract.id, job.id)
            subscription = office.subscription(
                customer,
                f"s{copy}",
                provider=key,
                account_id=account.id if copy else None,
                billing_contract_id=contract.id if copy else None,
                parent_external_id="s0",
            )
            for _ in range(2):
                add_entry(office, run, key, subscription, customer, contract.id)
                office.license_change(subscription)


def add_run(office: BackOffice, key: str, contract: Any, job: Any) -> Any:
    run = new_id()
    with office.mirror.writing():
        office._insert(
            "sync_run",
            id=run,
            trigger_kind="MANUAL",
            provider_key=key,
            billing_contract_id=contract,
            job_id=job,
            requested_by="ada",
            started_at=office.clock.now(),
            outcome="PARTIAL",
            **dict.fromkeys(COUNTS, 0),
        )
        office._insert(
            "run_failure", id=new_id(), run_id=run, provider_key=key, code="SKIPPED", message="?"
        )
    return run


def add_entry(
    office: BackOffice, run: Any, key: str, subscription: Any, customer: Any, contract: Any
) -> None:
    with office.mirror.writing():
        office._insert(
            "report_entry",
            id=new_id(),
            run_id=run,
            provider_key=key,
            change_kind="UPDATED",
            subscription_id=subscription,
            external_id="s",
            subscription_name="s",
            provider_account_id=customer,
            billing_contract_id=contract,
            field_changes='[["quantity","1","2"]]',
            occurred_at=office.clock.now(),
        )


def test_every_connection_of_the_contract_is_looked_at() -> None:
    connections = {name for name in SCHEMA.type_map if name.endswith("Connection")}
    reached = {get_named_type(record_connection(name)).name for name in LISTS}
    nested_only = {"LicenseChangeConnection"}
    assert reached | nested_only == connections


def record_connection(name: str) -> Any:
    assert ROOT is not None
    return ROOT.fields[name].type


def test_every_list_is_longer_than_a_long_page(crowded: FrontDesk) -> None:
    counted = " ".join(f"{name} {{ totalCount }}" for name in LISTS)
    for name, found in crowded.ask(f"{{ {counted} }}").items():
        assert found["totalCount"] > LONG, name


@pytest.mark.parametrize(("name", "inner"), [*cases()])
def test_a_long_page_takes_as_many_statements_as_a_short_one(
    crowded: FrontDesk, name: str, inner: str
) -> None:
    query = (
        f"query Page($first: Int!) {{ {name}(first: $first)"
        f" {{ totalCount edges {{ cursor }} nodes {{ {inner} }} }} }}"
    )
    assert crowded.statements(query, first=LONG) == crowded.statements(query, first=SHORT)
