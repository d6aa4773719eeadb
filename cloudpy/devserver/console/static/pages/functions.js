// All functions, and one with its settings.

import * as api from "../api.js";
import { button, copyButton, linkButton } from "../components/button.js";
import { searchBox } from "../components/field.js";
import { jsonView } from "../components/json.js";
import { badge, card, empty, facts, failure, heading, load, note } from "../components/layout.js";
import { stateBadge } from "../components/rows.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { fill, h, later } from "../dom.js";
import { dateTime, t } from "../i18n.js";
import { functionTable } from "./overview.js";

const REFRESH = 400; // ms after an event

export const page = {
  mount(root, { params }) {
    return params.length ? details(root, params[0]) : list(root);
  },
};

function list(root) {
  const rows = functionTable(t("nav.functions"));
  const place = h("div", {});
  let all = [], wanted = "";
  const show = () => rows.show(all.filter((one) => one.name.toLowerCase().includes(wanted)));
  const search = searchBox(t("functions.search"), (text) => {
    wanted = text.toLowerCase();
    show();
  });
  root.append(heading(t("nav.functions"), { lead: t("functions.lead") }), place);
  const read = async () => (all = await api.get("/functions"));
  load(place, read, () => {
    if (!all.length) return empty("functions", t("overview.noFunction"), t("overview.noFunctionText"), h("pre", {}, "cloudpy new hello"));
    show();
    return [h("div", { class: "filters", role: "search" }, search), card("", rows, { flush: true })];
  });
  const refresh = later(REFRESH, () => read().then(show, () => {}));
  const ends = ["invocation", "function", "log", "reset", "resumed"].map((kind) => api.on(kind, refresh));
  return () => ends.forEach((end) => end());
}

function details(root, name) {
  const place = h("div", {});
  const actions = [
    linkButton(t("nav.invocations"), `/_console/invocations?${new URLSearchParams({ function: name })}`, { icon: "invocations" }),
    linkButton(t("nav.logs"), `/_console/logs?${new URLSearchParams({ function: name })}`, { icon: "logs" }),
    linkButton(t("nav.invoke"), api.path("/_console/invoke/{}", name), { icon: "invoke", kind: "primary" }),
  ];
  root.append(heading(name, { crumbs: [[t("nav.functions"), "/_console/functions"]], actions }), place);
  let shown = "";
  const read = async () => {
    const one = await api.get(api.path("/functions/{}", name));
    shown = JSON.stringify(settings(one));
    return one;
  };
  const reload = () => load(place, read, cards);
  const cards = (one) => [
    one.error && note(one.error.trimEnd(), "bad"),
    h("div", { class: "grid-2" }, summary(one), timers(one), permissions(one, reload), variables(one)),
    card(t("functions.config"), Object.keys(one.config).length ? jsonView(one.config, { depth: 4, label: "config.json" }) : h("p", { class: "muted" }, t("functions.noConfig"))),
  ].filter(Boolean).map((each) => h("div", { class: "block" }, each));
  reload();
  const refresh = later(REFRESH, async () => {
    try {
      const one = await api.get(api.path("/functions/{}", name));
      if (JSON.stringify(settings(one)) !== shown && !place.contains(document.activeElement)) reload();
    } catch (error) {
      // the banner says that the server has ended; a removed function is said to be gone, until it comes back
      if (error.status === 404 && shown) {
        shown = "";
        fill(place, failure(error));
      }
    }
  });
  const ends = ["function", "invocation", "log", "reset", "resumed"].map((kind) => api.on(kind, refresh));
  return () => ends.forEach((end) => end());
}

// what is shown and does not change with the time
function settings(one) {
  const { timer_list: timerList, invocations, failed, last, ms, ...rest } = one;
  return [rest, timerList.map((timer) => [timer.name, timer.cron])];
}

function summary(one) {
  return card(
    t("functions.settings"),
    facts([
      [t("common.state"), stateBadge(one.state)],
      [t("functions.path"), h("span", {}, h("code", {}, one.path), " ", copyButton(() => one.path, { bare: true }))],
      [t("functions.handler"), h("code", {}, one.handler)],
      [t("functions.timeout"), t("functions.seconds", { n: one.timeout })],
      [t("functions.instances"), String(one.instances)],
      [t("functions.pids"), one.pids.length ? h("span", { class: "num" }, one.pids.join(", ")) : "–"],
      [t("functions.user"), h("code", {}, one.user)],
      [t("functions.events"), one.events.length ? one.events.map((event) => [h("a", { href: `${api.path("/_console/invoke/{}", one.name)}?${new URLSearchParams({ event })}` }, event), " "]) : t("common.none")],
    ]),
  );
}

function timers(one) {
  if (!one.timer_list.length) return card(t("nav.timers"), h("p", { class: "muted" }, t("functions.noTimers")));
  const rows = one.timer_list.map((timer) =>
    h(
      "li",
      {},
      h("div", { class: "grow" }, h("strong", {}, timer.name), " ", h("code", { class: "muted" }, timer.cron), h("div", { class: timer.problem ? "bad small" : "muted small" }, timer.problem || t("timers.nextAt", { time: dateTime(timer.next[0], { beijing: true }) }))),
      button(t("timers.fire"), async () => {
        const done = await api.send("POST", api.path("/functions/{}/timers/{}", one.name, timer.name));
        toast(h("span", {}, t(done.kind === "result" ? "timers.fired" : "timers.firedFailed", { name: timer.name }), " ", h("a", { href: api.path("/_console/invocations/{}", done.id) }, t("invoke.open"))));
      }, { kind: "small", icon: "play", changes: true }),
    ),
  );
  return card(t("nav.timers"), h("ul", { class: "lines" }, rows), { flush: true });
}

function permissions(one, reload) {
  const { allowed, missing, file, exists, error } = one.permissions;
  const content = [];
  if (error) content.push(note(error, "bad"));
  if (missing.length) {
    content.push(
      note(h("div", {}, t("permissions.missing"), h("ul", { class: "bullets" }, missing.map((api_) => h("li", {}, h("code", {}, api_))))), "warn"),
      h("div", {}, button(t("permissions.add", { n: missing.length }), async () => {
        const done = await api.send("POST", api.path("/functions/{}/permissions", one.name), { apis: missing });
        toast(t("permissions.added", { apis: done.apis.join(", ") }));
        await reload();
      }, { kind: "primary", icon: "plus", changes: true })),
    );
  }
  content.push(
    allowed.length
      ? h("ul", { class: "chips" }, allowed.map((name) => h("li", {}, badge(name))))
      : h("p", { class: "muted" }, t(exists ? "permissions.none" : "permissions.noFile")),
    h("p", { class: "muted small" }, h("code", {}, file)),
  );
  return card(t("permissions.title"), h("div", { class: "stack" }, content));
}

function variables(one) {
  if (!one.variables.length) return card(t("variables.title"), h("p", { class: "muted" }, t("variables.none")));
  const rows = table(
    t("variables.title"),
    [
      { title: t("common.name"), cell: (each) => h("code", {}, each.name) },
      { title: t("variables.value"), cell: (each) => (each.secret ? h("span", { class: "muted" }, each.value, " ", badge(t("variables.secret"))) : h("code", {}, each.value)) },
    ],
    (each) => each.name,
  );
  rows.show(one.variables);
  return card(t("variables.title"), rows, { flush: true });
}
