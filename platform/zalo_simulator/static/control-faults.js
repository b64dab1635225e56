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
    field("Trễ (ms)", number("latency_ms", "3000")),
    field("Mã lỗi", number("code", "-216")),
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
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = {};
    for (const input of form.querySelectorAll("input, select")) {
      if (input.value !== "") body[input.name] = input.type === "number" ? Number(input.value) : input.value;
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
