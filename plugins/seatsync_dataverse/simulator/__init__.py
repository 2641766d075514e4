"""A simulated Dataverse: answers as the documented Web API v9.2 does, with its quirks.

How sure each thing is: D is documented by Microsoft, S was read in source code or in an issue,
T was tried, G is general knowledge that a real organisation should confirm.

====================================  ====  =====================================================
what                                  sure  how it is simulated
====================================  ====  =====================================================
tokens by client credentials          D T   Entra at the same origin: discovery, token endpoint,
                                            its refusals; about an hour on the settable clock
401                                   S G   no body; `WWW-Authenticate` names the tenant
no application user                   S     403, 0x80072560 (`app.is_member`)
missing privilege                     D     403, 0x80040220; roles hold privileges by depth
WhoAmI, organisation's settings       D     `expirechangetrackingindays` is 7 unless told
entity tags                           D     another one for every write, of equal values too
If-Match, If-None-Match: *            D     204, 404, 412; the code of the latter is G
conditional GET                       D     304 without `$expand` and annotations only
$select, $filter, $expand, $orderby   D     simple forms; names are case sensitive
$top, $count, $skip                   D     `$top` loses to a page size; 5000 counted; refused
texts compared without case           G     in filters and in alternate keys
pages                                 D     5000 rows at most; links with an opaque token
a table that is not tracked           D G   0x80072491; the status 400 is G
change tracking                       D S   all rows, then changes, deletes last; delta link on
                                            the last page; the version is that of the first page
$filter and the like with tracking    D G   refused; the code is G
expired delta token                   S G   0x80044352; the status 400 is G
changes heed the page size            G     yes, unless `tracker.splits_changes` is off
upsert by alternate key               D     204 echoes the key; 201 or 200 with representation;
                                            key columns dropped on update, body wins on create
characters forbidden in keys          D G   400 in addresses, encoded or not; the envelope is G
If-Match on an alternate key          G     works as on an identifier
lookups                               D     bind by identifier or key, null clears
RemoveLink                            D G   a new version, without a new `modifiedon` (G)
money                                 D     4 decimals; currency comes along unasked
states, choices, lengths              S G   refused with the codes of the enumeration
the four 412s                         D S   stale tag, duplicate rule, key, identifier
CreateMultiple, UpdateMultiple        D     all or none; nothing says which target is wrong
UpsertMultiple                        D S   204; a key in the body fails where the row is not
$batch                                D     CRLF or 400; change sets; `$1`; 1000 requests
outer status of a batch               D G   that of the first failure; of a change set is G
throttling                            D     three limits, `Retry-After`, longer for who asks on
x-ms-dop-hint, affinity cookie        D G   on every answer; the cookie's name is G
metadata of tables, columns, keys     D     definitions as posted, completed; prefixes checked
indexes of keys                       D     built on the settable clock; may fail
changed definitions                   D G   PUT whole, and published; hidden until then is G
stale metadata                        D G   `definitions.stale_s`, unless `Consistency: Strong`
roles and their privileges            S G   AddPrivilegesRole by named depth, unbound
                                            RetrieveRolePrivilegesRole; a new role has some
references between rows               D     Append and AppendTo are demanded
names of publishers, solutions, roles G     unique; 412, 0x80040237
webhooks                              D G   RemoteExecutionContext; one retry after 502-504; the
                                            spelling of values is G; any port is posted to
bypass of business logic              D G   rules are left out, and webhook steps (G)
tag, MSCRM.* headers                  D     `tag` reaches webhooks and the journal
====================================  ====  =====================================================

Not simulated: deep insert, many-to-many relationships other than of roles, global choices, elastic
tables, impersonation, FetchXML, custom APIs, steps registered for bulk messages.
"""

from seatsync_dataverse.simulator.clock import SettableClock
from seatsync_dataverse.simulator.column import Kind
from seatsync_dataverse.simulator.simulator import Simulator
from seatsync_dataverse.simulator.sketch import TableSketch
from seatsync_dataverse.simulator.throttle import Limit

__all__ = ["Kind", "Limit", "SettableClock", "Simulator", "TableSketch"]
