import { $, el } from "./dom.js";
import { call, say } from "./control-api.js";

const field = (label, input) => el("label", {}, label, input);
const number = (name, placeholder) => el("input", { name, type: "number", placeholder, step: 1 });

/** The two forms that switch disturbances on, and the lists that switch them off. */
export async function startFaults() {
  await build("faults", "fault-form", "fault-list", (kinds) => [
    field("Kiểu", select("kind", kinds)),
    field("Đường dẫn bắt đầu bằng", el("input", { name: "path", placeholder: "/openapi" })),
    field("Chỉ OA", el("input", { name: "oa_id" })),
    field("Số lần", number("count", "không giới hạn")),
    el("label", { "data-for": "latency" }, "Trễ (ms)", number("latency_ms", "3000")),
    el("label", { "data-for": "error" }, "Mã lỗi", number("code", "-216")),
  ]);
  await build("webhook-faults", "webhook-fault-form", "webhook-fault-list", (kinds) => [
    field("Kiểu", select("kind", kinds)),
    field("Chỉ sự kiện", el("input", { name: "event", placeholder: "user_send_text" })),
    field("Chỉ OA", el("input", { name: "oa_id" })),
    field("Số lần", number("count", "không giới hạn")),
  ]);
}

function select(name, kinds) {
  return el("select", { name }, Object.entries(kinds).map(([kind, text]) => el("option", { value: kind }, `${kind}: ${text}`)));
}

async function build(path, formId, listId, fields) {
  const { kinds } = await call("GET", `/${path}`);
  const form = $(formId);
  form.replaceChildren(...fields(kinds), el("button", { type: "submit", class: "primary" }, "Bật"));
  const kind = form.elements.kind;
  const fit = () => {
    for (const label of form.querySelectorAll("[data-for]")) label.hidden = label.dataset.for !== kind.value;
  };
  kind.addEventListener("change", fit);
  fit();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = {};
    for (const input of form.querySelectorAll("input, select")) {
      if (input.value !== "" && !input.closest("[hidden]")) body[input.name] = input.type === "number" ? Number(input.value) : input.value;
    }
    await call("POST", `/${path}`, body);
    say("Đã bật.");
    draw(path, listId);
  });
  draw(path, listId);
  setInterval(() => !$("faults").hidden && draw(path, listId), 2000);
}

async function draw(path, listId) {
  const { faults, kinds } = await call("GET", `/${path}`);
  $(listId).replaceChildren(
    ...faults.map((fault) =>
      el("li", {},
        el("span", {}, el("b", {}, fault.kind), ` – ${kinds[fault.kind]}. `,
          el("small", { class: "muted" }, describe(fault))),
        el("button", {
          type: "button",
          class: "quiet",
          onclick: async () => {
            await call("DELETE", `/${path}/${fault.fault_id}`);
            draw(path, listId);
          },
        }, "Tắt"))));
  if (!faults.length) $(listId).append(el("li", { class: "muted" }, "Không có lỗi nào đang bật."));
}

function describe(fault) {
  const parts = [fault.path, fault.event, fault.oa_id && `OA ${fault.oa_id}`, fault.code && `mã ${fault.code}`,
    fault.latency_ms && `${fault.latency_ms} ms`, fault.count === null ? "không giới hạn" : `còn ${fault.count} lần`,
    `đã dùng ${fault.hits} lần`];
  return parts.filter(Boolean).join(" · ");
}

const PRESETS = [["Như Zalo: 4.000", 4000], ["Chặt: 60", 60], ["Gần như không giới hạn", 600000]];

/** Requests a minute, with what Zalo documents as a preset. */
export async function drawRates() {
  const settings = await call("GET", "/settings");
  const form = $("rate-form");
  const save = async (changes) => {
    await call("POST", "/settings", changes);
    say("Đã đặt giới hạn.");
    drawRates();
  };
  const app = el("input", { name: "app", type: "number", min: 1, value: settings.rate_limit_per_minute });
  const oa = el("input", { name: "oa", type: "number", min: 1, value: settings.oa_rate_limit_per_minute });
  form.replaceChildren(
    field("Mỗi ứng dụng", app), field("Mỗi OA", oa), el("button", { type: "submit", class: "primary" }, "Lưu"),
    el("span", { class: "buttons" }, PRESETS.map(([label, limit]) =>
      el("button", { type: "button", class: "quiet", onclick: () => save({ rate_limit_per_minute: limit, oa_rate_limit_per_minute: limit }) }, label))));
  form.onsubmit = (event) => {
    event.preventDefault();
    save({ rate_limit_per_minute: Number(app.value), oa_rate_limit_per_minute: Number(oa.value) });
  };
}

/** What can go wrong with an app's consent and webhook. */
export async function drawGrants() {
  const [{ grants }, { apps }, { oas }] = await Promise.all(["/grants", "/apps", "/oas"].map((path) => call("GET", path)));
  const nameOf = (rows, key, id) => rows.find((row) => row[key] === id)?.name || id;
  const act = (label, work) => el("button", {
    type: "button",
    class: "quiet",
    onclick: async () => {
      const answer = await work();
      say(answer?.outcome ? `Webhook trả lời: ${answer.outcome}` : "Đã xong.");
      drawGrants();
    },
  }, label);
  const rows = grants.map((grant) => {
    const pair = { app_id: grant.app_id, oa_id: grant.oa_id };
    const buttons = grant.active
      ? [act("Token hết hạn", () => call("POST", "/tokens/expire", pair)), act("Token bị gỡ", () => call("POST", "/tokens/remove", pair)), act("Rút quyền", () => call("DELETE", "/grants", pair))]
      : [act("Cấp lại quyền", () => call("POST", "/grants", pair))];
    return el("li", {}, el("span", {}, `${nameOf(apps, "app_id", grant.app_id)} → ${nameOf(oas, "oa_id", grant.oa_id)}${grant.active ? "" : " (đã rút)"}`),
      el("span", { class: "buttons" }, buttons));
  });
  const hooks = apps.filter((app) => app.webhook_url).map((app) =>
    el("li", {}, el("span", {}, `Webhook của ${app.name || app.app_id}: ${app.webhook_enabled ? "đang bật" : "đã tắt sau năm lần lỗi"}`),
      el("span", { class: "buttons" }, act("Thử {}", () => call("POST", `/apps/${app.app_id}/probe`, {})),
        app.webhook_enabled ? null : act("Bật lại", () => call("POST", "/apps", { app_id: app.app_id, webhook_enabled: true })))));
  $("grant-list").replaceChildren(...rows, ...hooks, ...(rows.length + hooks.length ? [] : [el("li", { class: "muted" }, "Chưa có ứng dụng nào được cấp quyền.")]));
}
