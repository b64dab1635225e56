import { $ } from "./dom.js";

/** Call the control API; a refusal is shown and thrown. */
export async function call(method, path, body) {
  const answer = await fetch(`/sim/api${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json();
  if (!answer.ok) {
    say(data.error);
    throw new Error(data.error);
  }
  return data;
}

let silence;

export function say(text) {
  $("said").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => ($("said").textContent = ""), 5000);
}

const timeForm = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, timeZone: "Asia/Ho_Chi_Minh",
});

/** Real time, in Vietnam, with milliseconds. */
export const exactTime = (ms) => timeForm.format(ms);
