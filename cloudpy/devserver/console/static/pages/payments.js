// Orders of WeChat Pay, uploaded media, access tokens.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { checkbox, field, input } from "../components/field.js";
import { icon } from "../components/icon.js";
import { jsonView } from "../components/json.js";
import { badge, card, empty, facts, failure, heading, loading, note } from "../components/layout.js";
import { live } from "../components/live.js";
import { table } from "../components/table.js";
import { tabs } from "../components/tabs.js";
import { problem, toast } from "../components/toast.js";
import { fill, h } from "../dom.js";
import { dateTime, number, size, t, time } from "../i18n.js";

const STATES = { NOTPAY: "warn", SUCCESS: "good", CLOSED: "" };

export const page = {
  mount(root, { params, status }) {
    let panel;
    const views = [
      { name: "orders", label: t("payments.orders"), show: () => (panel = orders(status)).element },
      { name: "media", label: t("payments.media"), show: () => (panel = media()).element },
      { name: "tokens", label: t("payments.tokens"), show: () => (panel = tokens()).element },
    ];
    const chosen = views.some((one) => one.name === params[0]) ? params[0] : "orders";
    const view = tabs(t("nav.payments"), views, { chosen, onchange: (next) => history.replaceState(null, "", `/_console/payments/${next}`) });
    root.append(heading(t("nav.payments"), { lead: t("payments.lead") }), view);
    return live(["pay", "media", "tokens"], () => panel.refresh());
  },
};

/** Return a panel that reads a list, and shows it in a table or says that there is nothing. */
function listPanel(read, rows, nothing, ...before) {
  const list = h("div", {}, loading());
  const element = h("div", { class: "panel" }, before, card("", list, { flush: true }));
  const refresh = async () => {
    try {
      const items = await read();
      rows.show(items);
      if (!items.length) fill(list, nothing());
      else if (!list.contains(rows)) fill(list, rows);
    } catch (error) {
      if (!list.contains(rows)) fill(list, failure(error, refresh));
    }
  };
  refresh();
  return { element, refresh };
}

function money(fee) {
  return `¥ ${(fee / 100).toFixed(2)}`;
}

function orders(status) {
  const path = (one, what) => api.path(`/orders/{}/{}/${what}`, one.subMchId, one.outTradeNo);
  const actions = (one) =>
    h(
      "div",
      { class: "actions" },
      one.state === "NOTPAY" && button(t("payments.pay"), () => pay(one), { kind: "small primary", changes: true, props: { "aria-label": `${t("payments.pay")}: ${one.outTradeNo}` } }),
      one.state === "NOTPAY" && button(t("payments.close"), () => close(one), { kind: "small", changes: true, props: { "aria-label": `${t("payments.close")}: ${one.outTradeNo}` } }),
      one.state === "SUCCESS" && one.refunded < one.fee && button(t("payments.refund"), () => refund(one), { kind: "small", changes: true, props: { "aria-label": `${t("payments.refund")}: ${one.outTradeNo}` } }),
      button(`${t("payments.details")}: ${one.outTradeNo}`, () => details(one), { icon: "eye", kind: "small quiet", bare: true }),
    );
  const rows = table(
    t("payments.orders"),
    [
      { title: t("payments.number"), cell: (one) => h("code", {}, one.outTradeNo) },
      { title: t("payments.body"), cell: (one) => one.body },
      { title: t("payments.fee"), end: true, cell: (one) => money(one.fee) },
      { title: t("common.state"), cell: (one) => h("span", { class: "cell-main" }, badge(t(`payments.state_${one.state}`), STATES[one.state]), one.refunded > 0 && badge(t("payments.refunded", { fee: money(one.refunded) }), "info")) },
      { title: t("common.user"), cell: (one) => h("code", {}, one.openid || "–") },
      { title: t("common.time"), end: true, cell: (one) => h("span", { title: dateTime(one.at) }, time(one.at)) },
      { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: actions },
    ],
    (one) => `${one.subMchId}/${one.outTradeNo}`,
  );

  async function pay(one) {
    const canNotify = status.functions && one.function;
    const notify = checkbox(t("payments.notify", { function: one.function }), { checked: Boolean(canNotify), disabled: !canNotify });
    const done = await dialog(t("payments.pay"), [facts([[t("payments.number"), one.outTradeNo], [t("payments.fee"), money(one.fee)], [t("common.user"), one.openid]]), one.function && notify], {
      label: t("payments.pay"),
      save: () => api.send("POST", path(one, "pay"), { notify: notify.box.checked }),
    });
    if (!done?.order) return;
    if (done.problem) problem(done.problem);
    const link = done.invocation && h("p", {}, h("a", { href: api.path("/_console/invocations/{}", done.invocation), onclick: (event) => event.target.closest("dialog").close() }, t("payments.invocation")));
    await dialog(t("payments.paid"), [note(t("payments.paidText", { number: one.outTradeNo })), link, h("h3", {}, t("payments.event")), jsonView(done.event, { label: t("payments.event") })], { wide: true });
  }

  function close(one) {
    return confirm(t("payments.close"), t("payments.closeText", { number: one.outTradeNo }), t("payments.close"), () => api.send("POST", path(one, "close")));
  }

  async function refund(one) {
    const left = one.fee - one.refunded;
    const fee = input({ type: "number", min: "1", max: String(left), value: String(left), class: "num" });
    const refundNumber = input({ class: "mono", placeholder: `${one.outTradeNo}-${one.refunds.length + 1}` });
    const done = await dialog(t("payments.refund"), [field(t("payments.refundFee"), fee, { hint: t("payments.left", { fee: number(left) }) }), field("outRefundNo", refundNumber)], {
      label: t("payments.refund"),
      save: () => api.send("POST", path(one, "refund"), { fee: Number(fee.value) || 0, outRefundNo: refundNumber.value.trim() }),
    });
    if (done) toast(t("payments.wasRefunded"));
  }

  function details(one) {
    return dialog(one.outTradeNo, [
      facts([
        ["outTradeNo", h("code", {}, one.outTradeNo)],
        ["subMchId", h("code", {}, one.subMchId)],
        ["body", one.body],
        ["totalFee", `${number(one.fee)} (${money(one.fee)})`],
        [t("common.state"), badge(t(`payments.state_${one.state}`), STATES[one.state])],
        [t("common.user"), h("code", {}, one.openid || "–")],
        ["functionName", one.function || "–"],
        ["transactionId", one.transactionId ? h("code", {}, one.transactionId) : null],
        [t("payments.at"), dateTime(one.at)],
        [t("payments.paidAt"), one.paidAt ? dateTime(one.paidAt) : null],
      ]),
      one.refunds.length > 0 && h("h3", {}, t("payments.refunds")),
      one.refunds.length > 0 && h("ul", { class: "plain" }, one.refunds.map((refund) => h("li", {}, h("code", {}, refund.outRefundNo), ` ${money(refund.fee)} · ${dateTime(refund.at)}`))),
    ], { wide: true });
  }

  return listPanel(async () => (await api.get("/orders")).orders, rows, () => empty("payments", t("payments.noOrder"), t("payments.noOrderText")));
}

function media() {
  const address = (one, more) => api.fileAddress(api.path("/media/{}", one.mediaId), more);
  const rows = table(
    t("payments.media"),
    [
      { title: t("storage.preview"), cell: (one) => (/^image\/(png|jpe?g|gif|webp)$/.test(one.type) ? h("img", { class: "thumb", src: address(one), alt: one.name, loading: "lazy" }) : icon("file")) },
      { title: "mediaId", cell: (one) => h("span", { class: "cell-main" }, h("code", { class: "cut id" }, one.mediaId), copyButton(() => one.mediaId, { bare: true, label: `${t("common.copy")}: ${one.name}` })) },
      { title: t("common.name"), cell: (one) => one.name || "–" },
      { title: t("payments.type"), cell: (one) => one.type },
      { title: t("common.size"), end: true, cell: (one) => size(one.size) },
      { title: t("payments.ends"), end: true, cell: (one) => (one.ends === null ? t("payments.never") : dateTime(one.ends)) },
      {
        title: h("span", { class: "visually-hidden" }, t("common.actions")),
        end: true,
        cell: (one) => h("div", { class: "actions" }, h("a", { class: "button small quiet icon-only", href: address(one, { download: "true" }), download: one.name, "aria-label": `${t("storage.download")}: ${one.name}` }, icon("download")), button(`${t("payments.expire")}: ${one.name}`, () => expire(one), { icon: "trash", kind: "small quiet", bare: true, changes: true })),
      },
    ],
    (one) => one.mediaId,
  );
  const picker = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-label": t("payments.upload") });
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    picker.value = "";
    if (!file) return;
    try {
      await api.upload("POST", "/media", file, { query: { name: file.name, type: file.type || "application/octet-stream" }, type: "application/octet-stream" });
      toast(t("payments.uploaded"));
    } catch (error) {
      problem(error.message);
    }
  });
  const expire = (one) => confirm(t("payments.expire"), t("payments.expireMedia", { name: one.name || one.mediaId }), t("payments.expire"), () => api.send("DELETE", api.path("/media/{}", one.mediaId)));
  const upload = h("div", { class: "filters" }, button(t("payments.upload"), () => picker.click(), { icon: "upload", changes: true }), picker);
  return listPanel(async () => (await api.get("/media")).media, rows, () => empty("image", t("payments.noMedia"), t("payments.noMediaText")), upload);
}

function tokens() {
  const rows = table(
    t("payments.tokens"),
    [
      { title: "access_token", cell: (one) => h("code", {}, one.token) },
      { title: "AppID", cell: (one) => h("code", {}, one.account) },
      { title: t("payments.type"), cell: (one) => (one.stable ? "stable_token" : "token") },
      { title: t("common.state"), cell: (one) => badge(t(one.valid ? "payments.valid" : "payments.expired"), one.valid ? "good" : "") },
      { title: t("payments.ends"), end: true, cell: (one) => dateTime(one.ends) },
      { title: h("span", { class: "visually-hidden" }, t("common.actions")), end: true, cell: (one) => one.valid && button(t("payments.expire"), () => api.send("POST", api.path("/tokens/{}/expire", one.id)), { kind: "small", changes: true, props: { "aria-label": `${t("payments.expire")}: ${one.token}` } }) },
    ],
    (one) => one.id,
  );
  return listPanel(async () => (await api.get("/tokens")).tokens, rows, () => empty("key", t("payments.noToken"), t("payments.noTokenText")), h("p", { class: "muted small" }, t("payments.tokensText")));
}
