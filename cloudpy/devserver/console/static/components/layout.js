// Parts of a page: heading, cards, states, facts, badges.

import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "./button.js";
import { icon } from "./icon.js";

/** Return the heading of a page: title, a sentence below it, buttons, and where it belongs ([["Functions", "/_console/functions"]]). */
export function heading(title, { lead, actions = [], crumbs = [] } = {}) {
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      { class: "grow" },
      crumbs.length > 0 && h("nav", { class: "crumb", "aria-label": t("nav.label") }, crumbs.map(([name, address]) => [h("a", { href: address }, name), icon("right")])),
      h("h1", { tabindex: "-1" }, title),
      lead && h("p", { class: "lead" }, lead),
    ),
    actions.length > 0 && h("div", { class: "actions" }, actions),
  );
}

/** Return a card with a title, buttons and content. */
export function card(title, content, { actions = [], flush = false, id } = {}) {
  return h(
    "section",
    { class: "card", id, "aria-label": title || undefined },
    title && h("header", {}, h("h2", {}, title), actions.length > 0 && h("div", { class: "actions" }, actions)),
    flush ? content : h("div", { class: "inside" }, content),
  );
}

/** Return what is shown where there is nothing: an icon, what is missing, what to do, and buttons or a command. */
export function empty(image, title, text, ...actions) {
  return h("div", { class: "empty" }, icon(image), h("h2", {}, title), text && h("p", {}, text), actions.length > 0 && h("div", { class: "actions" }, actions));
}

/** Return what is shown while data is read. */
export function loading() {
  return h("div", { class: "loading", role: "status" }, t("common.loading"));
}

/** Return what is shown when data could not be read, with a button that tries again. */
export function failure(error, retry) {
  return empty("warning", t("common.failed"), error.message, retry && button(t("common.retry"), retry, { icon: "refresh" }));
}

/** Read data into a place of the page: shows that it is loading, then what `show` returns, or the failure. */
export async function load(place, read, show) {
  if (!place.hasChildNodes()) fill(place, loading());
  try {
    const value = await read();
    fill(place, await show(value));
  } catch (error) {
    fill(place, failure(error, () => load(place, read, show)));
    if (error.status === undefined) console.error(error);
  }
}

/** Return a list of names and values; pairs whose value is null or undefined are left out. */
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** Return a badge; kind: "good", "bad", "warn", "info" or nothing. */
export function badge(text, kind = "") {
  return h("span", { class: ["badge", kind] }, text);
}

/** Return a sentence in a coloured box; kind: "info", "warn", "bad". */
export function note(text, kind = "info") {
  return h("div", { class: ["note", kind] }, icon(kind === "info" ? "info" : "warning"), h("div", {}, text));
}
