// A web site of somebody else's at which one signs in with an account of ours: the certified library openid-client
// does all of OpenID Connect, jose checks what the account host sends when a session ends.
//
// Says its port on the first line; reads {issuer, client_id, client_secret} from the first line that it is told.

import dns from "node:dns";
import http from "node:http";
import readline from "node:readline";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";

// Browsers know that *.localhost is this machine; Node asks the system, which may not.
const lookup = dns.lookup;
dns.lookup = (name, options, done) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, options, done);

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const begun = new Map();
const sessions = new Map();
const cookies = [];
let config, keys, origin, told;

const cookieOf = (request) => /visitor=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];

function page(response, title, body = "") {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="de"><title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>${body}`);
}

function leadTo(response, address, cookie) {
  response.writeHead(303, { Location: String(address), ...(cookie && { "Set-Cookie": cookie }) });
  response.end();
}

async function begin(response, wishes) {
  const visitor = client.randomState();
  const verifier = client.randomPKCECodeVerifier();
  const one = { verifier, state: client.randomState(), nonce: client.randomNonce() };
  begun.set(visitor, one);
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/cb`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: one.state,
    nonce: one.nonce,
    ...Object.fromEntries(wishes),
  });
  leadTo(response, address, `visitor=${visitor}; HttpOnly; SameSite=Lax; Path=/`);
}

async function comeBack(request, response, url) {
  const visitor = cookieOf(request);
  const one = begun.get(visitor);
  begun.delete(visitor);
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: one.verifier,
    expectedState: one.state,
    expectedNonce: one.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const who = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  sessions.set(visitor, { claims, who, hint: tokens.id_token });
  leadTo(response, "/");
}

async function hear(request, response) {
  let body = "";
  for await (const part of request) body += part;
  const { payload } = await jwtVerify(new URLSearchParams(body).get("logout_token"), keys, {
    issuer: told.issuer,
    audience: told.client_id,
    typ: "logout+jwt",
  });
  if (!payload.events?.[EVENT] || payload.nonce) throw new Error("no logout token");
  for (const [visitor, { claims }] of sessions) if (claims.sid === payload.sid) sessions.delete(visitor);
  response.writeHead(204);
  response.end();
}

async function answer(request, response) {
  const url = new URL(request.url, origin);
  const session = sessions.get(cookieOf(request));
  if (url.pathname === "/login") return begin(response, url.searchParams);
  if (url.pathname === "/cb") return comeBack(request, response, url);
  if (url.pathname === "/ende" && request.method === "POST") return hear(request, response);
  if (url.pathname === "/cookie") {
    cookies.push((request.headers.cookie ?? "").includes("third="));
    response.writeHead(204, { "Set-Cookie": "third=1; SameSite=None; Secure; Path=/" });
    return response.end();
  }
  if (url.pathname === "/cookies") {
    return page(response, `${cookies.length} Anfragen, ${cookies.filter(Boolean).length} mit Cookie`);
  }
  if (url.pathname === "/tschuess") return page(response, "Tschüss");
  if (url.pathname === "/logout") {
    const wishes = { id_token_hint: session.hint, post_logout_redirect_uri: `${origin}/tschuess`, state: "bis bald" };
    return leadTo(response, client.buildEndSessionUrl(config, wishes));
  }
  if (session === undefined) return page(response, "Nicht angemeldet", '<a href="/login">Anmelden</a>');
  return page(response, `Hallo ${session.who.email}`, `<pre>${JSON.stringify(session)}</pre><a href="/logout">Abmelden</a>`);
}

const server = http.createServer((request, response) =>
  answer(request, response).catch((error) => {
    response.writeHead(500, { "Content-Type": "text/plain" });
    response.end(`${error.code ?? ""} ${error.error ?? ""} ${error.message}`);
  }),
);
server.listen(0, "127.0.0.1", () => {
  origin = `http://bus.localhost:${server.address().port}`;
  console.log(server.address().port);
});
for await (const line of readline.createInterface({ input: process.stdin })) {
  told = JSON.parse(line);
  config = await client.discovery(new URL(told.issuer), told.client_id, undefined, client.ClientSecretBasic(told.client_secret), {
    execute: [client.allowInsecureRequests],
  });
  keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  console.log("ready");
}
process.exit(0);
