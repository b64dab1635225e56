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

/** A conversation is an account's (its id) or a group's ("g:" and its id). */
const place = (id) => (isGroup(id) ? `groups/${part(id.slice(2))}` : `chats/${part(id)}`);
export const isGroup = (id) => id.startsWith("g:");

/** A group in the form of a chat. */
const asChat = (group) => ({
  ...group,
  oa_id: `g:${group.group_id}`,
  is_group: true,
  is_follower: true,
  is_verified: false,
  menu: [],
  avatar_url: `/cdn/avatars/${part(group.group_id)}`,
});

export async function chats(citizen) {
  const [own, groups] = await Promise.all(["chats", "groups"].map((what) => call("GET", `/citizens/${part(citizen)}/${what}`)));
  return [...own.chats, ...groups.groups.map(asChat)];
}

export async function chat(citizen, id) {
  const found = await call("GET", `/citizens/${part(citizen)}/${place(id)}`);
  return isGroup(id) ? asChat(found) : found;
}

export const act = (citizen, id, what, body = {}) => call("POST", `/citizens/${part(citizen)}/${place(id)}/${what}`, body);
export const stream = (citizen) => new EventSource(`${BASE}/citizens/${part(citizen)}/stream`);
