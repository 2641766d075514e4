"""Metadata of a sample table, as it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from simulated_crm import SimulatedCrm

TYPE = "Microsoft.Dynamics.CRM."
SOLUTION = {"MSCRM.SolutionUniqueName": "Sample"}
TABLE = "EntityDefinitions(LogicalName='sam_order')"


def label(text: str, language: int = 1033) -> dict[str, Any]:
    """Return a label in one language."""
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": language}]}


def column(kind: str, schema: str, **more: Any) -> dict[str, Any]:
    """Return the definition of a column."""
    return {"@odata.type": f"{TYPE}{kind}AttributeMetadata", "SchemaName": schema, **more}


def order(**more: Any) -> dict[str, Any]:
    """Return the definition of the sample table."""
    name = column("String", "sam_Name", MaxLength=200, IsPrimaryName=True)
    options = [{"Value": 1, "Label": label("Open")}, {"Value": 2, "Label": label("Done")}]
    whole = {
        "@odata.type": f"{TYPE}EntityMetadata",
        "SchemaName": "sam_Order",
        "DisplayName": label("Order"),
        "OwnershipType": "UserOwned",
        "ChangeTrackingEnabled": True,
        "Attributes": [
            name,
            column("String", "sam_Number", MaxLength=20, DisplayName=label("Number")),
            column("Money", "sam_Price", PrecisionSource=2),
            column("DateTime", "sam_Day", DateTimeBehavior={"Value": "DateOnly"}),
            column("Picklist", "sam_Kind", OptionSet={"Options": options}),
        ],
    }
    return {**whole, **more}


def lookup(**more: Any) -> dict[str, Any]:
    """Return the relationship of its lookup."""
    return {
        "@odata.type": f"{TYPE}OneToManyRelationshipMetadata",
        "SchemaName": "sam_account_order",
        "ReferencedEntity": "account",
        "ReferencingEntity": "sam_order",
        "CascadeConfiguration": {"Delete": "RemoveLink"},
        "Lookup": column("Lookup", "sam_AccountId", DisplayName=label("Account")),
        **more,
    }


KEY = {
    "@odata.type": f"{TYPE}EntityKeyMetadata",
    "SchemaName": "sam_NumberKey",
    "DisplayName": label("Number Key"),
    "KeyAttributes": ["sam_number"],
}


def publish(crm: SimulatedCrm) -> None:
    """Make a publisher and its solution."""
    crm.send("POST", "publishers", {"uniquename": "sample", "customizationprefix": "sam"})
    publisher = crm.simulator.rows("publisher")[0]["publisherid"]
    solution = {
        "uniquename": "Sample",
        "version": "1.0.0.0",
        "publisherid@odata.bind": f"publishers({publisher})",
    }
    assert crm.send("POST", "solutions", solution).status_code == 204


def values(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows of an answer."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found
