"""What becomes of each documented payload of TD SYNNEX's APIs, put before the connectors.

`python tests/support/td_synnex_payloads.py` writes the tables into the documentation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import SeatsyncError
from seatsync_stellr.connector import StellrConnector
from seatsync_stellr.settings import StellrSettings
from seatsync_streamone_ion.connector import IonConnector
from seatsync_streamone_ion.settings import IonSettings
from seatsync_streamone_ion.subscription import read_subscription
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.connector import Connector
    from seatsync.sdk.listing import Listed

    Outcomes = Iterator[str]
    Answer = Callable[[httpx.Request], httpx.Response]

TOP = Path(__file__).parents[2]
RECORDS = TOP / "fixtures" / "records"
BEGIN, END = "<!-- payloads -->\n", "\n<!-- end of payloads -->"


def payload(api: str, name: str) -> bytes:
    return (RECORDS / api / f"{name}.json").read_bytes()


def names(api: str) -> list[str]:
    return sorted(path.stem for path in (RECORDS / api).glob("*.json"))


def ion_outcomes(name: str) -> Outcomes:
    """Yield what a payload of ION becomes, one line for each thing in it."""
    if name == "subscription_detail":
        raw = msgspec.Raw(payload("streamone_ion", name))
        yield f"{_subscription(read_subscription(raw))} (not asked for: the listing holds it all)"
        return
    settings = IonSettings.model_validate(
        {
            "account_id": "10001",
            "refresh_token": "none",
            "cloud_profiles": name == "cloud_profiles",
            "max_requests_per_second": 1e6,
        }
    )
    wire = httpx.MockTransport(_ion_answer(name))
    connector = IonConnector(settings, VirtualTime().context, wire=wire)
    yield from _told(_ion_reading(name, connector))
    connector.close()


def stellr_outcomes(name: str) -> Outcomes:
    """Yield what a payload of Stellr becomes, one line for each thing in it."""
    if name == "changelogs_page":
        yield "not asked for: seatsync keeps its own License Change Log"
        return
    settings = StellrSettings.model_validate(
        {"client_id": "none", "client_secret": "none", "currency": "CAD"}
    )
    wire = httpx.MockTransport(_stellr_answer(name))
    connector = StellrConnector(settings, VirtualTime().context, wire=wire)
    yield from _told(_stellr_reading(name, connector))
    connector.close()


def _ion_answer(name: str) -> Answer:
    whole = payload("streamone_ion", name)
    token = whole if name.startswith("token_") else payload("streamone_ion", "token_response")
    is_error = name.startswith(("error_", "token_error_"))
    status = int(next(part for part in name.split("_") if part.isdigit())) if is_error else 200

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.path.rpartition("/")[2]
        if asked == "token":
            return httpx.Response(status if name.startswith("token_") else 200, content=token)
        if asked == "customers" and name == "cloud_profiles":
            first = msgspec.json.decode(payload("streamone_ion", "customers_page"))
            return httpx.Response(200, json={"customers": first["customers"]})
        if "pageToken" in request.url.params:
            return httpx.Response(200, json={"customers": []})
        return httpx.Response(status, content=whole)

    return answer


def _ion_reading(name: str, connector: Connector) -> Outcomes:
    if name in {"token_response", "validate_access"}:
        yield next(iter(connector.verify())).message
    elif name in {"error_404_customer", "error_404_subscription", "error_403_rbac"}:
        yield from _subscriptions(connector.subscriptions(RemoteCustomer("10054", "Example")))
    elif name == "subscriptions_page":
        yield from _subscriptions(connector.all_subscriptions())
    else:
        yield from _customers(connector)


def _stellr_answer(name: str) -> Answer:
    token = payload("stellr", "token_response")

    def answer(request: httpx.Request) -> httpx.Response:
        is_token = request.url.path.endswith("/token")
        return httpx.Response(200, content=token if is_token else payload("stellr", name))

    return answer


def _stellr_reading(name: str, connector: Connector) -> Outcomes:
    if name == "token_response":
        yield next(iter(connector.verify())).message
    elif name == "subscriptions_page":
        yield from _subscriptions(connector.subscriptions(RemoteCustomer("1002345", "Example")))
    else:
        yield from _customers(connector)


def _told(reading: Outcomes) -> Outcomes:
    try:
        yield from reading
    except SeatsyncError as error:
        yield f"{type(error).__name__}: {error.message}"


def _customers(connector: Connector) -> Outcomes:
    for page in connector.customers():
        for listed in page:
            customer = listed.read()
            more = f", domain {customer.domain}" if customer.domain else ""
            more += f", tenant {customer.tenant_id}" if customer.tenant_id else ""
            yield f"customer {customer.external_id}, {customer.name}{more}"


def _subscriptions(pages: Iterable[Iterable[Listed[RemoteSubscription]]]) -> Outcomes:
    for page in pages:
        for listed in page:
            yield _subscription(listed.read())


def _subscription(record: RemoteSubscription) -> str:
    parts = (
        f"subscription {record.external_id}",
        f"{record.quantity} of {record.product_name}",
        record.status.value,
        f"term {record.term}" if record.term else None,
        str(record.unit_cost) if record.unit_cost else None,
    )
    return ", ".join(filter(None, parts))


TABLES: dict[str, Callable[[str], Outcomes]] = {
    "streamone_ion": ion_outcomes,
    "stellr": stellr_outcomes,
}
PAGES = {"streamone_ion": TOP / "docs" / "streamone-ion.md", "stellr": TOP / "docs" / "stellr.md"}


def with_table(api: str, page: str) -> str:
    """Return the page of an API with its generated table as it should be."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{_table(api)}{END}{rest.partition(END)[2]}"


def _table(api: str) -> str:
    rows = [f"| `{name}` | {'<br>'.join(map(_cell, TABLES[api](name)))} |" for name in names(api)]
    return "\n".join(["| payload | what becomes of it |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for api, page in PAGES.items():
        page.write_text(with_table(api, page.read_text()))
