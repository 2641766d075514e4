"""Rules about the contract and the settings: what a connector is, before it reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from seatsync.domain.connectivity import CheckOutcome, ConnectivityCheck
from seatsync.sdk.conformance.rule import (
    Chapter,
    Inapplicable,
    Tier,
    require,
    require_all,
    require_same,
)
from seatsync.sdk.settings import describe_settings
from seatsync.sdk.verification import CONSENT, ONE_PAGE, PERMISSION, TOKEN

if TYPE_CHECKING:
    from seatsync.sdk.conformance.bench import Bench

CONTRACT = Chapter("Contract and settings")

STAGES = [TOKEN, CONSENT, PERMISSION, ONE_PAGE]
WRONG = "conformance-wrong-secret"
NOWHERE = "http://127.0.0.1:9"
"""Nothing listens on the discard port."""

_NAME = re.compile("[a-z][a-z0-9_]*")
_SOUNDS_SECRET = re.compile(r"secret|password|passphrase|api_?key|private_?key|_token$|^token$")
_FINE = {CheckOutcome.PASSED, CheckOutcome.WARNING, CheckOutcome.SKIPPED}


@CONTRACT.rule(Tier.BRONZE)
def the_plug_in_introduces_itself(bench: Bench) -> None:
    """It has a name that config.yaml can hold, a name for people, and a version."""
    plugin = bench.plugin
    require(_NAME.fullmatch(plugin.name), f"{plugin.name!r} is not made of a-z, 0-9 and _")
    require(plugin.display_name.strip(), "display_name is empty")
    require(plugin.version.strip(), "version is empty")


@CONTRACT.rule(Tier.BRONZE)
def settings_are_described(bench: Bench) -> None:
    """Each setting has a description."""
    described = describe_settings(bench.plugin.settings)
    require_all([one.name for one in described if not one.description], "without a description")


@CONTRACT.rule(Tier.BRONZE)
def secrets_are_marked(bench: Bench) -> None:
    """Each setting whose name sounds secret is a `SecretStr`, and no repr shows its value."""
    described = describe_settings(bench.plugin.settings)
    sounding = [one for one in described if _SOUNDS_SECRET.search(one.name)]
    require_all([one.name for one in sounding if not one.secret], "not marked as secret")
    settings = bench.settings()
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    require_all([n for n, value in _secrets(settings).items() if value in shown], "shown in a repr")


@CONTRACT.rule(Tier.BRONZE)
def wrong_settings_are_refused(bench: Bench) -> None:
    """An unknown setting is refused, and so is a configuration without a required one."""
    right = bench.raw_settings()
    require(_is_refused(bench, {**right, "no_such_setting": 1}), "an unknown setting is taken")
    needed = [one.name for one in describe_settings(bench.plugin.settings) if one.required]
    lacking = [{name: right[name] for name in right if name != one} for one in needed]
    taken = [
        one for one, given in zip(needed, lacking, strict=True) if not _is_refused(bench, given)
    ]
    require_all(taken, "required, and may be left out")


@CONTRACT.rule(Tier.BRONZE)
def verify_tells_its_stages(bench: Bench) -> None:
    """A healthy connection passes token, consent, permission and one page, in this order."""
    with bench.connected() as connector:
        checks = list(connector.verify())
        consents = connector.consents()
    require_same([check.name for check in checks], STAGES, "the stages")
    require_all([check for check in checks if check.outcome not in _FINE], "not passed")
    outcomes = [check.outcome for check in checks if check.name in {PERMISSION, ONE_PAGE}]
    require(CheckOutcome.SKIPPED not in outcomes, "listing customers is not checked")
    require_all([check.name for check in checks if not check.message.strip()], "without a message")
    require_all([consent for consent in consents if not consent.state], "without a state")


@CONTRACT.rule(Tier.SILVER)
def verify_tells_a_wrong_secret(bench: Bench) -> None:
    """With wrong secrets a stage fails, with a remedy, and the stages after it are skipped."""
    names = list(_secrets(bench.settings()))
    if not names:
        raise Inapplicable("its settings hold no secret")
    _require_one_failure(_verified(bench, **dict.fromkeys(names, WRONG)))


@CONTRACT.rule(Tier.SILVER)
def verify_tells_a_network_fault(bench: Bench) -> None:
    """When nothing answers, a stage fails in other words than for a wrong secret."""
    nowhere = bench.stand_in.settings(NOWHERE)
    failed = _require_one_failure(_verified(bench, **nowhere))
    names = list(_secrets(bench.settings()))
    if names:
        refused = _require_one_failure(_verified(bench, **dict.fromkeys(names, WRONG)))
        require(failed.message != refused.message, f"both are told as {failed.message!r}")


def _is_refused(bench: Bench, given: dict[str, Any]) -> bool:
    try:
        bench.plugin.settings.model_validate(given)
    except ValidationError:
        return True
    return False


def _secrets(settings: Any) -> dict[str, str]:
    held = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {
        name: value.get_secret_value()
        for name, value in held.items()
        if isinstance(value, SecretStr)
    }


def _verified(bench: Bench, **changed: Any) -> list[ConnectivityCheck]:
    with bench.connected(**changed) as connector:
        return list(connector.verify())


def _require_one_failure(checks: list[ConnectivityCheck]) -> ConnectivityCheck:
    require_same([check.name for check in checks], STAGES, "the stages")
    outcomes = [check.outcome for check in checks]
    require(CheckOutcome.FAILED in outcomes, "no stage fails")
    at = outcomes.index(CheckOutcome.FAILED)
    require_same(set(outcomes[at + 1 :]) - {CheckOutcome.SKIPPED}, set(), "after a failed stage")
    require(checks[at].remedy, f"the stage {checks[at].name!r} fails without a remedy")
    return checks[at]
