import { $, el } from "./dom.js";
import { call, say } from "./control-api.js";

const option = (value, text) => el("option", { value }, text);

/** The form that sends any event of the catalogue. */
export async function drawEvents() {
  const [{ events }, { oas }, { citizens }] = await Promise.all(["/events", "/oas", "/citizens"].map((path) => call("GET", path)));
  const kind = el("select", { name: "event" }, Object.entries(events).map(([name, means]) => option(name, `${name} – ${means}`)));
  const account = el("select", { name: "oa_id" }, oas.map((one) => option(one.oa_id, one.name)));
  const person = el("select", { name: "citizen_id" }, citizens.slice(0, 200).map((one) => option(one.citizen_id, one.name)));
  const fields = el("input", { name: "fields", placeholder: '{"message": {"text": "Xin chào"}}' });
  const form = $("event-form");
  form.replaceChildren(
    el("label", {}, "Sự kiện", kind), el("label", {}, "Official Account", account), el("label", {}, "Công dân", person),
    el("label", { class: "wide-field" }, "Trường đè lên (JSON)", fields), el("button", { type: "submit", class: "primary" }, "Gửi sự kiện"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = { event: kind.value, oa_id: account.value, citizen_id: person.value };
    try {
      if (fields.value.trim()) body.fields = JSON.parse(fields.value);
    } catch {
      say("Ô cuối không phải JSON hợp lệ. Sửa hoặc để trống.");
      return;
    }
    const sent = await call("POST", "/events", body);
    $("event-sent").hidden = false;
    $("event-sent").textContent = JSON.stringify(sent.body, null, 2);
    say(`Đã gửi tới ${sent.sent_to} ứng dụng.`);
  };
}
