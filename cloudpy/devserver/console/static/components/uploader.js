// Uploads of files in pieces: any size, with progress, and they can be cancelled.

import * as api from "../api.js";
import { fill, h } from "../dom.js";
import { size, t } from "../i18n.js";
import { button } from "./button.js";
import { confirm } from "./dialog.js";
import { problem } from "./toast.js";

/** Return a list of uploads; `.add(files, folder)` begins some, `ondone()` is called after each. */
export function uploader(ondone) {
  const element = h("ul", { class: "uploads", "aria-live": "polite", "aria-label": t("storage.uploads") });

  element.add = async (files, folder) => {
    for (const { file, path } of files) await one(file, folder ? `${folder}/${path}` : path);
  };

  async function one(file, path) {
    const bar = h("progress", { max: "1", "aria-label": path });
    const state = h("span", { class: "muted small num" }, size(0));
    let cancelled = false;
    const row = h("li", {}, h("span", { class: "cut grow" }, path), bar, state, button(`${t("common.cancel")}: ${path}`, () => { cancelled = true; }, { icon: "close", kind: "small quiet", bare: true }));
    element.append(row);
    let id;
    try {
      id = await begin(path);
      if (id === undefined) return;
      await send(id, file, () => cancelled, (done) => {
        bar.value = file.size ? done / file.size : 1;
        fill(state, `${size(done)} / ${size(file.size)}`);
      });
      if (cancelled) {
        await api.send("DELETE", api.path("/storage/uploads/{}", id.upload));
        return;
      }
      await api.send("POST", api.path("/storage/uploads/{}", id.upload));
    } catch (error) {
      problem(`${path}: ${error.message}`);
      if (id) api.send("DELETE", api.path("/storage/uploads/{}", id.upload)).catch(() => {});
    } finally {
      row.remove();
      ondone(path);
    }
  }

  return element;
}

async function begin(path) {
  try {
    return await api.send("POST", "/storage/uploads", { path, replace: false });
  } catch (error) {
    if (error.code !== "EXISTS") throw error;
    const replace = await confirm(t("storage.replace"), t("storage.replaceText", { path }), t("storage.replaceButton"));
    return replace ? api.send("POST", "/storage/uploads", { path, replace: true }) : undefined;
  }
}

async function send({ upload, piece }, file, isCancelled, progress) {
  for (let offset = 0; offset < file.size && !isCancelled(); offset += piece) {
    const part = file.slice(offset, offset + piece);
    await api.upload("PUT", api.path("/storage/uploads/{}", upload), part, {
      query: { offset: String(offset) },
      type: "application/octet-stream",
      onprogress: (share) => progress(offset + share * part.size),
    });
  }
}

/** Return the files of a drop with their paths, folders included. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  const walk = async (entry, before) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, path: before + entry.name });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return;
      for (const one of some) await walk(one, `${before}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, "");
  return found;
}
