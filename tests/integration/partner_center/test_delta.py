"""Runs that read only what the audit log shows changed, through the engine and on a mirror."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli_shell import Shell
    from seatsync_partner_center.simulator import Simulator

    Configured = Callable[..., Shell]


def _sync(shell: Shell, partner: Simulator) -> int:
    """Sync, and return how many customers were read."""
    before = len(partner.state.log.calls)
    result = shell.run("sync", "csp")
    assert result.exit_code in {0, 3}, result.output
    calls = partner.state.log.calls[before:]
    return sum("/subscriptions" in call.path for call in calls)


def _change(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.config.with_name("seatsync.db"))) as connection:
        connection.execute(statement)
        connection.commit()


def _quantities(shell: Shell) -> list[int]:
    with closing(sqlite3.connect(shell.config.with_name("seatsync.db"))) as connection:
        return [row[0] for row in connection.execute("SELECT quantity FROM subscription")]


def _populated(partner: Simulator) -> list[str]:
    partner.populate(10, each=1)
    return list(partner.state.customers)


def test_without_the_option_every_run_reads_every_customer(
    partner: Simulator, shell: Configured
) -> None:
    _populated(partner)
    csp = shell()
    assert [_sync(csp, partner), _sync(csp, partner)] == [10, 10]


def test_a_run_reads_only_the_customers_with_an_operation(
    partner: Simulator, shell: Configured
) -> None:
    customers = _populated(partner)
    csp = shell(audit_delta=True)
    assert [_sync(csp, partner), _sync(csp, partner)] == [10, 0]
    [record_id] = partner.state.subscriptions[customers[3]]
    partner.change_subscription(customers[3], record_id, quantity=777)
    partner.audit(customers[3], "update_subscription", datetime.now(UTC))
    assert _sync(csp, partner) == 1
    assert 777 in _quantities(csp)


def test_what_the_log_does_not_show_is_found_by_the_full_reading(
    partner: Simulator, shell: Configured
) -> None:
    customers = _populated(partner)
    csp = shell(audit_delta=True)
    _sync(csp, partner)
    [record_id] = partner.state.subscriptions[customers[3]]
    partner.change_subscription(customers[3], record_id, quantity=777)
    assert _sync(csp, partner) == 0
    assert 777 not in _quantities(csp)
    _change(
        csp, "UPDATE provider_account SET last_synced_at = datetime(last_synced_at, '-25 hours')"
    )
    assert _sync(csp, partner) == 10
    assert 777 in _quantities(csp)


def test_customers_that_were_not_read_miss_nothing(partner: Simulator, shell: Configured) -> None:
    customers = _populated(partner)
    csp = shell(audit_delta=True)
    _sync(csp, partner)
    partner.state.subscriptions[customers[0]].clear()
    _sync(csp, partner)
    with closing(sqlite3.connect(csp.config.with_name("seatsync.db"))) as connection:
        [(missing,)] = connection.execute(
            "SELECT count(*) FROM subscription WHERE missing_since IS NOT NULL"
        )
    assert missing == 0


def test_a_customer_that_failed_is_read_again_in_the_next_run(
    partner: Simulator, shell: Configured
) -> None:
    customers = _populated(partner)
    partner.refuse_customer(customers[0])
    csp = shell(audit_delta=True)
    assert [_sync(csp, partner), _sync(csp, partner)] == [10, 1]
    partner.accept_customer(customers[0])
    assert [_sync(csp, partner), _sync(csp, partner)] == [1, 0]


def test_a_new_customer_is_read_at_once(partner: Simulator, shell: Configured) -> None:
    _populated(partner)
    csp = shell(audit_delta=True)
    _sync(csp, partner)
    newcomer = partner.add_customer("Example Newcomer")
    partner.add_subscription(newcomer, 888)
    assert _sync(csp, partner) == 1
    assert 888 in _quantities(csp)


def test_records_that_must_be_read_anew_are_whatever_the_log_says(
    partner: Simulator, shell: Configured
) -> None:
    _populated(partner)
    csp = shell(audit_delta=True)
    _sync(csp, partner)
    _change(csp, "UPDATE provider SET record_epoch = 'of an older version'")
    assert _sync(csp, partner) == 10


def test_a_log_that_cannot_be_read_leaves_nobody_out(partner: Simulator, shell: Configured) -> None:
    _populated(partner)
    csp = shell(audit_delta=True)
    _sync(csp, partner)
    partner.refuse_path("/v1/auditrecords", 403, "900150")
    assert _sync(csp, partner) == 10
