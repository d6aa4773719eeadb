// What the functions are doing.

import * as api from "../api.js";
import { badge, card, empty, heading, load } from "../components/layout.js";
import { table } from "../components/table.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

const STATES = { ready: "good", running: "info", loading: "info", broken: "bad", resting: "" };

/** Return the badge of a function's state. */
export function stateBadge(state) {
  const element = badge(t(`state.${state}`), STATES[state] ?? "");
  element.classList.add("dot");
  return element;
}

export const page = {
  mount(root) {
    const place = h("div", {});
    root.append(heading(t("nav.overview"), { lead: t("overview.lead") }), place);
    const functions = table(
      t("nav.functions"),
      [
        { title: t("common.name"), cell: (one) => h("a", { class: "rowlink", href: api.path("/_console/functions/{}", one.name) }, one.name) },
        { title: t("common.state"), cell: (one) => stateBadge(one.state) },
      ],
      (one) => one.name,
    );
    const show = ({ functions: items }) => {
      if (!items.length) return empty("functions", t("overview.noFunction"), t("overview.noFunctionText"), h("pre", {}, "cloudpy new hello"));
      functions.show(items);
      return card(t("nav.functions"), functions, { flush: true });
    };
    load(place, () => api.get("/overview"), show);
  },
};
