// What graphql-eslint asks of the schema and of the operations. Run from the top of the repository.
// The names in the schema are a contract with CRM front ends; a rule that the contract itself breaks
// is narrowed here, by name and with the reason, and holds for everything else.
import graphql from "@graphql-eslint/eslint-plugin";

const SCHEMA = "graphql/schema.graphql";
const OPERATIONS = "graphql/operations/*.graphql";

// These are values or parts of a record, and have no identity of their own by which a client could
// keep them; the contract gives none. All that has identity implements Node.
const VALUES = [
  "AccountMatch",
  "ApplicationSettings",
  "ConnectivityCheck",
  "Consent",
  "Diagnosis",
  "DiagnosisCheck",
  "ExceptionCount",
  "FieldChange",
  "JobProgress",
  "Money",
  "PageInfo",
  "PluginSetting",
  "ProviderHealth",
  "ProvisioningSettings",
  "SubscriptionManagementSettings",
  "SubscriptionSyncPreview",
  "SyncCounts",
  "SyncException",
  "SyncFailure",
  "SyncSettings",
  "UserError",
  "Viewer",
];

// The contract finds these by what a person writes into config.yaml: by `key` or by `name`.
const KEYED = ["Plugin", "Provider", "ScheduledJob"];

// The parts of Relay's lists, and what mutations answer, are around records and none themselves.
const AROUND_RECORDS = ["Connection", "Edge", "Payload"];

const language = {
  parser: graphql.parser,
  parserOptions: { graphQLConfig: { schema: SCHEMA, documents: OPERATIONS } },
};

export default [
  {
    files: [SCHEMA],
    languageOptions: language,
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/input-name": "error",
      "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
      "@graphql-eslint/require-deprecation-date": "error",
      // The contract has lists that cannot grow, such as the checks of a diagnosis, and `nodes`
      // beside the `edges` of every connection. And it lists exceptions, which are derived from the
      // records that they are about and so are no nodes; tests/contract/test_schema.py sees to it
      // that they are the only ones.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false },
      ],
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: [...VALUES, ...KEYED], suffixes: AROUND_RECORDS } },
      ],
    },
  },
  {
    files: [OPERATIONS],
    languageOptions: language,
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/operations-recommended"].rules,
      "@graphql-eslint/lone-executable-definition": "error",
      "@graphql-eslint/match-document-filename": [
        "error",
        { query: "kebab-case", mutation: "kebab-case", subscription: "kebab-case" },
      ],
    },
  },
  {
    // Here a subscription is what a customer buys, not a kind of operation.
    files: ["graphql/operations/*subscription*.graphql"],
    rules: {
      "@graphql-eslint/naming-convention": [
        "error",
        {
          VariableDefinition: "camelCase",
          OperationDefinition: {
            style: "PascalCase",
            forbiddenPrefixes: ["Query", "Mutation", "Get"],
            forbiddenSuffixes: ["Query", "Mutation"],
          },
        },
      ],
    },
  },
];
