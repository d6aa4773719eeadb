// Tabs: arrow keys move between them.

import { fill, h } from "../dom.js";

let count = 0;

/**
 * Return tabs with their content below.
 *
 * @param label what they are, for screen readers
 * @param items [{name, label, show: () => content}]
 * @param chosen name of the first one that is shown
 * @param onchange called with the name of the chosen one
 */
export function tabs(label, items, { chosen = items[0].name, onchange } = {}) {
  const id = `tabs-${++count}`;
  const panel = h("div", { role: "tabpanel", id: `${id}-panel`, tabindex: "0" });
  const buttons = items.map((item) => h("button", { type: "button", role: "tab", id: `${id}-${item.name}`, "aria-controls": `${id}-panel` }, item.label));
  const choose = (index, focus = false) => {
    buttons.forEach((one, at) => {
      one.setAttribute("aria-selected", String(at === index));
      one.tabIndex = at === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", buttons[index].id);
    if (focus) buttons[index].focus();
    fill(panel, items[index].show());
    element.chosen = items[index].name;
  };
  buttons.forEach((one, at) => {
    one.addEventListener("click", () => {
      choose(at);
      onchange?.(items[at].name);
    });
    one.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (at + step + items.length) % items.length;
      choose(next, true);
      onchange?.(items[next].name);
    });
  });
  const element = h("div", { class: "tabbed" }, h("div", { class: "tabs", role: "tablist", "aria-label": label }, buttons), panel);
  choose(Math.max(0, items.findIndex((item) => item.name === chosen)));
  return element;
}
