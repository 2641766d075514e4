"""How errors reach the person at the terminal, and the log."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from seatsync.cli.logs import JsonLines, set_up_logs
from seatsync.cli.trouble import exit_code, tell, tell_unexpected
from seatsync.errors import Cancelled, DatabaseUnusable, ProviderUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def _unexpected() -> None:
    nothing: dict[str, str] = {}
    try:
        nothing["the secret part"]
    except KeyError as error:
        tell_unexpected(type(error), error, error.__traceback__)


def test_an_error_is_its_message_and_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    tell(DatabaseUnusable("it is gone", remedy="Bring it back."))
    assert capsys.readouterr().err == "Error: it is gone\n  Bring it back.\n"


def test_a_wrong_set_up_exits_with_2_and_everything_else_with_1() -> None:
    assert exit_code(DatabaseUnusable("gone")) == 2
    assert exit_code(ProviderUnreachable("away")) == 1


def test_the_unexpected_is_a_line_with_a_reference_and_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info", "human")
    _unexpected()
    shown = capsys.readouterr().err
    assert "KeyError, reference " in shown
    assert "Traceback" not in shown
    assert "the secret part" not in shown


def test_verbose_shows_where_the_unexpected_happened(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("debug", "human")
    _unexpected()
    shown = capsys.readouterr().err
    reference = shown.partition("reference ")[2][:8]
    assert "Traceback" in shown
    assert shown.count(reference) == 2


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Cancelled])
def test_being_stopped_is_no_error(
    kind: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    tell_unexpected(kind, kind(), None)
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_json_line_holds_the_traceback_in_one_line() -> None:
    with pytest.raises(ValueError, match="two") as caught:
        int("two\nlines")
    fault = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("a", logging.ERROR, "f", 1, "%s", ("said",), fault)
    line = JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "a", "said")
    assert "ValueError" in told["traceback"]
