"""Let schemathesis make up requests from the schema; the agent may refuse, but never fail.

It reads the schema from the endpoint that SEATSYNC_URL names. Every query and mutation is sent
`--examples` times. The interpreter that runs this is the one of the development lock; schemathesis
has an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from known_values import bindings, known_values

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = Path(__file__).parents[2]
SCHEMATHESIS = TOP / ".venv-outside" / "bin" / "schemathesis"
OFTEN = 0.6
"""How often a known value stands where one fits."""


def write_settings(file: Path, address: str) -> None:
    """Write schemathesis's settings, with what the agent knows; JSON's strings are TOML's too."""
    lines = [f"hooks = {json.dumps(str(Path(__file__).with_name('schemathesis_hooks.py')))}"]
    for name, values in known_values(address).items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines.append("[parameters]")
    for place, name in bindings().items():
        bound = f'{{ dictionary = "{name}", probability = {OFTEN} }}'
        lines.append(f"{json.dumps(place)} = {bound}")
    file.write_text("\n".join(lines) + "\n")


def send(folder: Path, address: str, examples: int, seed: int) -> Any:
    """Let schemathesis do its work; return its report."""
    settings = folder / "schemathesis.toml"
    write_settings(settings, address)
    command = [
        str(SCHEMATHESIS),
        *("--config-file", str(settings), "run", address),
        *("--phases", "fuzzing", "--max-examples", str(examples), "--seed", str(seed)),
        *("--checks", "not_a_server_error", "--continue-on-failure", "--workers", "2"),
        *("--generation-database", "none", "--request-timeout", "60", "--no-color"),
        *("--report", "json", "--report-json-path", str(folder / "report.json")),
    ]
    subprocess.run(command, cwd=folder, check=False)
    return json.loads((folder / "report.json").read_text())


def is_well(report: Any, examples: int) -> bool:
    """Tell whether every operation was tried as often as it should be, and none failed."""
    operations, cases = report["operations"], report["test_cases"]
    return (
        report["exit_code"] == 0
        and operations["tested"] == operations["total"]
        and cases["generated"] >= examples * operations["total"]
        and not cases["with_failures"]
        and not cases["errored"]
    )


def main(arguments: Sequence[str]) -> int:
    """Send requests; return 1 if the agent fails at one."""
    parser = argparse.ArgumentParser(description="Send made-up requests to the agent.")
    parser.add_argument("--examples", type=int, default=200, help="for each operation")
    parser.add_argument("--seed", type=int, default=1, help="another makes up other requests")
    asked = parser.parse_args(arguments)
    print(f"Seed {asked.seed}, {asked.examples} examples of each operation", flush=True)
    with tempfile.TemporaryDirectory(prefix="seatsync-requests-") as folder:
        address = os.environ["SEATSYNC_URL"]
        report = send(Path(folder), address, asked.examples, asked.seed)
    print(
        f"schemathesis: {report['test_cases']['generated']} requests for"
        f" {report['operations']['tested']} of {report['operations']['total']} operations,"
        f" {report['test_cases']['with_failures']} failed"
    )
    return 0 if is_well(report, asked.examples) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
