// Everything works without this, but copying with one click, e-mails at their full height, the warning about cookies
// before a login is tried, and new messages without a reload.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}

for (const frame of document.querySelectorAll("iframe")) {
  const fit = () => {
    const height = frame.contentDocument?.documentElement?.scrollHeight;
    if (height > 0 && frame.contentDocument.body?.childElementCount) frame.style.height = `${height + 2}px`;
  };
  frame.addEventListener("load", fit);
  fit();
}

const { kept } = await (await fetch("/_local/cookie")).json();
if (!kept) document.getElementById("cookie").hidden = false;

const { newest } = document.getElementById("newest").dataset;
setInterval(async () => {
  if (document.hidden || document.activeElement?.form) return;
  const { items } = await (await fetch("/_local/messages?limit=1")).json();
  if (items.length && items[0].id !== newest) location.reload();
}, 2000);
