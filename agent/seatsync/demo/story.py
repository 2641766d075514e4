"""What the terminal tells: two stories, step by step, with the operations to paste."""

from __future__ import annotations

from string import Template

from seatsync.demo.cast import ON_DEMAND, SCHEDULED
from seatsync.demo.customers import (
    AIRLINES,
    AIRLINES_ALL,
    CLINIC_ALL,
    DENTAL,
    DENTAL_ALL,
    LOGISTICS,
    MUSEUM,
    STORY_HOLDING,
)
from seatsync.domain.ids import provider_account_id

_TEXT = Template("""\
seatsync is serving. GraphiQL is at

    $url

Everything here is made up, and nothing leaves this machine. Two simulated providers are being
synced: $scheduled every minute, $on_demand when somebody asks. Paste the operations into GraphiQL.

1. A seat count changes at the provider
---------------------------------------
$dental has just bought seats of $product at $on_demand. From the billing contract, look what
the provider says now; nothing is changed by looking:

    query Preview {
      subscriptionSyncPreview(billingContractId: "$dental_contract") {
        candidates { id name change placement quantity fieldChanges { field oldValue newValue } }
        failures { code message }
        checksum
      }
    }

Proceed. Nothing has to be ticked for a quantity to follow:

    mutation Proceed {
      syncSubscriptions(input: {billingContractId: "$dental_contract"}) {
        job { id status }
        userErrors { code message }
      }
    }

The report says what was changed, field by field:

    query Report {
      syncReport(filter: {billingContractId: "$dental_contract", change: UPDATED}, first: 5) {
        nodes {
          occurredAt subscriptionName change
          fieldChanges { field oldValue newValue }
          run { trigger outcome requestedBy }
        }
      }
    }

2. A new subscription lands by itself, or says why it cannot
------------------------------------------------------------
Switch the setting on:

    mutation SwitchOn {
      updateApplicationSettings(
        input: {subscriptionManagement: {associateDefaultBillingContract: true}}
      ) {
        applicationSettings { subscriptionManagement { associateDefaultBillingContract } }
        userErrors { code message }
      }
    }

Mark the contract of $airlines on which new subscriptions land:

    mutation MarkDefault {
      setDefaultBillingContract(input: {billingContractId: "$airlines_contract"}) {
        billingContract { name isDefault account { name } }
        userErrors { code message }
      }
    }

$airlines and $museum each buy something about once a minute, and the schedule runs every
minute. Wait for it, or let it run now:

    mutation RunNow {
      syncProvider(input: {providerKey: "$scheduled"}) { job { id status } userErrors { message } }
    }

What is new for $airlines is on its contract. $museum has two defaults, so what is
new there stays unassigned, and says why. What was there before has not moved:

    query New {
      syncReport(filter: {providerKey: "$scheduled", change: CREATED}, first: 20) {
        nodes {
          occurredAt subscriptionName
          providerAccount { name }
          billingContract { name }
          unassignedReason
        }
      }
    }

And then
--------
What blocks billing, and what to do about it:

    query Exceptions {
      exceptions(first: 20) { nodes { kind message remedy } }
      exceptionSummary { kind count }
    }

Nobody has said yet which account $logistics is. Say it:

    mutation Map {
      mapProviderAccount(
        input: {providerAccountId: "$logistics_at_provider", accountId: "$logistics_account"}
      ) {
        providerAccount { name account { name } }
        userErrors { code message }
      }
    }

A customer that the provider does not let us read:

    query Refused {
      subscriptionSyncPreview(billingContractId: "$clinic_contract") {
        failures { code message remedy }
      }
    }

Ctrl-C ends it; the next start goes on from there, `seatsync demo --fresh` begins anew.
""")


def tell(url: str) -> str:
    """Return the story, with the real ids of the demo; `url` is where GraphiQL is."""
    return _TEXT.substitute(
        url=url,
        scheduled=SCHEDULED,
        on_demand=ON_DEMAND,
        dental=DENTAL.name,
        dental_contract=DENTAL_ALL.id,
        product=STORY_HOLDING.product.name,
        airlines=AIRLINES.name,
        airlines_contract=AIRLINES_ALL.id,
        museum=MUSEUM.name,
        logistics=LOGISTICS.name,
        logistics_account=LOGISTICS.account_id,
        logistics_at_provider=provider_account_id(SCHEDULED, LOGISTICS.external_id),
        clinic_contract=CLINIC_ALL.id,
    )
