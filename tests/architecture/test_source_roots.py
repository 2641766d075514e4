from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOTS = ["agent", "graphql", "plugins"]
WHICH_GRAPHQL = "import graphql; assert graphql.GraphQLSchema and graphql.__file__, graphql"


@pytest.mark.parametrize("root", ROOTS)
def test_a_source_root_is_not_a_package_and_holds_no_module(repository: Path, root: str) -> None:
    assert list((repository / root).glob("*.py")) == []


@pytest.mark.parametrize("root", ROOTS)
def test_every_package_in_a_source_root_carries_our_name(repository: Path, root: str) -> None:
    packages = [path.parent.name for path in (repository / root).glob("*/__init__.py")]
    assert packages
    assert all(name == "seatsync" or name.startswith("seatsync_") for name in packages)


@pytest.mark.parametrize("way", [["-c"], ["-m", "timeit", "-n1", "-r1"]], ids=["-c", "-m"])
def test_graphql_is_graphql_core_for_a_process_started_at_the_top(
    repository: Path, way: list[str]
) -> None:
    subprocess.run([sys.executable, *way, WHICH_GRAPHQL], cwd=repository, check=True)


def test_the_editable_install_is_three_plain_folders_on_the_path(repository: Path) -> None:
    installed = distribution("seatsync")
    files = [Path(str(installed.locate_file(file))) for file in installed.files or []]
    paths = [file for file in files if file.suffix == ".pth"]
    assert [path.read_text().splitlines() for path in paths] == [
        [str(repository / root) for root in ROOTS]
    ]
    assert not [file for file in files if "editable" in file.name and file.suffix == ".py"]
