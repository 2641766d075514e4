import "./workers.js";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { createFetcher } from "./fetcher.js";
import { storage } from "./storage.js";
import { storyTabs } from "./stories.js";

import "graphiql/style.css";
import "./page.css";

const address = new URL(location.pathname, location.origin).href;

createRoot(document.getElementById("page")).render(
  <GraphiQL
    defaultEditorToolsVisibility
    defaultTabs={storyTabs()}
    fetcher={createFetcher(address)}
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
    storage={storage}
  >
    <GraphiQL.Logo>seatsync</GraphiQL.Logo>
  </GraphiQL>,
);
