// All timers: fire one by hand, or let them fire by themselves.

import * as api from "../api.js";
import { button } from "../components/button.js";
import { card, empty, heading, load } from "../components/layout.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { h, later, set, text } from "../dom.js";
import { dateTime, t } from "../i18n.js";

export const page = {
  mount(root) {
    const place = h("div", {});
    let firing = false;
    const toggle = h("input", { type: "checkbox", role: "switch", id: "firing" });
    const label = h("label", { for: "firing", class: "switch" }, toggle, h("span", { class: "track", "aria-hidden": "true" }), h("span", {}, t("timers.firing")));
    toggle.addEventListener("change", async () => {
      try {
        await api.send("PUT", "/timers", { firing: toggle.checked });
        toast(t(toggle.checked ? "timers.on" : "timers.off"));
      } catch (error) {
        toggle.checked = !toggle.checked;
        toast(error.message);
      }
    });
    root.append(heading(t("nav.timers"), { lead: t("timers.lead"), actions: [label] }), place);
    const rows = table(
      t("nav.timers"),
      [
        { title: t("timers.timer"), cell: (one) => h("strong", {}, one.name) },
        { title: t("common.function"), cell: (one) => h("a", { href: api.path("/_console/functions/{}", one.function) }, one.function) },
        { title: t("timers.cron"), cell: (one) => h("code", {}, one.cron || "–") },
        { title: t("timers.next"), cell: (one) => (one.problem ? h("span", { class: "bad" }, one.problem) : h("ul", {}, one.next.map((at) => h("li", { class: "num" }, dateTime(at, { beijing: true }))))) },
        { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: fireButton },
      ],
      (one) => `${one.function}/${one.name}`,
    );
    const read = () => api.get("/timers");
    const show = (data) => {
      firing = data.firing;
      toggle.checked = firing;
      if (!data.timers.length) return empty("timers", t("timers.none"), t("timers.noneText"), h("pre", {}, '"triggers": [{"name": "daily", "type": "timer", "config": "0 0 2 * * * *"}]'));
      rows.show(data.timers);
      return card("", rows, { flush: true });
    };
    load(place, read, show);
    const refresh = later(400, async () => {
      try {
        const data = await read();
        toggle.checked = data.firing;
        if (data.timers.length && place.contains(rows)) rows.show(data.timers);
        else load(place, read, show);
      } catch {
        // the banner says that the server has ended
      }
    });
    const ends = ["timers", "function", "log", "reset", "resumed"].map((kind) => api.on(kind, refresh));
    const tick = setInterval(refresh, 60_000);
    return () => {
      ends.forEach((end) => end());
      clearInterval(tick);
    };
  },
};

function fireButton(one) {
  const last = h("span", { class: "small" });
  return h("div", { class: "actions" }, last, button(t("timers.fire"), async () => {
    text(last, t("outcome.running"));
    try {
      const done = await api.send("POST", api.path("/functions/{}/timers/{}", one.function, one.name));
      const isFine = done.kind === "result";
      set(last, { class: ["small", isFine ? "good" : "bad"] });
      last.replaceChildren(h("a", { href: api.path("/_console/invocations/{}", done.id) }, t(isFine ? "outcome.ok" : "outcome.failed")));
    } catch (error) {
      text(last, "");
      throw error;
    }
  }, { kind: "small", icon: "play", changes: true }));
}
