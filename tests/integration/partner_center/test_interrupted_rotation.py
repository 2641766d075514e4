"""The agent is killed between receiving a rotated refresh token and storing it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli_shell import Shell
    from seatsync_partner_center.simulator import Simulator

KILLED_BEFORE_STORING = """
import os, signal, sys
from seatsync.cli import main
from seatsync.mirror.vault import MirrorState
MirrorState.store = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["seatsync", "verify", "csp", "--config", sys.argv[1]]
main()
"""


def test_the_agent_is_still_connected_after_it_was_killed_before_storing_the_new_token(
    partner: Simulator, shell: Callable[..., Shell]
) -> None:
    configured = shell(app_user=True)
    assert configured.run("verify", "csp").exit_code == 0
    given = partner.entra.tokens_given
    command = [sys.executable, "-c", KILLED_BEFORE_STORING, str(configured.config)]
    killed = subprocess.run(command, cwd=configured.config.parent, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    # It had received the token, and had used it for nothing.
    assert partner.entra.tokens_given == given + 1
    assert configured.run("verify", "csp").exit_code == 0


def test_the_first_token_of_the_configuration_survives_the_same(
    partner: Simulator, shell: Callable[..., Shell]
) -> None:
    configured = shell(app_user=True)
    command = [sys.executable, "-c", KILLED_BEFORE_STORING, str(configured.config)]
    killed = subprocess.run(command, cwd=configured.config.parent, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert partner.state.log.calls == []
    assert configured.run("sync", "csp").exit_code == 0
