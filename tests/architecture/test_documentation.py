from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from seatsync.cli.program import program

if TYPE_CHECKING:
    from pathlib import Path

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def pages(tracked_files: list[Path]) -> list[Path]:
    return [path for path in tracked_files if path.suffix == ".md"]


def _named(command: str, pages: list[Path]) -> set[str]:
    named = re.compile(rf"(?:^|[`$]|&&) *{command} ([a-z][a-z-]*)", re.MULTILINE)
    return {
        word
        for page in pages
        for code in CODE.findall(page.read_text())
        for word in named.findall(code)
    }


def test_the_readme_is_read_in_one_sitting(repository: Path) -> None:
    assert len((repository / "README.md").read_text().splitlines()) <= 120


def test_every_make_target_that_the_documentation_names_exists(
    repository: Path, pages: list[Path]
) -> None:
    targets = set(
        re.findall(r"^([\w-]+):.*##", (repository / "Makefile").read_text(), re.MULTILINE)
    )
    assert _named("make", pages) <= targets


def test_every_command_that_the_documentation_names_exists(pages: list[Path]) -> None:
    assert _named("seatsync", pages) <= set(program.commands)


def test_every_file_that_the_documentation_links_to_exists(pages: list[Path]) -> None:
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text())
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_changelog_tells_of_this_version(repository: Path) -> None:
    changelog = (repository / "CHANGELOG.md").read_text()
    assert re.search(r"^## (Unreleased|\[?\d+\.\d+\.\d+)", changelog, re.MULTILINE)
