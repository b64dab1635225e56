// Taking in: the due date is reckoned while the officer watches, a known phone is said, Ctrl+Enter saves.
import { saveByKeys } from "./desk-keys.js";

const form = document.getElementById("take-in");
const due = document.getElementById("due-shown");
const working = document.getElementById("working");
const token = form.elements.csrf_token.value;
let waiting = 0;
let newest = 0;

async function reckon() {
  const mine = ++newest;
  const asked = new URLSearchParams();
  for (const name of ["procedure", "channel", "case", "agency", "received_at"]) {
    if (form.elements[name]) asked.set(name, form.elements[name].value);
  }
  const answer = await fetch(`${form.dataset.due}?${asked}`, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok || mine !== newest) return;
  const found = await answer.json();
  due.textContent = found.due ?? due.dataset.none;
  const help = document.getElementById("code-say");
  if (found.code_help && !help.classList.contains("fault")) help.textContent = found.code_help;
  working.replaceChildren(
    ...found.lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => reckon().catch(() => {}), 250);
}

form.addEventListener("input", (event) => {
  if (["case", "agency", "received_at"].includes(event.target.name)) soon();
});

// Other channels have other cases: the page is asked for anew, with everything typed still in it.
form.elements.channel.addEventListener("change", () => {
  const kept = new FormData(form);
  const url = new URL(location.pathname, location.origin);
  url.searchParams.set("procedure", kept.get("procedure"));
  url.searchParams.set("channel", kept.get("channel"));
  url.searchParams.set("agency", kept.get("agency"));
  fetch(url, { redirect: "error" })
    .then((answer) => answer.text())
    .then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      document.getElementById("cases").replaceChildren(...page.getElementById("cases").children);
      soon();
    })
    .catch(() => {});
});

async function look(input) {
  const hint = document.getElementById(`${input.id}-hint`);
  if (input.value.replace(/\D/g, "").length < 9) {
    hint.textContent = "";
    return;
  }
  const answer = await fetch(form.dataset.phone, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ phone: input.value }),
    redirect: "error",
  });
  if (!answer.ok) return;
  const found = await answer.json();
  hint.classList.toggle("fault", Boolean(found.error));
  hint.textContent = found.error ?? found.hint;
}

for (const input of form.querySelectorAll("[data-phone]")) {
  input.addEventListener("change", () => look(input).catch(() => {}));
}

const why = document.getElementById("why");
function decide() {
  why.hidden = form.elements.decision.value === "accept";
}
function missing(event) {
  const any = [...form.querySelectorAll("[data-missing]")].some((one) => one.checked);
  if (event?.target.matches?.("[data-missing]") && any !== (form.elements.decision.value === "supplement")) {
    form.elements.decision.value = any ? "supplement" : "accept";
  }
  decide();
}
form.addEventListener("change", missing);
decide();
saveByKeys(form);
(document.getElementById("fault") ?? form.elements.owner_name).focus();
