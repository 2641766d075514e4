from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reader_of_crm import ReaderOfCrm

if TYPE_CHECKING:
    from back_office import BackOffice


@pytest.fixture
def crm(office: BackOffice) -> ReaderOfCrm:
    """Give a mirror of each kind that pulls from a CRM in memory."""
    return ReaderOfCrm(office)
