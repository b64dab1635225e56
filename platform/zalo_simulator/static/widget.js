import { $, el, icon } from "./dom.js";
import { renderMessage } from "./phone-message.js";

const oa = new URLSearchParams(location.search).get("oa");
const REMEMBERED = `zalo-simulator.visitor.${oa}`;
const seen = new Set();
let visitor = null;

async function call(method, path, body) {
  const answer = await fetch(`/sim/api${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error);
  return data;
}

/** Without ?oa= the page asks whose widget it carries. */
async function chooseAccount() {
  const { oas } = await call("GET", "/oas");
  $("accounts").hidden = false;
  $("accounts").append(...oas.map((one) => el("li", {}, el("a", { href: `/widget?oa=${encodeURIComponent(one.oa_id)}` }, one.name))));
}

async function known() {
  const id = localStorage.getItem(REMEMBERED);
  if (id) {
    try {
      return await call("GET", `/visitors/${encodeURIComponent(id)}`);
    } catch {
      // the simulator was reset: start anew
    }
  }
  const fresh = await call("POST", "/visitors", { oa_id: oa });
  localStorage.setItem(REMEMBERED, fresh.anonymous_id);
  return { ...fresh, messages: [] };
}

function draw(message) {
  if (seen.has(message.message_id)) return;
  seen.add(message.message_id);
  const chat = { avatar: `/cdn/avatars/${encodeURIComponent(oa)}`, is_group: true, name: visitor.oa_name, color: "#0068ff" };
  $("log").append(renderMessage(message, chat, {}));
  $("log").scrollTop = $("log").scrollHeight;
}

async function send(kind, body) {
  $("problem").textContent = "";
  try {
    await call("POST", `/visitors/${encodeURIComponent(visitor.anonymous_id)}/${kind}`, body);
  } catch (error) {
    $("problem").textContent = error.message;
  }
}

function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  send("text", { text });
}

async function start() {
  if (!oa) return chooseAccount();
  visitor = await known();
  $("name").textContent = visitor.oa_name;
  $("avatar").src = `/cdn/avatars/${encodeURIComponent(oa)}`;
  $("composer").hidden = false;
  $("sticker").append(icon("smile"));
  $("send").append(icon("send"));
  $("composer").addEventListener("submit", submit);
  $("sticker").addEventListener("click", () => send("sticker", { sticker_id: "2" }));
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  const stream = new EventSource(`/sim/api/visitors/${encodeURIComponent(visitor.anonymous_id)}/stream`);
  stream.addEventListener("message", (event) => draw(JSON.parse(event.data).message));
  for (const message of visitor.messages) draw(message);
  $("text").focus();
}

start().catch((error) => ($("problem").textContent = error.message));
