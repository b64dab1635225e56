// One dossier: Ctrl+Enter saves the act that is being typed; opening an act goes to its first field.
import { saveByKeys } from "./desk-keys.js";

for (const form of document.querySelectorAll("form[data-keys]")) saveByKeys(form);

for (const act of document.querySelectorAll("details.act")) {
  act.addEventListener("toggle", () => {
    if (act.open && !document.getElementById("fault")) {
      act.querySelector("select, textarea, input:not([type=hidden])")?.focus();
    }
  });
}
document.getElementById("fault")?.focus();
