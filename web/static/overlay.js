// Boxes and labels over the picture.
import { named, percent, unsureColor } from "./texts.js";

/** What a face is called, and the colour of that. */
export function shown(face, colors) {
  return face.unsure
    ? { text: named("unsure"), color: unsureColor }
    : { text: `${named(face.label)} ${percent(face.confidence)}`, color: colors(face.label) };
}

/** Draws the faces of a result over a picture that is fitted into the canvas. */
export function draw(canvas, result, { mirrored = false, chosen = null, colors }) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (!result) return;
  const [w, h] = result.image_wh;
  const scale = Math.min(width / w, height / h);
  const left = (width - w * scale) / 2;
  const top = (height - h * scale) / 2;
  for (const face of result.faces) {
    const [x0, y0, x1, y1] = face.box_xyxy;
    const x = left + (mirrored ? w - x1 : x0) * scale;
    drawFace(pen, {
      x, y: top + y0 * scale, w: (x1 - x0) * scale, h: (y1 - y0) * scale,
      ...shown(face, colors), strong: face.track_id === chosen, width,
    });
  }
}

function drawFace(pen, { x, y, w, h, text, color, strong, width }) {
  pen.lineWidth = strong ? 3.5 : 2.5;
  pen.strokeStyle = "#000a";
  pen.beginPath();
  pen.roundRect(x - 1, y - 1, w + 2, h + 2, 9);
  pen.stroke();
  pen.strokeStyle = color;
  pen.beginPath();
  pen.roundRect(x, y, w, h, 8);
  pen.stroke();
  pen.font = "600 14px system-ui, 'DejaVu Sans', sans-serif";
  const wide = pen.measureText(text).width + 16;
  const at = Math.max(2, Math.min(x, width - wide - 2));
  const above = y > 30 ? y - 29 : y + 4;
  pen.fillStyle = color;
  pen.beginPath();
  pen.roundRect(at, above, wide, 25, 7);
  pen.fill();
  pen.fillStyle = inkOn(color);
  pen.fillText(text, at + 8, above + 17.5);
}

/** Black or white, whichever is easier to read there. */
export function inkOn(color) {
  const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const linear = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.18 ? "#0b0d12" : "#ffffff";
}
