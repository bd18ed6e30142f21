// The desk: signs an agent in, and shows the pages under /desk/, which only answer to a token. Their address stands behind
// the "#" of this page's own, so that what an agent looks for is in no log and a reload finds the place again.
import { Agent, Place, Refused } from "./desk/agent.js";

const button = document.getElementById("desk-sign-in")!;
const { issuer = "", client = "", request = "", start = "", ...words } = button.dataset;
const agent = new Agent({ issuer, client, request });
let asked = 0; // pages; an answer that is no longer waited for is not shown
let sending = false; // a form, which is not to be sent twice

void arrive();

async function arrive() {
  const answer = new URL(location.href);
  const returned = answer.searchParams.has("state");
  if (returned) history.replaceState(null, "", "/desk" + location.hash); // a code is good once, and nothing to keep
  try {
    if (returned) return await resume(await agent.end(answer));
  } catch (cause) {
    return refuse(words.refused, cause instanceof Refused ? cause.place : { path: start, typed: [] });
  }
  if (place()) return signIn({ path: place(), typed: [] });
  offer({ path: start, typed: [] });
}

// resume goes on where the agent was, with what was typed there. Where that page is not to be had, what was typed is kept
// behind the button, and the message of what failed stands.
async function resume(at: Place) {
  history.replaceState(null, "", "/desk#" + at.path);
  const shown = await go(at.path);
  if (at.typed.length === 0) return;
  if (!shown) return offer(at);
  for (const [name, value] of at.typed) type(name, value);
  tell("info", words.again);
}

function type(name: string, value: string) {
  for (const field of document.querySelectorAll<HTMLInputElement>(`main [name="${CSS.escape(name)}"]:not([type="hidden"], button)`)) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
    else field.value = value;
  }
}

// place is the page of the desk that the address names, "" for none.
function place() {
  const path = location.hash.slice(1);
  return path.startsWith("/desk/") ? path : "";
}

async function signIn(at: Place) {
  try {
    await agent.begin(at);
  } catch {
    refuse(words.away, at);
  }
}

// offer shows the button that signs in and leads to the place.
function offer(at: Place) {
  if (!button.isConnected) document.querySelector("main")!.prepend(button);
  button.hidden = false;
  button.onclick = () => signIn(at);
}

function refuse(why: string | undefined, at: Place) {
  offer(at);
  tell("error", why);
}

// go fetches a page of the desk, or sends a form, and shows what is answered. It answers whether that was the page.
async function go(path: string, form?: URLSearchParams): Promise<boolean> {
  if (sending) return false;
  sending = form !== undefined;
  const mine = ++asked;
  document.querySelector("main")!.ariaBusy = "true";
  try {
    const answer = await fetch(path, { method: form ? "POST" : "GET", body: form, headers: { authorization: `Bearer ${agent.token}` } });
    const text = await answer.text();
    if (mine !== asked) return false;
    if (answer.status === 401) {
      await again({ path: form ? place() : path, typed: form ? [...form] : [] });
      return false;
    }
    agent.proved = true;
    if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(`${path} answers ${answer.status} without a page`);
    if (!form || answer.redirected) enter(new URL(answer.url));
    show(new DOMParser().parseFromString(text, "text/html"));
    return answer.ok;
  } catch {
    if (mine === asked) tell("error", words.unreachable);
    return false;
  } finally {
    if (form) sending = false;
    if (mine === asked) document.querySelector("main")!.ariaBusy = null;
  }
}

// again signs in once more when a token has run out; one that was never taken is not to be had again.
async function again(at: Place) {
  agent.token = "";
  if (agent.proved) await signIn(at);
  else refuse(words.refused, at);
}

// enter makes an address that of the page shown, with the language out of it: that is the browser's by now.
function enter(url: URL) {
  url.searchParams.delete("lang");
  const at = "/desk#" + url.pathname + url.search;
  if (at !== location.pathname + location.hash) history.pushState(null, "", at);
}

function show(page: Document) {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceChildren(...page.body.childNodes);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]:not([href^="#"])')) {
    const url = resolve(link.getAttribute("href"));
    if (isDesk(url)) link.href = "/desk#" + url.pathname + url.search;
  }
  for (const out of document.querySelectorAll<HTMLElement>("[data-sign-out]")) out.hidden = false;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>("main [autofocus], main")!.focus();
}

// resolve reads an address in a page of the desk as a browser would that stands at that page's.
function resolve(address: string | null) {
  return new URL(address ?? "", new URL(place() || start, location.origin));
}

function isDesk(url: URL) {
  return url.origin === location.origin && url.pathname.startsWith("/desk/");
}

// tell puts a message above the page.
function tell(kind: "error" | "info", text = "") {
  const alert = document.createElement("div");
  alert.className = `usa-alert usa-alert--${kind}`;
  alert.id = "desk-message";
  alert.role = "alert";
  alert.tabIndex = -1;
  alert.innerHTML = '<div class="usa-alert__body"><p class="usa-alert__text"></p></div>';
  alert.querySelector("p")!.textContent = text;
  document.getElementById("desk-message")?.remove();
  document.querySelector("main")!.prepend(alert);
  alert.focus();
}

addEventListener("popstate", () => {
  if (!place()) return;
  if (agent.token) void go(place());
  else void signIn({ path: place(), typed: [] });
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-sign-out]")) return void agent.out();
  const link = target.closest<HTMLAnchorElement>("a[href]");
  if (!agent.token || !link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const within = link.getAttribute("href")!.match(/^#([^/].*)/);
  if (within) {
    event.preventDefault(); // the address is taken for the page
    document.getElementById(within[1])?.focus();
  } else if (link.pathname === "/desk" && link.hash.startsWith("#/desk/")) {
    event.preventDefault();
    void go(link.hash.slice(1));
  }
});

// Before anything else looks at it: a form of the desk is never sent by the browser itself.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const url = resolve(form.getAttribute("action"));
  if (!isDesk(url)) return;
  event.preventDefault();
  const fields = new URLSearchParams([...new FormData(form, event.submitter)].map(([name, value]): [string, string] => [name, String(value)]));
  if (form.getAttribute("method") === "post") void go(url.pathname + url.search, fields);
  else void go(url.pathname + "?" + fields);
}, { capture: true });
