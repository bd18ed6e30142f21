// fillCode fills in the code of an SMS where the browser hands it over (WebOTP), and takes out the spaces that a pasted
// one has.
export function fillCode(input) {
  input.addEventListener("input", () => {
    if (/\s/.test(input.value)) input.value = input.value.replace(/\s+/g, "");
  });
  if (!("OTPCredential" in window)) return;
  const waiting = new AbortController();
  input.form?.addEventListener("submit", () => waiting.abort());
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal: waiting.signal })
    .then((otp) => { if (otp && !input.value) input.value = otp.code; })
    .catch(() => {});
}
