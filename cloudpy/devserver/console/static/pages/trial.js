// One call of an API, as a function makes it.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { checkbox, choices, field, select } from "../components/field.js";
import { jsonEditor, jsonView } from "../components/json.js";
import { badge, card } from "../components/layout.js";
import { problem } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { duration, size, t } from "../i18n.js";

const MAX_FILE = 8 * 1024 * 1024; // bytes: larger ones make JSON that is slow to edit

/** Return the card in which an API is called. */
export function trial(contract, permissions) {
  const params = jsonEditor(t("apis.params"), { value: JSON.stringify(start(contract), null, 2), object: true, onsend: run });
  const user = select([["", t("apis.currentUser")]]);
  const asFunction = select([["", t("apis.noFunction")], ...permissions.map((one) => [one.function, one.function])]);
  const camel = checkbox("convertCase", { checked: true });
  const result = h("div", { class: "trial-result", "aria-live": "polite" });
  const files = Object.entries(contract.params.properties ?? {}).filter(([, value]) => value.in === "file").map(([name]) => filePicker(name));
  api.get("/users").then(({ users }) => choices(user, [["", t("apis.currentUser")], ...users.map((one) => [one.openid, one.openid])]), () => {});

  function filePicker(name) {
    const picker = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-label": name });
    picker.addEventListener("change", async () => {
      const [file] = picker.files;
      picker.value = "";
      if (!file) return;
      if (file.size > MAX_FILE) {
        problem(t("apis.fileTooLarge", { size: size(MAX_FILE) }));
        return;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      let binary = "";
      for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
      const value = params.problem ? {} : params.value;
      params.text = JSON.stringify({ ...value, [name]: { contentType: file.type || "application/octet-stream", value: { base64: btoa(binary) } } }, null, 2);
    });
    return [button(t("apis.pickFile", { name }), () => picker.click(), { icon: "file", kind: "small" }), picker];
  }

  async function run() {
    let value;
    try {
      value = params.value;
    } catch {
      params.area.focus();
      return;
    }
    const answer = await api.send("POST", api.path("/apis/{}/call", contract.name), { params: value, openid: user.value, function: asFunction.value, convertCase: camel.box.checked });
    fill(result, shown(answer));
  }

  function shown({ result: value, error, ms }) {
    const head = h("div", { class: "trial-head" }, badge(t(error ? "outcome.failed" : "outcome.ok"), error ? "bad" : "good"), h("span", { class: "muted small num" }, duration(ms)), copyButton(() => JSON.stringify(error ?? value, null, 2)));
    if (error) return [head, h("p", {}, h("strong", {}, `${error.type} ${error.errCode}`)), h("pre", { class: "code" }, error.errMsg)];
    const picture = value?.buffer?.base64 && /^image\/(png|jpe?g|gif|webp)$/.test(value.contentType ?? "");
    return [head, picture && h("img", { class: "picture", alt: t("apis.picture"), src: `data:${value.contentType};base64,${value.buffer.base64}` }), jsonView(value, { label: t("apis.result") })];
  }

  return card(t("apis.try"), h(
    "div",
    { class: "form" },
    h("p", { class: "muted small" }, t("apis.tryText")),
    params,
    files.length > 0 && h("div", { class: "actions" }, files),
    h("div", { class: "row" }, field(t("common.user"), user), permissions.length > 0 && field(t("apis.asFunction"), asFunction, { hint: t("apis.asFunctionHint") })),
    camel,
    h("div", { class: "actions" }, button(t("apis.call"), run, { icon: "play", kind: "primary", changes: true })),
    result,
  ));
}

function start(contract) {
  const params = contract.example.params ?? {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value && typeof value === "object" && typeof value.value === "string" && value.value.startsWith("<") ? { contentType: value.contentType, value: { base64: "" } } : value]));
}
