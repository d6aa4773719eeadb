// One invocation: event, result, traceback, output, and the time line of its calls.

import * as api from "../api.js";
import { copyButton, linkButton } from "../components/button.js";
import { jsonView } from "../components/json.js";
import { badge, card, empty, facts, failure, heading, loading, note } from "../components/layout.js";
import { invocationAddress, outcomeBadge, who } from "../components/rows.js";
import { fill, h, later, svg } from "../dom.js";
import { dateTime, duration, number, size, t, time } from "../i18n.js";
import { replayActions } from "./replay-actions.js";

const LINES = 500; // of the output that are shown here

/** Show an invocation. */
export async function details(root, id) {
  const place = h("div", {}, loading());
  root.append(place);
  let shown;
  const show = async () => {
    try {
      const one = await api.get(api.path("/invocations/{}", id));
      const lines = one.lines ? await api.get("/logs", { invocation: id, offset: 0, limit: LINES }) : { items: [], total: 0 };
      const now = JSON.stringify([one.kind, one.calls, one.children.length, one.children.map((each) => each.kind), lines.total]);
      if (now === shown) return;
      shown = now;
      fill(place, content(one, lines));
    } catch (error) {
      if (shown) return;
      const text = error.status === 404 ? empty("invocations", t("invocation.gone"), t("invocation.goneText"), linkButton(t("overview.allInvocations"), "/_console/invocations")) : failure(error, show);
      fill(place, heading(t("invocation.title")), text);
    }
  };
  const again = later(150, show);
  const ends = [
    api.on("invocation", (row) => (row.id === id || row.parent === id) && again()),
    api.on("log", (value) => value.invocation === id && again()),
    api.on("reset", again),
    api.on("resumed", again),
  ];
  await show();
  return () => ends.forEach((end) => end());
}

function content(one, lines) {
  const actions = [linkButton(t("invocation.editAgain"), `${api.path("/_console/invoke/{}", one.function)}?${new URLSearchParams({ from: one.id })}`, { icon: "edit" })];
  if (one.kind) actions.push(...replayActions(one));
  return [
    heading(one.function, { crumbs: [[t("nav.invocations"), "/_console/invocations"]], actions }),
    h("div", { class: "cards" }, summary(one), failed(one), timeline(one), h("div", { class: "grid-2" }, event(one), result(one)), output(one, lines)),
  ];
}

function summary(one) {
  return h(
    "section",
    { class: "card", "aria-label": t("invocation.title") },
    h(
      "dl",
      { class: "strip" },
      fact(t("common.state"), outcomeBadge(one)),
      fact(t("common.time"), dateTime(one.started)),
      fact(t("common.duration"), one.kind ? duration(one.ms) : "…"),
      fact(t("common.user"), h("code", {}, who(one))),
      fact(t("invocations.trigger"), t(`trigger.${one.trigger}`)),
      one.parent && fact(t("invocation.parent"), h("a", { href: invocationAddress(one.parent) }, t("invoke.open"))),
      fact(t("invocation.id"), h("span", { class: "id" }, h("code", { class: "cut" }, one.id), copyButton(() => one.id, { bare: true }))),
    ),
  );
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function failed(one) {
  if (!one.error) return null;
  const own = one.frames.filter((frame) => frame.code.length);
  const where = own.map((frame) =>
    h(
      "figure",
      { class: "frame-code" },
      h("figcaption", {}, h("code", {}, `${frame.file}:${frame.line}`), frame.name && h("span", { class: "muted" }, t("invocation.in", { name: frame.name })), copyButton(() => `${frame.file}:${frame.line}`, { bare: true })),
      h("pre", { tabindex: "0" }, frame.code.map(([line, text]) => h("div", { class: line === frame.line && "here" }, h("span", { class: "no" }, String(line)), text || " "))),
    ),
  );
  return card(
    t("invocation.error"),
    h(
      "div",
      { class: "stack" },
      note(h("div", {}, h("strong", {}, String(one.error.errCode)), " ", one.error.errMsg), "bad"),
      where,
      one.error.stack && h("details", { open: !own.length }, h("summary", {}, t("invocation.traceback")), h("pre", { class: "code", tabindex: "0" }, one.error.stack)),
    ),
    { actions: [copyButton(() => one.error.stack ?? `${one.error.errCode} ${one.error.errMsg}`)] },
  );
}

function event(one) {
  return card(t("invocation.event"), jsonView(one.event, { label: t("invocation.event") }), { actions: [copyButton(() => JSON.stringify(one.event, null, 2))] });
}

function result(one) {
  if (one.error || !one.kind) return one.kind ? null : card(t("invocation.result"), h("p", { class: "muted" }, t("outcome.running")));
  return card(t("invocation.result"), jsonView(one.result, { label: t("invocation.result") }), { actions: [copyButton(() => JSON.stringify(one.result, null, 2))] });
}

function output(one, lines) {
  const all = `/_console/logs?${new URLSearchParams({ invocation: one.id })}`;
  const content = lines.total
    ? h("div", { class: "printed", role: "group", tabindex: "0", "aria-label": t("invocation.output") }, lines.items.map((line) => h("div", { class: line.level }, h("span", { class: "muted num" }, time(line.at, { millis: true })), " ", line.text || " ")), lines.total > LINES && h("div", {}, h("a", { href: all }, t("invocation.allLines", { n: number(lines.total) }))))
    : h("p", { class: "muted" }, t("invocation.noOutput"));
  return card(t("invocation.output"), content, { actions: lines.total ? [linkButton(t("nav.logs"), all, { kind: "small" })] : [] });
}

function timeline(one) {
  const entries = [
    ...one.call_list.filter((call) => !call.api.startsWith("callFunction ") || !one.children.length).map((call) => ({ kind: "call", at: call.at, ms: call.ms, call })),
    ...called(one).map((child) => ({ kind: "function", at: child.started, ms: child.ms, child, call: child.call })),
  ].sort((a, b) => a.at - b.at);
  if (!entries.length) return card(t("timeline.title"), h("p", { class: "muted" }, t("timeline.none")));
  const end = Math.max(one.ms, ...entries.map((entry) => (entry.at - one.started) * 1000 + entry.ms), 1);
  const rows = entries.map((entry) => h("li", {}, line(entry, one.started, end)));
  return card(t("timeline.title"), h("ul", { class: "timeline" }, rows), { flush: true, actions: [h("span", { class: "muted small" }, t("timeline.sum", { n: entries.length, time: duration(end) }))] });
}

// Functions that were called, each with the call that did it.
function called(one) {
  const calls = one.call_list.filter((call) => call.api.startsWith("callFunction "));
  return one.children.map((child) => {
    const at = calls.findIndex((call) => call.api === `callFunction ${child.function}`);
    return { ...child, call: at < 0 ? undefined : calls.splice(at, 1)[0] };
  });
}

function line(entry, started, end) {
  const { call, child } = entry;
  const isFine = call ? call.outcome === "ok" : child.kind === "result";
  const left = Math.min(99, Math.max(0, ((entry.at - started) * 1000 * 100) / end));
  const width = Math.max(0.6, Math.min(100 - left, (entry.ms * 100) / end));
  const bar = svg("svg", { class: "span", "aria-hidden": "true", preserveAspectRatio: "none", viewBox: "0 0 100 10" }, svg("rect", { class: isFine ? (child ? "called" : "ok") : "failed", x: left, width, y: 1, height: 8, rx: 0.4 }));
  return h(
    "details",
    { class: "call" },
    h(
      "summary",
      {},
      h("span", { class: ["mark", isFine ? "ok" : "failed"], role: "img", "aria-label": t(isFine ? "outcome.ok" : "outcome.failed") }),
      h("code", { class: "cut name" }, call?.api ?? `callFunction ${child.function}`),
      call?.attempt > 1 && badge(t("call.attempt", { n: call.attempt }), "warn"),
      h("span", { class: ["cut grow small", isFine ? "muted" : "bad"] }, isFine ? "" : call?.outcome ?? child.summary),
      bar,
      h("span", { class: "num duration" }, duration(entry.ms)),
    ),
    h("div", { class: "inside stack" }, child && h("p", {}, linkButton(t("timeline.openCalled", { name: child.function }), invocationAddress(child.id), { kind: "small", icon: "functions" }), " ", outcomeBadge(child)), call && callFacts(call)),
  );
}

function callFacts(call) {
  return [
    facts([
      [t("call.outcome"), h("span", { class: call.outcome === "ok" ? "good" : "bad" }, call.outcome)],
      call.sdk && [t("call.sdk"), h("code", {}, call.sdk)],
      [t("call.began"), time(call.at, { millis: true })],
      [t("call.sizes"), t("call.sizeText", { sent: size(call.sent), received: size(call.received) })],
      [t("call.attemptName"), String(call.attempt)],
      call.origin && [t("call.origin"), t(`origin.${call.origin}`) === `origin.${call.origin}` ? call.origin : t(`origin.${call.origin}`)],
    ].filter(Boolean)),
    call.problems.length > 0 && note(call.problems.join("\n"), "warn"),
    h(
      "div",
      { class: "grid-2" },
      h("div", {}, h("h3", {}, t("call.params")), call.params === null ? "–" : jsonView(call.params, { label: t("call.params") })),
      h("div", {}, h("h3", {}, t("call.answer")), call.answer === null ? h("p", { class: "muted" }, t("call.noAnswer")) : jsonView(call.answer, { label: t("call.answer") })),
    ),
  ];
}
