const least = 15; // code points
const strong = 24;
const pause = 500; // milliseconds without a keystroke before the words change, so that they are not read out at each

// measurePassword shows how long a password is, which is what makes it strong, and whether it is made only of what
// others know: the fields named username and email, and the words in data-against.
export function measurePassword(input) {
  const live = document.getElementById(`${input.id}-live`);
  const bar = document.createElement("progress");
  bar.className = "pk-meter";
  bar.max = strong;
  bar.setAttribute("aria-hidden", "true");
  const line = document.createElement("p");
  live.before(bar);
  live.append(line);
  let timer;
  input.addEventListener("input", () => {
    const n = [...input.value.normalize("NFC")].length;
    const known = n >= least && madeOf(input.value, knownWords(input));
    bar.value = known ? 0 : Math.min(n, strong);
    bar.dataset.level = known || n < least ? "low" : n < strong ? "enough" : "strong";
    clearTimeout(timer);
    timer = setTimeout(() => { line.textContent = n ? words(n, known) : ""; }, pause);
  });

  function words(n, known) {
    const say = input.dataset;
    if (n < least) return say.more.replace("#", least - n);
    if (known) return say.context;
    return n < strong ? say.enough : say.strong;
  }
}

function knownWords(input) {
  const field = (name) => input.form?.elements.namedItem(name)?.value ?? "";
  return `${input.dataset.against} ${field("username")} ${field("email").replace("@", " ")}`
    .toLowerCase().split(/\s+/).filter((word) => word.length > 2);
}

// madeOf reports whether nothing but signs remains when the words are taken out.
function madeOf(password, known) {
  let rest = password.toLowerCase();
  for (const word of known) rest = rest.replaceAll(word, "");
  return known.length > 0 && !/[\p{L}\p{N}]/u.test(rest);
}

// showPassword makes a button show and hide what was typed. It is hidden again before it is sent, so that the browser
// knows the field as a password and offers to keep it.
export function showPassword(button) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const texts = { password: button.textContent, text: button.dataset.hide };
  const set = (type) => {
    input.type = type;
    button.textContent = texts[type];
  };
  button.hidden = false;
  button.addEventListener("click", () => set(input.type === "password" ? "text" : "password"));
  input.form?.addEventListener("submit", () => set("password"));
}
