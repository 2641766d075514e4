"""From config.yaml to frozen settings, or to every problem at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from seatsync.config.auth import Auth, auth_problems
from seatsync.config.document import read_document
from seatsync.config.environment import Substitution
from seatsync.config.model import LOCAL_CRM, Database, Document
from seatsync.config.problems import Location, Problem, did_you_mean, problems_of
from seatsync.errors import ConfigInvalid, PluginUnusable, SecretKeyUnusable
from seatsync.mirror.vault import ENVIRONMENT_NAME, Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pydantic import SecretStr

    from seatsync.config.model import Secrets, Server
    from seatsync.sdk.plugin import CrmPlugin, Plugin, ProviderPlugin
    from seatsync.sdk.registry import Registry
    from seatsync.sdk.settings import PluginSettings

P = TypeVar("P", bound="Plugin")


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One configured connection, with its plug-in found and the plug-in's settings read."""

    key: str
    plugin: ProviderPlugin
    display_name: str
    auto_sync: bool
    interval_minutes: int
    settings: PluginSettings


@dataclass(frozen=True, slots=True)
class CrmConfig:
    """The CRM that is kept in step, with its plug-in found and the plug-in's settings read."""

    plugin: CrmPlugin
    settings: PluginSettings
    interval_minutes: int
    webhook_secrets: tuple[SecretStr, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that config.yaml says, checked."""

    database: Database
    server: Server
    secrets: Secrets
    providers: tuple[ProviderConfig, ...]
    secret_key: str | None = field(default=None, repr=False)
    """The key from the environment, if there is one."""
    auth: Auth = field(default_factory=Auth)
    crm: CrmConfig | None = None
    """None with `local`: the mirror itself is the CRM."""


def load_config(
    path: Path, registry: Registry, environment: Mapping[str, str] | None = None
) -> Config:
    """Read a configuration; raise `ConfigInvalid` with all of its problems.

    Nothing is connected to. `environment` is the process's own unless given.
    """
    environment = os.environ if environment is None else environment
    return read_config(read_document(path), str(path), registry, environment)


def read_config(
    tree: Mapping[str, Any], source: str, registry: Registry, environment: Mapping[str, str]
) -> Config:
    """Make settings from a parsed document; `source` names it in `ConfigInvalid`."""
    substitution = Substitution(environment)
    tree = substitution.apply(tree)
    reading = _Reading(registry, environment)
    document = reading.document(tree)
    problems = _without_echoes(substitution.unmet, reading.problems)
    if problems or document is None:
        raise ConfigInvalid(source, [str(problem) for problem in problems])
    return reading.config(document)


def _without_echoes(unmet: Mapping[Location, str], found: Iterable[Problem]) -> list[Problem]:
    """Put unmet references first, and drop what was found wrong only because of them."""
    first = [Problem(location, message) for location, message in unmet.items()]
    return first + [problem for problem in found if problem.location not in unmet]


class _Reading:
    """One pass over one document, collecting problems on the way."""

    def __init__(self, registry: Registry, environment: Mapping[str, str]) -> None:
        self._registry = registry
        self._secret_key = environment.get(ENVIRONMENT_NAME) or None
        self._settings: dict[int, tuple[ProviderPlugin, PluginSettings]] = {}
        self._crm: tuple[CrmPlugin, PluginSettings] | None = None
        self.problems: list[Problem] = []

    def document(self, tree: Mapping[str, Any]) -> Document | None:
        """Check everything; None if the document itself does not hold."""
        document = self._validated(tree)
        providers = tree.get("providers")
        if isinstance(providers, list):
            self._check_providers(providers)
        if isinstance(tree.get("crm"), dict):
            self._check_crm(tree["crm"])
        self.problems.extend(auth_problems(tree))
        self.problems.extend(_secret_problems(tree, self._secret_key))
        return document

    def config(self, document: Document) -> Config:
        """Put together what was read, once there is no problem."""
        return Config(
            document.database,
            document.server,
            document.secrets,
            tuple(
                ProviderConfig(
                    entry.key,
                    self._settings[index][0],
                    entry.display_name or entry.key,
                    entry.auto_sync,
                    entry.interval_minutes,
                    self._settings[index][1],
                )
                for index, entry in enumerate(document.providers)
            ),
            self._secret_key,
            document.auth,
            CrmConfig(*self._crm, document.crm.interval_minutes, document.crm.webhook_secrets)
            if self._crm
            else None,
        )

    def _validated(self, tree: Mapping[str, Any]) -> Document | None:
        try:
            return Document.model_validate(tree)
        except ValidationError as error:
            self.problems.extend(problems_of(error, Document))
            return None

    def _check_providers(self, entries: list[Any]) -> None:
        self.problems.extend(_duplicates(entries))
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and isinstance(entry.get("plugin"), str):
                self._check_plugin(index, entry["plugin"], entry.get("settings"))

    def _check_plugin(self, index: int, name: str, settings: object) -> None:
        place = ("providers", index)
        plugin = self._found(name, self._registry.provider, self._registry.providers, place)
        if plugin and (read := self._read(plugin, settings, place)):
            self._settings[index] = (plugin, read)

    def _check_crm(self, section: Mapping[str, Any]) -> None:
        name, settings = section.get("plugin", LOCAL_CRM), section.get("settings")
        if name == LOCAL_CRM:
            self.problems.extend(_local_problems(section))
        elif isinstance(name, str):
            names = {LOCAL_CRM: None, **self._registry.crms}
            plugin = self._found(name, self._registry.crm, names, ("crm",))
            if plugin and (read := self._read(plugin, settings, ("crm",))):
                self._crm = (plugin, read)

    def _found(
        self, name: str, find: Callable[[str], P], names: Iterable[str], place: Location
    ) -> P | None:
        try:
            return find(name)
        except PluginUnusable as failure:
            self.problems.append(
                Problem((*place, "plugin"), f"{failure}{did_you_mean(name, names)}")
            )
            return None

    def _read(self, plugin: Plugin, settings: object, place: Location) -> PluginSettings | None:
        try:
            return plugin.settings.model_validate({} if settings is None else settings)
        except ValidationError as error:
            self.problems.extend(problems_of(error, plugin.settings, (*place, "settings")))
            return None


def _local_problems(section: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell what is set for a CRM that takes no settings and is called by nobody."""
    for name in ("settings", "webhook_secrets"):
        if section.get(name):
            yield Problem(("crm", name), f"must be empty: the plug-in {LOCAL_CRM} takes none")


def _duplicates(entries: list[Any]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        key = entry.get("key") if isinstance(entry, dict) else None
        if not isinstance(key, str):
            continue
        if key in first:
            message = f"`{key}` is the key of providers[{first[key]}] already"
            yield Problem(("providers", index, "key"), message)
        first.setdefault(key, index)


def _secret_problems(tree: Mapping[str, Any], secret_key: str | None) -> Iterator[Problem]:
    """Tell whether the secrets that the agent keeps could be encrypted, without making a key."""
    url = _value(tree, "database", "url") or Database().url
    file = _value(tree, "secrets", "key_file")
    try:
        Vault.choose(str(url), key=secret_key, key_file=Path(str(file)) if file else None)
    except SecretKeyUnusable as error:
        yield Problem(("secrets", "key_file"), f"{error.message}. {error.remedy}")


def _value(tree: Mapping[str, Any], section: str, key: str) -> object:
    found = tree.get(section)
    return found.get(key) if isinstance(found, dict) else None
