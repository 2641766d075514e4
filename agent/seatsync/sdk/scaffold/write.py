"""Writing a new plug-in into a folder of its own."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from seatsync.errors import SetupError
from seatsync.sdk.scaffold.names import Names
from seatsync.sdk.scaffold.plan import plan_files

if TYPE_CHECKING:
    from pathlib import Path

RESERVED = frozenset({"manual"})
"""The built-in provider of what people enter themselves."""


def write_plugin(name: str, below: Path) -> tuple[Path, Names]:
    """Write a plug-in into a new folder below `below`; return the folder and the names.

    Raises `SetupError`, and writes nothing, for a name that is no name or is taken, and for a
    folder that is there already or cannot be made.
    """
    names = Names.of(name)
    _require_free(names)
    folder = below / names.distribution
    try:
        folder.mkdir()
        for path, text in plan_files(names).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    except OSError as error:
        raise SetupError(
            f"{folder} cannot be made: {error.strerror}",
            remedy="Choose another name or another folder; what is there is left as it is.",
        ) from error
    return folder, names


def _require_free(names: Names) -> None:
    if names.plugin in RESERVED or find_spec(names.package) is not None:
        raise SetupError(
            f"the name {names.plugin!r} is taken",
            remedy="Choose another; `seatsync plugins` lists the plug-ins that are installed.",
        )
