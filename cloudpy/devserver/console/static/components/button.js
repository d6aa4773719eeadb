// Buttons. Those that change something are disabled on a page that can only read.

import * as api from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icon.js";
import { problem, toast } from "./toast.js";

/**
 * Return a button.
 *
 * @param label what is written on it
 * @param work called when it is pressed; while its promise is pending the button is disabled, and a failure is shown
 * @param options icon: name of an icon; kind: "primary", "danger", "quiet", "small", several with spaces;
 *   bare: show only the icon; changes: whether it changes something on the server; props: further attributes
 */
export function button(label, work, { icon: image, kind = "", bare = false, changes = false, props = {} } = {}) {
  const element = h(
    "button",
    { type: "button", class: ["button", kind, bare && "icon-only"], "aria-label": bare ? label : undefined, ...props },
    image && icon(image),
    !bare && label,
  );
  if (bare) element.title = label;
  element.addEventListener("click", async (event) => {
    if (changes && document.body.classList.contains("read-only")) {
      problem(t("frame.readOnlyText"));
      return;
    }
    element.disabled = true;
    try {
      await work(event);
    } catch (error) {
      problem(error instanceof api.ApiError ? error.message : String(error));
      if (!(error instanceof api.ApiError)) console.error(error);
    } finally {
      element.disabled = false;
    }
  });
  return element;
}

/** Return a link that looks like a button. */
export function linkButton(label, address, { icon: image, kind = "" } = {}) {
  return h("a", { class: ["button", kind], href: address }, image && icon(image), label);
}

/** Return a button that copies what `text` returns. */
export function copyButton(text, { label = t("common.copy"), kind = "small quiet", bare = false } = {}) {
  return button(
    label,
    async () => {
      await navigator.clipboard.writeText(await text());
      toast(t("common.copied"));
    },
    { icon: "copy", kind, bare },
  );
}
