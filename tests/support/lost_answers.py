"""One change of each kind that is written to a CRM, for tests in which its answer is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.domain.roles import LOCAL
from seatsync.services.contract_changes import ContractEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from told_crm import ToldCrm


@dataclass(frozen=True)
class Kind:
    """A kind of write: how it comes about, and how many changes of the CRM's rows it is."""

    name: str
    cause: Callable[[ToldCrm], object]
    changes: int = 1


def an_update_of_what_is_the_agents(pair: ToldCrm) -> None:
    was_on = pair.lab.world.subscriptions["s-1-1"].auto_renew
    pair.lab.world.change("s-1-1", auto_renew=not was_on)
    pair.lab.sync()


def an_update_of_what_is_the_crms(pair: ToldCrm) -> None:
    pair.office.contracts.update(LOCAL, pair.contract.id, ContractEdit(name="Ours"))


def an_update_of_an_unknown_version(pair: ToldCrm) -> None:
    """As after a bulk load, which tells no versions."""
    with pair.mirror.writing():
        pair.mirror.execute("UPDATE crm_row SET version = ''")
    an_update_of_what_is_the_agents(pair)


def a_load(pair: ToldCrm) -> None:
    for number in range(100):
        pair.office.contract(pair.account, f"Number {number}")


KINDS = (
    Kind("create", lambda pair: pair.office.contract(pair.account, "Yearly")),
    Kind("update of what is the agent's", an_update_of_what_is_the_agents),
    Kind("update of what is the CRM's", an_update_of_what_is_the_crms),
    Kind("update of an unknown version", an_update_of_an_unknown_version),
    Kind("bulk load", a_load, changes=100),
)
