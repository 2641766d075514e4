"""Rules about secrets: what opens a provider stands nowhere but in the request for it."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote

from seatsync.errors import SeatsyncError
from seatsync.sdk.conformance.rule import Broken, Chapter, Tier, Unproved
from seatsync.sdk.simulator import answers, dropped, garbage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatsync.sdk.conformance.bench import Bench

SECRECY = Chapter("Secrecy")

ALWAYS = 1_000_000
TIMEOUT_S = 5.0
_FAULTS = (answers(401), answers(403), answers(503), garbage(), dropped())


@SECRECY.rule(Tier.SILVER)
def logs_hold_no_secret(bench: Bench) -> None:
    """Nothing that is logged, at any level, holds a secret or a token."""
    with _logged() as lines:
        _read_and_fail(bench)
    _require_clean(bench, "\n".join(lines), "the log")


@SECRECY.rule(Tier.SILVER)
def errors_hold_no_secret(bench: Bench) -> None:
    """No error, nor its cause, holds a secret or a token, nor does a stage of verify."""
    _require_clean(bench, "\n".join(_read_and_fail(bench)), "an error")


@SECRECY.rule(Tier.GOLD)
def the_database_holds_no_secret(bench: Bench) -> None:
    """Neither reports nor anything else in the database hold a secret or a token in clear."""
    with bench.proving_ground(name="secrecy") as trial:
        trial.sync()
        for path in _paths(bench):
            bench.meddler.faults.plan(path, answers(401), times=ALWAYS)
        with suppress(SeatsyncError):
            trial.sync()
        written = b"\n".join(
            file.read_bytes()
            for file in sorted((bench.folder / "secrecy").rglob("*"))
            if file.is_file()
        )
    _require_clean(bench, written.decode("latin-1"), "the database")


@SECRECY.rule(Tier.GOLD)
def cassettes_hold_no_secret(bench: Bench) -> None:
    """A cassette that is recorded with the SDK holds no secret and no token."""
    if find_spec("vcr") is None:
        raise Unproved("vcrpy, which records cassettes, is not installed")
    from seatsync.sdk.cassettes import Label, recorded  # noqa: PLC0415 - needs vcrpy

    path = bench.folder / "cassette.yaml"
    label = Label("the conformance suite", bench.origin, "https://api.example")
    with recorded(path, label):
        bench.read()
    _require_clean(bench, path.read_text(), "a cassette")


def _read_and_fail(bench: Bench) -> list[str]:
    """Read, and meet every kind of fault on every path; return all that was told of it."""
    told = [repr(bench.settings())]
    bench.read()
    for path in _paths(bench):
        for fault in _FAULTS:
            bench.fresh()
            bench.meddler.faults.plan(path, fault, times=ALWAYS)
            told += _told(bench)
    bench.fresh()
    return told


def _paths(bench: Bench) -> list[str]:
    token = [bench.anatomy.sign_in] if bench.anatomy.sign_in else []
    return token + [walk.listing.path for walk in bench.walks()]


def _told(bench: Bench) -> list[str]:
    with bench.connected(timeout_s=TIMEOUT_S) as connector:
        told = [repr(check) for check in connector.verify()]
        for walk in bench.walks():
            try:
                walk.read(connector)
            except SeatsyncError as error:
                told += _words(error)
    return told


def _words(error: BaseException | None) -> Iterator[str]:
    """Yield everything that an error, and the errors behind it, may show."""
    while error is not None:
        yield f"{error} {error!r} {getattr(error, 'remedy', '')} {vars(error)}"
        error = error.__cause__ or error.__context__


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@contextmanager
def _logged() -> Iterator[list[str]]:
    root, keeper = logging.getLogger(), _Keeper()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.NOTSET)
    try:
        yield keeper.lines
    finally:
        root.setLevel(level)
        root.removeHandler(keeper)


def _require_clean(bench: Bench, text: str, where: str) -> None:
    spelled = ((secret, quote(secret, safe="")) for secret in bench.secrets())
    found = [secret for secret, quoted in spelled if secret in text or quoted in text]
    if found:
        # The message must not spread what it complains of; the simulator's secrets tell enough.
        raise Broken(f"{where} holds {len(found)} secret(s), the first is {found[0][:4]}...")
