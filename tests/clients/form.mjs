// Fills in the page of `sledai form` in Chromium, as somebody would who has a mouse, or none.
//
// Reads { address, visits, hostile, kept }. A visit is { answers, by }, where `answers` has a word
// for each descriptor and `by` is mouse, keys or arrows. Gives what was shown, what was saved, what
// axe found, and what was asked of whom.
import { readFile } from 'node:fs/promises';
import { answer } from './ask.mjs';
import { found, sideways } from './axe.mjs';
import { withPage } from './browser.mjs';

const KEYS = { present: 'p', absent: 'a', 'not assessed': 'n' };
const ARROWS = { present: 'ArrowRight', absent: 'ArrowLeft' }; // from the last of the three
const WORDS = { present: 'Present', absent: 'Absent', 'not assessed': 'Not assessed' };
const SCORED = '**/form/score**';

const focused = (page) =>
  page.evaluate(() => document.activeElement.name || document.activeElement.id);

async function tabTo(page, name) {
  for (let stops = 0; (await focused(page)) !== name; stops += 1) {
    if (stops > 150) throw new Error(`no way to ${name} by keyboard`);
    await page.keyboard.press('Tab');
  }
}

async function settled(page) {
  await page.waitForFunction(() => document.getElementById('total').textContent !== '…');
}

function shown(page) {
  return page.evaluate(() => {
    const text = (id) => document.getElementById(id).innerText;
    const points = [...document.querySelectorAll('nav [data-points]')];
    const headed = [...document.querySelectorAll('h2 [data-points]')];
    const both = (places) => Object.fromEntries(places.map((p) => [p.dataset.points, p.innerText]));
    return {
      total: text('total'),
      clinical: text('clinical'),
      open: text('open'),
      points: both(points),
      headed: both(headed),
      answers: Object.fromEntries(
        [...document.querySelectorAll('[role=radiogroup] :checked')].map((one) => [
          one.name,
          one.value,
        ]),
      ),
      verdicts: [...document.querySelectorAll('.verdict')].map((one) => one.innerText),
      asking: [...document.querySelectorAll('#asking button')].map((one) => one.dataset.jump),
    };
  });
}

async function byKeyboard(page, { answers, by }, number) {
  await tabTo(page, 'new');
  await page.keyboard.press('Enter');
  await page.keyboard.type(`K${number}`);
  for (const [descriptor, said] of Object.entries(answers)) {
    await tabTo(page, descriptor); // where keys have led there already, it is no step
    if (by === 'keys') await page.keyboard.press(KEYS[said]);
    else if (said in ARROWS) await page.keyboard.press(ARROWS[said]);
  }
}

async function byMouse(page, { answers }) {
  await page.locator('#new').click();
  for (const [descriptor, said] of Object.entries(answers)) {
    await page.locator(`#item-${descriptor} label`, { hasText: WORDS[said] }).click();
  }
}

const WINDOWS = [
  { width: 1400, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 1400, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
];

async function looks(page, windows = WINDOWS) {
  const seen = [];
  for (const { width, colorScheme } of windows) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await found(page);
    seen.push({ width, colorScheme, violations, sideways: await sideways(page) });
  }
  await page.setViewportSize({ width: 1400, height: 900 });
  return seen;
}

async function type(page, analyte, parts) {
  const row = page.locator(`[data-analyte=${analyte}]`);
  for (const [part, text] of Object.entries(parts)) {
    const field = row.locator(`[data-part=${part}]`);
    if (part === 'unit' || part === 'flag') await field.selectOption(text);
    else await field.fill(text);
  }
  await page.locator('#subject').focus();
  await settled(page);
}

const said = (page, descriptor) =>
  page.evaluate((name) => {
    const item = document.getElementById(`item-${name}`);
    return {
      answer: item.querySelector(':checked').value,
      laboratory: item.querySelector('.derived').innerText,
    };
  }, descriptor);

async function laboratory(page) {
  await page.locator('#new').click();
  await page.locator('#item-fever label', { hasText: 'Not assessed' }).click();
  await type(page, 'temperature', { value: '39', unit: 'Cel' });
  const chosen = await said(page, 'fever');
  await page.locator('#new').click();
  await settled(page);
  await type(page, 'platelets', { value: '92', unit: 'K/uL' });
  const filled = await said(page, 'thrombocytopenia');
  await page.locator('#item-thrombocytopenia label', { hasText: 'Absent' }).click();
  await settled(page);
  const differs = await said(page, 'thrombocytopenia');
  const listed = await page.locator('#conflicts').innerText();
  const differing = await looks(page, WINDOWS.slice(0, 2));
  await page.locator('[data-take=thrombocytopenia]').click();
  await settled(page);
  const taken = await said(page, 'thrombocytopenia');
  await type(page, 'c3', { value: '0.7', unit: 'g/L' });
  const open = await said(page, 'low_complement');
  await type(page, 'c3', { lower: '0.9' });
  const low = await said(page, 'low_complement');
  await type(page, 'c4', { flag: 'normal' });
  // While a value is typed, no number of the value before is shown.
  await page.locator('[data-analyte=white_cells] [data-part=value]').pressSequentially('2');
  const typing = await page.locator('#total').innerText();
  await type(page, 'white_cells', { value: '2,5' });
  const wrong = {
    total: await page.locator('#total').innerText(),
    said: await page.locator('#wrong-white_cells').innerText(),
    invalid: await page.locator('[data-analyte=white_cells] [aria-invalid]').count(),
    looks: await looks(page, WINDOWS.slice(2)),
  };
  await type(page, 'white_cells', { value: '2.5', unit: '10*9/L' });
  return {
    chosen,
    filled,
    differs,
    listed,
    taken,
    open,
    low,
    typing,
    wrong,
    right: await shown(page),
    differing,
  };
}

async function saved(page, what) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(`[data-keep=${what}]`).click(),
  ]);
  await page.waitForFunction(() => document.getElementById('kept').textContent.startsWith('Saved'));
  return {
    name: download.suggestedFilename(),
    text: await readFile(await download.path(), 'utf-8'),
  };
}

async function keeping(page, hostile) {
  await page.locator('#subject').fill(hostile);
  await page.locator('#rater').fill('Dr. Ñandú');
  const files = {};
  await page.locator('[data-keep=fhir]').click();
  await page.waitForFunction(() => document.getElementById('kept').textContent === 'Not done.');
  const undated = await page.locator('#problem').innerText();
  await page.locator('#date').fill('2024-01-16');
  for (const what of ['json', 'fhir', 'csv']) files[what] = await saved(page, what);
  await page
    .locator('#trials')
    .evaluate((trials) => trials.closest('details').setAttribute('open', ''));
  await page.locator('#trials input[value=NCT05765006]').check();
  await settled(page);
  const judged = await shown(page);
  const [sheet] = await Promise.all([page.waitForEvent('popup'), page.locator('#print').click()]);
  await sheet.locator('h1').waitFor();
  const printed = {
    text: await sheet.locator('body').innerText(),
    title: await sheet.title(),
    address: sheet.url(),
  };
  await sheet.close();
  return { files, undated, judged, printed };
}

async function opened(page, text) {
  await page.locator('#new').click();
  await settled(page);
  const emptied = await shown(page);
  await page.setInputFiles('#open-file', {
    name: 'x.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await page.waitForFunction(
    () =>
      document.getElementById('kept').textContent !== '' &&
      document.getElementById('kept').textContent !== '…',
  );
  await settled(page);
  const again = await saved(page, 'json');
  return {
    emptied,
    subject: await page.locator('#subject').inputValue(),
    ...(await shown(page)),
    text: again.text,
  };
}

async function notOpened(page, text) {
  const before = await shown(page);
  await page.setInputFiles('#open-file', {
    name: 'x.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await page.waitForFunction(() => document.getElementById('kept').textContent === 'Not done.');
  return { before, said: await page.locator('#problem').innerText(), after: await shown(page) };
}

// Another edition: the answers stay, and those by another wording are to be looked at again.
async function edition(page) {
  await page.locator('#new').click();
  await page.locator('#item-arthritis label', { hasText: 'Present' }).click();
  await page.locator('#item-fever label', { hasText: 'Absent' }).click();
  await type(page, 'previous_urine_protein_24h', { value: '0.2', unit: 'g/d' });
  await page.locator('#edition').selectOption('SLEDAI_2K');
  await page.locator('#notice').waitFor();
  await settled(page);
  const changed = { ...(await shown(page)), notice: await page.locator('#notice').innerText() };
  changed.trials = await page
    .locator('#trials input')
    .evaluateAll((all) => all.map((one) => one.value));
  await page.locator('#edition').selectOption('SELENA');
  await page.waitForFunction(
    () => document.getElementById('edition-shown').textContent === 'SELENA-SLEDAI',
  );
  await settled(page);
  return changed;
}

async function refusedFile(page, text) {
  await page.setInputFiles('#open-file', {
    name: 'x.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text, 'latin1'),
  });
  await page.waitForFunction(() => document.getElementById('kept').textContent === 'Not done.');
  return {
    said: await page.locator('#problem').innerText(),
    marked: await page.locator('[aria-invalid]').count(),
  };
}

// What somebody does by mistake: a key held down, half a date, files of something else.
async function mistakes(page, dialogs) {
  await page.locator('#new').click();
  await settled(page);
  await page.locator('[name=seizure]:checked').focus();
  await page.keyboard.down('a');
  await page.keyboard.down('a'); // as often as a key that is held down repeats itself
  await page.keyboard.down('a');
  await page.keyboard.up('a');
  await settled(page);
  const held = (await shown(page)).answers;
  await page.locator('#date').fill('2024-02-28');
  await page.locator('#date').focus();
  await page.keyboard.press('ArrowRight'); // from the month to the day, as in the United States
  await page.keyboard.type('31');
  await page.waitForFunction(() => document.getElementById('problem').textContent !== '');
  await page.locator('[data-keep=json]').click();
  await page.waitForFunction(() => document.getElementById('kept').textContent === 'Not done.');
  const noDay = {
    said: await page.locator('#problem').innerText(),
    marked: await page.locator('#date[aria-invalid]').count(),
  };
  await page.locator('#new').click();
  await settled(page);
  const bad = () => page.locator('#date').evaluate((date) => date.validity.badInput);
  const emptied = !(await bad());
  const files = [];
  for (const text of [
    'PK',
    '{"edition": "SELENA", "subject": "\xd1and\xfa"}',
    '{"edition": "SELENA", "findings": {"platelets": "92"}}',
  ]) {
    files.push(await refusedFile(page, text));
  }
  await type(page, 'c4', { unit: 'g/L', lower: '0.1' });
  const limit = await page.locator('#wrong-c4').innerText();
  await type(page, 'c4', { lower: '' });
  await type(page, 'platelets', { value: '92', unit: 'K/uL' });
  await page.locator('[data-keep=csv]').click();
  await page.waitForFunction(() => document.getElementById('kept').textContent.startsWith('Saved'));
  const kept = await page.locator('#kept').innerText();
  const before = dialogs.length;
  await page.locator('#new').click();
  await settled(page);
  return { held, noDay, emptied, files, limit, kept, asked: dialogs.length - before };
}

// What is filled in while the library is slow stays, and nobody is told a number of before.
async function slow(page) {
  await page.locator('#new').click();
  await settled(page);
  const held = [];
  await page.route('**/form/definitions**', (route) => held.push(route));
  await page.locator('#edition').selectOption('SLEDAI_2K');
  while (!held.length) await page.waitForTimeout(20);
  await page.locator('#subject').fill('P07');
  await page.locator('[data-analyte=platelets] [data-part=value]').fill('92');
  await page.locator('[data-analyte=platelets] [data-part=unit]').selectOption('K/uL');
  await page.locator('#item-rash label', { hasText: 'Present' }).click();
  await settled(page);
  await held[0].continue();
  await page.waitForFunction(
    () => document.getElementById('edition-shown').textContent === 'SLEDAI-2K',
  );
  await page.unroute('**/form/definitions**');
  await settled(page);
  const subject = await page.locator('#subject').inputValue();
  const changed = { ...(await shown(page)), subject };
  await page.waitForFunction(() => document.getElementById('said').textContent !== '');
  await page.route(SCORED, () => {});
  await page.locator('#item-rash label', { hasText: 'Absent' }).click();
  const told = await page.locator('#said').textContent();
  await page.unroute(SCORED);
  await page.locator('#item-rash label', { hasText: 'Present' }).click();
  await settled(page);
  return { changed, told, unanswered: await unanswered(page) };
}

// What is shown while the library has not answered: nothing of the values or the patient before.
async function unanswered(page) {
  await page.route(SCORED, () => {});
  await page.locator('[data-analyte=platelets] [data-part=value]').fill('192');
  const measured = (await shown(page)).answers;
  const beside = await page.locator('#item-thrombocytopenia .derived').isVisible();
  await page.locator('#new').click();
  const emptied = (await shown(page)).answers;
  await page.unroute(SCORED);
  await page.locator('#new').click();
  await settled(page);
  return { measured, beside, emptied };
}

// A server that was stopped: the page is begun, and what was not answered is, once it is there.
async function stopped(page, address) {
  const definitions = '**/form/definitions**';
  await page.route(definitions, (route) => route.abort());
  await page.goto(address);
  await page.locator('#again').waitFor();
  await page.unroute(definitions);
  await page.locator('#again').click();
  await page.locator('#item-rash').waitFor();
  await settled(page);
  const begun = await shown(page);
  await page.route(SCORED, (route) => route.abort());
  await page.locator('#item-rash label', { hasText: 'Present' }).click();
  await settled(page);
  await page.unroute(SCORED);
  await saved(page, 'json');
  await page.waitForFunction(() => document.getElementById('total').textContent.includes('to'));
  return { begun, answered: await shown(page) };
}

// Answers of the server that come in the wrong order, and none at all.
async function disturbed(page) {
  await page.locator('#new').click();
  await settled(page);
  // The page gives up what it asked before; what if a browser does not?
  await page.evaluate(() => (AbortController.prototype.abort = () => {}));
  const held = [];
  await page.route(SCORED, (route) => held.push(route));
  const choose = (name, word) => page.locator(`#item-${name} label`, { hasText: word }).click();
  await choose('seizure', 'Present');
  await choose('psychosis', 'Present');
  while (held.length < 2) await page.waitForTimeout(20);
  const waiting = await shown(page);
  const replied = async (route) => {
    const reply = page.waitForResponse(SCORED);
    await route.continue();
    await (await reply).finished();
    await page.waitForTimeout(100);
  };
  await replied(held[1]);
  const late = await shown(page);
  await replied(held[0]);
  const later = await shown(page);
  await page.unroute(SCORED);
  await page.route(SCORED, (route) => route.abort());
  await choose('rash', 'Present');
  await settled(page);
  const gone = {
    ...(await shown(page)),
    said: await page.locator('#problem').innerText(),
    looks: await looks(page, WINDOWS.slice(2)),
  };
  await page.unroute(SCORED);
  await page.locator('#again').click();
  await settled(page);
  return { waiting, late, later, gone, back: await shown(page) };
}

await answer(({ address, visits, hostile, kept }) =>
  withPage(async (page) => {
    const requests = [];
    const errors = [];
    const dialogs = [];
    page.context().on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.type());
      dialog.accept();
    });
    await page.addInitScript(() => {
      window.refused = [];
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        window.refused.push(`${violatedDirective} ${blockedURI}`),
      );
    });
    await page.goto(address);
    await settled(page);
    const units = await page
      .locator('[data-part=unit]')
      .evaluateAll((all) => all.map((one) => one.value));
    const empty = { ...(await shown(page)), units, looks: await looks(page) };
    const filled = [];
    for (const [number, visit] of visits.entries()) {
      await (visit.by === 'mouse' ? byMouse : byKeyboard)(page, visit, number);
      await settled(page);
      filled.push(await shown(page));
    }
    await page.waitForFunction(() => {
      const [said, total] = ['said', 'total'].map((id) => document.getElementById(id).textContent);
      return said.startsWith(`Total ${total},`);
    });
    const announced = await page.locator('#said').textContent();
    const full = await looks(page, WINDOWS.slice(0, 2));
    const labs = await laboratory(page);
    const keeps = await keeping(page, hostile);
    const again = await opened(page, keeps.files.json.text);
    const theirs = await opened(page, kept);
    const editions = await edition(page);
    const unreadable = await notOpened(page, '{"edition": "SELENA", "answered": {"rahs": true}}');
    const mistaken = await mistakes(page, dialogs);
    const slowly = await slow(page);
    const after = await stopped(page, address);
    const disturbances = await disturbed(page);
    const refused = await page.evaluate(() => window.refused);
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    await asked;
    return {
      empty,
      filled,
      announced,
      full,
      labs,
      keeps,
      again,
      theirs,
      editions,
      unreadable,
      mistaken,
      slowly,
      after,
      disturbances,
      requests,
      errors,
      dialogs,
      refused,
    };
  }),
);
