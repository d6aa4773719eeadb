// A bar chart, drawn as SVG.

import { svg } from "../dom.js";

const WIDTH = 720;
const HEIGHT = 150;
const LEFT = 30;
const BOTTOM = 20;

/**
 * Return a chart of stacked bars.
 *
 * @param label what it shows, in words: a screen reader reads it instead
 * @param bars [{ok, failed, title}]
 * @param ticks [[index, text]] below the bars
 */
export function barChart(label, bars, ticks) {
  const most = Math.max(4, ...bars.map((bar) => bar.ok + bar.failed));
  const top = nice(most);
  const y = (value) => 8 + (HEIGHT - BOTTOM - 8) * (1 - value / top);
  const step = (WIDTH - LEFT) / bars.length;
  const lines = [0, top / 2, top].map((value) => [
    svg("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
  ]);
  const drawn = bars.flatMap((bar, at) => {
    const x = LEFT + at * step + step * 0.14;
    const width = step * 0.72;
    const part = (kind, from, to) => to > from && svg("rect", { class: kind, x, width, y: y(to), height: Math.max(1.5, y(from) - y(to)), rx: 1.5 }, svg("title", {}, bar.title));
    return [part("ok", 0, bar.ok), part("failed", bar.ok, bar.ok + bar.failed)];
  });
  const below = ticks.map(([at, text]) => svg("text", { x: LEFT + (at + 0.5) * step, y: HEIGHT - 4, "text-anchor": at === 0 ? "start" : at === bars.length - 1 ? "end" : "middle" }, text));
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" }, lines.flat(), drawn.filter(Boolean), below);
}

function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const found = [1, 2, 4, 5, 6, 8, 10].find((factor) => factor * power >= value);
  const top = found * power;
  return top % 2 ? top + 1 : top;
}
