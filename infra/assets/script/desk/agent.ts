import * as oauth from "oauth4webapi";

// Settings are the operator's OpenID provider, as the page names it.
export interface Settings {
  issuer: string;
  client: string;
  request: string; // what else a sign-in asks for, as a query
}

// Place is where the agent was, and what was typed there and could not be sent.
export interface Place {
  path: string; // of a page of the desk
  typed: [string, string][];
}

interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  place: Place;
}

// What a sign-in has to know again when the provider leads back: for this tab, taken out when it is read.
const pendingKey = "desk.sign-in";

// Agent signs in at the provider by authorization code with PKCE (RFC 7636, RFC 9700 §2.1.1). The token is kept in memory
// only: no other page of this site can read it, closing or reloading the page ends it, and after a reload the provider,
// where the agent is still signed in, gives another one without a question. There is no refresh token for the same reason.
export class Agent {
  token = "";
  proved = false; // the gateway has taken the token
  #idToken = "";
  #client: oauth.Client;
  #here = new URL("/desk", location.origin).href;

  constructor(private settings: Settings) {
    this.#client = { client_id: settings.client };
  }

  // begin leads to the provider; it comes back to the place.
  async begin(place: Place) {
    const server = await this.#server();
    const pending: Pending = {
      state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier: oauth.generateRandomCodeVerifier(), place,
    };
    const url = new URL(server.authorization_endpoint!);
    const query = {
      ...Object.fromEntries(new URLSearchParams(this.settings.request)),
      client_id: this.settings.client, redirect_uri: this.#here, response_type: "code", state: pending.state, nonce: pending.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier), code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    sessionStorage.setItem(pendingKey, JSON.stringify(pending));
    location.assign(url);
  }

  // end takes what the provider led back with, and answers the place that the sign-in began at. It throws when this is no
  // answer to a question of this tab, or the provider refused.
  async end(answer: URL): Promise<Place> {
    const pending = takePending();
    if (!pending) throw new Error("no sign-in was begun in this tab");
    try {
      const server = await this.#server();
      const code = oauth.validateAuthResponse(server, this.#client, answer, pending.state);
      const response = await oauth.authorizationCodeGrantRequest(server, this.#client, oauth.None(), code, this.#here, pending.verifier,
        { additionalParameters: resource(this.settings.request), ...this.#options() });
      const tokens = await oauth.processAuthorizationCodeResponse(server, this.#client, response, { expectedNonce: pending.nonce, requireIdToken: true });
      this.token = tokens.access_token;
      this.#idToken = tokens.id_token!;
    } catch (cause) {
      throw new Refused(pending.place, cause);
    }
    return pending.place;
  }

  // out forgets the token and has the provider do the same.
  async out() {
    const hint = this.#idToken;
    this.token = this.#idToken = "";
    const server = await this.#server().catch(() => undefined);
    if (!server?.end_session_endpoint) return location.replace(this.#here);
    const url = new URL(server.end_session_endpoint);
    url.searchParams.set("id_token_hint", hint);
    url.searchParams.set("client_id", this.settings.client);
    url.searchParams.set("post_logout_redirect_uri", this.#here);
    location.replace(url);
  }

  async #server() {
    const issuer = new URL(this.settings.issuer);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, this.#options()));
  }

  // A provider without TLS is one on the developer's own computer.
  #options() {
    return { [oauth.allowInsecureRequests]: this.settings.issuer.startsWith("http:") };
  }
}

// Refused is a sign-in that came to nothing.
export class Refused extends Error {
  constructor(readonly place: Place, cause: unknown) {
    super("the sign-in was refused", { cause });
  }
}

function takePending(): Pending | undefined {
  const text = sessionStorage.getItem(pendingKey);
  sessionStorage.removeItem(pendingKey);
  return text ? JSON.parse(text) : undefined;
}

// resource repeats for whom the token is, which the token endpoint asks for again (RFC 8707 §2.2).
function resource(request: string) {
  return new URLSearchParams([...new URLSearchParams(request)].filter(([name]) => name === "resource"));
}
