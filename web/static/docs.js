// The docs of the API, made from its OpenAPI file.
import { $, make } from "./dom.js";
import { t } from "./texts.js";
import { ask } from "./api.js";

const kept = localStorage.getItem("mimik.theme");
if (kept) document.documentElement.dataset.theme = kept;

const api = await ask("api/v1/openapi.json");
for (const [path, verbs] of Object.entries(api.paths)) {
  for (const [verb, route] of Object.entries(verbs)) $("routes").append(shown(path, verb, route));
}
document.documentElement.dataset.ready = "true";

function shown(path, verb, route) {
  const good = Object.entries(route.responses).find(([status]) => status < 300);
  const parameters = (route.parameters ?? []).map((one) => make("li", {},
    make("code", {}, one.name), ` (${one.in}) ${one.description ?? ""}`));
  const form = good?.[1].content?.["application/json"]?.schema;
  const types = Object.keys(route.requestBody?.content ?? {});
  return make("section", { className: "panel" },
    make("h2", {}, make("span", { className: "verb" }, verb.toUpperCase()), make("code", {}, path)),
    make("p", {}, make("strong", {}, route.summary), " ", route.description ?? ""),
    parameters.length ? make("ul", {}, ...parameters) : null,
    types.length ? make("p", { className: "muted" }, `${t("web.docs.body")} ${types.join(", ")}`) : null,
    form ? details(form) : null);
}

function details(form) {
  const text = JSON.stringify(resolved(form, 0), null, 2);
  return make("details", {}, make("summary", {}, t("web.docs.answer")), make("pre", { tabIndex: 0 }, text));
}

/** A schema with its references filled in. */
function resolved(form, depth) {
  if (depth > 8 || form === null || typeof form !== "object") return form;
  if (Array.isArray(form)) return form.map((one) => resolved(one, depth + 1));
  if (form.$ref) return resolved(api.components.schemas[form.$ref.split("/").pop()], depth + 1);
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== "title")
    .map(([key, value]) => [key, resolved(value, depth + 1)]));
}
