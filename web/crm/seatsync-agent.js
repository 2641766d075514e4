/**
 * A seatsync agent, as scripts of a model-driven app call it: over GraphQL, by fetch.
 * docs/crm-front-end.md tells how to set it up.
 */
"use strict";

// eslint-disable-next-line no-var -- a web resource offers its functions as a global
var Seatsync = (() => {
  // As in graphql/operations; a web resource must bring them along.
  const DOCUMENTS = {
    Preview: `query Preview($billingContractId: ID!, $providerKeys: [String!]) {
  subscriptionSyncPreview(billingContractId: $billingContractId, providerKeys: $providerKeys) {
    checksum
    fetchedAt
    candidates {
      id
      name
      change
      placement
      selectable
      quantity
      providerAccount {
        id
        name
      }
      fieldChanges {
        field
        oldValue
        newValue
      }
    }
    failures {
      providerKey
      code
      message
      remedy
    }
  }
}`,
    Proceed: `mutation Proceed(
  $billingContractId: ID!
  $providerKeys: [String!]
  $subscriptionIds: [ID!] = []
  $expectChecksum: String
  $idempotencyKey: String
) {
  syncSubscriptions(
    input: {
      billingContractId: $billingContractId
      providerKeys: $providerKeys
      subscriptionIds: $subscriptionIds
      expectChecksum: $expectChecksum
      idempotencyKey: $idempotencyKey
    }
  ) {
    job {
      id
      status
    }
    userErrors {
      code
      message
      path
    }
  }
}`,
    Job: `query Job($jobId: ID!) {
  job(id: $jobId) {
    id
    kind
    status
    attempts
    maxAttempts
    progress {
      done
      total
      message
    }
    errorCode
    errorMessage
    syncRun {
      id
      outcome
      counts {
        fetched
        created
        updated
        unchanged
        unassigned
        missing
        failed
      }
    }
  }
}`,
    SetDefault: `mutation SetDefault(
  $billingContractId: ID!
  $isDefault: Boolean = true
  $defaultFor: BillingType
  $replaceExisting: Boolean = false
) {
  setDefaultBillingContract(
    input: {
      billingContractId: $billingContractId
      isDefault: $isDefault
      defaultFor: $defaultFor
      replaceExisting: $replaceExisting
    }
  ) {
    billingContract {
      id
      name
      isDefault
      defaultFor
      account {
        id
        name
        defaultContractState
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}`,
  };
  const FINAL = new Set(["SUCCEEDED", "FAILED", "NOT_APPLICABLE", "CANCELLED"]);
  const REMEDIES = {
    ACCOUNT_MISMATCH: "Choose a contract of the same account.",
    CONTRACT_INACTIVE: "Activate the contract, or choose another one.",
    FORBIDDEN: "Ask an administrator for this role in seatsync.",
    IDEMPOTENCY_CONFLICT: "Look at a new preview, and sync again.",
    NOT_FOUND: "The agent does not know this record yet; wait for it to read the CRM.",
    NOT_SELECTABLE: "Look at a new preview.",
    PROVIDER_ACCOUNT_UNMAPPED: "Map the provider's customer to this account first.",
    UNAUTHENTICATED: "Sign in again: reload the page.",
  };
  const options = {
    agent: "",
    token: async () => "",
    patienceMs: 60000,
    pollMs: 1000,
    retries: 3,
  };

  /** What went wrong, and what can be done about it. */
  class Trouble extends Error {
    constructor(code, message, remedy = REMEDIES[code]) {
      super(message);
      this.code = code;
      this.remedy = remedy;
    }

    get text() {
      return [this.message, this.remedy].filter(Boolean).join(" ");
    }
  }

  /** No answer came; whether the request arrived is not known. */
  class NoConnection extends Trouble {
    constructor() {
      super(
        "NO_CONNECTION",
        `seatsync does not answer at ${options.agent}.`,
        "Check the network. If it never answered, this page's origin may be missing in the agent's " +
          "server.cors_origins, or the agent's in the environment's content security policy.",
      );
    }
  }

  /** Say where the agent is, and how a token is had: `token` is called before each request. */
  function configure(given) {
    Object.assign(options, given);
  }

  /** Run one of the documents; return its data, or throw Trouble. */
  async function ask(name, variables) {
    const answer = await post({ operationName: name, query: DOCUMENTS[name], variables });
    const body = await answer.json().catch(() => null);
    const [error] = body?.errors ?? [];
    if (error) throw new Trouble(error.extensions?.reason ?? error.extensions?.code, error.message);
    if (!body?.data) throw new Trouble("NOT_GRAPHQL", `seatsync answered ${answer.status}.`, "Try again later.");
    return body.data;
  }

  async function post(operation) {
    const token = await options.token();
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    try {
      return await fetch(`${options.agent}/graphql`, {
        body: JSON.stringify(operation),
        credentials: "omit",
        headers,
        method: "POST",
        signal: AbortSignal.timeout(options.patienceMs),
      });
    } catch {
      throw new NoConnection();
    }
  }

  /** Ask again while no answer comes; only what may arrive twice may be asked so. */
  async function askPatiently(name, variables) {
    for (let left = options.retries; ; left -= 1) {
      try {
        return await ask(name, variables);
      } catch (problem) {
        if (!(problem instanceof NoConnection) || left === 0) throw problem;
        await sleep(options.pollMs);
      }
    }
  }

  /** Return a mutation's payload, or throw its refusal. */
  function accepted(payload) {
    const [error] = payload.userErrors;
    if (error) throw new Trouble(error.code, `${capital(error.message)}.`);
    return payload;
  }

  /** Ask what the providers hold now, and give the preview a key of its own. */
  async function preview(contractId) {
    const data = await ask("Preview", { billingContractId: contractId });
    return { ...data.subscriptionSyncPreview, contractId, idempotencyKey: crypto.randomUUID() };
  }

  /**
   * Do exactly what the preview showed, with the ticked subscriptions, and follow the job to its
   * end. The preview's key makes it one job, however often it is asked for.
   */
  async function proceed(shown, ticked, tell) {
    const { syncSubscriptions } = await askPatiently("Proceed", {
      billingContractId: shown.contractId,
      expectChecksum: shown.checksum,
      idempotencyKey: shown.idempotencyKey,
      subscriptionIds: ticked,
    });
    return follow(accepted(syncSubscriptions).job.id, tell);
  }

  async function follow(jobId, tell) {
    for (;;) {
      const { job } = await askPatiently("Job", { jobId });
      if (!job) throw new Trouble("NOT_FOUND", `The job ${jobId} is gone.`, "Look at the report.");
      if (FINAL.has(job.status)) return ended(job);
      tell(progressText(job));
      await sleep(options.pollMs);
    }
  }

  function ended(job) {
    if (job.status === "SUCCEEDED") return job;
    const reason = capital(job.errorMessage ?? job.errorCode ?? "no reason was given");
    throw new Trouble(job.errorCode ?? job.status, `The sync ended as ${job.status}: ${reason}.`);
  }

  function progressText({ progress, status }) {
    if (!progress) return `The sync is ${status.toLowerCase().replaceAll("_", " ")} …`;
    const of = progress.total === null ? "" : ` of ${progress.total}`;
    return `Syncing: ${progress.done}${of} ${progress.message ?? ""}`.trim();
  }

  /** Say what a job that succeeded has done. */
  function outcomeText({ syncRun }) {
    if (!syncRun) return "The sync is done.";
    const { created, failed, unchanged, updated } = syncRun.counts;
    const left = failed ? `; ${failed} could not be read, see the report` : "";
    return `Synced: ${created} new, ${updated} changed, ${unchanged} unchanged${left}.`;
  }

  /** Sort the candidates of a preview: what follows by itself, and what can be ticked. */
  function sorted({ candidates }) {
    const isHere = ({ placement }) => placement === "THIS_CONTRACT";
    return {
      changed: candidates.filter((one) => isHere(one) && one.change === "CHANGED"),
      tickable: candidates.filter((one) => one.selectable && !isHere(one)),
    };
  }

  /** Say what a field changes from and to. */
  function changeText({ field, newValue, oldValue }) {
    return `${field} ${oldValue ?? "–"} → ${newValue ?? "–"}`;
  }

  /** Make what could not be read throwable. */
  function failureOf({ code, message, remedy }) {
    return new Trouble(code, `${capital(message)}.`, remedy ?? REMEDIES[code]);
  }

  /** Begin a sentence, and leave its full stop to the caller. */
  function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "");
  }

  function sleep(ms) {
    return new Promise((done) => {
      setTimeout(done, ms);
    });
  }

  return {
    Trouble,
    accepted,
    ask,
    capital,
    changeText,
    configure,
    failureOf,
    outcomeText,
    preview,
    proceed,
    sorted,
  };
})();
