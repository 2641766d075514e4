"""A plug-in from the scaffold: its own package, installed beside seatsync, as its README says."""

from __future__ import annotations

import csv
import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from seatsync.sdk.conformance.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)
"""A dozen processes are started one after the other, on a machine that may be busy."""

NAME = "kestrel-cloud"
PLUGIN = "kestrel_cloud"
GUIDE = Path(__file__).parents[2] / "docs" / "connectors.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TO_GOLD = [
    "one-bad-record-costs-itself-only",
    "what-is-no-record-costs-itself-only",
    "a-customer-that-is-refused-costs-itself-only",
]


@dataclass
class Beside:
    """A new plug-in's folder, and where it is installed."""

    folder: Path
    site: Path

    def install(self) -> None:
        """Install it beside seatsync, without a network."""
        offline = ["--no-index", "--no-deps", "--no-build-isolation", "--upgrade"]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command = [*pip, *offline, "--target", str(self.site), str(self.folder)]
        subprocess.run(command, check=True, capture_output=True, text=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it."""
        return {**os.environ, "PYTHONPATH": str(self.site)}

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a module of Python with arguments."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=self.environment,
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def test(self, *chosen: str) -> subprocess.CompletedProcess[str]:
        """Run its own tests: all, or those of some rules."""
        names = " or ".join(rule.test_name for rule in RULES if rule.name in chosen)
        only = ["-k", f"{names} or quality"] if chosen else []
        return self.run("pytest", "-rs", "-p", "no:cacheprovider", *only)

    def blocks(self, language: str) -> list[str]:
        """Return the code blocks of its README."""
        found = BLOCK.findall((self.folder / "README.md").read_text())
        return [text for kind, text in found if kind == language]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    """Make a new plug-in in an empty folder, and install it."""
    below = tmp_path_factory.mktemp("new")
    command = [sys.executable, "-m", "seatsync", "new-plugin", NAME]
    subprocess.run(command, cwd=below, check=True, capture_output=True)
    [folder] = below.iterdir()
    beside = Beside(folder, tmp_path_factory.mktemp("site"))
    beside.install()
    return beside


@contextmanager
def _simulated(made: Beside) -> Iterator[int]:
    """Run the command of the README that serves the simulator, on a port of our own."""
    [command] = [
        line for text in made.blocks("sh") for line in text.splitlines() if "simulator" in line
    ]
    python, *words = shlex.split(command)
    assert python == "python"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words[words.index("--port") + 1] = str(port)
    with subprocess.Popen(
        [sys.executable, *words],
        env=made.environment,
        cwd=made.folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert f"127.0.0.1:{port}" in process.stdout.readline()
            yield port
        finally:
            process.terminate()


@pytest.fixture
def config(made: Beside, tmp_path: Path) -> Iterator[Path]:
    """Write a configuration with the entry of the README, while its simulator is served."""
    [text] = made.blocks("yaml")
    entry: dict[str, Any] = yaml.safe_load(text)
    with _simulated(made) as port:
        settings = entry["providers"][0]["settings"]
        settings["base_url"] = re.sub(r":\d+/", f":{port}/", settings["base_url"])
        entry["database"] = {"url": f"sqlite:///{tmp_path / 'seatsync.db'}"}
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(entry))
        yield path


def test_it_is_configured_verified_synced_and_reported_like_any_other(
    made: Beside, config: Path
) -> None:
    def seatsync(*words: str) -> str:
        done = made.run("seatsync", *words, "--config", str(config), cwd=config.parent)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    seatsync("check")
    assert "read a page of 3 customers" in seatsync("verify", PLUGIN)
    seatsync("sync", PLUGIN)
    first = list(csv.DictReader(seatsync("report", "--format", "csv").splitlines()))
    seatsync("sync", PLUGIN)
    second = list(csv.DictReader(seatsync("report", "--format", "csv").splitlines()))
    assert len(first) == 6
    assert second == first


def test_it_is_listed_with_its_settings_and_its_tier(made: Beside) -> None:
    listed = made.run("seatsync", "plugins").stdout
    about = listed[listed.index(PLUGIN) :]
    assert "Kestrel Cloud, version 0.1.0" in about
    assert "quality: bronze" in about
    assert re.search(r"api_key +required, secret", about)


def test_its_bronze_tier_passes_at_once(made: Beside) -> None:
    bronze = [rule.name for rule in RULES if rule.tier == "bronze"]
    done = made.test(*bronze)
    assert done.returncode == 0, done.stdout
    assert f"{len(bronze) + 1} passed" in done.stdout


def test_what_it_has_yet_to_do_is_skipped_by_name(made: Beside) -> None:
    done = made.test(*TO_GOLD)
    assert done.returncode == 0, done.stdout
    assert [name for name in TO_GOLD if f"{name} is todo" not in done.stdout] == []


def _changed(text: str, diff: str) -> str:
    """Apply a diff whose hunks hold nothing but the lines that go and those that come."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line.startswith("-"))
        after = "".join(line[1:] for line in lines if line.startswith("+"))
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def test_the_guide_leads_from_bronze_to_gold(made: Beside, tmp_path: Path) -> None:
    package = made.folder / f"seatsync_{PLUGIN}"
    diffs = [text for kind, text in BLOCK.findall(GUIDE.read_text()) if kind == "diff"]
    before = {path: path.read_text() for path in package.iterdir() if path.is_file()}
    try:
        for diff in diffs:
            head, _, hunks = diff.partition("\n")
            file = package / head.removeprefix("--- ")
            file.write_text(_changed(file.read_text(), hunks))
        golden = Beside(made.folder, tmp_path)
        golden.install()
        done = golden.test()
        assert done.returncode == 0, done.stdout
        assert "is todo" not in done.stdout
        assert "quality: gold" in golden.run("seatsync", "plugins").stdout
    finally:
        for path, text in before.items():
            path.write_text(text)


@pytest.mark.parametrize("name", ["pax8", "graphql", "manual", "Kestrel", "a b", "-", "9lives"])
def test_a_name_that_is_taken_or_is_none_is_refused(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "seatsync", "new-plugin", "--", name]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "seatsync-kestrel-cloud"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    command = [sys.executable, "-m", "seatsync", "new-plugin", NAME]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
