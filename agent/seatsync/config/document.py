"""Reading config.yaml as a tree of plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from seatsync.errors import ConfigInvalid

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path


class _StrictLoader(yaml.SafeLoader):
    """Plain values only; a key that stands twice in one mapping is an error, not a choice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's own signature
    ) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here a second time",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_document(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file.

    Raise `ConfigInvalid` if there is no such file, it is no YAML (with line and column; never
    with the text of the line, which may hold a secret), or it holds no mapping.
    """
    try:
        tree = yaml.load(path.read_text(encoding="utf-8-sig"), _StrictLoader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(str(path), [_unreadable(error)]) from error
    except yaml.YAMLError as error:
        raise ConfigInvalid(str(path), [_broken(error)]) from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigInvalid(str(path), ["it must hold keys such as `database:` and `providers:`"])
    return tree


def _unreadable(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 text (byte {error.start})"
    if isinstance(error, FileNotFoundError):
        return "there is no such file; start from config.example.yaml, or name one with --config"
    return f"it cannot be read: {error.strerror or error}"


def _broken(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return "it is not YAML: it holds a character that YAML does not allow"
    problem = getattr(error, "problem", None) or "it cannot be understood"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
