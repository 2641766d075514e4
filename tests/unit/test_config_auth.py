"""The part of config.yaml that says who may call."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from seatsync.cli.program import program
from seatsync.config.load import Config, read_config
from seatsync.domain.roles import Role
from seatsync.errors import ConfigInvalid
from seatsync.sdk.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST = "ab" * 32
KEY = f"{{name: crm, sha256: {DIGEST}, roles: [BILLING]}}"
OIDC = "issuer: https://id.example, audience: api, role_map: {Boss: ADMIN}"


def load(text: str) -> Config:
    return read_config(yaml.safe_load(text), "config.yaml", Registry({}, {}), {})


def problems(text: str) -> Sequence[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load(text)
    return caught.value.problems


def test_without_a_word_about_it_there_is_no_authentication() -> None:
    assert load("{}").auth.mode == "none"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "seatsync.example", ""])  # noqa: S104
def test_without_authentication_only_loopback_is_served(host: str) -> None:
    (problem,) = problems(f"server: {{host: '{host}'}}")
    assert problem.startswith("server.host: must be a loopback address")
    guarded = load(f"{{server: {{host: '{host}'}}, auth: {{mode: keys, keys: [{KEY}]}}}}")
    assert guarded.server.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_without_authentication_every_loopback_is_served(host: str) -> None:
    assert load(f"server: {{host: '{host}'}}").server.host == host


def test_a_key_is_known_by_its_digest_whatever_its_case() -> None:
    config = load(f"auth: {{mode: keys, keys: [{KEY.replace(DIGEST, DIGEST.upper())}]}}")
    (key,) = config.auth.keys
    assert (key.name, key.sha256, key.roles) == ("crm", DIGEST, (Role.BILLING,))
    assert DIGEST not in repr(config)


def test_tokens_are_read_as_the_issuer_writes_them_unless_told() -> None:
    oidc = load(f"auth: {{mode: oidc, oidc: {{{OIDC}}}}}").auth.oidc
    assert oidc is not None
    assert (oidc.roles_claim, oidc.clock_skew_s) == ("roles", 60)
    assert oidc.role_map == {"Boss": Role.ADMIN}


@pytest.mark.parametrize(
    ("auth", "problem"),
    [
        ("mode: keys, keys: [{}]", "auth.keys[0].name: is required"),
        ("keys: [{sha256: abc}]", "auth.keys[0].sha256: must be the SHA-256 of a key"),
        ("keys: [{roles: []}]", "auth.keys[0].roles: "),
        ("keys: [{roles: [BOSS]}]", "auth.keys[0].roles[0]: should be 'ADMIN', 'BILLING'"),
        ("keys: [{name: schedule}]", "auth.keys[0].name: must name the caller"),
        (f"keys: [{KEY}, {KEY}]", "auth.keys[1].name: is that of auth.keys[0] already"),
        (f"keys: [{KEY}, {KEY}]", "auth.keys[1].sha256: is that of auth.keys[0] already"),
        ("mode: keys, keys: [7]", "auth.keys[0]: must hold keys and values"),
        ("mode: oidc", "auth.oidc: is required while auth.mode is oidc"),
        ("oidc: {}", "auth.oidc.issuer: is required"),
        (f"oidc: {{{OIDC}, isuer: x}}", "auth.oidc.isuer: unknown key; did you mean `issuer`?"),
        (f"oidc: {{{OIDC.replace('https', 'http')}}}", "auth.oidc.issuer: must be the issuer's"),
        (f"oidc: {{{OIDC.replace('ADMIN', 'KING')}}}", "auth.oidc.role_map.Boss: should be"),
        (f"oidc: {{{OIDC.replace('Boss: ADMIN', '')}}}", "auth.oidc.role_map: "),
    ],
)
def test_what_is_wrong_is_named_with_its_path(auth: str, problem: str) -> None:
    found = problems(f"auth: {{{auth}}}")
    assert any(line.startswith(problem) for line in found), found


def test_a_made_key_fits_its_line_and_opens_nothing_by_its_digest() -> None:
    arguments = ["key", "the crm", "--role", "BILLING", "--role", "provisioning"]
    lines = CliRunner().invoke(program, arguments).stdout.splitlines()
    made = lines[2].strip()
    entry: dict[str, Any] = yaml.safe_load(lines[-1])[0]
    assert entry["sha256"] == hashlib.sha256(made.encode()).hexdigest()
    assert made not in lines[-1]
    (key,) = load(yaml.safe_dump({"auth": {"mode": "keys", "keys": [entry]}})).auth.keys
    assert (key.name, key.roles) == ("the crm", (Role.BILLING, Role.PROVISIONING))


def test_no_two_made_keys_are_the_same() -> None:
    shown = {CliRunner().invoke(program, ["key", "a"]).stdout for _ in range(3)}
    assert len(shown) == 3
