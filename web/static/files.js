// Photos and films: uploads, how far they are, what came of them.
import { $, make } from "./dom.js";
import { named, number, percent, t } from "./texts.js";
import { ask, Problem } from "./api.js";
import { chosenModel, colorOf } from "./store.js";
import { Faces } from "./faces.js";
import { Timeline } from "./timeline.js";

const POLL_MS = 500;
const jobs = new Map();
const sending = new Map();
let opened = null;
let timer = null;

export function init() {
  $("choose").onclick = () => $("upload").click();
  $("upload").onchange = (event) => {
    send([...event.target.files]);
    event.target.value = "";
  };
  $("try").onclick = async () => {
    const portrait = await (await fetch("static/portrait.jpg")).blob();
    send([new File([portrait], "portrait.jpg")]);
  };
  const drop = $("drop");
  drop.ondragover = (event) => { event.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    send([...event.dataTransfer.files]);
  };
  const limits = document.body.dataset;
  $("limits").textContent = t("web.files.limits", {
    picture: limits.pictureMb, film: limits.filmMb, minutes: limits.filmMinutes,
  });
}

/** Shows what is there; called when the view appears, and after a reload. */
export async function show() {
  await refresh();
}

function send(files) {
  complain("");
  for (const file of files) sendOne(file);
}

function sendOne(file) {
  const request = new XMLHttpRequest();
  const key = Symbol(file.name);
  const entry = { name: file.name, share: 0, request };
  sending.set(key, entry);
  const query = new URLSearchParams({ name: file.name, model: chosenModel() });
  request.open("POST", `api/v1/jobs?${query}`);
  request.upload.onprogress = (event) => { entry.share = event.loaded / event.total; list(); };
  request.onloadend = async () => {
    sending.delete(key);
    if (request.status === 201) opened = JSON.parse(request.responseText).id;
    else if (!entry.cancelled) complain(reason(request, file.name));
    await refresh();
  };
  request.send(file);
  list();
}

function reason(request, name) {
  try {
    return `${name}: ${JSON.parse(request.responseText).detail}`;
  } catch {
    return `${name}: ${t("web.live.server.text")}`;
  }
}

async function refresh() {
  clearTimeout(timer);
  try {
    const found = (await ask("api/v1/jobs")).jobs;
    jobs.clear();
    for (const job of found) jobs.set(job.id, job);
  } catch (error) {
    complain(error.message || t("web.live.server.text"));
  }
  list();
  await showOpened();
  const busy = [...jobs.values()].some((job) => ["waiting", "running"].includes(job.state));
  if (busy && !$("files").hidden) timer = setTimeout(refresh, POLL_MS);
}

function list() {
  const rows = [...sending].map(([, entry]) => row(entry.name, t("web.files.sending"), entry.share, [
    make("button", { type: "button", onclick: () => { entry.cancelled = true; entry.request.abort(); } }, t("dialog.cancel")),
  ]));
  rows.push(...[...jobs.values()].map(jobRow));
  const had = document.activeElement?.dataset?.act;
  $("jobs").replaceChildren(...rows);
  if (had) document.querySelector(`[data-act="${CSS.escape(had)}"]`)?.focus();
}

function jobRow(job) {
  const busy = ["waiting", "running"].includes(job.state);
  const buttons = [];
  if (job.state === "done") {
    buttons.push(make("button", { type: "button", "data-act": `show-${job.id}`, className: job.id === opened ? "" : "accent",
      "aria-pressed": String(job.id === opened), onclick: () => { opened = job.id; list(); showOpened(true); } }, t("web.files.show")));
  }
  buttons.push(make("button", { type: "button", "data-act": `remove-${job.id}`, onclick: () => remove(job) },
    t(busy ? "dialog.cancel" : "web.files.delete")));
  const left = job.left_s ? ` · ${t("web.files.left", { s: number(Math.ceil(job.left_s)) })}` : "";
  const state = job.problem || t(`web.files.${job.state}`) + left;
  return row(job.name, state, busy ? job.share ?? (job.state === "waiting" ? 0 : null) : undefined, buttons, job.state);
}

function row(name, state, share, buttons, kind = "running") {
  const root = make("div", { className: `panel job ${kind}` },
    make("span", { className: "what" }, name), make("span", { className: "muted" }, state),
    make("span", { className: "end" }, ...buttons));
  if (share !== undefined) {
    const bar = make("progress", { max: 1, "aria-label": name });
    if (share !== null) bar.value = share;
    root.append(bar);
  }
  return root;
}

async function remove(job) {
  try {
    await ask(`api/v1/jobs/${job.id}`, { method: "DELETE" });
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) complain(error.message);
  }
  if (opened === job.id) { opened = null; $("result").replaceChildren(); delete $("result").dataset.job; }
  await refresh();
}

async function showOpened(focus = false) {
  const job = jobs.get(opened) ?? [...jobs.values()].find((one) => one.state === "done");
  const place = $("result");
  if (!job || job.state !== "done") return;
  opened = job.id;
  if (place.dataset.job === job.id) return;
  place.dataset.job = job.id;
  const result = await ask(`api/v1/jobs/${job.id}/result`);
  place.replaceChildren(result.kind === "photo" ? photo(job, result) : film(job, result));
  list();
  if (focus) place.focus();
}

function downloads(job) {
  const kinds = ["picture", "video", "csv", "json"].filter((kind) => job.files.includes(kind));
  return make("div", { className: "row" }, ...kinds.map((kind) => make("a", {
    className: "button", href: `api/v1/jobs/${job.id}/files/${kind}?download`, download: "",
  }, t(`web.files.${kind}`))));
}

function photo(job, { result }) {
  const picture = make("div", { className: "picture" }, make("img", {
    src: `api/v1/jobs/${job.id}/files/picture`, alt: alt(result),
  }));
  const panel = make("div", {});
  const shownFaces = new Faces(panel, colorOf);
  shownFaces.show(result, null);
  panel.className = "faces-of";
  return make("div", { className: "result" }, picture,
    make("aside", { className: "panel" }, make("h2", {}, t("web.faces")), panel),
    make("div", { className: "wide" }, downloads(job)));
}

function alt(result) {
  const said = result.faces.map((face) => (face.unsure ? named("unsure") : named(face.label)));
  return said.length ? `${t("web.faces")}: ${said.join(", ")}` : t("web.live.no_face");
}

function film(job, result) {
  const video = make("video", { controls: true, src: `api/v1/jobs/${job.id}/files/video`, playsInline: true, "aria-label": job.name });
  const line = new Timeline(result, video);
  const people = result.persons.map((person) => make("div", { className: "face" },
    make("div", { className: "face-head" }, make("span", {}, t("face.title", { number: person.number })),
      make("span", { className: "says" }, `${number(person.seconds, 1)} s`)),
    shares(person.shares)));
  const problems = result.problems.map((text) => make("p", { className: "notice" }, text));
  return make("div", { className: "result" }, make("div", { className: "picture" }, video),
    make("aside", { className: "panel" }, make("h2", {}, t("web.faces")),
      make("div", { className: "faces-of" }, ...(people.length ? people : [make("p", { className: "muted" }, t("web.faces.none"))]))),
    make("section", { className: "panel wide" }, make("h2", {}, t("web.files.timeline")), line.root),
    make("div", { className: "wide" }, ...problems, downloads(job)));
}

function shares(found) {
  const bars = make("div", { className: "bars" });
  for (const [label, share] of Object.entries(found)) {
    const fill = make("div", { className: "fill" });
    fill.style.background = label === "unsure" ? t("color.unsure") : colorOf(label);
    fill.style.width = `${100 * share}%`;
    bars.append(make("span", {}, named(label)), make("div", { className: "track" }, fill),
      make("span", { className: "number" }, percent(share)));
  }
  return bars;
}

function complain(text) {
  $("files-problem").hidden = !text;
  $("files-problem").textContent = text;
}

