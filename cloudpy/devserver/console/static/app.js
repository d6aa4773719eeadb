// The frame of every page: menu, bar, banners; and which page is shown.

import * as api from "./api.js";
import { button } from "./components/button.js";
import { icon } from "./components/icon.js";
import { empty, heading, loading } from "./components/layout.js";
import { toasts } from "./components/toast.js";
import { fill, h, set, text } from "./dom.js";
import { currentLanguage, t, useLanguage } from "./i18n.js";
import { find, GROUPS, PAGES } from "./pages.js";
import { theme, useTheme } from "./theme.js";

const ROOT = "/_console";
let unmount;
let status = {};
let shown = 0;

const main = h("main", { id: "content", tabindex: "-1" });
const announcer = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });

function frame() {
  const menu = h("button", { type: "button", class: "button quiet icon-only menu-button", "aria-expanded": "false", "aria-controls": "menu", "aria-label": t("nav.open") }, icon("menu"));
  const veil = h("button", { type: "button", class: "veil", hidden: true, "aria-label": t("nav.close"), tabindex: "-1" });
  const side = h(
    "aside",
    { class: "side", id: "menu", "aria-label": "cloudpy" },
    h("a", { class: "brand", href: `${ROOT}/` }, h("img", { src: `${ROOT}/static/icon.svg`, alt: "" }), "cloudpy"),
    h("nav", { "aria-label": t("nav.label") }, GROUPS.map(group)),
    h("footer", { class: "num", id: "version" }),
  );
  const open = (isOpen) => {
    side.classList.toggle("open", isOpen);
    veil.hidden = !isOpen;
    menu.setAttribute("aria-expanded", String(isOpen));
    (isOpen ? side.querySelector("nav a[aria-current]") ?? side.querySelector("nav a") : menu).focus();
  };
  menu.addEventListener("click", () => open(true));
  veil.addEventListener("click", () => open(false));
  side.addEventListener("keydown", (event) => event.key === "Escape" && side.classList.contains("open") && open(false));
  side.addEventListener("click", (event) => event.target.closest("a") && side.classList.contains("open") && open(false));
  const bar = h(
    "div",
    { class: "bar" },
    menu,
    h("div", { class: "where" }, h("span", { class: "badge cut", id: "env" })),
    h("span", { class: "badge warn", id: "read-only", hidden: true, title: t("frame.readOnlyText") }, icon("lock"), t("frame.readOnly")),
    h("div", { class: "tools" }, h("span", { class: "live", id: "live", role: "status" }), languageButton(), themeButton()),
  );
  return [
    h("a", { class: "skip", href: "#content", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("frame.skip")),
    h("div", { class: "frame" }, side, h("div", { class: "body" }, h("div", { id: "banners" }), bar, main)),
    veil,
    announcer,
    toasts(),
  ];
}

function group([title, names]) {
  const links = PAGES.filter((page) => names.includes(page.name)).map((page) =>
    h("li", {}, h("a", { href: ROOT + page.path, data: { page: page.name } }, icon(page.icon ?? page.name), t(`nav.${page.name}`))),
  );
  return [title && h("h2", {}, t(title)), h("ul", {}, links)];
}

function languageButton() {
  return h("button", { type: "button", class: "button quiet small", lang: currentLanguage() === "zh" ? "en" : "zh-CN", title: t("frame.languageLabel"), onclick: () => {
    useLanguage(currentLanguage() === "zh" ? "en" : "zh");
    draw();
  } }, icon("language"), t("frame.language"));
}

function themeButton() {
  const element = h("button", { type: "button", class: "button quiet small icon-only" });
  const show = () => {
    const next = theme() === "dark" ? "light" : "dark";
    set(element, { "aria-label": t(`frame.${next}`), title: t(`frame.${next}`) });
    fill(element, icon(next === "dark" ? "moon" : "sun"));
  };
  element.addEventListener("click", () => {
    useTheme(theme() === "dark" ? "light" : "dark");
    show();
  });
  show();
  return element;
}

/** Go to another page of the console: go("/functions/hello"). */
export function go(address) {
  history.pushState(null, "", ROOT + address);
  route();
}

async function route() {
  const mine = ++shown;
  const found = find(decodePath());
  unmount?.();
  unmount = undefined;
  for (const link of document.querySelectorAll(".side nav a")) {
    set(link, { "aria-current": link.dataset.page === found?.page.name ? "page" : null });
  }
  if (!found) {
    document.title = "cloudpy";
    fill(main, empty("search", t("common.notFound"), t("common.notFoundText")));
    return;
  }
  const { page, params } = found;
  document.title = `${params.at(-1) ?? t(`nav.${page.name}`)} · cloudpy`;
  const place = h("div", {});
  fill(main, place);
  if (page.functions && status.functions === false) {
    fill(place, heading(t(`nav.${page.name}`)), empty("functions", t("common.noFunctions"), t("common.noFunctionsText")));
    return;
  }
  fill(place, loading());
  try {
    const module = await page.load();
    if (mine !== shown) return;
    place.replaceChildren();
    const end = await module.page.mount(place, { params, query: new URLSearchParams(location.search), status, go });
    if (mine === shown) unmount = end;
    else end?.();
  } catch (error) {
    if (mine !== shown) return;
    console.error(error);
    fill(place, empty("warning", t("common.failed"), error.message));
  }
}

function decodePath() {
  return location.pathname.slice(ROOT.length).split("/").filter(Boolean).map(decode);
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function draw() {
  fill(document.body, frame());
  showStatus();
  showState(api.connection());
  route();
}

function showStatus() {
  text(document.getElementById("env"), status.env ? `${t("frame.env")} ${status.env}` : "");
  text(document.getElementById("version"), status.version ? `cloudpy ${status.version}` : "");
}

function showState(state) {
  document.body.classList.toggle("ended", state === "ended");
  document.body.classList.toggle("away", state === "away");
  text(document.getElementById("live"), t(state === "ended" ? "frame.ended" : state === "away" ? "frame.away" : "frame.live"));
  showBanners();
}

function showBanners() {
  const banners = [];
  if (api.connection() === "ended") {
    banners.push(h("div", { class: "banner ended", role: "alert" }, icon("warning"), h("span", { class: "grow" }, t("ended.text")), button(t("ended.retry"), retry, { kind: "small", icon: "refresh" })));
  } else if (document.body.classList.contains("read-only")) {
    banners.push(h("div", { class: "banner", role: "status" }, icon("lock"), h("span", { class: "grow" }, t("frame.readOnlyText"))));
  }
  fill(document.getElementById("banners"), banners);
}

async function retry() {
  await api.get("/status");
  location.reload();
}

async function checkAccess() {
  const changes = await api.checkToken();
  document.body.classList.toggle("read-only", !changes);
  document.getElementById("read-only").hidden = changes;
  showBanners();
}

async function readStatus() {
  status = Object.assign(status, await api.get("/status"));
  showStatus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!link.pathname.startsWith(`${ROOT}/`) || link.pathname.startsWith(`${ROOT}/api/`)) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  route().then(() => {
    main.scrollIntoView({ block: "start" });
    window.scrollTo(0, 0);
    main.querySelector("h1")?.focus();
    announcer.textContent = document.title;
  });
});
window.addEventListener("popstate", route);
api.on("state", showState);
api.on("token", checkAccess);
api.on("status", (value) => {
  Object.assign(status, value);
  showStatus();
});

await api.takeToken();
fill(document.body, frame());
try {
  await readStatus();
} catch {
  // the banner says that there is no server
}
draw();
checkAccess();
api.connect();
