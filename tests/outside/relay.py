"""Compile the operations for CRM front ends with the Relay compiler, as they are.

It reads documents out of source files and not by themselves, so that each is put into one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).parents[2]
WITH_NODE = TOP / "web" / "with-node"
COMPILER = TOP / "web" / "outside" / "node_modules" / "relay-compiler" / "cli.js"
PROJECT = {
    "src": "./src",
    "schema": "./schema.graphql",
    "language": "typescript",
    "artifactDirectory": "./artifacts",
    # Each scalar of ours must be given a type, none may be left to chance.
    "requireCustomScalarTypes": True,
    "customScalarTypes": {"Date": "string", "DateTime": "string", "Decimal": "string"},
}


def write_project(folder: Path, documents: list[Path]) -> None:
    """Write a Relay project around the documents."""
    for part in ("src", "artifacts"):
        (folder / part).mkdir()
    (folder / "relay.config.json").write_text(json.dumps(PROJECT))
    shutil.copy(TOP / "graphql" / "schema.graphql", folder)
    for document in documents:
        source = folder / "src" / f"{document.stem}.ts"
        source.write_text(f"graphql`\n{document.read_text()}`;\n")


def main() -> int:
    """Compile; return 1 unless every operation is compiled without a word."""
    documents = sorted((TOP / "graphql" / "operations").glob("*.graphql"))
    with tempfile.TemporaryDirectory(prefix="seatsync-relay-") as name:
        folder = Path(name)
        write_project(folder, documents)
        # Where watchman is installed, the compiler would leave it running.
        command = [str(WITH_NODE), "node", str(COMPILER), "--noWatchman", "relay.config.json"]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
        )
        told = done.stdout + done.stderr
        compiled = len(list((folder / "artifacts").glob("*.graphql.ts")))
    is_well = done.returncode == 0 and compiled == len(documents) and "WARN" not in told
    if not is_well:
        print(told, file=sys.stderr)
    print(f"Relay compiles {compiled} of {len(documents)} operations")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
