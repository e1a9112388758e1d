// Somebody else's OpenID provider: the certified library oidc-provider does all of OpenID Connect. Who signs in, and how
// surely, is what the test has said last (PUT /person); there are no pages.
//
// Says its port on the first line; reads {redirect_uri} from the first line that it is told, and says "ready".

import http from "node:http";
import readline from "node:readline";
import Provider from "oidc-provider";

let provider, person;
const body = async (request) => {
  let text = "";
  for await (const part of request) text += part;
  return text;
};

const server = http.createServer(async (request, response) => {
  if (request.method === "PUT") {
    person = JSON.parse(await body(request));
    response.writeHead(204);
    response.end();
  } else if (request.url.startsWith("/interaction/")) {
    const ts = Math.floor(Date.now() / 1000) - (person.minutes ?? 0) * 60;
    const result = person.declines
      ? { error: "access_denied", error_description: "no" }
      : { login: { accountId: person.sub, acr: person.acr, ts, remember: false } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    provider.callback()(request, response);
  }
});

server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const lines = readline.createInterface({ input: process.stdin });
  console.log(issuer);
  const { value } = await lines[Symbol.asyncIterator]().next();
  const told = JSON.parse(value);
  provider = new Provider(issuer, {
    clients: [{
      client_id: "kreisportal",
      client_secret: told.secret,
      redirect_uris: [told.redirect_uri],
      token_endpoint_auth_method: "client_secret_basic",
    }],
    pkce: { required: () => true },
    acrValues: ["urn:test:basic", "urn:test:substantial", "urn:test:high"],
    claims: { acr: null, auth_time: null, profile: ["given_name", "family_name", "birthdate"], address: ["address"] },
    conformIdTokenClaims: true,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...person.claims }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope("openid profile address");
      await grant.save();
      return grant;
    },
    cookies: { keys: ["only-for-tests"] },
    jwks: undefined,
  });
  console.log("ready");
  for await (const _ of lines) { /* until it is ended */ }
});
