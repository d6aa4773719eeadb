// The APIs of cloud call: what each takes and returns, and a call of one.

import * as api from "../api.js";
import { linkButton } from "../components/button.js";
import { searchBox, select } from "../components/field.js";
import { badge, card, empty, facts, failure, heading, loading, note } from "../components/layout.js";
import { fill, h, keyed } from "../dom.js";
import { currentLanguage, number, t } from "../i18n.js";
import { trial } from "./trial.js";

let kept = { words: "", namespace: "" }; // as long as the page is open

export const page = {
  mount(root, { params }) {
    const [name] = params;
    let apis = [];
    let ended = false;
    const summary = (one) => (currentLanguage() === "zh" && one.summaryZh) || one.summary;
    const search = searchBox(t("apis.search"), (text) => {
      kept.words = text.toLowerCase();
      draw();
    }, kept.words);
    const namespaces = select([["", t("apis.allNamespaces")]], { "aria-label": t("apis.namespace") });
    namespaces.addEventListener("change", () => {
      kept.namespace = namespaces.value;
      draw();
    });
    const count = h("p", { class: "muted small num", role: "status" });
    const list = h("ul", { class: "collections apis" });
    const content = h("div", { class: "grow" }, loading());
    root.append(
      heading(t("nav.apis"), { lead: t("apis.lead") }),
      h("div", { class: "with-list wide-list" }, h("aside", { "aria-label": t("nav.apis") }, search, namespaces, count, card("", list, { flush: true })), content),
    );

    function draw() {
      const words = kept.words.split(/\s+/).filter(Boolean);
      const found = apis.filter((one) => (!kept.namespace || one.namespace === kept.namespace) && words.every((word) => `${one.name} ${one.summary} ${one.summaryZh}`.toLowerCase().includes(word)));
      count.textContent = t("apis.count", { n: number(found.length) });
      keyed(list, found, (one) => one.name, (one) => h("li", {}, h("a", { href: api.path("/_console/apis/{}", one.name), "aria-current": one.name === name ? "page" : null }, h("span", { class: "grow cut" }, h("span", { class: "mono small" }, one.name), h("br"), h("span", { class: "muted small" }, summary(one))))));
    }

    async function show() {
      if (!name) {
        fill(content, card("", empty("apis", t("apis.pick"), t("apis.pickText"))));
        return;
      }
      try {
        const found = await api.get(api.path("/apis/{}", name));
        if (!ended) fill(content, description(found));
      } catch (error) {
        if (!ended) fill(content, error.status === 404 ? card("", empty("search", t("apis.unknown"), error.message)) : failure(error, show));
      }
    }

    api.get("/apis").then((answer) => {
      if (ended) return;
      apis = answer.apis;
      const names = [...new Set(apis.map((one) => one.namespace))];
      namespaces.replaceChildren(h("option", { value: "" }, t("apis.allNamespaces")), ...names.map((one) => h("option", { value: one }, one)));
      namespaces.value = kept.namespace;
      draw();
      list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    }, (error) => fill(content, failure(error)));
    show();
    return () => {
      ended = true;
    };
  },
};

function description({ contract, sample, permissions }) {
  const zh = currentLanguage() === "zh";
  const title = h("div", { class: "api-title" }, h("h2", { class: "mono" }, contract.name), h("p", { class: "muted" }, (zh && contract.summary_zh) || contract.summary));
  const old = contract.status !== "current" && note(contract.status, "warn");
  const docs = contract.docs && /^https:/.test(contract.docs) ? h("a", { href: contract.docs, target: "_blank", rel: "noreferrer" }, new URL(contract.docs).host) : null;
  const about = facts([
    [t("apis.path"), contract.https.path ? h("code", {}, `${contract.https.method ?? ""} ${contract.https.path}`) : null],
    [t("apis.account"), contract.account],
    [t("apis.sdk"), contract.min_sdk ? `wx-server-sdk ${contract.min_sdk}` : null],
    [t("apis.repeatable"), contract.repeatable ? t("apis.yes") : t("apis.no")],
    [t("apis.shape"), contract.certain ? t("apis.certain") : t("apis.uncertain")],
    [t("apis.permission"), permissions.length ? h("span", { class: "badges" }, permissions.map((one) => badge(`${one.function} ${one.allowed ? "✓" : "✗"}`, one.allowed ? "good" : "warn"))) : null],
    [t("apis.notes"), contract.notes],
    [t("apis.docs"), docs],
  ]);
  const hasMissing = permissions.some((one) => !one.allowed);
  return [
    h("div", { class: "cards" },
      card("", [title, old, about, hasMissing && h("p", { class: "muted small" }, t("apis.permissionHint", { api: contract.name })), h("div", { class: "actions" }, linkButton(t("apis.respond"), api.path("/_console/responses/{}", contract.name), { icon: "responses", kind: "small" }))]),
      card(t("apis.params"), schema(contract.params, t("apis.noParams"), contract.parameters), { flush: true }),
      card(t("apis.result"), contract.binary === "yes" ? note(t("apis.binary")) : schema(contract.result, t("apis.noResult")), { flush: true }),
      card(t("apis.errors"), contract.errors.length ? errors(contract.errors) : h("p", { class: "inside muted" }, t("apis.noErrors")), { flush: true }),
      trial(contract, permissions),
    ),
  ];
}

function errors(several) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("apis.errors") }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("apis.code")), h("th", { scope: "col" }, t("apis.meaning")))), h("tbody", {}, several.map((one) => h("tr", {}, h("td", { class: "num" }, h("code", {}, one.code)), h("td", {}, one.meaning))))));
}

function schema(value, nothing, places = []) {
  const rows = [...fields(value, "", 0)];
  if (!rows.length) return h("p", { class: "inside muted" }, nothing);
  const isDescribed = rows.some((one) => one.text);
  const where = new Map(places.map((one) => [one.name, one.in]));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t("apis.fields") },
    h(
      "table",
      { class: "table fields" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("common.name")), h("th", { scope: "col" }, t("apis.type")), isDescribed && h("th", { scope: "col" }, t("apis.description")))),
      h("tbody", {}, rows.map((one) => h("tr", {}, h("td", {}, h("code", { class: `depth-${Math.min(one.depth, 4)}` }, one.name), one.required && badge(t("apis.required"), "warn")), h("td", {}, h("code", {}, one.type), where.get(one.name) === "query" && one.depth === 0 && badge("query")), isDescribed && h("td", { class: "about" }, prose(one.text))))),
    ),
  );
}

function* fields(value, before, depth) {
  const item = value?.type === "array" ? value.items : value;
  const required = new Set(item?.required ?? []);
  for (const [name, inner] of Object.entries(item?.properties ?? {})) {
    const zh = currentLanguage() === "zh" ? inner.description_zh ?? inner.descriptionZh : undefined;
    const choices = inner.enum ? ` ${inner.enum.map((one) => JSON.stringify(one)).join(" | ")}` : "";
    yield { name, depth, type: typeOf(inner), required: required.has(name), text: `${zh ?? inner.description ?? ""}${choices}` };
    yield* fields(inner, `${before}${name}.`, depth + 1);
  }
}

/** Return a text with what is in backticks as code. */
function prose(text) {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? h("code", {}, part) : part));
}

function typeOf(value) {
  if (value.in === "file") return "file";
  const type = Array.isArray(value.type) ? value.type.join(" | ") : value.type ?? "any";
  return type === "array" && value.items?.type ? `${value.items.type}[]` : type;
}
