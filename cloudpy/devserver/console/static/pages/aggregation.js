// An aggregation over one collection: its stages, and what comes out of them.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { select } from "../components/field.js";
import { coloured, indented, jsonEditor } from "../components/json.js";
import { card, empty, note } from "../components/layout.js";
import { fill, h } from "../dom.js";
import { duration, number, t } from "../i18n.js";

const STAGES = {
  match: '{"$match": {"done": true}}',
  group: '{"$group": {"_id": "$city", "n": {"$sum": 1}}}',
  sort: '{"$sort": {"n": -1}}',
  project: '{"$project": {"title": 1}}',
  lookup: '{"$lookup": {"from": "users", "localField": "user", "foreignField": "_id", "as": "users"}}',
  unwind: '{"$unwind": "$tags"}',
  limit: '{"$limit": 20}',
};
const kept = new Map(); // name of a collection -> pipeline, as long as the page is open

/** Return the panel of a collection; `.changed()` says that the result is old. */
export function aggregation(name) {
  const editor = jsonEditor(t("database.pipeline"), {
    value: kept.get(name) ?? "[\n  \n]",
    rows: 9,
    onsend: run,
    oninput: (text) => kept.set(name, text),
  });
  const add = select([["", t("database.addStage")], ...Object.keys(STAGES).map((stage) => [stage, `$${stage}`])], { "aria-label": t("database.addStage"), class: "small-select" });
  add.addEventListener("change", () => {
    if (!add.value) return;
    const before = editor.text.trim().replace(/\]$/, "").trimEnd();
    const joined = `${before || "["}${before.endsWith("[") || !before ? "" : ","}${STAGES[add.value]}]`;
    editor.text = indented(joined);
    add.value = "";
  });
  const failed = h("div", { role: "alert" });
  const summary = h("span", { class: "muted small num", role: "status" });
  const result = h("div", {}, empty("flask", t("database.noRun"), t("database.noRunText")));
  let hasRun = false;

  async function run() {
    try {
      const found = await api.send("POST", api.path("/database/{}/aggregate", name), { pipeline: editor.text });
      hasRun = true;
      fill(failed);
      summary.textContent = t("database.results", { n: number(found.documents.length), total: number(found.total), ms: duration(found.ms) });
      fill(result, found.documents.length ? h("ul", { class: "json-documents" }, found.documents.map((one) => h("li", {}, h("pre", { class: "code", tabindex: "0" }, one.text === null ? t("database.long") : coloured(one.text))))) : empty("search", t("database.noResult"), t("database.noResultText")));
    } catch (error) {
      fill(failed, note(error.message, "bad"));
    }
  }

  const element = h(
    "div",
    { class: "panel" },
    h("div", { class: "form" }, editor, h("p", { class: "hint muted small" }, t("database.pipelineHint")), h("div", { class: "actions" }, button(t("database.run"), run, { icon: "play", kind: "primary small" }), add, summary)),
    failed,
    card("", result, { flush: true }),
  );
  element.changed = () => {
    if (hasRun) summary.textContent = t("database.old");
  };
  return element;
}
