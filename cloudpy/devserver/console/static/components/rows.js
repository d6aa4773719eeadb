// How invocations, functions and levels look wherever they are shown.

import { h } from "../dom.js";
import { duration, t, time } from "../i18n.js";
import { path } from "../api.js";
import { badge } from "./layout.js";

const STATES = { ready: "good", running: "info", loading: "info", broken: "bad", resting: "" };

/** Return the badge of a function's state. */
export function stateBadge(state) {
  const element = badge(t(`state.${state}`), STATES[state] ?? "");
  element.classList.add("dot");
  return element;
}

/** Return "running", "ok" or "failed". */
export function outcome(row) {
  if (row.kind === "") return "running";
  return row.kind === "result" ? "ok" : "failed";
}

/** Return the badge of an invocation. */
export function outcomeBadge(row) {
  const name = outcome(row);
  const element = badge(t(`outcome.${name}`), { ok: "good", failed: "bad", running: "info" }[name]);
  element.classList.add("dot");
  return element;
}

/** Return who called: a user, or what else. */
export function who(row) {
  return row.openid || t(row.trigger === "timer" ? "who.timer" : "who.nobody");
}

/** Return the address of an invocation's page. */
export function invocationAddress(id) {
  return path("/_console/invocations/{}", id);
}

/** Return a line about an invocation, which leads to its page. */
export function invocationRow(row) {
  return h(
    "a",
    { href: invocationAddress(row.id), class: "invocation" },
    h("span", { class: "num muted when" }, time(row.started)),
    h("span", { class: ["mark", outcome(row)], role: "img", "aria-label": t(`outcome.${outcome(row)}`) }),
    h("strong", { class: "cut name" }, row.function),
    h("span", { class: "cut muted user" }, who(row)),
    row.trigger === "client" ? h("span", { class: "trigger" }) : h("span", { class: "trigger" }, badge(t(`trigger.${row.trigger}`))),
    h("span", { class: "grow cut mono summary" }, row.summary),
    row.calls > 0 && h("span", { class: ["small num calls", row.failed_calls ? "bad" : "muted"] }, t("invocations.calls", { n: row.calls })),
    h("span", { class: "num end duration" }, row.kind === "" ? "…" : duration(row.ms)),
  );
}
