"""What becomes of each documented payload of Partner Center, and the tables in its page of docs.

`python tests/support/partner_center_payloads.py` writes the tables into the page again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from seatsync.errors import SeatsyncError
from seatsync.sdk.context import Clock, MemoryState
from seatsync_partner_center.audit import AuditRecord, touched
from seatsync_partner_center.claims import Claims, require_consented, require_fitting
from seatsync_partner_center.customer import read_customer
from seatsync_partner_center.folded import read_folded
from seatsync_partner_center.grant import GrantStore
from seatsync_partner_center.kind import kind_of
from seatsync_partner_center.order_cost import cost_in, read_order
from seatsync_partner_center.page import read_page
from seatsync_partner_center.payload import Subscription
from seatsync_partner_center.problem import problem_of
from seatsync_partner_center.refusals import REFUSALS, fault_for
from seatsync_partner_center.settings import BASE_URL, PartnerCenterSettings
from seatsync_partner_center.sign_in_error import fault_of_token_answer
from seatsync_partner_center.sign_in_state import MEANINGS, STATE_OF_CODE
from seatsync_partner_center.subscription import read_subscription
from seatsync_partner_center.token import Tokens
from seatsync_partner_center.verification import ABOUT_CONSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOP = Path(__file__).parents[2]
RECORDS = TOP / "fixtures" / "records" / "partner_center"
PAGE = TOP / "docs" / "partner-center.md"
CUSTOMER = "c0000000-0000-4000-8000-000000000000"

NOT_ASKED_FOR = {
    "analytics": "the legacy analytics API: no term, no billing detail",
    "azure_entitlements": "what an Azure plan is used for is not billed by seats",
    "custom_term_end_dates": "says which end dates could be chosen when buying",
    "customers_usage_records": "consumption is not a subscription",
    "mfa_": "`ValidateMfa` on an ordinary call says the same",
    "migrations_": "`migratedFromSubscriptionId` on the new subscription says the same",
    "organization_profile": "not allowed app-only; the legal profile is",
    "products_page": "names and part numbers are in the subscription",
    "product_by_id": "names and part numbers are in the subscription",
    "sku_by_id": "names and part numbers are in the subscription",
    "subscription_provisioning": "not allowed app-only",
    "subscription_transitions": "the subscription itself says what it has become",
    "subscription_usage_records": "consumption is not a subscription",
    "webhook": "a hint that comes up to 48 hours late; seatsync asks",
}


def payload(name: str) -> bytes:
    return (RECORDS / f"{name}.json").read_bytes()


def settings(**more: Any) -> PartnerCenterSettings:
    nobody = "00000000-0000-4000-8000-000000000000"
    return PartnerCenterSettings.model_validate(
        {"tenant_id": nobody, "client_id": nobody, "client_secret": "none", **more}
    )


def outcomes(name: str) -> Iterator[str]:
    """Yield what a payload becomes, one line for each thing in it."""
    reader = next((read for prefix, read in READERS.items() if name.startswith(prefix)), None)
    if reader is None:
        message = f"nothing says what becomes of {name}"
        raise LookupError(message)
    yield from reader(payload(name))


def _said(read: Callable[[], str]) -> str:
    try:
        return read()
    except SeatsyncError as error:
        return f"{type(error).__name__}: {error.message}"


def _customers(body: bytes) -> Iterator[str]:
    page = read_page(body, BASE_URL)
    for raw in page.items:
        yield from _customer(bytes(raw))
    if page.next:
        names = ", ".join(name for name, _ in page.next.headers)
        yield f"next page `{page.next.url.removeprefix(BASE_URL)}` with {names}"


def _customer(raw: bytes) -> Iterator[str]:
    def read() -> str:
        customer = read_customer(msgspec.Raw(raw))
        return f"customer {customer.name}, domain {customer.domain or 'none'}"

    yield _said(read)


def _subscriptions(body: bytes) -> Iterator[str]:
    for raw in read_page(body, BASE_URL).items:
        yield from _subscription(bytes(raw))


def _subscription(raw: bytes) -> Iterator[str]:
    def read() -> str:
        record = read_subscription(msgspec.Raw(raw), CUSTOMER).canonical()
        end = record.commitment_ends_at
        parts = (
            kind_of(read_folded(raw, Subscription)).value,
            f"{record.quantity} seats, {record.billing_type}, {record.status}",
            f"{record.provider_status} ({record.provider_note})"
            if record.provider_note
            else record.provider_status,
            record.part_number or "no part number",
            record.term or "no term",
            f"until {end:%Y-%m-%d %H:%M:%S}" if end else "no end",
        )
        return "; ".join(parts)

    yield _said(read)


def _entra_errors(body: bytes) -> Iterator[str]:
    found = json.loads(body)
    for error in found if isinstance(found, list) else [found]:
        fault = fault_of_token_answer(httpx.Response(400, json=error), settings())
        yield f"{type(fault).__name__}: {fault.message}"


def _faults(body: bytes) -> Iterator[str]:
    for case in json.loads(body):
        yield _fault(httpx.Response(case["http_status"], json=case["body"]))


def _throttled(body: bytes) -> Iterator[str]:
    yield _fault(httpx.Response(429, content=body))


def _mfa(body: bytes) -> Iterator[str]:
    phrase = json.loads(body)["status_line"].split(" ", 2)[2]
    yield _fault(httpx.Response(401, extensions={"reason_phrase": phrase.encode()}))


def _fault(response: httpx.Response) -> str:
    fault = fault_for(problem_of(response), CUSTOMER)
    return f"{type(fault).__name__}: {fault.message.replace(CUSTOMER, '…')}"


def _token(body: bytes) -> Iterator[str]:
    user = settings(mode="app_user")
    grants = GrantStore(user, MemoryState(), Clock())

    def read() -> str:
        token = Tokens(user, grants).read(httpx.Response(200, content=body))
        kept = ", and a refresh token to keep" if grants.load() else ""
        return f"a token for {token.lifetime_s:.0f} s{kept}"

    yield _said(read)


def _claims(body: bytes) -> Iterator[str]:
    claims = msgspec.json.decode(body, type=Claims)
    fitting = settings(tenant_id=claims.tid, mode="app_user")

    def read() -> str:
        require_fitting(claims, fitting)
        require_consented(claims, fitting)
        return "a token for the right API and tenant, with MFA"

    yield _said(read)


def _audit(body: bytes) -> Iterator[str]:
    records = [read_folded(raw, AuditRecord) for raw in read_page(body, BASE_URL).items]
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    for record in records:
        customer = record.customerid or ""
        due = touched([record], {customer: long_ago})
        yield f"{record.operationtype}: {'its customer is read again' if due else 'no reading'}"


def _order(body: bytes) -> Iterator[str]:
    order = read_order(body)
    for line in order.lineitems or ():
        cost = cost_in(order, (line.subscriptionid or "").lower())
        yield f"unit cost {cost.canonical()}" if cost else "no unit cost"


def _profile(_: bytes) -> Iterator[str]:
    yield "only its headers are read: whether the sign-in had MFA"


def _headers(_: bytes) -> Iterator[str]:
    yield "doubled values are read up to the comma"


def _not_asked_for(why: str) -> Callable[[bytes], Iterator[str]]:
    def said(_: bytes) -> Iterator[str]:
        yield f"not asked for: {why}"

    return said


READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    **{prefix: _not_asked_for(why) for prefix, why in NOT_ASKED_FOR.items()},
    "customers_page": _customers,
    "customer_by_id": _customer,
    "subscriptions_page": _subscriptions,
    "subscription_addons_page": _subscriptions,
    "body_with_utf8_bom": _customers,
    "subscription_": _subscription,
    "entra_token_error": _entra_errors,
    "error_faults": _faults,
    "error_429": _throttled,
    "error_401": _mfa,
    "token_response": _token,
    "access_token_claims": _claims,
    "audit_records": _audit,
    "order_": _order,
    "legal_business": _profile,
    "response_headers": _headers,
}


def payload_table() -> str:
    rows = [
        f"| `{path.stem}` | {'<br>'.join(map(_cell, outcomes(path.stem)))} |"
        for path in sorted(RECORDS.glob("*.json"))
    ]
    return "\n".join(["| payload | what becomes of it |", "|---|---|", *rows])


def refusal_table() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for (status, code), refusal in REFUSALS.items():
        said = (f"{refusal.reach.value} ({refusal.error.code})", refusal.remedy)
        rows.setdefault(said, []).append(f"{status}/{code}")
    lines = [
        f"| {', '.join(codes)} | {what} | {_cell(remedy)} |"
        for (what, remedy), codes in rows.items()
    ]
    return "\n".join(["| status/code | what happens | remedy |", "|---|---|---|", *lines])


def state_table() -> str:
    lines = []
    for state, meaning in MEANINGS.items():
        codes = ", ".join(str(code) for code, of in STATE_OF_CODE.items() if of is state)
        stage = "consent" if state in ABOUT_CONSENT else "token"
        remedy = meaning.remedy.replace("{admin_link}", "(a link)")
        lines.append(f"| {state} | {codes} | {stage} | {meaning.what} | {_cell(remedy)} |")
    head = "| state | AADSTS codes | stage that fails | what it means | remedy |"
    return "\n".join([head, "|---|---|---|---|---|", *lines])


TABLES = {"payloads": payload_table, "refusals": refusal_table, "states": state_table}


def with_tables(page: str) -> str:
    """Return the page with every generated table as it should be."""
    for name, make in TABLES.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}{make()}{end}{rest.partition(end)[2]}"
    return page


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
