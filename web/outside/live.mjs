// Follow live updates with the npm client graphql-ws, at the endpoint that SEATSYNC_URL names.
//
// A job is followed to its end; clients that vanish leave nothing behind; the legacy protocol, which
// has the sub-protocol graphql-ws, is refused at the handshake.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const ADDRESS = process.env.SEATSYNC_URL;
const SOCKET_ADDRESS = ADDRESS.replace(/^http/, "ws");
const OPERATIONS = new URL("../../graphql/operations/", import.meta.url);
const ON_DEMAND = "pax8-eu"; // the provider of the demo that is synced only when somebody asks
const FINAL = ["SUCCEEDED", "FAILED", "NOT_APPLICABLE", "CANCELLED"];
const PATIENCE_MS = 20_000;
const VANISHING = 20; // as many clients vanish at once

/** Read a document for front ends. */
const document = (name) => readFile(new URL(`${name}.graphql`, OPERATIONS), "utf8");

/** Run an operation over HTTP; return its data. */
async function ask(query, variables) {
  const answer = await fetch(ADDRESS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}

/** Return how many connections and operations are open, as the agent's metrics tell. */
async function open() {
  const text = await (await fetch(ADDRESS.replace(/graphql$/, "metrics"))).text();
  return ["connections", "operations"].map((what) => {
    const found = text.match(new RegExp(`^seatsync_websocket_${what} (\\S+)$`, "m"));
    assert.ok(found, `no metric tells the open ${what}`);
    return Number(found[1]);
  });
}

/** Wait until so many connections and operations are open; return how long that took, in ms. */
async function until(expected) {
  const began = performance.now();
  for (;;) {
    const found = await open();
    if (String(found) === String(expected)) return Math.round(performance.now() - began);
    assert.ok(performance.now() - began < PATIENCE_MS, `${found} are open and not ${expected}`);
    await sleep(50);
  }
}

/** Make a client of graphql-ws; `sockets` gathers what it opens. */
function client(sockets = []) {
  return createClient({
    url: SOCKET_ADDRESS,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { connected: (socket) => sockets.push(socket) },
  });
}

async function followsAJobToItsEnd() {
  const asked = await ask(await document("sync-provider"), { providerKey: ON_DEMAND });
  const { job } = asked.syncProvider;
  const ours = client();
  const seen = [];
  const updates = ours.iterate({ query: await document("follow-job"), variables: { jobId: job.id } });
  for await (const { data, errors } of updates) {
    assert.equal(errors, undefined);
    assert.equal(data.job.id, job.id);
    seen.push(data.job.status);
  }
  await ours.dispose();
  assert.ok(seen.length > 0 && FINAL.includes(seen.at(-1)), `it ended with ${seen}`);
  assert.equal(seen.at(-1), "SUCCEEDED");
  assert.ok(seen.slice(0, -1).every((status) => !FINAL.includes(status)), `it went on: ${seen}`);
  await until([0, 0]);
  return `a job was followed to its end: ${seen.join(", ")}`;
}

async function vanishingClientsLeaveNothing() {
  const query = await document("follow-report");
  const sockets = [];
  const lost = [];
  const clients = Array.from({ length: VANISHING }, () => client(sockets));
  for (const each of clients) {
    each.subscribe({ query }, { next() {}, complete() {}, error: (reason) => lost.push(reason) });
  }
  await until([VANISHING, VANISHING]);
  // Without a closing handshake, as if the machine were gone.
  for (const socket of sockets) socket._socket.destroy();
  const took = await until([0, 0]);
  assert.equal(lost.length, VANISHING, "the clients' connections were not all lost");
  for (const each of clients) await each.dispose();
  return `${VANISHING} clients vanished, and nothing was left of them after ${took} ms`;
}

async function silentClientsAreLeft() {
  const silent = new WebSocket(SOCKET_ADDRESS, "graphql-transport-ws", { autoPong: false });
  const gone = new Promise((resolve) => silent.once("close", resolve));
  await new Promise((resolve) => silent.once("open", resolve));
  silent.send(JSON.stringify({ type: "connection_init" }));
  const query = await document("follow-report");
  silent.send(JSON.stringify({ type: "subscribe", id: "1", payload: { query } }));
  await until([1, 1]);
  const began = performance.now();
  const code = await Promise.race([gone, sleep(90_000, undefined, { ref: false })]);
  assert.equal(code, 1011, "a client that answers no ping is not left");
  await until([0, 0]);
  const seconds = Math.round((performance.now() - began) / 1000);
  return `a client that answers no ping was left after ${seconds} s, and nothing of it`;
}

/** Try to open a socket with sub-protocols; return the status that it is refused with. */
function refusal(protocols) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(SOCKET_ADDRESS, protocols);
    socket.once("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    socket.once("open", () => {
      socket.terminate();
      reject(new Error(`${protocols} was welcomed`));
    });
    socket.once("error", () => {}); // of the request that was given up
  });
}

async function theLegacyProtocolIsRefused() {
  for (const protocols of [["graphql-ws"], ["subscriptions-transport-ws"], []]) {
    assert.equal(await refusal(protocols), 400);
  }
  assert.deepEqual(await open(), [0, 0]);
  return "the legacy sub-protocol graphql-ws is refused at the handshake with 400";
}

const CHECKS = [
  followsAJobToItsEnd,
  vanishingClientsLeaveNothing,
  silentClientsAreLeft,
  theLegacyProtocolIsRefused,
];
for (const check of CHECKS) console.log(`  ${await check()}`);
console.log(`graphql-ws: ${CHECKS.length} of ${CHECKS.length} checks are passed`);
