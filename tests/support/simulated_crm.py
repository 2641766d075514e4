"""A simulated Dataverse with two tables of an example, and a plain caller that may do all."""

from __future__ import annotations

import atexit
import ssl
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from seatsync.sdk.simulator import served
from seatsync_dataverse.simulator import Kind, SettableClock, Simulator, TableSketch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.simulator import App, Message, Receive, Send

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading those of the machine takes longer than most of these tests."""
START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
THING = "demo_thing"
THINGS = "demo_things"
CHOICE = {100000000: "Pending", 100000001: "Active"}
SKETCHES = (
    TableSketch(
        "demo_Thing",
        {
            "demo_Name": Kind.STRING,
            "demo_ExternalId": Kind.STRING,
            "demo_Quantity": Kind.INTEGER,
            "demo_Price": Kind.MONEY,
            "demo_IsOn": Kind.BOOLEAN,
            "demo_EndsAt": Kind.DATETIME,
            "demo_Status": CHOICE,
            "demo_AccountId": "account",
        },
        keys=[("demo_externalid",), ("demo_accountid", "demo_quantity")],
    ),
    TableSketch("demo_Note", {"demo_Text": Kind.STRING, "demo_ThingId": "demo_thing"}),
)


@dataclass
class SimulatedCrm:
    """A simulator that is being served, and a client whose token is good."""

    simulator: Simulator
    clock: SettableClock
    origin: str
    http: httpx.Client

    def token(self, **changed: str) -> httpx.Response:
        """Ask for a token, with some fields of the form changed."""
        entra = self.simulator.entra
        form = {
            "client_id": entra.client_id,
            "client_secret": entra.client_secret,
            "grant_type": "client_credentials",
            "scope": f"{self.origin}/.default",
            **changed,
        }
        return self.http.post(f"{self.origin}/{entra.tenant_id}/oauth2/v2.0/token", data=form)

    def sign_in(self) -> None:
        """Use a new token from now on."""
        self.http.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def get(self, address: str, *prefer: str, **headers: str) -> httpx.Response:
        """Read; `address` is relative, or a link."""
        return self.http.get(address, headers=_headers(prefer, headers))

    def send(
        self, method: str, address: str, body: Any = None, *prefer: str, **headers: str
    ) -> httpx.Response:
        """Write with a JSON body, whose decimals stay exact."""
        content = msgspec.json.Encoder(decimal_format="number").encode(body or {})
        sent = {"Content-Type": "application/json", **_headers(prefer, headers)}
        return self.http.request(method, address, content=content, headers=sent)

    def add_thing(self, number: int = 1, **values: Any) -> str:
        """Add a thing as somebody, and return its identifier."""
        whole = {"demo_name": f"Thing {number}", "demo_externalid": f"T-{number}", **values}
        return self.simulator.add(THING, whole)

    def pages(self, address: str, *prefer: str) -> list[dict[str, Any]]:
        """Return all pages of a listing."""
        pages = [self.get(address, *prefer).json()]
        while "@odata.nextLink" in pages[-1]:
            pages.append(self.get(pages[-1]["@odata.nextLink"], *prefer).json())
        return pages


def _headers(prefer: tuple[str, ...], headers: dict[str, str]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {**named, **({"Prefer": ",".join(prefer)} if prefer else {})}


class Switchboard:
    """Hands requests on to the simulator of the test that is running."""

    app: App

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let the simulator answer."""
        await self.app(scope, receive, send)


@cache
def switchboard() -> tuple[Switchboard, str]:
    """Serve a switchboard until the process ends: stopping a server takes longer than a test."""
    board, until_the_end = Switchboard(), ExitStack()
    atexit.register(until_the_end.close)
    return board, until_the_end.enter_context(served(board))


@contextmanager
def simulated_crm() -> Iterator[SimulatedCrm]:
    """Serve a simulator that stands still in time."""
    clock = SettableClock(START)
    simulator = Simulator(clock)
    simulator.set_up(*SKETCHES)
    base = "/api/data/v9.2/"
    board, origin = switchboard()
    board.app = simulator.app
    with httpx.Client(base_url=origin + base, verify=NO_AUTHORITIES) as client:
        crm = SimulatedCrm(simulator, clock, origin, client)
        crm.sign_in()
        simulator.forget()
        yield crm


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
