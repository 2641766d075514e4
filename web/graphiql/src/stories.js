// The tabs that the page opens with: the two stories of the product, told with the documents
// that CRM front ends use.

import exceptions from "../../../graphql/operations/find-exceptions.graphql";
import findContracts from "../../../graphql/operations/find-contracts.graphql";
import followJob from "../../../graphql/operations/follow-job.graphql";
import preview from "../../../graphql/operations/preview.graphql";
import proceed from "../../../graphql/operations/proceed.graphql";
import report from "../../../graphql/operations/report.graphql";
import setDefault from "../../../graphql/operations/set-default.graphql";
import switchLanding from "../../../graphql/operations/switch-landing.graphql";
import syncProvider from "../../../graphql/operations/sync-provider.graphql";
import unassigned from "../../../graphql/operations/unassigned.graphql";

const STORIES = [
  {
    title: "A seat count changes at the provider",
    steps: [
      { document: findContracts, hint: "Copy the id of one into the next tabs." },
      {
        document: preview,
        hint: "What does the provider say now?",
        variables: { billingContractId: "" },
      },
      {
        document: proceed,
        hint: "Tick what is new by its id; the rest needs none.",
        variables: { billingContractId: "", subscriptionIds: [], expectChecksum: null },
      },
      {
        document: followJob,
        hint: "The id is in the answer of Proceed.",
        variables: { jobId: "" },
      },
      { document: report, hint: "What was changed, field by field?" },
    ],
  },
  {
    title: "A new subscription lands by itself, or says why not",
    steps: [
      { document: switchLanding, hint: "From now on.", variables: { on: true } },
      {
        document: setDefault,
        hint: "Where new subscriptions of its account land.",
        variables: { billingContractId: "", replaceExisting: false },
      },
      {
        document: syncProvider,
        hint: "The schedule does this by itself.",
        variables: { providerKey: "" },
      },
      { document: unassigned, hint: "What could not land says why." },
      { document: exceptions, hint: "What blocks billing now?" },
    ],
  },
];

/** List the tabs, in the order of the stories. */
export function storyTabs() {
  return STORIES.flatMap(({ title, steps }, story) =>
    steps.map(({ document, hint, variables }, step) => ({
      query: [
        `# Story ${story + 1}, step ${step + 1} of ${steps.length}`,
        `# ${title}`,
        `# ${hint}`,
        "",
        document,
      ].join("\n"),
      variables: variables && JSON.stringify(variables, null, 2),
    })),
  );
}
