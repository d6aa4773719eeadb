// The editor of what one API answers: a form for one response, JSON for several.

import * as api from "../api.js";
import { button, linkButton } from "../components/button.js";
import { confirm } from "../components/dialog.js";
import { choices, field, input, select } from "../components/field.js";
import { jsonEditor, jsonView } from "../components/json.js";
import { badge, card, note } from "../components/layout.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { number, t } from "../i18n.js";

const KINDS = ["reply", "error", "fault", "delay", "advanced"];
const OUTCOMES = ["reply", "error", "buffer", "file", "text", "fault"];
const KEYS = new Set([...OUTCOMES, "when", "contentType", "delay", "times"]);

/** Return the editor; `.update(state, targets)` shows a newer state without losing what was typed. */
export function responseEditor(first, firstTargets) {
  let state = first;
  let targets = firstTargets;
  let kind = "reply";
  let dirty = false;
  const touched = () => {
    dirty = true;
  };

  const radios = h("div", { class: "segments", role: "radiogroup", "aria-label": t("responses.kind") });
  const body = h("div", { class: "form" });
  const reply = jsonEditor(t("responses.kind_reply"), { object: true, oninput: touched });
  const advanced = jsonEditor(t("responses.kind_advanced"), { oninput: touched, rows: 12 });
  const when = jsonEditor(t("responses.when"), { object: true, rows: 2, oninput: touched });
  const known = select([], { "aria-label": t("responses.code") });
  const code = input({ class: "mono", inputmode: "numeric", value: "-1" });
  const message = input({ placeholder: t("responses.usual") });
  const fault = select(first.faults.map((name) => [name, t(`responses.fault_${name}`)]));
  const delay = input({ type: "number", min: "0", max: "900", step: "0.1", value: "0", class: "num short" });
  const times = input({ type: "number", min: "1", class: "num short", placeholder: t("responses.always") });
  known.addEventListener("change", () => {
    if (known.value) code.value = known.value;
    touched();
  });
  for (const box of [code, message, fault, delay, times]) box.addEventListener("input", touched);
  const more = h("details", { class: "query" }, h("summary", {}, t("responses.more")), h("div", { class: "form" }, h("div", { class: "field" }, h("span", { class: "label" }, t("responses.when")), when, h("span", { class: "hint" }, t("responses.whenHint"))), h("div", { class: "row" }, field(t("responses.times"), times))));
  const parts = {
    reply: [reply, h("div", { class: "actions" }, button(t("responses.sample"), () => {
      reply.text = JSON.stringify(state.sample ?? {}, null, 2);
    }, { kind: "small", icon: "flask" }))],
    error: [h("div", { class: "row" }, field(t("responses.known"), known), field("errCode", code, { hint: t("responses.codeHint") }), field("errMsg", message))],
    fault: [field(t("responses.kind_fault"), fault, { hint: t("responses.faultHint") })],
    delay: [h("p", { class: "muted small" }, t("responses.delayHint"))],
    advanced: [advanced, h("p", { class: "muted small" }, t("responses.advancedHint"))],
  };
  const common = h("div", { class: "form" }, h("div", { class: "row" }, field(t("responses.delay"), delay)), more);

  for (const name of KINDS) {
    const radio = h("input", { type: "radio", name: "kind", value: name });
    radio.addEventListener("change", () => {
      if (name === "advanced") advanced.text = JSON.stringify(kind === "advanced" ? {} : tryValue(), null, 2);
      choose(name);
      dirty = true;
    });
    radios.append(h("label", {}, radio, h("span", {}, t(`responses.kind_${name}`))));
  }

  function choose(name) {
    kind = name;
    radios.querySelector(`[value="${name}"]`).checked = true;
    fill(body, parts[name]);
    common.hidden = name === "advanced";
  }

  function tryValue() {
    try {
      return value();
    } catch {
      return {};
    }
  }

  /** Return the value as it is in a local.yaml. */
  function value() {
    if (kind === "advanced") return advanced.value;
    const entry = {};
    if (when.text.trim() && Object.keys(when.value).length) entry.when = when.value;
    if (kind === "reply") entry.reply = reply.value;
    if (kind === "error") {
      const text = code.value.trim();
      entry.error = { errCode: /^-?\d+$/.test(text) ? Number(text) : text };
      if (message.value) entry.error.errMsg = message.value;
    }
    if (kind === "fault") entry.fault = fault.value;
    const seconds = Number(delay.value);
    if (seconds || kind === "delay") entry.delay = seconds;
    if (times.value) entry.times = Number(times.value);
    return entry;
  }

  /** Show a value in the form; several responses, files and texts only as JSON. */
  function show(set) {
    const entry = set && !Array.isArray(set) && Object.keys(set).length && Object.keys(set).every((key) => KEYS.has(key)) ? set : undefined;
    reply.text = JSON.stringify(entry?.reply ?? (entry || set === null || Array.isArray(set) ? state.sample ?? {} : set), null, 2);
    when.text = entry?.when ? JSON.stringify(entry.when, null, 2) : "{}";
    code.value = String(entry?.error?.errCode ?? state.errors[0]?.code ?? -1);
    message.value = entry?.error?.errMsg ?? "";
    fault.value = entry?.fault ?? state.faults[0];
    delay.value = String(entry?.delay ?? 0);
    times.value = entry?.times ? String(entry.times) : "";
    advanced.text = JSON.stringify(set ?? {}, null, 2);
    const outcome = OUTCOMES.find((name) => entry && name in entry);
    if (Array.isArray(set) || ["buffer", "file", "text"].includes(outcome)) choose("advanced");
    else choose(outcome ?? (entry && "delay" in entry ? "delay" : "reply"));
    dirty = false;
  }

  const status = h("div", { class: "response-status" });
  const notice = h("div", { role: "status" });
  const failed = h("div", { role: "alert" });
  const files = h("div", { class: "cards" });
  const target = select([], { "aria-label": t("responses.target"), class: "target" });
  const apply = button(t("responses.apply"), async () => {
    try {
      take(await api.send("PUT", api.path("/responses/{}", state.api), { value: value() }), true);
      fill(failed);
      toast(t("responses.applied", { api: state.api }));
    } catch (error) {
      fill(failed, note(error.message, "bad"));
    }
  }, { icon: "check", kind: "primary", changes: true });
  const reset = button(t("responses.reset"), async () => {
    take(await api.send("DELETE", api.path("/responses/{}", state.api)), true);
    toast(t("responses.wasReset"));
  }, { icon: "refresh", changes: true });
  const write = button(t("responses.write"), async () => {
    const path = target.value;
    const seen = state.files.find((one) => one.path === path)?.value ?? null;
    take(await api.send("POST", api.path("/responses/{}/write", state.api), { path, seen }), true);
    toast(t("responses.written", { path }));
  }, { icon: "save", changes: true });
  const hint = h("p", { class: "hint muted small" });
  const writing = h("div", { class: "writing" }, target, write, hint);
  target.addEventListener("change", () => describe());

  function fileCard(one) {
    const remove = button(t("responses.remove"), () => confirm(t("responses.remove"), t("responses.removeText", { api: state.api, path: one.path }), t("common.delete"), async () => {
      take(await api.send("POST", api.path("/responses/{}/remove", state.api), { path: one.path, seen: one.value }));
      toast(t("responses.removed"));
    }), { icon: "trash", kind: "small quiet", changes: true });
    const title = one.function ? t("responses.inFunction", { function: one.function }) : t("responses.inProject");
    return card(title, [h("p", { class: "muted small mono" }, `${one.path}:${one.line}`), jsonView(one.value, { label: title })], { actions: [remove] });
  }

  function describe() {
    const uses = state.uses.length ? badge(t("responses.used", { n: state.uses.map((n) => number(n)).join(" + ") })) : null;
    const text = state.set !== null ? t("responses.isSet") : state.files.length ? t("responses.isFile") : state.sample !== null ? t("responses.isSample") : t("responses.isDefault");
    fill(status, badge(t(state.set !== null ? "responses.set" : "responses.notSet"), state.set !== null ? "good" : ""), h("span", {}, text), uses);
    reset.hidden = writing.hidden = state.set === null;
    const own = state.files[0]?.path;
    const first = state.files.find((one) => one.function && one.path !== (target.value || own));
    fill(hint, t("responses.writeHint"), first && ` ${t("responses.ownFirst", { function: first.function })}`);
    choices(target, targets.map((one) => [one.path, one.path + (one.exists ? "" : ` (${t("responses.new")})`)]), target.value || own);
    choices(known, [["", t("responses.choose")], ...state.errors.map((error) => [String(error.code), `${error.code} ${error.meaning}`])], "");
    writing.hidden ||= !targets.length;
    fill(files, state.files.map(fileCard));
  }

  function take(next, replace = false) {
    const changed = JSON.stringify(next.set) !== JSON.stringify(state.set);
    state = next;
    describe();
    if (replace || (changed && !dirty)) {
      fill(notice);
      show(state.set);
    } else if (changed) {
      fill(notice, note(t("responses.changed"), "warn"), button(t("responses.showNew"), () => {
        fill(notice);
        show(state.set);
      }, { kind: "small" }));
    }
  }

  const element = h(
    "div",
    { class: "cards" },
    card(first.api, [status, notice, h("div", { class: "form" }, radios, body, common), failed, h("div", { class: "actions" }, apply, reset), writing], { id: "response", actions: first.known ? [linkButton(t("responses.docs"), api.path("/_console/apis/{}", first.api), { icon: "apis", kind: "small quiet" })] : [] }),
    files,
  );
  element.update = (next, nextTargets) => {
    targets = nextTargets;
    take(next);
  };
  describe();
  show(first.set);
  return element;
}
