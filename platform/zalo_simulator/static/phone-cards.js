import { el, icon } from "./dom.js";

const BUTTON_ICONS = { "oa.query.show": "chat", "oa.query.hide": "chat", "oa.open.url": "web", "oa.open.phone": "phone", "oa.open.sms": "chat", 1: "web", 2: "phone", 10: "copy" };

export function buttonRows(buttons, tap) {
  if (!buttons.length) return null;
  return el("div", { class: "actions" },
    buttons.map((button, index) =>
      el("button", { type: "button", onclick: () => tap(index) },
        BUTTON_ICONS[button.type] ? icon(BUTTON_ICONS[button.type]) : null, button.title)));
}

/** A ZBS template message: issuer, title, paragraphs, table, rating, buttons. */
export function zbsCard(message, chat, acts) {
  const stripe = el("div", { class: "stripe" });
  stripe.style.background = chat.color;
  return el("article", { class: "bubble card" },
    stripe,
    message.banner ? el("img", { class: "picture", src: message.banner, alt: "", loading: "lazy" }) : null,
    el("p", { class: "issuer" }, el("img", { src: chat.avatar, alt: "" }), chat.name),
    message.title ? el("h3", {}, message.title) : null,
    el("div", { class: "body" }, (message.paragraphs ?? [message.text]).map((text) => el("p", {}, text))),
    message.table.length
      ? el("dl", { class: "rows" }, message.table.map((row) => [el("dt", {}, row.key), el("dd", {}, row.value)]).flat())
      : null,
    (message.images ?? []).map((id) => el("img", { class: "picture", src: `/cdn/${encodeURIComponent(id)}`, alt: "", loading: "lazy" })),
    message.otp ? el("p", { class: "otp" }, message.otp) : null,
    facts(message.voucher, VOUCHER), facts(message.payment, PAYMENT),
    message.rating_form ? ratingOf(message, acts) : null,
    buttonRows(message.buttons, (index) => acts.tap(message, index)));
}

const VOUCHER = { name: "Ưu đãi", condition: "Điều kiện", voucher_code: "Mã", start_date: "Từ", end_date: "Đến" };
const PAYMENT = { account_name: "Người nhận", bank_account: "Tài khoản", bank_code: "Ngân hàng", amount: "Số tiền", note: "Nội dung" };

function facts(values, names) {
  if (!values) return null;
  const known = Object.entries(names).filter(([key]) => values[key]);
  return el("dl", { class: "rows" }, known.flatMap(([key, name]) => [el("dt", {}, name), el("dd", {}, values[key])]));
}

/** Five stars; choosing one asks why, with the answers the template offers. */
function ratingOf(message, acts) {
  const box = el("div", { class: "rating" });
  if (message.rating) {
    box.append(stars(message.rating.stars), el("p", {}, "Cảm ơn bạn đã đánh giá!"));
    return box;
  }
  const items = message.rating_form.items;
  const draw = (chosen) => {
    const item = items.find((one) => one.star === chosen);
    const feedbacks = new Set();
    box.replaceChildren(stars(chosen, draw, items));
    if (!item) return;
    const send = el("button", { type: "button", class: "primary" }, "Gửi đánh giá");
    send.addEventListener("click", () => {
      send.disabled = true;
      acts.rate(message, chosen, [...feedbacks]);
    });
    box.append(
      el("b", {}, item.title),
      el("p", { class: "why" }, item.question),
      el("div", { class: "chips" }, item.answers.map((answer) => chip(answer, feedbacks))),
      send);
    box.querySelectorAll(".stars button")[chosen - 1].focus();
    send.scrollIntoView({ block: "nearest" });
  };
  draw(0);
  return box;
}

function chip(answer, chosen) {
  const button = el("button", { type: "button", "aria-pressed": "false" }, answer);
  button.addEventListener("click", () => {
    if (!chosen.delete(answer)) chosen.add(answer);
    button.setAttribute("aria-pressed", String(chosen.has(answer)));
  });
  return button;
}

function stars(count, choose, items = []) {
  const names = Object.fromEntries(items.map((item) => [item.star, item.title]));
  return el("div", { class: "stars", role: "group", "aria-label": count ? `${count} trên 5 sao` : "Chấm sao" },
    [1, 2, 3, 4, 5].map((star) =>
      el("button", {
        type: "button",
        class: star <= count ? "on" : "",
        disabled: !choose,
        "aria-label": `${star} sao${names[star] ? `: ${names[star]}` : ""}`,
        "aria-pressed": String(star === count),
        onclick: () => choose(star),
      }, icon("star"))));
}

export function infoCard(message, chat, acts) {
  const card = message.elements[0];
  return el("article", { class: "bubble card info-card" },
    card.image_url ? el("img", { class: "picture", src: card.image_url, alt: "", loading: "lazy" }) : null,
    el("h3", {}, card.title),
    el("div", { class: "body" }, card.subtitle ? el("p", {}, card.subtitle) : null),
    el("div", { class: "actions" },
      el("button", { type: "button", onclick: () => acts.share() }, icon("share"), "Chia sẻ thông tin")));
}

export function listCard(message, chat, acts) {
  let tappable = message.buttons.length;
  const rows = message.elements.map((card) => {
    const inside = [
      el("b", {}, card.title),
      card.subtitle ? el("small", {}, card.subtitle) : null,
      card.image_url ? el("img", { src: card.image_url, alt: "", loading: "lazy" }) : null,
    ];
    if (!card.action) return el("div", { class: "row" }, inside);
    const index = tappable++;
    return el("button", { type: "button", onclick: () => acts.tap(message, index) }, inside);
  });
  return el("article", { class: "bubble card" }, el("div", { class: "cards" }, rows),
    buttonRows(message.buttons, (index) => acts.tap(message, index)));
}

const CONSENT_SAID = { ALLOW: "Bạn đã cho phép gọi.", USER_BLOCKED: "Bạn đã từ chối.", EXPIRED: "Yêu cầu đã hết hạn." };

/** The account asks to be allowed to call. */
export function consentCard(message, acts) {
  const said = CONSENT_SAID[message.consent_state];
  return el("article", { class: "bubble card" },
    el("div", { class: "body ask" }, el("p", {}, message.text)),
    said ? el("p", { class: "shared" }, said)
      : el("div", { class: "actions" },
          el("button", { type: "button", onclick: () => acts.consent(true) }, icon("phone"), "Cho phép gọi"),
          el("button", { type: "button", onclick: () => acts.consent(false) }, "Từ chối")));
}
