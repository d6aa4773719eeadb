// Inputs with a label.

import { h, later, set } from "../dom.js";
import { icon } from "./icon.js";

let count = 0;

/** Return an input with its label; `input` is an element. The result has `.error(text)`, which shows an error or none. */
export function field(label, input, { hint } = {}) {
  const id = `field-${++count}`;
  input.id ||= id;
  const error = h("div", { class: "error", id: `${id}-error`, role: "alert" });
  const below = hint ? h("div", { class: "hint", id: `${id}-hint` }, hint) : null;
  input.setAttribute("aria-describedby", [below && `${id}-hint`, `${id}-error`].filter(Boolean).join(" "));
  const element = h("div", { class: "field" }, h("label", { for: input.id }, label), input, below, error);
  element.error = (text) => {
    error.textContent = text ?? "";
    set(input, { "aria-invalid": text ? "true" : null });
  };
  return element;
}

/** Return a line of text to fill in. */
export function input(props = {}) {
  return h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...props, class: ["input", props.class] });
}

/** Return several lines to fill in. */
export function textarea(props = {}) {
  return h("textarea", { spellcheck: "false", ...props, class: ["input", props.class] });
}

/** Return a choice; options: [[value, label], …]. */
export function select(options, props = {}) {
  const { value, ...rest } = props;
  const element = h("select", { ...rest, class: ["input", props.class] });
  choices(element, options, value);
  return element;
}

/** Change the options of a choice, and keep the one that is chosen. */
export function choices(element, options, value = element.value) {
  element.replaceChildren(...options.map(([name, label]) => h("option", { value: name }, label)));
  if (options.some(([name]) => name === value)) element.value = value;
}

/** Return a box to tick. */
export function checkbox(label, props = {}) {
  const box = h("input", { type: "checkbox", ...props });
  const element = h("label", { class: "check" }, box, label);
  element.box = box;
  return element;
}

/** Return a search box; `work(text)` is called a moment after the last key. */
export function searchBox(label, work, value = "") {
  const box = input({ type: "search", placeholder: label, "aria-label": label, value });
  const changed = later(200, () => work(box.value.trim()));
  box.addEventListener("input", changed);
  const element = h("div", { class: "search" }, icon("search"), box);
  element.box = box;
  return element;
}
