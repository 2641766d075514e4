"""Keeping the few secrets that the agent itself must remember, such as rotated tokens."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from seatsync.errors import SecretKeyUnusable
from seatsync.mirror.address import is_sqlite, sqlite_path

if TYPE_CHECKING:
    from seatsync.mirror.database import Mirror

ENVIRONMENT_NAME = "SEATSYNC_SECRET_KEY"
DEFAULT_FILE = "seatsync.key"

_MAKE_ONE = (
    "Make a key with `python -c 'from cryptography.fernet import Fernet; "
    "print(Fernet.generate_key().decode())'` and put it into "
    f"{ENVIRONMENT_NAME}, or into a file that secrets.key_file names."
)
_PUT_BACK = (
    f"Put back the key (in {ENVIRONMENT_NAME} or the key file) that the secrets were stored with. "
    "If it is lost, empty the table plugin_state and give the connectors new credentials; "
    "nothing was overwritten."
)


class Vault:
    """Seals and unseals secrets with one key.

    The key is a Fernet key: 32 random bytes in URL-safe base64. A passphrase is refused, since
    a key derived from one would be as weak as it, and as final.
    """

    def __init__(self, key: str | None, *, file: Path | None, may_create: bool) -> None:
        """Take the key itself, or the file that holds it; `Vault.choose` decides which."""
        self._file = file
        self._may_create = may_create
        self._fernet = _fernet(key, ENVIRONMENT_NAME) if key else self._from_file()

    @classmethod
    def choose(cls, url: str, *, key: str | None, key_file: Path | None) -> Vault:
        """Return the vault for the database at `url`.

        `key` is the value of SEATSYNC_SECRET_KEY; it wins over the file. Only beside an SQLite
        database is a file made when the first secret is stored: several machines that share
        a PostgreSQL database must share the key. Raises `SecretKeyUnusable` if there is no
        key and none can be made, or if what is there is no key.
        """
        if key:
            return cls(key, file=None, may_create=False)
        if is_sqlite(url):
            file = key_file or sqlite_path(url).with_name(DEFAULT_FILE)
            return cls(None, file=file, may_create=True)
        if key_file is None:
            raise SecretKeyUnusable(
                "on PostgreSQL the key for stored secrets must be given", remedy=_MAKE_ONE
            )
        if not key_file.exists():
            raise SecretKeyUnusable(f"there is no key file {key_file}", remedy=_MAKE_ONE)
        return cls(None, file=key_file, may_create=False)

    @property
    def has_key(self) -> bool:
        """Tell whether there is a key already; look for the file again if there was none."""
        if self._fernet is None:
            self._fernet = self._from_file()
        return self._fernet is not None

    def seal(self, place: str, secret: str) -> bytes:
        """Encrypt a secret for one place, such as `<provider>/<name>`; make the key if need be."""
        if not self.has_key:
            self._create()
        return self._key().encrypt(json.dumps([place, secret]).encode())

    def unseal(self, place: str, sealed: bytes) -> str:
        """Decrypt what `seal` made for the same place; raise `SecretKeyUnusable` if that fails."""
        try:
            sealed_for, secret = json.loads(self._key().decrypt(sealed))
        except InvalidToken as error:
            raise SecretKeyUnusable(
                f"the secret {place} was stored with another key", remedy=_PUT_BACK
            ) from error
        if sealed_for != place:
            raise SecretKeyUnusable(
                f"the secret {place} was stored as {sealed_for}", remedy=_PUT_BACK
            )
        return str(secret)

    def _key(self) -> Fernet:
        if not self.has_key or self._fernet is None:
            raise SecretKeyUnusable(
                f"the key file {self._file} is gone, and secrets are stored", remedy=_PUT_BACK
            )
        return self._fernet

    def _from_file(self) -> Fernet | None:
        if self._file is None:
            return None
        try:
            return _fernet(self._file.read_text("ascii").strip(), str(self._file))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SecretKeyUnusable(
                f"the key file {self._file} cannot be read", remedy=_MAKE_ONE
            ) from error

    def _create(self) -> None:
        if self._file is None or not self._may_create:
            raise SecretKeyUnusable(f"there is no key file {self._file}", remedy=_MAKE_ONE)
        try:
            _write_private(self._file, Fernet.generate_key())
        except OSError as error:
            raise SecretKeyUnusable(
                f"the key file {self._file} cannot be written: {error.strerror}", remedy=_MAKE_ONE
            ) from error


def _fernet(key: str, source: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        raise SecretKeyUnusable(
            f"{source} is not a key: it must be 32 bytes in URL-safe base64", remedy=_MAKE_ONE
        ) from error


def _write_private(path: Path, content: bytes) -> None:
    """Make a file for the owner's eyes, whole or not at all; leave one that is there already."""
    descriptor, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Let a power failure not take the names in a folder; Windows needs and knows no such thing."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class MirrorState:
    """The SDK's `StateStore` for one provider, kept sealed in the mirror."""

    def __init__(self, mirror: Mirror, vault: Vault, provider_key: str) -> None:
        """Keep the state of `provider_key`, which the mirror must know."""
        self._mirror = mirror
        self._vault = vault
        self._provider_key = provider_key

    def load(self, name: str) -> str | None:
        """Return the value under `name`, or None; raise `SecretKeyUnusable` without its key."""
        with self._mirror.reading():
            rows = self._mirror.rows(
                "SELECT sealed FROM plugin_state WHERE provider_key = :provider AND name = :name",
                {"provider": self._provider_key, "name": name},
            )
        return self._vault.unseal(self._place(name), bytes(rows[0][0])) if rows else None

    def store(self, name: str, value: str) -> None:
        """Keep `value` under `name`; it is safe on disk when this returns.

        Raises `SecretKeyUnusable`, and changes nothing, if the key is not the one that the
        other secrets were stored with.
        """
        self._require_own_session()
        with self._mirror.writing():
            self._require_same_key()
            self._mirror.execute(
                "INSERT INTO plugin_state (provider_key, name, sealed, updated_at)"
                " VALUES (:provider, :name, :sealed, :now)"
                " ON CONFLICT (provider_key, name)"
                " DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at",
                {
                    "provider": self._provider_key,
                    "name": name,
                    "sealed": self._vault.seal(self._place(name), value),
                    "now": datetime.now(UTC),
                },
            )

    def delete(self, name: str) -> None:
        """Forget what is kept under `name`; this needs no key."""
        self._require_own_session()
        with self._mirror.writing():
            self._mirror.execute(
                "DELETE FROM plugin_state WHERE provider_key = :provider AND name = :name",
                {"provider": self._provider_key, "name": name},
            )

    def _place(self, name: str) -> str:
        return f"{self._provider_key}/{name}"

    def _require_own_session(self) -> None:
        if self._mirror.in_session:
            # Joined to another session it would be kept, or lost, at that one's end.
            raise RuntimeError("plug-in state is stored outside of any session")

    def _require_same_key(self) -> None:
        for provider, name, sealed in self._mirror.rows(
            "SELECT provider_key, name, sealed FROM plugin_state LIMIT 1"
        ):
            self._vault.unseal(f"{provider}/{name}", bytes(sealed))
