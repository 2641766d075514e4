from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from seatsync.errors import SecretKeyUnusable
from seatsync.mirror.address import sqlite_path
from seatsync.mirror.vault import MirrorState, Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seatsync.mirror.database import Mirror
    from seatsync.sdk.context import StateStore

SECRET = "refresh-token-αβγ-\n-1234567890"  # noqa: S105  a made-up one


def register(mirror: Mirror, *keys: str) -> None:
    columns = ["key", "plugin", "display_name", "auto_sync", "is_configured", "health_state"]
    rows = [(key, "p", key, True, True, "UNKNOWN", "{}") for key in keys]
    with mirror.writing():
        mirror.insert("provider", [*columns, "health"], rows)


def new_key() -> str:
    return Fernet.generate_key().decode()


def vault_of(mirror: Mirror, key: str) -> Vault:
    return Vault.choose(mirror.url, key=key, key_file=None)


def stored_bytes(mirror: Mirror) -> bytes:
    with mirror.reading():
        return b"".join(bytes(row[0]) for row in mirror.rows("SELECT sealed FROM plugin_state"))


def test_what_is_stored_is_loaded_again(mirror: Mirror) -> None:
    register(mirror, "ion")
    key = new_key()
    state: StateStore = MirrorState(mirror, vault_of(mirror, key), "ion")
    assert state.load("refresh_token") is None
    state.store("refresh_token", "first")
    state.store("refresh_token", SECRET)
    assert MirrorState(mirror, vault_of(mirror, key), "ion").load("refresh_token") == SECRET


def test_each_provider_has_a_state_of_its_own(mirror: Mirror) -> None:
    register(mirror, "one", "two")
    vault = vault_of(mirror, new_key())
    one, two = MirrorState(mirror, vault, "one"), MirrorState(mirror, vault, "two")
    one.store("token", "1")
    two.store("token", "2")
    one.delete("token")
    assert (one.load("token"), two.load("token")) == (None, "2")


def test_nothing_of_a_secret_can_be_seen_in_the_database(mirror: Mirror) -> None:
    register(mirror, "ion")
    MirrorState(mirror, vault_of(mirror, new_key()), "ion").store("token", SECRET)
    assert SECRET.encode() not in stored_bytes(mirror)
    if mirror.is_sqlite:
        files = sqlite_path(mirror.url).parent.glob("seatsync.db*")
        assert not [f for f in files if f.is_file() and b"refresh-token" in f.read_bytes()]


def test_neither_key_nor_secret_is_in_a_repr(mirror: Mirror) -> None:
    register(mirror, "ion")
    key = new_key()
    vault = vault_of(mirror, key)
    state = MirrorState(mirror, vault, "ion")
    state.store("token", SECRET)
    assert key not in f"{vault!r}{state!r}{vars(vault)!r}{vars(state)!r}"


def test_the_wrong_key_is_said_and_overwrites_nothing(mirror: Mirror) -> None:
    register(mirror, "ion", "other")
    MirrorState(mirror, vault_of(mirror, new_key()), "ion").store("token", SECRET)
    before = stored_bytes(mirror)
    wrong = vault_of(mirror, new_key())
    attempts: list[Callable[[], object]] = [
        lambda: MirrorState(mirror, wrong, "ion").load("token"),
        lambda: MirrorState(mirror, wrong, "ion").store("token", "new"),
        lambda: MirrorState(mirror, wrong, "other").store("token", "new"),
    ]
    for attempt in attempts:
        with pytest.raises(SecretKeyUnusable, match="ion/token") as caught:
            attempt()
        assert "SEATSYNC_SECRET_KEY" in str(caught.value.remedy)
    assert stored_bytes(mirror) == before


def test_a_secret_moved_to_another_place_is_refused(mirror: Mirror) -> None:
    register(mirror, "one", "two")
    vault = vault_of(mirror, new_key())
    MirrorState(mirror, vault, "one").store("token", SECRET)
    with mirror.writing():
        mirror.execute("UPDATE plugin_state SET provider_key = 'two'")
    with pytest.raises(SecretKeyUnusable, match="stored as one/token"):
        MirrorState(mirror, vault, "two").load("token")


def test_what_is_stored_survives_a_session_that_fails_afterwards(mirror: Mirror) -> None:
    register(mirror, "ion")
    state = MirrorState(mirror, vault_of(mirror, new_key()), "ion")
    with pytest.raises(RuntimeError, match="outside of any session"), mirror.writing():
        state.store("token", SECRET)
    assert state.load("token") is None


def test_worker_threads_may_use_it(mirror: Mirror) -> None:
    register(mirror, "ion")
    state = MirrorState(mirror, vault_of(mirror, new_key()), "ion")

    def remember(number: int) -> str | None:
        state.store(f"token-{number}", str(number))
        return state.load(f"token-{number}")

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(remember, range(12))) == [str(number) for number in range(12)]


@pytest.mark.parametrize("key", ["a passphrase", "c2hvcnQ=", "A" * 40, "é" * 44])
def test_what_is_no_key_is_refused_and_not_repeated(sqlite_url: str, key: str) -> None:
    with pytest.raises(SecretKeyUnusable, match="SEATSYNC_SECRET_KEY is not a key") as caught:
        Vault.choose(sqlite_url, key=key, key_file=None)
    assert key not in f"{caught.value}{caught.value.remedy}"


def test_beside_sqlite_a_key_file_is_made_when_first_needed(
    sqlite_mirror: Mirror, tmp_path: Path
) -> None:
    register(sqlite_mirror, "ion")
    file = tmp_path / "seatsync.key"
    vault = Vault.choose(sqlite_mirror.url, key=None, key_file=None)
    state = MirrorState(sqlite_mirror, vault, "ion")
    assert state.load("token") is None
    assert not file.exists()
    state.store("token", SECRET)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = Vault.choose(sqlite_mirror.url, key=None, key_file=None)
    assert MirrorState(sqlite_mirror, again, "ion").load("token") == SECRET
    assert {f.name for f in tmp_path.iterdir() if "key" in f.name} == {"seatsync.key"}


def test_two_that_need_a_key_at_once_get_the_same(sqlite_mirror: Mirror) -> None:
    names = [f"p{number}" for number in range(8)]
    register(sqlite_mirror, *names)

    def remember(name: str) -> None:
        vault = Vault.choose(sqlite_mirror.url, key=None, key_file=None)
        MirrorState(sqlite_mirror, vault, name).store("token", name)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(remember, names))
    vault = Vault.choose(sqlite_mirror.url, key=None, key_file=None)
    assert [MirrorState(sqlite_mirror, vault, name).load("token") for name in names] == names


def test_a_lost_key_file_is_said_and_not_replaced(sqlite_mirror: Mirror, tmp_path: Path) -> None:
    register(sqlite_mirror, "ion")
    vault = Vault.choose(sqlite_mirror.url, key=None, key_file=None)
    MirrorState(sqlite_mirror, vault, "ion").store("token", SECRET)
    (tmp_path / "seatsync.key").unlink()
    state = MirrorState(
        sqlite_mirror, Vault.choose(sqlite_mirror.url, key=None, key_file=None), "ion"
    )
    with pytest.raises(SecretKeyUnusable, match="is gone"):
        state.load("token")
    with pytest.raises(SecretKeyUnusable, match="is gone"):
        state.store("token", "new")
    assert not (tmp_path / "seatsync.key").exists()
    state.delete("token")
    state.store("token", "new")
    assert state.load("token") == "new"


def test_a_key_file_that_holds_no_key_is_said(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.key"
    for content in (b"", b"passphrase", b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(SecretKeyUnusable, match=r"mine\.key"):
            Vault.choose(sqlite_url, key=None, key_file=file)


def test_a_key_file_that_cannot_be_made_is_said(sqlite_mirror: Mirror, tmp_path: Path) -> None:
    register(sqlite_mirror, "ion")
    vault = Vault.choose(sqlite_mirror.url, key=None, key_file=tmp_path / "nowhere" / "mine.key")
    with pytest.raises(SecretKeyUnusable, match="cannot be written"):
        MirrorState(sqlite_mirror, vault, "ion").store("token", SECRET)


def test_a_server_database_wants_its_key_given(tmp_path: Path) -> None:
    url = "postgresql://seatsync@127.0.0.1/seatsync"
    with pytest.raises(SecretKeyUnusable, match="PostgreSQL") as caught:
        Vault.choose(url, key=None, key_file=None)
    assert "Fernet.generate_key" in str(caught.value.remedy)
    with pytest.raises(SecretKeyUnusable, match="no key file"):
        Vault.choose(url, key=None, key_file=tmp_path / "mine.key")
    (tmp_path / "mine.key").write_text(f"{new_key()}\n")
    assert Vault.choose(url, key=None, key_file=tmp_path / "mine.key").has_key


def test_the_environment_wins_over_the_file(sqlite_url: str, tmp_path: Path) -> None:
    key = new_key()
    (tmp_path / "seatsync.key").write_text(new_key())
    sealed = Vault.choose(sqlite_url, key=key, key_file=None).seal("p/token", SECRET)
    assert Vault.choose(sqlite_url, key=key, key_file=None).unseal("p/token", sealed) == SECRET
    with pytest.raises(SecretKeyUnusable):
        Vault.choose(sqlite_url, key=None, key_file=None).unseal("p/token", sealed)
