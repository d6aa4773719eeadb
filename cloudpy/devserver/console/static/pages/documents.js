// The documents of one collection: a query, its result as a table or as JSON, and edits.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { field, input } from "../components/field.js";
import { coloured, jsonEditor } from "../components/json.js";
import { badge, card, empty, failure, loading, note } from "../components/layout.js";
import { table } from "../components/table.js";
import { problem, toast } from "../components/toast.js";
import { fill, h, keyed } from "../dom.js";
import { duration, number, t } from "../i18n.js";

const PAGE = 50;

/** Return the panel of a collection; `.changed()` reads again. */
export function documents(name) {
  const chosen = new Map(); // id -> document
  let view = sessionStorage.getItem("cloudpy.documents") ?? "table";
  let skip = 0;
  let found = { documents: [], total: 0, columns: [] };
  let rows, rowsFor;
  let asked = 0;

  const where = jsonEditor(t("database.where"), { value: "{}", object: true, rows: 2, onsend: run });
  const order = input({ class: "mono", placeholder: '{"at": -1}' });
  const fields = input({ class: "mono", placeholder: '{"title": true}' });
  const limit = input({ type: "number", min: "1", max: "200", value: String(PAGE), class: "num" });
  const offset = input({ type: "number", min: "0", value: "0", class: "num" });
  for (const box of [order, fields, limit, offset]) box.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), run()));
  const failed = h("div", { role: "alert" });
  const form = h(
    "details",
    { class: "query" },
    h("summary", {}, t("database.query")),
    h("div", { class: "form" },
      h("div", { class: "field" }, h("span", { class: "label" }, "where"), where, h("span", { class: "hint" }, t("database.whereHint"))),
      h("div", { class: "row" }, field("orderBy", order, { hint: t("database.orderHint") }), field("field", fields), field("skip", offset), field("limit", limit)),
      h("div", { class: "actions" }, button(t("database.run"), run, { icon: "play", kind: "primary small" }), button(t("database.clear"), clear, { kind: "small quiet" })),
    ),
  );
  const summary = h("span", { class: "muted small num", role: "status" });
  const previous = button(t("database.previous"), () => move(-1), { icon: "left", kind: "small", bare: true });
  const next = button(t("database.next"), () => move(1), { icon: "right", kind: "small", bare: true });
  const remove = button(t("common.delete"), removeChosen, { icon: "trash", kind: "small danger", changes: true });
  const asTable = toggle("table", "table");
  const asJson = toggle("json", "code");
  const add = button(t("database.add"), () => edit(null), { icon: "plus", kind: "small primary", changes: true });
  const result = h("div", {}, loading());
  remove.hidden = true;

  function toggle(kind, image) {
    const element = button(t(`database.as_${kind}`), () => {
      view = kind;
      sessionStorage.setItem("cloudpy.documents", kind);
      draw();
    }, { icon: image, kind: "small", bare: true });
    return element;
  }

  function clear() {
    where.text = "{}";
    for (const box of [order, fields]) box.value = "";
    offset.value = "0";
    limit.value = String(PAGE);
    return run();
  }

  function run() {
    skip = Math.max(0, Number(offset.value) || 0);
    return read();
  }

  function move(step) {
    skip = Math.max(0, skip + step * Number(limit.value));
    offset.value = String(skip);
    return read();
  }

  async function read({ quiet = false } = {}) {
    const mine = ++asked;
    const query = { where: where.text.trim() || "{}", orderBy: order.value.trim() || "{}", field: fields.value.trim() || "{}", skip, limit: Number(limit.value) || PAGE };
    try {
      const answer = await api.send("POST", api.path("/database/{}/find", name), query);
      if (mine !== asked) return;
      found = answer;
      fill(failed);
      for (const id of chosen.keys()) if (!found.documents.some((one) => one.id === id)) chosen.delete(id);
      draw();
    } catch (error) {
      if (mine !== asked || quiet) return;
      fill(failed, note(error.message, "bad"));
      if (!found.documents.length) fill(result);
    }
  }

  function draw() {
    const from = found.documents.length ? skip + 1 : 0;
    summary.textContent = t("database.range", { from: number(from), to: number(skip + found.documents.length), total: number(found.total), ms: duration(found.ms ?? 0) });
    previous.disabled = skip === 0;
    next.disabled = skip + found.documents.length >= found.total;
    asTable.setAttribute("aria-pressed", String(view === "table"));
    asJson.setAttribute("aria-pressed", String(view === "json"));
    showChosen();
    if (!found.documents.length) {
      const everything = where.text.replace(/\s/g, "") === "{}" && !skip;
      fill(result, everything ? empty("database", t("database.empty"), t("database.emptyText")) : empty("search", t("common.noMatch"), t("database.noMatchText")));
      return;
    }
    if (view === "table") drawTable();
    else drawJson();
    if (found.cut) result.append(note(t("database.cut"), "warn"));
  }

  function drawTable() {
    const columns = [...found.columns].sort().join("\0"); // the order changes with the documents
    if (rowsFor !== columns) {
      rowsFor = columns;
      rows = table(t("database.documents"), [{ title: h("span", { class: "visually-hidden" }, t("database.select")), cell: chooser }, ...found.columns.map((column) => ({ title: column, cell: (one) => cell(one, column) })), { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: actions }], (one) => one.id);
      rows.classList.add("documents");
    }
    rows.show(found.documents);
    if (!result.contains(rows)) fill(result, rows);
    else for (const extra of [...result.children]) if (extra !== rows) extra.remove();
  }

  function cell(one, column) {
    const value = one.cells[column];
    if (!value) return h("span", { class: "muted" }, "–");
    const content = h("span", { class: ["value", `type-${value.type}`], title: `${value.type}: ${value.text}` }, value.text);
    return column === "_id" ? h("button", { type: "button", class: "link mono", onclick: () => edit(one) }, content) : content;
  }

  function chooser(one) {
    const box = h("input", { type: "checkbox", "aria-label": `${t("database.select")}: ${one.id}`, checked: chosen.has(one.id) });
    box.addEventListener("change", () => {
      if (box.checked) chosen.set(one.id, one);
      else chosen.delete(one.id);
      showChosen();
    });
    return box;
  }

  function actions(one) {
    return h("div", { class: "actions" }, button(`${t("common.edit")}: ${one.id}`, () => edit(one), { icon: "edit", kind: "small quiet", bare: true }), button(`${t("common.delete")}: ${one.id}`, () => removeSome([one]), { icon: "trash", kind: "small quiet", bare: true, changes: true }));
  }

  function drawJson() {
    rowsFor = undefined;
    let list = result.querySelector(":scope > .json-documents");
    if (!list) fill(result, (list = h("ul", { class: "json-documents" })));
    const text = (one) => (one.text === null ? [t("database.long")] : coloured(one.text));
    keyed(
      list,
      found.documents,
      (one) => one.id,
      (one) => {
        const element = h("li", {}, h("pre", { class: "code", tabindex: "0", "aria-label": one.id }, text(one)), actions(one));
        element.rev = one.rev;
        return element;
      },
      (element, one) => {
        if (element.rev === one.rev) return;
        element.rev = one.rev;
        fill(element.querySelector("pre"), text(one));
        element.querySelector(".actions").replaceWith(actions(one));
      },
    );
  }

  function showChosen() {
    remove.hidden = !chosen.size;
    const label = t("database.deleteSome", { n: number(chosen.size) });
    remove.lastChild.textContent = label;
  }

  function removeChosen() {
    return removeSome(found.documents.filter((one) => chosen.has(one.id)));
  }

  function removeSome(several) {
    const ids = several.slice(0, 5).map((one) => one.id).join(", ");
    return confirm(t("database.delete"), t("database.deleteText", { n: number(several.length), ids }), t("common.delete"), async () => {
      const answer = await api.send("POST", api.path("/database/{}/delete", name), { documents: several.map(({ id, rev }) => ({ id, rev })) });
      for (const { id } of several) chosen.delete(id);
      toast(t("database.deleted", { n: number(answer.deleted) }));
      if (answer.changed.length) problem(t("database.notDeleted", { ids: answer.changed.join(", ") }));
      read();
    });
  }

  /** Edit a document, or add one. One that was changed meanwhile is shown beside the edit, not overwritten. */
  async function edit(one) {
    let { id, rev, text } = one ?? { text: '{\n  \n}' };
    const isPart = one && fields.value.trim() && fields.value.trim() !== "{}";
    if (one && (text === null || isPart)) ({ rev, text } = await api.get(api.path("/database/{}/document", name), { id }));
    const editor = jsonEditor(t("database.document"), { value: text, object: !one, rows: 16 });
    editor.area.setSelectionRange(0, 0);
    const current = h("div", { class: "form" });
    const save = async () => {
      if (editor.problem) throw Object.assign(new Error(editor.problem), { name: "ValueError" });
      if (!one) {
        await api.send("POST", api.path("/database/{}/documents", name), { text: editor.text });
        toast(t("database.added"));
        return;
      }
      try {
        await api.send("PUT", api.path("/database/{}/document", name), { id, rev, text: editor.text });
        toast(t("database.saved"));
      } catch (error) {
        if (error.code === "CHANGED") await conflict();
        throw error;
      }
    };
    const conflict = async () => {
      try {
        const now = await api.get(api.path("/database/{}/document", name), { id });
        fill(
          current,
          h("h3", {}, t("database.now")),
          h("pre", { class: "code", tabindex: "0" }, coloured(now.text)),
          h("div", { class: "actions" }, button(t("database.useNow"), () => {
            editor.text = now.text;
            rev = now.rev;
            fill(current);
          }, { kind: "small" }), button(t("database.keepMine"), () => {
            rev = now.rev;
            fill(current);
          }, { kind: "small" })),
        );
      } catch {
        fill(current, note(t("database.deletedMeanwhile"), "warn"));
      }
    };
    const what = one ? h("div", { class: "document-id" }, badge("_id"), h("code", { class: "cut" }, id), copyButton(() => editor.text, { bare: true })) : h("p", { class: "muted small" }, t("database.addHint"));
    await dialog(one ? t("database.edit") : t("database.add"), [what, editor, h("p", { class: "muted small" }, t("database.ejsonHint")), current], { save, wide: true, label: one ? t("common.save") : t("common.add") });
    read({ quiet: true });
  }

  const toolbar = h("div", { class: "filters" }, add, remove, h("span", { class: "pager" }, summary, h("span", { class: "group" }, previous, next), h("span", { class: "group" }, asTable, asJson)));
  const element = h("div", { class: "panel" }, form, failed, toolbar, card("", result, { flush: true }));
  element.changed = () => read({ quiet: true });
  read();
  return element;
}
