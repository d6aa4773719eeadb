// A list that draws only the rows that are in view, and reads only those pages that are.

import { h, inFrame } from "../dom.js";

const PAGE = 100; // rows that are read at once
const AHEAD = 8; // rows that are drawn above and below the view

/**
 * Return a list. Index 0 is at the top.
 *
 * Rows are kept by their distance from the end, so that new rows at the top move nothing: `grow(n)` adds some there.
 *
 * @param label what it is, for screen readers
 * @param height of a row in pixels
 * @param read  (offset, limit) => promise of {total, items}; offset counts from the end, items are in that order
 * @param row   (item) => a link or another element that takes the focus
 */
export function virtualList(label, { height, read, row, fromTop = false }) {
  const size = h("div", { class: "vlist-size" });
  const element = h("div", { class: "vlist", role: "list", tabindex: "0", "aria-label": label }, size);
  const items = new Map(); // distance from the end -> item
  const pages = new Set(); // being read, or there
  const drawn = new Map(); // distance from the end -> element
  let total = 0, generation = 0;
  const place = (distance) => (fromTop ? distance : total - 1 - distance);

  const draw = () => {
    const first = Math.max(0, Math.floor(element.scrollTop / height) - AHEAD);
    const last = Math.min(total, Math.ceil((element.scrollTop + element.clientHeight) / height) + AHEAD);
    const wanted = new Set();
    for (let index = first; index < last; index++) {
      const distance = place(index);
      wanted.add(distance);
      let child = drawn.get(distance);
      const item = items.get(distance);
      if (child && (child.item !== item)) {
        const next = make(item);
        const focused = child.contains(document.activeElement);
        child.replaceWith(next);
        if (focused) target(next)?.focus({ preventScroll: true });
        drawn.set(distance, (child = next));
      } else if (!child) {
        child = make(item);
        drawn.set(distance, child);
        size.append(child);
      }
      child.style.transform = `translateY(${index * height}px)`;
      child.setAttribute("aria-posinset", String(index + 1));
      child.setAttribute("aria-setsize", String(total));
      if (item === undefined) need(Math.floor(distance / PAGE));
    }
    for (const [distance, child] of drawn) {
      if (wanted.has(distance) || child.contains(document.activeElement)) continue;
      child.remove();
      drawn.delete(distance);
    }
  };
  const soon = inFrame(draw);
  const make = (item) => {
    const child = h("div", { class: ["vrow", item === undefined && "blank"], role: "listitem" }, item !== undefined && row(item));
    child.style.height = `${height}px`;
    child.item = item;
    return child;
  };
  const resize = () => {
    size.style.height = `${total * height}px`;
  };
  const need = async (page) => {
    if (pages.has(page)) return;
    pages.add(page);
    const mine = generation;
    try {
      const answer = await read(page * PAGE, PAGE);
      if (mine !== generation) return;
      answer.items.forEach((item, at) => items.set(page * PAGE + at, item));
      if (answer.items.length < PAGE) pages.delete(page); // the newest page is not complete
      setTotal(answer.total);
    } catch (error) {
      if (mine === generation) pages.delete(page);
      element.onfailure?.(error);
    }
    soon();
  };
  const setTotal = (count) => {
    if (count === total) return;
    const grown = count - total;
    const stay = !fromTop && element.scrollTop > 0 && total > 0;
    total = count;
    resize();
    if (stay) element.scrollTop += grown * height;
    element.ontotal?.(total);
  };

  /** Add items at the newer end, without a request. */
  element.grow = (more) => {
    more.forEach((item, at) => items.set(total + at, item));
    const bottom = element.scrollTop + element.clientHeight >= element.scrollHeight - height;
    setTotal(total + more.length);
    if (fromTop && element.follow && bottom) element.scrollTop = element.scrollHeight;
    soon();
  };
  /** Replace an item that is known; `is` finds it. */
  element.patch = (is, change) => {
    for (const [distance, item] of items) {
      if (item !== undefined && is(item)) {
        items.set(distance, change(item));
        soon();
        return true;
      }
    }
    return false;
  };
  /** Forget everything and read again. */
  element.reload = async () => {
    generation += 1;
    items.clear();
    pages.clear();
    const answer = await read(-PAGE, PAGE);
    const start = Math.max(0, answer.total - answer.items.length);
    total = answer.total;
    answer.items.forEach((item, at) => items.set(start + at, item));
    resize();
    element.ontotal?.(total); // may show the list, which cannot scroll while it is hidden
    element.scrollTop = fromTop ? element.scrollHeight : 0;
    draw();
  };
  element.toEnd = () => {
    element.scrollTop = fromTop ? element.scrollHeight : 0;
  };
  Object.defineProperty(element, "total", { get: () => total });
  element.addEventListener("scroll", soon, { passive: true });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const current = document.activeElement;
    if (!step || !element.contains(current)) return;
    event.preventDefault();
    const at = current === element ? undefined : current.closest(".vrow");
    const index = at ? Number(at.getAttribute("aria-posinset")) - 1 : Math.floor(element.scrollTop / height) - (step > 0 ? 1 : 0);
    const next = Math.min(total - 1, Math.max(0, index + step));
    if (next * height < element.scrollTop) element.scrollTop = next * height;
    if ((next + 1) * height > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * height - element.clientHeight;
    draw();
    target(drawn.get(place(next)))?.focus({ preventScroll: true });
  });
  new ResizeObserver(soon).observe(element);
  return element;
}

function target(row) {
  return row?.querySelector("a, button");
}
