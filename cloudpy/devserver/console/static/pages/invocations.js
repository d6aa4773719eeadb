// The list of invocations. One of them is the page of invocation.js.

import * as api from "../api.js";
import { button, linkButton } from "../components/button.js";
import { choices, searchBox, select } from "../components/field.js";
import { virtualList } from "../components/list.js";
import { empty, failure, heading } from "../components/layout.js";
import { invocationRow } from "../components/rows.js";
import { h, later, text } from "../dom.js";
import { number, t } from "../i18n.js";
import { details } from "./invocation.js";

const HEIGHT = 44; // px of a row
const TRIGGERS = ["client", "timer", "function", "message", "http", "apigw"];

export const page = {
  mount(root, { params, query, go }) {
    return params.length ? details(root, params[0], go) : list(root, query);
  },
};

function list(root, query) {
  const filters = Object.fromEntries(["function", "user", "state", "trigger", "search"].map((name) => [name, query.get(name) ?? ""]));
  const count = h("span", { class: "muted small num", role: "status" });
  const change = (name, value) => {
    filters[name] = value;
    const kept = new URLSearchParams(Object.entries(filters).filter(([, each]) => each));
    history.replaceState(null, "", location.pathname + (kept.size ? `?${kept}` : ""));
    reload();
  };
  const choice = (name, label, options) => select(options, { value: filters[name], "aria-label": label, onchange: (event) => change(name, event.target.value) });
  const names = choice("function", t("common.function"), [["", t("logs.allFunctions")]]);
  const users = choice("user", t("common.user"), [["", t("invocations.allUsers")]]);
  const states = choice("state", t("common.state"), [["", t("invocations.allStates")], ...["ok", "failed", "running"].map((name) => [name, t(`outcome.${name}`)])]);
  const triggers = choice("trigger", t("invocations.trigger"), [["", t("invocations.allTriggers")], ...TRIGGERS.map((name) => [name, t(`trigger.${name}`)])]);
  let removed = 0;
  const read = async (offset, limit) => {
    const answer = await api.get("/invocations", { ...filters, offset, limit });
    if (answer.removed !== removed) {
      removed = answer.removed;
      if (rows.total) reload();
    }
    return answer;
  };
  const rows = virtualList(t("nav.invocations"), { height: HEIGHT, read, row: invocationRow });
  const nothing = h("div", { hidden: true });
  rows.ontotal = (total) => {
    text(count, t("invocations.count", { n: number(total) }));
    rows.hidden = !total;
    nothing.hidden = total > 0;
    if (!total) nothing.replaceChildren(Object.values(filters).some(Boolean) ? empty("search", t("common.noMatch"), t("common.noMatchText"), button(t("invocations.clear"), clear)) : empty("invocations", t("overview.noInvocations"), t("overview.noInvocationsText"), linkButton(t("overview.invokeOne"), "/_console/invoke", { icon: "invoke", kind: "primary" })));
  };
  const clear = () => {
    for (const name of Object.keys(filters)) filters[name] = "";
    for (const one of [names, users, states, triggers, box.box]) one.value = "";
    change("search", "");
  };
  const reload = () => rows.reload().catch((error) => {
    rows.hidden = true;
    nothing.hidden = false;
    nothing.replaceChildren(failure(error, reload));
  });
  const box = searchBox(t("invocations.search"), (value) => change("search", value), filters.search);
  root.append(
    heading(t("nav.invocations"), { lead: t("invocations.lead") }),
    h("div", { class: "filters", role: "search" }, box, names, users, states, triggers, count),
    h("div", { class: "tall" }, rows, nothing),
  );
  api.get("/functions").then((all) => choices(names, [["", t("logs.allFunctions")], ...all.map((one) => [one.name, one.name])], filters.function), () => {});
  api.get("/callers").then((all) => choices(users, [["", t("invocations.allUsers")], ...all.map((one) => [one, one])], filters.user), () => {});
  reload();
  // A new invocation, or the end of one: rows that are known change in place, the others are read at the newer end.
  const newest = later(120, async () => {
    try {
      const { total, items } = await api.get("/invocations", { ...filters, offset: -50, limit: 50 });
      const isLost = total < rows.total || total - rows.total > items.length;
      if (isLost) await reload();
      else rows.grow(items.slice(items.length - (total - rows.total)));
    } catch {
      // the banner says that the server has ended
    }
  });
  const ends = [
    api.on("invocation", (row) => {
      if (!rows.patch((one) => one.id === row.id, () => row) || filters.state) newest();
    }),
    api.on("reset", reload),
    api.on("resumed", newest),
  ];
  return () => ends.forEach((end) => end());
}
