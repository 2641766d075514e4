"""Requests about metadata: definitions of tables, columns, keys and relationships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatsync_dataverse.simulator.attribute import kind_of, type_name
from seatsync_dataverse.simulator.exchange import Answer, done, shown
from seatsync_dataverse.simulator.metadata_view import filtered, view
from seatsync_dataverse.simulator.problem import Problem, no_resource, unknown_segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatsync_dataverse.simulator.address import Segment
    from seatsync_dataverse.simulator.attribute import Definition
    from seatsync_dataverse.simulator.components import Components
    from seatsync_dataverse.simulator.definitions import Definitions
    from seatsync_dataverse.simulator.exchange import Asked
    from seatsync_dataverse.simulator.table import Key

_SPACE = "Microsoft.Dynamics.CRM."
_ENTITY, _ATTRIBUTE, _RELATIONSHIP, _KEY = 1, 2, 10, 14
"""Component types of solutions."""


@dataclass
class MetadataRequests:
    """Answers requests for definitions."""

    definitions: Definitions
    components: Components

    def answer_entities(self, asked: Asked, segments: list[Segment]) -> Answer:
        """Answer a request below `EntityDefinitions`; raises `Problem`."""
        first, rest = segments[0], segments[1:]
        if not first.is_one:
            return self._all_entities(asked)
        logical = self._logical(first)
        if not rest:
            return self._one_entity(asked, logical)
        match rest[0].name:
            case "Attributes":
                return self._attributes(asked, logical, rest)
            case "Keys":
                return self._keys(asked, logical, rest[0])
            case "ManyToOneRelationships" | "OneToManyRelationships":
                return self._many(asked, rest[0].name, self._related(logical, rest[0].name))
            case name:
                raise unknown_segment(name)

    def answer_relationships(self, asked: Asked, segments: list[Segment]) -> Answer:
        """Answer a request below `RelationshipDefinitions`; raises `Problem`."""
        organization = self.definitions.organization
        if asked.method == "POST":
            posted = required(asked, "SchemaName", "ReferencedEntity", "ReferencingEntity")
            name = str((posted.get("Lookup") or {}).get("SchemaName"))
            self.components.check(asked, name, "prvCreateRelationship")
            made = self.definitions.create_relationship(posted)
            made_id = made.definition["MetadataId"]
            self.components.add(asked, made_id, _RELATIONSHIP)
            return done(OData_EntityId=f"{asked.base}RelationshipDefinitions({made_id})")
        found = self.definitions.visible(
            (held.definition for held in organization.relationships), strong=_is_strong(asked)
        )
        if not segments[0].is_one:
            return self._many(asked, "RelationshipDefinitions", found)
        return self._one(asked, "RelationshipDefinitions", _named(found, segments[0]))

    def _all_entities(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            posted = required(asked, "SchemaName")
            self.components.check(asked, str(posted["SchemaName"]), "prvCreateEntity")
            entity = self.definitions.create_entity(posted)
            self.components.add(asked, entity["MetadataId"], _ENTITY)
            return done(OData_EntityId=f"{asked.base}EntityDefinitions({entity['MetadataId']})")
        found = self.definitions.visible(
            self.definitions.entities.values(), strong=_is_strong(asked)
        )
        return self._many(asked, "EntityDefinitions", found)

    def _one_entity(self, asked: Asked, logical: str) -> Answer:
        match asked.method:
            case "GET":
                entity = self.definitions.entities[logical]
                if not self.definitions.visible([entity], strong=_is_strong(asked)):
                    raise _not_defined(logical)
                return self._one(asked, "EntityDefinitions", entity)
            case "PUT":
                self.components.demand(asked, "prvWriteEntity")
                merges = asked.headers.get("mscrm.mergelabels", "").lower() == "true"
                self.definitions.replace_entity(logical, asked.fields(), merges_labels=merges)
                return done(OData_EntityId=f"{asked.base}{asked.path}")
            case "PATCH":
                raise Problem(405, "0x80060888", "Definitions are replaced whole, by PUT.")
            case _:
                raise no_resource()

    def _attributes(self, asked: Asked, logical: str, rest: list[Segment]) -> Answer:
        if asked.method == "POST":
            posted = required(asked, "SchemaName")
            self.components.check(asked, str(posted["SchemaName"]), "prvCreateAttribute")
            made = self.definitions.create_attribute(logical, posted)
            self.components.add(asked, made["MetadataId"], _ATTRIBUTE)
            return done(OData_EntityId=f"{asked.base}{asked.path}({made['MetadataId']})")
        found = self.definitions.visible(
            self.definitions.attributes[logical].values(), strong=_is_strong(asked)
        )
        cast = rest[-1].name.removeprefix(_SPACE) if len(rest) > 1 else None
        if cast is not None:
            found = [item for item in found if type_name(kind_of(item)) == cast]
        if rest[0].is_one:
            one = _named(found, rest[0])
            return self._one(asked, "Attributes", one, is_cast=cast is not None)
        return self._many(asked, "Attributes", found, is_cast=cast is not None)

    def _keys(self, asked: Asked, logical: str, segment: Segment) -> Answer:
        keys = self.definitions.organization.tables[logical].keys
        if asked.method == "POST":
            posted = required(asked, "SchemaName", "KeyAttributes")
            self.components.check(asked, str(posted["SchemaName"]), "prvWriteEntity")
            key = self.definitions.create_key(logical, posted)
            self.components.add(asked, key.key_id, _KEY)
            return done(OData_EntityId=f"{asked.base}{asked.path}({key.key_id})")
        if asked.method == "DELETE":
            key_id = _named([_shown_key(logical, key) for key in keys], segment)["MetadataId"]
            self.definitions.drop_key(logical, str(key_id))
            return done()
        found = self.definitions.visible(
            [_shown_key(logical, key) for key in keys], strong=_is_strong(asked)
        )
        if segment.is_one:
            return self._one(asked, "Keys", _named(found, segment))
        return self._many(asked, "Keys", found)

    def _related(self, logical: str, name: str) -> list[Definition]:
        end = "ReferencingEntity" if name.startswith("Many") else "ReferencedEntity"
        held = (item.definition for item in self.definitions.organization.relationships)
        return [definition for definition in held if definition[end] == logical]

    def _one(
        self, asked: Asked, context: str, found: Definition, *, is_cast: bool = True
    ) -> Answer:
        _demand_get(asked)
        body = view(found, asked.options, self._expand, is_cast=is_cast)
        return shown({"@odata.context": _context(asked, context, "/$entity"), **body})

    def _many(
        self, asked: Asked, context: str, found: Iterable[Definition], *, is_cast: bool = True
    ) -> Answer:
        _demand_get(asked)
        listed = [
            view(item, asked.options, self._expand, is_cast=is_cast)
            for item in filtered(found, asked.options.get("$filter"))
        ]
        return shown({"@odata.context": _context(asked, context, ""), "value": listed})

    def _expand(self, definition: Definition, name: str, options: dict[str, str]) -> Any:
        if name in {"OptionSet", "GlobalOptionSet"}:
            return definition.get(name)
        logical = definition.get("LogicalName", "")
        organization = self.definitions.organization
        match name:
            case "Attributes":
                found = list(self.definitions.attributes[logical].values())
            case "Keys":
                found = [_shown_key(logical, key) for key in organization.tables[logical].keys]
            case "ManyToOneRelationships" | "OneToManyRelationships":
                found = self._related(logical, name)
            case _:
                raise unknown_segment(name)
        is_cast = name != "Attributes"
        listed = filtered(found, options.get("$filter"))
        return [view(item, options, self._expand, is_cast=is_cast) for item in listed]

    def _logical(self, segment: Segment) -> str:
        wanted = segment.keys.get("LogicalName")
        for logical, entity in self.definitions.entities.items():
            if logical == wanted or entity["MetadataId"] == segment.row_id:
                return logical
        raise _not_defined(wanted or segment.row_id or "")


def required(asked: Asked, *names: str) -> Definition:
    """Return the body of a request; raises `Problem` if it lacks one of the names."""
    posted = asked.fields()
    for name in names:
        if not posted.get(name):
            raise Problem(400, "0x80048d19", f"Required field '{name}' is missing.")
    return posted


def _is_strong(asked: Asked) -> bool:
    return asked.headers.get("consistency", "").lower() == "strong"


def _demand_get(asked: Asked) -> None:
    if asked.method != "GET":
        raise no_resource()


def _context(asked: Asked, name: str, end: str) -> str:
    select = asked.options.get("$select")
    return f"{asked.base}$metadata#{name}{f'({select})' if select else ''}{end}"


def _named(found: Iterable[Definition], segment: Segment) -> Definition:
    for definition in found:
        is_named = any(definition.get(name) == text for name, text in segment.keys.items())
        if is_named or (segment.row_id and definition["MetadataId"] == segment.row_id):
            return definition
    raise _not_defined(segment.row_id or str(segment.keys))


def _not_defined(name: str) -> Problem:
    return Problem(404, "0x80040217", f"Could not find an entity with name {name}.")


def _shown_key(logical: str, key: Key) -> Definition:
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.EntityKeyMetadata",
        "SchemaName": key.schema,
        "LogicalName": key.logical,
        "EntityLogicalName": logical,
        "KeyAttributes": list(key.columns),
        "EntityKeyIndexStatus": key.status,
        "MetadataId": key.key_id,
    }
