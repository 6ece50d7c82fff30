// The texts of the page in its language, from the same catalogue as the window's.
const language = document.documentElement.lang;
const found = await (await fetch(`texts/${language}.json`)).json();

/** The text of a key, with its {gaps} filled in; a missing key shows itself. */
export function t(key, values = {}) {
  return (found[key] ?? key).replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}

/** A class or a hint as a person reads it; a model's own words stay as they are. */
export function named(key) {
  return found[`name.${key}`] ?? key;
}

export function percent(share, digits = 0) {
  return `${number(100 * share, digits)} %`;
}

export function number(value, digits = 0) {
  return value.toLocaleString(language, {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  });
}

export const unsureColor = found["color.unsure"];
