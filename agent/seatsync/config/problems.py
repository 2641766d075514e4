"""Problems of a configuration: where each is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import ValidationError

Location = tuple[str | int, ...]
"""The way to a value from the top of the document: keys, and positions in lists from 0."""

_MESSAGES = {
    "missing": "is required",
    "string_type": "must be text; put the value in quotes",
    "dict_type": "must hold keys and values",
    "model_type": "must hold keys and values",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{spell(self.location)}: {self.message}"


def spell(location: Location) -> str:
    """Spell a location as `providers[0].settings.client_secret`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")


def problems_of(
    error: ValidationError, model: type[BaseModel], prefix: Location = ()
) -> Iterator[Problem]:
    """Yield what validation of `model` found; values are never quoted, they may be secrets."""
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        location = found["loc"]
        if found["type"] == "extra_forbidden":
            message = _unknown(str(location[-1]), _names(model, location[:-1]))
        else:
            message = _MESSAGES.get(found["type"]) or _sentence(found["msg"])
        yield Problem((*prefix, *location), message)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean X?`, or nothing when nothing is alike."""
    close = get_close_matches(name, list(names), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _unknown(name: str, names: list[str]) -> str:
    hint = did_you_mean(name, names)
    return f"unknown key{hint}" if hint else f"unknown key; known are {', '.join(names)}"


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]


def _names(model: type[BaseModel], location: Location) -> list[str]:
    for part in location:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation)
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel]:
    """Return the model in an annotation such as `Model`, `Model | None` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(_model_in(argument) for argument in get_args(annotation))
