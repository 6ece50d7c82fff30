// The last minute of one face: a line a class.
import { named, percent, t } from "./texts.js";

const SPAN_S = 60;
/** A line goes on over so short a time without a face. */
const GAP_S = 2.5;

export class Chart {
  #samples = [];

  constructor(canvas, colors) {
    this.canvas = canvas;
    this.colors = colors;
  }

  clear() {
    this.#samples = [];
    this.draw();
  }

  add(face, now = performance.now() / 1000) {
    this.#samples.push({ at: now, probs: face?.probs ?? null });
    while (this.#samples.length && this.#samples[0].at < now - SPAN_S) this.#samples.shift();
    const top = face && Object.entries(face.probs).sort((a, b) => b[1] - a[1])[0];
    const label = top ? `${t("web.chart")}: ${named(top[0])} ${percent(top[1])}` : t("web.chart");
    this.canvas.setAttribute("aria-label", label);
    this.draw(now);
  }

  draw(now = performance.now() / 1000) {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const [left, right, top, bottom] = [46, width - 8, 8, height - 20];
    this.#axes(pen, style, left, right, top, bottom);
    const x = (at) => right - ((now - at) / SPAN_S) * (right - left);
    const y = (share) => bottom - share * (bottom - top);
    const labels = new Set(this.#samples.flatMap((s) => (s.probs ? Object.keys(s.probs) : [])));
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    for (const label of labels) {
      pen.strokeStyle = this.colors(label);
      pen.beginPath();
      let before = null;
      for (const sample of this.#samples) {
        const share = sample.probs?.[label];
        if (share === undefined) { before = null; continue; }
        const gap = before === null || sample.at - before > GAP_S;
        if (gap) pen.moveTo(x(sample.at), y(share));
        else pen.lineTo(x(sample.at), y(share));
        before = sample.at;
      }
      pen.stroke();
    }
  }

  #axes(pen, style, left, right, top, bottom) {
    pen.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    pen.fillStyle = style.getPropertyValue("--muted");
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.lineWidth = 1;
    for (const share of [0, 0.5, 1]) {
      const y = bottom - share * (bottom - top);
      pen.beginPath();
      pen.moveTo(left, y);
      pen.lineTo(right, y);
      pen.stroke();
      pen.textAlign = "right";
      pen.fillText(percent(share), left - 6, y + 4);
    }
    pen.textAlign = "left";
    pen.fillText(`−${SPAN_S} s`, left, bottom + 16);
    pen.textAlign = "right";
    pen.fillText(t("timeline.now"), right, bottom + 16);
  }
}
