import { $, el, icon, webAddress } from "./dom.js";

/** Show the one dialog; resolves with what `close` was given, or null when it was dismissed. */
function ask(build) {
  const dialog = $("dialog");
  return new Promise((resolve) => {
    let answer = null;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.replaceChildren(build(close));
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    dialog.showModal();
    // Over the phone, not over the middle of a wide page.
    const phone = $("phone").getBoundingClientRect();
    dialog.style.marginLeft = `${phone.left + (phone.width - dialog.offsetWidth) / 2}px`;
  });
}

const title = (text) => el("h2", { id: "dialog-title" }, text);
const cancel = (close, label = "Để sau") => el("button", { type: "button", class: "quiet", onclick: () => close(null) }, label);

/** Zalo's question before personal data leaves the phone. */
export function confirmShare(account, citizen) {
  const fact = (name, value) => (value ? [el("dt", {}, name), el("dd", {}, value)] : []);
  return ask((close) =>
    el("div", { class: "stack" },
      title(`Chia sẻ thông tin với ${account}?`),
      el("p", {}, "Official Account này sẽ nhận được:"),
      el("dl", { class: "facts" },
        fact("Họ tên", citizen.name), fact("Điện thoại", citizen.phone.replace(/^84/, "0")), fact("Địa chỉ", citizen.address)),
      el("div", { class: "row" }, cancel(close, "Từ chối"),
        el("button", { type: "button", class: "primary", onclick: () => close(true) }, "Đồng ý chia sẻ"))));
}

/** Paste what the camera would read; resolves with a web address. */
export function scanCode() {
  return ask((close) => {
    const input = el("input", { type: "url", id: "scan-text", placeholder: "https://…", required: true, autofocus: true });
    const problem = el("p", { role: "alert" });
    const read = (event) => {
      event.preventDefault();
      const address = webAddress(input.value.trim());
      if (address) close(address);
      else problem.textContent = "Đây không phải địa chỉ web. Dán liên kết bắt đầu bằng https://.";
    };
    return el("form", { onsubmit: read, noValidate: true },
      title("Quét QR"),
      el("p", {}, "Máy ảnh giả lập đọc được mã có nội dung:"),
      el("label", {}, el("span", {}, "Liên kết trong mã QR"), input),
      problem,
      el("div", { class: "row" }, cancel(close), el("button", { type: "submit", class: "primary" }, "Mở liên kết")));
  });
}

/** A list of things to do; resolves with the chosen key. */
export function choose(heading, options) {
  return ask((close) =>
    el("div", { class: "stack" },
      title(heading),
      el("div", { class: "choices" },
        options.map((option) =>
          el("button", { type: "button", class: option.danger ? "danger" : "", onclick: () => close(option.key) },
            icon(option.icon), option.label))),
      el("div", { class: "row" }, cancel(close, "Đóng"))));
}

/** Calls and text messages leave Zalo: say so. */
export function tell(heading, text) {
  return ask((close) =>
    el("div", { class: "stack" }, title(heading), el("p", {}, text),
      el("div", { class: "row" }, el("button", { type: "button", class: "primary", autofocus: true, onclick: () => close(true) }, "Đóng"))));
}

export function confirmWithdraw(account) {
  return ask((close) =>
    el("div", { class: "stack" },
      title("Yêu cầu xóa dữ liệu?"),
      el("p", {}, `${account} sẽ được yêu cầu xóa mọi dữ liệu của bạn; lịch sử trò chuyện ở đây cũng bị xóa.`),
      el("div", { class: "row" }, cancel(close), el("button", { type: "button", class: "primary", onclick: () => close(true) }, "Yêu cầu xóa"))));
}
