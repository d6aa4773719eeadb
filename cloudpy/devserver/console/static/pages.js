// All pages: name, path, and the module that draws it. A module exports
// `page = { mount(root, { params, query, status, go }) }`; mount may return a function that ends it.

export const GROUPS = [
  ["", ["overview"]],
  ["nav.run", ["functions", "invoke", "invocations", "logs", "timers"]],
  ["nav.data", ["users", "storage", "database"]],
  ["nav.simulate", ["responses", "payments", "apis"]],
  ["nav.session", ["recordings", "state"]],
];

// `params`: how many further segments of the path a page takes. `functions`: it needs functions.
export const PAGES = [
  { name: "overview", path: "/", params: 0, load: () => import("./pages/overview.js") },
  { name: "functions", path: "/functions", params: 1, functions: true, load: () => import("./pages/functions.js") },
  { name: "invoke", path: "/invoke", params: 1, functions: true, load: () => import("./pages/invoke.js") },
  { name: "invocations", path: "/invocations", params: 1, functions: true, load: () => import("./pages/invocations.js") },
  { name: "logs", path: "/logs", params: 0, functions: true, load: () => import("./pages/logs.js") },
  { name: "timers", path: "/timers", params: 0, functions: true, load: () => import("./pages/timers.js") },
  { name: "users", path: "/users", params: 1, load: () => import("./pages/users.js") },
  { name: "storage", path: "/storage", params: 20, load: () => import("./pages/storage.js") },
  { name: "database", path: "/database", params: 2, load: () => import("./pages/database.js") },
  { name: "responses", path: "/responses", params: 1, load: () => import("./pages/responses.js") },
  { name: "payments", path: "/payments", params: 1, load: () => import("./pages/payments.js") },
  { name: "apis", path: "/apis", params: 1, load: () => import("./pages/apis.js") },
  { name: "recordings", path: "/recordings", params: 1, functions: true, load: () => import("./pages/recordings.js") },
  { name: "state", path: "/state", params: 0, load: () => import("./pages/state.js") },
];

/** Return the page of a path and its further segments, or undefined. */
export function find(segments) {
  const name = segments[0] ?? "";
  const page = PAGES.find((one) => one.path === `/${name}`);
  const params = segments.slice(1);
  return page && params.length <= page.params ? { page, params } : undefined;
}
