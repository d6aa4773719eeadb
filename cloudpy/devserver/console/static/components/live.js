// Reads again when something has changed.

import { on } from "../api.js";
import { later } from "../dom.js";

const GATHER = 80; // ms in which events gather

/** Call `work(values)` after events of these kinds, once for several; return a function that ends it. */
export function live(kinds, work) {
  let values = [];
  const soon = later(GATHER, () => {
    const several = values;
    values = [];
    work(several);
  });
  const ends = [...kinds, "reset"].map((kind) => on(kind, (value) => {
    values.push(value);
    soon();
  }));
  return () => {
    work = () => {};
    for (const end of ends) end();
  };
}
