// Dialogs: the browser's own, which keeps the focus inside and closes with Escape.

import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { button } from "./button.js";
import { note } from "./layout.js";

/**
 * Show a dialog with a form; return a promise of what `save` returned, or undefined if it was closed.
 *
 * @param title its title
 * @param content elements in it
 * @param options save: called when the form is sent, an error that it raises is shown in the dialog; label: of that
 *   button; danger: whether it destroys something; wide
 */
export function dialog(title, content, { save, label = t("common.save"), danger = false, wide = false } = {}) {
  return new Promise((resolve) => {
    let result;
    const failed = h("div", { role: "alert" });
    const confirm = save && h("button", { type: "submit", class: ["button", danger ? "danger solid" : "primary"] }, label);
    const close = () => element.close();
    const form = h(
      "form",
      { method: "dialog", novalidate: true },
      h("header", {}, h("h2", { id: "dialog-title" }, title), button(t("common.close"), close, { icon: "close", kind: "quiet", bare: true })),
      h("div", { class: "content" }, failed, content),
      h("footer", {}, button(save ? t("common.cancel") : t("common.close"), close), confirm),
    );
    const element = h("dialog", { class: wide && "wide", "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!save || confirm.disabled) return;
      confirm.disabled = true;
      try {
        result = (await save()) ?? true;
        element.close();
      } catch (error) {
        fill(failed, note(error.message, "bad"));
        if (error.status === undefined && error.name !== "ValueError") console.error(error);
      } finally {
        confirm.disabled = false;
      }
    });
    element.addEventListener("close", () => {
      element.remove();
      resolve(result);
    });
    document.body.append(element);
    element.showModal();
    (element.querySelector(".content input, .content textarea, .content select") ?? confirm ?? element).focus();
  });
}

/** Ask before something is destroyed; return a promise of true or undefined. */
export function confirm(title, text, label, save) {
  return dialog(title, h("p", {}, text), { save: save ?? (() => true), label, danger: true });
}
