// What each API answers: the APIs that have responses, and the editor of one.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { confirm } from "../components/dialog.js";
import { input, searchBox } from "../components/field.js";
import { badge, card, empty, failure, heading, loading, note } from "../components/layout.js";
import { live } from "../components/live.js";
import { toast } from "../components/toast.js";
import { fill, h, keyed } from "../dom.js";
import { t } from "../i18n.js";
import { responseEditor } from "./response_editor.js";

export const page = {
  mount(root, { params, go }) {
    const [name] = params;
    let listed = { apis: [], targets: [], unknown: "sample" };
    let words = "";
    let editor;
    let ended = false;

    const names = h("datalist", { id: "api-names" });
    const box = input({ list: "api-names", class: "mono", placeholder: "security.msgSecCheck", "aria-label": t("responses.api") });
    const open = () => box.value.trim() && go(api.path("/responses/{}", box.value.trim()));
    box.addEventListener("keydown", (event) => event.key === "Enter" && open());
    const search = searchBox(t("responses.search"), (text) => {
      words = text.toLowerCase();
      draw();
    });
    const list = h("ul", { class: "collections" });
    const resetAll = button(t("responses.resetAll"), () => confirm(t("responses.resetAll"), t("responses.resetAllText"), t("responses.reset"), async () => {
      await api.send("DELETE", "/responses");
      toast(t("responses.wasReset"));
    }), { icon: "refresh", changes: true });
    const problems = h("div", { class: "cards problems", role: "status" });
    const content = h("div", { class: "grow" }, loading());
    root.append(
      heading(t("nav.responses"), { lead: t("responses.lead"), actions: [resetAll] }),
      problems,
      h(
        "div",
        { class: "with-list" },
        h("aside", { "aria-label": t("responses.list") }, h("div", { class: "open-api" }, box, button(t("responses.open"), open, { icon: "right", bare: true }), names), search, card("", list, { flush: true })),
        content,
      ),
    );

    function item(one) {
      return h("li", {}, h("a", { href: api.path("/_console/responses/{}", one.api), "aria-current": one.api === name ? "page" : null }, itemText(one)));
    }

    function itemText(one) {
      return [h("span", { class: "cut grow mono small" }, one.api), one.kinds.map((kind) => badge(t(`responses.kind_${kind}`), kind === "error" ? "warn" : kind === "fault" ? "bad" : "")), one.set && badge(t("responses.set"), "good")];
    }

    function draw() {
      const found = listed.apis.filter((one) => one.api.toLowerCase().includes(words));
      keyed(list, found, (one) => one.api, item, (element, one) => {
        const state = JSON.stringify(one);
        if (element.state !== state) fill(element.firstElementChild, itemText(one));
        element.state = state;
      });
      resetAll.hidden = !listed.apis.some((one) => one.set);
      search.hidden = listed.apis.length < 6;
    }

    function welcome() {
      const text = t(listed.unknown === "sample" ? "responses.noneSample" : "responses.noneRefuse");
      return card("", empty("responses", t(listed.apis.length ? "responses.pick" : "responses.none"), text));
    }

    async function refresh(values = []) {
      try {
        listed = await api.get("/responses");
        fill(problems, listed.problems.map((text) => note(t("responses.problem", { text }), "warn")));
        draw();
        if (!name) {
          fill(content, welcome());
          return;
        }
        if (editor && !values.some((value) => !value?.api || value.api === name)) return;
        const state = await api.get(api.path("/responses/{}", name));
        if (ended) return;
        if (editor) editor.update(state, listed.targets);
        else {
          editor = responseEditor(state, listed.targets);
          fill(content, !state.known && note(t("responses.unknown"), "warn"), editor);
        }
      } catch (error) {
        if (!editor) fill(content, failure(error, refresh));
      }
    }

    refresh();
    api.get("/apis").then(({ apis }) => fill(names, apis.map((one) => h("option", { value: one.name }, one.summary))), () => {});
    const end = live(["responses", "status"], refresh);
    return () => {
      ended = true;
      end();
    };
  },
};
