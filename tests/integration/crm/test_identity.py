"""Which CRM it is: what is known of one is never held against another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from back_office import NOON
from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id
from seatsync.mirror.crm_identity import settle_identity
from seatsync.mirror.crm_rows import begin_full_read, end_read, keep_written, reading_of
from seatsync.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE, THERE = "dataverse https://here.crm.example", "dataverse https://there.crm.example"


@pytest.fixture
def mirror(migrated_url: str) -> Iterator[Mirror]:
    """A mirror that has read the accounts of one CRM."""
    mirror = Mirror.open(migrated_url)
    with mirror.writing():
        assert not settle_identity(mirror, HERE, NOON)
        begin_full_read(mirror, CrmNoun.ACCOUNT)
        end_read(mirror, CrmNoun.ACCOUNT, reading_of(mirror, CrmNoun.ACCOUNT).generation, "m", NOON)
        keep_written(mirror, CrmNoun.ACCOUNT, {new_id(): "1"})
    yield mirror
    mirror.close()


def settled(mirror: Mirror, identity: str | None) -> tuple[bool, str | None, int]:
    """Settle which CRM it is; return whether it is another, the mark, and the rows known of it."""
    with mirror.writing():
        is_another = settle_identity(mirror, identity, NOON)
        mark = reading_of(mirror, CrmNoun.ACCOUNT).mark
        return is_another, mark, mirror.rows("SELECT COUNT(*) FROM crm_row")[0][0]


def test_the_same_crm_goes_on_where_it_was(mirror: Mirror) -> None:
    assert settled(mirror, HERE) == (False, "m", 1)


def test_another_crm_is_read_anew_and_nothing_of_the_first_is_held_against_it(
    mirror: Mirror,
) -> None:
    assert settled(mirror, THERE) == (True, None, 0)
    with mirror.reading():
        assert reading_of(mirror, CrmNoun.ACCOUNT).is_first


def test_after_a_time_without_it_a_crm_is_read_whole_again(mirror: Mirror) -> None:
    assert settled(mirror, None) == (False, None, 1)
    assert settled(mirror, HERE) == (False, None, 1)
