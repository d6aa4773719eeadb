// Short messages at the edge of the page; a screen reader says them.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";

const SHOWN = 5000; // ms
const place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Put the place of the messages on the page. */
export function toasts() {
  return place;
}

/** Show that something is done. */
export function toast(message) {
  const element = show("check", message, "");
  setTimeout(() => element.remove(), SHOWN);
}

/** Show that something failed, until it is closed. */
export function problem(message) {
  show("warning", message, "bad");
}

function show(image, message, kind) {
  const close = h("button", { type: "button", class: "button quiet small icon-only", "aria-label": t("common.close") }, icon("close"));
  const element = h("div", { class: ["toast", kind] }, icon(image), h("div", { class: "grow" }, message), close);
  close.addEventListener("click", () => element.remove());
  place.append(element);
  while (place.children.length > 4) place.firstElementChild.remove();
  return element;
}
