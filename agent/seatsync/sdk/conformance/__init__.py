"""The conformance suite: what any connector can be put through, offline, with its simulator.

```python
class TestMine(ConnectorConformance):
    plugin = "mine"
```

Behaviour is proved on the real engine, which lies above the SDK and is found through the entry
point `seatsync.conformance`. What a connector cannot do is skipped by the name of the rule.
"""

from seatsync.sdk.conformance.anatomy import Anatomy, Listing, spell_as_uuid
from seatsync.sdk.conformance.suite import ConnectorConformance

__all__ = ["Anatomy", "ConnectorConformance", "Listing", "spell_as_uuid"]
