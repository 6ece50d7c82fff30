// The models: a card each, its diagram on the back, and a table of all.
import { $, make } from "./dom.js";
import { number, percent, t } from "./texts.js";
import { allModels, choose, chosenModel, on } from "./store.js";
import { reached } from "./api.js";

let order = { key: "title", down: false };

export function init() {
  on("models", showAll);
  on("chosen", showAll);
}

function showAll() {
  $("cards").replaceChildren(...allModels().map(card));
  compare();
}

function card(model) {
  const active = model.name === chosenModel();
  const front = make("div", {}, figures(model), facts(model));
  const back = make("div", { hidden: true });
  const turn = make("button", {
    type: "button", disabled: !model.usable, "aria-expanded": "false", textContent: t("web.models.diagram"),
    onclick: async () => {
      const show = back.hidden;
      front.hidden = show;
      back.hidden = !show;
      turn.setAttribute("aria-expanded", String(show));
      turn.textContent = t(show ? "web.models.figures" : "web.models.diagram");
      if (show && !back.childElementCount) await drawing(model, back);
    },
  });
  const activate = make("button", {
    type: "button", className: active ? "" : "accent", disabled: !model.usable || active,
    onclick: () => choose(model.name), textContent: t(active ? "web.models.active" : "web.models.activate"),
  });
  const links = [[model.paper, "web.models.paper"], [model.source, "web.models.source"]]
    .filter(([address]) => /^https?:\/\//.test(address))
    .map(([href, key]) => make("a", { href, rel: "noreferrer", target: "_blank" }, t(key)));
  const root = make("article", { className: "panel model" },
    make("div", { className: "title" }, make("h2", {}, model.title),
      model.default ? make("span", { className: "badge" }, t("web.models.default")) : null),
    front, back, model.usable ? make("div", { className: "row" }, activate, turn, ...links) : null);
  root.style.setProperty("--model", model.color);
  root.dataset.model = model.name;
  return root;
}

function figures(model) {
  if (!model.usable) return make("p", { className: "muted" }, model.problem);
  if (!model.measured.length) return make("p", { className: "muted" }, t("web.models.unmeasured"));
  const rows = model.measured.map((row, index) => make("div", {},
    make("span", { className: index ? "" : "figure" }, percent(row.accuracy, 1)), " ",
    make("span", { className: "muted" },
      `${dataName(row.data)} · ${t(row.own ? "web.models.own" : "web.models.outside")}`)));
  return make("div", {}, ...rows);
}

function facts(model) {
  if (!model.usable) return make("dl");
  const found = [
    ["web.models.trained_on", dataName(model.trained_on)],
    ["web.models.licence", model.license],
    ["web.models.input", model.input && `${model.input.width} × ${model.input.height} px, ${t(`color.${model.input.color}`)}`],
    ["web.models.classes", String(model.labels.length)],
    ["web.models.speed", model.speed_ms === null ? t("web.models.not_loaded") : t("status.latency", { ms: number(model.speed_ms, 1) })],
    ["web.models.source", /^https?:/.test(model.source) ? "" : model.source],
  ];
  const list = make("dl");
  for (const [key, text] of found) if (text) list.append(make("dt", {}, t(key)), make("dd", {}, text));
  return list;
}

function dataName(name) {
  const key = `data.${name}`;
  const said = t(key);
  return said === key ? name : said;
}

/** The drawing of a network, which the server makes from the model file. */
async function drawing(model, place) {
  place.replaceChildren(make("p", { className: "muted" }, t("web.models.reading")));
  try {
    const address = `api/v1/models/${encodeURIComponent(model.name)}/diagram.svg`;
    const text = await (await reached(address)).text();
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (parsed.nodeName !== "svg") throw new Error(t("web.models.no_diagram"));
    const frame = make("div", { className: "diagram", tabIndex: 0, role: "region",
      "aria-label": t("web.models.diagram_of", { name: model.title }) }, document.adoptNode(parsed));
    place.replaceChildren(frame);
  } catch (error) {
    place.replaceChildren(make("p", { className: "alarm" }, error.message || t("web.live.server.text")));
  }
}

const COLUMNS = [
  ["title", "web.live.model", (m) => m.title, false],
  ["trained_on", "web.models.trained_on", (m) => dataName(m.trained_on), false],
  ["own", "web.models.own", (m) => best(m, true), true],
  ["outside", "web.models.outside", (m) => best(m, false), true],
  ["input", "web.models.input", (m) => m.input?.width ?? null, true],
  ["classes", "web.models.classes", (m) => m.labels.length, true],
  ["speed", "web.models.speed", (m) => m.speed_ms, true],
];

/** The highest of its figures on its own data, or on others'. */
function best(model, own) {
  const found = model.measured.filter((row) => row.own === own).map((row) => row.accuracy);
  return found.length ? Math.max(...found) : null;
}

function shownCell(key, value) {
  if (value === null || value === "") return "–";
  if (key === "own" || key === "outside") return percent(value, 1);
  if (key === "input") return `${value} px`;
  if (key === "speed") return t("status.latency", { ms: number(value, 1) });
  return String(value);
}

function compare() {
  const read = COLUMNS.find(([key]) => key === order.key)[2];
  const rows = allModels().filter((model) => model.usable).sort((a, b) => {
    const [x, y] = [read(a), read(b)];
    if (x === null || y === null) return (x === null) - (y === null);
    const way = typeof x === "string" ? x.localeCompare(y) : x - y;
    return order.down ? -way : way;
  });
  const heads = COLUMNS.map(([key, text, , isNumber]) => {
    const sorted = key === order.key ? { "aria-sort": order.down ? "descending" : "ascending" } : {};
    const arrow = key === order.key ? (order.down ? " ↓" : " ↑") : "";
    return make("th", { scope: "col", className: isNumber ? "number" : "", ...sorted },
      make("button", { type: "button", onclick: () => sortBy(key, isNumber) }, t(text) + arrow));
  });
  const body = rows.map((model) => make("tr", {}, ...COLUMNS.map(([key, , value, isNumber]) => {
    const cell = make("td", { className: isNumber ? "number" : "" });
    if (key === "title") {
      const swatch = make("span", { className: "swatch" });
      swatch.style.setProperty("--model", model.color);
      cell.append(swatch);
    }
    cell.append(shownCell(key, value(model)));
    return cell;
  })));
  $("compare").replaceChildren(make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
}

function sortBy(key, isNumber) {
  order = { key, down: order.key === key ? !order.down : isNumber && key !== "speed" };
  compare();
  const at = COLUMNS.findIndex(([name]) => name === key);
  $("compare").querySelectorAll("th button")[at].focus();
}
