import { $, el, shortTime, verifiedTick } from "./dom.js";
import { previewOf } from "./phone-message.js";

export const avatarOf = (chat) => chat.avatar_url || `/cdn/avatars/${encodeURIComponent(chat.oa_id)}`;

/** The list of Official Accounts, the latest message first. */
export function drawChats(chats, nowMs, open) {
  const sorted = [...chats].sort((one, other) => other.last_at_ms - one.last_at_ms);
  $("chats").replaceChildren(
    ...sorted.map((chat) =>
      el("li", { class: chat.unread ? "unread" : "" },
        el("button", { type: "button", "data-oa": chat.oa_id, onclick: () => open(chat.oa_id) },
          el("img", { src: avatarOf(chat), alt: "", width: 52, height: 52 }),
          el("span", { class: "name" }, el("span", {}, chat.name), chat.is_verified ? verifiedTick() : null),
          el("time", {}, chat.last_message ? shortTime(chat.last_message.sent_at_ms, nowMs) : ""),
          el("span", { class: "preview" }, chat.last_message ? previewOf(chat.last_message) : chat.description || "Chưa có tin nhắn"),
          chat.unread
            ? el("span", { class: "badge", "aria-label": `${chat.unread} tin chưa đọc` }, chat.unread > 99 ? "99+" : chat.unread)
            : el("span", {})))));
}

/** The people who could be holding this phone. */
export function drawPeople(list, people, currentId, choose) {
  list.replaceChildren(
    ...people.map((person) =>
      el("li", {},
        el("button", { type: "button", "data-citizen": person.citizen_id, "aria-current": person.citizen_id === currentId ? "true" : null, onclick: () => choose(person.citizen_id) },
          el("img", { src: `/cdn/avatars/${encodeURIComponent(person.citizen_id)}`, alt: "", width: 40, height: 40 }),
          el("span", {}, el("b", {}, person.name), el("small", {}, person.phone.replace(/^84/, "0")))))));
}
