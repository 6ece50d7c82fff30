/** What went wrong, as one sentence for a person. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** The JSON of an address; a Problem where the server says no or is not there. */
export async function ask(address, options = {}) {
  const answer = await reached(address, options);
  return answer.status === 204 ? null : answer.json();
}

export async function reached(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "");
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

async function problemOf(answer) {
  try {
    return new Problem(answer.status, (await answer.json()).detail ?? answer.statusText);
  } catch {
    return new Problem(answer.status, answer.statusText);
  }
}
