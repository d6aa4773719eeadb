// A table whose rows are kept when its data changes.

import { fill, h, keyed } from "../dom.js";

const FOCUSED = "a[href], button, input, select";

/**
 * Return a table.
 *
 * @param label what it is, for screen readers
 * @param columns [{title, cell: (item) => content, end: whether it is aligned to the right}]
 * @param key returns the key of an item
 *
 * The result has `.show(items)`.
 */
export function table(label, columns, key) {
  const body = h("tbody");
  const head = h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.end && "end" }, column.title)));
  const element = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "table", "aria-label": label }, h("thead", {}, head), body));
  const cells = (item) => columns.map((column) => h("td", { class: column.end && "end" }, column.cell(item)));
  element.show = (items) =>
    keyed(
      body,
      items,
      key,
      (item) => {
        const row = h("tr", {}, cells(item));
        row.shown = JSON.stringify(item);
        return row;
      },
      (row, item) => {
        const now = JSON.stringify(item);
        if (row.shown === now) return;
        row.shown = now;
        const active = document.activeElement;
        const at = row.contains(active) ? [...row.querySelectorAll(FOCUSED)].indexOf(active) : -1;
        fill(row, cells(item));
        if (at >= 0) row.querySelectorAll(FOCUSED)[at]?.focus();
      },
    );
  return element;
}
