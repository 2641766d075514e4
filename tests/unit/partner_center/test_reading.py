"""Reading listings, with everything that Partner Center may do on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    CustomerError,
    ProviderThrottled,
    ProviderUnreachable,
)
from seatsync.sdk.simulator import answers, dropped, garbage, slow, throttled, truncated
from seatsync_partner_center.connector import PartnerCenterConnector
from seatsync_partner_center.page import next_url
from seatsync_partner_center.settings import BASE_URL, PartnerCenterSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync_partner_center.simulator import Simulator
    from virtual_time import VirtualTime

    Connect = Callable[..., PartnerCenterConnector]

CUSTOMERS = "^/v1/customers(\\?|$)"
SUBSCRIPTIONS = "/subscriptions$"


def _listed(connector: PartnerCenterConnector) -> list[str]:
    return [one.read().name for page in connector.customers() for one in page]


def _subscriptions(connector: PartnerCenterConnector, customer: str) -> int:
    return sum(len(page) for page in connector.subscriptions(RemoteCustomer(customer, "any")))


@pytest.fixture
def names(partner: Simulator) -> list[str]:
    names = [f"Example {number}" for number in range(7)]
    for name in names:
        partner.add_customer(name)
    return names


@pytest.mark.parametrize(
    "uri",
    [
        "/v1/customers?size={size}&seekOperation=Next",
        "/customers?size={size}&seekOperation=Next",
        "customers?size={size}&seekOperation=Next",
        "/customers?size={size}?seekOperation=Next",
    ],
)
def test_every_form_of_the_next_link_is_followed_with_its_headers(
    partner: Simulator, connect: Connect, names: list[str], uri: str
) -> None:
    partner.state.quirks.next_link = uri
    assert _listed(connect(page_size=2)) == names


def test_every_header_of_the_next_link_is_sent_along(time: VirtualTime) -> None:
    link = {
        "uri": "/customers?seekOperation=Next",
        "headers": [{"key": "MS-ContinuationToken", "value": "a=="}, {"key": "X-B", "value": "b"}],
    }
    connector, asked = _scripted(time, _pages({"links": {"next": link}}, {}))
    assert _listed(connector) == []
    assert (asked[1].headers["MS-ContinuationToken"], asked[1].headers["X-B"]) == ("a==", "b")
    assert str(asked[1].url) == f"{BASE_URL}/v1/customers?seekOperation=Next"


def _pages(*extra: dict[str, Any]) -> list[httpx.Response]:
    return [httpx.Response(200, json={"items": [], **more}) for more in extra]


def _scripted(
    time: VirtualTime, answered: list[httpx.Response]
) -> tuple[PartnerCenterConnector, list[httpx.Request]]:
    """Return a connector that is answered from a list, and the calls that will have been made."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t"})
        asked.append(httpx.Request(request.method, request.url, headers=request.headers))
        return answered[len(asked) - 1]

    nobody = "00000000-0000-4000-8000-000000000000"
    settings = PartnerCenterSettings.model_validate(
        {"tenant_id": nobody, "client_id": nobody, "client_secret": "s"}
    )
    return PartnerCenterConnector(settings, time.context, wire=httpx.MockTransport(answer)), asked


def test_a_link_to_another_host_is_not_followed() -> None:
    with pytest.raises(AnswerUnreadable, match="was not followed"):
        next_url("https://elsewhere.example/v1/customers", BASE_URL)


def test_a_link_with_the_same_host_is_followed() -> None:
    assert next_url(f"{BASE_URL}/v1/x", BASE_URL) == f"{BASE_URL}/v1/x"


def test_a_byte_order_mark_and_doubled_headers_change_nothing(
    partner: Simulator, connect: Connect, names: list[str]
) -> None:
    partner.state.quirks.byte_order_mark = True
    partner.state.quirks.doubled_headers = True
    assert _listed(connect(page_size=2)) == names


def test_a_list_that_shifts_shows_each_customer_once(
    partner: Simulator, connect: Connect, names: list[str]
) -> None:
    partner.state.quirks.shifted_by = 1
    assert _listed(connect(page_size=3)) == names


@pytest.mark.parametrize("status", [400, 404])
def test_an_expired_continuation_lets_the_walk_begin_again_once(
    partner: Simulator, connect: Connect, names: list[str], status: int
) -> None:
    partner.faults.plan("seekOperation", answers(status), nth=2)
    assert _listed(connect(page_size=2)) == names


def test_a_walk_that_loses_its_place_twice_is_given_up(
    partner: Simulator, connect: Connect, names: list[str]
) -> None:
    partner.faults.plan("seekOperation", answers(400), times=2)
    with pytest.raises(AnswerUnreadable, match="lost its place twice"):
        _listed(connect(page_size=2))


def test_a_repeated_call_keeps_its_request_id_and_a_new_call_has_another(
    time: VirtualTime,
) -> None:
    answered = [httpx.Response(503), httpx.Response(429), *_pages({}, {})]
    connector, asked = _scripted(time, answered)
    _subscriptions(connector, "c-1")
    _subscriptions(connector, "c-1")
    ids = [request.headers["MS-RequestId"] for request in asked]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert all(request.headers["MS-CorrelationId"] for request in asked)


def test_a_call_that_is_repeated_with_a_new_token_is_a_new_call(time: VirtualTime) -> None:
    connector, asked = _scripted(time, [httpx.Response(401), *_pages({})])
    _subscriptions(connector, "c-1")
    assert asked[0].headers["MS-RequestId"] != asked[1].headers["MS-RequestId"]


@pytest.mark.parametrize(
    "refused",
    [
        httpx.Response(401, json={"code": "900420"}),
        httpx.Response(401, json={"code": 900421}),
        httpx.Response(401, extensions={"reason_phrase": b"Unauthorized - MFA required"}),
    ],
)
def test_a_401_that_a_new_token_cannot_mend_is_not_repeated(
    time: VirtualTime, refused: httpx.Response
) -> None:
    connector, asked = _scripted(time, [refused])
    with pytest.raises(CredentialsRefused):
        _subscriptions(connector, "c-1")
    assert len(asked) == 1


def test_the_gateways_own_429_is_waited_for(
    partner: Simulator, connect: Connect, names: list[str], time: VirtualTime
) -> None:
    body = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}'
    partner.faults.plan(CUSTOMERS, answers(429, body, Retry_After="57"))
    assert _listed(connect()) == names
    assert sum(time.waits) >= 57


def test_a_wait_that_is_said_twice_is_waited_for_once(
    partner: Simulator, connect: Connect, names: list[str], time: VirtualTime
) -> None:
    partner.faults.plan(CUSTOMERS, throttled("57,57"))
    assert _listed(connect()) == names
    assert 57 <= sum(time.waits) < 90


def test_a_429_in_the_shape_of_the_api_is_waited_for(
    partner: Simulator, connect: Connect, names: list[str], time: VirtualTime
) -> None:
    partner.faults.plan(CUSTOMERS, answers(429, b'{"code":"429","description":"slow"}'))
    assert _listed(connect()) == names


def test_an_absurd_wait_is_not_waited_for(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    partner.faults.plan(CUSTOMERS, throttled("86400"))
    with pytest.raises(ProviderThrottled):
        _listed(connect())
    assert sum(time.waits) < 60


def test_the_quota_is_kept_by_default(
    partner: Simulator, connect: Connect, time: VirtualTime
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.state.quirks.quota_per_minute = 500
    connector = connect()
    for _ in range(1000):
        _subscriptions(connector, customer)
    assert partner.state.log.most_within(60.0) <= 500
    assert len(partner.state.log.calls) == 1000


def test_a_body_that_breaks_off_and_a_dropped_connection_are_asked_for_again(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.add_subscription(customer)
    partner.faults.plan(SUBSCRIPTIONS, truncated())
    partner.faults.plan(SUBSCRIPTIONS, dropped())
    assert _subscriptions(connect(), customer) == 1


def test_a_body_that_takes_too_long_is_a_fault_of_the_network(
    partner: Simulator, connect: Connect
) -> None:
    partner.faults.plan(CUSTOMERS, slow(0.3), times=9)
    with pytest.raises(ProviderUnreachable):
        _listed(connect(timeout_s=0.05))


def test_an_unreadable_answer_about_one_customer_concerns_this_customer_only(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.faults.plan(SUBSCRIPTIONS, garbage())
    with pytest.raises(CustomerError) as raised:
        _subscriptions(connect(), customer)
    assert raised.value.code == "ANSWER_UNREADABLE"


def test_an_unreadable_list_of_customers_stops_the_run(
    partner: Simulator, connect: Connect
) -> None:
    partner.faults.plan(CUSTOMERS, garbage())
    with pytest.raises(AnswerUnreadable):
        _listed(connect())


def test_a_success_that_carries_a_refusal_is_a_refusal(
    partner: Simulator, connect: Connect
) -> None:
    customer = partner.add_customer("Example Bakery")
    partner.faults.plan(SUBSCRIPTIONS, garbage(b'{"code":400072,"description":"Not available"}'))
    with pytest.raises(CustomerError) as raised:
        _subscriptions(connect(), customer)
    assert raised.value.code == "200/400072"


def test_tens_of_thousands_of_customers_are_listed(partner: Simulator, connect: Connect) -> None:
    partner.populate(20_000, each=0)
    assert len(_listed(connect())) == 20_000
    assert len(partner.state.log.calls) == 40


def test_a_customer_is_known_by_its_tenant_in_one_spelling(
    partner: Simulator, connect: Connect
) -> None:
    tenant = "ABCDEF00-0000-4000-8000-000000000000"
    partner.add_customer("Example Bakery", customer_id=tenant)
    [[listed]] = connect().customers()
    assert listed.read().canonical() == RemoteCustomer(
        tenant.lower(), "Example Bakery", "example-bakery.example", tenant.lower()
    )
