"""Definitions as metadata tells them: tables, columns, choices, keys, lookups and privileges."""

from __future__ import annotations

import msgspec

from seatsync_dataverse.table_ref import TableRef


class Localized(msgspec.Struct, rename="pascal"):
    """A text in one language."""

    label: str | None = None


class Label(msgspec.Struct, rename="pascal"):
    """A text in several languages."""

    user_localized_label: Localized | None = None
    localized_labels: list[Localized] = []

    @property
    def text(self) -> str:
        """The text in the caller's language, else the first one, else nothing."""
        shown = [self.user_localized_label, *self.localized_labels]
        return next((one.label for one in shown if one and one.label), "")


class Privilege(msgspec.Struct, rename="pascal"):
    """A right that comes with a table, such as the one to read it."""

    name: str
    privilege_id: str
    privilege_type: str
    """`Create`, `Read`, `Write`, `Delete`, `Append`, `AppendTo`, `Assign` or `Share`."""


class TableDefinition(msgspec.Struct, rename="pascal"):
    """A table, as far as the agent needs to know it."""

    logical_name: str
    schema_name: str
    entity_set_name: str
    primary_id_attribute: str
    primary_name_attribute: str | None = None
    change_tracking_enabled: bool = False
    is_optimistic_concurrency_enabled: bool = False

    @property
    def ref(self) -> TableRef:
        """The names that its rows are addressed by."""
        return TableRef(self.logical_name, self.entity_set_name, self.primary_id_attribute)


class TablePrivileges(msgspec.Struct, rename="pascal"):
    """The rights that come with a table."""

    privileges: list[Privilege]


class ColumnDefinition(msgspec.Struct, rename="pascal"):
    """A column; its type is `String`, `Integer`, `Money`, `Lookup`, `Picklist` and so on."""

    logical_name: str
    schema_name: str
    attribute_type: str
    is_valid_for_create: bool | None = True
    is_valid_for_update: bool | None = True


class Option(msgspec.Struct, rename="pascal"):
    """One value of a choice."""

    value: int
    label: Label = msgspec.field(default_factory=Label)


class OptionSet(msgspec.Struct, rename="pascal"):
    """The values of a choice."""

    options: list[Option] = []


class ChoiceDefinition(msgspec.Struct, rename="pascal"):
    """A choice: its values are its own, or shared by several columns."""

    logical_name: str
    option_set: OptionSet | None = None
    global_option_set: OptionSet | None = None

    @property
    def options(self) -> dict[int, str]:
        """Its values, with their labels."""
        found = self.option_set or self.global_option_set or OptionSet()
        return {option.value: option.label.text for option in found.options}


class TextDefinition(msgspec.Struct, rename="pascal"):
    """A text column, and how many characters it takes."""

    logical_name: str
    max_length: int | None = None


class NumberDefinition(msgspec.Struct, rename="pascal"):
    """A decimal column, and how many places it keeps."""

    logical_name: str
    precision: int | None = None


class Behavior(msgspec.Struct, rename="pascal"):
    """What a date column holds, in one word."""

    value: str | None = None


class DateDefinition(msgspec.Struct, rename="pascal"):
    """A date column: an instant, or a calendar day."""

    logical_name: str
    date_time_behavior: Behavior | None = None

    @property
    def behavior(self) -> str:
        """Its behavior; old columns that tell none are instants."""
        told = self.date_time_behavior
        return told.value if told and told.value else "UserLocal"


class KeyDefinition(msgspec.Struct, rename="pascal"):
    """An alternate key; it is of use once its index is built (define alternate keys)."""

    schema_name: str
    key_attributes: list[str]
    entity_key_index_status: str = "Pending"

    @property
    def is_active(self) -> bool:
        """Whether rows can be addressed by it."""
        return self.entity_key_index_status == "Active"

    @property
    def has_failed(self) -> bool:
        """Whether its index could not be built, as when two rows have the same values."""
        return self.entity_key_index_status == "Failed"


class LookupDefinition(msgspec.Struct, rename="pascal"):
    """A lookup: its column, what it points to, and the property that it is written through."""

    schema_name: str
    referenced_entity: str
    referencing_attribute: str
    referencing_entity_navigation_property_name: str | None = None

    @property
    def navigation(self) -> str | None:
        """The property that it is written through, in its own spelling; None if it cannot be."""
        return self.referencing_entity_navigation_property_name
