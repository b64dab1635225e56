import { el, icon, webAddress, withLinks } from "./dom.js";
import { buttonRows, consentCard, infoCard, listCard, zbsCard } from "./phone-cards.js";

/** One message as it stands in the log. `acts` are the things a thumb can do to it. */
export function renderMessage(message, chat, acts) {
  const mine = message.from === "user";
  const row = el("div", { class: mine ? "message mine" : "message", "data-id": message.message_id },
    mine ? null : el("img", { class: "avatar", src: faceOf(message, chat), alt: "" }),
    bubble(message, chat, acts));
  if (message.author_name && !mine) row.querySelector(".bubble").prepend(el("p", { class: "author" }, message.author_name));
  if (!mine && !chat.is_group) row.append(reaction(message, acts));
  else if (message.reaction) row.prepend(el("span", { class: "answered", role: "img", "aria-label": "OA đã thả cảm xúc" }, icon("heart")));
  return row;
}

const faceOf = (message, chat) => {
  if (!chat.is_group) return chat.avatar;
  return message.author ? `/cdn/avatars/${encodeURIComponent(message.author)}` : chat.avatar;
};

function bubble(message, chat, acts) {
  switch (message.kind) {
    case "zbs":
    case "card":
      return zbsCard(message, chat, acts);
    case "request_user_info":
      return infoCard(message, chat, acts);
    case "consent":
      return consentCard(message, acts);
    case "list":
      return listCard(message, chat, acts);
    case "image":
    case "gif":
      return el("div", { class: "bubble" }, quote(message), picture(message.url), said(message));
    case "sticker":
      return el("div", { class: "bubble bare" }, el("img", { class: "sticker", src: message.url, alt: "Nhãn dán" }));
    case "file":
      return el("div", { class: "bubble" }, file(message.file ?? message), said(message));
    case "location":
      return el("div", { class: "bubble" }, place(message.coordinates), said(message));
    case "link":
    case "business_card":
      return el("div", { class: "bubble" }, cardOf(message));
    case "audio":
    case "video":
      return el("div", { class: "bubble" }, enclosure("web", message.url, message.description || message.url, ""), said(message));
    default:
      return el("div", { class: message.buttons.length ? "bubble card" : "bubble" },
        quote(message), said(message), buttonRows(message.buttons, (index) => acts.tap(message, index)));
  }
}

const quote = (message) => (message.quote ? el("p", { class: "quote" }, message.quote.text) : null);
const said = (message) => (message.text ? el("p", { class: "said" }, withLinks(message.text)) : null);
const picture = (url) => (webAddress(url) ? el("img", { class: "picture", src: url, alt: "Ảnh", loading: "lazy" }) : null);

function cardOf(message) {
  let card = {};
  try {
    card = JSON.parse(message.description);
  } catch {
    // a card somebody else made: show what there is
  }
  return el("div", { class: "enclosure" }, icon("card"),
    el("span", {}, card.caption ?? "Danh thiếp", el("small", {}, (card.phone ?? "").replace(/^84/, "0"))));
}

function file(data) {
  const size = `${Math.max(1, Math.round(Number(data.size) / 1024))} KB`;
  return enclosure("file", data.url, data.name, `${(data.type || "tệp").toUpperCase()} · ${size}`);
}

function place(coordinates) {
  const where = `${coordinates.latitude}, ${coordinates.longitude}`;
  return el("div", { class: "enclosure" }, icon("pin"), el("span", {}, "Vị trí", el("small", {}, where)));
}

function enclosure(name, url, label, detail) {
  const inside = [icon(name), el("span", {}, label, detail ? el("small", {}, detail) : null)];
  const address = webAddress(url);
  if (!address) return el("div", { class: "enclosure" }, inside);
  return el("a", { class: "enclosure", href: address, target: "_blank", rel: "noopener noreferrer" }, inside);
}

function reaction(message, acts) {
  const on = Boolean(message.reaction);
  const button = el("button", {
    type: "button",
    class: on ? "react on" : "react",
    "aria-pressed": String(on),
    "aria-label": "Thả tim",
    onclick: () => acts.react(message, on ? "/-remove" : "/-heart"),
  }, icon("heart"));
  return button;
}

/** One line for lists and toasts. */
export function previewOf(message) {
  if (!message) return "Chưa có tin nhắn";
  const text = {
    zbs: message.title || message.text,
    card: message.title || message.text,
    business_card: "[Danh thiếp]",
    audio: "[Tin thoại]",
    video: "[Video]",
    link: message.description || "[Liên kết]",
    image: message.text || "[Ảnh]",
    gif: "[Ảnh động]",
    file: `[Tệp] ${(message.file ?? message).name ?? ""}`,
    sticker: "[Nhãn dán]",
    location: "[Vị trí]",
    request_user_info: message.elements?.[0]?.title,
    list: message.elements?.[0]?.title,
  }[message.kind] ?? message.text;
  const line = (text || "[Tin nhắn]").replace(/\s+/g, " ");
  if (message.from === "user") return `Bạn: ${line}`;
  return message.author_name ? `${message.author_name}: ${line}` : line;
}
