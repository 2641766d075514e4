"""What README, docs and the demo's story say is so."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from graphql import build_schema, parse, validate

from seatsync import errors
from seatsync.cli.program import program
from seatsync.config.load import load_config
from seatsync.config.model import Document, ProviderEntry
from seatsync.demo.story import tell
from seatsync.sdk.registry import discover

if TYPE_CHECKING:
    import click
    from graphql import GraphQLSchema

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(seatsync [^`]*)`")
TYPED = re.compile(r"^(?:  +|\$ |ExecStart=/\S*/)(seatsync .*)$", re.MULTILINE)
STORY_OPERATION = re.compile(r"^    ((?:query|mutation) .*?^    \})$", re.MULTILINE | re.DOTALL)
CODE_ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)

FAILURE_CODES = {
    "MISSING_THRESHOLD_EXCEEDED",
    "EMPTY_LISTING",
    "NOT_LISTED",
    "PREVIEW_OUTDATED",
    "PROVIDER_ACCOUNT_UNMAPPED",
    "WORKER_LOST",
}
"""Codes of runs and jobs that no class of errors.py has."""


def _blocks(language: str) -> list[Any]:
    return [
        pytest.param(match["text"], id=f"{document.name}-{number}")
        for document in DOCUMENTS
        for number, match in enumerate(BLOCK.finditer(document.read_text()))
        if match["language"] == language
    ]


def _mentioned_commands() -> set[str]:
    texts = [document.read_text() for document in DOCUMENTS]
    texts += [tell("http://127.0.0.1/graphql"), (ROOT / "config.example.yaml").read_text()]
    texts += [str(command.epilog) for command in [program, *program.commands.values()]]
    found: set[str] = set()
    for text in texts:
        found |= set(INLINE.findall(text))
        found |= set(TYPED.findall(text))
    return {re.split(r"\s{2,}|\s#|&&|>|\|", line)[0].strip() for line in found}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(CliRunner().invoke(program, ["schema"]).stdout)


def test_there_are_commands_to_check() -> None:
    assert len(_mentioned_commands()) > 15


@pytest.mark.parametrize("line", sorted(_mentioned_commands()))
def test_every_command_and_option_that_is_mentioned_exists(line: str) -> None:
    command: click.Command = program
    for word in shlex.split(line.replace("[", "").replace("]", ""))[1:]:
        if word.startswith("-"):
            options = {name for option in command.params for name in option.opts}
            assert word.partition("=")[0] in options, f"{command.name} has no {word}"
        elif command is program and word in program.commands:
            command = program.commands[word]
    assert command is not program or "--" in line, line


@pytest.mark.parametrize("text", _blocks("graphql"))
def test_every_graphql_block_is_valid(text: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(text)) == []


def test_every_operation_of_the_story_is_valid(schema: GraphQLSchema) -> None:
    operations = STORY_OPERATION.findall(tell("http://127.0.0.1/graphql"))
    assert len(operations) == 10
    for operation in operations:
        assert validate(schema, parse(operation)) == [], operation


def test_every_yaml_block_can_be_read() -> None:
    for block in _blocks("yaml"):
        assert isinstance(yaml.safe_load(block.values[0]), dict)


@pytest.mark.parametrize("text", _blocks("toml"))
def test_every_toml_block_can_be_read(text: str) -> None:
    assert tomllib.loads(text)


def test_the_example_configuration_is_valid_once_its_environment_is_set() -> None:
    environment = {"PAX8_CLIENT_ID": "me", "PAX8_CLIENT_SECRET": "secret"}
    config = load_config(ROOT / "config.example.yaml", discover(), environment)
    assert [provider.key for provider in config.providers] == ["pax8"]


def test_the_example_configuration_has_every_key() -> None:
    example = yaml.safe_load((ROOT / "config.example.yaml").read_text())
    assert example.keys() == Document.model_fields.keys()
    for name, field in Document.model_fields.items():
        if name != "providers":
            section: Any = field.annotation
            assert example[name].keys() == section.model_fields.keys(), name
    assert example["providers"][0].keys() == ProviderEntry.model_fields.keys()


def test_the_example_configuration_tells_the_defaults() -> None:
    example = yaml.safe_load((ROOT / "config.example.yaml").read_text())
    del example["providers"], example["secrets"]
    assert Document.model_validate(example) == Document()


def test_every_error_code_is_explained_and_no_other() -> None:
    explained = set(CODE_ROW.findall((ROOT / "docs" / "operators.md").read_text()))
    classes = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SeatsyncError)
    ]
    # A refusal's code is the caller's own mistake, told in the answer; it has a class only.
    codes = {kind.code for kind in classes if kind is not errors.Refusal}
    assert explained == codes | FAILURE_CODES


def test_the_page_on_dataverse_shows_the_table_of_ownership() -> None:
    command = [sys.executable, "-m", "seatsync_dataverse.ownership_table"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "docs" / "dataverse.md").read_text()
    assert f"\n\n{printed}\n" in page, "take what seatsync_dataverse.ownership_table prints"


def test_every_setting_of_dataverse_is_explained() -> None:
    page = (ROOT / "docs" / "dataverse.md").read_text()
    for name in discover().crm("dataverse").settings.model_fields:
        assert f"`{name}`" in page, name


def test_the_mapping_in_the_page_on_dataverse_is_one_that_is_taken() -> None:
    page = (ROOT / "docs" / "dataverse.md").read_text()
    found = [match["text"] for match in BLOCK.finditer(page) if match["language"] == "yaml"]
    read = discover().crm("dataverse").settings.model_validate
    taken = [read(yaml.safe_load(text)["crm"]["settings"]) for text in found]
    assert len(taken) == 2
