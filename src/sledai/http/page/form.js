// The form: it keeps what was answered, asks the library what that comes to, and shows the reply.
//
// No weight, limit or sum is in here. Each change makes all numbers "…" until the library has
// answered just that; a reply to what was asked before is thrown away.
import { definitionsOf, Gone, made, named, NotAccepted } from './asking.js';
import * as draw from './drawing.js';
import { keep, openFile, printSheet } from './keeping.js';

const { at } = draw;
const IDENTITY = ['subject', 'date', 'rater'];
const ANSWERS = { p: true, a: false, n: null };

let definitions;
let labels = new Map();
let answered = {};
let trials = new Set();
let revision = 0;
let keptRevision = 0;
let asked = new AbortController();
let asking = Promise.resolve();
let released = Promise.resolve();
let saying;

const shown = (descriptor) => at(`item-${descriptor}`);
const radio = (descriptor, answer) => shown(descriptor).querySelector(`input[value="${answer}"]`);
const checked = (descriptor) => shown(descriptor).querySelector('input:checked');
const part = (row, name) => row.querySelector(`[data-part="${name}"]`);
const rows = () => [...document.querySelectorAll('[data-analyte]')];

// --- what is filled in ---

// An amount as a laboratory prints it. Whether it is one, the library says.
function amount(row, name) {
  const value = part(row, name)?.value.trim();
  return value ? `${value} ${part(row, 'unit').value}`.trim() : undefined;
}

function findings() {
  const given = {};
  for (const row of rows()) {
    const value = amount(row, 'value');
    if (!part(row, 'flag')) {
      if (value) given[row.dataset.analyte] = value;
      continue;
    }
    const flag = part(row, 'flag').value || undefined;
    const [lower, upper] = [amount(row, 'lower'), amount(row, 'upper')];
    // A limit alone decides nothing: the library says so, or it would be left out unseen.
    if (value || lower || upper || flag) given[row.dataset.analyte] = { value, lower, upper, flag };
  }
  return given;
}

function filledIn() {
  const names = Object.fromEntries(IDENTITY.map((id) => [id, at(id).value || null]));
  return { ...names, edition: definitions.edition.name, answered, findings: findings() };
}

// A day that is typed in part, or that no calendar has, has no value: it would be left out unseen.
function filledInWhole() {
  const { validity, validationMessage } = at('date');
  if (validity.badInput) {
    const detail = `${validationMessage || 'no date'} Accepted: a day of the calendar`;
    throw new NotAccepted({ errors: [{ pointer: '#/date', detail }] });
  }
  return filledIn();
}

// --- asking ---

function changed() {
  revision += 1;
  asked.abort();
  clearTimeout(saying);
  at('said').textContent = '';
  draw.drawWaiting();
  draw.drawNotice();
  at('kept').textContent = '';
}

function ask() {
  asking = askNow();
}

async function askNow() {
  const mine = revision;
  asked.abort();
  asked = new AbortController();
  try {
    const reply = await made('score', filledInWhole(), chosen(), asked.signal);
    const scores = await reply.json();
    await released;
    if (mine !== revision) return;
    showWrong([]);
    draw.drawProblem();
    draw.drawDerived(scores);
    say(draw.drawScores(scores, labels));
  } catch (error) {
    await released;
    if (error.name !== 'AbortError' && mine === revision) refused(error);
  }
}

const chosen = () =>
  definitions.trials.map(({ trial }) => trial).filter((trial) => trials.has(trial));

function refused(error) {
  draw.drawWaiting('not answered');
  if (error instanceof NotAccepted) {
    draw.drawProblem(notAccepted(error, showWrong(error.places)));
  } else if (error instanceof Gone) {
    draw.drawProblem(error.message, true);
  } else {
    draw.drawProblem(`A defect of the form (${error.name}); please report it.`, true);
  }
}

// Says what is not accepted; `others` are the places that have no field to be marked.
function notAccepted({ message, places }, others) {
  if (!places.length) return `Not accepted: ${message}.`;
  const marked = document.querySelector('[aria-invalid]');
  return [marked ? 'Please correct what is marked.' : 'Not accepted.', ...others].join(' ');
}

// Marks the fields that are not accepted, and gives what has no field of its own.
function showWrong(places) {
  for (const field of document.querySelectorAll('[aria-invalid]'))
    field.removeAttribute('aria-invalid');
  for (const row of rows()) at(`wrong-${row.dataset.analyte}`).textContent = '';
  const others = [];
  for (const place of places) {
    const [, head, name] = (place.pointer ?? '').split('/');
    const row = head === 'findings' && rows().find(({ dataset }) => dataset.analyte === name);
    if (row) {
      part(row, 'value').setAttribute('aria-invalid', 'true');
      at(`wrong-${name}`).textContent = `⚠ ${place.detail}`;
    } else {
      if (IDENTITY.includes(head)) at(head).setAttribute('aria-invalid', 'true');
      others.push(named(place));
    }
  }
  return others;
}

// A screen reader is told once somebody pauses, not after each key.
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => (at('said').textContent = text), 400);
}

// --- answering ---

// What laboratory values decide is shown once the library says so of these values.
function measuredAnew() {
  changed();
  draw.drawAnswers(labels.keys(), answered);
}

function answer(descriptor, said) {
  if (said !== undefined && answered[descriptor] === said) return;
  if (said === undefined) delete answered[descriptor];
  else answered[descriptor] = said;
  changed();
  ask();
}

function next(descriptor) {
  const names = [...labels.keys()];
  const following = names[names.indexOf(descriptor) + 1];
  if (following) checked(following).focus();
}

document.addEventListener('change', ({ target }) => {
  if (target.type === 'radio') {
    answer(target.name, JSON.parse(target.value));
  } else if (target.type === 'checkbox') {
    trials[target.checked ? 'add' : 'delete'](target.value);
    changed();
    ask();
  } else if (target.id === 'edition') {
    changeEdition(target.value);
  } else if (target.closest('[data-analyte]')) {
    measuredAnew();
    const row = target.closest('[data-analyte]');
    // Somebody who has typed a number is about to choose its unit.
    if (part(row, 'unit').value || !part(row, 'value').value) ask();
  } else if (IDENTITY.includes(target.id)) {
    keptRevision = -1;
    at('kept').textContent = '';
    ask();
  }
});

// What moves between the press of a mouse and its release gets no click.
document.addEventListener('pointerdown', () => {
  let release;
  released = new Promise((done) => (release = () => setTimeout(done)));
  for (const end of ['pointerup', 'pointercancel']) addEventListener(end, release, { once: true });
  setTimeout(release, 1000); // let go outside the window
});

// While somebody types, what was computed of the value before is not shown.
document.addEventListener('input', ({ target }) => {
  if (target.type === 'text' && target.closest('[data-analyte]')) measuredAnew();
});

document.addEventListener('focusout', ({ target, relatedTarget }) => {
  const row = target.closest?.('[data-analyte]');
  if (row && !row.contains(relatedTarget) && at('total').textContent === '…') ask();
});

document.addEventListener('keydown', (event) => {
  const { target, key, ctrlKey, metaKey, altKey } = event;
  const said = ANSWERS[key.toLowerCase()];
  if (target.type !== 'radio' || said === undefined || ctrlKey || metaKey || altKey) return;
  event.preventDefault();
  if (event.repeat) return; // a key that is held down would answer what nobody has read
  radio(target.name, said).checked = true;
  answer(target.name, said);
  next(target.name);
});

document.addEventListener('click', async ({ target }) => {
  // What stands there already, a laboratory's answer or none, is a person's once they choose it.
  if (target.type === 'radio') answer(target.name, JSON.parse(target.value));
  const button = target.closest('button');
  if (!button) return;
  const { jump, take, keep: what } = button.dataset;
  if (jump) {
    shown(jump).scrollIntoView({ block: 'center' });
    checked(jump).focus({ preventScroll: true });
  } else if (take) {
    answer(take, undefined);
    checked(take).focus();
  } else if (what) {
    await kept(() => keep(what, filledInWhole()), what === 'json' || !measuredAny());
  } else if (button.id === 'print') {
    await kept(() => printSheet(filledInWhole(), chosen()), false);
  } else if (button.id === 'again') {
    await again();
  } else if (button.id === 'new') {
    newVisit();
  }
});

// --- keeping ---

async function kept(action, stored = true) {
  const mine = revision;
  at('kept').textContent = '…';
  await asking; // or its reply would take away what is said here
  try {
    at('kept').textContent = await action();
    draw.drawProblem();
    if (stored && mine === revision) keptRevision = revision;
    if (document.body.classList.contains('unanswered')) ask(); // it was stopped, and answers again
  } catch (error) {
    at('kept').textContent = 'Not done.';
    if (error instanceof NotAccepted) {
      draw.drawProblem(notAccepted(error, showWrong(error.places)));
    } else {
      draw.drawProblem(error.message, error instanceof Gone);
    }
  }
}

const measuredAny = () => Object.keys(findings()).length > 0;
const unkept = () =>
  revision > keptRevision && (measuredAny() || Object.keys(answered).length > 0);
const mayLeave = () => !unkept() || confirm('What is filled in was not saved. Go on without it?');

addEventListener('beforeunload', (event) => {
  if (unkept()) event.preventDefault();
});

at('open-file').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  target.value = '';
  if (!file) return;
  await kept(async () => {
    const visit = await openFile(file);
    const given = await definitionsOf(visit.edition);
    if (!mayLeave()) return 'Not opened.';
    show(given);
    fill(visit);
    return `Opened ${file.name}.`;
  }, false);
});

function fill(visit) {
  answered = { ...visit.answered };
  for (const id of IDENTITY) at(id).value = visit[id] ?? '';
  for (const row of rows()) {
    const given = visit.findings[row.dataset.analyte];
    const parts = typeof given === 'object' ? given : { value: given };
    for (const name of ['value', 'lower', 'upper']) {
      if (part(row, name)) part(row, name).value = '';
      if (parts[name]) fillAmount(row, name, parts[name]);
    }
    if (part(row, 'flag')) part(row, 'flag').value = parts.flag ?? '';
  }
  measuredAnew();
  keptRevision = revision;
  ask();
}

function fillAmount(row, name, text) {
  const [value, unit] = text.split(' ');
  const units = part(row, 'unit');
  if (![...units.options].some((option) => option.value === unit)) units.append(new Option(unit));
  part(row, name).value = value;
  units.value = unit;
}

// Rater, edition, units and trials stay: they are the same for the next visit of the day.
function newVisit() {
  if (!mayLeave()) return;
  fill({ rater: at('rater').value, answered: {}, findings: {} });
  showWrong([]);
  at('subject').focus();
  scrollTo({ top: 0 });
}

// --- beginning ---

// Shows the form of an edition. The units that were chosen stay chosen.
function show(given) {
  const units = new Map(rows().map((row) => [row.dataset.analyte, part(row, 'unit').value]));
  definitions = given;
  labels = new Map(
    definitions.systems.flatMap(({ descriptors }) =>
      descriptors.map((one) => [one.descriptor, one.label]),
    ),
  );
  draw.drawEditions(definitions);
  draw.drawItems(definitions);
  draw.drawTrials(definitions, trials);
  for (const row of rows()) part(row, 'unit').value = units.get(row.dataset.analyte) ?? '';
}

const wordings = () =>
  new Map(
    definitions.systems.flatMap(({ descriptors }) =>
      descriptors.map((one) => [one.descriptor, one.definition]),
    ),
  );

async function changeEdition(edition) {
  changed();
  let given;
  try {
    filledInWhole();
    given = await definitionsOf(edition);
  } catch (error) {
    at('edition').value = definitions.edition.name;
    refused(error);
    return;
  }
  if (at('edition').value !== edition) return; // another one was chosen since
  const before = filledIn(); // with what was filled in since
  const asIt = wordings();
  show(given);
  fill(before);
  keptRevision = 0;
  at('edition').focus();
  const lost = Object.keys(before.findings).filter(
    (name) => !rows().some(({ dataset }) => dataset.analyte === name),
  );
  const reworded = [...wordings()].filter(
    ([name, text]) => text !== asIt.get(name) && answered[name] !== undefined,
  );
  const said = [];
  if (reworded.length) {
    const names = reworded.map(([name]) => labels.get(name)).join(', ');
    said.push(`Answered by another wording, please look again: ${names}.`);
  }
  if (lost.length)
    said.push(`Not asked by this edition, and left out: ${lost.join(', ').replaceAll('_', ' ')}.`);
  draw.drawNotice(said.join(' '));
}

async function begin() {
  try {
    show(await definitionsOf(new URLSearchParams(location.search).get('edition') || 'SELENA'));
    changed();
    keptRevision = revision;
    ask();
  } catch (error) {
    refused(error);
  }
}

async function again() {
  if (!definitions) return begin();
  changed();
  return ask();
}

await begin();
