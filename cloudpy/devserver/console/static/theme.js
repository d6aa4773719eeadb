// Light or dark: as the system has it, until the user chooses.

const KEY = "cloudpy.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Return "light" or "dark". */
export function theme() {
  return localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
}

/** Use a theme from now on. */
export function useTheme(name) {
  localStorage.setItem(KEY, name);
  apply();
}

/** Show the theme. */
export function apply() {
  document.documentElement.dataset.theme = theme();
}

system.addEventListener("change", apply);
apply();
