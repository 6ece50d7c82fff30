// What all views share: the models, which one is chosen, the colours of the classes.
import { ask } from "./api.js";

const KEY = "mimik.model";
const changed = new EventTarget();
const colors = new Map();
let models = [];
let chosen = "";

export async function loadModels() {
  models = (await ask("api/v1/models")).models;
  for (const model of models) for (const label of model.labels) colors.set(label.name, label.color);
  const kept = localStorage.getItem(KEY);
  const known = (name) => models.some((model) => model.usable && model.name === name);
  if (!known(chosen)) {
    chosen = known(kept) ? kept : (models.find((m) => m.default && m.usable) ?? models.find((m) => m.usable))?.name ?? "";
  }
  changed.dispatchEvent(new Event("models"));
  return models;
}

export const allModels = () => models;
export const chosenModel = () => chosen;
export const colorOf = (label) => colors.get(label) ?? "#7a8090";
export const on = (what, call) => changed.addEventListener(what, call);

export function choose(name) {
  if (name === chosen) return;
  chosen = name;
  localStorage.setItem(KEY, name);
  changed.dispatchEvent(new Event("chosen"));
}
