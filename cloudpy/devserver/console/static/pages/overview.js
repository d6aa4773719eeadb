// What the functions are doing.

import * as api from "../api.js";
import { linkButton } from "../components/button.js";
import { barChart } from "../components/chart.js";
import { badge, card, empty, heading, load, note } from "../components/layout.js";
import { invocationRow, stateBadge } from "../components/rows.js";
import { table } from "../components/table.js";
import { fill, h, keyed, later, text } from "../dom.js";
import { duration, number, t, time } from "../i18n.js";

const REFRESH = 400; // ms after an event

export const page = {
  mount(root, { status }) {
    const place = h("div", {});
    const actions = status.functions ? [linkButton(t("overview.invokeOne"), "/_console/invoke", { icon: "invoke", kind: "primary" })] : [];
    root.append(heading(t("nav.overview"), { lead: t("overview.lead"), actions }), place);
    const view = overview(place, status);
    load(place, () => api.get("/overview"), view.show);
    const refresh = later(REFRESH, async () => {
      try {
        view.update(await api.get("/overview"));
      } catch {
        // the banner says that the server has ended
      }
    });
    const ends = ["invocation", "function", "log", "reset", "resumed"].map((kind) => api.on(kind, refresh));
    const minute = setInterval(refresh, 60_000);
    return () => {
      ends.forEach((end) => end());
      clearInterval(minute);
    };
  },
};

function overview(place, status) {
  const functions = functionTable(t("nav.functions"));
  const latest = h("div", { class: "latest" });
  const chart = h("div", {});
  const problems = h("div", { class: "cards", role: "status" });
  const numbers = ["functions", "invocations", "failed", "median"].map((name) => [name, h("dd", {}), h("dt", {}, t(`overview.${name}`))]);
  const cards = numbers.map(([, value, name]) => h("div", { class: "card number" }, name, value));

  const update = (data) => {
    const total = data.minutes.reduce((sum, one) => sum + one.ok + one.failed, 0);
    const failed = data.minutes.reduce((sum, one) => sum + one.failed, 0);
    const values = { functions: number(data.functions.length), invocations: number(total), failed: number(failed), median: data.median === null ? "–" : duration(data.median) };
    numbers.forEach(([name, value]) => text(value, values[name]));
    cards[2].classList.toggle("bad", failed > 0);
    const broken = data.functions.filter((one) => one.error).map((one) => `${one.name}: ${one.error.trimEnd()}`);
    keyed(problems, [...data.problems, ...broken], (one) => one, (one) => note(one, "bad"));
    problems.hidden = !problems.hasChildNodes();
    fill(chart, barChart(t("overview.chart", { total: number(total), failed: number(failed) }), bars(data.minutes), [[0, t("overview.minutesAgo", { n: 59 })], [30, t("overview.minutesAgo", { n: 29 })], [59, t("overview.now")]]));
    functions.show(data.functions);
    if (data.latest.length) {
      if (latest.dataset.empty) latest.replaceChildren();
      delete latest.dataset.empty;
      keyed(latest, data.latest, (row) => `${row.id} ${row.kind} ${row.calls}`, (row) => h("div", {}, invocationRow(row)));
    } else if (!latest.dataset.empty) {
      latest.dataset.empty = "true";
      fill(latest, empty("invocations", t("overview.noInvocations"), t("overview.noInvocationsText"), linkButton(t("overview.invokeOne"), "/_console/invoke", { icon: "invoke" })));
    }
  };
  const show = (data) => {
    if (!status.functions) return empty("functions", t("common.noFunctions"), t("common.noFunctionsText"));
    if (!data.functions.length && !data.problems.length) return empty("functions", t("overview.noFunction"), t("overview.noFunctionText"), h("pre", {}, "cloudpy new hello"));
    update(data);
    return h(
      "div",
      { class: "cards" },
      problems,
      h("dl", { class: "numbers" }, cards),
      card(t("overview.perMinute"), chart, { actions: [h("div", { class: "legend" }, h("span", {}, t("outcome.ok")), h("span", { class: "failed" }, t("outcome.failed")))] }),
      card(t("overview.recent"), latest, { flush: true, actions: [linkButton(t("overview.allInvocations"), "/_console/invocations", { kind: "small" })] }),
      card(t("nav.functions"), functions, { flush: true }),
    );
  };
  return {
    show,
    update: (data) => {
      if (place.querySelector(".numbers")) update(data);
      else fill(place, show(data));
    },
  };
}

function bars(minutes) {
  return minutes.map((one) => ({ ...one, title: `${time(one.at).slice(0, -3)}  ${t("outcome.ok")} ${one.ok}, ${t("outcome.failed")} ${one.failed}` }));
}

/** Return a table of functions with their numbers. */
export function functionTable(label) {
  return table(
    label,
    [
      { title: t("common.name"), cell: (one) => h("a", { class: "rowlink", href: api.path("/_console/functions/{}", one.name) }, one.name) },
      { title: t("common.state"), cell: (one) => stateBadge(one.state) },
      { title: t("functions.invocations"), end: true, cell: (one) => number(one.invocations) },
      { title: t("functions.failed"), end: true, cell: (one) => (one.failed ? h("span", { class: "bad" }, number(one.failed)) : "0") },
      { title: t("functions.average"), end: true, cell: (one) => (one.ms === null ? "–" : duration(one.ms)) },
      { title: t("functions.last"), cell: (one) => (one.last === null ? "–" : time(one.last)) },
      { title: t("nav.timers"), cell: (one) => (one.timers ? badge(number(one.timers)) : "–") },
      { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: (one) => linkButton(t("nav.invoke"), api.path("/_console/invoke/{}", one.name), { kind: "small", icon: "invoke" }) },
    ],
    (one) => one.name,
  );
}
