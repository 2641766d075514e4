"""Let a client generator write a typed client, and call the agent with it.

The interpreter must be one that ariadne-codegen is installed for; SEATSYNC_URL names the agent's
GraphQL endpoint.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

TOP = Path(__file__).parents[2]
SCHEMA = TOP / "graphql" / "schema.graphql"
OPERATIONS = TOP / "graphql" / "operations"
PACKAGE = "seatsync_client"
SETTINGS = f"""
[tool.ariadne-codegen]
schema_path = "{SCHEMA}"
queries_path = "{OPERATIONS}"
target_package_name = "{PACKAGE}"
"""
ON_DEMAND = "pax8-eu"
"""The provider of the demo that is synced only when somebody asks."""

PATIENCE_S = 60


class Finding(Exception):
    """What is wrong with the client, or with what it is answered."""


def generate(folder: Path) -> ModuleType:
    """Generate the client into a folder, and import it."""
    (folder / "pyproject.toml").write_text(SETTINGS)
    generator = Path(sys.executable).with_name("ariadne-codegen")
    done = subprocess.run(
        [generator, "client"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Finding(f"ariadne-codegen refuses:\n{done.stdout}{done.stderr}")
    sys.path.insert(0, str(folder))
    return importlib.import_module(PACKAGE)


def missing_methods(client: object) -> list[str]:
    """Name the operations that have become no method of the client."""
    named = (document.stem.replace("-", "_") for document in OPERATIONS.glob("*.graphql"))
    return sorted(name for name in named if not callable(getattr(client, name, None)))


async def finished(client: Any, job_id: str) -> Any:
    """Wait until a job has ended, and return it."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            job = (await client.job(job_id)).job
            if job.status in {"SUCCEEDED", "FAILED", "NOT_APPLICABLE", "CANCELLED"}:
                return job
            await asyncio.sleep(0.2)


async def call(client: Any) -> None:
    """Call a query without variables, one with, and a mutation whose job is waited for."""
    async with client:
        viewer = (await client.viewer()).viewer
        print(f"  viewer: {viewer.name}, {', '.join(role.value for role in viewer.roles)}")
        found = await client.find_contracts(is_default=True)
        contracts = found.billing_contracts.nodes
        print(f"  find_contracts: {len(contracts)} with the default flag")
        preview = await client.preview(contracts[0].id, [ON_DEMAND])
        print(f"  preview: {preview.subscription_sync_preview.checksum}")
        asked = (await client.sync_provider(ON_DEMAND)).sync_provider
        if asked.user_errors or not asked.job:
            raise Finding(f"sync_provider is refused: {asked.user_errors}")
        job = await finished(client, asked.job.id)
        print(f"  sync_provider: {job.status.value}, {job.sync_run.counts!r}")
        if job.status != "SUCCEEDED":
            raise Finding(f"the sync ends {job.status}: {job.error_message}")


def check(folder: Path) -> None:
    """Generate, import and call; raise `Finding` if any of it fails."""
    client = generate(folder).Client(url=os.environ["SEATSYNC_URL"])
    if missing := missing_methods(client):
        raise Finding(f"no method for {', '.join(missing)}")
    asyncio.run(call(client))


def main() -> int:
    """Check, and return 1 if there is a finding."""
    with tempfile.TemporaryDirectory(prefix="seatsync-client-") as folder:
        try:
            check(Path(folder))
        except Finding as finding:
            print(finding, file=sys.stderr)
            return 1
    count = len(list(OPERATIONS.glob("*.graphql")))
    print(f"ariadne-codegen makes a typed method of each of {count} operations; 5 are called")
    return 0


if __name__ == "__main__":
    sys.exit(main())
