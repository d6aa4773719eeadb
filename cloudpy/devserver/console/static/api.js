// The console's API, and the stream of events that says what has changed.

import { t } from "./i18n.js";
import { parse as parseJson } from "./json-text.js";

const BASE = "/_console/api";
const HEADER = "x-console-token";
const KEY = "cloudpy.token";
const AWAY = 20_000; // ms: a hidden page gives its connection up, because a browser has six for a server

/** An error that the server answered with, or that there is no server. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const listeners = new Map(); // kind -> Set of functions
let state = "connecting"; // or "open", "away", "ended"
let lastId = "";
let stream; // AbortController

// The token

const channel = new BroadcastChannel("cloudpy.console");
channel.onmessage = ({ data }) => {
  if (data === "token?" && token()) channel.postMessage({ token: token() });
  else if (data?.token && data.token !== token()) adopt(data.token);
};

/** Take the token of another page, if it is the one of the server that answers now. */
async function adopt(given) {
  if ((await checkToken()) || !(await isToken(given))) return;
  sessionStorage.setItem(KEY, given);
  emit("token");
}

/** Return the token, or an empty string. */
export function token() {
  return sessionStorage.getItem(KEY) ?? "";
}

/** Take the token out of the address; without one, ask the other pages of this server. */
export async function takeToken() {
  const query = new URLSearchParams(location.search);
  const given = query.get("token");
  if (given !== null) {
    query.delete("token");
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + (query.size ? `?${query}` : "") + location.hash);
    channel.postMessage({ token: given }); // pages that were open before a restart have an older one
  } else {
    channel.postMessage("token?");
  }
}

/** Whether the server accepts the token; without a valid one the page can only read. */
export function checkToken() {
  return isToken(token());
}

async function isToken(given) {
  if (!given) return false;
  try {
    const answer = await fetch(`${BASE}/access`, { headers: { [HEADER]: given } });
    return (await answer.json()).changes === true;
  } catch {
    return false;
  }
}

function headers(more = {}) {
  return token() ? { ...more, [HEADER]: token() } : more;
}

// Requests

/** Return an address of the API: path("/functions/{}", name). */
export function path(template, ...parts) {
  return template.replace(/\{\}/g, () => encodeURIComponent(parts.shift()));
}

/** Return the address of a file, for src and href. */
export function fileAddress(address, query) {
  return BASE + address + search(query);
}

/** Read something. */
export function get(address, query) {
  return request("GET", address + search(query));
}

/** Change something. */
export function send(method, address, body) {
  return request(method, address, body === undefined ? undefined : JSON.stringify(body), "application/json");
}

/** Send a file or other bytes. `onprogress` is called with a number from 0 to 1. */
export function upload(method, address, body, { query, type, onprogress } = {}) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open(method, BASE + address + search(query));
    for (const [name, value] of Object.entries(headers())) call.setRequestHeader(name, value);
    call.setRequestHeader("content-type", type || body.type || "application/octet-stream");
    if (onprogress) call.upload.onprogress = (event) => onprogress(event.loaded / event.total);
    call.onerror = () => reject(gone());
    call.onload = () => {
      const value = parse(call.responseText);
      if (call.status < 400) resolve(value);
      else reject(new ApiError(call.status, value?.errCode ?? "", value?.errMsg ?? call.statusText));
    };
    call.send(body);
  });
}

async function request(method, address, body, type) {
  let answer, text;
  if (state === "ended" && address !== "/status") throw gone();
  try {
    answer = await fetch(BASE + address, { method, body, headers: headers(type && body ? { "content-type": type } : {}) });
    text = await answer.text();
  } catch {
    throw gone();
  }
  const value = parse(text);
  if (!answer.ok) throw new ApiError(answer.status, value?.errCode ?? "", value?.errMsg ?? answer.statusText);
  return value;
}

function gone() {
  setState("ended");
  return new ApiError(0, "ENDED", t("ended.error"));
}

function parse(text) {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function search(query) {
  const fields = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return fields.length ? `?${new URLSearchParams(fields)}` : "";
}

// Events

/** Call `work(value)` at each event of a kind; return a function that ends it. */
export function on(kind, work) {
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind).add(work);
  return () => listeners.get(kind).delete(work);
}

/** Return "connecting", "open", "away" or "ended". */
export function connection() {
  return state;
}

/** Open the stream of events, now and when the page is shown again. Events: those of the server, "state" and "reset". */
export function connect() {
  stream?.abort();
  stream = new AbortController();
  listen(stream.signal);
}

let hiding;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      if (state === "open") {
        setState("away");
        stream?.abort();
      }
    }, AWAY);
  } else if (state === "away") connect();
});

async function listen(signal) {
  try {
    const answer = await fetch(`${BASE}/events`, { signal, headers: headers(lastId ? { "last-event-id": lastId } : {}) });
    if (!answer.ok) throw new Error(answer.statusText);
    const known = lastId !== "";
    setState("open");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) take(part, known);
    }
  } catch (error) {
    if (signal.aborted) return;
  }
  if (!signal.aborted) setState("ended");
}

function take(part, known) {
  let kind = "", data = "";
  for (const line of part.split("\n")) {
    if (line.startsWith("id: ")) lastId = line.slice(4);
    else if (line.startsWith("event: ")) kind = line.slice(7);
    else if (line.startsWith("data: ")) data = line.slice(6);
  }
  if (kind === "end") setState("ended");
  else if (kind === "hello") emit(known ? "resumed" : "hello");
  else if (kind) emit(kind, parse(data));
}

function emit(kind, value) {
  for (const work of [...(listeners.get(kind) ?? [])]) work(value);
}

function setState(next) {
  if (next === state) return;
  state = next;
  if (next === "ended") lastId = "";
  emit("state", next);
}
