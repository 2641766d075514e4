"""Finding plug-ins: one that is broken stops nobody."""

from __future__ import annotations

import sys
import types
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.errors import PluginUnusable
from seatsync.sdk.plugin import ProviderPlugin
from seatsync.sdk.registry import discover
from seatsync.sdk.settings import PluginSettings

if TYPE_CHECKING:
    from pathlib import Path


def _connect(settings: Any, context: Any) -> Any:
    raise AssertionError("never connected")


TOY = ProviderPlugin("toy", "Toy", "1.0", PluginSettings, _connect)


@pytest.fixture(autouse=True)
def toy_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("toy_plugin")
    vars(module)["PLUGIN"] = TOY
    vars(module)["NOT_ONE"] = {"name": "toy"}
    monkeypatch.setitem(sys.modules, "toy_plugin", module)


def _point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "seatsync.plugins")


def test_a_plug_in_is_found_by_its_entry_point() -> None:
    assert discover([_point("toy", "toy_plugin:PLUGIN")]).provider("toy") is TOY


def test_a_plug_in_that_does_not_import_is_kept_as_a_failure_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "explosive_plugin.py").write_text("raise KeyError('no fuse')")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = discover(
        [_point("explosive", "explosive_plugin:PLUGIN"), _point("toy", "toy_plugin:PLUGIN")]
    )
    assert list(registry.providers) == ["toy"]
    assert "KeyError: 'no fuse'" in str(registry.failures["explosive"])
    with pytest.raises(PluginUnusable, match="did not load"):
        registry.provider("explosive")


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([_point("toy", "no_such_module:PLUGIN")], "ModuleNotFoundError"),
        ([_point("toy", "toy_plugin:MISSING")], "AttributeError"),
        ([_point("toy", "toy_plugin:NOT_ONE")], "is a dict, not a plug-in"),
        ([_point("bear", "toy_plugin:PLUGIN")], "calls itself 'toy'"),
        ([_point("toy", "toy_plugin:PLUGIN")] * 2, "2 installed packages register this name"),
    ],
)
def test_what_is_no_plug_in_says_why(points: list[EntryPoint], reason: str) -> None:
    registry = discover(points)
    assert not registry.providers
    assert reason in str(registry.failures[points[0].name])


def test_an_unknown_name_is_answered_with_what_is_installed() -> None:
    with pytest.raises(PluginUnusable, match="installed are: toy"):
        discover([_point("toy", "toy_plugin:PLUGIN")]).provider("bear")


def test_the_installed_plug_ins_all_load() -> None:
    assert discover().failures == {}
