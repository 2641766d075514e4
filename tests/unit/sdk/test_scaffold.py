"""Names and files of a new plug-in."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from seatsync.errors import SetupError
from seatsync.sdk.conformance.rules import RULES
from seatsync.sdk.quality import parse_quality
from seatsync.sdk.scaffold.names import Names
from seatsync.sdk.scaffold.plan import plan_files


def test_all_names_are_made_from_one() -> None:
    names = Names.of("acme-cloud")
    assert (names.plugin, names.package) == ("acme_cloud", "seatsync_acme_cloud")
    assert (names.distribution, names.title) == ("seatsync-acme-cloud", "Acme Cloud")
    assert names.class_prefix == "AcmeCloud"


def test_a_simulator_has_a_port_of_its_own_that_stays() -> None:
    ports = {Names.of(name).port for name in ("acme", "kestrel", "osprey")}
    assert len(ports) == 3
    assert all(8400 <= port < 8800 for port in ports)
    assert Names.of("acme").port == Names.of("acme").port


@pytest.mark.parametrize("name", ["", "Acme", "a b", "a--b", "-a", "a_", "1a", "a.b", "x" * 41])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(SetupError, match="cannot be the name"):
        Names.of(name)


def test_every_file_is_filled_in_and_can_be_read() -> None:
    files = plan_files(Names.of("acme"))
    for path, text in files.items():
        assert not re.search(r"@\w+@", text), path
        if path.suffix == ".py":
            compile(text, str(path), "exec")
    [project] = [text for path, text in files.items() if path.name == "pyproject.toml"]
    points = tomllib.loads(project)["project"]["entry-points"]["seatsync.plugins"]
    assert points == {"acme": "seatsync_acme:PLUGIN"}


def test_a_new_plug_in_promises_something_about_every_rule() -> None:
    [text] = [text for path, text in plan_files(Names.of("acme")).items() if path.suffix == ".yaml"]
    assert yaml.safe_load(text)
    quality = parse_quality("acme", text)
    assert quality.tiers() == {rule.name: rule.tier for rule in RULES}
    assert quality.tier == "bronze"
