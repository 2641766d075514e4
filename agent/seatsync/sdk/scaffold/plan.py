"""Which files a new plug-in has, and what is in them; no effects."""

from __future__ import annotations

from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import yaml

from seatsync.sdk.conformance.rules import RULES
from seatsync.sdk.quality import TIERS, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.sdk.conformance.rule import Rule
    from seatsync.sdk.scaffold.names import Names

_OWN = "__init__ connector settings simulator wire"
_TODO = {
    "one-bad-record-costs-itself-only",
    "what-is-no-record-costs-itself-only",
    "a-customer-that-is-refused-costs-itself-only",
}
_EXEMPT = {
    "a-401-in-the-middle-is-mended": "The API takes a key, and gives no tokens.",
    "one-scan-tells-what-customers-tell": "The API lists the subscriptions of one customer only.",
    "unit-costs-come-with-their-currency": "The API tells no unit costs.",
}
_HEAD = """\
# Which rules of the conformance suite this connector keeps: done, todo, or {exempt: why}.
# The tests compare it with what the suite finds; `seatsync plugins` shows it.
"""


def plan_files(names: Names) -> Mapping[PurePosixPath, str]:
    """Return the text of each file, by its path below the new folder."""
    package = PurePosixPath(names.package)
    templates = {
        PurePosixPath("pyproject.toml"): "pyproject.toml",
        PurePosixPath("README.md"): "README.md",
        PurePosixPath("tests/test_conformance.py"): "test_conformance.py",
        **{package / f"{module}.py": f"{module}.py" for module in _OWN.split()},
    }
    filled = {path: names.fill(_template(name)) for path, name in templates.items()}
    return {**filled, package / "quality.yaml": _quality(), package / "py.typed": ""}


def _template(name: str) -> str:
    # They end in .txt so that no tool takes them for code of this program.
    return (
        resources.files("seatsync.sdk.scaffold")
        .joinpath("templates", f"{name}.txt")
        .read_text("utf-8")
    )


def _quality() -> str:
    document = {
        tier: {rule.name: _promise(rule) for rule in RULES if rule.tier == tier} for tier in TIERS
    }
    return _HEAD + yaml.safe_dump(document, sort_keys=False, width=100)


def _promise(rule: Rule) -> str | dict[str, str]:
    if rule.name in _EXEMPT:
        return {str(Standing.EXEMPT): _EXEMPT[rule.name]}
    return str(Standing.TODO if rule.name in _TODO else Standing.DONE)
