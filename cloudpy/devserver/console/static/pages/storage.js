// The files of the local WeChat, as folders.

import * as api from "../api.js";
import { button, copyButton } from "../components/button.js";
import { confirm, dialog } from "../components/dialog.js";
import { field, input, searchBox, select } from "../components/field.js";
import { icon } from "../components/icon.js";
import { card, empty, facts, failure, heading, loading } from "../components/layout.js";
import { live } from "../components/live.js";
import { table } from "../components/table.js";
import { toast } from "../components/toast.js";
import { droppedFiles, uploader } from "../components/uploader.js";
import { fill, h, keyed } from "../dom.js";
import { dateTime, number, size, t, time } from "../i18n.js";

const PICTURES = /\.(png|jpe?g|gif|webp|avif|bmp)$/i;
const SOUNDS = /\.(mp3|m4a|aac|wav|ogg|opus)$/i;
const FILMS = /\.(mp4|webm|mov|m4v)$/i;
const AGES = [["600", "storage.minutes10"], ["7200", "storage.hours2"], ["86400", "storage.day"], ["604800", "storage.week"]];

export const page = {
  mount(root, { params, query, go }) {
    const folder = params.join("/");
    const chosen = new Set();
    let words = query.get("search") ?? "";
    let entries = [];
    let open = "";

    const picker = h("input", { type: "file", multiple: true, class: "visually-hidden", tabindex: "-1", "aria-label": t("storage.pick") });
    const uploads = uploader(() => refresh());
    picker.addEventListener("change", () => {
      uploads.add([...picker.files].map((file) => ({ file, path: file.name })), folder);
      picker.value = "";
    });
    const pick = button(t("storage.upload"), () => picker.click(), { icon: "upload", kind: "primary", changes: true });
    const newFolder = button(t("storage.newFolder"), makeFolder, { icon: "folder", changes: true });
    const search = searchBox(t("storage.search"), (text) => {
      words = text;
      refresh();
    }, words);
    const remove = button(t("common.delete"), removeChosen, { icon: "trash", kind: "danger", changes: true });
    const count = h("span", { class: "muted small", role: "status" });
    const trail = h("nav", { class: "trail", "aria-label": t("storage.path") }, trailOf(params));
    const rows = table(
      t("nav.storage"),
      [
        { title: h("span", { class: "visually-hidden" }, t("storage.choose")), cell: chooser },
        { title: t("common.name"), cell: name },
        { title: t("common.size"), end: true, cell: (one) => (one.isFolder ? "" : size(one.size)) },
        { title: t("storage.modified"), end: true, cell: (one) => (one.isFolder ? "" : h("span", { title: dateTime(one.modified) }, time(one.modified))) },
      ],
      (one) => one.path,
    );
    const list = h("div", {}, loading());
    const preview = h("aside", { class: "preview", hidden: true, "aria-label": t("storage.preview") });
    const drop = h("div", { class: "drop split" }, h("div", { class: "grow" }, card("", list, { flush: true })), preview);
    root.append(
      heading(t("nav.storage"), { lead: t("storage.lead"), actions: [newFolder, pick, picker] }),
      h("div", { class: "filters" }, trail, search, count, remove),
      uploads,
      drop,
    );
    remove.hidden = true;

    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", (event) => !drop.contains(event.relatedTarget) && drop.classList.remove("over"));
    drop.addEventListener("drop", async (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      uploads.add(await droppedFiles(event.dataTransfer), folder);
    });

    function chooser(one) {
      const box = h("input", { type: "checkbox", "aria-label": `${t("storage.choose")}: ${one.name}`, checked: chosen.has(one.path) });
      box.addEventListener("change", () => {
        if (box.checked) chosen.add(one.path);
        else chosen.delete(one.path);
        showChosen();
      });
      return box;
    }

    function name(one) {
      const image = icon(one.isFolder ? "folder" : PICTURES.test(one.name) ? "image" : "file");
      if (one.isFolder) return h("a", { class: "file rowlink", href: address(one.path) }, image, one.name);
      return h("button", { type: "button", class: "file link", onclick: () => show(one) }, image, one.name);
    }

    function showChosen() {
      remove.hidden = !chosen.size;
      fill(count, chosen.size ? t("storage.chosen", { n: number(chosen.size) }) : "");
    }

    async function refresh() {
      try {
        const answer = await api.get("/storage", { folder, search: words });
        entries = answer.entries;
        for (const path of chosen) if (!entries.some((one) => one.path === path)) chosen.delete(path);
        showChosen();
        if (!entries.length) {
          fill(list, words ? empty("search", t("common.noMatch"), t("common.noMatchText")) : empty("storage", t("storage.empty"), t("storage.emptyText")));
          return;
        }
        rows.show(entries);
        if (!list.contains(rows)) fill(list, rows);
        list.querySelector(":scope > .hint")?.remove();
        if (answer.more) list.append(h("p", { class: "hint inside" }, t("storage.more", { n: number(entries.length) })));
      } catch (error) {
        if (error.code === "NOT_FOUND" && folder) fill(list, empty("storage", t("storage.gone"), t("storage.goneText")));
        else if (!entries.length) fill(list, failure(error, refresh));
      }
    }

    function show(one) {
      open = one.path;
      const file = api.fileAddress("/storage/file", { path: one.path });
      const body = h("div", { class: "preview-body" });
      if (PICTURES.test(one.name)) fill(body, h("img", { src: file, alt: one.name }));
      else if (SOUNDS.test(one.name)) fill(body, h("audio", { controls: true, src: file }));
      else if (FILMS.test(one.name)) fill(body, h("video", { controls: true, src: file }));
      else showText(one, body);
      const download = h("a", { class: "button small", href: api.fileAddress("/storage/file", { path: one.path, download: "true" }), download: one.name }, icon("download"), t("storage.download"));
      fill(
        preview,
        h("header", {}, h("h2", { class: "cut", tabindex: "-1" }, one.name.split("/").at(-1)), button(t("common.close"), closePreview, { icon: "close", kind: "small quiet", bare: true })),
        body,
        facts([
          [t("common.size"), size(one.size)],
          [t("storage.modified"), dateTime(one.modified)],
          ["fileID", [h("code", {}, one.fileID), " ", copyButton(() => one.fileID, { bare: true })]],
        ]),
        h(
          "div",
          { class: "actions" },
          download,
          button(t("storage.url"), () => temporaryUrl(one), { icon: "link", kind: "small", changes: true }),
          button(t("common.delete"), () => removePaths([one]), { icon: "trash", kind: "small danger", changes: true }),
        ),
      );
      preview.hidden = false;
      preview.querySelector("h2").focus();
    }

    async function showText(one, body) {
      fill(body, loading());
      try {
        const { text, more } = await api.get("/storage/text", { path: one.path });
        if (open !== one.path) return;
        fill(body, text === null ? empty("file", t("storage.noPreview"), t("storage.noPreviewText")) : h("pre", { class: "code", tabindex: "0" }, text, more && "\n…"));
      } catch (error) {
        fill(body, failure(error));
      }
    }

    function closePreview() {
      preview.hidden = true;
      open = "";
    }

    async function temporaryUrl(one) {
      const age = select(AGES.map(([value, key]) => [value, t(key)]), { value: "86400" });
      const result = h("div", {});
      await dialog(t("storage.url"), [field(t("storage.age"), age, { hint: t("storage.urlHint") }), result], {
        label: t("storage.makeUrl"),
        save: async () => {
          const { url } = await api.send("POST", "/storage/url", { path: one.path, maxAge: Number(age.value) });
          await navigator.clipboard.writeText(url).catch(() => {});
          await dialog(t("storage.url"), [h("pre", { class: "code" }, url), h("div", {}, copyButton(() => url))]);
        },
      });
    }

    function removeChosen() {
      return removePaths(entries.filter((one) => chosen.has(one.path)));
    }

    function removePaths(several) {
      const names = several.slice(0, 5).map((one) => one.name + (one.isFolder ? "/" : ""));
      const text = t("storage.deleteText", { names: names.join(", ") + (several.length > 5 ? ` … (${several.length})` : "") });
      return confirm(t("storage.delete"), text, t("common.delete"), async () => {
        const { deleted } = await api.send("POST", "/storage/delete", {
          files: several.filter((one) => !one.isFolder).map((one) => one.path),
          folders: several.filter((one) => one.isFolder).map((one) => one.path),
        });
        toast(t("storage.deleted", { n: number(deleted) }));
        if (several.some((one) => one.path === open)) closePreview();
        refresh();
      });
    }

    async function makeFolder() {
      const box = input({ class: "mono" });
      const path = await dialog(t("storage.newFolder"), field(t("common.name"), box, { hint: t("storage.newFolderHint") }), {
        label: t("storage.openFolder"),
        save: () => {
          const value = box.value.trim().replace(/^\/+|\/+$/g, "");
          if (!value) throw Object.assign(new Error(t("storage.nameMissing")), { name: "ValueError" });
          return value;
        },
      });
      if (path) go(address(folder ? `${folder}/${path}` : path).replace("/_console", ""));
    }

    refresh();
    return live(["storage"], async (values) => {
      await refresh();
      const one = entries.find((entry) => entry.path === open);
      if (one && values.some((value) => value?.path === open)) show(one);
    });
  },
};

function address(path) {
  return `/_console/storage/${path.split("/").map(encodeURIComponent).join("/")}`;
}

function trailOf(parts) {
  const steps = parts.map((part, at) => [part, address(parts.slice(0, at + 1).join("/"))]);
  return [[t("storage.root"), "/_console/storage"], ...steps].map(([name, where], at) => [at > 0 && icon("right"), h("a", { href: where, "aria-current": at === parts.length ? "page" : null }, name)]);
}
