from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

REGISTRIES = re.compile(r"p[y]pi\.org|pyt[h]onhosted|np[m]js\.(org|com)|deb\.deb[i]an|crate[s]\.io")
MACHINES = re.compile(r"(?<![\w./-])/(w[o]rk|f[a]rm|r[o]ot|h[o]me|U[s]ers|tm[p]/brief)/")


def _naming(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.name}:{number}: {line.strip()[:80]}"
        for path in files
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry(tracked_files: list[Path]) -> None:
    assert _naming(REGISTRIES, tracked_files) == []


def test_no_file_names_a_path_of_somebodys_machine(tracked_files: list[Path]) -> None:
    assert _naming(MACHINES, tracked_files) == []


def test_no_source_file_is_longer_than_400_lines(tracked_files: list[Path]) -> None:
    sources = [path for path in tracked_files if path.suffix == ".py"]
    lengths = {path.name: len(path.read_text().splitlines()) for path in sources}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_target_of_the_makefile_is_explained(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = re.findall(r"^([\w-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(explained)


def test_make_alone_explains_its_targets(repository: Path) -> None:
    done = subprocess.run(["make"], cwd=repository, check=True, capture_output=True, text=True)
    assert re.search(r"^  demo +\S", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", ["make lint", "make test", "make outside"])
def test_the_ci_run_executes_what_people_execute(repository: Path, command: str) -> None:
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert command in script.read_text().splitlines()
