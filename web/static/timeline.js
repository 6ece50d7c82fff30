// The timeline of a film: a band a person, in the colours of what they showed.
import { make } from "./dom.js";
import { named, number, t, unsureColor } from "./texts.js";
import { colorOf } from "./store.js";

const BAND = 26;

export class Timeline {
  constructor(result, video) {
    this.result = result;
    this.video = video;
    this.duration = result.duration_s || Math.max(0.1, ...result.persons.map((p) => p.last_s));
    this.canvas = make("canvas", { className: "timeline", tabIndex: 0, role: "slider",
      "aria-label": t("web.files.timeline"), "aria-valuemin": "0", "aria-valuemax": String(this.duration) });
    this.said = make("p", { className: "muted" });
    this.root = make("div", {}, this.canvas, this.said);
    this.canvas.onclick = (event) => this.go(event.offsetX / this.canvas.clientWidth * this.duration);
    this.canvas.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (step === undefined && event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      this.go(event.key === "Home" ? 0 : event.key === "End" ? this.duration : video.currentTime + step);
    };
    video.ontimeupdate = video.onseeked = () => this.draw();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  go(seconds) {
    this.video.currentTime = Math.min(this.duration, Math.max(0, seconds));
    this.draw();
  }

  draw() {
    const { canvas, duration, video } = this;
    const ratio = window.devicePixelRatio || 1;
    const rows = Math.max(1, this.result.persons.length);
    const height = rows * (BAND + 6) + 6;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const width = canvas.clientWidth;
    const style = getComputedStyle(canvas);
    this.result.persons.forEach((person, row) => {
      const y = 6 + row * (BAND + 6);
      pen.fillStyle = style.getPropertyValue("--pressed");
      pen.fillRect(0, y, width, BAND);
      for (const [from, to, label] of person.bands) {
        pen.fillStyle = label === "unsure" ? unsureColor : colorOf(label);
        pen.fillRect(from / duration * width, y, Math.max(1, (to - from) / duration * width), BAND);
      }
    });
    pen.fillStyle = style.getPropertyValue("--text");
    pen.fillRect(Math.min(width - 2, video.currentTime / duration * width), 0, 2, height);
    this.#say(video.currentTime);
  }

  #say(now) {
    const said = this.result.persons.flatMap((person) => {
      const band = person.bands.find(([from, to]) => from <= now && now < to);
      return band ? [`${t("face.title", { number: person.number })}: ${named(band[2])}`] : [];
    });
    const text = `${number(now, 1)} s${said.length ? ` · ${said.join(", ")}` : ""}`;
    this.said.textContent = text;
    this.canvas.setAttribute("aria-valuenow", String(now));
    this.canvas.setAttribute("aria-valuetext", text);
  }
}
