// Forms stay as they are while the parts around them are refreshed. Results are inserted as text, never as HTML.
async function refresh() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
    const names = [...document.querySelectorAll("section[data-name]")].map(s => s.dataset.name).join("\n");
    const now = [...page.querySelectorAll("section[data-name]")].map(s => s.dataset.name).join("\n");
    if (names !== now) { location.reload(); return }
    for (const part of page.querySelectorAll("[data-live]")) {
      const mine = document.getElementById(part.id);
      if (mine && mine.innerHTML !== part.innerHTML) mine.innerHTML = part.innerHTML;
    }
  } catch { /* the server has ended, or is starting */ }
}
setInterval(refresh, 1000);
async function invoke(section, query, body) {
  const headers = {"Content-Type": "application/json"};
  const openid = section.querySelector("input").value.trim();
  if (openid) headers["x-wx-openid"] = openid;
  const address = "/" + encodeURIComponent(section.dataset.name) + query;
  const answer = await fetch(address, {method: "POST", headers, body});
  section.querySelector("output").textContent = answer.status + "  " + await answer.text();
  refresh();
}
document.addEventListener("click", click => {
  const button = click.target.closest("button");
  if (!button) return;
  const section = button.closest("section");
  if (button.dataset.trigger) invoke(section, "?trigger=" + encodeURIComponent(button.dataset.trigger), "");
  else invoke(section, "", section.querySelector("textarea").value);
});
