// What can be done with an invocation that has ended: run it again, or take it elsewhere as a test, a command, an event.

import * as api from "../api.js";
import { go } from "../app.js";
import { button, copyButton } from "../components/button.js";
import { dialog } from "../components/dialog.js";
import { loading, note } from "../components/layout.js";
import { tabs } from "../components/tabs.js";
import { toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";

/** Return buttons for an invocation; `one` is what GET /invocations/ID answers. */
export function replayActions(one) {
  const again = async (clock) => {
    const done = await api.send("POST", api.path("/invocations/{}/replay", one.id), { clock });
    toast(t(done.kind === "result" ? "replay.done" : "replay.failed"));
    go(api.path("/invocations/{}", done.id));
  };
  return [
    button(t("replay.again"), () => again(false), { icon: "replay", changes: true, kind: "primary" }),
    button(t("replay.sameTime"), () => again(true), { icon: "clock", changes: true, props: { title: t("replay.sameTimeText") } }),
    button(t("replay.export"), () => exportDialog(one), { icon: "code" }),
  ];
}

function exportDialog(one) {
  const read = (what, query) => api.get(api.path(`/invocations/{}/${what}`, one.id), query);
  const items = [
    {
      name: "test",
      label: "pytest",
      show: () => shown(async () => {
        const test = await read("test");
        const save = button(t("replay.saveTest"), async () => {
          const { path } = await api.send("POST", api.path("/invocations/{}/test", one.id));
          toast(t("replay.saved", { path }));
        }, { icon: "save", kind: "small", changes: true });
        const secrets = test.secrets.length > 0 && note(t("replay.fillIn", { names: test.secrets.join(", ") }), "warn");
        return [h("p", {}, t("replay.testText"), " ", h("code", {}, `pytest ${test.name}`)), secrets, source(test.text, test.name), h("div", { class: "actions" }, copyButton(() => test.text), save)];
      }),
    },
    {
      name: "curl",
      label: "curl",
      show: () => shown(async () => {
        const { text } = await read("curl", { address: location.origin });
        return [h("p", {}, t("replay.curlText")), source(text, "curl"), h("div", { class: "actions" }, copyButton(() => text))];
      }),
    },
    {
      name: "compare",
      label: "cloudpy compare",
      show: () => shown(async () => {
        const text = JSON.stringify([await read("compare")], null, 2);
        return [h("p", {}, t("replay.compareText"), " ", h("code", {}, "cloudpy compare NODE_DIR PY_DIR --events events.json")), source(text, "events.json"), h("div", { class: "actions" }, copyButton(() => text))];
      }),
    },
  ];
  return dialog(t("replay.exportTitle"), tabs(t("replay.exportTitle"), items), { wide: true });
}

function source(text, label) {
  return h("pre", { class: "code", tabindex: "0", role: "region", "aria-label": label }, text);
}

function shown(make) {
  const place = h("div", { class: "stack" }, loading());
  make().then((content) => fill(place, content), (error) => fill(place, note(error.message, "bad")));
  return place;
}
