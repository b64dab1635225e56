import { $, clockTime, dayOf, el, icon, verifiedTick, webAddress } from "./dom.js";
import * as api from "./phone-api.js";
import { choose, confirmShare, confirmWithdraw, tell } from "./phone-dialogs.js";
import { renderMessage } from "./phone-message.js";

const SHOWN = 200;
const GAP_MS = 10 * 60_000;
const ATTACHMENTS = [
  { key: "image", icon: "image", label: "Ảnh" },
  { key: "file", icon: "file", label: "Tệp" },
  { key: "location", icon: "pin", label: "Vị trí" },
  { key: "sticker", icon: "smile", label: "Nhãn dán" },
  { key: "business-card", icon: "card", label: "Danh thiếp của tôi" },
];

/** The open conversation: draws it, keeps it at its end, and carries the citizen's acts to the simulator. */
export class ChatScreen {
  constructor({ toast, onBack }) {
    this.toast = toast;
    this.chat = null;
    this.citizen = null;
    this.lastAt = 0;
    this.staysAtEnd = true;
    $("back").append(icon("back"));
    $("more").append(icon("more"));
    $("attach").append(icon("plus"));
    $("send").append(icon("send"));
    $("back").addEventListener("click", onBack);
    $("more").addEventListener("click", () => this.#more());
    $("follow").addEventListener("click", () => this.#do("follow"));
    $("attach").addEventListener("click", () => this.#attach());
    $("composer").addEventListener("submit", (event) => this.#submit(event));
    $("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
    $("text").addEventListener("input", () => this.#grow());
    $("log").addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A picture that arrives late must not push the newest message out of sight.
    $("log").addEventListener("load", () => this.staysAtEnd && this.#toEnd(), { capture: true });
    $("to-end").addEventListener("click", () => this.#toEnd());
    this.picker = el("input", { type: "file", hidden: true });
    this.picker.addEventListener("change", () => this.#sendFile());
    document.body.append(this.picker);
    this.acts = {
      tap: (message, button) => this.#tap(message, button),
      rate: (message, starCount, feedbacks) =>
        this.#do("rate", { message_id: message.message_id, stars: starCount, feedbacks }),
      share: () => this.#share(),
      consent: (allow) => this.#do("consent", { allow }),
      react: (message, symbol) => this.#do("react", { message_id: message.message_id, icon: symbol }),
    };
  }

  get oaId() {
    return this.chat?.oa_id ?? null;
  }

  async open(citizen, oaId) {
    // What happens while the chat is being fetched is kept: the answer may have been made just before.
    const opening = { oaId, missed: [] };
    this.opening = opening;
    let chat;
    try {
      chat = await api.chat(citizen.citizen_id, oaId);
    } finally {
      if (this.opening === opening) this.opening = null;
    }
    this.citizen = citizen;
    this.chat = Object.assign(chat, { avatar: chat.avatar_url || `/cdn/avatars/${encodeURIComponent(oaId)}` });
    this.#head();
    this.#drawLog();
    this.#drawMenu();
    this.markSeen();
    for (const [event, data] of opening.missed) this.receive(event, data);
  }

  isOpening(oaId) {
    return this.opening?.oaId === oaId;
  }

  keepForLater(event, data) {
    this.opening.missed.push([event, data]);
  }

  close() {
    this.chat = null;
    this.opening = null;
    $("log").replaceChildren();
  }

  /** Something happened in the open chat. */
  receive(event, data) {
    if (event === "message") {
      if (this.chat.messages.some((one) => one.message_id === data.message.message_id)) return;
      const wasAtEnd = this.staysAtEnd;
      this.chat.messages.push(data.message);
      $("log").querySelector(".empty")?.remove();
      this.#append(data.message);
      if (wasAtEnd || data.message.from === "user") this.#toEnd();
      else $("to-end").hidden = false;
      if (data.message.from === "oa") this.markSeen();
    } else if (event === "notice") {
      $("log").querySelector(".empty")?.remove();
      $("log").append(el("p", { class: "notice" }, data.notice.text));
      this.#toEnd();
    } else if (event === "rating" || event === "reaction") {
      const message = this.chat.messages.find((one) => one.message_id === data.message_id);
      if (!message) return;
      if (event === "rating") message.rating = data.rating;
      else message.reaction = data.icon;
      this.#redraw(message);
    } else if (event === "changed") {
      const message = this.chat.messages.find((one) => one.message_id === data.message.message_id);
      if (message) this.#redraw(Object.assign(message, data.message));
    } else if (event === "withdraw") {
      this.chat.messages = [];
      this.#drawLog();
    }
    if (data.is_follower !== undefined && data.is_follower !== this.chat.is_follower) {
      this.chat.is_follower = data.is_follower;
      this.#head();
    }
  }

  markSeen() {
    if (this.chat && document.visibilityState === "visible") {
      api.act(this.citizen.citizen_id, this.oaId, "seen").catch(() => {});
    }
  }

  #head() {
    const { name, description, is_verified: verified, is_follower: follows, is_group: isGroup, avatar } = this.chat;
    $("chat-avatar").src = avatar;
    $("chat-title").replaceChildren(el("span", {}, name), ...(verified ? [verifiedTick()] : []));
    $("chat-sub").textContent = [follows && !isGroup ? "Đang quan tâm" : "", description || (follows ? "" : "Official Account")]
      .filter(Boolean).join(" · ");
    $("follow").hidden = follows;
    $("follow").setAttribute("aria-label", `Quan tâm ${name}`);
    $("log").setAttribute("aria-label", `Trò chuyện với ${name}`);
  }

  #drawMenu() {
    $("menu").hidden = !this.chat.menu.length;
    $("menu").replaceChildren(
      ...this.chat.menu.map((item) =>
        el("button", { type: "button", onclick: () => this.#do("menu", { title: item.title }) }, item.title)));
  }

  #drawLog() {
    const log = $("log");
    this.lastAt = 0;
    $("to-end").hidden = true;
    // Old messages are not news: screen readers hear only what is added later.
    log.setAttribute("aria-live", "off");
    log.replaceChildren();
    const rows = [
      ...this.chat.messages.slice(-SHOWN).map((message) => ({ at: message.received_at_ms, message })),
      ...this.chat.notices.map((notice) => ({ at: notice.received_at_ms, notice })),
    ].sort((one, other) => one.at - other.at);
    for (const row of rows) {
      if (row.message) this.#append(row.message);
      else log.append(el("p", { class: "notice" }, row.notice.text));
    }
    if (!rows.length) {
      log.append(el("div", { class: "empty" },
        el("img", { src: this.chat.avatar, alt: "", width: 84, height: 84 }),
        el("b", {}, this.chat.name),
        el("p", {}, this.chat.description || "Bấm Quan tâm để nhận tin, hoặc nhập câu hỏi của bạn.")));
    }
    this.#toEnd();
    requestAnimationFrame(() => {
      this.#toEnd();
      log.setAttribute("aria-live", "polite");
    });
  }

  #append(message) {
    if (message.sent_at_ms - this.lastAt > GAP_MS) {
      const when = `${clockTime(message.sent_at_ms)}, ${dayOf(message.sent_at_ms)}`;
      $("log").append(el("p", { class: "when" }, when));
    }
    this.lastAt = message.sent_at_ms;
    $("log").append(renderMessage(message, this.chat, this.acts));
  }

  #redraw(message) {
    const row = $("log").querySelector(`[data-id="${CSS.escape(message.message_id)}"]`);
    row?.replaceWith(renderMessage(message, this.chat, this.acts));
  }

  #atEnd() {
    const log = $("log");
    return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  }

  #scrolled() {
    this.staysAtEnd = this.#atEnd();
    if (this.staysAtEnd) $("to-end").hidden = true;
  }

  #toEnd() {
    this.staysAtEnd = true;
    $("log").scrollTop = $("log").scrollHeight;
    $("to-end").hidden = true;
  }

  #grow() {
    const text = $("text");
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 120)}px`;
  }

  /** Carry an act out; what it leads to (an address, a call) happens here. */
  async #do(what, body = {}) {
    try {
      this.#effect(await api.act(this.citizen.citizen_id, this.oaId, what, body));
    } catch (error) {
      this.toast(error instanceof api.Refused ? error.message : "Không gửi được. Kiểm tra kết nối rồi thử lại.");
    }
  }

  #effect(result) {
    if (result.effect === "open_url" && webAddress(result.url)) {
      window.open(result.url, "_blank", "noopener");
    } else if (result.effect === "call") {
      tell("Gọi điện", `Điện thoại sẽ gọi số ${result.phone}.`);
    } else if (result.effect === "sms") {
      tell("Nhắn tin SMS", `Gửi tới ${result.phone}: “${result.text}”`);
    } else if (result.effect === "copy") {
      navigator.clipboard?.writeText(result.text).catch(() => {});
      this.toast(`Đã sao chép: ${result.text}`);
    }
  }

  #submit(event) {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return;
    $("text").value = "";
    this.#grow();
    this.#do("text", { text });
  }

  #tap(message, button) {
    return this.#do("tap", { message_id: message.message_id, button });
  }

  async #share() {
    if (await confirmShare(this.chat.name, this.citizen)) this.#do("share-info");
  }

  async #attach() {
    const kind = await choose("Gửi gì?", ATTACHMENTS);
    if (kind === "image" || kind === "file") {
      this.picker.accept = kind === "image" ? "image/png,image/jpeg" : ".pdf,.doc,.docx,.csv";
      this.picker.dataset.kind = kind;
      this.picker.value = "";
      this.picker.click();
    } else if (kind) {
      this.#do(kind, kind === "sticker" ? { sticker_id: String(1 + Math.floor(Math.random() * 6)) } : {});
    }
  }

  async #sendFile() {
    const [picked] = this.picker.files;
    if (!picked) return;
    if (picked.size > 5 * 1_048_576) {
      this.toast("Tệp lớn hơn 5 MB. Chọn tệp nhỏ hơn.");
      return;
    }
    const bytes = new Uint8Array(await picked.arrayBuffer());
    let binary = "";
    for (let start = 0; start < bytes.length; start += 8192) {
      binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
    }
    this.#do(this.picker.dataset.kind, { name: picked.name, content_base64: btoa(binary) });
  }

  async #more() {
    if (this.chat.is_group) {
      if (await choose(this.chat.name, [{ key: "leave", icon: "minus", label: "Rời nhóm", danger: true }])) this.#do("leave");
      return;
    }
    const what = await choose(this.chat.name, [
      { key: "chatnow", icon: "chat", label: "Bắt đầu trò chuyện (từ trang OA)" },
      { key: "share", icon: "share", label: "Chia sẻ thông tin của tôi" },
      { key: "call", icon: "phone", label: "Gọi thoại cho OA" },
      ...(this.chat.is_follower ? [{ key: "unfollow", icon: "minus", label: "Bỏ quan tâm" }] : []),
      { key: "withdraw", icon: "trash", label: "Yêu cầu xóa dữ liệu", danger: true },
    ]);
    if (what === "share") this.#share();
    else if (what === "call") {
      await this.#do("call", { talk_s: 60 });
      tell("Cuộc gọi kết thúc", `Bạn đã gọi ${this.chat.name} trong 1 phút.`);
    } else if (what === "chatnow" || what === "unfollow") this.#do(what);
    else if (what === "withdraw" && (await confirmWithdraw(this.chat.name))) this.#do("withdraw");
  }
}
