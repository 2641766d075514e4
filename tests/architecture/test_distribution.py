from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = {
    *("seatsync", "seatsync_dataverse", "seatsync_graphql", "seatsync_partner_center"),
    *("seatsync_pax8", "seatsync_stellr", "seatsync_streamone_ion"),
}
LOAD_ENTRY_POINTS = """
import sys
sys.path[:0] = {path!r}
from importlib.metadata import distributions
import graphql, seatsync
assert seatsync.__file__.startswith({path[0]!r}), seatsync.__file__
assert graphql.__file__.startswith({path[1]!r}), graphql.__file__
[installed] = distributions(path=[{path[0]!r}], name="seatsync")
points = [point for point in installed.entry_points if point.load()]
print(*sorted(f"{{point.group}}:{{point.name}}" for point in points))
"""


def _build(repository: Path, kind: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, stdout=subprocess.PIPE)
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(repository, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(repository, "sdist", tmp_path_factory.mktemp("sdist"))


def _members(archive: Path) -> set[str]:
    if archive.suffix == ".whl":
        return set(zipfile.ZipFile(archive).namelist())
    with tarfile.open(archive) as opened:
        return {name.partition("/")[2] for name in opened.getnames()}


def test_the_wheel_holds_our_packages_and_nothing_beside_them(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in _members(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_every_package_of_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= _members(wheel)


def test_the_wheel_holds_the_page_that_is_served_to_browsers(wheel: Path) -> None:
    assert "seatsync_graphql/plain_page.html" in _members(wheel)


@pytest.mark.parametrize(("archive", "top"), [("wheel", ""), ("sdist", "graphql/")])
def test_the_archives_hold_graphiql_as_it_was_built(
    archive: str, top: str, repository: Path, request: pytest.FixtureRequest
) -> None:
    built = {path.name for path in (repository / "graphql/seatsync_graphql/graphiql").iterdir()}
    assert {"page.html", "licences.txt"} <= built
    packed = {f"{top}seatsync_graphql/graphiql/{name}" for name in built}
    assert packed <= _members(request.getfixturevalue(archive))


def test_the_wheel_holds_what_authors_of_connectors_need(wheel: Path) -> None:
    needed = ["conformance/suite.py", "scaffold/templates/connector.py.txt"]
    assert {f"seatsync/sdk/{name}" for name in needed} <= _members(wheel)


def test_the_installed_wheel_works_beside_graphql_core(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True)
    program = LOAD_ENTRY_POINTS.format(path=[str(target), sysconfig.get_path("purelib")])
    # -S leaves out the editable install's folders.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout.split() == [
        "console_scripts:seatsync",
        "seatsync.asgi:graphql",
        "seatsync.conformance:engine",
        "seatsync.plugins:dataverse",
        "seatsync.plugins:partner_center",
        "seatsync.plugins:pax8",
        "seatsync.plugins:stellr",
        "seatsync.plugins:streamone_ion",
        "seatsync.schema:graphql",
    ]


@pytest.mark.parametrize("archive", ["wheel", "sdist"])
def test_nothing_that_a_program_left_behind_is_packed(
    archive: str, request: pytest.FixtureRequest
) -> None:
    left = ("__pycache__", ".pyc", ".db", ".key", "_cache/", ".hypothesis", ".venv", "node_modules")
    members = _members(request.getfixturevalue(archive))
    assert [name for name in members if any(mark in name for mark in left)] == []


def test_the_source_archive_holds_code_tests_and_locks(sdist: Path) -> None:
    wanted = """
        CHANGELOG.md CONTRIBUTING.md LICENSE Makefile README.md config.example.yaml pyproject.toml
        requirements.lock requirements-build.lock requirements-dev.lock
        agent/seatsync/__init__.py tests/conftest.py tests/support/local_postgres.py
    """
    assert set(wanted.split()) <= _members(sdist)


def test_the_wheel_can_be_built_from_the_source_archive(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "--wheel-dir", str(tmp_path), str(sdist)], check=True)
    [built] = tmp_path.iterdir()
    assert _members(built) == _members(wheel)
