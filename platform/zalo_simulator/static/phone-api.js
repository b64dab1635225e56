const BASE = "/sim/api";

export class Refused extends Error {}

async function call(method, path, body) {
  const answer = await fetch(BASE + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Refused(data.error ?? `HTTP ${answer.status}`);
  return data;
}

const part = encodeURIComponent;

export const people = () => call("GET", "/citizens").then((data) => data.citizens);
export const clock = () => call("GET", "/clock");
export const chats = (citizen) => call("GET", `/citizens/${part(citizen)}/chats`);
export const chat = (citizen, oa) => call("GET", `/citizens/${part(citizen)}/chats/${part(oa)}`);
export const act = (citizen, oa, what, body = {}) => call("POST", `/citizens/${part(citizen)}/chats/${part(oa)}/${what}`, body);
export const stream = (citizen) => new EventSource(`${BASE}/citizens/${part(citizen)}/stream`);
