// The page: its views, its theme, and what they begin with.
import { $ } from "./dom.js";
import { t } from "./texts.js";
import * as live from "./live.js";
import * as files from "./files.js";
import * as models from "./models.js";
import { loadModels } from "./store.js";

const VIEWS = ["live", "files", "models"];
const THEME = "mimik.theme";

function show() {
  const wanted = location.hash.slice(1).split("/")[0];
  const view = VIEWS.includes(wanted) ? wanted : "live";
  for (const name of VIEWS) $(name).hidden = name !== view;
  for (const link of document.querySelectorAll("nav [data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view !== "live") live.stop();
  if (view === "files") files.show();
  if (view === "models") loadModels().catch(() => {}); // how fast they are may be known by now
  const other = $("language");
  other.href = `?lang=${other.hreflang}${location.hash}`;
}

function theme() {
  const kept = localStorage.getItem(THEME);
  if (kept) document.documentElement.dataset.theme = kept;
  $("theme").onclick = () => {
    const dark = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim() !== "#ffffff";
    const next = dark ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem(THEME, next);
    dispatchEvent(new Event("resize"));
  };
}

theme();
live.init();
files.init();
models.init();
addEventListener("hashchange", show);
show();
try {
  await loadModels();
} catch (error) {
  $("over-title").textContent = t("web.live.server.title");
  $("over-text").textContent = error.message || t("web.live.server.text");
  $("stage").dataset.state = "problem";
}
document.documentElement.dataset.ready = "true";
