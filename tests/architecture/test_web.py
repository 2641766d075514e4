from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def npm_folders(tracked_files: list[Path]) -> list[Path]:
    return [path.parent for path in tracked_files if path.name == "package.json"]


def _locked(folder: Path) -> dict[str, Any]:
    lock = json.loads((folder / "package-lock.json").read_text())
    return {name: entry for name, entry in lock["packages"].items() if name}


def test_there_are_npm_locks_to_check(npm_folders: list[Path]) -> None:
    assert "graphiql" in {folder.name for folder in npm_folders}


def test_an_npm_lock_names_no_address(npm_folders: list[Path]) -> None:
    named = {
        f"{folder.name}: {name}": entry["resolved"]
        for folder in npm_folders
        for name, entry in _locked(folder).items()
        if "resolved" in entry
    }
    assert named == {}


def test_every_package_of_an_npm_lock_has_a_hash(npm_folders: list[Path]) -> None:
    bare = [
        f"{folder.name}: {name}"
        for folder in npm_folders
        for name, entry in _locked(folder).items()
        if "integrity" not in entry
    ]
    assert bare == []


def test_npm_keeps_addresses_out_of_locks_and_runs_no_install_scripts(
    npm_folders: list[Path],
) -> None:
    wanted = {"omit-lockfile-registry-resolved=true", "ignore-scripts=true"}
    for folder in npm_folders:
        assert wanted <= set((folder / ".npmrc").read_text().split()), folder.name
