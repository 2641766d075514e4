// Audit the endpoint that SEATSYNC_URL names for GraphQL over HTTP; every audit must be passed.
import { auditServer } from "graphql-http";

const EXPECTED = 61;

const results = await auditServer({ url: process.env.SEATSYNC_URL });
for (const { status, name, reason } of results) {
  console.log(status === "ok" ? `  ok      ${name}` : `  ${status.padEnd(7)} ${name}: ${reason}`);
}
const passed = results.filter(({ status }) => status === "ok").length;
console.log(`${passed} of ${results.length} audits of GraphQL over HTTP are passed`);
if (passed !== EXPECTED || results.length !== EXPECTED) {
  console.error(`all of ${EXPECTED} were expected to be`);
  process.exitCode = 1;
}
