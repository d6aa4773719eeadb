// JSON: a view that opens and closes, and an editor that says what is wrong.

import { add, fill, h, inFrame, text } from "../dom.js";
import { number, t } from "../i18n.js";
import { digits, parse, repeatedKey, tokens } from "../json-text.js";
import { button } from "./button.js";

const OPEN = 100; // items that are shown at once
const LONG = 400; // characters of a string
const BIG = 60_000; // characters of a text that are coloured
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Return a view of a value; the first `depth` levels are open. */
export function jsonView(value, { depth = 2, label } = {}) {
  return h("div", { class: "json", tabindex: "0", role: "group", "aria-label": label ?? "JSON" }, node(value, depth, ""));
}

function node(value, depth, before, after = "") {
  const line = h("div", { class: "line" });
  if (value === null || typeof value !== "object" || digits(value)) return add(line, before, leaf(value), after);
  const isList = Array.isArray(value);
  const entries = isList ? value.map((item) => [null, item]) : Object.entries(value);
  const [open, close] = isList ? "[]" : "{}";
  if (!entries.length) return add(line, before, open + close, after);
  const inside = h("div", { class: "in" });
  const end = h("div", { class: "line" }, close, after);
  const summary = h("span", { class: "muted" });
  const toggle = h("button", { type: "button" });
  let shown = 0;
  const more = () => {
    inside.querySelector(":scope > .line > .more")?.parentElement.remove();
    for (const [key, item] of entries.slice(shown, shown + OPEN)) {
      const last = ++shown === entries.length;
      inside.append(node(item, depth - 1, key === null ? "" : [h("span", { class: "k" }, JSON.stringify(key)), ": "], last ? "" : ","));
    }
    if (shown < entries.length) {
      inside.append(h("div", { class: "line" }, h("button", { type: "button", class: "more", onclick: more }, t("json.more", { n: number(entries.length - shown) }))));
    }
  };
  const show = (isOpen) => {
    if (isOpen && !shown) more();
    inside.hidden = end.hidden = !isOpen;
    toggle.textContent = isOpen ? "▾" : "▸";
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.setAttribute("aria-label", t(isOpen ? "json.close" : "json.open"));
    const n = number(entries.length);
    text(summary, isOpen ? "" : ` ${t(isList ? "json.items" : "json.keys", { n })} ${close}${after}`);
  };
  toggle.addEventListener("click", () => show(inside.hidden));
  add(line, toggle, before, open, summary);
  show(depth > 0);
  return h("div", {}, line, inside, end);
}

function leaf(value) {
  if (digits(value ?? 0)) return h("span", { class: "n" }, digits(value));
  if (typeof value !== "string") return h("span", { class: typeof value === "number" ? "n" : "w" }, String(value));
  const whole = JSON.stringify(value);
  if (whole.length <= LONG) return h("span", { class: "s" }, whole);
  const span = h("span", { class: "s" }, `${whole.slice(0, LONG)}…`);
  const all = h("button", { type: "button", class: "more" }, t("json.wholeText", { n: number(value.length) }));
  all.addEventListener("click", () => {
    span.textContent = whole;
    all.remove();
  });
  return [span, " ", all];
}

/** Return an error of JSON in words with its place, or an empty string. */
export function jsonProblem(source, { object = false } = {}) {
  try {
    const value = JSON.parse(source);
    const wrong = object && (value === null || typeof value !== "object" || Array.isArray(value));
    return wrong ? t("json.mustBeObject") : "";
  } catch (error) {
    const at = Number(/position (\d+)/.exec(error.message)?.[1] ?? source.length);
    const before = source.slice(0, at).split("\n");
    const message = error.message.replace(/,? ?(\.\.\.)?".*" is not valid JSON|in JSON at position.*|\(line.*/s, "").trim();
    return t("json.error", { line: before.length, column: before.at(-1).length + 1, message });
  }
}

/**
 * Return an editor for JSON.
 *
 * @param label what is edited
 * @param options value: the text; object: whether it must be an object; oninput: called with the text; onsend: called at
 *   Ctrl+Enter; rows
 *
 * The result has `.text`, `.value` (raises an error with `.name` "ValueError" if it is not valid) and `.problem`.
 */
export function jsonEditor(label, { value = "", object = false, oninput, onsend, rows = 9 } = {}) {
  const area = h("textarea", { "aria-label": label, spellcheck: "false", autocapitalize: "off", autocomplete: "off", rows: String(rows) });
  const colours = h("pre", { "aria-hidden": "true" });
  const box = h("div", { class: "editor" }, colours, area);
  const message = h("span", { role: "status" });
  const element = h("div", {}, box, h("div", { class: "editor-foot" }, message, button(t("json.format"), () => { element.format(); }, { kind: "small quiet" })));
  const check = () => {
    const source = area.value;
    element.problem = source.trim() ? jsonProblem(source, { object }) : object ? "" : t("json.empty");
    const twice = element.problem || source.length > BIG ? undefined : repeatedKey(source);
    message.className = element.problem || twice !== undefined ? "bad" : "muted";
    if (twice !== undefined) text(message, t("json.twice", { key: JSON.stringify(twice) }));
    else text(message, element.problem || (source.trim() ? t("json.valid") : t("json.empty")));
    box.classList.toggle("wrong", Boolean(element.problem));
    box.classList.toggle("big", source.length > BIG);
    if (source.length <= BIG) fill(colours, coloured(source));
    colours.scrollTop = area.scrollTop;
  };
  const soon = inFrame(check);
  area.addEventListener("input", () => {
    soon();
    oninput?.(area.value);
  });
  area.addEventListener("scroll", () => {
    colours.scrollTop = area.scrollTop;
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onsend?.();
    }
  });
  element.area = area;
  element.format = () => {
    if (area.value.trim() && !jsonProblem(area.value)) element.text = indented(area.value);
  };
  element.insert = (more) => {
    area.setRangeText(more, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
    area.focus();
  };
  Object.defineProperty(element, "text", {
    get: () => area.value,
    set: (source) => {
      area.value = source;
      check();
      oninput?.(source);
    },
  });
  Object.defineProperty(element, "value", {
    get: () => {
      check();
      if (element.problem) throw Object.assign(new Error(element.problem), { name: "ValueError" });
      return area.value.trim() ? parse(area.value) : {};
    },
  });
  area.value = value;
  check();
  return element;
}

/** Return a JSON text with line breaks; numbers stay as they are written, since JavaScript has not all of them. */
export function indented(source) {
  const all = tokens(source);
  let depth = 0, result = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  all.forEach((token, at) => {
    const opens = token === "{" || token === "[", closes = token === "}" || token === "]";
    const isEmpty = "{[".includes(all[at - (closes ? 1 : 0)]) && "}]".includes(all[at + (closes ? 0 : 1)] ?? " ");
    if (closes && !isEmpty) {
      depth -= 1;
      result += line();
    }
    result += token === ":" ? ": " : token;
    if (opens && !isEmpty) depth += 1;
    if ((opens && !isEmpty) || token === ",") result += line();
  });
  return result;
}

/** Return the pieces of a JSON text, coloured. */
export function coloured(source) {
  const pieces = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    pieces.push(source.slice(end, match.index));
    const [whole, string, colon, digits] = match;
    if (string) pieces.push(h("span", { class: colon ? "k" : "s" }, string), colon ?? "");
    else pieces.push(h("span", { class: digits ? "n" : "w" }, whole));
    end = match.index + whole.length;
  }
  pieces.push(source.slice(end), "\n");
  return pieces;
}
