"""The simulated Pax8 answers as the documents say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync_pax8.simulator import Simulator
    from virtual_time import VirtualTime


def token_request(partner: Simulator, **changed: str) -> dict[str, str]:
    body = {
        "client_id": partner.state.client_id,
        "client_secret": partner.state.client_secret,
        "audience": "https://api.pax8.com",
        "grant_type": "client_credentials",
    }
    return {**body, **changed}


@pytest.fixture
def caller(origin: str, partner: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{origin}/v1") as client:
        token = client.post("token", json=token_request(partner)).json()
        client.headers["Authorization"] = f"{token['token_type']} {token['access_token']}"
        yield client


def listing(caller: httpx.Client, path: str, **query: Any) -> list[Any]:
    content: list[Any] = caller.get(path, params=query).json()["content"]
    return content


def test_a_token_lives_for_a_day(
    origin: str, partner: Simulator, time: VirtualTime, caller: httpx.Client
) -> None:
    answer = httpx.post(f"{origin}/v1/token", json=token_request(partner)).json()
    assert answer["expires_in"] == 86_400
    time.clock.passed_s = 86_399
    assert caller.get("companies").status_code == 200
    time.clock.passed_s = 86_400
    assert caller.get("companies").status_code == 401


@pytest.mark.parametrize(
    "changed", [{"client_secret": "no"}, {"grant_type": "password"}, {"audience": "x"}, {"a": "b"}]
)
def test_a_refused_token_has_its_own_error(
    origin: str, partner: Simulator, changed: dict[str, str]
) -> None:
    answer = httpx.post(f"{origin}/v1/token", json=token_request(partner, **changed))
    assert answer.status_code == 401
    assert answer.json() == {"error": "access_denied", "error_description": "Unauthorized"}


def test_a_token_request_that_is_no_json_is_refused(origin: str) -> None:
    assert httpx.post(f"{origin}/v1/token", data={"client_id": "x"}).status_code == 401


def test_a_bad_token_is_answered_with_the_error_envelope(origin: str) -> None:
    answer = httpx.get(f"{origin}/v1/companies")
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "UNAUTHORIZED",
        "message": "Unauthorized",
        "instance": "/public/v1/companies",
        "status": 401,
        "details": [],
    }


def test_pages_are_counted_as_documented(caller: httpx.Client, partner: Simulator) -> None:
    for n in range(12):
        partner.add_company(f"Customer {n:02}")
    first = caller.get("companies").json()
    assert first["page"] == {"size": 10, "totalElements": 12, "totalPages": 2, "number": 0}
    assert len(listing(caller, "companies", page=1)) == 2
    assert listing(caller, "companies", page=2) == []


@pytest.mark.parametrize(
    "query",
    [
        {"size": 201},
        {"size": 0},
        {"page": -1},
        {"page": "x"},
        {"sort": "updatedDate,asc"},
        {"sort": "price,up"},
        {"status": "Paused"},
        {"billingTerm": "Weekly"},
    ],
)
def test_what_is_not_documented_is_a_400(caller: httpx.Client, query: dict[str, Any]) -> None:
    answer = caller.get("subscriptions", params=query)
    assert (answer.status_code, answer.json()["type"]) == (400, "BAD_REQUEST")


def test_subscriptions_are_filtered_and_sorted(caller: httpx.Client, partner: Simulator) -> None:
    one, two = partner.add_company("One"), partner.add_company("Two")
    a = partner.add_subscription(one, "p", 3, price=5)
    b = partner.add_subscription(two, "p", 1, status="Cancelled")
    c = partner.add_subscription(one, "q", 2, billingTerm="Annual", price=7)

    def ids(**query: Any) -> list[str]:
        return [record["id"] for record in listing(caller, "subscriptions", **query)]

    assert ids() == [a, b, c]
    assert ids(sort="createdDate,desc") == [c, b, a]
    assert ids(sort="quantity,asc") == [b, c, a]
    assert ids(sort="price,desc") == [b, c, a]
    assert ids(companyId=one) == [a, c]
    assert ids(status="Cancelled") == [b]
    assert ids(billingTerm="Annual", companyId=one) == [c]
    assert ids(productId="p") == [a, b]


def test_a_foreign_company_is_a_403(caller: httpx.Client) -> None:
    answer = caller.get("subscriptions", params={"companyId": "not-ours"})
    assert (answer.status_code, answer.json()["type"]) == (403, "FORBIDDEN")


def test_single_records_are_found_or_not(caller: httpx.Client, partner: Simulator) -> None:
    company = partner.add_company("One")
    product = partner.add_product("Suite")
    record = partner.add_subscription(company, product, 3)
    for path in (f"companies/{company}", f"products/{product}", f"subscriptions/{record}"):
        assert caller.get(path).json()["id"] == path.split("/")[1]
    assert caller.get("companies/none").json()["message"] == "Company Not Found: none"


def test_pricing_has_no_page_object(caller: httpx.Client, partner: Simulator) -> None:
    product = partner.add_product("Suite")
    assert caller.get(f"products/{product}/pricing").json() == {"content": []}
    partner.set_pricing(product, billingTerm="Monthly")
    priced = {"productId": product, "billingTerm": "Monthly"}
    assert caller.get(f"products/{product}/pricing").json() == {"content": [priced]}
    assert caller.get("products/none/pricing").status_code == 404


def test_products_are_listed(caller: httpx.Client, partner: Simulator) -> None:
    partner.add_product("B")
    partner.add_product("A")
    assert [product["name"] for product in listing(caller, "products", sort="name")] == ["A", "B"]


def test_what_the_partner_holds_can_be_changed(caller: httpx.Client, partner: Simulator) -> None:
    company = partner.add_company("One")
    record = partner.add_subscription(company, "p", 3)
    partner.set_quantity(record, 4)
    partner.change_subscription(record, status="Cancelled", currencyCode=None)
    (answer,) = listing(caller, "subscriptions")
    assert (answer["quantity"], answer["status"]) == (4, "Cancelled")
    assert "currencyCode" not in answer
    partner.remove_subscription(record)
    assert listing(caller, "subscriptions", companyId=company) == []
    partner.change_company(company, name="Uno")
    assert listing(caller, "companies")[0]["name"] == "Uno"
    partner.remove_company(company)
    assert listing(caller, "companies") == []


def test_created_dates_come_in_every_documented_spelling(partner: Simulator) -> None:
    ids = [partner.add_subscription("c", "p", 1) for _ in range(3)]
    spelled = {len(partner.state.subscriptions.fields(key)["createdDate"]) for key in ids}
    assert spelled == {10, 20, 28}


def test_a_populated_partner_is_always_the_same(partner: Simulator) -> None:
    again = type(partner)()
    partner.populate(companies=3, subscriptions=10, products=2)
    again.populate(companies=3, subscriptions=10, products=2)
    ids = partner.state.subscriptions.ids()
    assert len(ids) == 10
    assert partner.state.subscriptions.render(ids) == again.state.subscriptions.render(ids)
