// The document database: its collections, and the page of one.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { choices, field, input, searchBox, select } from "../components/field.js";
import { icon } from "../components/icon.js";
import { badge, card, empty, failure, heading, loading } from "../components/layout.js";
import { live } from "../components/live.js";
import { tabs } from "../components/tabs.js";
import { toast } from "../components/toast.js";
import { fill, h, keyed } from "../dom.js";
import { number, t } from "../i18n.js";
import { aggregation } from "./aggregation.js";
import { documents } from "./documents.js";

export const page = {
  mount(root, { params, go }) {
    const [name, tab = "documents"] = params;
    let collections = [];
    let words = "";
    let panel;

    const list = h("ul", { class: "collections" });
    const search = searchBox(t("database.searchCollections"), (text) => {
      words = text.toLowerCase();
      draw();
    });
    const jump = select([["", t("database.choose")]], { class: "jump", "aria-label": t("database.choose") });
    jump.addEventListener("change", () => jump.value && go(api.path("/database/{}", jump.value)));
    const content = h("div", { class: "grow" });
    const create = button(t("database.create"), createCollection, { icon: "plus", kind: name ? "" : "primary", changes: true });
    const where = h("p", { class: "muted small folder" });
    root.append(
      heading(t("nav.database"), { lead: t("database.lead"), actions: [create] }),
      h("div", { class: "with-list" }, h("aside", { "aria-label": t("database.collections") }, search, jump, card("", list, { flush: true }), where), content),
    );

    function item(one) {
      const link = h("a", { href: api.path("/_console/database/{}", one.name), "aria-current": one.name === name ? "page" : null }, icon("table"), h("span", { class: "cut grow" }, one.name), h("span", { class: "muted num small" }, number(one.count)));
      return h("li", {}, link);
    }

    function draw() {
      const found = collections.filter((one) => one.name.toLowerCase().includes(words));
      keyed(list, found, (one) => one.name, item, (element, one) => {
        element.querySelector(".num").textContent = number(one.count);
      });
      choices(jump, [["", t("database.choose")], ...collections.map((one) => [one.name, `${one.name} (${number(one.count)})`])], name ?? "");
    }

    async function createCollection() {
      const box = input({ class: "mono" });
      const made = await dialog(t("database.create"), field(t("common.name"), box, { hint: t("database.createHint") }), {
        label: t("database.createButton"),
        save: async () => {
          await api.send("POST", "/database", { name: box.value.trim() });
          return box.value.trim();
        },
      });
      if (made) go(api.path("/database/{}", made));
    }

    function drop() {
      const count = collections.find((one) => one.name === name)?.count ?? 0;
      return confirm(t("database.drop"), t("database.dropText", { name, n: number(count) }), t("common.delete"), async () => {
        await api.send("DELETE", api.path("/database/{}", name));
        toast(t("database.dropped", { name }));
        go("/database");
      });
    }

    function showCollection() {
      const views = [
        { name: "documents", label: t("database.documents"), show: () => (panel = documents(name)) },
        { name: "aggregation", label: t("database.aggregation"), show: () => (panel = aggregation(name)) },
        { name: "indexes", label: t("database.indexes"), show: () => (panel = indexes(name)) },
      ];
      const chosen = views.some((one) => one.name === tab) ? tab : "documents";
      const view = tabs(name, views, { chosen, onchange: (next) => history.replaceState(null, "", api.path("/_console/database/{}/{}", name, next)) });
      const exports = select([["", t("database.export")], ["lines", t("database.exportLines")], ["array", t("database.exportArray")], ["csv", t("database.exportCsv")]], { "aria-label": t("database.export"), class: "small-select" });
      exports.addEventListener("change", () => {
        if (!exports.value) return;
        const link = h("a", { href: api.fileAddress(api.path("/database/{}/export", name), { format: exports.value }), download: "" });
        exports.value = "";
        link.click();
      });
      const file = h("input", { type: "file", accept: ".json,.jsonl,.csv,.yaml,.yml", class: "visually-hidden", tabindex: "-1", "aria-label": t("database.import") });
      file.addEventListener("change", async () => {
        const [chosenFile] = file.files;
        file.value = "";
        if (chosenFile) await importFile(chosenFile);
      });
      fill(
        content,
        h("div", { class: "collection-head" }, h("h2", { class: "cut mono" }, name), h("div", { class: "actions" }, button(t("database.import"), () => file.click(), { icon: "upload", kind: "small", changes: true }), file, exports, button(t("database.drop"), drop, { icon: "trash", kind: "small danger", changes: true }))),
        view,
      );
    }

    async function importFile(file) {
      await dialog(t("database.import"), h("p", {}, t("database.importText", { file: file.name, name })), {
        label: t("database.import"),
        save: async () => {
          const { count } = await api.upload("POST", api.path("/database/{}/import", name), file, { query: { name: file.name }, type: "application/octet-stream" });
          toast(t("database.imported", { n: number(count), name }));
        },
      });
    }

    async function refresh() {
      try {
        const answer = await api.get("/database");
        const existed = collections.some((one) => one.name === name);
        collections = answer.collections;
        where.textContent = answer.folder ? t("database.folder", { folder: answer.folder }) : t("database.inMemory");
        draw();
        const exists = collections.some((one) => one.name === name);
        if (name && exists && !panel) showCollection();
        else if (name && !exists) {
          panel = undefined;
          fill(content, empty("database", t(existed ? "database.goneTitle" : "database.unknown"), t("database.unknownText", { name })));
        } else if (!name) {
          fill(content, collections.length ? overview() : empty("database", t("database.none"), t("database.noneText")));
        }
      } catch (error) {
        if (!panel) fill(content, failure(error, refresh));
      }
    }

    function overview() {
      return card(t("database.indexes"), indexes());
    }

    fill(content, loading());
    refresh();
    return live(["database"], (values) => {
      refresh();
      if (values.some((value) => value?.collection === name || value?.collection === undefined)) panel?.changed?.();
    });
  },
};

/** Return the indexes that the cloud would need for the queries that functions have made. */
function indexes(name) {
  const place = h("div", { class: "indexes" }, loading());
  const read = async () => {
    try {
      const found = (await api.get("/indexes")).indexes.filter((one) => !name || one.collection === name);
      fill(place, h("p", { class: "muted small" }, t("database.indexesText")), found.length ? h("ul", {}, found.map(index)) : empty("check", t("database.noIndex"), t("database.noIndexText")));
    } catch (error) {
      fill(place, failure(error, read));
    }
  };
  const index = (one) =>
    h(
      "li",
      {},
      h("div", { class: "index-head" }, !name && h("a", { href: api.path("/_console/database/{}", one.collection), class: "mono" }, one.collection), one.fields.map((part) => badge(`${part.name} ${part.order === 1 ? "↑" : part.order === -1 ? "↓" : part.order}`, "info")), h("span", { class: "muted small num" }, t("database.queries", { n: number(one.queries) }))),
      h("code", { class: "cut muted" }, one.example),
    );
  read();
  place.changed = read;
  return place;
}
