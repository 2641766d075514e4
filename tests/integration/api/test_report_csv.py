"""The report as a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.ids import new_id
from seatsync.services.report_lines import COLUMNS

if TYPE_CHECKING:
    from uuid import UUID

    import httpx

    from back_office import BackOffice
    from front_desk import FrontDesk

PATH = "/reports/sync-report.csv"
COUNTS = ("fetched", "created", "updated", "unchanged", "unassigned", "missing", "failed")


@pytest.fixture
def migrated_url(migrated_sqlite_url: str) -> str:
    """How the report is written is the same on either database."""
    return migrated_sqlite_url


@pytest.fixture
def run(office: BackOffice) -> UUID:
    office.provider()
    run = new_id()
    with office.mirror.writing():
        office._insert(
            "sync_run",
            id=run,
            trigger_kind="AUTOMATIC",
            provider_key="px",
            requested_by="schedule",
            started_at=office.clock.now(),
            outcome="SUCCEEDED",
            **dict.fromkeys(COUNTS, 0),
        )
    return run


def write(office: BackOffice, run: UUID, **more: Any) -> None:
    values = {
        "id": new_id(),
        "run_id": run,
        "provider_key": "px",
        "change_kind": "UPDATED",
        "external_id": "s",
        "subscription_name": "Seats",
        "field_changes": "[]",
        "occurred_at": office.clock.now(),
    }
    with office.mirror.writing():
        office._insert("report_entry", **(values | more))


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_report_is_a_table_with_the_newest_entry_first(
    desk: FrontDesk, office: BackOffice, run: UUID
) -> None:
    account = office.account()
    contract = office.contract(account, 'Say "monthly", or, yearly')
    write(office, run, subscription_name="older")
    write(office, run, billing_contract_id=contract.id, field_changes='[["quantity","1","2"]]')
    answer = desk.send("GET", PATH)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="sync-report.csv"'
    newest, older = rows(answer)
    assert tuple(newest) == COLUMNS
    assert newest["billing_contract"] == 'Say "monthly", or, yearly'
    assert newest["field_changes"] == "quantity: 1 -> 2"
    assert older["subscription"] == "older"


def test_an_empty_report_has_its_heading(desk: FrontDesk, run: UUID) -> None:
    assert desk.send("GET", PATH).text == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff0b1", '="x"'],
)
def test_no_cell_is_taken_for_a_formula(
    desk: FrontDesk, office: BackOffice, run: UUID, text: str
) -> None:
    write(office, run, subscription_name=text, message=text, external_id=text)
    [row] = rows(desk.send("GET", PATH))
    assert row["subscription"] == row["message"] == row["external_id"] == f"'{text}"


def test_a_long_report_is_streamed_in_pieces_and_none_is_lost(
    desk: FrontDesk, office: BackOffice, run: UUID
) -> None:
    with office.mirror.writing():
        for number in range(1203):
            write(office, run, subscription_name=f"n{number}")
    names = [row["subscription"] for row in rows(desk.send("GET", PATH))]
    assert names == [f"n{number}" for number in reversed(range(1203))]


def test_the_report_is_narrowed_by_its_parameters(
    desk: FrontDesk, office: BackOffice, run: UUID
) -> None:
    contract = office.contract(office.account())
    write(office, run, subscription_name="at noon", billing_contract_id=contract.id)
    office.clock.move(hours=1)
    write(office, run, subscription_name="at one", provider_key="other")

    def names(**parameters: str) -> list[str]:
        return [row["subscription"] for row in rows(desk.send("GET", PATH, params=parameters))]

    assert names(since="2026-05-04T12:30:00Z") == ["at one"]
    assert names(until="2026-05-04T14:30:00+02:00") == ["at noon"]
    assert names(since="2026-05-04") == ["at one", "at noon"]
    assert names(since="2026-05-05", until="") == []
    assert names(providerKey="px") == ["at noon"]
    assert names(billingContractId=str(contract.id)) == ["at noon"]
    unescaped = desk.send("GET", f"{PATH}?until=2026-05-04T14:30:00+02:00")
    assert [row["subscription"] for row in rows(unescaped)] == ["at noon"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"),
        ("until", "0001-01-01T00:00:00+14:00"),
        ("billingContractId", "garbage"),
        ("providerKey", "\x00"),
        ("provider", "px"),
    ],
)
def test_a_parameter_that_means_nothing_is_bad_user_input(
    desk: FrontDesk, run: UUID, name: str, value: str
) -> None:
    answer = desk.send("GET", PATH, params={name: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
