// An OpenID server that stands for an operator's, for tests and for trying the desk: node openid.js PORT REDIRECT.
// Whoever signs in may type any password; what they may do goes by the name.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const audience = "urn:postkontor:desk";
const roles = { ann: ["desk"], cora: ["counter"], will: ["warehouse"], boss: ["desk", "warehouse", "counter"], robot: ["desk"], brief: ["desk", "warehouse"] };
const machine = (id) => ({ client_id: id, client_secret: id, grant_types: ["client_credentials"], redirect_uris: [], response_types: [] });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { client_id: "desk", token_endpoint_auth_method: "none", redirect_uris: [redirect], post_logout_redirect_uris: [redirect] },
    machine("robot"), // tokens for tests without a browser
    machine("brief"), // the same, out in a moment, as those of the agent of that name are
    machine("nobody"), // the same, without a role
  ],
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        audience: resource, scope: "", accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  ttl: {
    AccessToken: (_, token) => token.accountId === "brief" ? 5 : 3600,
    ClientCredentials: (_, token, client) => client.clientId === "brief" ? 1 : 3600,
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: (_, token) => ({ roles: roles[token.accountId ?? token.clientId] ?? [] }),
  // Nobody is asked whether the desk may know who they are.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid");
    grant.addResourceScope(audience, "");
    await grant.save();
    return grant;
  },
});
provider.listen(port, "127.0.0.1", () => console.log(`AGENT_ISSUER=${provider.issuer} AGENT_AUDIENCE=${audience} AGENT_CLIENT=desk ` +
  `AGENT_REQUEST='scope=openid&resource=${audience}'`));
