"""Run every check that strangers' tools make of the API, and show how each of them ended."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

TARGETS = ("audit", "lint-schema", "typed-client", "live-client", "schemathesis")


@dataclass(frozen=True, slots=True)
class Ending:
    """How one check ended."""

    target: str
    is_passed: bool
    seconds: float
    last_words: str

    def __str__(self) -> str:
        """Return a row of the table."""
        outcome = "passed" if self.is_passed else "FAILED"
        return f"  {self.target:13} {outcome}  {self.seconds:6.1f} s  {self.last_words}"


def run(target: str) -> Ending:
    """Make one target, and pass on what it says."""
    print(f"\n--- make {target}", flush=True)
    began = time.monotonic()
    last_words = ""
    with subprocess.Popen(
        ["make", "--no-print-directory", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as making:
        for line in making.stdout or ():
            print(line, end="", flush=True)
            last_words = line.strip() or last_words
    return Ending(target, making.returncode == 0, time.monotonic() - began, last_words)


def main() -> int:
    """Run them all, whatever comes of the others; return 1 if one fails."""
    endings = [run(target) for target in TARGETS]
    print("\nThe API, looked at from outside", *endings, sep="\n")
    passed = sum(ending.is_passed for ending in endings)
    print(f"{passed} of {len(endings)} checks are passed")
    return 0 if passed == len(endings) else 1


if __name__ == "__main__":
    sys.exit(main())
