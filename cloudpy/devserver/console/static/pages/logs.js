// Everything the functions print, with search and filters.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { checkbox, choices, searchBox, select } from "../components/field.js";
import { virtualList } from "../components/list.js";
import { empty, failure, heading } from "../components/layout.js";
import { invocationAddress } from "../components/rows.js";
import { h, later, set, text } from "../dom.js";
import { number, t, time } from "../i18n.js";

const HEIGHT = 24; // px of a line
const LEVELS = ["error", "warning", "info", "debug", "print"];

export const page = {
  mount(root, { query }) {
    const filters = { function: query.get("function") ?? "", level: query.get("level") ?? "", invocation: query.get("invocation") ?? "", search: query.get("search") ?? "" };
    const count = h("span", { class: "muted small num", role: "status" });
    const change = (name, value) => {
      filters[name] = value;
      const kept = new URLSearchParams(Object.entries(filters).filter(([, each]) => each));
      history.replaceState(null, "", location.pathname + (kept.size ? `?${kept}` : ""));
      chip.hidden = !filters.invocation;
      reload();
    };
    const names = select([["", t("logs.allFunctions")]], { "aria-label": t("common.function"), onchange: (event) => change("function", event.target.value) });
    const levels = select([["", t("logs.allLevels")], ...LEVELS.map((level) => [level, t(`level.${level}`)])], { value: filters.level, "aria-label": t("logs.level"), onchange: (event) => change("level", event.target.value) });
    const follow = checkbox(t("logs.follow"), { checked: true });
    const chip = h("button", { type: "button", class: "button small", hidden: !filters.invocation, onclick: () => change("invocation", "") }, t("logs.oneInvocation"), " ✕");
    const box = searchBox(t("logs.search"), (value) => change("search", value), filters.search);
    const lines = virtualList(t("nav.logs"), { height: HEIGHT, fromTop: true, read: (offset, limit) => api.get("/logs", { ...filters, offset, limit }), row });
    lines.classList.add("logs");
    const nothing = h("div", { hidden: true });
    const opened = h("pre", { class: "code opened", hidden: true, tabindex: "0", "aria-label": t("logs.line") });
    lines.ontotal = (total) => {
      text(count, t("logs.count", { n: number(total) }));
      lines.hidden = !total;
      nothing.hidden = total > 0;
      if (!total) nothing.replaceChildren(Object.values(filters).some(Boolean) ? empty("search", t("common.noMatch"), t("common.noMatchText")) : empty("logs", t("logs.none"), t("logs.noneText")));
    };
    const reload = () => lines.reload().catch((error) => {
      lines.hidden = true;
      nothing.hidden = false;
      nothing.replaceChildren(failure(error, reload));
    });
    lines.addEventListener("click", (event) => {
      const line = event.target.closest("button.said");
      if (!line) return;
      opened.hidden = false;
      text(opened, line.title);
    });
    lines.addEventListener("wheel", (event) => {
      if (event.deltaY < 0) follow.box.checked = false;
    }, { passive: true });
    root.append(
      heading(t("nav.logs"), { lead: t("logs.lead"), actions: [button(t("logs.clear"), async () => { await api.send("DELETE", "/logs"); await reload(); }, { icon: "trash", changes: true })] }),
      h("div", { class: "filters", role: "search" }, box, names, levels, chip, follow, count),
      h("div", { class: "tall" }, lines, nothing),
      opened,
    );
    api.get("/functions").then((all) => choices(names, [["", t("logs.allFunctions")], ...all.map((one) => [one.name, one.name])], filters.function), () => {});
    set(names, { value: filters.function });
    reload();
    const newer = later(150, async () => {
      if (!follow.box.checked && !lines.hidden) {
        const { total } = await api.get("/logs", { ...filters, offset: 0, limit: 1 });
        text(count, t("logs.count", { n: number(total) }));
        return;
      }
      await reload();
    });
    follow.box.addEventListener("change", () => follow.box.checked && reload());
    const ends = ["log", "reset", "resumed"].map((kind) => api.on(kind, () => newer()));
    return () => ends.forEach((end) => end());
  },
};

function row(line) {
  return h(
    "div",
    { class: ["log", line.level] },
    h("span", { class: "muted num when" }, time(line.at, { millis: true })),
    h("span", { class: "level" }, line.level === "print" ? "" : t(`level.${line.level}`)),
    h("span", { class: "cut from muted" }, line.invocation ? h("a", { href: invocationAddress(line.invocation) }, line.function) : line.function || "cloudpy"),
    h("button", { type: "button", class: "cut grow said", title: line.text }, line.text || " "),
  );
}
