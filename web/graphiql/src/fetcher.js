import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

/**
 * Make what sends operations: queries and mutations over HTTP, subscriptions over
 * graphql-transport-ws. The headers of a tab go with each, over a WebSocket in connection_init.
 *
 * Every tab has headers of its own. So that a key need not be pasted into each, a tab whose
 * headers are empty sends those that were sent last; they are kept in memory only, and `{}`
 * sends none.
 */
export function createFetcher(address) {
  let lastHeaders = {};
  return (parameters, options) => {
    lastHeaders = options?.headers ?? lastHeaders;
    const send = createGraphiQLFetcher({
      enableIncrementalDelivery: false,
      url: address,
      wsClient: createSocket(address, lastHeaders),
    });
    return send(parameters, { ...options, headers: lastHeaders });
  };
}

/** Make a client that connects when it is used, once: a refusal is shown, not repeated. */
function createSocket(address, headers) {
  const url = new URL(address);
  url.protocol = url.protocol.replace("http", "ws");
  return createClient({ connectionParams: headers, retryAttempts: 0, url: url.href });
}
