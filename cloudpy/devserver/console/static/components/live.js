// Reads again when something has changed.

import { on } from "../api.js";

const GATHER = 80; // ms in which events gather

/**
 * Call `work(values)` after events of these kinds: once for several, and not again before it is done.
 *
 * Returns a function that ends it.
 */
export function live(kinds, work) {
  let values = [];
  let isBusy = false, hasEnded = false;
  const run = async () => {
    while (values.length && !hasEnded) {
      await new Promise((resolve) => setTimeout(resolve, GATHER));
      const several = values;
      values = [];
      try {
        if (!hasEnded) await work(several);
      } catch (error) {
        console.error(error);
      }
    }
    isBusy = false;
  };
  const ends = [...kinds, "reset"].map((kind) => on(kind, (value) => {
    values.push(value);
    if (isBusy) return;
    isBusy = true;
    run();
  }));
  return () => {
    hasEnded = true;
    for (const end of ends) end();
  };
}
