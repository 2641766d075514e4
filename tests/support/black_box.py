"""An agent and a simulated Pax8, both on loopback, spoken to over HTTP alone."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import uvicorn
import yaml

from seatsync.bootstrap.agent import open_agent
from seatsync.bootstrap.entry_point import WEB_APPLICATION, load_from
from seatsync.bootstrap.server import listen, web_config
from seatsync.config.load import load_config
from seatsync.sdk.registry import discover
from seatsync.sdk.simulator import served
from seatsync_pax8.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROVIDER = "pax8-lab"
PATIENCE_S = 30
_POLL_S = 0.02


def wait_for(look: Any, what: str, patience_s: float = PATIENCE_S) -> Any:
    """Look again and again until there is something to see; return it."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(_POLL_S)
    message = f"waited {patience_s} s in vain for {what}"
    raise AssertionError(message)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Api:
    """The agent, as a CRM front end sees it."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.http = httpx.Client(base_url=origin, timeout=PATIENCE_S)

    def ask(self, document: str, **variables: Any) -> Any:
        """Run an operation that must succeed, and return its data."""
        answer = self.raw(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def raw(self, document: str, **variables: Any) -> Any:
        """Run an operation, and return the whole answer."""
        body = {"query": document, "variables": variables}
        return self.http.post("/graphql", json=body).json()

    def change(self, mutation: str, result: str = "__typename", **given: Any) -> Any:
        """Run a mutation that must not be refused, and return its payload."""
        payload = self.try_change(mutation, result, **given)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload

    def refusal(self, mutation: str, **given: Any) -> Any:
        """Run a mutation that must be refused, and return the code of the refusal."""
        errors = self.try_change(mutation, "__typename", **given)["userErrors"]
        assert len(errors) == 1, errors
        return errors[0]["code"]

    def try_change(self, mutation: str, result: str, **given: Any) -> Any:
        """Run a mutation, and return its payload."""
        kind = mutation[0].upper() + mutation[1:]
        kind = {"UpdateApplicationSettings": "ApplicationSettings"}.get(kind, kind)
        kind = {"CancelJob": "Job", "RetryJob": "Job"}.get(kind, kind)
        document = (
            f"mutation M($input: {kind}Input!) {{ {mutation}(input: $input) "
            f"{{ {result} userErrors {{ code message path }} }} }}"
        )
        return self.ask(document, input=given)[mutation]

    def finish(self, job_id: str) -> Any:
        """Wait until a job has ended, and return it with its run."""

        def look() -> Any:
            job = self.ask(JOB, id=job_id)["job"]
            return job if job["status"] in FINAL else None

        return wait_for(look, f"the job {job_id}")

    def sync(self) -> Any:
        """Sync the provider as the schedule would, and return the run."""
        job = self.change("syncProvider", "job { id }", providerKey=PROVIDER)["job"]
        return self.finish(job["id"])["syncRun"]

    def proceed(self, contract: str, ticked: Any = (), **more: Any) -> Any:
        """Proceed with a manual sync, and return the finished job."""
        job = self.change(
            "syncSubscriptions",
            "job { id }",
            billingContractId=contract,
            subscriptionIds=list(ticked),
            **more,
        )["job"]
        return self.finish(job["id"])

    def preview(self, contract: str, **more: Any) -> Any:
        return self.ask(PREVIEW, id=contract, **more)["subscriptionSyncPreview"]

    def subscription(self, external_id: str) -> Any:
        """Return the one subscription with the provider's id, or None."""
        nodes = self.ask(SUBSCRIPTIONS)["subscriptions"]["nodes"]
        return next((node for node in nodes if node["externalId"] == external_id), None)

    def report(self, **filters: Any) -> Any:
        return self.ask(REPORT, filter=filters)["syncReport"]["nodes"]

    def exceptions(self, kind: str) -> Any:
        return self.ask(EXCEPTIONS, filter={"kind": kind})["exceptions"]["nodes"]

    def account(self, name: str) -> str:
        payload = self.change("createAccount", "account { id }", name=name)
        account_id: str = payload["account"]["id"]
        return account_id

    def contract(self, account: str, name: str = "Monthly", **more: Any) -> str:
        payload = self.change(
            "createBillingContract",
            "billingContract { id }",
            accountId=account,
            name=name,
            **more,
        )
        contract_id: str = payload["billingContract"]["id"]
        return contract_id

    def provider_account(self, company: str) -> str:
        nodes = self.ask(PROVIDER_ACCOUNTS)["providerAccounts"]["nodes"]
        found: str = next(node["id"] for node in nodes if node["externalId"] == company)
        return found

    def map(self, company: str, account: str | None) -> None:
        """Map the provider account of a company; it must have been read before."""
        self.change(
            "mapProviderAccount",
            providerAccountId=self.provider_account(company),
            accountId=account,
        )

    def switch(self, *, landing: bool) -> None:
        """Switch Associate Default Billing Contract."""
        self.change(
            "updateApplicationSettings",
            subscriptionManagement={"associateDefaultBillingContract": landing},
        )

    def read_customers(self) -> None:
        """Let the agent read the provider's customers, without their subscriptions."""
        job = self.change("syncProviderAccounts", "job { id }", providerKey=PROVIDER)["job"]
        self.finish(job["id"])


@dataclass
class Lab:
    """The agent over HTTP, and the provider that it reads."""

    api: Api
    pax8: Simulator
    database: Path
    pax8_settings: dict[str, Any]
    products: dict[str, str] = field(default_factory=dict)

    def company(self, name: str, account: str | None = None) -> str:
        """Add a company at the provider; with an account, it is read and mapped."""
        company = self.pax8.add_company(name, website=f"https://{slug(name)}.example")
        if account is not None:
            self.api.read_customers()
            self.api.map(company, account)
        return company

    def licence(self, company: str, quantity: float = 5, **more: Any) -> str:
        """Add a licence subscription at the provider, and return the provider's id for it."""
        return self.pax8.add_subscription(
            company, self._product("Example Suite"), quantity, partnerCost=10, **more
        )

    def usage(self, company: str) -> str:
        """Add a usage subscription at the provider."""
        product = self._product("Example Cloud")
        return self.pax8.add_subscription(company, product, 1, billingTerm="Arrears")

    def crm_marks_default(self, contract: str) -> None:
        """Set a default flag behind the API's back, as an edit in the CRM arrives."""
        with closing(sqlite3.connect(self.database, timeout=PATIENCE_S)) as database:
            flagged = database.execute(
                "UPDATE billing_contract SET is_default = 1 WHERE id = ?", (UUID(contract).bytes,)
            )
            database.commit()
            assert flagged.rowcount == 1

    def _product(self, name: str) -> str:
        if name not in self.products:
            self.products[name] = self.pax8.add_product(name, vendorSku=f"{slug(name)}:1")
        return self.products[name]


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


@contextmanager
def lab(
    folder: Path,
    database_url: str | None = None,
    sections: Mapping[str, Any] | None = None,
    **provider: Any,
) -> Iterator[Lab]:
    """Run an agent, connected to a simulated Pax8 that is empty; `sections` go to config.yaml."""
    with served_pax8() as (simulator, settings):
        config = write_config(folder, 8365, settings, database_url, **provider)
        config.write_text(yaml.safe_dump(yaml.safe_load(config.read_text()) | dict(sections or {})))
        with agent_beside(config) as api:
            yield Lab(api, simulator, folder / "seatsync.db", settings)


@contextmanager
def agent_beside(config: Path) -> Iterator[Api]:
    """Run an agent in this process, which starts sooner; only HTTP reaches it all the same."""
    environment = {"SEATSYNC_SECRET_KEY": SEALING_KEY}
    settings = load_config(config, discover(), environment)
    listening = listen("127.0.0.1", 0)
    with closing(listening), open_agent(settings) as running:
        app = load_from(WEB_APPLICATION)(running)
        server = uvicorn.Server(web_config(app, settings.server.limits.request_bytes))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        thread.start()
        try:
            api = Api(f"http://127.0.0.1:{listening.getsockname()[1]}")
            with closing(api.http):
                wait_for(lambda: server.started, "the agent")
                yield api
        finally:
            server.should_exit = True
            thread.join()
            running.stop()


@contextmanager
def served_pax8() -> Iterator[tuple[Simulator, dict[str, Any]]]:
    """Serve a simulated Pax8 that is empty, and tell the settings that reach it."""
    simulator = Simulator()
    with served(simulator.app) as origin:
        yield simulator, simulator.settings(origin) | {"max_requests_per_second": 10_000}


@contextmanager
def agent(
    folder: Path, settings: Mapping[str, Any], database_url: str | None = None, **provider: Any
) -> Iterator[Api]:
    """Run an agent with one Pax8 provider, whose automatic syncs are off unless asked for."""
    port = free_port()
    config = write_config(folder, port, settings, database_url, **provider)
    process = start(config)
    try:
        api = Api(f"http://127.0.0.1:{port}")
        wait_for(lambda: is_ready(api, process), "the agent")
        with closing(api.http):
            yield api
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def write_config(
    folder: Path,
    port: int,
    settings: Mapping[str, Any],
    database_url: str | None = None,
    **provider: Any,
) -> Path:
    entry = {"key": PROVIDER, "plugin": "pax8", "auto_sync": False, "settings": dict(settings)}
    document = {
        "database": {"url": database_url or f"sqlite:///{folder / 'seatsync.db'}"},
        "server": {"port": port},
        "providers": [entry | provider],
    }
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(document))
    return config


def start(config: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "seatsync", "serve", "--config", str(config)]
    log = (config.parent / "agent.log").open("ab")
    with log:
        return subprocess.Popen(
            command,
            cwd=config.parent,
            stdout=log,
            stderr=log,
            env=os.environ | {"SEATSYNC_SECRET_KEY": SEALING_KEY},
        )


def is_ready(api: Api, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"the agent ended with {process.returncode}"
    try:
        return api.http.get("/readyz").status_code == httpx.codes.OK
    except httpx.ConnectError:
        return False


SEALING_KEY = "bGFib3JhdG9yeS1rZXktb2Ytc2VhdHN5bmMtdGVzdHM="
FINAL = {"SUCCEEDED", "FAILED", "NOT_APPLICABLE", "CANCELLED"}

RUN = """
  id trigger outcome requestedBy startedAt finishedAt
  counts { fetched created updated unchanged unassigned missing failed }
  failures { providerKey code message remedy externalId }
"""
JOB = f"""
query Job($id: ID!) {{
  job(id: $id) {{ id kind status attempts errorCode errorMessage syncRun {{ {RUN} }} }}
}}
"""
SUBSCRIPTIONS = """
{ subscriptions(first: 500) { nodes {
    id externalId name quantity status providerStatus billingType unassignedReason
    partNumber productName term missingSince discoveredAt lastSyncedAt
    unitCost { amount currency } unitPrice { amount currency }
    account { id name } billingContract { id name }
    providerAccount { id externalId }
    licenseChanges { nodes { event quantityDelta quantityAfter unitCost { amount } } }
    syncHistory { nodes { change fieldChanges { field oldValue newValue } } }
} } }
"""
REPORT = """
query Report($filter: SyncReportFilter) {
  syncReport(filter: $filter, first: 500) { nodes {
    id change externalId subscriptionName unassignedReason message
    fieldChanges { field oldValue newValue }
    run { id trigger } billingContract { id } subscription { id }
  } }
}
"""
PREVIEW = """
query Preview($id: ID!, $keys: [String!]) {
  subscriptionSyncPreview(billingContractId: $id, providerKeys: $keys) {
    checksum fetchedAt
    failures { code message remedy }
    candidates {
      id externalId name change placement quantity selectable
      providerAccount { externalId }
      fieldChanges { field oldValue newValue }
    }
  }
}
"""
EXCEPTIONS = """
query Exceptions($filter: ExceptionFilter) {
  exceptions(filter: $filter, first: 500) { nodes {
    kind message remedy since
    subscription { externalId } providerAccount { externalId } account { id }
    billingContract { id } provider { key }
  } }
}
"""
PROVIDER_ACCOUNTS = """
{ providerAccounts(first: 500) { nodes {
    id externalId name domain syncEnabled lastError lastSyncedAt account { id } } } }
"""
