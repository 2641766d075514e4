"""Conditions of a `$filter`: what they hold for, and which of them an index can answer."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.filter_text import Tokens
from seatsync_dataverse.simulator.problem import bad_question
from seatsync_dataverse.simulator.value import comparable, normalised

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.filter_text import Token

Fields = Callable[[str], Any]
"""Gives the value of a property, or of a property of a neighbour as `navigation/property`."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_WORDS = {"null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition; for it to hold, each property of `among` must have one of some values."""

    holds: Callable[[Fields], bool]
    names: frozenset[str]
    among: tuple[tuple[str, tuple[Any, ...]], ...] = ()


def read_condition(text: str) -> Condition:
    """Read a `$filter`; raises `Problem`."""
    tokens = Tokens(text)
    condition = _either(tokens)
    if tokens.ahead:
        raise bad_question(f"Syntax error: '{tokens.ahead}' was not expected.")
    return condition


def _either(tokens: Tokens) -> Condition:
    parts = [_both(tokens)]
    while tokens.accept("or"):
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else _alternatives(parts)


def _both(tokens: Tokens) -> Condition:
    parts = [_one(tokens)]
    while tokens.accept("and"):
        parts.append(_one(tokens))
    if len(parts) == 1:
        return parts[0]
    joined = _joined(parts, all)
    among = tuple(pair for part in parts for pair in part.among)
    return Condition(joined.holds, joined.names, among)


def _alternatives(parts: Sequence[Condition]) -> Condition:
    joined = _joined(parts, any)
    pairs = [part.among[0] for part in parts if part.among]
    if len(pairs) < len(parts) or len({name for name, _ in pairs}) > 1:
        return joined
    values = tuple(value for _, some in pairs for value in some)
    return Condition(joined.holds, joined.names, ((pairs[0][0], values),))


def _joined(parts: Sequence[Condition], how: Callable[[Any], bool]) -> Condition:
    names = frozenset(name for part in parts for name in part.names)
    return Condition(lambda fields: how(part.holds(fields) for part in parts), names)


def _one(tokens: Tokens) -> Condition:
    if tokens.accept("not"):
        inner = _one(tokens)
        return Condition(lambda fields: not inner.holds(fields), inner.names)
    if tokens.accept("("):
        inner = _either(tokens)
        tokens.expect(")")
        return inner
    name = tokens.take().text
    if name in _TEXT_TESTS:
        return _text_test(tokens, _TEXT_TESTS[name])
    if name == "Microsoft.Dynamics.CRM.In":
        return _within(tokens)
    return _comparison(tokens, name)


def _text_test(tokens: Tokens, test: Callable[[str, str], bool]) -> Condition:
    tokens.expect("(")
    name = tokens.take().text
    tokens.expect(",")
    wanted = comparable(_value(tokens.take()))
    tokens.expect(")")

    def holds(fields: Fields) -> bool:
        value = fields(name)
        return isinstance(value, str) and test(comparable(value), wanted)

    return Condition(holds, frozenset({name}))


def _within(tokens: Tokens) -> Condition:
    for word in ("(", "PropertyName", "="):
        tokens.expect(word)
    name = str(_value(tokens.take()))
    for word in (",", "PropertyValues", "=", "["):
        tokens.expect(word)
    wanted = {comparable(_value(tokens.take()))}
    while tokens.accept(","):
        wanted.add(comparable(_value(tokens.take())))
    tokens.expect("]")
    tokens.expect(")")
    among = ((name, tuple(wanted)),)
    return Condition(lambda fields: comparable(fields(name)) in wanted, frozenset({name}), among)


def _comparison(tokens: Tokens, name: str) -> Condition:
    compare = _COMPARISONS.get(tokens.ahead)
    if compare is None:
        raise bad_question(f"Syntax error: '{tokens.ahead}' is no operator.")
    is_equality = tokens.take().text == "eq"
    value = _value(tokens.take())
    wanted = comparable(value)

    def holds(fields: Fields) -> bool:
        found = comparable(fields(name))
        if compare not in {operator.eq, operator.ne} and (found is None or wanted is None):
            return False
        return compare(found, wanted)

    return Condition(holds, frozenset({name}), ((name, (value,)),) if is_equality else ())


def _value(token: Token) -> Any:
    read = _VALUES.get(token.kind)
    if read is None or (token.kind == "word" and token.text not in _WORDS):
        raise bad_question(f"Syntax error: '{token.text}' is no value.")
    return read(token.text)


def _moment(text: str) -> str:
    try:
        return normalised(text) if "T" in text else date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise bad_question(f"Syntax error: '{text}' is no date.") from error


_VALUES: dict[str, Callable[[str], Any]] = {
    "text": lambda text: text[1:-1].replace("''", "'"),
    "member": lambda text: text.partition("'")[2][:-1],
    "number": Decimal,
    "guid": str.lower,
    "moment": _moment,
    "word": _WORDS.get,
}
