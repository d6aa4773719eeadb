// Recordings: every invocation of a session, and all of them again.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { field, input } from "../components/field.js";
import { icon } from "../components/icon.js";
import { card, empty, heading, load, note } from "../components/layout.js";
import { live } from "../components/live.js";
import { outcomeBadge } from "../components/rows.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { dateTime, number, size, t } from "../i18n.js";

export const page = {
  mount(root, { params }) {
    if (params[0]) return one(root, params[0]);
    const start = button(t("recordings.start"), begin, { icon: "play", kind: "primary", changes: true });
    const stop = button(t("recordings.stop"), end, { icon: "stop", kind: "danger", changes: true });
    const status = h("div", { role: "status" });
    const place = h("div", {});
    root.append(heading(t("nav.recordings"), { lead: t("recordings.lead"), actions: [start, stop] }), status, place);
    const rows = table(
      t("nav.recordings"),
      [
        { title: t("common.name"), cell: (item) => h("a", { href: api.path("/_console/recordings/{}", item.name) }, item.name) },
        { title: t("recordings.count"), end: true, cell: (item) => h("span", { class: "num" }, number(item.count)) },
        { title: t("common.size"), end: true, cell: (item) => h("span", { class: "num" }, size(item.size)) },
        { title: t("common.time"), cell: (item) => dateTime(item.modified) },
        { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: (item) => actions(item.name) },
      ],
      (item) => item.name,
    );
    const read = () => api.get("/recordings");
    const update = (data) => {
      start.hidden = data.current !== "";
      stop.hidden = data.current === "";
      fill(status, data.current && note(t("recordings.running", { name: data.current }), "info"));
      rows.show(data.items);
    };
    const show = (data) => {
      update(data);
      if (!data.items.length) return empty("recordings", t("recordings.none"), t("recordings.noneText"), h("pre", {}, "cloudpy dev --record session.jsonl"));
      return card("", rows, { flush: true });
    };
    load(place, read, show);
    return live(["recordings", "invocation"], async () => {
      try {
        const data = await read();
        if (data.items.length && place.contains(rows)) update(data);
        else load(place, () => data, show);
      } catch {
        // the banner says that the server has ended
      }
    });
  },
};

async function begin() {
  const name = input({ value: `session-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}` });
  await dialog(t("recordings.start"), [field(t("common.name"), name, { hint: t("recordings.nameHint") })], {
    save: () => api.send("POST", "/recordings", { name: name.value.trim() }),
    label: t("recordings.start"),
  });
}

async function end() {
  await api.send("POST", "/recordings/stop");
  toast(t("recordings.stopped"));
}

function actions(name, after = () => {}) {
  const address = api.path("/recordings/{}", name);
  const download = h("a", { class: "button small quiet icon-only", href: api.fileAddress(`${address}/file`), download: `${name}.jsonl`, "aria-label": `${t("storage.download")}: ${name}` }, icon("download"));
  const remove = () => confirm(t("recordings.delete"), t("recordings.deleteText", { name }), t("common.delete"), async () => {
    await api.send("DELETE", address);
    toast(t("recordings.deleted"));
    after();
  });
  return h("div", { class: "actions" }, download, button(`${t("common.delete")}: ${name}`, remove, { icon: "trash", kind: "small quiet", bare: true, changes: true }));
}

function one(root, name) {
  const results = h("div", { role: "status" });
  const place = h("div", {});
  const replay = button(t("recordings.replay"), async () => {
    fill(results, note(t("recordings.replaying"), "info"));
    try {
      fill(results, outcomes(await api.send("POST", api.path("/recordings/{}/replay", name))));
    } catch (error) {
      fill(results);
      throw error;
    }
  }, { icon: "replay", kind: "primary", changes: true });
  root.append(heading(name, { crumbs: [[t("nav.recordings"), "/_console/recordings"]], actions: [replay] }), results, place);
  const rows = table(
    name,
    [
      { title: t("common.function"), cell: (item) => h("strong", {}, item.function) },
      { title: t("common.user"), cell: (item) => h("code", {}, item.timer ? t("trigger.timer") : item.openid || "–") },
      { title: t("invocation.event"), cell: (item) => h("code", { class: "cut" }, JSON.stringify(item.event)) },
    ],
    (item) => item.key,
  );
  load(place, () => api.get(api.path("/recordings/{}", name)), (data) => {
    if (!data.total) return empty("recordings", t("recordings.empty"), t("recordings.emptyText"));
    rows.show(data.items.map((item, key) => ({ ...item, key })));
    return card(t("recordings.items", { n: number(data.total) }), rows, { flush: true });
  });
}

function outcomes(list) {
  const failed = list.filter((item) => item.kind !== "result");
  const text = failed.length ? t("recordings.someFailed", { n: number(list.length), failed: number(failed.length) }) : t("recordings.allFine", { n: number(list.length) });
  const lines = failed.map((item) => h("li", {}, item.id ? h("a", { href: api.path("/_console/invocations/{}", item.id) }, item.function) : item.function, " ", item.kind === "skipped" ? t("recordings.skipped") : outcomeBadge(item), " ", item.problem));
  return note([h("p", {}, text), failed.length > 0 && h("ul", {}, lines)], failed.length ? "warn" : "info");
}
