// Asks the library. What it does not accept is an error that names its places.

export class NotAccepted extends Error {
  constructor(problem) {
    super(problem.detail);
    // A place without a field of its own is said with its name.
    this.places = problem.errors ?? [];
  }
}

// Says a place, and what is wrong there.
export const named = ({ pointer, parameter, detail }) =>
  `${[parameter ?? pointer?.replace(/^#\/?/, ''), detail].filter(Boolean).join(': ')}.`;

export class Gone extends Error {}

async function answered(path, options) {
  let reply;
  try {
    reply = await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Gone(
      'sledai does not answer. Was it stopped? ' +
        'What you filled in stays here as long as this page is open.',
    );
  }
  if (reply.ok) return reply;
  let problem = { detail: `sledai answered ${reply.status}` };
  try {
    problem = await reply.json();
  } catch {
    // of something else than sledai, at this address
  }
  throw new NotAccepted(problem);
}

export async function definitionsOf(edition) {
  return (await answered(`form/definitions?edition=${encodeURIComponent(edition)}`)).json();
}

// What a form becomes at one of the addresses: its scores, a sheet, a file.
export function made(what, body, trials = [], signal = undefined) {
  const asked = trials.map((trial) => `trial=${encodeURIComponent(trial)}`).join('&');
  return answered(`form/${what}${asked && `?${asked}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body instanceof Blob ? body : JSON.stringify(body),
    signal,
  });
}
