// Invoke a function with an event: written, from a template, saved as a file, or of an earlier invocation.

import * as api from "../api.js";
import { button, copyButton, linkButton } from "../components/button.js";
import { dialog } from "../components/dialog.js";
import { choices, field, input, select } from "../components/field.js";
import { jsonEditor, jsonView } from "../components/json.js";
import { badge, card, empty, heading, load, note } from "../components/layout.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { currentLanguage, duration, t } from "../i18n.js";
import { parse } from "../json-text.js";

const DRAFT = "cloudpy.draft.";
const MAX_DRAFT = 500_000; // characters

export const page = {
  mount(root, { params, query, go }) {
    const place = h("div", {});
    root.append(heading(t("nav.invoke"), { lead: t("invoke.lead") }), place);
    load(place, () => api.get("/functions"), (functions) => {
      if (!functions.length) return empty("functions", t("overview.noFunction"), t("overview.noFunctionText"), h("pre", {}, "cloudpy new hello"));
      const name = functions.some((one) => one.name === params[0]) ? params[0] : functions[0].name;
      return form(functions, name, query, go);
    });
  },
};

function form(functions, name, query, go) {
  const draft = (text) => text.length < MAX_DRAFT && sessionStorage.setItem(DRAFT + name, text);
  const editor = jsonEditor(t("invoke.event"), { value: sessionStorage.getItem(DRAFT + name) ?? "{}", object: true, rows: 13, oninput: draft, onsend: () => send.click() });
  const chooser = select(functions.map((one) => [one.name, one.name]), { value: name, onchange: (event) => go(api.path("/invoke/{}", event.target.value)) });
  const templates = select([["", t("invoke.template")]], { "aria-label": t("invoke.template") });
  const saved = select([["", t("invoke.saved")]], { "aria-label": t("invoke.saved") });
  const user = input({ placeholder: t("invoke.defaultUser"), list: "users" });
  const users = h("datalist", { id: "users" });
  const outcome = h("div", { role: "status", "aria-live": "polite" });
  const events = {};

  const readTemplates = async () => {
    const all = await api.get(api.path("/functions/{}/templates", name));
    all.forEach((one) => (events[one.name] = one.event));
    choices(templates, [["", t("invoke.template")], ...all.map((one) => [one.name, templateName(one.name)])], "");
  };
  const readSaved = async (chosen = "") => {
    const all = await api.get(api.path("/functions/{}/events", name));
    choices(saved, [["", t("invoke.saved")], ...all.map((one) => [one, one])], chosen);
    remove.disabled = !saved.value;
  };
  const readUsers = async () => {
    const { users: all } = await api.get("/users");
    fill(users, all.map((one) => h("option", { value: one.openid }, one.unionid || one.openid)));
  };
  const open = async (event) => {
    if (!event) return;
    saved.value = event;
    editor.text = JSON.stringify(await api.get(api.path("/functions/{}/events/{}", name, event)), null, 2);
    remove.disabled = false;
  };
  templates.addEventListener("change", () => {
    if (templates.value) editor.text = JSON.stringify(events[templates.value], null, 2);
    templates.value = "";
  });
  saved.addEventListener("change", () => {
    remove.disabled = !saved.value;
    open(saved.value).catch((error) => fill(outcome, note(error.message, "bad")));
  });

  const save = button(t("invoke.save"), async () => {
    const event = editor.value;
    const title = input({ value: saved.value });
    const done = await dialog(t("invoke.saveTitle"), [field(t("common.name"), title, { hint: t("invoke.saveHint", { name }) })], {
      save: () => api.send("PUT", api.path("/functions/{}/events/{}", name, title.value.trim() || " "), { event }),
    });
    if (!done) return;
    toast(t("invoke.savedAs", { path: done.path }));
    await readSaved(done.name);
  }, { icon: "save", kind: "small", changes: true });
  const remove = button(t("common.delete"), async () => {
    await api.send("DELETE", api.path("/functions/{}/events/{}", name, saved.value));
    await readSaved();
  }, { icon: "trash", kind: "small quiet", bare: true, changes: true, props: { disabled: true } });
  const cloudId = button(t("invoke.cloudId"), () => insertCloudId(editor, user.value.trim()), { icon: "key", kind: "small", changes: true });

  const send = button(t("invoke.send"), async () => {
    const event = editor.value;
    const openid = user.value.trim();
    const began = performance.now();
    const clock = h("span", { class: "num muted" });
    fill(outcome, card(t("invocation.result"), h("p", {}, t("outcome.running"), " ", clock)));
    const tick = setInterval(() => (clock.textContent = duration(performance.now() - began)), 100);
    try {
      const done = await api.send("POST", api.path("/functions/{}/invoke", name), { event, ...(openid && { openid }) });
      fill(outcome, show(done));
    } catch (error) {
      outcome.replaceChildren();
      throw error;
    } finally {
      clearInterval(tick);
    }
  }, { icon: "invoke", kind: "primary", changes: true });
  send.append(h("kbd", { class: "kbd" }, "Ctrl ↵"));

  readTemplates().catch(() => {});
  readSaved().then(() => open(query.get("event"))).catch(() => {});
  readUsers().catch(() => {});
  const from = query.get("from");
  if (from) {
    api.get(api.path("/invocations/{}", from)).then((one) => {
      editor.text = JSON.stringify(one.event, null, 2);
      user.value = one.openid;
    }, () => {});
  }
  return h(
    "div",
    { class: "grid-2 invoke" },
    card("", h(
      "div",
      { class: "form" },
      h("div", { class: "row" }, field(t("common.function"), chooser), field(t("invoke.user"), user, { hint: t("invoke.userHint") })),
      users,
      h("div", { class: "toolbar" }, templates, saved, remove, save, cloudId),
      editor,
      h("div", { class: "toolbar" }, send, linkButton(t("nav.logs"), `/_console/logs?${new URLSearchParams({ function: name })}`, { kind: "quiet" })),
    )),
    outcome,
  );
}

function templateName(name) {
  const [kind, ...rest] = name.split(" ");
  return [t(`trigger.${kind}`), ...rest].join(" ");
}

function show(done) {
  const isFine = done.kind === "result";
  const state = badge(t(isFine ? "outcome.ok" : "outcome.failed"), isFine ? "good" : "bad");
  const value = isFine ? done.result : done.error;
  return card(
    t("invocation.result"),
    h(
      "div",
      { class: "stack" },
      h("div", { class: "toolbar" }, state, h("span", { class: "num muted" }, duration(done.ms)), linkButton(t("invoke.openInvocation"), api.path("/_console/invocations/{}", done.id), { kind: "small" })),
      !isFine && note(`${done.error.errCode} ${done.error.errMsg}`, "bad"),
      done.error?.stack ? h("pre", { class: "code", tabindex: "0" }, done.error.stack) : jsonView(value, { depth: 3, label: t("invocation.result") }),
    ),
    { actions: [copyButton(() => JSON.stringify(value, null, 2))] },
  );
}

async function insertCloudId(editor, openid) {
  const { templates } = await api.get("/cloudids");
  const kinds = select(templates.map((one) => [one.name, currentLanguage() === "zh" ? one.titleZh : one.title]));
  const data = jsonEditor(t("cloudId.data"), { object: true, rows: 7 });
  const fillData = () => (data.text = JSON.stringify(templates.find((one) => one.name === kinds.value).data, null, 2));
  kinds.addEventListener("change", fillData);
  fillData();
  const minted = await dialog(t("cloudId.title"), [h("p", { class: "muted" }, t("cloudId.text")), field(t("cloudId.kind"), kinds), data], {
    label: t("cloudId.insert"),
    save: () => api.send("POST", "/cloudids", { openid, data: data.value, life: 300 }),
  });
  if (!minted) return;
  const event = editor.text.trim() ? parse(editor.text) : {};
  let key = "cloudID";
  for (let number = 2; key in event; number += 1) key = `cloudID${number}`;
  editor.text = JSON.stringify({ ...event, [key]: { cloudID: minted.cloudID } }, null, 2);
}
