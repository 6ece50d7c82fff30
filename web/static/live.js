// The live picture: camera or film, frames to the server, boxes over the picture.
import { $, make } from "./dom.js";
import { t, number } from "./texts.js";
import { Line } from "./line.js";
import { draw } from "./overlay.js";
import { Faces } from "./faces.js";
import { Chart } from "./chart.js";
import { allModels, choose, chosenModel, colorOf, on } from "./store.js";

/** The server sees frames of so many px at most along the longer side; it is enough for faces. */
const SENT_PX = 640;
const QUALITY = 0.85;

const video = $("video");
const overlay = $("overlay");
const grabbed = document.createElement("canvas");
const faces = new Faces($("faces"), colorOf, (number) => { picked = number; });
const chart = new Chart($("chart"), colorOf);

let line = null;
let run = 0; // counts the starts: a loop of an earlier one ends
let kind = null; // camera or film
let paused = false;
let picked = null;
let last = null;
let spokenAt = 0;

export function init() {
  $("start").onclick = () => startCamera();
  $("open-film").onclick = $("film").onclick = () => $("film-file").click();
  $("film-file").onchange = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) startFilm(file);
  };
  $("pause").onclick = togglePause;
  $("stop").onclick = () => stop();
  $("camera").onchange = (event) => startCamera(event.target.value);
  $("model").onchange = (event) => choose(event.target.value);
  on("models", fillPicker);
  on("chosen", switchModel);
  addEventListener("pagehide", () => stop());
  addEventListener("resize", () => { redraw(); chart.draw(); });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, button, a");
    if (event.key.toLowerCase() === "p" && !event.ctrlKey && !event.metaKey && !event.altKey
        && !typing && kind) togglePause();
  });
  faces.clear(t("web.faces.none_yet"));
  requestAnimationFrame(() => chart.draw());
}

function fillPicker() {
  $("model").replaceChildren(...allModels().map((model) => make("option", {
    value: model.name, disabled: !model.usable, selected: model.name === chosenModel(),
  }, model.usable ? model.title : `${model.title} (${t("model.not_trained")})`)));
}

export async function startCamera(device = null) {
  stop();
  const mine = run;
  if (!navigator.mediaDevices?.getUserMedia) return problem("insecure");
  busy("web.live.asking.title", "web.live.asking.text");
  const size = { width: { ideal: 640 }, height: { ideal: 480 } };
  let stream;
  try {
    const wanted = device ? { deviceId: { exact: device } } : { facingMode: "user" };
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...size } });
  } catch (error) {
    if (mine !== run) return;
    const kinds = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "no_camera",
      OverconstrainedError: "no_camera", NotReadableError: "taken" };
    return problem(kinds[error.name] ?? "taken");
  }
  if (mine !== run) return stream.getTracks().forEach((track) => track.stop());
  stream.getVideoTracks()[0].onended = () => { if (mine === run) { stop(); problem("lost"); } };
  video.srcObject = stream;
  kind = "camera";
  await listCameras(stream);
  await begin(mine);
}

async function startFilm(file) {
  stop();
  const mine = run;
  video.src = URL.createObjectURL(file);
  video.loop = true;
  kind = "film";
  const failed = await new Promise((resolve) => {
    video.onloadeddata = () => resolve(false);
    video.onerror = () => resolve(true);
  });
  if (mine !== run) return;
  if (failed) { stop(); problem("film"); } else await begin(mine);
}

async function begin(mine) {
  busy("web.live.loading.title", "web.live.loading.text");
  video.classList.toggle("mirrored", kind === "camera");
  try {
    await video.play();
    line = new Line(chosenModel());
    await line.open();
  } catch (error) {
    if (mine === run) { stop(); problem("server", error.message === "closed" ? "" : error.message); }
    return;
  }
  if (mine !== run) return;
  $("stage").dataset.state = "running";
  for (const id of ["pause", "stop"]) $(id).disabled = false;
  chart.clear();
  loop(mine);
}

/** Sends a frame, shows its answer, sends the next: never two at a time. */
async function loop(mine) {
  const rate = { at: performance.now(), gap: 0 };
  while (mine === run) {
    await nextFrame();
    if (mine !== run || !line) return;
    if (paused) continue;
    try {
      const frame = await grab();
      if (mine !== run) return;
      const sent = performance.now();
      const result = await line.read(frame);
      if (mine !== run) return;
      if (result.detail) { chip(result.detail); continue; }
      const now = performance.now();
      rate.gap += (now - rate.at - rate.gap) * (rate.gap ? 0.1 : 1);
      rate.at = now;
      show(result, 1000 / rate.gap, now - sent);
    } catch {
      if (mine === run) { stop(); problem("server"); }
      return;
    }
  }
}

function nextFrame() {
  return new Promise((resolve) => {
    if (paused) return setTimeout(resolve, 100);
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback(resolve);
      setTimeout(resolve, 500); // a picture that stands still still is one
    } else requestAnimationFrame(resolve);
  });
}

async function grab() {
  const scale = Math.min(1, SENT_PX / Math.max(video.videoWidth, video.videoHeight));
  grabbed.width = Math.round(video.videoWidth * scale);
  grabbed.height = Math.round(video.videoHeight * scale);
  grabbed.getContext("2d").drawImage(video, 0, 0, grabbed.width, grabbed.height);
  const blob = await new Promise((resolve) => grabbed.toBlob(resolve, "image/jpeg", QUALITY));
  return blob.arrayBuffer();
}

function show(result, fps, latency) {
  last = result;
  const face = chosenFace(result);
  redraw();
  faces.show(result, face?.track_id);
  chart.add(face);
  $("chart-who").textContent = face ? t("face.title", { number: face.track_id ?? 1 }) : "";
  if (!paused) chip(result.faces.length ? "" : t("web.live.no_face"));
  $("status").textContent = t("web.live.status", { fps: number(fps), ms: number(latency) });
  speak(face);
}

function chosenFace(result) {
  const known = result.faces.find((face) => face.track_id === picked);
  if (known) return known;
  const size = (face) => (face.box_xyxy[2] - face.box_xyxy[0]) * (face.box_xyxy[3] - face.box_xyxy[1]);
  const largest = [...result.faces].sort((a, b) => size(b) - size(a))[0];
  picked = largest?.track_id ?? null;
  return largest;
}

function redraw() {
  const chosen = last && last.faces.length > 1 ? picked : null;
  draw(overlay, last, { mirrored: kind === "camera", chosen, colors: colorOf });
}

/** Says what the chosen face shows when that has changed, every two seconds at most. */
function speak(face) {
  const text = face ? document.querySelector('.face[aria-pressed="true"] .says')?.textContent ?? "" : t("web.live.no_face");
  const what = text.replace(/\s*\d+\s*%/, "");
  const now = performance.now();
  if (what === $("spoken").textContent || now - spokenAt < 2000) return;
  spokenAt = now;
  $("spoken").textContent = what;
}

async function switchModel() {
  $("model").value = chosenModel();
  if (!line?.isOpen) return;
  // The server answers in order, so the frame that is under way must be answered first.
  const mine = run;
  stopLoop();
  const again = run;
  busyChip();
  try {
    line.close();
    line = new Line(chosenModel());
    await line.open();
  } catch (error) {
    if (again === run) { stop(); problem("server", error.message === "closed" ? "" : error.message); }
    return;
  }
  if (again !== run || mine === run) return;
  chart.clear();
  loop(again);
}

function stopLoop() {
  run += 1;
}

function busyChip() {
  chip(t("status.loading"));
}

function togglePause() {
  if (!kind) return;
  paused = !paused;
  if (paused) video.pause(); else video.play();
  $("pause").textContent = t(paused ? "web.live.resume" : "web.live.pause");
  chip(paused ? t("web.live.paused") : "");
}

export function stop() {
  run += 1;
  line?.close();
  line = null;
  video.srcObject?.getTracks().forEach((track) => track.stop()); // the camera's light goes off
  if (video.src.startsWith("blob:")) URL.revokeObjectURL(video.src);
  video.onloadeddata = video.onerror = null;
  video.srcObject = null;
  video.removeAttribute("src");
  video.load();
  paused = false;
  kind = null;
  last = null;
  picked = null;
  redraw();
  faces.clear(t("web.faces.none_yet"));
  chart.clear();
  chip("");
  $("chart-who").textContent = $("status").textContent = "";
  $("pause").textContent = t("web.live.pause");
  for (const id of ["pause", "stop"]) $(id).disabled = true;
  card("idle", t("web.live.idle.title"), t("web.live.idle.text"), true);
}

function busy(title, text) {
  card("busy", t(title), t(text), false);
}

function problem(what, detail = "") {
  card("problem", t(`web.live.${what}.title`), detail || t(`web.live.${what}.text`), true);
}

function card(state, title, text, buttons) {
  $("stage").dataset.state = state;
  $("over-title").textContent = title;
  $("over-text").textContent = text;
  $("over-buttons").hidden = !buttons;
  $("start").textContent = t(state === "problem" ? "card.try_again" : "web.live.start");
}

function chip(text) {
  $("chip").hidden = !text;
  if ($("chip").textContent !== text) $("chip").textContent = text;
}

async function listCameras(stream) {
  const found = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput");
  const now = stream.getVideoTracks()[0].getSettings().deviceId;
  $("camera-field").hidden = found.length < 2;
  $("camera").replaceChildren(...found.map((device, index) => make("option", {
    value: device.deviceId, selected: device.deviceId === now,
  }, device.label || `${t("web.live.camera")} ${index + 1}`)));
}
