import { $, el } from "./dom.js";
import { call } from "./control-api.js";
import { drawEvents } from "./control-events.js";
import { drawGrants, drawRates, startFaults } from "./control-faults.js";
import { pollTraffic, startTraffic } from "./control-traffic.js";
import { drawMagic, drawSettings, drawWorld, startClock } from "./control-world.js";

const POLL_MS = 1000;
const OPENERS = {
  world: drawWorld,
  settings: drawSettings,
  events: drawEvents,
  faults: () => Promise.all([drawGrants(), drawRates()]),
};
const clock = { nowMs: Date.now(), scale: 1, at: performance.now() };
const timeForm = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh",
});

function openTab() {
  const wanted = location.hash.slice(1).split("-")[0];
  const names = [...document.querySelectorAll(".tab")].map((tab) => tab.id);
  const name = wanted === "template" ? "world" : names.includes(wanted) ? wanted : "traffic";
  for (const tab of document.querySelectorAll(".tab")) tab.hidden = tab.id !== name;
  for (const link of $("tabs").children) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  OPENERS[name]?.();
}

async function syncClock() {
  const given = await call("GET", "/clock");
  Object.assign(clock, { nowMs: given.now_ms, scale: given.scale, at: performance.now() });
  $("clock-scale").textContent = given.scale === 1 ? "giờ Việt Nam, đồng hồ ảo" : `đồng hồ ảo chạy ×${given.scale}`;
  tick();
}

function tick() {
  $("clock-local").textContent = timeForm.format(clock.nowMs + (performance.now() - clock.at) * clock.scale);
}

async function drawCounts() {
  const stats = await call("GET", "/stats");
  const failed = stats.webhooks.failed + stats.webhooks.dropped;
  const count = (name, value, bad = false) => el("div", { class: bad ? "bad" : "" }, el("dt", {}, name), el("dd", {}, value.toLocaleString("vi-VN")));
  $("counts").replaceChildren(
    count("Yêu cầu", stats.requests), count("Tin đã nhận gửi", stats.accepted),
    count("Đã hiện trên máy", stats.shown), count("Tin lặp", stats.duplicates, stats.duplicates > 0),
    count("Webhook tới nơi", stats.webhooks.delivered), count("Webhook lỗi", failed, failed > 0));
}

async function poll() {
  try {
    await Promise.all([pollTraffic(), drawCounts(), syncClock()]);
  } catch {
    $("clock-scale").textContent = "mất nối với bộ giả lập";
  }
  setTimeout(poll, POLL_MS);
}

addEventListener("hashchange", openTab);
setInterval(tick, 250);
startTraffic();
startClock(syncClock);
openTab();
poll();
startFaults();
drawMagic();
