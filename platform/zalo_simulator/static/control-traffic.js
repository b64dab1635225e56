import { $, el } from "./dom.js";
import { call, exactTime, say } from "./control-api.js";

const KEPT_ROWS = 200;
const rows = { requests: new Map(), webhooks: new Map() };
let chosen = null;

/** Fetch what is new and what is not finished yet, and redraw the two tables. */
export async function pollTraffic() {
  const [requests, webhooks] = await Promise.all([
    call("GET", `/requests?limit=100&since=${last(rows.requests)}`),
    call("GET", `/webhooks?limit=100&since=${lastSettled(rows.webhooks)}`),
  ]);
  keep(rows.requests, requests.requests);
  keep(rows.webhooks, webhooks.webhooks);
  if (requests.requests.length) drawRequests();
  if (webhooks.webhooks.length) drawWebhooks();
}

export function startTraffic() {
  $("requests-filter").addEventListener("change", drawRequests);
}

const last = (map) => Math.max(0, ...map.keys());

function lastSettled(map) {
  const open = [...map.values()].filter((row) => row.state === "waiting" || row.state === "retrying").map((row) => row.n);
  return open.length ? Math.min(...open) - 1 : last(map);
}

function keep(map, news) {
  // A reset starts the numbers anew.
  if (news.length && news[0].n < last(map) - KEPT_ROWS) map.clear();
  for (const row of news.reverse()) map.set(row.n, row);
  for (const n of [...map.keys()].sort((a, b) => a - b).slice(0, -KEPT_ROWS)) map.delete(n);
}

const newest = (map) => [...map.values()].sort((one, other) => other.n - one.n);

function drawRequests() {
  const prefix = $("requests-filter").value;
  $("requests").tBodies[0].replaceChildren(
    ...newest(rows.requests)
      .filter((row) => row.path.startsWith(prefix))
      .map((row) =>
        line(row, `requests-${row.n}`, () => showRequest(row),
          `${row.method} ${row.path.replace("/openapi/", "…/").replace("/business/", "zbs…/")}`, verdict(row), row.elapsed_ms.toFixed(1))));
}

function verdict(row) {
  if (row.status === null) return el("span", { class: "bad" }, row.outcome);
  if (row.status !== 200) return el("span", { class: "bad" }, `HTTP ${row.status}`);
  const error = typeof row.answer === "string" ? /"error":\s*(-?\d+)/.exec(row.answer) : null;
  if (!error || error[1] === "0") return el("span", { class: "good" }, row.answer === "" ? "rỗng" : "0");
  return el("span", { class: "warn" }, error[1]);
}

function drawWebhooks() {
  const tones = { delivered: "good", failed: "bad", skipped: "muted" };
  $("webhooks").tBodies[0].replaceChildren(
    ...newest(rows.webhooks).map((row) => {
      const outcome = row.attempts.at(-1)?.outcome ?? row.state;
      return line(row, `webhooks-${row.n}`, () => showWebhook(row), row.event,
        el("span", { class: tones[row.state] ?? "warn" }, outcome), row.attempts.length);
    }));
}

function line(row, key, open, label, result, number) {
  const select = () => {
    chosen = key;
    for (const on of document.querySelectorAll("tr.on")) on.classList.remove("on");
    tr.classList.add("on");
    open();
    $("detail").focus({ preventScroll: true });
    $("detail").scrollIntoView({ block: "nearest" });
  };
  const tr = el("tr", { class: key === chosen ? "on" : "" },
    el("td", { class: "n" }, row.n),
    el("td", { class: "time" }, exactTime(row.at_ms ?? row.created_at_ms)),
    el("td", {}, el("button", { type: "button", onclick: select }, label)),
    el("td", { title: typeof result === "string" ? result : result.textContent }, result),
    el("td", { class: "ms" }, number));
  return tr;
}

const headerText = (pairs) => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");
const bodyText = (body) => (typeof body === "string" ? body : `(base64) ${body.base64}`);

function showRequest(row) {
  $("detail").replaceChildren(
    el("div", { class: "head" }, el("h2", {}, `Yêu cầu ${row.n}: ${row.outcome}`), replayButton(`/requests/${row.n}/replay`)),
    el("div", { class: "bytes" },
      bytes("Yêu cầu", `${row.method} ${row.target}\n${headerText(row.headers)}\n\n${bodyText(row.body)}`),
      bytes("Trả lời", row.status === null ? "(kết nối đóng, không có trả lời)"
        : `HTTP ${row.status}\n${headerText(Object.entries(row.answer_headers))}\n\n${bodyText(row.answer)}`)));
}

function showWebhook(row) {
  const attempts = row.attempts.map((one) => `${exactTime(one.at_ms)}  lần ${one.num_retry}  ${one.outcome}  ${one.elapsed_ms} ms`);
  $("detail").replaceChildren(
    el("div", { class: "head" }, el("h2", {}, `Webhook ${row.n}: ${row.event} (${row.state})`), replayButton(`/webhooks/${row.n}/replay`)),
    el("div", { class: "bytes" },
      bytes("Gửi đi", `${headerText(Object.entries(row.headers))}\n\n${bodyText(row.body)}`),
      bytes("Các lần gửi", attempts.join("\n") || "(chưa gửi)")));
}

const bytes = (heading, text) => el("div", {}, el("h3", {}, heading), el("pre", { tabIndex: 0 }, text));

function replayButton(path) {
  return el("button", {
    type: "button",
    class: "primary",
    onclick: async () => {
      const result = await call("POST", path, {});
      say(`Đã gửi lại: ${result.outcome ?? `HTTP ${result.status} ${bodyText(result.answer).slice(0, 120)}`}`);
    },
  }, "Gửi lại");
}
