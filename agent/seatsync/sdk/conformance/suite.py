"""The suite as a test class: one test method for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from seatsync.sdk.conformance.anatomy import Anatomy, HasAnatomy
from seatsync.sdk.conformance.bench import open_bench
from seatsync.sdk.conformance.rule import Broken, Inapplicable, Unproved, require
from seatsync.sdk.conformance.rules import RULES, RULES_BY_NAME
from seatsync.sdk.plugin import ProviderPlugin
from seatsync.sdk.quality import Standing, read_quality
from seatsync.sdk.registry import discover

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.sdk.conformance.rule import Rule
    from seatsync.sdk.demonstration import SimulatedProvider
    from seatsync.sdk.quality import Promise


class ConnectorConformance:
    """Puts a connector through every rule: derive a class of your own, and name the plug-in.

    `plugin` is an entry-point name, or the object itself. The plug-in's simulator says with
    `anatomy` where things are in its answers; `anatomy` here says so in its place. What the
    plug-in's quality.yaml calls done must be kept, what it calls todo must not be kept yet,
    and what it calls exempt must be what its capabilities leave out. Needs nothing but
    pytest, and any other runner of test methods does as well.
    """

    plugin: ClassVar[str | ProviderPlugin]
    anatomy: ClassVar[Anatomy | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give the class a test for each rule."""
        super().__init_subclass__(**kwargs)
        for rule in RULES:
            setattr(cls, rule.test_name, _test_of(rule))

    def simulate(self) -> SimulatedProvider:
        """Make an empty simulator; override it for one that the plug-in does not name."""
        plugin = self.found_plugin()
        if plugin.simulator is None:
            raise Broken(f"{plugin.name} names no simulator")
        return plugin.simulator()

    def found_plugin(self) -> ProviderPlugin:
        """Return the plug-in, which must be installed if it is given by name."""
        given = self.plugin
        return given if isinstance(given, ProviderPlugin) else discover().provider(given)

    def keep(self, rule: Rule) -> None:
        """Put the connector through one rule; raises what its check raises."""
        stand_in = self.simulate()
        with open_bench(self.found_plugin(), self._anatomy_of(stand_in), stand_in) as bench:
            rule.check(bench)

    def _anatomy_of(self, stand_in: SimulatedProvider) -> Anatomy:
        if self.anatomy is not None:
            return self.anatomy
        if isinstance(stand_in, HasAnatomy):
            return stand_in.anatomy
        raise Broken(f"{type(stand_in).__name__} has no `anatomy`: say where things are")

    def test_quality_yaml_names_every_rule(self) -> None:
        """See that quality.yaml, if there is one, names all rules and no others, in their tiers."""
        quality = read_quality(self.found_plugin())
        if quality is None:
            raise Inapplicable("it has no quality.yaml")
        expected = {name: rule.tier for name, rule in RULES_BY_NAME.items()}
        require(quality.tiers() == expected, f"amiss in quality.yaml: {quality.amiss(expected)}")


def _test_of(rule: Rule) -> Callable[[ConnectorConformance], None]:
    def test(self: ConnectorConformance) -> None:
        quality = read_quality(self.found_plugin())
        _try(self, rule, quality.promise(rule.name) if quality else None)

    test.__name__ = rule.test_name
    test.__doc__ = rule.sentence
    return test


def _try(tried: ConnectorConformance, rule: Rule, promise: Promise | None) -> None:
    """Put a connector through a rule, and hold it to its promise; None if it promises nothing."""
    standing = promise.standing if promise else Standing.DONE
    try:
        tried.keep(rule)
    except (Inapplicable, Unproved) as reason:
        _skip(rule, promise, reason)
    except Exception as fault:
        if standing is not Standing.TODO:
            raise
        raise Inapplicable(f"{rule.name} is {promise}: {fault}") from fault
    else:
        kept = f"{rule.name} is kept: say `done` in quality.yaml instead of {promise}"
        require(standing is Standing.DONE, kept)


def _skip(rule: Rule, promise: Promise | None, reason: Inapplicable | Unproved) -> NoReturn:
    is_declared = promise is None or promise.standing is Standing.EXEMPT
    if isinstance(reason, Inapplicable) and not is_declared:
        raise Broken(f"quality.yaml calls {rule.name} {promise}, but {reason}") from reason
    raise type(reason)(f"{rule.name}: {reason}") from reason
