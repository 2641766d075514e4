from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Pins = dict[str, Requirement]
LOCKS = [
    "requirements.lock",
    "requirements-build.lock",
    "requirements-dev.lock",
    "requirements-outside.lock",
]


def _entries(lock: Path) -> list[str]:
    return re.split(r"\n(?=\S)", lock.read_text().strip())


def _pins(lock: Path) -> Pins:
    pinned = (Requirement(entry.split("\\")[0].strip()) for entry in _entries(lock))
    return {canonicalize_name(pin.name): pin for pin in pinned}


def _version(pin: Requirement) -> str:
    [exactly] = pin.specifier
    return exactly.version


def _unmet(wanted: Iterable[str], pins: Pins) -> list[str]:
    requirements = [Requirement(text) for text in wanted]
    return [
        str(wish)
        for wish in requirements
        if canonicalize_name(wish.name) not in pins
        or not wish.specifier.contains(_version(pins[canonicalize_name(wish.name)]))
    ]


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, list[str]]:
    declared = tomllib.loads((repository / "pyproject.toml").read_text())
    groups = declared["dependency-groups"]
    return {
        "requirements.lock": declared["project"]["dependencies"],
        "requirements-build.lock": groups["build"],
        "requirements-outside.lock": groups["outside"],
        "requirements-dev.lock": [wish for wish in groups["dev"] if isinstance(wish, str)],
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_exact_version_and_hashes(repository: Path, lock: str) -> None:
    entry = re.compile(r"[\w.-]+==[\w.]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [text for text in _entries(repository / lock) if not entry.fullmatch(text)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(repository: Path, lock: str) -> None:
    assert not re.search(r"://|--\w*index|--find-links| @ ", (repository / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_meets_what_the_project_asks_for(
    repository: Path, project: dict[str, list[str]], lock: str
) -> None:
    assert _unmet(project[lock], _pins(repository / lock)) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_developing_uses_the_very_versions_that_users_run(repository: Path, lock: str) -> None:
    development = _pins(repository / "requirements-dev.lock")
    pins = _pins(repository / lock)
    assert {name: _version(pin) for name, pin in pins.items()} == {
        name: _version(development[name]) for name in pins
    }
