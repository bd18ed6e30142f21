// What the pages do better with a script. Each works without.
import { fillCode } from "./code.js";
import { guardSubmit } from "./submit.js";
import { measurePassword, showPassword } from "./password.js";
import { checkUsername } from "./username.js";

const help = { username: checkUsername, password: measurePassword, code: fillCode };

for (const input of document.querySelectorAll("input[data-help]")) help[input.dataset.help]?.(input);
for (const button of document.querySelectorAll(".usa-show-password")) showPassword(button);
guardSubmit();
