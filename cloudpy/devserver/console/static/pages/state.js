// The state of the local WeChat: how much there is, export, import, reset.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { field, input } from "../components/field.js";
import { card, empty, heading, load } from "../components/layout.js";
import { live } from "../components/live.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { dateTime, number, t } from "../i18n.js";

const LINKS = { users: "/users", collections: "/database", documents: "/database", files: "/storage", responses: "/responses", orders: "/payments", media: "/payments" };

export const page = {
  mount(root) {
    const place = h("div", { class: "cards" });
    const save = button(t("state.export"), exportState, { icon: "download", kind: "primary", changes: true });
    const reset = button(t("state.reset"), resetState, { icon: "trash", kind: "danger", changes: true });
    root.append(heading(t("nav.state"), { lead: t("state.lead"), actions: [save, reset] }), place);
    const counts = h("dl", { class: "strip" });
    const rows = table(
      t("state.exports"),
      [
        { title: t("common.name"), cell: (item) => h("strong", {}, item.name) },
        { title: t("common.time"), cell: (item) => dateTime(item.modified) },
        { title: t("state.folder"), cell: (item) => h("div", { class: "cell-main" }, h("code", { class: "cut" }, item.path), copyButton(() => item.path, { bare: true })) },
        { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: actions },
      ],
      (item) => item.name,
    );
    const update = (data) => {
      fill(counts, Object.entries(data.counts).map(([name, count]) => h("div", {}, h("dt", {}, t(`state.${name}`)), h("dd", { class: "num" }, h("a", { href: `/_console${LINKS[name]}` }, number(count))))));
      rows.show(data.exports);
    };
    const show = (data) => {
      update(data);
      const list = data.exports.length ? rows : empty("state", t("state.none"), t("state.noneText"), h("pre", {}, "cloudpy dev --export-on-exit state\ncloudpy dev --import state"));
      return [h("section", { class: "card", "aria-label": t("state.now") }, counts), card(t("state.exports"), list, { flush: true })];
    };
    const read = () => api.get("/state");
    load(place, read, show);
    return live(["exports", "users", "storage", "database", "responses", "pay", "media"], async () => {
      try {
        const data = await read();
        if (data.exports.length && place.contains(rows)) update(data);
        else load(place, () => data, show);
      } catch {
        // the banner says that the server has ended
      }
    });
  },
};

function actions(item) {
  const address = api.path("/state/exports/{}", item.name);
  const load_ = () => confirm(t("state.import"), t("state.importText", { name: item.name }), t("state.import"), async () => {
    await api.send("POST", `${address}/import`);
    toast(t("state.imported", { name: item.name }));
  });
  const remove = () => confirm(t("state.delete"), t("state.deleteText", { name: item.name }), t("common.delete"), async () => {
    await api.send("DELETE", address);
    toast(t("state.deleted"));
  });
  return h(
    "div",
    { class: "actions" },
    button(t("state.import"), load_, { icon: "upload", kind: "small", changes: true, props: { "aria-label": `${t("state.import")}: ${item.name}` } }),
    button(`${t("common.delete")}: ${item.name}`, remove, { icon: "trash", kind: "small quiet", bare: true, changes: true }),
  );
}

async function exportState() {
  const name = input({ value: "state" });
  const done = await dialog(t("state.export"), [h("p", {}, t("state.exportText")), field(t("common.name"), name, { hint: t("recordings.nameHint") })], {
    save: () => api.send("POST", "/state/exports", { name: name.value.trim() }),
    label: t("state.export"),
  });
  if (done) toast(t("state.exported"));
}

async function resetState() {
  const done = await confirm(t("state.reset"), t("state.resetText"), t("state.reset"), () => api.send("POST", "/state/reset"));
  if (done) toast(t("state.resetDone"));
}
