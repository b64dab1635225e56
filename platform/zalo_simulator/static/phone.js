import { $, clockTime, el, icon } from "./dom.js";
import * as api from "./phone-api.js";
import { ChatScreen } from "./phone-chat.js";
import { scanCode } from "./phone-dialogs.js";
import { avatarOf, drawChats, drawPeople } from "./phone-list.js";
import { previewOf } from "./phone-message.js";

const EVENTS = ["message", "seen", "follow", "unfollow", "notice", "rating", "reaction", "withdraw", "changed"];
const REMEMBERED = "zalo-simulator.citizen";
const TOAST_MS = 6000;

const state = { people: [], citizen: null, chats: [], stream: null, clockOffset: 0, clockScale: 1, clockAt: 0 };
const chatScreen = new ChatScreen({ toast, onBack: () => go(state.citizen.citizen_id, null) });

// Where we are stands in the address: ?citizen=lan&oa=388…

function place() {
  const query = new URLSearchParams(location.search);
  return { citizen: query.get("citizen"), oa: query.get("oa") };
}

function go(citizen, oa) {
  const query = new URLSearchParams();
  if (citizen) query.set("citizen", citizen);
  if (oa) query.set("oa", oa);
  history.pushState(null, "", `/?${query}`);
  return show();
}

async function show() {
  const { citizen: wanted, oa } = place();
  const citizen = state.people.find((person) => person.citizen_id === wanted) ?? null;
  if (citizen?.citizen_id !== state.citizen?.citizen_id) await hold(citizen);
  drawPeople($("people-beside"), state.people, citizen?.citizen_id, (id) => go(id, null));
  if (!citizen) return showPeople();
  if (oa && state.chats.some((chat) => chat.oa_id === oa)) return showChat(oa);
  return showList();
}

function screen(name) {
  for (const other of ["people", "list", "chat"]) $(`screen-${other}`).hidden = other !== name;
}

function showPeople() {
  chatScreen.close();
  drawPeople($("people"), state.people, null, (id) => go(id, null));
  $("people-empty").hidden = state.people.length > 0;
  screen("people");
  $("people-title").focus();
}

function showList() {
  const from = chatScreen.oaId;
  chatScreen.close();
  redrawList();
  screen("list");
  const row = from && $("chats").querySelector(`[data-oa="${CSS.escape(from)}"]`);
  (row || $("list-title")).focus();
}

async function showChat(oaId) {
  try {
    await chatScreen.open(state.citizen, oaId);
  } catch (error) {
    toast(error.message);
    return;
  }
  screen("chat");
  $("toasts").replaceChildren();
  $("log").scrollTop = $("log").scrollHeight;
  if (matchMedia("(hover: hover)").matches) $("text").focus();
  else $("chat-title").focus();
}

/** Take this citizen's phone: their chats, their stream of events. */
async function hold(citizen) {
  state.stream?.close();
  state.citizen = citizen;
  state.chats = [];
  chatScreen.close();
  if (!citizen) return;
  localStorage.setItem(REMEMBERED, citizen.citizen_id);
  $("me").src = `/cdn/avatars/${encodeURIComponent(citizen.citizen_id)}`;
  $("switch").setAttribute("aria-label", `${citizen.name}. Đổi người dùng`);
  $("phone").setAttribute("aria-label", `Điện thoại của ${citizen.name}`);
  // First the stream, then what there is: nothing that happens in between is missed.
  await listen(citizen.citizen_id);
  await reload();
}

/** Resolves when the stream has begun (or does not begin: then without it). */
function listen(citizenId) {
  const stream = api.stream(citizenId);
  let wasReady = false;
  state.stream = stream;
  stream.addEventListener("ready", () => {
    connected(true);
    if (wasReady) resync(); // after a break something may have been missed
    wasReady = true;
  });
  stream.addEventListener("resync", resync);
  stream.addEventListener("groups", async () => {
    await reload();
    await show();
  });
  stream.addEventListener("error", () => connected(false));
  for (const name of EVENTS) stream.addEventListener(name, (event) => receive(name, JSON.parse(event.data)));
  return new Promise((begun) => {
    stream.addEventListener("ready", begun, { once: true });
    stream.addEventListener("error", begun, { once: true });
  });
}

function connected(yes) {
  $("link").textContent = yes ? "đã nối" : "mất nối, đang thử lại";
  $("link").classList.toggle("lost", !yes);
}

async function resync() {
  state.people = await api.people();
  await reload();
  await show();
}

async function reload() {
  state.chats = await api.chats(state.citizen.citizen_id);
  redrawList();
}

function redrawList() {
  drawChats(state.chats, phoneNow(), (oaId) => go(state.citizen.citizen_id, oaId));
  const unread = state.chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ""}${state.citizen?.name ?? "Điện thoại"} – Zalo giả lập`;
}

function receive(event, data) {
  if (data.group_id) data.oa_id = `g:${data.group_id}`;
  const chat = state.chats.find((one) => one.oa_id === data.oa_id);
  if (!chat) {
    reload();
    return;
  }
  chat.unread = data.unread;
  chat.is_follower = data.is_follower ?? chat.is_follower;
  if (event === "message") {
    chat.last_message = data.message;
    chat.last_at_ms = data.message.received_at_ms;
  }
  const isOpen = chatScreen.oaId === chat.oa_id;
  if (chatScreen.isOpening(chat.oa_id)) chatScreen.keepForLater(event, data);
  else if (isOpen) chatScreen.receive(event, data);
  else if (event === "message" && data.message.from === "oa") announce(chat, data.message);
  if (isOpen && event !== "seen" && document.visibilityState === "visible") chat.unread = 0;
  redrawList();
}

function announce(chat, message) {
  const button = el("button", { type: "button", class: "toast", onclick: () => go(state.citizen.citizen_id, chat.oa_id) },
    el("img", { src: avatarOf(chat), alt: "", width: 36, height: 36 }), el("b", {}, chat.name), el("span", {}, previewOf(message)));
  put(button);
}

function toast(text) {
  put(el("div", { class: "toast plain" }, text));
}

function put(node) {
  const toasts = $("toasts");
  toasts.prepend(node);
  while (toasts.children.length > 3) toasts.lastChild.remove();
  node.addEventListener("click", () => node.remove());
  setTimeout(() => node.remove(), TOAST_MS);
}

async function scan() {
  const address = await scanCode();
  if (!address) return;
  const chat = state.chats.find((one) => ["zalo.me", "oa.zalo.me"].some((host) => address === `https://${host}/${one.oa_id}`));
  if (chat) {
    await go(state.citizen.citizen_id, chat.oa_id);
    await api.act(state.citizen.citizen_id, chat.oa_id, "chatnow");
  } else {
    window.open(address, "_blank", "noopener");
  }
}

// The phone's clock is Zalo's virtual one.

const phoneNow = () => state.clockOffset + (performance.now() - state.clockAt) * state.clockScale;

async function syncClock() {
  const clock = await api.clock();
  Object.assign(state, { clockOffset: clock.now_ms, clockScale: clock.scale, clockAt: performance.now() });
  tick();
}

function tick() {
  $("clock").textContent = clockTime(phoneNow());
}

async function start() {
  $("scan").append(icon("qr"));
  $("scan").addEventListener("click", scan);
  $("switch").addEventListener("click", () => go(null, null));
  document.addEventListener("visibilitychange", () => chatScreen.markSeen());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chatScreen.oaId && !$("dialog").open) go(state.citizen.citizen_id, null);
  });
  addEventListener("popstate", show);
  setInterval(tick, 5000);
  setInterval(() => syncClock().catch(() => {}), 15_000);
  await syncClock();
  state.people = await api.people();
  const remembered = localStorage.getItem(REMEMBERED);
  if (!place().citizen && state.people.some((person) => person.citizen_id === remembered)) {
    const query = new URLSearchParams(location.search);
    query.set("citizen", remembered);
    history.replaceState(null, "", `/?${query}`);
  }
  await show();
  setInterval(async () => {
    if (state.citizen) return;
    state.people = await api.people();
    show();
  }, 4000);
}

start().catch((error) => toast(`Không nối được với bộ giả lập: ${error.message}`));
