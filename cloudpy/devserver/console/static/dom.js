// Elements from values. Text is only ever set as text: nothing that comes from the server is read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element: h("button", {class: "button", onclick: save}, icon("save"), "Save"). */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  set(element, props);
  add(element, children);
  return element;
}

/** Return an element of SVG. */
export function svg(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  add(element, children);
  return element;
}

/** Set attributes (aria-label, class, href), properties (value, checked, disabled) and listeners (onclick). */
export function set(element, props) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = [value].flat().filter(Boolean).join(" ");
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name in element && typeof value === "boolean") element[name] = value;
    else if (name === "value") element.value = value ?? "";
    else if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else if (name === "href") element.setAttribute("href", safe(String(value)));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

/** Append children: elements, strings, numbers, lists of these; null and false are left out. */
export function add(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replace the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

/** Set the text of an element, if it is another one. */
export function text(element, value) {
  const string = String(value ?? "");
  if (element.textContent !== string) element.textContent = string;
}

/**
 * Make the children of an element those of `items`, in order. Elements of items that stay are kept, with their focus,
 * their selection, and what is open in them.
 *
 * @param key  returns the key of an item
 * @param make returns a new element for an item
 * @param update changes the element of an item that was there before
 */
export function keyed(element, items, key, make, update) {
  const old = new Map([...element.children].map((child) => [child.dataset.key, child]));
  const names = new Set(items.map((item) => String(key(item))));
  for (const [name, child] of old) if (!names.has(name)) child.remove(); // first: a row that is moved loses the focus
  let place = element.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = old.get(name);
    if (child === undefined) {
      child = make(item);
      child.dataset.key = name;
    } else if (update) update(child, item);
    if (child === place) place = place.nextElementSibling;
    else element.insertBefore(child, place);
  }
}

/** Call `work` at most once per frame. */
export function inFrame(work) {
  let pending = 0;
  return () => {
    pending ||= requestAnimationFrame(() => {
      pending = 0;
      work();
    });
  };
}

/** Call `work` when it has not been called for `ms` milliseconds. */
export function later(ms, work) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}

function safe(address) {
  return /^(\/|#|\?|https?:|blob:|data:image\/)/.test(address) ? address : "#";
}
