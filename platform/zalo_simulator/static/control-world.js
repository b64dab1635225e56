import { $, el } from "./dom.js";
import { call, say } from "./control-api.js";

const MINUTE = 60;
const HOUR = 3600;
const JUMPS = [["+1 phút", MINUTE], ["+10 phút", 10 * MINUTE], ["+1 giờ", HOUR], ["+25 giờ", 25 * HOUR], ["+48 giờ", 48 * HOUR], ["+7 ngày", 168 * HOUR], ["−1 giờ", -HOUR]];
const SPEEDS = [["Đứng yên", 0], ["Bình thường", 1], ["×60", 60], ["×3600", 3600]];

export function startClock(refresh) {
  const move = async (body) => {
    await call("POST", "/clock", body);
    refresh();
  };
  const button = (label, body) => el("button", { type: "button", class: "quiet", onclick: () => move(body()) }, label);
  $("clock-buttons").append(
    ...JUMPS.map(([label, seconds]) => button(label, () => ({ advance_s: seconds }))),
    button("Về giờ thật", () => ({ set_ms: Date.now(), scale: 1 })),
    ...SPEEDS.map(([label, scale]) => button(label, () => ({ scale }))));
}

/** Apps, accounts, citizens and templates as they stand. */
export async function drawWorld() {
  const [apps, oas, citizens, templates, grants] = await Promise.all(
    ["apps", "oas", "citizens", "templates", "grants"].map(async (name) => (await call("GET", `/${name}`))[name]));
  $("world").replaceChildren(
    table("Ứng dụng", ["app_id", "Tên", "Webhook", "Trạng thái webhook", "OA đã cấp quyền", ""], apps.map((app) => [
      app.app_id, app.name, app.webhook_url || "–", webhookState(app),
      grants.filter((grant) => grant.app_id === app.app_id && grant.active).map((grant) => grant.oa_id).join(", ") || "–",
      app.webhook_enabled ? "" : enableButton(app.app_id),
    ])),
    table("Official Account", ["oa_id", "Tên", "Hạn mức hôm nay", "Đã chi (đ)", "Trạng thái"], oas.map((oa) => [
      oa.oa_id, oa.name, `${oa.quota_used} / ${oa.daily_quota}`, oa.spent_vnd.toLocaleString("vi-VN"), oa.status,
    ])),
    table("Công dân", ["Mã", "Họ tên", "Điện thoại", "Zalo", ""], citizens.slice(0, 200).map((citizen) => [
      citizen.citizen_id, citizen.name, citizen.phone, citizen.has_zalo ? "có" : "không",
      el("a", { href: `/?citizen=${encodeURIComponent(citizen.citizen_id)}` }, "Mở điện thoại"),
    ])),
    table("Mẫu tin ZBS", ["Mã", "Tên", "OA", "Nhãn", "Trạng thái", "Duyệt"], templates.map((template) => [
      template.template_id, template.name, template.oa_id, template.tag, template.status, reviewButtons(template),
    ])));
}

function webhookState(app) {
  if (!app.webhook_url) return "–";
  const state = app.webhook_enabled ? "đang bật" : "đã tắt sau năm lần lỗi";
  return app.webhook_probe ? `${state}; thử: ${app.webhook_probe}` : state;
}

const small = (label, act) =>
  el("button", {
    type: "button",
    class: "quiet",
    onclick: async () => {
      await act();
      say("Đã xong.");
      drawWorld();
    },
  }, label);

const enableButton = (appId) => small("Bật lại webhook", () => call("POST", "/apps", { app_id: appId, webhook_enabled: true }));

function reviewButtons(template) {
  const to = template.status === "ENABLE" ? [["Ngừng", "DISABLE"]] : [["Duyệt", "ENABLE"], ["Từ chối", "REJECT"]];
  return el("span", { class: "buttons" }, to.map(([label, status]) =>
    small(label, () => call("POST", `/templates/${encodeURIComponent(template.template_id)}/review`, { status }))));
}

function table(heading, names, rows) {
  return el("div", { class: "panel" }, el("h2", {}, heading),
    rows.length
      ? el("div", { class: "scroll-x" }, el("table", { class: "wide" },
          el("thead", {}, el("tr", {}, names.map((name) => el("th", {}, name)))),
          el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell)))))))
      : el("p", { class: "muted" }, "Chưa có."));
}

export async function drawMagic() {
  const { numbers } = await call("GET", "/magic");
  const draw = () => {
    const wanted = $("magic-search").value.trim().toLowerCase();
    $("magic-table").tBodies[0].replaceChildren(
      ...numbers
        .filter((row) => `${row.code} ${row.does} ${row.phone} ${row.user_id}`.toLowerCase().includes(wanted))
        .map((row) => el("tr", {}, el("td", { class: "n" }, row.code ?? "–"), el("td", {}, row.does),
          el("td", { class: "n" }, row.phone), el("td", { class: "n" }, row.user_id || "–"))));
  };
  $("magic-search").addEventListener("input", draw);
  draw();
}

export async function drawSettings() {
  const [settings, choices] = await Promise.all([call("GET", "/settings"), call("GET", "/settings/choices")]);
  const form = $("settings-form");
  const inputs = Object.entries(settings).map(([name, value]) => {
    const input = choices[name]
      ? el("select", { name }, choices[name].map((choice) => el("option", { value: choice }, choice)))
      : typeof value === "boolean"
      ? el("select", { name }, el("option", { value: "true" }, "có"), el("option", { value: "false" }, "không"))
      : el("input", { name, type: typeof value === "number" ? "number" : "text", step: "any" });
    input.value = String(value);
    return el("label", {}, name, input);
  });
  form.replaceChildren(...inputs, el("button", { type: "submit", class: "primary" }, "Lưu"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const changed = {};
    for (const [name, before] of Object.entries(settings)) {
      const raw = form.elements[name].value;
      const value = typeof before === "boolean" ? raw === "true" : typeof before === "number" ? Number(raw) : raw;
      if (value !== before) changed[name] = value;
    }
    await call("POST", "/settings", changed);
    say("Đã lưu cài đặt.");
    drawSettings();
  };
}
