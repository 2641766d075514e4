"""Serve a simulated Pax8 of a given size; obey one-word commands on standard input."""

from __future__ import annotations

import json
import sys

from seatsync.sdk.simulator import served
from seatsync_pax8.simulator import Simulator


def main() -> None:
    """Print the settings as a JSON line, then answer each command with a line."""
    companies, subscriptions = int(sys.argv[1]), int(sys.argv[2])
    simulator = Simulator()
    simulator.populate(companies, subscriptions)
    with served(simulator.app) as origin:
        print(json.dumps(simulator.settings(origin)), flush=True)
        for number, line in enumerate(sys.stdin):
            every = int(line)
            change_quantities(simulator, every, 100 + number)
            print("done", flush=True)


def change_quantities(simulator: Simulator, every: int, quantity: int) -> None:
    """Give every n-th subscription another quantity, spread over all pages."""
    for index, subscription_id in enumerate(list(simulator.state.subscriptions.ids())):
        if index % every == 0:
            simulator.set_quantity(subscription_id, quantity)


if __name__ == "__main__":
    main()
