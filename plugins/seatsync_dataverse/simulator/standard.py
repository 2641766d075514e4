"""The tables and rows that every organisation has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.attribute import Definition, option_set, plain
from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.happening import Intent
from seatsync_dataverse.simulator.organization import fixed_id

if TYPE_CHECKING:
    from seatsync_dataverse.simulator.definitions import Definitions
    from seatsync_dataverse.simulator.organization import Organization
    from seatsync_dataverse.simulator.writing import Writer

MESSAGES = ("Create", "Update", "Delete", "CreateMultiple", "UpdateMultiple", "UpsertMultiple")
ADMINISTRATOR = fixed_id("System Administrator")

_Columns = dict[str, tuple[Kind, dict[str, Any]]]


def _text(most: int = 100) -> tuple[Kind, dict[str, Any]]:
    return Kind.STRING, {"MaxLength": most}


def _to(*targets: str) -> tuple[Kind, dict[str, Any]]:
    return Kind.LOOKUP, {"Targets": list(targets)}


_WHOLE: tuple[Kind, dict[str, Any]] = (Kind.INTEGER, {})
_TRUTH: tuple[Kind, dict[str, Any]] = (Kind.BOOLEAN, {})
_GUID: tuple[Kind, dict[str, Any]] = (Kind.ID, {})
_MONEY: tuple[Kind, dict[str, Any]] = (Kind.MONEY, {"PrecisionSource": 2})
_TYPES = option_set({1: "Competitor", 3: "Customer", 8: "Partner", 12: "Other"})

# The first column of each is its primary name.
_TABLES: dict[str, _Columns] = {
    "TransactionCurrency": {
        "CurrencyName": _text(),
        "ISOCurrencyCode": _text(5),
        "CurrencySymbol": _text(13),
        "ExchangeRate": (Kind.DECIMAL, {"Precision": 10}),
        "CurrencyPrecision": _WHOLE,
    },
    "BusinessUnit": {"Name": _text(160), "parentbusinessunitid": _to("businessunit")},
    "SystemUser": {
        "FullName": _text(200),
        "FirstName": _text(),
        "LastName": _text(),
        "DomainName": _text(1024),
        "InternalEMailAddress": _text(),
        "IsDisabled": _TRUTH,
        "ApplicationId": _GUID,
        "AzureActiveDirectoryObjectId": _GUID,
        "businessunitid": _to("businessunit"),
    },
    "Organization": {
        "Name": _text(160),
        "ExpireChangeTrackingInDays": _WHOLE,
        "basecurrencyid": _to("transactioncurrency"),
    },
    "Publisher": {
        "FriendlyName": _text(256),
        "UniqueName": _text(256),
        "Description": _text(2000),
        "CustomizationPrefix": _text(8),
        "CustomizationOptionValuePrefix": _WHOLE,
    },
    "Solution": {
        "FriendlyName": _text(256),
        "UniqueName": _text(65),
        "Version": _text(256),
        "IsManaged": _TRUTH,
        "publisherid": _to("publisher"),
    },
    "SolutionComponent": {
        "Name": _text(),
        "ObjectId": _GUID,
        "ComponentType": _WHOLE,
        "solutionid": _to("solution"),
    },
    "Role": {"Name": _text(), "businessunitid": _to("businessunit")},
    "Privilege": {"Name": _text()},
    "SdkMessage": {"Name": _text(256)},
    "SdkMessageFilter": {
        "Name": _text(256),
        "PrimaryObjectTypeCode": _text(256),
        "sdkmessageid": _to("sdkmessage"),
    },
    "ServiceEndpoint": {
        "Name": _text(),
        "Url": _text(2000),
        "Contract": _WHOLE,
        "MessageFormat": _WHOLE,
        "AuthType": _WHOLE,
        "AuthValue": (Kind.STRING, {"IsValidForRead": False}),
    },
    "SdkMessageProcessingStep": {
        "Name": _text(256),
        "Description": _text(256),
        "Stage": _WHOLE,
        "Mode": _WHOLE,
        "Rank": _WHOLE,
        "SupportedDeployment": _WHOLE,
        "AsyncAutoDelete": _TRUTH,
        "FilteringAttributes": _text(100_000),
        "eventhandler": _to("plugintype", "serviceendpoint"),
        "sdkmessageid": _to("sdkmessage"),
        "sdkmessagefilterid": _to("sdkmessagefilter"),
    },
    "Account": {
        "Name": _text(160),
        "AccountNumber": _text(20),
        "Description": (Kind.MEMO, {"MaxLength": 2000}),
        "EMailAddress1": _text(),
        "Telephone1": _text(50),
        "WebSiteURL": _text(200),
        "Address1_City": _text(80),
        "CustomerTypeCode": (Kind.PICKLIST, {"OptionSet": _TYPES}),
        "CreditLimit": _MONEY,
        "parentaccountid": _to("account"),
    },
}
_SETS = {
    "BusinessUnit": "businessunits",
    "TransactionCurrency": "transactioncurrencies",
    "SdkMessageProcessingStep": "sdkmessageprocessingsteps",
}
_PRIVILEGES = (
    *("prvReadEntity", "prvCreateEntity", "prvWriteEntity", "prvCreateAttribute"),
    *("prvCreateRelationship", "prvPublishCustomization"),
    *("prvBypassCustomBusinessLogic", "prvBypassCustomPlugins"),
)
"""Privileges that belong to no table."""
_UNIQUE = {
    "publisher": ("uniquename",),
    "solution": ("uniquename",),
    "role": ("name", "businessunitid"),
}
_USER_OWNED = frozenset({"Account"})


def add_standard_tables(definitions: Definitions) -> None:
    """Make the tables that every organisation has."""
    for schema, columns in _TABLES.items():
        definitions.create_entity(_entity(schema, columns))
    definitions.organization.unique_columns.update(_UNIQUE)


def _entity(schema: str, columns: _Columns) -> Definition:
    attributes = [plain(name, kind, **more) for name, (kind, more) in columns.items()]
    attributes[0]["IsPrimaryName"] = True
    return {
        "SchemaName": schema,
        "EntitySetName": _SETS.get(schema, f"{schema.lower()}s"),
        "OwnershipType": "UserOwned" if schema in _USER_OWNED else "OrganizationOwned",
        "IsCustomEntity": False,
        "Attributes": attributes,
    }


def add_standard_rows(organization: Organization, writer: Writer, expiry_days: int) -> None:
    """Write the rows that every organisation has."""
    unit, currency = organization.business_unit_id, organization.currency_id
    rows: list[tuple[str, str, dict[str, Any]]] = [
        (
            "transactioncurrency",
            currency,
            {"currencyname": "Euro", "isocurrencycode": "EUR", "currencyprecision": 2},
        ),
        ("businessunit", unit, {"name": "Example Reseller"}),
        ("systemuser", organization.system_id, {"fullname": "SYSTEM"}),
        ("systemuser", organization.agent_id, {"fullname": "# seatsync"}),
        (
            "organization",
            organization.organization_id,
            {"name": "org", "expirechangetrackingindays": expiry_days, "basecurrencyid": currency},
        ),
        ("role", ADMINISTRATOR, {"name": "System Administrator", "businessunitid": unit}),
    ]
    rows += [("privilege", fixed_id(name), {"name": name}) for name in _PRIVILEGES]
    rows += [("sdkmessage", fixed_id(name), {"name": name}) for name in MESSAGES]
    intent = Intent(organization.system_id, obeys_rules=False)
    for logical, row_id, values in rows:
        writer.create(organization.tables[logical], values, intent, row_id)


def register_table(organization: Organization, writer: Writer, entity: Definition) -> None:
    """Write the rows that come with a new table: its privileges, and its messages."""
    intent = Intent(organization.system_id, obeys_rules=False)
    for privilege in entity["Privileges"]:
        table = organization.tables["privilege"]
        writer.create(table, {"name": privilege["Name"]}, intent, privilege["PrivilegeId"])
    filters = organization.tables["sdkmessagefilter"]
    for message in MESSAGES:
        values = {
            "name": message,
            "primaryobjecttypecode": entity["LogicalName"],
            "sdkmessageid": fixed_id(message),
        }
        writer.create(filters, values, intent)
