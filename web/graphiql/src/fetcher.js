import { createGraphiQLFetcher } from "@graphiql/toolkit";

/**
 * Make what sends operations: queries and mutations over HTTP, subscriptions over
 * graphql-transport-ws. The headers of a tab go with each, over a WebSocket in connection_init.
 *
 * Every tab has headers of its own. So that a key need not be pasted into each, a tab whose
 * headers are empty sends those that were sent last; they are kept in memory only, and `{}`
 * sends none.
 */
export function createFetcher(address) {
  const send = createGraphiQLFetcher({
    enableIncrementalDelivery: false,
    subscriptionUrl: socketAddress(address),
    url: address,
  });
  let lastHeaders = {};
  return (parameters, options) => {
    lastHeaders = options?.headers ?? lastHeaders;
    return send(parameters, { ...options, headers: lastHeaders });
  };
}

function socketAddress(address) {
  const url = new URL(address);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
