// The words of the pages in two languages, and dates and sizes as each writes them.

import core from "./words/core.js";
import data from "./words/data.js";
import replay from "./words/replay.js";

const WORDS = { ...core, ...data, ...replay };
const LANGUAGES = ["en", "zh"];
let language = stored() ?? (navigator.languages.find((one) => /^(zh|en)/i.test(one)) ?? "en").slice(0, 2).toLowerCase();

function stored() {
  const value = localStorage.getItem("cloudpy.language");
  return LANGUAGES.includes(value) ? value : undefined;
}

/** Return "en" or "zh". */
export function currentLanguage() {
  return language;
}

/** Use a language from now on, and remember it. */
export function useLanguage(name) {
  language = name;
  localStorage.setItem("cloudpy.language", name);
  document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
}

/** Return the words of a key; {name} in them becomes `values.name`. */
export function t(key, values = {}) {
  const words = WORDS[key];
  if (words === undefined) return key;
  return words[LANGUAGES.indexOf(language)].replace(/\{(\w+)\}/g, (match, name) => values[name] ?? match);
}

function locale() {
  return language === "zh" ? "zh-CN" : "en-GB";
}

/** Return a time of day, of seconds since 1970; with the date if that is another one. */
export function time(seconds, { millis = false } = {}) {
  const date = new Date(seconds * 1000);
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  if (millis) options.fractionalSecondDigits = 3;
  if (date.toDateString() !== new Date().toDateString()) Object.assign(options, { month: "short", day: "numeric" });
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

/** Return date and time; in the time zone of the cloud's timers if `beijing`. */
export function dateTime(seconds, { beijing = false } = {}) {
  const options = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23", timeZone: beijing ? "Asia/Shanghai" : undefined };
  return new Intl.DateTimeFormat(locale(), options).format(new Date(seconds * 1000));
}

/** Return a duration given in milliseconds. */
export function duration(ms) {
  if (ms < 1) return ms > 0 ? "< 1 ms" : "0 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${number(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
}

/** Return a size in bytes. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, power] of [["kB", 3], ["MB", 6], ["GB", 9]]) {
    const value = bytes / 10 ** power;
    if (value < 1000 || unit === "GB") return `${number(value, value < 10 ? 1 : 0)} ${unit}`;
  }
  return "";
}

/** Return a number with separators. */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

useLanguageOfPage();

function useLanguageOfPage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}
