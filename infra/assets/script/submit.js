// guardSubmit keeps a form from being sent twice. The button is disabled after the event, so that its own value is
// sent, and enabled again when the browser goes back to the page.
export function guardSubmit() {
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) setTimeout(() => setDisabled(event.target, true));
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) setDisabled(form, false);
  });
}

function setDisabled(form, disabled) {
  for (const field of form.elements) if (field.type === "submit") field.disabled = disabled;
}
