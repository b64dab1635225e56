const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-6z",
  plus: "M12 5v14M5 12h14",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-4M14 20h.01",
  minus: "M5 12h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  verified: "M12 2l2.6 2 3.2-.2.9 3.1 2.6 1.9-1.1 3 1.1 3-2.6 1.9-.9 3.1-3.2-.2L12 22l-2.6-2.4-3.2.2-.9-3.1-2.6-1.9 1.1-3-1.1-3 2.6-1.9.9-3.1 3.2.2zM8.5 12l2.5 2.5 4.5-5",
  star: "M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3-5.6-3-5.6 3 1.1-6.3L3 9.7l6.2-.9z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
  pin: "M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zM12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 14s1.5 2.5 4 2.5 4-2.5 4-2.5M9 9.5h.01M15 9.5h.01",
  card: "M3 6h18v12H3zM8 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 16c.5-1.5 4.5-1.5 5 0M14 10h4M14 14h3",
  phone: "M6 3h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L16 12.5l5 1.5v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  web: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  heart: "M12 20S4 15 4 9.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 15 12 20 12 20z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  share: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-5 16-5 16 0",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
};

/** Make an element. `props` are properties, `on…` listeners, `aria-…`/`data-…`/`role` attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else if (name === "class") node.className = value;
    else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const $ = (id) => document.getElementById(id);

export function verifiedTick() {
  return el("span", { class: "verified", role: "img", "aria-label": "đã xác thực" }, icon("verified"));
}

const timeForm = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const dayForm = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

export const clockTime = (ms) => timeForm.format(ms);
export const dayOf = (ms) => dayForm.format(ms);

/** "16:30" on the day of `nowMs`, else "24/11". */
export function shortTime(ms, nowMs) {
  return dayOf(ms) === dayOf(nowMs) ? clockTime(ms) : dayOf(ms);
}

/** Only web addresses may be opened; anything else an account sends stays text. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const LINK = /https?:\/\/[^\s<>"']+/g;

/** Text with its web addresses as links. */
export function withLinks(text) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,;:!?)]+$/, "");
    if (!webAddress(address)) continue;
    parts.push(text.slice(done, found.index));
    parts.push(el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address));
    done = found.index + address.length;
  }
  parts.push(text.slice(done));
  return parts;
}
