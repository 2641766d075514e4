"""config.yaml: what it means, and every way in which it can be wrong."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import Field, SecretStr

from seatsync.config.load import Config, load_config
from seatsync.errors import ConfigInvalid, PluginUnusable
from seatsync.sdk.plugin import CrmPlugin, ProviderPlugin
from seatsync.sdk.registry import Registry
from seatsync.sdk.settings import PluginSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SECRET = "hunter2-do-not-tell"  # noqa: S105 - planted, to see whether it leaks


class ToySettings(PluginSettings):
    client_id: str
    client_secret: SecretStr = Field(min_length=8)
    base_url: str = "https://api.toy.example"


def _connect(settings: Any, context: Any) -> Any:
    raise AssertionError("a configuration connects to nothing")


TOY = ProviderPlugin("toy", "Toy", "1.0", ToySettings, _connect)
SHOP = CrmPlugin("shop", "Shop", "1.0", ToySettings, _connect, _connect, lambda _: "shop")
BROKEN = PluginUnusable("broken", "did not load: ImportError: no toy box")
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
REGISTRY = Registry({"toy": TOY}, {"broken": BROKEN}, {"shop": SHOP})

PROVIDER = """
providers:
  - key: toys-us
    plugin: toy
    settings:
      client_id: me
      client_secret: ${TOY_SECRET}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Config]:
    def load_text(text: str, environment: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, REGISTRY, environment or {})

    return load_text


@pytest.fixture
def problems(load: Callable[..., Config]) -> Callable[..., tuple[str, ...]]:
    def of(text: str, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        with pytest.raises(ConfigInvalid) as caught:
            load(text, environment)
        return caught.value.problems

    return of


def test_an_empty_file_is_an_agent_on_embedded_defaults(load: Callable[..., Config]) -> None:
    config = load("")
    assert config.database.url == "sqlite:///seatsync.db"
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8365)
    assert config.providers == ()


def test_a_provider_gets_its_plug_in_and_its_settings(load: Callable[..., Config]) -> None:
    (provider,) = load(PROVIDER, {"TOY_SECRET": SECRET}).providers
    assert provider.plugin is TOY
    assert provider.display_name == "toys-us"
    assert (provider.auto_sync, provider.interval_minutes) == (True, 60)
    assert isinstance(provider.settings, ToySettings)
    assert provider.settings.client_secret.get_secret_value() == SECRET


CRM = """
crm:
  plugin: shop
  webhook_secrets: ["${TOY_SECRET}"]
  settings: {client_id: me, client_secret: "${TOY_SECRET}"}
"""


def test_without_a_crm_of_its_own_the_mirror_is_it(load: Callable[..., Config]) -> None:
    assert load("crm: {plugin: local, settings: {}}").crm is None


def test_a_crm_gets_its_plug_in_and_its_settings(load: Callable[..., Config]) -> None:
    crm = load(CRM, {"TOY_SECRET": SECRET}).crm
    assert crm is not None
    assert crm.plugin is SHOP
    assert crm.interval_minutes == 5
    assert isinstance(crm.settings, ToySettings)
    assert [one.get_secret_value() for one in crm.webhook_secrets] == [SECRET]


def test_the_agent_is_found_where_it_listens_unless_people_reach_it_elsewhere(
    load: Callable[..., Config],
) -> None:
    assert load("server: {port: 4000}").server.address == "http://127.0.0.1:4000"
    away = load("server: {public_url: 'https://seatsync.example/'}")
    assert away.server.address == "https://seatsync.example"


def test_no_secret_shows_in_what_a_configuration_prints(load: Callable[..., Config]) -> None:
    text = f"database: {{url: 'postgresql://u:{SECRET}@h/d'}}\n{PROVIDER}{CRM}"
    config = load(text, {"TOY_SECRET": SECRET, "SEATSYNC_SECRET_KEY": KEY})
    assert KEY not in repr(config)
    assert SECRET not in repr(config)


def test_a_reference_is_replaced_inside_a_longer_text(load: Callable[..., Config]) -> None:
    config = load("database: {url: 'sqlite:///${HOME_OF_IT}/a$$b.db'}", {"HOME_OF_IT": "data"})
    assert config.database.url == "sqlite:///data/a$b.db"


def test_a_value_of_the_environment_cannot_add_keys(load: Callable[..., Config]) -> None:
    config = load(PROVIDER, {"TOY_SECRET": "12345678\n    auto_sync: false"})
    assert config.providers[0].auto_sync


def test_an_unset_name_says_which_key_wanted_it(problems: Callable[..., Any]) -> None:
    (problem,) = problems(PROVIDER)
    assert problem == (
        "providers[0].settings.client_secret: wants ${TOY_SECRET}, "
        "which is not set in the environment"
    )


def test_an_ill_formed_name_is_said_so(problems: Callable[..., Any]) -> None:
    (problem,) = problems("server: {host: '${1-2}'}")
    assert problem == "server.host: ${1-2} is no name of an environment variable"


def test_broken_yaml_is_located_by_line_and_column(problems: Callable[..., Any]) -> None:
    (problem,) = problems(f"server:\n  port: 1\n  host: 'open {SECRET}\nauth: [")
    assert problem.startswith("line ")
    assert ", column " in problem
    assert SECRET not in problem


def test_a_key_that_stands_twice_is_a_problem(problems: Callable[..., Any]) -> None:
    assert problems("server:\n  port: 1\n  port: 2\n") == (
        "line 3, column 3: the key 'port' stands here a second time",
    )


@pytest.mark.parametrize(
    "text", ["- a list", "just text", "!!python/object:os.system {}", "a: \x07"]
)
def test_what_is_no_mapping_of_plain_values_is_refused(
    problems: Callable[..., Any], text: str
) -> None:
    assert len(problems(text)) == 1


def test_a_missing_file_says_where_to_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"config\.example\.yaml"):
        load_config(tmp_path / "nowhere.yaml", REGISTRY, {})


def test_a_file_that_is_no_text_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigInvalid, match="not UTF-8"):
        load_config(path, REGISTRY, {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sever: {}", "sever: unknown key; did you mean `server`?"),
        ("server: {prot: 1}", "server.prot: unknown key; did you mean `port`?"),
        ("auth: {key: []}", "auth.key: unknown key; did you mean `keys`?"),
        ("server: {port: 0}", "server.port: should be greater than or equal to 1"),
        ("server: {port: 65536}", "server.port: should be less than or equal to 65535"),
        ("server: {port: http}", "server.port: should be a valid integer"),
        ("server: 8365", "server: must hold keys and values"),
        ("server: {host: 0.0.0.0}", "server.host: must be a loopback address"),
        ("server: {host: seatsync.example}", "server.host: must be a loopback address"),
        ("server: {cors_origins: ['*']}", "server.cors_origins[0]: must be an exact origin"),
        ("server: {cors_origins: [https://crm.example/]}", "server.cors_origins[0]: must be an"),
        ("auth: {mode: keys}", "auth.keys: must hold a key while auth.mode is keys"),
        ("auth: {mode: oidc}", "auth.oidc: is required while auth.mode is oidc"),
        ("auth: {mode: nobody}", "auth.mode: should be 'none', 'keys' or 'oidc'"),
        ("crm: {plugin: nowhere}", "crm.plugin: plug-in 'nowhere': not installed"),
        ("crm: {plugin: shp}", "crm.plugin: plug-in 'shp': not installed; installed are: shop"),
        ("crm: {plugin: toy}", "crm.plugin: plug-in 'toy': not installed"),
        ("crm: {plugin: shop}", "crm.settings.client_id: is required"),
        ("crm: {plugin: shop, settings: {a: 1}}", "crm.settings.a: unknown key"),
        ("crm: {webhook_secrets: [short]}", "crm.webhook_secrets[0]: value should have at least"),
        ("crm: {webhook_secrets: [0123456789abcdef]}", "crm.webhook_secrets: must be empty"),
        ("server: {public_url: seatsync.example}", "server.public_url: must be an address"),
        ("crm: {settings: {url: x}}", "crm.settings: must be empty"),
        ("database: {url: mysql://h/d}", "database.url: mysql://h/d cannot be read"),
        ("database: {url: seatsync.db}", "database.url: seatsync.db cannot be read"),
        ("database: {url: 'sqlite://'}", "database.url: sqlite:// cannot be read"),
        ("database: {url: 'sqlite:///'}", "database.url: sqlite:/// cannot be read"),
        ("database: {url: 'sqlite:///:memory:'}", "database.url: must name a file"),
        ("database: {url: 'postgresql://u:a/b@h/d'}", "database.url: postgresql://u"),
        ("providers: toy", "providers: must be a list"),
        ("providers: [{plugin: toy}]", "providers[0].key: is required"),
        ("providers: [{key: a}]", "providers[0].plugin: is required"),
        ("providers: [{key: 7}]", "providers[0].key: must be text; put the value in quotes"),
        ("providers: [{key: A b}]", "providers[0].key: must be at most 63 lower-case letters"),
        ("providers: [{key: manual}]", "providers[0].key: `manual` is the built-in provider"),
        ("providers: [{interval_minutes: 0}]", "providers[0].interval_minutes: should be greater"),
        ("providers: [{plugin: toyy}]", "providers[0].plugin: plug-in 'toyy': not installed"),
        ("providers: [{plugin: broken}]", "providers[0].plugin: plug-in 'broken': did not load"),
        ("providers: [{plugin: toy}]", "providers[0].settings.client_id: is required"),
        (
            "providers: [{plugin: toy, settings: {cleint_id: x}}]",
            "providers[0].settings.cleint_id: unknown key; did you mean `client_id`?",
        ),
        ("providers: [{plugin: toy, settings: 3}]", "providers[0].settings: must hold keys"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(
    problems: Callable[..., tuple[str, ...]], text: str, problem: str
) -> None:
    found = problems(text)
    assert any(line.startswith(problem) for line in found), found


def test_an_unknown_plug_in_is_answered_with_those_installed(problems: Callable[..., Any]) -> None:
    (problem,) = problems("providers: [{key: a, plugin: tyo}]")
    assert problem == (
        "providers[0].plugin: plug-in 'tyo': not installed; installed are: toy; did you mean `toy`?"
    )


def test_a_key_used_twice_names_the_first_use(problems: Callable[..., Any]) -> None:
    entry = "{key: a, plugin: toy, settings: {client_id: me, client_secret: 12345678x}}"
    assert problems(f"providers: [{entry}, {entry}]") == (
        "providers[1].key: `a` is the key of providers[0] already",
    )


def test_all_problems_come_at_once_from_every_corner(problems: Callable[..., Any]) -> None:
    found = problems(
        "sever: {}\nserver: {port: 0, host: 0.0.0.0}\nauth: {keys: [{}]}\n"
        "crm: {plugin: nowhere}\ndatabase: {url: 'postgresql://u:p@h/d'}\n"
        "providers: [{key: manual, plugin: toy}, {key: b, plugin: nope}, 7]\n"
    )
    paths = [problem.partition(":")[0] for problem in found]
    assert sorted(paths) == sorted(
        [
            "sever",
            "server.port",
            "server.host",
            "auth.keys[0].name",
            "auth.keys[0].sha256",
            "auth.keys[0].roles",
            "crm.plugin",
            "secrets.key_file",
            "providers[0].key",
            "providers[0].settings.client_id",
            "providers[0].settings.client_secret",
            "providers[1].plugin",
            "providers[2]",
        ]
    )


def test_postgresql_needs_a_key_that_all_machines_share(
    load: Callable[..., Config], tmp_path: Path
) -> None:
    url = "database: {url: 'postgresql://u:p@h/d'}\n"
    with pytest.raises(ConfigInvalid, match=r"secrets\.key_file: on PostgreSQL the key"):
        load(url)
    assert load(url, {"SEATSYNC_SECRET_KEY": KEY}).secret_key == KEY
    (tmp_path / "the.key").write_text(KEY)
    config = load(f"{url}secrets: {{key_file: '{tmp_path}/the.key'}}")
    assert config.secrets.key_file == tmp_path / "the.key"


def test_a_key_that_is_none_is_not_repeated(problems: Callable[..., Any]) -> None:
    (problem,) = problems("", {"SEATSYNC_SECRET_KEY": SECRET})
    assert problem.startswith("secrets.key_file: SEATSYNC_SECRET_KEY is not a key")
    assert SECRET not in problem


def test_a_secret_that_is_wrong_is_not_repeated(problems: Callable[..., Any]) -> None:
    found = problems(PROVIDER, {"TOY_SECRET": "short7"})
    assert "short7" not in " ".join(found)
    assert found[0].startswith("providers[0].settings.client_secret: ")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_every_loopback_address_may_be_served(load: Callable[..., Config], host: str) -> None:
    assert load(f"server: {{host: '{host}'}}").server.host == host
