const pause = 400; // milliseconds without a keystroke before asking

// checkUsername says while typing whether a username is free, and offers free ones. An answer that does not come, or
// says that there were too many questions, says nothing: the form itself will tell.
export function checkUsername(input) {
  const live = document.getElementById(`${input.id}-live`);
  let timer, asking;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asking?.abort();
    live.replaceChildren();
    const name = input.value.trim();
    if (name) timer = setTimeout(ask, pause, name);
  });

  async function ask(name) {
    asking = new AbortController();
    try {
      const answer = await fetch(`/v1/usernames?name=${encodeURIComponent(name)}`, { signal: asking.signal });
      if (answer.ok) say(await answer.json());
      else if (answer.status === 422) tell("no", (await answer.json()).errors?.[0]?.message ?? "");
    } catch {}
  }

  function say({ available, suggestions }) {
    if (available) return tell("yes", input.dataset.free);
    tell("no", input.dataset.taken);
    const list = document.createElement("ul");
    list.append(...(suggestions ?? []).map(offer));
    live.append(list);
  }

  function tell(kind, text) {
    const line = document.createElement("p");
    line.className = `pk-live__${kind}`;
    line.textContent = text;
    live.replaceChildren(line);
  }

  function offer(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pk-offer";
    button.textContent = name;
    button.setAttribute("aria-label", input.dataset.use.replace("#", name));
    button.addEventListener("click", () => {
      input.value = name;
      input.focus();
      tell("yes", input.dataset.free);
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}
