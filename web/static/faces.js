// The panel: each face with the bars of its classes.
import { make } from "./dom.js";
import { named, percent, t } from "./texts.js";
import { shown } from "./overlay.js";

/** A list of faces that is updated in place, so that the keyboard's focus stays where it is. */
export class Faces {
  #cards = new Map();

  constructor(place, colors, choose = null) {
    this.place = place;
    this.colors = colors;
    this.choose = choose;
  }

  clear(text) {
    this.#cards.clear();
    this.place.replaceChildren(make("p", { className: "muted" }, text));
  }

  show(result, chosen) {
    if (!result.faces.length) {
      this.clear(t("web.faces.none"));
      return;
    }
    if (!this.#cards.size) this.place.replaceChildren();
    const numbers = new Set();
    result.faces.forEach((face, index) => {
      const number = face.track_id ?? index + 1;
      numbers.add(number);
      const key = Object.keys(face.probs).join("|");
      let card = this.#cards.get(number);
      if (card?.key !== key) {
        card?.root.remove();
        card = this.#made(number, face, key);
        this.#cards.set(number, card);
        this.place.append(card.root);
      }
      this.#fill(card, face, number === chosen);
    });
    for (const [number, card] of this.#cards) {
      if (!numbers.has(number)) {
        card.root.remove();
        this.#cards.delete(number);
      }
    }
  }

  #made(number, face, key) {
    const says = make("span", { className: "says" });
    const hints = make("div", { className: "face-hints" });
    const bars = make("div", { className: "bars" });
    const rows = new Map();
    for (const label of Object.keys(face.probs)) {
      const fill = make("div", { className: "fill" });
      fill.style.background = this.colors(label);
      const figure = make("span", { className: "number" });
      bars.append(make("span", {}, named(label)), make("div", { className: "track" }, fill), figure);
      rows.set(label, { fill, figure });
    }
    const head = make("div", { className: "face-head" },
      make("span", {}, t("face.title", { number })), says);
    const root = this.choose
      ? make("button", { type: "button", className: "face", onclick: () => this.choose(number) })
      : make("div", { className: "face" });
    root.append(head, hints, bars);
    return { root, says, hints, rows, key };
  }

  #fill(card, face, isChosen) {
    const { text } = shown(face, this.colors);
    setText(card.says, text);
    setText(card.hints, face.hints.map(named).join(", "));
    for (const [label, share] of Object.entries(face.probs)) {
      const row = card.rows.get(label);
      row.fill.style.width = `${100 * share}%`;
      setText(row.figure, percent(share));
    }
    if (this.choose) card.root.setAttribute("aria-pressed", String(isChosen));
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
