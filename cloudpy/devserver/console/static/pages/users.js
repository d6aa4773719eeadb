// The users of the local WeChat.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { field, input, searchBox } from "../components/field.js";
import { badge, card, empty, heading, load } from "../components/layout.js";
import { live } from "../components/live.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";

const FIELDS = ["unionid", "appid", "clientIP"];

export const page = {
  mount(root) {
    let state = { users: [], chosen: "", own: [], appid: "" };
    let words = "";
    const place = h("div", {});
    const own = h("div", { class: "muted small own" });
    const search = searchBox(t("users.search"), (text) => {
      words = text.toLowerCase();
      draw();
    });
    const add = button(t("users.add"), () => edit(null), { icon: "plus", kind: "primary", changes: true });
    root.append(heading(t("nav.users"), { lead: t("users.lead"), actions: [add] }), h("div", { class: "filters" }, search), place, own);

    const rows = table(
      t("nav.users"),
      [
        { title: "OpenID", cell: (user) => h("div", { class: "cell-main" }, h("code", {}, user.openid), user.current && badge(t("users.current"), "good"), user.declared && badge("local.yaml")) },
        { title: "UnionID", cell: (user) => h("code", {}, user.unionid || "–") },
        { title: "AppID", cell: (user) => h("code", {}, user.appid || "–") },
        { title: "IP", cell: (user) => h("code", {}, user.clientIP) },
        { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: actions },
      ],
      (user) => user.openid,
    );

    function actions(user) {
      return h(
        "div",
        { class: "actions" },
        user.current && state.chosen === user.openid && button(t("users.unchoose"), () => choose(""), { kind: "small quiet", changes: true }),
        !user.current && button(t("users.choose"), () => choose(user.openid), { kind: "small", changes: true, props: { "aria-label": `${t("users.choose")}: ${user.openid}` } }),
        copyButton(() => user.openid, { label: t("users.copy", { openid: user.openid }), bare: true }),
        button(`${t("common.edit")}: ${user.openid}`, () => edit(user), { icon: "edit", kind: "small quiet", bare: true, changes: true }),
        !user.declared && button(`${t("common.delete")}: ${user.openid}`, () => remove(user), { icon: "trash", kind: "small quiet", bare: true, changes: true }),
      );
    }

    async function choose(openid) {
      const { openid: current } = await api.send("PUT", "/current-user", { openid });
      toast(t("users.chosen", { openid: current }));
    }

    function remove(user) {
      return confirm(t("users.delete"), t("users.deleteText", { openid: user.openid }), t("common.delete"), async () => {
        await api.send("DELETE", api.path("/users/{}", user.openid));
        toast(t("users.deleted"));
      });
    }

    async function edit(user) {
      const openid = input({ value: user?.openid ?? "", disabled: Boolean(user), class: "mono", maxlength: "128" });
      const inputs = Object.fromEntries(FIELDS.map((name) => [name, input({ value: user?.[name] ?? (name === "clientIP" ? "127.0.0.1" : ""), class: "mono", placeholder: name === "appid" ? state.appid : "" })]));
      const names = { unionid: "UnionID", appid: "AppID", clientIP: t("users.ip") };
      const save = async () => {
        const values = Object.fromEntries(FIELDS.map((name) => [name, inputs[name].value.trim()]));
        if (user) {
          const seen = Object.fromEntries(FIELDS.map((name) => [name, user[name]]));
          await api.send("PUT", api.path("/users/{}", user.openid), { ...values, seen });
        } else await api.send("POST", "/users", { openid: openid.value.trim(), ...values });
        toast(t("users.saved"));
      };
      await dialog(
        user ? t("users.edit") : t("users.add"),
        [
          field("OpenID", openid, { hint: user ? undefined : t("users.openidHint") }),
          h("div", { class: "form" }, FIELDS.map((name) => field(names[name], inputs[name], { hint: name === "unionid" ? t("users.unionidHint") : undefined }))),
          user?.declared && h("p", { class: "hint muted small" }, t("users.declaredHint")),
        ],
        { save },
      );
    }

    const list = h("div", {});
    function draw() {
      fill(own, state.own.map(({ function: name, openid }) => h("div", {}, t("users.own", { function: name, openid }))));
      const found = state.users.filter((user) => !words || `${user.openid} ${user.unionid} ${user.appid}`.toLowerCase().includes(words));
      rows.show(found);
      rows.hidden = !found.length;
      fill(list, found.length ? null : empty("users", t("common.noMatch"), t("common.noMatchText")));
    }
    const refresh = async () => {
      try {
        state = await api.get("/users");
        draw();
      } catch {
        // the banner says that there is no server
      }
    };
    load(place, () => api.get("/users"), (value) => {
      state = value;
      draw();
      return card("", [rows, list], { flush: true });
    });
    return live(["users"], refresh);
  },
};
